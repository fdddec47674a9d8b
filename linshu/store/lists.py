"""Which cases are on this list, fewest days left first? Rows for every screen that lists cases.

One page costs a handful of statements, however long the list: the rows, how many there are, their
debtors, their last actions. ``filters`` says which cases somebody may see and asks for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Row as SqlRow
from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased, join

from linshu.rules.clock import days_left
from linshu.rules.money import Purse
from linshu.rules.stages import Stage
from linshu.store.cases import Action, Case, Party, Stint
from linshu.store.filters import (
    DUES,
    Filter,
    Mine,
    Scope,
    asked_for,
    desk_of,
    due_is,
    in_scope,
    scope_of,
)
from linshu.store.parties import owing
from linshu.store.people import Person, Team
from linshu.store.reviews import reported
from linshu.store.stops import PausedNow, paused_now

__all__ = [
    "DUES",
    "PAGE",
    "Filter",
    "Mine",
    "Page",
    "Row",
    "Scope",
    "asked_for",
    "count",
    "counts",
    "desk_of",
    "due_is",
    "in_scope",
    "open_cases",
    "parties_of",
    "rows_of",
    "scope_of",
]
PAGE = 38
T = TypeVar("T")
_CASES = join(Stint, Case, Case.id == Stint.case_id)


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a list. ``due_on`` is None where there is no limit, and for a closed case.

    ``last_kind``/``last_at``: the action that happened last; ``set_aside``: why the rules could
    not decide, or empty; ``paused``: the pause that stops its stage clock today;
    ``reviewed``: since when its closing is under review. The facts that screening looks at come
    along."""

    case_id: int
    seq: int
    number: str
    kind: str
    cause: str
    basis: str
    basis_kind: str
    filed_on: date
    claim_fen: int
    recovered_fen: int
    paid_fen: int
    interest_fen: int
    diverted_fen: int
    preserved: bool
    cooperative: bool
    address_confirmed: bool
    statutory_due_on: date | None
    stage: Stage
    team_id: int
    team_name: str
    handler_id: int | None
    handler_name: str | None
    handled_since: datetime | None
    started_on: date
    due_on: date | None
    provisional: bool
    capped: bool
    set_aside: str
    closed_on: date | None
    debtors: tuple[str, ...] = field(default=())
    last_kind: str | None = None
    last_at: datetime | None = None
    paused: PausedNow | None = None
    reviewed: datetime | None = None

    @property
    def outstanding_fen(self) -> int:
        """未执行: what is owed and has not come in; never negative."""
        sums = (self.recovered_fen, self.paid_fen, self.interest_fen, self.diverted_fen)
        return Purse.of(self.claim_fen, *sums).outstanding_fen

    def left(self, today: date) -> int | None:
        """Days until the last day of the stage limit; None without one."""
        return None if self.due_on is None else days_left(self.due_on, today)

    def beyond(self, today: date) -> bool:
        """超法定: open, not in dormant care, past its statutory limit (as ``due_is`` has it)."""
        running = not self.closed_on and self.stage.limited
        return running and self.statutory_due_on is not None and self.statutory_due_on < today


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: its rows, how many there are in all, which page this is (from 1)."""

    rows: tuple[T, ...]
    total: int
    page: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The number of the page's first row in the whole list; 0 for an empty list."""
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.page - 1) * self.size + len(self.rows)


