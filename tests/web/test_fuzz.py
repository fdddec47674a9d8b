"""Whatever anybody sends: no fault, nothing shown that is not his, no refusal that acts."""

from __future__ import annotations

from flask import Flask

from tests.court import Court
from tests.fuzz.court import fuzzed
from tests.web.test_doors import world

__all__ = ["world"]
#: What no page offers: the demo's identities stand on the door of a demo alone.
WITHOUT_FORM = {"session.demo"}


def test_some_hundreds_of_requests(app: Flask, court: Court, world: dict[str, object]) -> None:
    attack = fuzzed(app, court, world, requests=400)
    print(attack.report())
    assert set(attack.unmet()) <= WITHOUT_FORM
    assert attack.faults == []
