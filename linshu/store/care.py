"""Which terminated cases are to be searched next, asked about, decided? The lists of dormant care.

A page costs a handful of statements, however many cases there are: the rows along the open
countdowns, how many there are, then what belongs to the rows of the page.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from linshu.rules import care
from linshu.rules.clock import days_left
from linshu.rules.money import Purse
from linshu.rules.stages import Stage
from linshu.store import lists, resumptions
from linshu.store.cases import Action, Case, Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.filters import Scope, in_scope
from linshu.store.lists import Page
from linshu.store.people import Person, Team
from linshu.store.resumptions import Resumption

SIZE = 50
DUE, ALL, APPLIED, OVER, UNPLANNED = "due", "all", "applied", "over", "unplanned"
TABS = (DUE, ALL, APPLIED, OVER, UNPLANNED)
_NEXT, _END, _NEWER = aliased(CaseCountdown), aliased(CaseCountdown), aliased(Action)
_STANDS = ~select(_NEWER.id).where(_NEWER.corrects_id == Action.id).exists()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which terminated cases somebody wants to see: of what he may see those of a tab; ``soon``:
    the last day that counts as soon; ``ids``: what a search within found."""

    scope: Scope
    tab: str
    today: date
    soon: date
    ids: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A terminated case with what is planned in it. ``done`` of ``planned`` searches; ``next_on``:
    the last day for the next; ``over_on``: the day on which somebody decides what becomes of it;
    ``consulted_at``: when somebody last asked; ``application``: one that is open."""

    case_id: int
    number: str
    debtors: tuple[str, ...]
    outstanding_fen: int
    dormant_on: date
    team: str
    handler: str | None
    next_on: date | None
    over_on: date | None
    done: int
    planned: int
    consulted_at: datetime | None
    application: Resumption | None

    def left(self, today: date) -> int | None:
        """Days until the last day for the next search."""
        return None if self.next_on is None else days_left(self.next_on, today)


def counts(session: Session, asked: Asked) -> Mapping[str, int]:
    """How many stand under each tab, in one statement."""
    sums = [func.coalesce(func.sum(case((_is(tab, asked), 1), else_=0)), 0) for tab in TABS]
    found = session.execute(_joined(select(*sums)).where(*_which(asked))).one()
    return dict(zip(TABS, (int(number) for number in found), strict=True))


#: What a purse is made of.
_SUMS = ("claim_fen", "recovered_fen", "paid_fen", "interest_fen", "diverted_fen")


def page(
    session: Session, asked: Asked, again: Mapping[str, int], total: int, number: int
) -> Page[Line]:
    """A page of a tab, the next search first. ``again``: how many rounds each plan has; ``total``:
    how many stand under the tab, as ``counts`` has it."""
    number = min(max(1, number), max(1, -(-total // SIZE)))
    columns = (
        *(Case.id, Case.number, Stint.started_on),
        *(getattr(Case, name) for name in _SUMS),
        *(Team.name.label("team"), Person.name.label("handler")),
        *(_NEXT.due_on.label("next_on"), _END.due_on.label("over_on")),
    )
    query = (
        _joined(select(*columns))
        .join(Team, Team.id == Stint.team_id)
        .outerjoin(Person, Person.id == Stint.handler_id)
        .where(*_which(asked), _is(asked.tab, asked))
        .order_by(_NEXT.due_on.asc().nulls_last(), Stint.id)
        .limit(SIZE)
        .offset((number - 1) * SIZE)
    )
    rows = session.execute(query).all()
    return Page(tuple(_lines(session, rows, again)), total, number, SIZE)


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Stint)
        .join(Case, Case.id == Stint.case_id)
        .outerjoin(_NEXT, _running(_NEXT, care.SEARCHES))
        .outerjoin(_END, _running(_END, care.ENDS))
    )


def _running(one: Any, rows: Sequence[str]) -> ColumnElement[bool]:
    """At most one of a case: a plan begins where none runs."""
    runs = (one.met_at.is_(None), one.void_at.is_(None))
    return and_(one.case_id == Stint.case_id, one.row.in_(rows), *runs)


def _which(asked: Asked) -> list[ColumnElement[bool]]:
    found = [Stint.ended_on.is_(None), Stint.stage == str(Stage.DORMANT), *in_scope(asked.scope)]
    if asked.ids is not None:
        found.append(Case.id.in_(asked.ids))
    return found


def _is(tab: str, asked: Asked) -> ColumnElement[bool]:
    applied = select(Resumption.id).where(
        Resumption.case_id == Stint.case_id, Resumption.status.in_(care.OPEN)
    )
    meanings: dict[str, ColumnElement[bool]] = {
        DUE: _NEXT.due_on <= asked.soon,
        ALL: Stint.id.is_not(None),
        APPLIED: applied.exists(),
        OVER: _END.due_on <= asked.today,
        UNPLANNED: _NEXT.id.is_(None),
    }
    return meanings[tab]


def _lines(session: Session, rows: Sequence[Row[Any]], again: Mapping[str, int]) -> list[Line]:
    ids = [row.id for row in rows]
    people = lists.parties_of(session, ids)
    done, consulted = _done(session, ids, again), _consulted(session, ids)
    applications = resumptions.open_in(session, ids)
    return [
        Line(
            row.id,
            row.number,
            tuple(one.name for one in people[row.id] if one.role == "debtor"),
            Purse.of(*(getattr(row, name) for name in _SUMS)).outstanding_fen,
            row.started_on,
            row.team,
            row.handler,
            row.next_on,
            row.over_on,
            *done.get(row.id, (0, 0)),
            consulted.get(row.id),
            applications.get(row.id),
        )
        for row in rows
    ]


def _done(
    session: Session, ids: Sequence[int], again: Mapping[str, int]
) -> dict[int, tuple[int, int]]:
    """How many searches of each case's newest plan are done, and of how many."""
    one = CaseCountdown
    query = (
        select(one.case_id, one.row, one.round, one.met_at)
        .where(one.case_id.in_(ids), one.row.in_(care.SEARCHES), one.void_at.is_(None))
        .order_by(one.id)
    )
    return {
        case_id: care.done_of(round_, again.get(row, round_), met_at is not None)
        for case_id, row, round_, met_at in session.execute(query)
    }


