"""How does a case stand? The facts that a request freezes and an approver compares."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from linshu.store.cases import Case, Stint
from linshu.store.people import Team
from linshu.store.work import MeasureAct


def facts(case: Case, stint: Stint, team: Team, measures: dict[str, str]) -> dict[str, Any]:
    """Of one case at its last stint. ``measures``: how far each is, as ``standings`` has them."""
    due_on, statutory = stint.due_on, case.statutory_due_on
    return {
        "stage": stint.stage,
        "team": team.name,
        "due_on": due_on.isoformat() if due_on else None,
        "statutory_due_on": statutory.isoformat() if statutory else None,
        "claim_fen": case.claim_fen,
        "interest_fen": case.interest_fen,
        "recovered_fen": case.recovered_fen,
        "paid_fen": case.paid_fen,
        "closed_on": case.closed_on.isoformat() if case.closed_on else None,
        "measures": measures,
    }


def facts_of(session: Session, case_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Of each of these cases as it stands now."""
    later = aliased(Stint)
    last = ~select(later.id).where(later.case_id == Stint.case_id, later.seq > Stint.seq).exists()
    query = (
        select(Case, Stint, Team)
        .join(Stint, Stint.case_id == Case.id)
        .join(Team, Team.id == Stint.team_id)
        .where(Case.id.in_(case_ids), last)
    )
    done = standings(session, case_ids)
    return {row.Case.id: facts(*row, done[row.Case.id]) for row in session.execute(query)}


def standings(session: Session, case_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """How far each measure is against each debtor (``party:measure``): the newest act counts."""
    found: dict[int, dict[str, str]] = {id_: {} for id_ in case_ids}
    query = select(MeasureAct).where(MeasureAct.case_id.in_(case_ids)).order_by(MeasureAct.id)
    for act in session.scalars(query):
        found[act.case_id][f"{act.party_id}:{act.measure}"] = act.standing
    return found
