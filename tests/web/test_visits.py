"""Who is inside, seen from a browser: visits that end, the lists of them, names that are locked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.services import people
from linshu.store.db import db, transaction
from linshu.store.doors import Visit
from linshu.store.people import Person
from tests.conftest import NOW
from tests.court import Court, at
from tests.web.visits import HTMX, Visitor, entered, plain, row_of, rows, said, stranger

OWN = "Linshu-2026-own"


def later(app: Flask, minutes: float) -> None:
    """The application's clock, that long after ten o'clock."""
    app.config["LINSHU_CLOCK"] = lambda: NOW + timedelta(minutes=minutes)


def knock(visitor: Visitor, login: str, password: str):
    return visitor.post("/login", {"login": login, "password": password}, at="/login")


@pytest.fixture
def one_time(court: Court) -> str:
    person = court.who("supervisor").person_id
    return people.reset_password(court.who("admin"), person, at("2026-11-23"))


@pytest.fixture
def inside(app: Flask, court: Court, one_time: str) -> Visitor:
    """The supervisor, who came in by his own password."""
    visitor = stranger(app)
    knock(visitor, "supervisor", one_time)
    visitor.sent("/password", {"old": one_time, "new": OWN, "again": OWN})
    return visitor


def test_an_idle_visit_ends_and_the_door_says_why(app: Flask, inside: Visitor) -> None:
    later(app, 19)
    inside.get("/overview")
    later(app, 38)
    inside.get("/overview")
    later(app, 59)
    answer = inside.ask("/overview?page=2")
    assert answer.location == "/login?next=/overview?page%3D2"
    assert "闲置超过 20 分钟,已自动退出" in inside.get(answer.location)
    assert inside.ask("/overview", headers=HTMX).status_code == 401
    assert "闲置" not in stranger(app).get("/login")
    knock(inside, "supervisor", OWN)
    inside.get("/overview")


def test_a_visit_lasts_twelve_hours_and_no_longer(app: Flask, inside: Visitor) -> None:
    for minutes in range(0, 720, 19):
        later(app, minutes)
        inside.get("/overview")
    later(app, 720)
    assert inside.ask("/overview").status_code == 303
    assert "登录已满 12 小时" in inside.get("/login")


def test_every_entry_has_a_token_of_its_own_that_leaving_ends(
    app: Flask, court: Court, inside: Visitor
) -> None:
    with inside.client.session_transaction() as cookie:
        before, cookie["planted"] = cookie["_user_id"], "x"
    cookies = [inside.client.get_cookie("linshu")]
    inside.post("/login", {"login": "supervisor", "password": OWN}, at="/visits")
    with inside.client.session_transaction() as cookie:
        assert cookie["_user_id"] != before and "planted" not in cookie
    inside.get("/overview")
    cookies.append(inside.client.get_cookie("linshu"))
    inside.post("/logout")
    for kept in cookies:
        thief = stranger(app)
        assert kept is not None
        thief.client.set_cookie("linshu", kept.value)
        assert thief.ask("/overview").status_code == 303


def test_a_lost_redis_logs_nobody_out(app: Flask, inside: Visitor) -> None:
    assert "nobody-there.sock" in app.config["LINSHU_REDIS_URL"]
    inside.get("/overview")


def test_a_stranger_s_cookie_of_before_opens_nothing(app: Flask, court: Court) -> None:
    visitor = stranger(app)
    with visitor.client.session_transaction() as cookie:
        cookie.update({"_user_id": str(court.who("chief").person_id), "demo": True})
    assert visitor.ask("/overview").status_code == 303


def test_one_s_own_visits_are_listed_and_ended(app: Flask, court: Court, inside: Visitor) -> None:
    other = stranger(app)
    other.client.environ_base.update(
        REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Chrome/90.0.1 Safari"
    )
    knock(other, "supervisor", OWN)
    third = stranger(app)
    knock(third, "supervisor", OWN)
    entered(app, court, "chief")
    page = inside.get("/visits")
    assert len(rows(page)) == 1 + 3 and "局长甲" not in page
    assert "本次登录" in row_of(page, "本次登录") and "Chrome 90 · Linux" in row_of(
        page, "10.1.2.3"
    )
    visit = db.session.scalars(select(Visit.id).where(Visit.address == "10.1.2.3")).one()
    assert "已结束该登录会话" in inside.sent(f"/visits/{visit}/end")
    assert other.ask("/overview").status_code == 303
    assert "这次登录已被结束" in other.get("/login")
    inside.sent(f"/visits/{visit}/end", {}, 404)
    assert "已结束 1 个登录会话" in inside.sent("/visits/others")
    assert third.ask("/overview").status_code == 303 and len(rows(inside.get("/visits"))) == 2


def test_the_security_administrator_sees_and_ends_everybody_s(
    app: Flask, court: Court, inside: Visitor
) -> None:
    admin = entered(app, court, "admin")
    assert "监督甲 supervisor · 监督人员" in row_of(admin.get("/visits/all"), "监督甲")
    visit = re.search(r'action="/visits/(\d+)/end"', admin.get("/visits/all"))
    assert visit is not None
    page = admin.sent(f"/visits/{visit[1]}/end", {"all": "1"})
    assert "监督甲" not in plain(page) and "已结束" in page
    assert inside.ask("/overview").status_code == 303
    for login in ("system", "audit", "chief", "one"):
        other = entered(app, court, login)
        other.get("/visits/all", 403)
        other.sent("/visits/unlock", {"login": "supervisor"}, 403)
    other = entered(app, court, "one")
    chief = select(Visit.id).where(Visit.person_id == court.who("chief").person_id)
    other.sent(f"/visits/{db.session.scalars(chief).one()}/end", {}, 404)
    assert "结束 supervisor 的登录会话" in entered(app, court, "audit").get(
        "/trail?tag=visits.ended"
    )


def test_a_locked_name_is_told_until_when_and_unlocked(
    app: Flask, court: Court, one_time: str
) -> None:
    told = {}
    for login in ("supervisor", "nobody"):
        pages = [said(knock(stranger(app), login, "wrong")) for _ in range(6)]
        assert all("登录名或密码不对" in page for page in pages[:4])
        told[login] = {
            plain(page.partition('role="alert">')[2].partition("<form")[0]) for page in pages[4:]
        }
    assert told["supervisor"] == told["nobody"]
    assert "请在 2026-11-23 10:15 之后再试" in told["nobody"].pop()
    assert knock(stranger(app), "supervisor", one_time).status_code == 422
    admin = entered(app, court, "admin")
    page = admin.get("/visits/all")
    assert "5 11-23 10:00 11-23 10:15" in row_of(page, "nobody")
    assert "已解锁" in admin.sent("/visits/unlock", {"login": "supervisor"})
    admin.sent("/visits/unlock", {"login": "supervisor"}, 404)
    assert knock(stranger(app), "supervisor", one_time).status_code == 303
    later(app, 15)
    assert "没有锁定的登录名" in entered(app, court, "admin").get("/visits/all")


def test_a_worn_out_password_opens_nothing_but_its_replacement(
    app: Flask, court: Court, inside: Visitor
) -> None:
    person_id = court.who("supervisor").person_id
    with transaction() as session:
        person = session.get_one(Person, person_id)
        person.password_set_at = NOW - timedelta(days=90)
    assert inside.ask("/overview").location == "/password"
    page = inside.get("/password")
    assert "密码已用满 90 天" in page and "/overview" not in page.partition("<main")[0]
    inside.sent("/password", {"old": OWN, "new": f"{OWN}-2", "again": f"{OWN}-2"})
    inside.get("/overview")


def test_an_identity_of_the_demo_holds_in_the_demo_alone(app: Flask, court: Court) -> None:
    app.config.update(LINSHU_DEMO=True)
    visitor = stranger(app)
    visitor.post("/demo", {"role": "security_admin"}, at="/login")
    visitor.get("/people")  # no password, no factor
    later(app, 15)  # and no confirmation
    person = court.who("one").person_id
    assert "一次性密码" in visitor.sent(f"/people/{person}/reset", {}, 200)
    visitor.client.environ_base["REMOTE_ADDR"] = "10.0.0.7"
    assert visitor.ask("/people").status_code == 303
    visitor.client.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    visitor.get("/people")
    app.config.update(LINSHU_DEMO=False)
    assert visitor.ask("/people").status_code == 303


def test_buttons_of_a_row_name_their_row(app: Flask, court: Court) -> None:
    page = entered(app, court, "admin").get("/people")
    assert 'aria-label="重置密码 精一甲"' in page
    assert 'aria-label="停用 精执一团队"' in entered(app, court, "system").get("/people")
