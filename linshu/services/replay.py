"""Do the tables say what the trail says? Each case is rebuilt from its trail and compared.

Batch by batch, each of one moment; nothing is written and nobody is held up.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from linshu.rules import replay as rules
from linshu.rules.differences import Difference, differences
from linshu.rules.replay import State
from linshu.rules.said import Said
from linshu.store import replayed
from linshu.store.db import reading

BATCH = 1000
SHARES = 7


@dataclass(frozen=True, slots=True)
class Compared:
    """One case: what its trail says of it, and where the tables say otherwise. ``readable``: False
    for a trail that no case can have."""

    case_id: int
    number: str
    state: State = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    readable: bool = True

    @property
    def agrees(self) -> bool:
        return self.readable and not self.differences

    @property
    def said(self) -> list[Said]:
        """What is wrong, a sentence each; none when all agrees."""
        if not self.readable:
            return [Said("留痕无法重放")]
        return [one.said for one in self.differences]

    def as_json(self) -> dict[str, Any]:
        found = [
            {"what": one.what, "id": one.id, "told": one.told, "kept": one.kept}
            for one in self.differences
        ]
        return {"case": self.number, "readable": self.readable, "differences": found}


def share_of(on: date) -> int:
    """The share of the cases whose turn a day is: within a week each case has its turn."""
    return on.weekday()


def compared(
    court_id: int, share: int | None = None, case_ids: Sequence[int] | None = None
) -> Iterator[Compared]:
    """The cases of a court, compared: all, one seventh of them (``share``), or those named."""
    with reading() as session:
        ids = case_ids or replayed.case_ids(session, court_id, share, SHARES)
    for start in range(0, len(ids), BATCH):
        with reading() as session:
            found = list(_compared(session, ids[start : start + BATCH]))
        yield from found


def _compared(session: Session, ids: Sequence[int]) -> Iterator[Compared]:
    trails, kept = replayed.trails(session, ids), replayed.states(session, ids)
    for case_id, state in kept.items():
        yield _one(case_id, trails[case_id], state)


def _one(case_id: int, lines: Sequence[str], kept: Mapping[str, Any]) -> Compared:
    number = kept["number"]
    try:
        told = rules.replayed(json.loads(line) for line in lines)
    except (LookupError, TypeError, ValueError):
        return Compared(case_id, number, readable=False)
    if not told:
        return Compared(case_id, number, readable=False)
    return Compared(case_id, number, told, tuple(differences(told, kept)))
