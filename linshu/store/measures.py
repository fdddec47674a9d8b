"""How far are the measures against each debtor of a case? The newest act of each counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules import measures
from linshu.rules.measures import Measure, Standing
from linshu.store.cases import Party, Request
from linshu.store.parties import owing
from linshu.store.people import Person
from linshu.store.work import MeasureAct


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure against one debtor: its newest act, and the request that waits."""

    standing: Standing
    act: MeasureAct | None = None
    request: Request | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One measure against the debtors of a case, in their order; ``least``: what the case shows."""

    measure: Measure
    cells: tuple[Cell, ...]

    @property
    def least(self) -> Standing:
        return measures.least_done(cell.standing for cell in self.cells)


def checklist(
    session: Session, case_id: int, debtors: Sequence[Party], known: Mapping[str, Measure]
) -> list[Row]:
    """Every measure of the policy against every debtor of a case, in the policy's order."""
    acts = {(act.party_id, act.measure): act for act, _name in acts_of(session, case_id)}
    query = select(Request).where(
        Request.case_id == case_id, Request.kind == "measure", Request.status == "asked"
    )
    asked = {request.subject: request for request in session.scalars(query)}
    return [
        Row(
            measure,
            tuple(
                _cell(acts.get((party.id, key)), asked.get(f"{party.id}:{key}"))
                for party in debtors
            ),
        )
        for key, measure in known.items()
    ]


def _cell(act: MeasureAct | None, request: Request | None) -> Cell:
    if request is not None:
        return Cell(Standing.APPLIED, act, request)
    return Cell(Standing(act.standing) if act else Standing.BLANK, act)


def acts_of(
    session: Session, case_id: int, party_id: int | None = None, measure: str | None = None
) -> list[tuple[MeasureAct, str]]:
    """The acts of a case, or of one debtor and measure, the oldest first, with who noted them."""
    query = (
        select(MeasureAct, Person.name)
        .join(Person, Person.id == MeasureAct.by_id)
        .where(MeasureAct.case_id == case_id)
        .order_by(MeasureAct.id)
    )
    if party_id is not None:
        query = query.where(MeasureAct.party_id == party_id, MeasureAct.measure == measure)
    return [(act, name) for act, name in session.execute(query)]


Standings = Mapping[int, Mapping[str, Standing]]  # debtor → measure → standing


def standings(session: Session, case_ids: Collection[int]) -> Mapping[int, Standings]:
    """How far the measures are in each of these cases, every debtor named."""
    found: dict[int, dict[int, dict[str, Standing]]] = {id_: {} for id_ in case_ids}
    debtors = select(Party.case_id, Party.id).where(Party.case_id.in_(case_ids), *owing())
    for case_id, party_id in session.execute(debtors.order_by(Party.id)):
        found[case_id][party_id] = {}
    acts = (
        select(MeasureAct.case_id, MeasureAct.party_id, MeasureAct.measure, MeasureAct.standing)
        .where(MeasureAct.case_id.in_(case_ids))
        .order_by(MeasureAct.id)
    )
    for case_id, party_id, measure, standing in session.execute(acts):
        if party_id in found[case_id]:
            found[case_id][party_id][measure] = Standing(standing)
    return found
