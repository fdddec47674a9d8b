"""How many are where, and what must be looked at? The overview's figures, one function for each.

A number here and the list it opens are counted with the same conditions (``filters``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, aliased, join

from linshu.rules.calendar import Calendar
from linshu.rules.duties import Holder, Role, Seat, holds
from linshu.rules.stages import Stage, TeamKind
from linshu.rules.transitions import Reason
from linshu.store import lists, stops
from linshu.store.cases import Case, Stint
from linshu.store.countdowns import overdue_cases
from linshu.store.filters import Scope, due_is, in_scope
from linshu.store.lists import PAGE, Page, Row
from linshu.store.people import Person, Team

_CASES = join(Stint, Case, Case.id == Stint.case_id)
_ENDS = ("week", "today", "late")


@dataclass(frozen=True, slots=True)
class Load:
    """Open cases at one stage of one team: how many; of them, how many end this week (from today
    on), end today, have run out; and the day the oldest of them came."""

    cases: int = 0
    week: int = 0
    today: int = 0
    late: int = 0
    oldest_on: date | None = None

    def __add__(self, other: "Load") -> "Load":
        days = [day for day in (self.oldest_on, other.oldest_on) if day]
        return Load(
            self.cases + other.cases,
            self.week + other.week,
            self.today + other.today,
            self.late + other.late,
            min(days, default=None),
        )


def loads(session: Session, scope: Scope, today: date) -> dict[tuple[Stage, int], Load]:
    """在办: the open cases in scope by stage and team id."""
    query = (
        select(
            Stint.stage,
            Stint.team_id,
            func.count(),
            *(_how_many(due_is(end, today)) for end in _ENDS),
            func.min(Stint.started_on),
        )
        .where(Stint.ended_on.is_(None), *in_scope(scope))
        .group_by(Stint.stage, Stint.team_id)
    )
    return {
        (Stage(stage), team_id): Load(*numbers)
        for stage, team_id, *numbers in session.execute(query)
    }


def _how_many(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many stints at a stage ended for one reason; ``to``: the stage that came next, if any."""

    stage: Stage
    reason: Reason
    to: Stage | None
    cases: int


def outcomes(session: Session, scope: Scope, since: date) -> list[Outcome]:
    """本月去向: what became of the stints in scope that ended on or after a day."""
    after = aliased(Stint)
    query = (
        select(Stint.stage, Stint.exit_reason, after.stage, func.count())
        .outerjoin(after, (after.case_id == Stint.case_id) & (after.seq == Stint.seq + 1))
        .where(Stint.ended_on >= since, *in_scope(scope))
        .group_by(Stint.stage, Stint.exit_reason, after.stage)
    )
    return [
        Outcome(Stage(stage), Reason(reason), Stage(to) if to else None, number)
        for stage, reason, to, number in session.execute(query)
    ]


def hands(session: Session, court_id: int) -> dict[int, int]:
    """How many people of each team can be given a case: the active ones, clerks apart."""
    query = (
        select(Person.team_id, func.count())
        .where(Person.court_id == court_id, Person.active, Person.role != str(Role.CLERK))
        .group_by(Person.team_id)
    )
    return {team_id: number for team_id, number in session.execute(query) if team_id}


def vacancies(session: Session, court_id: int) -> list[Team]:
    """Active teams and posts where nobody sits: they take cases all the same, and are alerted."""
    people = select(Person.id, Person.role, Person.team_id).where(
        Person.court_id == court_id, Person.active
    )
    seats = [Seat(id_, Role(role), team_id) for id_, role, team_id in session.execute(people)]
    teams = select(Team).where(Team.court_id == court_id, Team.active).order_by(Team.id)
    return [team for team in session.scalars(teams) if not _sits_anybody(team, seats)]


def _sits_anybody(team: Team, seats: Sequence[Seat]) -> bool:
    holder = Holder(team.id, TeamKind(team.kind), team.parent_id)
    return any(holds(seat, holder) for seat in seats)


