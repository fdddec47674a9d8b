"""Does the trail alone say what the tables say, and is every change to a table named?"""

from __future__ import annotations

from linshu.services import replay
from tests.court import Court


def test_first(court: Court) -> None:
    court.brought_to("vice_president", "2026-01-05")
    found = list(replay.compared(court.id))
    assert [str(s) for one in found for s in one.said] == []
    assert len(found) == 1
