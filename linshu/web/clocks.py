"""Why this date? The length of each limit of a case, and the last day before it was rolled."""

from dataclasses import dataclass
from datetime import date

from linshu.rules import clock
from linshu.rules.calendar import Calendar
from linshu.rules.policy import Limit
from linshu.rules.stages import Stage
from linshu.store.journey import CasePage


@dataclass(frozen=True, slots=True)
class Why:
    """``rolled_from``: the day off on which the limit would have ended; None when it did not roll
    or was not computed from this limit."""

    limit: Limit
    rolled_from: date | None


def stage_limit(found: CasePage, calendar: Calendar) -> Why | None:
    """The running stage's limit; None where there is none (R1)."""
    stint, policy = found.now.stint, found.policy
    if stint.due_on is None:
        return None
    before = found.stays[: stint.limited_by - 1]
    came_from = Stage(before[-1].stint.stage) if before else None
    limit = policy.limit(Stage(stint.stage), came_from)
    return _why(found.counted_from, limit, stint.due_on, calendar, policy.rolls)


def statutory_limit(found: CasePage, calendar: Calendar) -> Why:
    """法定执行期限: from filing, whatever the stage; its end rolls whatever the policy says."""
    case = found.case
    limit = found.policy.statutory_limit(case.cause)
    return _why(case.filed_on, limit, case.statutory_due_on, calendar, rolls=True)


def _why(start: date, limit: Limit, due_on: date | None, calendar: Calendar, rolls: bool) -> Why:
    due = clock.due(start, limit, calendar, rolls)
    rolled = due.on == due_on and due.unrolled_on != due_on
    return Why(limit, due.unrolled_on if rolled else None)
