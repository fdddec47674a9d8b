"""Which other countdowns run, where, until when? Those of a case, of a desk, of the whole court."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from linshu.rules.clock import days_left
from linshu.rules.duties import Role
from linshu.rules.policy import Policy, PolicyFault, parse
from linshu.rules.stages import Stage
from linshu.store import filters, queries
from linshu.store.cases import Case, Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.filters import Mine
from linshu.store.lists import PAGE, Page
from linshu.store.people import PolicyVersion

MANY = 5000
RUNS = (CaseCountdown.met_at.is_(None), CaseCountdown.void_at.is_(None))
#: Whose desk shows what runs out in the whole team, not in their own cases alone.
WHOLE_TEAM = frozenset({Role.TEAM_LEAD, Role.CLERK, Role.DORMANT_KEEPER})


# What the services reckon with --------------------------------------------------------------------


def all_of(session: Session, case_ids: Collection[int]) -> dict[int, list[CaseCountdown]]:
    """Every countdown that these cases ever had, by case, in the order they began."""
    found: dict[int, list[CaseCountdown]] = {id_: [] for id_ in case_ids}
    for some in _parts(case_ids):
        query = select(CaseCountdown).where(CaseCountdown.case_id.in_(some))
        for one in session.scalars(query.order_by(CaseCountdown.id)):
            found[one.case_id].append(one)
    return found


def in_dormant_care(session: Session, case_ids: Collection[int]) -> set[int]:
    """Which of these cases are in dormant care now."""
    found = set[int]()
    for some in _parts(case_ids):
        query = select(Stint.case_id).where(
            Stint.case_id.in_(some), Stint.ended_on.is_(None), Stint.stage == str(Stage.DORMANT)
        )
        found.update(session.scalars(query))
    return found


def versions(session: Session, court_id: int) -> list[tuple[date, int]]:
    """The policy's versions, each with its first day, the latest of a day last."""
    query = (
        select(PolicyVersion.effective_on, PolicyVersion.id)
        .where(PolicyVersion.court_id == court_id)
        .order_by(PolicyVersion.effective_on, PolicyVersion.id)
    )
    return [(on, id_) for on, id_ in session.execute(query)]


def handler_before(session: Session, case_id: int, seq: int) -> int | None:
    """Who handled the case last before the stint of this number."""
    return session.scalar(
        select(Stint.handler_id)
        .where(Stint.case_id == case_id, Stint.seq < seq, Stint.handler_id.is_not(None))
        .order_by(Stint.seq.desc())
        .limit(1)
    )


def _parts(case_ids: Collection[int]) -> Iterator[Sequence[int]]:
    ids = list(case_ids)
    for start in range(0, len(ids), MANY):
        yield ids[start : start + MANY]


# What the screens show ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One countdown as a list shows it. ``hours``: it ends at an instant, ``due_at``; ``due_on``
    None: stopped by a pause; ``met_at``: done; ``void_at``: fallen away."""

    id: int
    case_id: int
    number: str
    row: str
    name: str
    source: str
    earliest: bool
    repeats: bool
    round: int
    started_at: datetime
    due_on: date | None
    due_at: datetime | None
    provisional: bool
    met_at: datetime | None
    void_at: datetime | None

    def left(self, today: date) -> int | None:
        """Days until the last day; None while a pause has stopped it."""
        return None if self.due_on is None else days_left(self.due_on, today)

    def late(self, now: datetime) -> bool:
        """Whether it has run out; what may not be done before a day never does."""
        if self.earliest or self.due_on is None:
            return False
        end = self.met_at or self.void_at or now
        return end > self.due_at if self.due_at else end.date() > self.due_on


def of_case(session: Session, case_id: int) -> list[Line]:
    """The countdowns of a case: what runs, first to end first, then what was met, the latest
    first; not what has fallen away."""
    found = _lines(CaseCountdown.case_id == case_id, CaseCountdown.void_at.is_(None))
    lines = _told(session, session.execute(found))
    running = [line for line in lines if line.met_at is None]
    met = [line for line in lines if line.met_at is not None]
    return running + sorted(met, key=lambda line: (line.met_at, line.id), reverse=True)


def ever(session: Session, case_id: int) -> list[Line]:
    """Every countdown that a case ever had, what has fallen away among them, as they began."""
    lines = _told(session, session.execute(_lines(CaseCountdown.case_id == case_id)))
    return sorted(lines, key=lambda line: (line.started_at, line.id))


def desk_of(
    session: Session, court_id: int, person_id: int, role: str, team_id: int | None
) -> Mine:
    """Whose countdowns are on somebody's desk: his cases'; for a lead, a clerk and a keeper of
    dormant cases the team's."""
    if Role(role) in WHOLE_TEAM:
        own = queries.own_team_ids(session, court_id, role, team_id)
        return Mine(person_id, tuple(own))
    return filters.desk_of(session, court_id, person_id, role, team_id)


