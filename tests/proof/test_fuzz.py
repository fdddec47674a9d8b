"""20,000 requests made of the real forms, as everybody: no fault, no leak, no refusal that acts."""

from __future__ import annotations

from flask import Flask

from tests.court import Court
from tests.fuzz.court import fuzzed
from tests.web.test_doors import world
from tests.web.test_fuzz import WITHOUT_FORM

__all__ = ["world"]
REQUESTS = 20_000


def test_twenty_thousand_requests(app: Flask, court: Court, world: dict[str, object]) -> None:
    attack = fuzzed(app, court, world, REQUESTS)
    print(attack.report())
    assert sum(attack.told.values()) >= REQUESTS
    assert set(attack.unmet()) <= WITHOUT_FORM
    assert attack.faults == []
