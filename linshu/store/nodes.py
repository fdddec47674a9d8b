"""What happened in a case, as the flow nodes count it?"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from linshu.rules import nodes
from linshu.rules.measures import Standing
from linshu.rules.nodes import MEASURE, Tick
from linshu.rules.stages import RESUMED, Stage
from linshu.store.cases import Action, Case, Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.db import SHANGHAI
from linshu.store.work import MeasureAct, SupervisionSheet

_NEWER = aliased(Action)
#: An act that no newer row corrects.
_STANDS = ~select(_NEWER.id).where(_NEWER.corrects_id == Action.id).exists()


#: A measure that was taken: once is enough for its node, whatever is noted of it later.
_TAKEN = MeasureAct.standing == str(Standing.DONE)


def acts(session: Session, case_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """The kinds of acts recorded in each of these cases, with the measures that were taken."""
    query = select(Action.case_id, Action.kind).where(Action.case_id.in_(case_ids), _STANDS)
    taken = select(MeasureAct.case_id, literal(MEASURE) + MeasureAct.measure).where(
        MeasureAct.case_id.in_(case_ids), _TAKEN
    )
    found = dict[int, set[str]]()
    for some in (query, taken):
        for case_id, kind in session.execute(some.distinct()):
            found.setdefault(case_id, set()).add(kind)
    return {id_: frozenset(found.get(id_, ())) for id_ in case_ids}


def is_ticked(case_id: InstrumentedAttribute[int], code: str) -> ColumnElement[bool]:
    """Whether an act or a measure of a case ticks a node: as ``rules.nodes`` has it, for a query
    over many cases."""
    by = nodes.BY_CODE[code].ticked_by
    kinds = sorted(kind for kind in by if not kind.startswith(MEASURE))
    measures = sorted(kind.removeprefix(MEASURE) for kind in by if kind.startswith(MEASURE))
    acted = select(Action.id).where(Action.case_id == case_id, Action.kind.in_(kinds), _STANDS)
    if not measures:
        return acted.exists()
    taken = select(MeasureAct.id).where(
        MeasureAct.case_id == case_id, MeasureAct.measure.in_(measures), _TAKEN
    )
    return or_(acted.exists(), taken.exists())


def ticked_since(
    case_id: InstrumentedAttribute[int],
    code: InstrumentedAttribute[str],
    since_at: InstrumentedAttribute[datetime],
) -> ColumnElement[bool]:
    """Whether something that ticks the node of that code was recorded since an instant."""
    pairs = [f"{node.code}:{kind}" for node in nodes.NODES for kind in sorted(node.ticked_by)]
    acted = select(Action.id).where(
        Action.case_id == case_id,
        Action.recorded_at >= since_at,
        (code + ":" + Action.kind).in_(pairs),
        _STANDS,
    )
    taken = select(MeasureAct.id).where(
        MeasureAct.case_id == case_id,
        MeasureAct.recorded_at >= since_at,
        (code + f":{MEASURE}" + MeasureAct.measure).in_(pairs),
        _TAKEN,
    )
    return or_(acted.exists(), taken.exists())


def happened(session: Session, case: Case) -> Mapping[str, Tick]:
    """What happened in a case → first when, how often: acts, measures that were taken, and what the
    system itself knows."""
    query = select(Action.kind, func.min(Action.happened_at), func.count()).where(
        Action.case_id == case.id, _STANDS
    )
    found = {
        kind: Tick(_day(first), times)
        for kind, first, times in session.execute(query.group_by(Action.kind))
    }
    taken = (
        select(MeasureAct.measure, func.min(MeasureAct.happened_on), func.count())
        .where(MeasureAct.case_id == case.id, _TAKEN)
        .group_by(MeasureAct.measure)
    )
    for measure, first_on, times in session.execute(taken):
        found[MEASURE + measure] = Tick(first_on, times)
    stints = list(
        session.scalars(select(Stint).where(Stint.case_id == case.id).order_by(Stint.seq))
    )
    if len(stints) > 1:
        found[nodes.SCREENED] = Tick(stints[1].started_on)
    handled = [_day(stint.handled_since) for stint in stints if stint.handled_since]
    if handled:
        found[nodes.HANDLED] = Tick(min(handled), len(handled))
    if case.kind == RESUMED:
        found[nodes.RESUMED] = Tick(case.filed_on)
    ended = case.closed_on or next((s.started_on for s in stints if s.stage == Stage.DORMANT), None)
    if ended:
        found[nodes.ENDED] = Tick(ended)
    return found


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def running(
    session: Session, case_id: int, meets: Mapping[str, tuple[str, ...]]
) -> Mapping[str, date | None]:
    """The acts that open countdowns of a case wait for → the first last day. ``meets``: the row of
    the policy → the acts that meet it."""
    query = select(CaseCountdown.row, CaseCountdown.due_on).where(
        CaseCountdown.case_id == case_id,
        CaseCountdown.met_at.is_(None),
        CaseCountdown.void_at.is_(None),
    )
    found = dict[str, date | None]()
    for row, due_on in session.execute(query):
        for act in meets.get(row, ()):
            known = found.get(act)
            found[act] = min(known, due_on) if known and due_on else known or due_on
    return found


def left_out(session: Session, case_id: int) -> frozenset[str]:
    """The codes of the nodes that ended stages of a case left undone, as their sheets say."""
    rows = session.scalars(
        select(SupervisionSheet.missed).where(SupervisionSheet.case_id == case_id)
    )
    return frozenset(code for codes in rows for code in codes)
