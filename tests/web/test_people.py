"""Are people added, changed and let in again, teams switched, by the right hands and traceably?"""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.court import ONE, TWO, Court
from tests.web.visits import Visitor, entered, plain, row_of, rows, stranger

NEW = {"login": "new.one", "name": "新来的", "role": "executor", "team": ONE}
SHOWN = re.compile(r'一次性密码\(只显示这一次\):\s*<b class="digest">([^<]+)</b>')


@pytest.fixture
def admin(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "admin")


def enters(app: Flask, login: str, password: str) -> bool:
    words = {"login": login, "password": password}
    return stranger(app).post("/login", words, at="/login").status_code == 303


def test_somebody_new_gets_a_password_that_is_shown_once(
    app: Flask, court: Court, admin: Visitor
) -> None:
    page = admin.sent("/people", NEW, 200)
    shown = SHOWN.search(page)
    assert shown is not None and enters(app, "new.one", shown[1])
    assert row_of(page, "新来的").startswith("new.one 新来的 执行员 精执一团队 在用")
    assert shown[1] not in admin.get("/people")
    trail = entered(app, court, "audit").get("/trail?tag=person.added")
    assert "新增人员 new.one(执行员,精执一团队)" in trail and shown[1] not in trail


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"login": "one"}, "登录名 one 已存在"),
        ({"login": "新"}, "登录名应为"),
        ({"login": "a" * 41}, "40"),
        ({"name": " "}, ""),
        ({"name": "长" * 41}, "40"),
        ({"role": "king"}, ""),
        ({"team": ""}, "执行员应当属于一个团队"),
        ({"team": "精执九团队"}, "没有这个团队:精执九团队"),
        ({"team": f"{ONE}·团队长"}, "没有这个团队"),
    ],
)
def test_whom_nobody_can_add(admin: Visitor, wrong: dict, why: str) -> None:
    before = len(rows(admin.get("/people")))
    page = admin.sent("/people", NEW | wrong, 422)
    assert why in page and len(rows(page)) == before


def test_a_place_is_changed_and_one_who_is_switched_off_is_out(
    app: Flask, court: Court, admin: Visitor
) -> None:
    person = court.who("one").person_id
    inside = entered(app, court, "one")
    assert 'value="executor"' in admin.get(f"/people/{person}").replace("selected ", "")
    words = {"role": "clerk", "team": "速执团队", "active": "y"}
    assert "已变更" in admin.sent(f"/people/{person}", words)
    assert inside.ask("/desk").status_code == 303  # his visit ended with his place
    inside = entered(app, court, "one")
    assert "速执团队 · 书记员" in plain(inside.get("/desk"))
    assert "没有改动" in admin.sent(f"/people/{person}", words, 422)
    admin.sent(f"/people/{person}", words | {"role": "executor", "team": ""}, 422)
    admin.sent(f"/people/{person}", {"role": "clerk", "team": "速执团队"})
    assert inside.ask("/desk").status_code == 303
    assert "停用" in row_of(admin.get("/people"), "精一甲")


def test_nobody_changes_himself(court: Court, admin: Visitor) -> None:
    own = court.who("admin").person_id
    words = {"role": "president", "team": "", "active": "y"}
    assert "不能变更自己" in admin.sent(f"/people/{own}", words, 403)
    admin.get("/people/999999", 404)


def test_a_reset_password_replaces_the_old_one(app: Flask, court: Court, admin: Visitor) -> None:
    first = SHOWN.search(admin.sent("/people", NEW, 200))
    person = court.who("new.one").person_id
    second = SHOWN.search(admin.sent(f"/people/{person}/reset", {}, 200))
    assert first and second and first[1] != second[1]
    assert enters(app, "new.one", second[1]) and not enters(app, "new.one", first[1])


def test_a_team_is_switched_off_and_on_and_keeps_its_cases(app: Flask, court: Court) -> None:
    system, case_id = entered(app, court, "system"), court.file("2026-11-02", resumed=True)
    team = court.stint(case_id).team_id
    name = ONE if team == court.team(ONE).id else TWO
    assert "已停用" in system.sent(f"/teams/{team}/off")
    assert f"{name} 1 0 已停用 启用" in rows(system.get("/people"))
    system.sent(f"/teams/{team}/off", {}, 422)
    assert "已启用" in system.sent(f"/teams/{team}/on")
    system.sent(f"/teams/{team}/burn", {}, 404)
    system.sent("/teams/999999/off", {}, 404)
    system.sent(f"/teams/{court.team('执行局局长').id}/off", {}, 422)


def test_empty_teams_are_flagged(admin: Visitor) -> None:
    assert "无人" in row_of(admin.get("/people"), "终本维护团队")


def test_three_administrators_and_nobody_else(app: Flask, court: Court) -> None:
    person, team = court.who("one").person_id, court.team(ONE).id
    doors = {"/people": NEW, f"/people/{person}": {}, f"/people/{person}/reset": {}}
    for login in ("system", "audit", "chief", "president", "one", "supervisor"):
        visitor = entered(app, court, login)
        for url, words in doors.items():
            visitor.sent(url, words, 403)
    for login in ("admin", "audit", "chief", "president", "one"):
        entered(app, court, login).sent(f"/teams/{team}/off", {}, 403)
    for login in ("one", "filing", "audit"):
        entered(app, court, login).get("/people", 403)
    assert "新增人员" not in entered(app, court, "chief").get("/people")
