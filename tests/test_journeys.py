"""Does everything hold after any acts in any order? Some random journeys; proof/ goes further."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from linshu.store import queries
from linshu.store.db import db
from tests.clocked import ClockedJourneys
from tests.court import Court

EXAMPLES = {"sqlite": 40, "postgresql": 10}


def test_any_acts_in_any_order(app: Flask, court: Court, lay: Callable[[], str]) -> None:
    travel(lay, EXAMPLES[db.engine.dialect.name])


def travel(lay: Callable[[], str], examples: int) -> None:
    """Lets the machine run so many times, each on a court just founded."""

    def anew() -> Court:
        db.session.remove()
        db.engine.dispose()
        lay()
        return Court(queries.court_ids()[0])

    how = settings(max_examples=examples, stateful_step_count=30)
    run_state_machine_as_test(lambda: ClockedJourneys(anew), settings=how)
