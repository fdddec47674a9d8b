"""Does everything hold after any acts in any order? New journeys in every run, many of them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from linshu.store.db import db
from tests.court import Court
from tests.test_journeys import travel

EXAMPLES = {"sqlite": 600, "postgresql": 100}


def test_any_acts_in_any_order(app: Flask, court: Court, lay: Callable[[], str]) -> None:
    travel(lay, EXAMPLES[db.engine.dialect.name])
