"""What happened in a case, as the flow nodes count it?"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from linshu.rules import nodes
from linshu.rules.nodes import Tick
from linshu.rules.stages import RESUMED, Stage
from linshu.store.cases import Action, Case, Stint, SupervisionSheet
from linshu.store.clocks import CaseCountdown
from linshu.store.db import SHANGHAI

_NEWER = aliased(Action)
#: An act that no newer row corrects.
_STANDS = ~select(_NEWER.id).where(_NEWER.corrects_id == Action.id).exists()


def acts(session: Session, case_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """The kinds of acts recorded in each of these cases."""
    query = select(Action.case_id, Action.kind).where(Action.case_id.in_(case_ids), _STANDS)
    found = dict[int, set[str]]()
    for case_id, kind in session.execute(query.distinct()):
        found.setdefault(case_id, set()).add(kind)
    return {id_: frozenset(found.get(id_, ())) for id_ in case_ids}


def happened(session: Session, case: Case) -> Mapping[str, Tick]:
    """What happened in a case → first when, how often: acts, and what the system itself knows."""
    query = select(Action.kind, func.min(Action.happened_at), func.count()).where(
        Action.case_id == case.id, _STANDS
    )
    found = {
        kind: Tick(_day(first), times)
        for kind, first, times in session.execute(query.group_by(Action.kind))
    }
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
