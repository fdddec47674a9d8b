"""What is known of the debtors' property, and what lapses next? The register 财产查控台账."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from linshu.rules.property import OVER, Status
from linshu.store.cases import Action, Case, Party, Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.filters import Scope, in_scope
from linshu.store.lists import PAGE, Page
from linshu.store.people import Person, Team
from linshu.store.work import Holding

LAPSING, CONTROLLED, CLUES, ALL = "lapsing", "controlled", "clues", "all"
TABS = (LAPSING, CONTROLLED, CLUES, ALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing with its case, whose it is, and who looks after the case."""

    holding: Holding
    number: str
    debtor: str
    team: str
    handler: str | None


def of_case(session: Session, case_id: int) -> list[tuple[Holding, str]]:
    """What is known in a case, with whose it is, in the order it was noted."""
    query = (
        select(Holding, Party.name)
        .join(Party, Party.id == Holding.party_id)
        .where(Holding.case_id == case_id)
        .order_by(Holding.id)
    )
    return [(holding, name) for holding, name in session.execute(query)]


def running_of(session: Session, holding_id: int) -> int | None:
    """The countdown that runs for the seizure of a thing, the first to end."""
    query = (
        select(CaseCountdown.id)
        .join(Action, Action.id == CaseCountdown.action_id)
        .where(Action.holding_id == holding_id, Action.until_on.is_not(None))
        .where(CaseCountdown.met_at.is_(None), CaseCountdown.void_at.is_(None))
        .order_by(CaseCountdown.due_on, CaseCountdown.id)
    )
    return session.scalars(query.limit(1)).first()


def page(session: Session, scope: Scope, tab: str, soon: date, number: int) -> Page[Line]:
    """A page of the register, what lapses next first. ``soon``: what lapses by then is lapsing."""
    total = count(session, scope, tab, soon)
    number = min(max(1, number), max(1, -(-total // PAGE)))
    query = (
        select(Holding, Case.number, Party.name, Team.name, Person.name)
        .join(Case, Case.id == Holding.case_id)
        .join(Party, Party.id == Holding.party_id)
        .join(Stint, _latest())
        .join(Team, Team.id == Stint.team_id)
        .outerjoin(Person, Person.id == Stint.handler_id)
        .where(*_which(scope, tab, soon))
        .order_by(Holding.until_on.asc().nulls_last(), Holding.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return Page(tuple(Line(*row) for row in session.execute(query)), total, number)


def count(session: Session, scope: Scope, tab: str, soon: date) -> int:
    """How many things stand under a tab."""
    query = select(func.count()).select_from(Holding).join(Stint, _latest())
    return session.scalars(query.where(*_which(scope, tab, soon))).one()


def _latest() -> ColumnElement[bool]:
    newest = aliased(Stint)
    seq = select(func.max(newest.seq)).where(newest.case_id == Holding.case_id).correlate(Holding)
    return (Stint.case_id == Holding.case_id) & (Stint.seq == seq.scalar_subquery())


def _which(scope: Scope, tab: str, soon: date) -> list[ColumnElement[bool]]:
    conditions: dict[str, list[ColumnElement[bool]]] = {
        LAPSING: [Holding.until_on <= soon],
        CONTROLLED: [Holding.until_on.is_not(None)],
        CLUES: [Holding.status == str(Status.CLUE)],
        ALL: [Holding.status.not_in([str(one) for one in OVER])],
    }
    return [Holding.court_id == scope.court_id, *in_scope(scope), *conditions[tab]]
