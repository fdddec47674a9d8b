"""What do the services read? Named reads; ``due`` and ``locked_case`` lock what they return."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from linshu.rules.calendar import Calendar
from linshu.rules.stages import HELD_BY, Stage, TeamKind
from linshu.rules.transitions import CaseState, TeamState
from linshu.store.books import LedgerImport, Posting
from linshu.store.cases import WAITING, Case, Request, Stint
from linshu.store.clocks import Pause
from linshu.store.db import db
from linshu.store.people import (
    CalendarDay,
    CalendarYear,
    Court,
    Person,
    PolicyVersion,
    Team,
)
from linshu.store.reviews import under_review

INTENSIVE_STAGES = tuple(
    str(stage) for stage, kind in HELD_BY.items() if kind is TeamKind.INTENSIVE
)


def court_ids() -> list[int]:
    """The courts of this installation."""
    return list(db.session.scalars(select(Court.id).order_by(Court.id)))


def first_court(session: Session) -> int | None:
    """The court that was founded first: by its rules a name is judged that nobody has."""
    return session.scalar(select(Court.id).order_by(Court.id).limit(1))


def waiting_import_ids() -> list[int]:
    """Imports that nobody has finished; the tick picks up what was not rung."""
    return list(
        db.session.scalars(
            select(LedgerImport.id)
            .where(LedgerImport.status.in_(["waiting", "running"]))
            .order_by(LedgerImport.id)
        )
    )


def calendar(session: Session) -> Calendar:
    """The working days as the court knows them today."""
    days = session.execute(select(CalendarDay.day, CalendarDay.works)).all()
    years = session.scalars(select(CalendarYear.year)).all()
    return Calendar(
        days_off=frozenset(day for day, works in days if not works),
        make_up_days=frozenset(day for day, works in days if works),
        years=frozenset(years),
    )


def own_team_ids(session: Session, court_id: int, role: str, team_id: int | None) -> list[int]:
    """The teams and posts whose cases are a person's own: the team; for a lead also the post; for
    the chief and the vice president their posts."""
    own = [Team.id == team_id] if team_id else []
    if role == TeamKind.TEAM_LEAD and team_id:
        own.append(Team.parent_id == team_id)
    if role in (TeamKind.BUREAU_CHIEF, TeamKind.VICE_PRESIDENT):
        own.append(Team.kind == role)
    if not own:
        return []
    query = select(Team.id).where(Team.court_id == court_id, or_(*own)).order_by(Team.id)
    return list(session.scalars(query))


def policy_on(session: Session, court_id: int, on: date) -> PolicyVersion | None:
    """The version in force on a day: the latest effective one, the newest of that day."""
    return session.scalar(
        select(PolicyVersion)
        .where(PolicyVersion.court_id == court_id, PolicyVersion.effective_on <= on)
        .order_by(PolicyVersion.effective_on.desc(), PolicyVersion.id.desc())
        .limit(1)
    )


def team_states(session: Session, court_id: int) -> list[TeamState]:
    """Every team and post with its load: the open cases it holds. Counted along the index of the
    teams' open stints, so that finished work slows nobody."""
    own = select(Team.id).where(Team.court_id == court_id)
    load = dict(
        session.execute(
            select(Stint.team_id, func.count())
            .where(Stint.team_id.in_(own), Stint.ended_on.is_(None))
            .group_by(Stint.team_id)
        ).all()
    )
    teams = session.scalars(select(Team).where(Team.court_id == court_id).order_by(Team.id))
    return [
        TeamState(team.id, TeamKind(team.kind), team.active, load.get(team.id, 0), team.parent_id)
        for team in teams
    ]


def visited(session: Session, case_ids: Iterable[int]) -> Mapping[int, frozenset[int]]:
    """The intensive teams that have held each case."""
    rows = session.execute(
        select(Stint.case_id, Stint.team_id).where(
            Stint.case_id.in_(list(case_ids)), Stint.stage.in_(INTENSIVE_STAGES)
        )
    )
    found: dict[int, set[int]] = {}
    for case_id, team_id in rows:
        found.setdefault(case_id, set()).add(team_id)
    return {case_id: frozenset(teams) for case_id, teams in found.items()}