# 请看 --------------------------------------------------------------------------------------------


class Look(StrEnum):
    """What the rules bring to a supervisor's eyes; the first three are words of ``DUES`` too."""

    CAPPED = "capped"
    STATUTORY = "statutory"
    ASIDE = "aside"
    WAITING = "waiting"
    UNSCREENED = "unscreened"
    SKIPPED = "skipped"
    PROVISIONAL = "provisional"
    LONG_PAUSED = "long_paused"
    COUNTDOWNS = "countdowns"


@dataclass(frozen=True, slots=True)
class Eyes:
    """With which eyes: the day, and the last day of entry that has waited too long for a hand."""

    scope: Scope
    today: date
    waited_since: date


def waited_since(calendar: Calendar, today: date, claim_days: int) -> date:
    """Cases that came on or before this day have waited longer than the working days in which they
    should have been claimed."""
    day = today
    while today <= calendar.add_working_days(day, claim_days):
        day -= timedelta(days=1)
    return day


def looked_at(session: Session, eyes: Eyes) -> dict[Look, int]:
    """How many open cases each look shows; as many as ``look`` lists."""
    sums = [_how_many(_seen_by(look, eyes)) for look in Look]
    query = select(*sums).select_from(_CASES).where(Stint.ended_on.is_(None), *in_scope(eyes.scope))
    numbers = session.execute(query).one()
    return {look: int(number) for look, number in zip(Look, numbers, strict=True)}


def look(session: Session, eyes: Eyes, which: Look, page: int = 1, size: int = PAGE) -> Page[Row]:
    """A page of the open cases that a look shows, fewest days left first."""
    where = [Stint.ended_on.is_(None), *in_scope(eyes.scope), *_seen_by(which, eyes)]
    total = session.scalars(select(func.count()).select_from(_CASES).where(*where)).one()
    page = min(max(1, page), max(1, -(-total // size)))
    query = (
        select(Case.id)
        .select_from(_CASES)
        .where(*where)
        .order_by(Stint.due_on.asc().nulls_last(), Stint.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    rows = lists.rows_of(session, eyes.scope, session.scalars(query), eyes.today)
    return Page(rows, total, page, size)


def teams_of(session: Session, eyes: Eyes, which: Look) -> Mapping[str, int]:
    """The same number by the team that holds the cases, the most first."""
    query = (
        select(Team.name, func.count())
        .select_from(_CASES)
        .join(Team, Team.id == Stint.team_id)
        .where(Stint.ended_on.is_(None), *in_scope(eyes.scope), *_seen_by(which, eyes))
        .group_by(Team.id, Team.name)
        .order_by(func.count().desc(), Team.id)
    )
    return dict(session.execute(query).all())


def _seen_by(which: Look, eyes: Eyes) -> list[ColumnElement[bool]]:
    """What a look means for an open stint and its case (R8, R12; domain.md § 1, decisions)."""
    match which:
        case Look.WAITING:
            return [*due_is("unclaimed", eyes.today), Stint.started_on <= eyes.waited_since]
        case Look.UNSCREENED:
            before = aliased(Stint)
            passed_on = select(before.id).where(
                before.case_id == Stint.case_id,
                before.exit_reason == str(Reason.UNSCREENED),
                before.ended_on >= eyes.today.replace(day=1),
            )
            return [passed_on.exists()]
        case Look.SKIPPED:
            return [Stint.skipped_sideways.is_(True)]
        case Look.COUNTDOWNS:
            return [Stint.case_id.in_(overdue_cases(eyes.scope.court_id, eyes.today))]
        case Look.PROVISIONAL:
            return [Stint.provisional.is_(True)]
        case Look.LONG_PAUSED:
            return [Stint.stage != str(Stage.DORMANT), stops.watched(eyes.today)]
        case _:
            return due_is(str(which), eyes.today)