def on_desk(session: Session, court_id: int, mine: Mine, page: int = 1) -> Page[Line]:
    """A page of what runs on somebody's desk, first to end first."""
    total = count(session, court_id, mine)
    page = min(max(1, page), max(1, -(-total // PAGE)))
    query = _lines(*_on_desk(court_id, mine)).join(Stint, Stint.case_id == CaseCountdown.case_id)
    query = query.limit(PAGE).offset((page - 1) * PAGE)
    return Page(tuple(_told(session, session.execute(query))), total, page)


def count(session: Session, court_id: int, mine: Mine) -> int:
    """How many run on somebody's desk."""
    query = select(func.count()).select_from(CaseCountdown)
    query = query.join(Stint, Stint.case_id == CaseCountdown.case_id)
    return session.scalars(query.where(*_on_desk(court_id, mine))).one()


def running(session: Session, case_id: int) -> int:
    """How many run in a case."""
    query = select(func.count()).where(CaseCountdown.case_id == case_id, *RUNS)
    return session.scalars(query).one()


def overdue_cases(court_id: int, today: date) -> Select[*tuple[Any, ...]]:
    """The cases of the court in which something ran out before today."""
    return select(CaseCountdown.case_id).where(
        CaseCountdown.court_id == court_id,
        CaseCountdown.due_on < today,
        CaseCountdown.earliest.is_(False),
        *RUNS,
    )


def _on_desk(court_id: int, mine: Mine) -> list[ColumnElement[bool]]:
    his = [Stint.handler_id == mine.person_id]
    if mine.team_ids:
        his.append(Stint.team_id.in_(mine.team_ids))
    return [CaseCountdown.court_id == court_id, Stint.ended_on.is_(None), or_(*his), *RUNS]


def _lines(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    one = CaseCountdown
    return (
        select(
            one.id,
            one.case_id,
            Case.number,
            one.row,
            one.policy_id,
            one.earliest,
            one.round,
            one.started_at,
            one.due_on,
            one.due_at,
            one.provisional,
            one.met_at,
            one.void_at,
        )
        .join(Case, Case.id == one.case_id)
        .where(*where)
        .order_by(one.due_on.asc().nulls_last(), one.due_at.asc().nulls_last(), one.id)
    )


def _told(session: Session, found: Iterable[Row[Any]]) -> list[Line]:
    """With what the policy that each started under calls it."""
    policies: dict[int, Policy | None] = {}
    lines = []
    for row in found:
        values = dict(row._mapping)
        policy_id = values.pop("policy_id")
        if policy_id not in policies:
            policies[policy_id] = _policy(session, policy_id)
        policy = policies[policy_id]
        kept = policy.countdowns.get(row.row) if policy else None
        said = {"name": kept.name, "source": kept.source} if kept else {"name": row.row}
        repeats = kept is not None and kept.again > 1
        lines.append(Line(**{"source": "", **values, **said, "repeats": repeats}))
    return lines


def _policy(session: Session, policy_id: int) -> Policy | None:
    try:
        return parse(session.get_one(PolicyVersion, policy_id).document)
    except PolicyFault:
        return None