def _consulted(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    query = select(Action.case_id, func.max(Action.happened_at)).where(
        Action.case_id.in_(ids), Action.kind == care.CONSULTATION, _STANDS
    )
    return dict(session.execute(query.group_by(Action.case_id)).all())


def numbers(session: Session, scope: Scope, ids: Collection[int]) -> dict[int, str]:
    """What those of these cases are called that are in scope."""
    query = select(Case.id, Case.number).join(Stint, Stint.case_id == Case.id)
    found = session.execute(query.where(Case.id.in_(ids), *in_scope(scope)))
    return dict(found.all())


def is_searched(session: Session, case_id: int) -> bool:
    """Whether a search of a plan is still to be done in a case."""
    one = CaseCountdown
    query = select(one.id).where(
        *(one.case_id == case_id, one.row.in_(care.SEARCHES)),
        *(one.met_at.is_(None), one.void_at.is_(None)),
    )
    return session.scalar(query.limit(1)) is not None


def consulted(session: Session, case_id: int) -> list["Consulted"]:
    """The consultations about a case, the newest first."""
    where = (Action.case_id == case_id, Action.kind == care.CONSULTATION, _STANDS)
    return [Consulted(*row) for row in session.execute(_told().where(*where))]


def _told() -> Select[*tuple[Any, ...]]:
    return (
        select(Action, Case.number, Person.name)
        .join(Case, Case.id == Action.case_id)
        .join(Person, Person.id == Action.by_id)
        .order_by(Action.happened_at.desc(), Action.id.desc())
    )


@dataclass(frozen=True, slots=True)
class Consulted:
    """A consultation with its case and who logged it."""

    action: Action
    number: str
    by: str


def consultations(session: Session, scope: Scope, number: int) -> Page[Consulted]:
    """A page of the consultations about cases in dormant care, the newest first."""
    dormant = (Stint.ended_on.is_(None), Stint.stage == str(Stage.DORMANT))
    where = [Action.kind == care.CONSULTATION, _STANDS, *dormant, *in_scope(scope)]
    kept = select(func.count()).select_from(Action).join(Stint, Stint.case_id == Action.case_id)
    total = session.scalars(kept.where(*where)).one()
    number = min(max(1, number), max(1, -(-total // SIZE)))
    query = _told().join(Stint, Stint.case_id == Action.case_id).where(*where)
    found = session.execute(query.limit(SIZE).offset((number - 1) * SIZE))
    rows = tuple(Consulted(*row) for row in found)
    return Page(rows, total, number, SIZE)
