"""Who is told that something runs out, and when? Before the limit, once, and nobody can opt out.

R25: alerts come before the limit, for all cases, and the supervised cannot filter them away. After
a downtime the most pressing one is raised, late rather than never, and none twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from linshu.rules.deadlines import Told
from linshu.rules.duties import Holder, Role, Seat, holds
from linshu.rules.stages import TeamKind


def reached(due_on: date, today: date, days: Sequence[int]) -> int | None:
    """The most pressing of the numbers of days before a limit that has been reached; None while
    the limit is further off than any. Beyond the limit: the last of them."""
    left = (due_on - today).days
    due = [count for count in days if left <= count]
    return min(due) if due else None


#: Who stands above the holder of a case, by the kind of team or post.
_ABOVE = {
    TeamKind.TEAM_LEAD: Role.BUREAU_CHIEF,
    TeamKind.BUREAU_CHIEF: Role.VICE_PRESIDENT,
    TeamKind.VICE_PRESIDENT: Role.PRESIDENT,
}


@dataclass(frozen=True, slots=True)
class Running:
    """What runs out, as far as who hears of it goes: its holder, and who handles the case."""

    holder: Holder
    handler_id: int | None


def listeners(
    running: Running, seats: Iterable[Seat], tells: Sequence[Told] = (Told.HANDLER, Told.LEAD)
) -> frozenset[int]:
    """The people who are told: the handler (the whole team while nobody handles the case), whoever
    stands above him, and the chief or the supervisors where the row says so."""
    told = set[int]()
    for seat in seats:
        if Told.HANDLER in tells and _is_handler(running, seat):
            told.add(seat.person_id)
        if Told.LEAD in tells and _is_above(running.holder, seat):
            told.add(seat.person_id)
        if Told.CHIEF in tells and seat.role is Role.BUREAU_CHIEF:
            told.add(seat.person_id)
        if Told.SUPERVISOR in tells and seat.role is Role.SUPERVISOR:
            told.add(seat.person_id)
    return frozenset(told)


def _is_handler(running: Running, seat: Seat) -> bool:
    if running.handler_id is not None:
        return seat.person_id == running.handler_id
    return holds(seat, running.holder) and seat.role is not Role.CLERK


def _is_above(holder: Holder, seat: Seat) -> bool:
    above = _ABOVE.get(holder.kind)
    if above is not None:
        return seat.role is above
    return seat.role is Role.TEAM_LEAD and seat.team_id == holder.team_id
