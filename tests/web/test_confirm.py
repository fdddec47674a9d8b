"""Is a dangerous act asked about again, and is nothing that was typed lost on the way?"""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from flask import Flask

from linshu.rules.duties import Duty
from linshu.services import passwords
from linshu.store.db import db, transaction
from linshu.store.people import Person
from linshu.web.guard import allow
from tests.court import Court, at
from tests.web.test_people import NEW
from tests.web.test_policy import seen, version, versions
from tests.web.test_visits import OWN, later
from tests.web.visits import HTMX, Visitor, entered, said

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', re.S)
DANGEROUS = {
    *("people.add", "people.changed", "people.reset", "people.reset_factor", "people.certificate"),
    *("policy.adopt", "recomputes.decide", "trail.export", "visits.unlock", "confirm.give"),
    *("factor.set_up", "factor.renewed", "factor.removed"),
    *("paper_templates.adopt", "paper_templates.restore"),
    *("packs.make", "list_export.export", "seals.download", "batches.file"),
}


def with_password(app: Flask, court: Court, login: str) -> Visitor:
    """Somebody inside with a password that is known, eleven minutes ago."""
    visitor, person_id = entered(app, court, login), court.who(login).person_id
    with transaction() as session:
        person = session.get_one(Person, person_id)
        passwords.replace(session, person, passwords.hashed(OWN), False, at("2026-11-23"))
    later(app, 11)
    return visitor


def people_there() -> int:
    db.session.rollback()
    return db.session.query(Person).count()


@pytest.fixture
def admin(app: Flask, court: Court) -> Visitor:
    return with_password(app, court, "admin")


def carried(page: str) -> dict[str, str]:
    """What the form that asks carries along hidden."""
    raw = page.partition("<main")[2]
    return {name: unescape(value) for name, value in HIDDEN.findall(raw) if name != "csrf_token"}


def test_which_acts_are_dangerous(app: Flask) -> None:
    views = app.view_functions.items()
    assert {name for name, view in views if getattr(view, "confirmed", False)} == DANGEROUS


def test_an_act_waits_until_its_doer_has_shown_himself(app: Flask, admin: Visitor) -> None:
    before = people_there()
    page = admin.sent("/people", NEW, 409)
    assert "再次验证身份" in page and carried(page) == NEW
    assert 'action="/people"' in page and people_there() == before
    wrong = admin.sent("/people", {**carried(page), "confirm_password": "wrong"}, 422)
    assert "密码或验证码不对" in wrong and carried(wrong) == carried(page)
    assert "wrong" not in wrong.partition("<main")[2] and people_there() == before
    done = admin.sent("/people", {**carried(wrong), "confirm_password": OWN}, 200)
    assert "new.one 的一次性密码" in done and people_there() == before + 1
    admin.sent("/people", NEW | {"login": "second"}, 200)  # ten minutes from now on
    later(app, 21)
    admin.sent("/people", NEW | {"login": "third"}, 409)


def test_a_long_text_comes_through_letter_by_letter(app: Flask, court: Court) -> None:
    system, text = (
        with_password(app, court, "system"),
        version().replace("[limits]", "[limits] # \"<&>'"),
    )
    page = system.post("/policy/adopt", seen(text)).get_data(as_text=True)
    given = carried(page)
    assert given["document"] == text and len(versions()) == 1
    system.sent("/policy/adopt", {**given, "confirm_password": OWN})
    assert versions()[-1].document == text


def test_wrong_passwords_count_and_lock(admin: Visitor) -> None:
    person = db.session.query(Person).filter_by(login="one").one().id
    for _ in range(4):
        admin.sent(f"/people/{person}/reset", {"confirm_password": "wrong"}, 422)
    locked = admin.sent(f"/people/{person}/reset", {"confirm_password": "wrong"}, 422)
    assert "已锁定" in locked
    assert "已锁定" in admin.sent(f"/people/{person}/reset", {"confirm_password": OWN}, 422)


def test_whose_duty_it_is_not_is_refused_and_not_asked(app: Flask, court: Court) -> None:
    chief = with_password(app, court, "chief")
    chief.sent("/people", NEW, 403)
    chief.sent("/people", NEW | {"confirm_password": OWN}, 403)


def test_htmx_gets_the_question_in_place_of_the_page(admin: Visitor) -> None:
    answer = admin.post("/people", NEW, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#main")
    assert said(answer).strip().startswith("<section") and 'value="new.one"' in said(answer)


@pytest.fixture
def with_routes(app: Flask) -> Flask:
    """A dangerous page, and a dangerous form with a file: there are none of ours as yet."""

    @app.route("/danger", methods=["GET", "POST"])
    @allow(Duty.MANAGE_PEOPLE, confirmed=True)
    def danger() -> str:
        return "done"

    return app


def test_a_page_and_a_file_are_confirmed_first_and_asked_for_again(
    with_routes: Flask, court: Court
) -> None:
    admin = with_password(with_routes, court, "admin")
    file = {"paper": (BytesIO(b"x"), "x.txt"), "title": "t"}
    answer = admin.post("/danger", file, content_type="multipart/form-data")
    assert answer.status_code == 409 and "附件不能随同保留" in said(answer)
    page = admin.get("/danger?a=1", 409)
    assert carried(page) == {"next": "/danger?a=1"} and 'action="/confirm"' in page
    wrong = admin.post("/confirm", {**carried(page), "confirm_password": "wrong"})
    assert wrong.status_code == 422 and carried(said(wrong)) == {"next": "/danger?a=1"}
    right = admin.post("/confirm", {**carried(page), "confirm_password": OWN})
    assert right.location == "/danger?a=1" and admin.get("/danger") == "done"
    away = admin.post("/confirm", {"next": "//example.com", "confirm_password": OWN})
    assert away.location == "/"
