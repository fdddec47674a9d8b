"""How many cases of which trial team came to enforcement, and what became of them? Two grouped
statements, whatever the court's size."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from linshu.rules.measures import Standing
from linshu.rules.origins import MEDIATION
from linshu.rules.stages import FIRST
from linshu.rules.transitions import Reason
from linshu.rules.trial_link import EARLY, FULFILLED, NO_COERCION, Sent
from linshu.store.cases import Case, Stint
from linshu.store.work import MeasureAct

#: A court, a team or judge, a kind of basis: each may be unknown.
Source = tuple[str, str, str]
_SOURCE = (Case.trial_court, Case.trial_team, Case.basis_kind)


@dataclass(frozen=True, slots=True)
class Period:
    """The cases of a court that were filed on these days, both included."""

    court_id: int
    first_on: date
    last_on: date

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        within = Case.filed_on.between(self.first_on, self.last_on)
        return Case.court_id == self.court_id, within, Case.kind == FIRST


def sent(session: Session, period: Period) -> dict[Source, Sent]:
    """The cases of the period by where they came from, in the order of the names."""
    unsaid = and_(Case.basis_kind == "", Case.basis.contains(MEDIATION))
    query = (
        select(
            *_SOURCE,
            func.count(),
            _sum(Case.preserved.is_(True)),
            _sum(or_(Case.basis_kind == MEDIATION, unsaid)),
            _sum(Case.closed_on.is_not(None)),
            _sum(_fulfilled()),
        )
        .where(*period.conditions())
        .group_by(*_SOURCE)
        .order_by(*_SOURCE)
    )
    alone = _by_themselves(session, period)
    return {
        (court, team, kind): Sent(
            cases, preserved, mediated, closed, fulfilled, alone.get((court, team, kind), 0)
        )
        for court, team, kind, cases, preserved, mediated, closed, fulfilled in session.execute(
            query
        )
    }


def _by_themselves(session: Session, period: Period) -> Mapping[Source, int]:
    """As ``rules.trial_link.by_itself`` has it."""
    coerced = select(MeasureAct.id).where(
        MeasureAct.case_id == Case.id,
        MeasureAct.standing == str(Standing.DONE),
        MeasureAct.measure != NO_COERCION,
    )
    query = (
        select(*_SOURCE, func.count())
        .join(Stint, and_(Stint.case_id == Case.id, Stint.exit_reason == str(Reason.CLOSED)))
        .where(
            *period.conditions(),
            _fulfilled(),
            Stint.stage.in_([str(stage) for stage in EARLY]),
            ~coerced.exists(),
        )
        .group_by(*_SOURCE)
    )
    return {(court, team, kind): n for court, team, kind, n in session.execute(query)}


def _fulfilled() -> ColumnElement[bool]:
    return and_(Case.closed_on.is_not(None), Case.closing_type == FULFILLED)


def _sum(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((holds, 1), else_=0)), 0)
