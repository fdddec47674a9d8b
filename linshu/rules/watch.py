"""What is about to be missed in a case today, or has been? 节点预警: limits that run out, nodes
that the stage should bring and nobody has ticked.

Derived whenever it is asked for, never stored. A node whose own limit warns already is not told
a second time for the stage.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from linshu.rules.clock import days_left
from linshu.rules.nodes import BY_CODE, missed


class About(StrEnum):
    """What a warning or an order is about: a countdown, a flow node, or a free matter."""

    COUNTDOWN = "countdown"
    NODE = "node"
    MATTER = "matter"


@dataclass(frozen=True, slots=True)
class Waits:
    """A countdown that runs: its id, its row in the policy, the acts that meet it, its last day
    (None: stopped by a pause). ``earliest``: nothing may be done before its end, so that nothing is
    late after it."""

    id: int
    row: str
    acts: frozenset[str]
    started_on: date
    due_on: date | None
    earliest: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """The stage that a case is at: the codes of the nodes that it should bring, since when it is
    there, the stage's last day (None: none, or stopped by a pause)."""

    expected: Collection[str]
    started_on: date
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Missing:
    """One warning: the row of a countdown (``countdown_id``: which) or the code of a node, since
    when it waits and until when it may."""

    about: About
    key: str
    countdown_id: int | None
    since_on: date
    due_on: date

    def left(self, today: date) -> int:
        """Days until the last day; negative once it is late."""
        return days_left(self.due_on, today)

    def late(self, today: date) -> bool:
        """Whether the last day is over; the whole of it counts."""
        return self.due_on < today


def until(today: date, soon_days: int) -> date:
    """The last day that is still near."""
    return today + timedelta(days=soon_days)


def missing(
    today: date,
    soon_days: int,
    stay: Stay | None,
    happened: Collection[str],
    running: Iterable[Waits],
) -> tuple[Missing, ...]:
    """The warnings of one case on a day, what runs out first first. ``happened``: the kinds of acts
    recorded; ``stay`` None: a case that is closed is at no stage."""
    last = until(today, soon_days)
    warned = [one for one in running if not one.earliest and one.due_on and one.due_on <= last]
    found = [
        Missing(About.COUNTDOWN, one.row, one.id, one.started_on, one.due_on)
        for one in warned
        if one.due_on
    ]
    if stay and stay.due_on and stay.due_on <= last:
        told = {act for one in warned for act in one.acts}
        found += [
            Missing(About.NODE, code, None, stay.started_on, stay.due_on)
            for code in missed(stay.expected, happened)
            if not BY_CODE[code].ticked_by & told
        ]
    return tuple(sorted(found, key=lambda one: (one.due_on, one.about, one.key)))
