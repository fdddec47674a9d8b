"""Is the second factor asked for before anything opens, set up by whoever needs it, and reset?"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from linshu.services import codes, people
from linshu.store.db import db
from linshu.store.people import Person
from tests.conftest import NOW
from tests.court import Court, at
from tests.web.test_visits import OWN, knock, later
from tests.web.visits import Visitor, entered, plain, stranger

SECRET = re.compile(r'class="digest secret">([A-Z2-7 ]+)<')


def code_of(secret: str, minutes: float = 0) -> str:
    at_ = (NOW + timedelta(minutes=minutes)).timestamp()
    return codes._machine(secret).generate(int(at_)).decode()


def secret_on(page: str) -> str:
    found = SECRET.search(page)
    assert found is not None
    return found[1].replace(" ", "")


@pytest.fixture
def audit(app: Flask, court: Court) -> Visitor:
    """The audit administrator, with a password of his own and no second factor yet."""
    visitor = stranger(app)
    person = court.who("audit").person_id
    once = people.reset_password(court.who("admin"), person, at("2026-11-23"))
    knock(visitor, "audit", once)
    assert visitor.ask("/factor/own").location == "/password"  # the password first
    answer = visitor.post("/password", {"old": once, "new": OWN, "again": OWN})
    assert answer.status_code == 303
    return visitor


def set_up(visitor: Visitor, minutes: float = 0) -> tuple[str, list[str]]:
    """The secret, and the recovery codes."""
    secret = secret_on(visitor.get("/factor/own"))
    page = visitor.sent("/factor/own", {"code": code_of(secret, minutes)}, 200)
    return secret, re.findall(r'<li class="digest">([^<]+)</li>', page)


def test_a_role_that_needs_a_factor_gets_no_further_without(audit: Visitor) -> None:
    for url in ("/", "/trail", "/policy", "/visits", "/alerts", "/password"):
        assert audit.ask(url).location == "/factor/own", url
    assert audit.post("/trail/verify", at="/factor/own").location == "/factor/own"
    page = audit.get("/factor/own")
    assert "您的角色登录须有第二验证" in page and "留痕" not in plain(page.partition("<main")[0])
    picture = audit.ask("/factor/picture.svg")
    assert picture.mimetype == "image/svg+xml" and b"style=" not in picture.data
    assert secret_on(page) == secret_on(audit.get("/factor/own"))  # the same until it is set up
    audit.post("/factor/own", {"code": "000000"}, at="/factor/own")
    assert audit.ask("/trail").location == "/factor/own"
    answer = audit.post("/factor/own", {"code": code_of(secret_on(page))}, at="/factor/own")
    recovery = re.findall(r'<li class="digest">([^<]+)</li>', answer.get_data(as_text=True))
    assert len(recovery) == 10
    audit.get("/trail")
    page = audit.get("/factor/own")
    assert "备用码还剩 10 个" in page and recovery[0] not in page


def test_the_code_comes_after_the_password_and_leads_on(app: Flask, audit: Visitor) -> None:
    secret = secret_on(audit.get("/factor/own"))
    audit.post("/factor/own", {"code": code_of(secret)}, at="/factor/own")
    later(app, 5)
    visitor = stranger(app)
    words = {"login": "audit", "password": OWN}
    visitor.post("/login?next=/trail?tag%3Dperson.left", words, at="/login")
    for url in ("/", "/trail", "/password", "/factor/own", "/visits"):
        assert visitor.ask(url).location == "/factor", url
    assert visitor.post("/factor/own", {"code": "1"}, at="/factor").location == "/factor"
    page = visitor.get("/factor")
    assert "留痕" not in plain(page.partition("<main")[0])
    wrong = visitor.post("/factor", {"code": "000000"}, at="/factor")
    assert wrong.status_code == 422 and "验证码不对" in wrong.get_data(as_text=True)
    assert "000000" not in wrong.get_data(as_text=True)
    right = visitor.post("/factor", {"code": code_of(secret, 5)}, at="/factor")
    assert right.location == "/trail?tag=person.left"
    visitor.get("/trail")
    assert visitor.ask("/factor").location == "/"
    again = stranger(app)
    again.post("/login", words, at="/login")
    reused = again.post("/factor", {"code": code_of(secret, 5)}, at="/factor")
    assert reused.status_code == 422


def test_a_recovery_code_stands_in_once(app: Flask, court: Court) -> None:
    officer = entered(app, court, "one")
    _secret, recovery = set_up(officer)
    once = people.reset_password(court.who("admin"), court.who("one").person_id, at("2026-11-23"))
    for status in (303, 422):
        visitor = stranger(app)
        knock(visitor, "one", once)
        assert visitor.ask("/password").location == "/factor"  # before the password's change
        answer = visitor.post("/factor", {"code": recovery[3]}, at="/factor")
        assert answer.status_code == status


def test_anybody_may_set_one_up_and_remove_it_unless_the_role_needs_it(
    app: Flask, court: Court, audit: Visitor
) -> None:
    officer = entered(app, court, "one")
    _secret, old = set_up(officer)
    made = officer.sent("/factor/codes", {}, 200)
    assert "备用码已重新生成" in made and old[0] not in made
    assert "已停用第二验证" in officer.sent("/factor/remove")
    officer.sent("/factor/remove", {}, 409)
    officer.sent("/factor/codes", {}, 409)
    secret = secret_on(audit.get("/factor/own"))
    audit.post("/factor/own", {"code": code_of(secret)}, at="/factor/own")
    assert "审计管理员必须使用第二验证" in audit.sent("/factor/remove", {}, 403)


def test_the_security_administrator_resets_another_s_and_not_his_own(
    app: Flask, court: Court
) -> None:
    officer, admin = entered(app, court, "one"), entered(app, court, "admin")
    set_up(officer)
    person, own = court.who("one").person_id, court.who("admin").person_id
    assert "已启用" in plain(admin.get(f"/people/{person}"))
    assert "已清除动态验证码" in admin.sent(f"/people/{person}/factor")
    assert (
        officer.ask("/desk").status_code == 303
        and not db.session.get_one(Person, person).totp_secret
    )
    admin.sent(f"/people/{person}/factor", {}, 409)
    admin.sent(f"/people/{own}/factor", {}, 403)
    admin.sent(f"/people/{own}/certificate", {"certificate": "a1" * 20}, 403)
    assert "UKey" not in admin.get(f"/people/{own}")
    for login in ("system", "audit", "chief"):
        entered(app, court, login).sent(f"/people/{person}/factor", {}, 403)
        entered(app, court, login).sent(f"/people/{person}/certificate", {}, 403)


def test_a_certificate_is_entered_on_the_person_s_page(app: Flask, court: Court) -> None:
    admin, person = entered(app, court, "admin"), court.who("one").person_id
    url = f"/people/{person}/certificate"
    assert "40 位" in admin.sent(url, {"certificate": "zz"}, 422)
    admin.sent(url, {"certificate": "A1:" * 19 + "A1"})
    assert "a1" * 20 in admin.get(f"/people/{person}")
    trail = plain(entered(app, court, "audit").get("/trail?tag=person.certificate"))
    assert f"one 的 UKey 证书指纹由—改为{'a1' * 20}" in trail
