"""What has just come to a team or left it, and what waits there for a hand?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from linshu.rules.calendar import Calendar
from linshu.rules.points import RECEIVE
from linshu.rules.stages import Stage
from linshu.store.books import Posting
from linshu.store.cases import Case, Stint
from linshu.store.filters import due_is
from linshu.store.people import Person, Team

RECENT_DAYS = 14


@dataclass(frozen=True, slots=True)
class Waiting:
    """Unclaimed cases: how many, and for how many working days the oldest has waited."""

    cases: int
    working_days: int


def waiting(session: Session, team_ids: Sequence[int], calendar: Calendar, today: date) -> Waiting:
    """The cases of these teams that nobody has claimed."""
    query = select(func.count(), func.min(Stint.started_on)).where(
        Stint.team_id.in_(team_ids), Stint.ended_on.is_(None), *due_is("unclaimed", today)
    )
    cases, oldest = session.execute(query).one()
    return Waiting(cases, _working_days(calendar, oldest, today) if oldest else 0)


def _working_days(calendar: Calendar, start: date, end: date) -> int:
    """Working days after ``start`` up to ``end``; the first day does not count."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(calendar.is_working(day) for day in days)


@dataclass(frozen=True, slots=True)
class Turn:
    """A move to or from a team. ``points``: what the receiving side gained, the giving side lost;
    ``came``/``went``: whether it came to one of the teams asked about, or left one."""

    case_id: int
    number: str
    at: datetime
    reason: str
    from_stage: Stage
    from_team: str
    to_stage: Stage
    to_team: str
    points: int
    came: bool
    went: bool


_BEFORE, _GIVER = aliased(Stint), aliased(Team)


def recent_turns(
    session: Session, court_id: int, team_ids: Sequence[int], today: date, most: int
) -> list[Turn]:
    """The latest moves to or from these teams within a fortnight, the newest first."""
    before, giver = _BEFORE, _GIVER
    query = (
        select(Stint, before, Case.number, Team.name, giver.name, Posting.points)
        .join(before, (before.case_id == Stint.case_id) & (before.seq == Stint.seq - 1))
        .join(Case, Case.id == Stint.case_id)
        .join(Team, Team.id == Stint.team_id)
        .join(giver, giver.id == before.team_id)
        .outerjoin(
            Posting,
            (Posting.stint_id == before.id) & (Posting.side == RECEIVE) & (Posting.kind == "move"),
        )
        .where(
            Stint.court_id == court_id,
            Stint.started_on >= today - timedelta(days=RECENT_DAYS),
            or_(Stint.team_id.in_(team_ids), before.team_id.in_(team_ids)),
        )
        .order_by(Stint.started_at.desc(), Stint.id.desc())
        .limit(most)
    )
    return [
        Turn(
            now.case_id,
            number,
            now.started_at,
            then.exit_reason,
            Stage(then.stage),
            from_team,
            Stage(now.stage),
            to_team,
            points or 0,
            now.team_id in team_ids,
            then.team_id in team_ids,
        )
        for now, then, number, to_team, from_team, points in session.execute(query)
    ]


def members(session: Session, team_id: int) -> list[Person]:
    """Who of a team can be given a case: its active people, clerks apart."""
    query = (
        select(Person)
        .where(Person.team_id == team_id, Person.active, Person.role != "clerk")
        .order_by(Person.id)
    )
    return list(session.scalars(query))
