"""What came in, what was paid out, where does money still lie? The register 案款台账.

The sums of a case are its running balances; those of a list are sums of the same columns.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from linshu.rules import money
from linshu.rules.kinds import APPLICANT, INTEREST, MONEY, PAID, PAYEES, RECEIPT
from linshu.rules.money import Arrival, Purse
from linshu.rules.stages import Stage
from linshu.store.cases import Action, Case, Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.filters import Scope, in_scope
from linshu.store.lists import PAGE, Page
from linshu.store.people import Person, Team

Ts = TypeVarTuple("Ts")
HELD, LATE, ALL = "held", "late", "all"
TABS = (HELD, LATE, ALL)


# What came in and went out, entry by entry --------------------------------------------------------


def sums_of(session: Session, case_ids: Collection[int]) -> dict[int, dict[str, list[money.Sum]]]:
    """The receipts, pay-outs and interest of these cases as they stand, by kind; an entry that a
    newer one corrects counts no more."""
    query = select(Action).where(
        Action.case_id.in_(case_ids), or_(Action.kind.in_(MONEY), Action.corrects_id.is_not(None))
    )
    found: dict[int, dict[str, list[money.Sum]]] = {id_: {} for id_ in case_ids}
    entered, actions = dict[int, int](), session.scalars(query.order_by(Action.id)).all()
    corrected = {one.corrects_id for one in actions}
    for one in actions:
        first = one.corrects_id and entered.get(one.corrects_id, one.corrects_id)
        entered[one.id] = first or one.id
        if one.kind in MONEY and one.id not in corrected:
            facts = (one.id, one.happened_at, entered[one.id], one.amount_fen)
            payee = one.payee or (APPLICANT if one.kind == PAID else "")
            found[one.case_id].setdefault(one.kind, []).append(money.Sum(*facts, payee))
    return found


def arrivals_of(session: Session, case_ids: Collection[int]) -> dict[int, list[Arrival]]:
    """What is left of each receipt of these cases, the oldest first."""
    return {
        case_id: money.arrivals(sums.get(RECEIPT, ()), sums.get(PAID, ()))
        for case_id, sums in sums_of(session, case_ids).items()
    }


def by_payee(sums: Iterable[money.Sum]) -> dict[str, int]:
    """How much of these pay-outs went to whom."""
    found = dict[str, int]()
    for one in sums:
        found[one.payee] = found.get(one.payee, 0) + one.fen
    return found


def unsound(session: Session, case_ids: Collection[int]) -> list[int]:
    """The cases whose running sums are not those of their entries, or in which a receipt's limit
    was met by a pay-out though something is left of it, or not though nothing is."""
    sums, arrived = sums_of(session, case_ids), arrivals_of(session, case_ids)
    met = _met_by_pay_outs(session, case_ids)
    return [
        case.id
        for case in session.scalars(select(Case).where(Case.id.in_(case_ids)).order_by(Case.id))
        if _running(case) != _summed(sums[case.id])
        or any(
            met.get(a.receipt.id, a.left_fen == 0) != (a.left_fen == 0) for a in arrived[case.id]
        )
    ]


def _running(found: Case) -> tuple[int, ...]:
    return found.recovered_fen, found.paid_fen, found.interest_fen, found.diverted_fen


def _summed(sums: Mapping[str, Sequence[money.Sum]]) -> tuple[int, ...]:
    fen = {kind: sum(one.fen for one in sums.get(kind, ())) for kind in MONEY}
    away = sum(one.fen for one in sums.get(PAID, ()) if one.payee != APPLICANT)
    return fen[RECEIPT], fen[PAID], fen[INTEREST], away


def _met_by_pay_outs(session: Session, case_ids: Collection[int]) -> dict[int, bool]:
    """Whether the limit of each receipt is met; those that another act met are left out."""
    began, met = aliased(Action), aliased(Action)
    query = (
        select(began.id, CaseCountdown.met_at.is_not(None))
        .join(began, began.id == CaseCountdown.action_id)
        .outerjoin(met, met.id == CaseCountdown.met_action_id)
        .where(
            CaseCountdown.case_id.in_(case_ids),
            CaseCountdown.void_at.is_(None),
            began.kind == RECEIPT,
            or_(CaseCountdown.met_at.is_(None), met.kind == PAID),
        )
    )
    return dict(session.execute(query).all())


@dataclass(frozen=True, slots=True)
class Waiting:
    """A receipt with what is left of it, and until when that is to be paid out."""

    arrival: Arrival
    due_on: date | None


def waiting_of(
    session: Session, case_ids: Collection[int], rows: Collection[str]
) -> dict[int, tuple[Waiting, ...]]:
    """Each receipt of these cases of which something is left; ``rows``: the policy's limits for
    paying out."""
    until = _until(session, case_ids, rows)
    return {
        case_id: tuple(Waiting(one, until.get(one.receipt.id)) for one in some if one.left_fen)
        for case_id, some in arrivals_of(session, case_ids).items()
    }


def _until(
    session: Session, case_ids: Collection[int], rows: Collection[str]
) -> dict[int | None, date | None]:
    query = (
        select(CaseCountdown.action_id, func.min(CaseCountdown.due_on))
        .where(
            CaseCountdown.case_id.in_(case_ids),
            CaseCountdown.row.in_(rows),
            CaseCountdown.void_at.is_(None),
        )
        .group_by(CaseCountdown.action_id)
    )
    return dict(session.execute(query).all())


@dataclass(frozen=True, slots=True)
class Entries:
    """The money of one case entry by entry: what is left of each receipt, and until when; the
    pay-outs with their sum for each payee; the interest. ``words``: what was written of each."""

    arrivals: list[Waiting]
    payouts: list[money.Sum]
    payees: dict[str, int]
    interest: list[money.Sum]
    words: dict[int, str]


def entries_of(session: Session, case_id: int, rows: Collection[str]) -> Entries:
    """Every receipt, pay-out and interest of a case as they stand, the oldest first."""
    sums = sums_of(session, [case_id])[case_id]
    until = _until(session, [case_id], rows)
    arrived = money.arrivals(sums.get(RECEIPT, ()), sums.get(PAID, ()))
    payouts, interest = (money.in_order(sums.get(kind, ())) for kind in (PAID, INTEREST))
    words = select(Action.id, Action.text).where(Action.case_id == case_id, Action.kind.in_(MONEY))
    return Entries(
        [Waiting(one, until.get(one.receipt.id)) for one in arrived],
        payouts,
        by_payee(payouts),
        interest,
        dict(session.execute(words).all()),
    )


# The register -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One case's money. ``due_on``: until when what came in first is to be paid out; ``waiting``:
    each receipt of which something is left, and until when."""

    case_id: int
    number: str
    stage: Stage
    team: str
    handler: str | None
    purse: Purse
    due_on: date | None
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Register:
    """The register as somebody sees it: his scope, the rows of the policy that wait for a pay-out,
    and the day."""

    scope: Scope
    rows: Collection[str]
    today: date

    def page(self, session: Session, tab: str, number: int) -> Page[Line]:
        """A page of the cases under a tab, what is to be paid out first first."""
        total = self.count(session, tab)
        number = min(max(1, number), max(1, -(-total // PAGE)))
        due_on = self._due().label("due_on")
        columns = (Case, Stint.stage, Team.name, Person.name, due_on)
        query = (
            self._cases(select(*columns), tab)
            .join(Team, Team.id == Stint.team_id)
            .outerjoin(Person, Person.id == Stint.handler_id)
            .order_by(due_on.asc().nulls_last(), Case.id)
            .limit(PAGE)
            .offset((number - 1) * PAGE)
        )
        rows = session.execute(query).all()
        waiting = waiting_of(session, [found.id for found, *_ in rows], self.rows)
        lines = (_line(*row, waiting[row[0].id]) for row in rows)
        return Page(tuple(lines), total, number)

    def count(self, session: Session, tab: str) -> int:
        """How many cases stand under a tab."""
        return session.scalars(self._cases(select(func.count()), tab)).one()

    def sum(self, session: Session, tab: str) -> Purse:
        """What they have together."""
        sums = [func.coalesce(func.sum(column), 0) for column in _PURSE]
        return Purse(*(int(n) for n in session.execute(self._cases(select(*sums), tab)).one()))

    def payees(self, session: Session, tab: str) -> dict[str, int]:
        """How much of what was paid out in them went to whom."""
        newer = aliased(Action)
        corrected = select(newer.id).where(newer.corrects_id == Action.id).exists()
        ids = self._cases(select(Case.id), tab)
        query = (
            select(Action.payee, func.sum(Action.amount_fen))
            .where(Action.case_id.in_(ids), Action.kind == PAID, ~corrected)
            .group_by(Action.payee)
        )
        found = dict.fromkeys(PAYEES, 0)
        for payee, fen in session.execute(query):
            found[payee or APPLICANT] += int(fen)
        return {payee: fen for payee, fen in found.items() if fen}

    def _cases(self, query: Select[*Ts], tab: str) -> Select[*Ts]:
        newest = aliased(Stint)
        latest = select(func.max(newest.seq)).where(newest.case_id == Case.id).correlate(Case)
        conditions: dict[str, list[ColumnElement[bool]]] = {
            HELD: [Case.recovered_fen > Case.paid_fen],
            LATE: [Case.recovered_fen > Case.paid_fen, self._due() < self.today],
            ALL: [Case.recovered_fen > 0],
        }
        return (
            query.select_from(Case)
            .join(Stint, (Stint.case_id == Case.id) & (Stint.seq == latest.scalar_subquery()))
            .where(Case.court_id == self.scope.court_id, *in_scope(self.scope), *conditions[tab])
        )

    def _due(self) -> ColumnElement[date | None]:
        return (
            select(func.min(CaseCountdown.due_on))
            .where(
                CaseCountdown.case_id == Case.id,
                CaseCountdown.row.in_(self.rows),
                CaseCountdown.met_at.is_(None),
                CaseCountdown.void_at.is_(None),
            )
            .correlate(Case)
            .scalar_subquery()
        )


#: The columns of a purse, in its order; the two sums that are never negative as ``Purse.of`` has
#: them of each case.
_LEFT = Case.claim_fen + Case.interest_fen - (Case.recovered_fen - Case.diverted_fen)
_PURSE = (
    Case.claim_fen,
    Case.interest_fen,
    Case.recovered_fen,
    Case.paid_fen,
    Case.diverted_fen,
    case((_LEFT > 0, _LEFT), else_=0),
    case((_LEFT < 0, -_LEFT), else_=0),
)


def _line(
    found: Case,
    stage: str,
    team: str,
    handler: str | None,
    due_on: date | None,
    waiting: tuple[Waiting, ...],
) -> Line:
    shown = Stage.CLOSED if found.closed_on else Stage(stage)
    return Line(found.id, found.number, shown, team, handler, found.purse, due_on, waiting)
