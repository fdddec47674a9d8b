"""Which cases moved on a day, from where to where, why, and for how many points?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from linshu.rules.points import RECEIVE
from linshu.rules.stages import Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason
from linshu.store.books import Posting, TrailEntry
from linshu.store.cases import Case, Stint
from linshu.store.filters import Scope, in_scope
from linshu.store.lists import PAGE, Page
from linshu.store.people import Person, Team
from linshu.store.writer import SYSTEM

_TAGS = (
    Tag.CASE_SCREENED,
    Tag.CASE_UNSCREENED,
    Tag.CASE_PASSED_INTAKE,
    Tag.CASE_MOVED,
    Tag.CASE_TRANSFERRED,
    Tag.CASE_REASSIGNED,
    Tag.CASE_MADE_DORMANT,
)


@dataclass(frozen=True, slots=True)
class Day:
    """Which moves are asked for: those of a day, to or from a team, for a reason."""

    on: date
    team_id: int | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """One move. ``points``: what the receiving side gained and the giving side lost; ``rules``,
    ``sweep``, ``by``, ``system`` (it moved by itself) as the trail has them; ``due_on``: the last
    day of the stint that was left."""

    case_id: int
    number: str
    at: datetime
    reason: Reason
    from_stage: Stage
    from_team: str
    due_on: date | None
    to_stage: Stage
    to_team: str
    hop: int
    points: int
    skipped_sideways: bool
    rules: tuple[str, ...] = ()
    sweep: int | None = None
    by: str = ""
    system: bool = True


_before, _giver, _receiver = aliased(Stint), aliased(Team), aliased(Team)


def moves(session: Session, scope: Scope, day: Day, page: int = 1) -> Page[Moved]:
    """A page of the moves of a day in scope, the latest first."""
    where = _asked_for(scope, day)
    count = select(func.count()).select_from(Stint).join(_before, _next_of_before())
    total = session.scalars(count.where(*where)).one()
    page = min(max(1, page), max(1, -(-total // PAGE)))
    query = (
        select(
            Stint.case_id,
            Case.number,
            Stint.started_at,
            Stint.stage,
            Stint.hop,
            Stint.skipped_sideways,
            _before.seq,
            _before.stage.label("from_stage"),
            _before.exit_reason,
            _before.due_on,
            _giver.name.label("from_team"),
            _receiver.name.label("to_team"),
            func.coalesce(Posting.points, 0).label("points"),
        )
        .select_from(Stint)
        .join(_before, _next_of_before())
        .join(Case, Case.id == Stint.case_id)
        .join(_giver, _giver.id == _before.team_id)
        .join(_receiver, _receiver.id == Stint.team_id)
        .outerjoin(Posting, _what_was_received())
        .where(*where)
        .order_by(Stint.started_at.desc(), Stint.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    rows: Sequence[Any] = session.execute(query).all()
    told = _told(session, day.on, rows)
    return Page(tuple(_moved(row, told) for row in rows), total, page)


def reasons(session: Session, scope: Scope, day: Day) -> dict[Reason, int]:
    """How many of the day's moves had which reason, whichever is asked for."""
    query = (
        select(_before.exit_reason, func.count())
        .select_from(Stint)
        .join(_before, _next_of_before())
        .where(*_asked_for(scope, Day(day.on, day.team_id)))
        .group_by(_before.exit_reason)
    )
    found = {Reason(reason): number for reason, number in session.execute(query)}
    return {reason: found[reason] for reason in Reason if reason in found}


def _next_of_before() -> ColumnElement[bool]:
    return (_before.case_id == Stint.case_id) & (_before.seq == Stint.seq - 1)


def _what_was_received() -> ColumnElement[bool]:
    return (Posting.stint_id == _before.id) & (Posting.side == RECEIVE) & (Posting.kind == "move")


def _asked_for(scope: Scope, day: Day) -> list[ColumnElement[bool]]:
    conditions = [*in_scope(scope), Stint.started_on == day.on]
    if day.team_id is not None:
        conditions.append(or_(Stint.team_id == day.team_id, _before.team_id == day.team_id))
    if day.reason is not None:
        conditions.append(_before.exit_reason == str(day.reason))
    return conditions


def _told(
    session: Session, on: date, rows: Sequence[Any]
) -> Mapping[tuple[int, int], Mapping[str, Any]]:
    """The trail's entries of these moves, by case and the number of the stint that was left."""
    if not rows:
        return {}
    query = (
        select(TrailEntry.case_id, TrailEntry.line, func.coalesce(Person.name, TrailEntry.by))
        .outerjoin(Person, Person.login == TrailEntry.by)
        .where(
            TrailEntry.case_id.in_({row.case_id for row in rows}),
            TrailEntry.happened_on == on,
            TrailEntry.tag.in_([str(tag) for tag in _TAGS]),
        )
    )
    found: dict[tuple[int, int], Mapping[str, Any]] = {}
    for case_id, line, name in session.execute(query):
        entry = json.loads(line)
        if case_id is not None:
            found[case_id, entry["before"].get("stint", 0)] = {**entry, "name": name}
    return found


def _moved(row: Any, told: Mapping[tuple[int, int], Mapping[str, Any]]) -> Moved:
    entry = told.get((row.case_id, row.seq), {})
    data = entry.get("data", {})
    return Moved(
        row.case_id,
        row.number,
        row.started_at,
        Reason(row.exit_reason),
        Stage(row.from_stage),
        row.from_team,
        row.due_on,
        Stage(row.stage),
        row.to_team,
        row.hop,
        row.points,
        row.skipped_sideways,
        tuple(data.get("rules", ())),
        data.get("sweep"),
        entry.get("name", ""),
        entry.get("role", SYSTEM) == SYSTEM,
    )