def locked_case(session: Session, court_id: int, case_id: int) -> Case | None:
    """A case row of the court, locked until the transaction ends: its chain hangs on it."""
    return session.scalar(
        select(Case)
        .where(Case.id == case_id, Case.court_id == court_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def case_ids(session: Session, court_id: int, numbers: Sequence[str]) -> list[int]:
    """The ids of the court's cases of these numbers, in the order given. KeyError for none such."""
    query = select(Case.number, Case.id).where(Case.court_id == court_id, Case.number.in_(numbers))
    found = dict(session.execute(query).all())
    return [found[number] for number in numbers]


def open_stint_ids(session: Session, case_ids: Sequence[int]) -> list[int]:
    """The ids of the open stints of these cases, in the order given. KeyError for a closed one."""
    query = select(Stint.case_id, Stint.id).where(
        Stint.case_id.in_(case_ids), Stint.ended_on.is_(None)
    )
    found = dict(session.execute(query).all())
    return [found[case_id] for case_id in case_ids]


def open_stint(session: Session, case_id: int) -> Stint | None:
    """The one open stint of a case, or None when it is closed."""
    return session.scalar(
        select(Stint)
        .where(Stint.case_id == case_id, Stint.ended_on.is_(None))
        .execution_options(populate_existing=True)
    )


def last_stint(session: Session, case_id: int) -> Stint | None:
    """The newest stint of a case, open or ended."""
    query = select(Stint).where(Stint.case_id == case_id).order_by(Stint.seq.desc()).limit(1)
    return session.scalar(query.execution_options(populate_existing=True))


def came_from(session: Session, case_id: int, seq: int) -> Stage | None:
    """The stage before stint number ``seq``."""
    stage = session.scalar(
        select(Stint.stage).where(Stint.case_id == case_id, Stint.seq == seq - 1)
    )
    return Stage(stage) if stage else None


@dataclass(frozen=True, slots=True)
class DueStint:
    """A stint whose limit has run out, with what the rules and the writer need of its case."""

    stint_id: int
    case_id: int
    seq: int
    policy_id: int
    due_on: date
    state: CaseState
    set_aside_code: str


def due(
    session: Session, court_id: int, on: date, most: int, wait: bool = False
) -> Sequence[DueStint]:
    """Up to ``most`` due stints, oldest first, locked with their cases. Those another sweep has
    locked are passed over, unless ``wait``. A case set aside is tried again once a day."""
    query = (
        _due_query(court_id, on).limit(most).with_for_update(skip_locked=not wait, of=[Stint, Case])
    )
    rows = session.execute(query).all()
    seen = visited(session, [row.case_id for row in rows]) if rows else {}
    return [_due_stint(row, seen.get(row.case_id, frozenset())) for row in rows]


def stopped_on(on: date) -> ColumnElement[bool]:
    """Whether a pause has stopped the stage clock of a stint's case on that day."""
    pause = select(Pause.id).where(
        Pause.case_id == Stint.case_id,
        Pause.stops_stage,
        Pause.starts_on <= on,
        or_(Pause.ends_on.is_(None), Pause.ends_on >= on),
    )
    return pause.exists()


def _due_query(court_id: int, on: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Stint.id,
            Stint.case_id,
            Stint.seq,
            Stint.policy_id,
            Stint.due_on,
            Stint.stage,
            Stint.team_id,
            Stint.hop,
            Stint.sideways,
            Stint.set_aside_code,
            Case.number,
            Case.kind,
        )
        .join(Case, Case.id == Stint.case_id)
        .where(
            Stint.court_id == court_id,
            Stint.ended_on.is_(None),
            Stint.capped_on.is_(None),
            Stint.due_on < on,
            or_(Stint.set_aside_on.is_(None), Stint.set_aside_on < on),
            ~stopped_on(on),
            ~under_review(),
        )
        .order_by(Stint.due_on, Stint.id)
    )


def _due_stint(row: Row[Any], seen: frozenset[int]) -> DueStint:
    state = CaseState(
        row.number, row.kind, Stage(row.stage), row.team_id, row.hop, row.sideways, seen
    )
    return DueStint(
        row.id, row.case_id, row.seq, row.policy_id, row.due_on, state, row.set_aside_code
    )


def state_of(session: Session, case: Case, stint: Stint) -> CaseState:
    """What the rules need to know of one case."""
    seen = visited(session, [case.id]).get(case.id, frozenset())
    return CaseState(
        case.number, case.kind, Stage(stint.stage), stint.team_id, stint.hop, stint.sideways, seen
    )


def open_request(session: Session, case_id: int, kind: str, subject: str = "") -> Request | None:
    """The one undecided request of its kind (and subject) about a case."""
    return session.scalar(
        select(Request).where(
            Request.case_id == case_id,
            Request.kind == kind,
            Request.subject == subject,
            Request.status.in_(WAITING),
        )
    )


def waiting_requests(session: Session, court_id: int) -> list[Request]:
    """Requests that wait for a decision or a confirmation, oldest first."""
    query = (
        select(Request)
        .where(Request.court_id == court_id, Request.status.in_(WAITING))
        .order_by(Request.id)
    )
    return list(session.scalars(query))


def balances(session: Session, court_id: int) -> dict[str, int]:
    """The running balance of every team and post, in the order of the flow."""
    query = select(Team.name, Team.balance).where(Team.court_id == court_id).order_by(Team.id)
    return dict(session.execute(query).all())


def postings_of(session: Session, court_id: int, number: str) -> list[dict[str, Any]]:
    """The postings of one case in order: on, team, side, kind, points."""
    query = (
        select(Posting.posted_on, Team.name, Posting.side, Posting.kind, Posting.points)
        .join(Team, Team.id == Posting.team_id)
        .join(Case, Case.id == Posting.case_id)
        .where(Case.court_id == court_id, Case.number == number)
        .order_by(Posting.id)
    )
    return [
        {"on": on.isoformat(), "team": team, "side": side, "kind": kind, "points": points}
        for on, team, side, kind, points in session.execute(query)
    ]


def empty_team_ids(session: Session, court_id: int) -> set[int]:
    """Teams and posts where nobody sits: they exist all the same, and are alerted (R8)."""
    people = session.execute(
        select(Person.role, Person.team_id).where(Person.court_id == court_id, Person.active)
    ).all()
    teams = session.scalars(select(Team).where(Team.court_id == court_id))
    return {team.id for team in teams if team.active and not _occupied(team, people)}


def _occupied(team: Team, people: Sequence[Any]) -> bool:
    kind = TeamKind(team.kind)
    if kind is TeamKind.TEAM_LEAD:
        return any(role == kind and place == team.parent_id for role, place in people)
    if kind.is_post:
        return any(role == kind for role, _place in people)
    return any(place == team.id for _role, place in people)
