"""Whatever anybody sends: no fault, nothing shown that is not his, no refusal that acts."""

from __future__ import annotations

from flask import Flask, redirect
from sqlalchemy import update

from linshu.store.db import transaction
from linshu.store.people import Team
from linshu.web.guard import allow
from tests.court import Court
from tests.fuzz import values
from tests.fuzz.attack import Attack, Sent
from tests.fuzz.court import fuzzed
from tests.web.test_doors import world

__all__ = ["world"]
#: What no page offers: the demo's identities stand on the door of a demo alone, and only a kind of
#: document with a template of the court's own goes back to the shipped one.
WITHOUT_FORM = {"session.demo", "paper_templates.restore"}


def test_the_judge_sees_each_sin(app: Flask, court: Court) -> None:
    number = court.case(court.file_many(1, "2026-11-02", simple=True)[0]).number

    def writes() -> str:
        with transaction() as session:
            session.execute(update(Team).values(balance=Team.balance + 1))
        return ""

    sins = {
        "outside the scope": lambda: number,
        "5xx": lambda: 1 // 0,
        "changed ['teams']": writes,
        "a text came alive": lambda: values.XSS[0],
        "leads out of the house": lambda: redirect("//evil.example"),
    }
    for nth, view in enumerate(sins.values()):
        app.add_url_rule(f"/sin/{nth}", f"sin{nth}", allow()(view))
    attack = Attack(app, court, ("two",))
    for nth, sin in enumerate(sins):
        attack.send(Sent("two", "GET", f"/sin/{nth}", ""))
        assert len(attack.faults) == nth + 1 and attack.faults[-1].startswith(sin), attack.faults
    attack.books.close()


def test_some_hundreds_of_requests(app: Flask, court: Court, world: dict[str, object]) -> None:
    attack = fuzzed(app, court, world, requests=400)
    print(attack.report())
    assert set(attack.unmet()) <= WITHOUT_FORM
    assert attack.faults == []