def open_cases(
    session: Session,
    scope: Scope,
    chosen: Filter,
    today: date,
    page: int = 1,
    size: int = PAGE,
) -> Page[Row]:
    """A page of the open cases in scope that the filter asks for, fewest days left first; those
    without a limit last. A page beyond the end is the last one."""
    where = [Stint.ended_on.is_(None), *in_scope(scope), *asked_for(chosen, today)]
    total = session.scalars(select(func.count()).select_from(_CASES).where(*where)).one()
    page = min(max(1, page), max(1, -(-total // size)))
    query = _rows().where(*where).order_by(Stint.due_on.asc().nulls_last(), Stint.id)
    found = session.execute(query.limit(size).offset((page - 1) * size)).all()
    return Page(_filled(session, found, today), total, page, size)


def count(session: Session, scope: Scope, chosen: Filter, today: date) -> int:
    """How many open cases in scope the filter asks for: the number that stands for its list."""
    where = [Stint.ended_on.is_(None), *in_scope(scope), *asked_for(chosen, today)]
    return session.scalars(select(func.count()).select_from(_CASES).where(*where)).one()


def counts(
    session: Session, scope: Scope, chosen: Filter, today: date, dues: Sequence[str]
) -> dict[str, int]:
    """How many the filter asks for (``all``), and how many of them fall under each of ``dues``; in
    one statement, with the conditions of the lists themselves."""
    sums = [
        func.coalesce(func.sum(case((and_(*due_is(due, today)), 1), else_=0)), 0) for due in dues
    ]
    where = [Stint.ended_on.is_(None), *in_scope(scope), *asked_for(chosen, today)]
    found = session.execute(select(func.count(), *sums).select_from(_CASES).where(*where)).one()
    return dict(zip(("all", *dues), (int(number) for number in found), strict=True))


def rows_of(
    session: Session, scope: Scope, case_ids: Iterable[int], today: date
) -> tuple[Row, ...]:
    """The rows of these cases, open or closed, as far as they are in scope, in the order given."""
    wanted = list(case_ids)
    latest = select(func.max(Stint.seq)).where(Stint.case_id == Case.id).correlate(Case)
    query = _rows().where(
        Case.id.in_(wanted), Stint.seq == latest.scalar_subquery(), *in_scope(scope)
    )
    found = session.execute(query).all()
    rows = {row.case_id: row for row in _filled(session, found, today)}
    return tuple(rows[id_] for id_ in wanted if id_ in rows)


# The rows ----------------------------------------------------------------------------------------

_COLUMNS = (
    Case.id.label("case_id"),
    Stint.seq,
    Case.number,
    Case.kind,
    Case.cause,
    Case.basis,
    Case.basis_kind,
    Case.filed_on,
    Case.claim_fen,
    Case.recovered_fen,
    Case.paid_fen,
    Case.interest_fen,
    Case.diverted_fen,
    Case.preserved,
    Case.cooperative,
    Case.address_confirmed,
    Case.statutory_due_on,
    Stint.stage,
    Stint.team_id,
    Team.name.label("team_name"),
    Stint.handler_id,
    Person.name.label("handler_name"),
    Stint.handled_since,
    Stint.started_on,
    Stint.due_on,
    Stint.provisional,
    Stint.capped_on,
    Stint.set_aside_on,
    Stint.set_aside_code,
    Case.closed_on,
)


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .select_from(_CASES)
        .join(Team, Team.id == Stint.team_id)
        .outerjoin(Person, Person.id == Stint.handler_id)
    )


def _row(found: SqlRow[Any]) -> Row:
    values = dict(found._mapping)
    values["capped"] = values.pop("capped_on") is not None
    aside, code = values.pop("set_aside_on"), values.pop("set_aside_code")
    values["set_aside"] = code if aside else ""
    values["stage"] = Stage.CLOSED if values["closed_on"] else Stage(values["stage"])
    if values["closed_on"]:
        values["due_on"] = None
    return Row(**values)


def _filled(session: Session, found: Sequence[SqlRow[Any]], today: date) -> tuple[Row, ...]:
    ids = [row.case_id for row in found]
    if not ids:
        return ()
    names, last = _debtors(session, ids), _last_actions(session, ids)
    paused, reviewed = paused_now(session, ids, today), reported(session, ids)
    filled = []
    for row in map(_row, found):
        kind, at = last.get(row.case_id, (None, None))
        debtors = tuple(names.get(row.case_id, ()))
        stopped = None if row.closed_on or not row.stage.limited else paused.get(row.case_id)
        row = replace(row, paused=stopped, reviewed=reviewed.get(row.case_id))
        filled.append(replace(row, debtors=debtors, last_kind=kind, last_at=at))
    return tuple(filled)


def parties_of(session: Session, case_ids: Sequence[int]) -> dict[int, list[Party]]:
    """The parties of these cases who have not left, by case, in the order they came."""
    inside = (Party.case_id.in_(case_ids), Party.out_on.is_(None))
    query = select(Party).where(*inside).order_by(Party.id)
    found: dict[int, list[Party]] = {id_: [] for id_ in case_ids}
    for party in session.scalars(query) if case_ids else ():
        found[party.case_id].append(party)
    return found


def _debtors(session: Session, case_ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        select(Party.case_id, Party.name)
        .where(Party.case_id.in_(case_ids), *owing())
        .order_by(Party.id)
    )
    names: dict[int, list[str]] = {}
    for case_id, name in session.execute(query):
        names.setdefault(case_id, []).append(name)
    return names


_NEWER = aliased(Action)


def _last_actions(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[str, datetime]]:
    """The action of each case that happened last, corrections in place of what they correct."""
    corrected = select(_NEWER.id).where(_NEWER.corrects_id == Action.id).exists()
    latest_first = (Action.happened_at.desc(), Action.id.desc())
    place = func.row_number().over(partition_by=Action.case_id, order_by=latest_first)
    ranked = (
        select(Action.case_id, Action.kind, Action.happened_at, place.label("place"))
        .where(Action.case_id.in_(case_ids), ~corrected)
        .subquery()
    )
    query = select(ranked.c.case_id, ranked.c.kind, ranked.c.happened_at).where(ranked.c.place == 1)
    return {row.case_id: (row.kind, row.happened_at) for row in session.execute(query)}
