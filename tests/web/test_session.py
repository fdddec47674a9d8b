"""Who gets in, how, and what does a one-time password open?"""

from __future__ import annotations

import pytest
from flask import Flask

from linshu.services import people
from tests.court import Court, at
from tests.web.visits import Visitor, entered, plain, rows, said, stranger

OWN = "Linshu-2026-own"


def knock(visitor: Visitor, login: str, password: str, following: str = ""):
    """The login form, filled in and sent."""
    words = {"login": login, "password": password}
    return visitor.post(f"/login{following}", words, at="/login")


@pytest.fixture
def one_time(court: Court) -> str:
    """The supervisor's one-time password."""
    person = court.who("supervisor").person_id
    return people.reset_password(court.who("admin"), person, at("2026-11-20"))


def test_a_stranger_is_led_to_the_door_and_on_to_where_he_was_going(
    app: Flask, court: Court, one_time: str
) -> None:
    visitor = stranger(app)
    answer = visitor.ask("/overview?page=2")
    assert (answer.status_code, answer.location) == (303, "/login?next=/overview?page%3D2")
    assert visitor.ask("/overview", headers={"HX-Request": "true"}).status_code == 401
    into = knock(visitor, "supervisor", one_time, "?next=/overview?page%3D2")
    assert (into.status_code, into.location) == (303, "/overview?page=2")


def test_a_wrong_name_and_a_wrong_password_are_told_alike(
    app: Flask, court: Court, one_time: str
) -> None:
    told = set()
    for login, password in (("supervisor", "wrong"), ("nobody", "wrong"), ("nobody", one_time)):
        answer = knock(stranger(app), login, password)
        assert answer.status_code == 422 and password not in said(answer)
        told.add(plain(said(answer).partition('role="alert">')[2].partition("<form")[0]))
    assert len(told) == 1 and "登录名或密码不对" in told.pop()
    trail = rows(entered(app, court, "audit").get("/trail?tag=person.entry_refused"))
    assert len(trail) == 1 + 1 and "监督甲" in trail[1]


def test_who_has_been_switched_off_does_not_get_in_and_is_out_at_once(
    app: Flask, court: Court, one_time: str
) -> None:
    inside = entered(app, court, "supervisor")
    inside.get("/overview")
    who = court.who("supervisor")
    people.change_person(
        court.who("admin"), who.person_id, "supervisor", None, False, at("2026-11-23")
    )
    assert knock(stranger(app), "supervisor", one_time).status_code == 422
    assert inside.ask("/overview").status_code == 303


def test_next_never_leads_out_of_the_house(app: Flask, court: Court, one_time: str) -> None:
    away = "https://example.com/ //example.com /\\example.com \\\\example.com javascript:alert(1)"
    for elsewhere in (*away.split(), "overview", "//[", "/\t/example.com", "https:/overview"):
        visitor = stranger(app)
        answer = visitor.post("/language", {"language": "en", "next": elsewhere}, at="/login")
        assert (answer.status_code, answer.location) == (303, "/"), elsewhere
        words = {"login": "supervisor", "password": one_time}
        answer = visitor.post("/login", words, at="/login", query_string={"next": elsewhere})
        assert (answer.status_code, answer.location) == (303, "/"), elsewhere


def test_a_one_time_password_opens_nothing_but_its_own_replacement(
    app: Flask, court: Court, one_time: str
) -> None:
    visitor = stranger(app)
    knock(visitor, "supervisor", one_time)
    for url in ("/", "/overview", "/trail", "/cases/1", "/nowhere"):
        answer = visitor.ask(url)
        assert answer.status_code in (303, 404) and answer.location in ("/password", None), url
    assert visitor.post("/trail/verify").location == "/password"
    assert "一次性密码" in visitor.get("/password")
    words = {"old": one_time, "new": OWN, "again": OWN}
    assert "密码已修改" in visitor.sent("/password", words)
    assert knock(stranger(app), "supervisor", one_time).status_code == 422
    assert knock(stranger(app), "supervisor", OWN).status_code == 303


@pytest.mark.parametrize(
    ("new", "again", "why"),
    [
        ("Short-1", "Short-1", "10"),
        ("alllowercase1", "alllowercase1", "3 类"),
        ("0123456789012", "0123456789012", "3 类"),
        (OWN, OWN + "x", "两次输入不同"),
        ("", "", ""),
    ],
)
def test_the_rules_of_a_password(
    app: Flask, court: Court, one_time: str, new: str, again: str, why: str
) -> None:
    visitor = stranger(app)
    knock(visitor, "supervisor", one_time)
    assert why in visitor.sent("/password", {"old": one_time, "new": new, "again": again}, 422)
    assert visitor.ask("/overview").location == "/password"


def test_the_old_password_is_asked_for_and_not_taken_again(
    app: Flask, court: Court, one_time: str
) -> None:
    visitor = stranger(app)
    knock(visitor, "supervisor", one_time)
    wrong = visitor.sent("/password", {"old": "wrong", "new": OWN, "again": OWN}, 422)
    assert "密码不对" in wrong and OWN not in wrong
    same = {"old": one_time, "new": one_time, "again": one_time}
    assert "不能与旧密码相同" in visitor.sent("/password", same, 422)


def test_out_is_out_and_leaves_a_trail(app: Flask, court: Court) -> None:
    visitor = entered(app, court, "supervisor")
    assert visitor.post("/logout").location == "/login"
    assert visitor.ask("/overview").status_code == 303
    assert "监督甲" in entered(app, court, "audit").get("/trail?tag=person.left")


def test_the_language_stays_and_nobody_else_s_changes(app: Flask, court: Court) -> None:
    visitor = entered(app, court, "supervisor")
    answer = visitor.post("/language", {"language": "en", "next": "/moves?on=2026-11-02"})
    assert answer.location == "/moves?on=2026-11-02"
    assert 'lang="en"' in visitor.get("/moves")
    visitor.post("/language", {"language": "tlh"})
    assert '<html lang="en"' in visitor.get("/moves")
    visitor.post("/logout")
    assert '<html lang="en"' in visitor.get("/login")
    assert '<html lang="zh-CN"' in stranger(app).get("/login")


@pytest.mark.parametrize(
    ("demo", "listens", "comes_from"),
    [
        (False, "127.0.0.1", "127.0.0.1"),
        (True, "0.0.0.0", "127.0.0.1"),
        (True, "127.0.0.1", "10.0.0.7"),
        (True, "court.example", "::1"),
    ],
)
def test_no_demo_identity_but_in_the_demo_on_this_machine(
    app: Flask, court: Court, demo: bool, listens: str, comes_from: str
) -> None:
    app.config.update(LINSHU_DEMO=demo, LINSHU_HOST=listens)
    visitor = stranger(app)
    visitor.client.environ_base["REMOTE_ADDR"] = comes_from
    assert "演示身份" not in visitor.get("/login")
    assert visitor.post("/demo", {"role": "executor"}, at="/login").status_code == 404


def test_the_demo_on_this_machine_has_identities(app: Flask, court: Court) -> None:
    app.config.update(LINSHU_DEMO=True)
    visitor = stranger(app)
    assert "演示身份" in visitor.get("/login")
    assert visitor.post("/demo", {"role": "clerk"}, at="/login").status_code == 404
    assert visitor.post("/demo", {"role": "king"}, at="/login").status_code == 404
    assert visitor.post("/demo", {"role": "supervisor"}, at="/login").status_code == 303
    visitor.get("/overview")
