"""指定承办团队: may a case be with another team than the rule gave it to? (R26)

The holder's lead, the centre's or the bureau chief asks, with a reason; once approved the case is
at a named other team of the same kind. It puts right where the rule put the case: the stage and its
limit stay, no points move, no sideways move is used up; only the handler is named anew.
"""

from sqlalchemy.orm import Session

from linshu.rules import transitions
from linshu.rules.duties import Duty, Role, leads
from linshu.rules.stages import TeamKind
from linshu.rules.transitions import Move, TeamState, Undecidable, undecided
from linshu.services import asking, desk
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, NotAllowed
from linshu.services.flow import Flow
from linshu.store import queries
from linshu.store.cases import Case, Request, Stint
from linshu.store.db import transaction
from linshu.store.people import Team
from linshu.store.writer import Doer, When

KIND = "override"


def ask(actor: Actor, case_id: int, seen_seq: int, team_id: int, reason: str, when: When) -> int:
    """Asks that a case be at a named other team; returns the request's id.

    NotAllowed for anybody but the lead of its team, the centre's and the bureau chief; Conflict for
    a team or a stage that will not do, after the limit has run out, when one is open already."""
    actor.needs(Duty.ASK_OVERRIDE)
    with transaction() as session:
        found = desk.opened(session, actor, case_id, seen_seq)
        if not may_ask(session, actor, found):
            raise NotAllowed("override_nobody")
        flow = Flow(session, actor.court_id, when)
        move = _decided(flow, found.case, found.stint, team_id)
        name = flow.names[team_id]
        seen = {
            "to_stage": str(move.to_stage),
            "to_team": name,
            "loads": {flow.names[id_]: load for id_, load in move.choice.loads},
        }
        particulars = {"team": team_id, "team_name": name}
        wanted = asking.Wanted(KIND, KIND, name, particulars)
        return asking.submit(flow, actor, found, wanted, reason, seen)


def may_ask(session: Session, actor: Actor, found: Held) -> bool:
    """Whether this person may ask for it in this case."""
    if Role(actor.role) is Role.BUREAU_CHIEF or leads(actor.seat, found.holder):
        return actor.may(Duty.ASK_OVERRIDE)
    own = session.get(Team, actor.team_id) if actor.team_id else None
    centre = own is not None and TeamKind(own.kind) is TeamKind.CENTRE
    return centre and Role(actor.role) is Role.TEAM_LEAD


def able(session: Session, case: Case, stint: Stint) -> list[TeamState]:
    """The teams that it may be given to, with their loads."""
    state = queries.state_of(session, case, stint)
    return transitions.reassignable(state, queries.team_states(session, case.court_id))


def grant(flow: Flow, doer: Doer, request: Request) -> None:
    """The case is at the named team, with the rest of its time. Conflict where that team will not
    do any more, or the limit has run out meanwhile."""
    stint = flow.session.get_one(Stint, request.stint_id)
    case = flow.session.get_one(Case, request.case_id)
    move = _decided(flow, case, stint, request.particulars["team"])
    flow.perform([flow.step(stint, move, {"request": request.id})], doer)


def _decided(flow: Flow, case: Case, stint: Stint, team_id: int) -> Move:
    if stint.due_on is not None and stint.due_on < flow.when.on:
        raise Conflict("override_late", on=stint.due_on)
    try:
        state = queries.state_of(flow.session, case, stint)
        return transitions.reassigned(state, team_id, flow.teams)
    except Undecidable as why:
        raise Conflict("override_none", why=undecided(why.code)) from why
