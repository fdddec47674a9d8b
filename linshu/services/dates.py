"""Which dates does a change move, and whose points come back? Clocks reckoned anew by the rules.

A pause, an extension, a year's calendar, an outage, a policy for running stints: each ends here.
What was decided before stays decided: a stint that expired wrongly moves nothing back, its points
return by reversal (domain.md § 2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from linshu.rules import clock, countdowns
from linshu.rules.trail import Tag
from linshu.services.flow import Flow
from linshu.store import dates, running, writer
from linshu.store.dates import DateMove
from linshu.store.running import RunningCountdown, RunningStint, StatutoryClock
from linshu.store.stops import Stops
from linshu.store.writer import Doer, Draft

STAGE, STATUTORY, COUNTDOWN = "stage", "statutory", "countdown"


@dataclass(frozen=True, slots=True)
class Returned:
    """A stint (the ``seq``-th of its case) whose expiry no longer holds (``back``), or holds again
    after a take-back."""

    case_id: int
    stint_id: int
    seq: int
    back: bool


def moved(flow: Flow, case_ids: Sequence[int] | None = None) -> list[DateMove]:
    """Every open date that is not what the rules give now: of these cases, or of the whole court.
    Nothing is written."""
    stints = list(running.stints(flow.session, flow.court_id, case_ids))
    clocks = list(running.statutory(flow.session, flow.court_id, case_ids))
    others = list(running.countdowns(flow.session, flow.court_id, case_ids))
    concerned = {one.case_id for one in stints} | {one.case_id for one in clocks}
    stops = flow.stops(concerned | {one.case_id for one in others})
    due = Dues(flow)
    moves = [_stage_move(one, due.stage(one, stops[one.case_id])) for one in stints]
    moves += [_statutory_move(one, due.statutory(one, stops[one.case_id])) for one in clocks]
    moves += [_countdown_move(flow, one, stops[one.case_id]) for one in others]
    return [move for move in moves if move is not None]


class Dues:
    """Due dates by the rules as they are now, each worked out once: many clocks began on one day,
    under one policy."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._stage: dict[tuple[Any, ...], clock.Due] = {}
        self._statutory: dict[tuple[Any, ...], clock.Due] = {}

    def stage(self, one: RunningStint, stops: Stops) -> clock.Due:
        """By the stint's policy, the case's pauses and the court's outages."""
        asked = (one.started_on, one.stage, one.came_from, one.policy_id, stops.stage)
        if asked not in self._stage:
            kept, calendar = self._flow.policy(one.policy_id), self._flow.calendar
            limit = kept.limit(one.stage, one.came_from)
            due = clock.due(one.started_on, limit, calendar, kept.rolls, stops.stage)
            self._stage[asked] = due
        return self._stage[asked]

    def statutory(self, one: StatutoryClock, stops: Stops) -> clock.Due:
        """By the case's first policy, its pauses and its extensions."""
        days = (stops.statutory, stops.extensions)
        asked = (one.filed_on, one.cause, one.policy_id, days)
        if asked not in self._statutory:
            kept, calendar = self._flow.policy(one.policy_id), self._flow.calendar
            due = clock.statutory_due(one.filed_on, one.cause, kept, calendar, *days)
            self._statutory[asked] = due
        return self._statutory[asked]


def _stage_move(one: RunningStint, due: clock.Due) -> DateMove | None:
    return _move(STAGE, one.case_id, one.id, (one.due_on, one.provisional), due)


def _statutory_move(one: StatutoryClock, due: clock.Due) -> DateMove | None:
    return _move(STATUTORY, one.case_id, one.case_id, (one.due_on, one.provisional), due)


def _countdown_move(flow: Flow, one: RunningCountdown, stops: Stops) -> DateMove | None:
    """A limit of the law: what stops the statutory clock stops it, where the policy lets it."""
    row = flow.policy(one.policy_id).countdowns[one.row]
    end = countdowns.end(
        row, one.first_at, flow.calendar, stops.statutory, one.entered_on, one.round
    )
    due = clock.Due(end.on, end.on, end.provisional)
    moved = _move(COUNTDOWN, one.case_id, one.id, (one.due_on, one.provisional), due)
    return moved and replace(moved, name=row.name)


def _move(
    which: str, case_id: int, subject_id: int, before: tuple[date | None, bool], due: clock.Due
) -> DateMove | None:
    if before == (due.on, due.provisional):
        return None
    return DateMove(which, case_id, subject_id, before[0], due.on, due.provisional)


_TAGS = {
    STAGE: Tag.CASE_DUE_CHANGED,
    STATUTORY: Tag.CASE_STATUTORY_CHANGED,
    COUNTDOWN: Tag.COUNTDOWN_CHANGED,
}


def keep(flow: Flow, moves: Sequence[DateMove], doer: Doer, data: dict[str, Any]) -> None:
    """Writes moved dates, each with its entry in the case's trail; ``data`` says why: the pause,
    the calendar, the outage. A date that only ceased or began to be provisional is told too."""
    dates.move_dates(flow.session, moves, flow.when)
    drafts = [
        Draft(
            move.case_id,
            _TAGS[move.clock],
            data={**data, "subject": move.subject_id} | ({"name": move.name} if move.name else {}),
            before={"due_on": iso(move.before_on)},
            after={"due_on": iso(move.after_on), "provisional": move.provisional},
        )
        for move in moves
    ]
    writer.write_trail(flow.session, flow.court_id, drafts, doer, flow.when)


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def refresh(flow: Flow, case_ids: Sequence[int], doer: Doer, data: dict[str, Any]) -> None:
    """Brings the dates of these cases up to what the rules give now, and returns the points of
    expiries that no longer hold."""
    keep(flow, moved(flow, case_ids), doer, data)
    settle(flow, unsettled(flow, date.min, case_ids), doer, data)


def unsettled(flow: Flow, since: date, case_ids: Sequence[int] | None = None) -> list[Returned]:
    """The expiries since then that would not have happened by what is known now and still cost
    points, and those that hold again though their points were returned. Nothing is written."""
    stints = list(running.expired(flow.session, flow.court_id, since, case_ids))
    stops = flow.stops({one.case_id for one in stints})
    returned = dates.returned_stints(flow.session, [one.id for one in stints])
    found, dues = list[Returned](), Dues(flow)
    for one in stints:
        due = dues.stage(one, stops[one.case_id])
        wrong = due.on is None or (one.ended_on is not None and due.on >= one.ended_on)
        if wrong != (one.id in returned):
            found.append(Returned(one.case_id, one.id, one.seq, wrong))
    return found


def settle(flow: Flow, returned: Iterable[Returned], doer: Doer, data: dict[str, Any]) -> None:
    """Posts reversals (or takes them back), with an entry for each case; nothing moves back."""
    some = list(returned)
    points = dates.return_points(
        flow.session, flow.court_id, [(one.stint_id, one.back) for one in some], flow.when
    )
    drafts = [
        Draft(
            one.case_id,
            Tag.POINTS_RETURNED if one.back else Tag.POINTS_RESTORED,
            data={
                **data,
                "stint_id": one.stint_id,
                "stint": one.seq,
                "points": points[one.stint_id],
            },
        )
        for one in some
    ]
    writer.write_trail(flow.session, flow.court_id, drafts, doer, flow.when)
