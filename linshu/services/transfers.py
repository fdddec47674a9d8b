"""提前移交: may a case move before its limit, and where to? Where expiry would send it (R20).

On an exempt ground (回避, 机构变动, 移送) the receiving lead confirms, and no points move. Whatever
moves the case meanwhile lapses the request.
"""

from linshu.rules import points, transitions
from linshu.rules.duties import Duty
from linshu.rules.said import Said
from linshu.rules.stages import STAGE_ZH
from linshu.rules.transitions import Move, Undecidable
from linshu.services import asking, desk
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid
from linshu.services.flow import Flow
from linshu.store import queries
from linshu.store.cases import Case, Request, Stint
from linshu.store.db import transaction
from linshu.store.writer import Doer, When

KIND = "transfer"


def ask(actor: Actor, case_id: int, seen_seq: int, ground: str, reason: str, when: When) -> int:
    """Asks for an early transfer of a case that the actor's team holds; returns the request's id.

    Conflict when one is open already, or where no transfer is possible (intake, dormant, the vice
    president's); Invalid for an unknown ground or a missing reason."""
    actor.needs(Duty.ASK)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        flow = Flow(session, actor.court_id, when)
        kept = flow.policy(found.stint.policy_id)
        if ground not in kept.grounds:
            raise Invalid("kind_unknown", kind=ground)
        move = _decided(flow, found.case, found.stint, ground)
        paid = points.postings(move, kept)
        seen = {
            "to_stage": str(move.to_stage),
            "to_team": flow.names[move.to_team_id],
            "points": paid[-1].points if paid else 0,
        }
        wanted = asking.Wanted(KIND, ground, kept.grounds[ground].name, {})
        return asking.submit(flow, actor, found, wanted, reason, seen)


def to_be_confirmed(flow: Flow, request: Request) -> bool:
    """Whether an approved request still waits for the receiving lead; the team is then named."""
    if request.kind != KIND:
        return False
    stint = flow.session.get_one(Stint, request.stint_id)
    move = _decided(flow, _case(flow, request), stint, request.ground)
    request.to_team_id = move.to_team_id
    return flow.policy(stint.policy_id).grounds[request.ground].exempt


def still_possible(flow: Flow, request: Request) -> Move:
    """The move to the team that was named at the approval. Conflict where the rules no longer allow
    it: a team may have been switched on or off since."""
    stint = flow.session.get_one(Stint, request.stint_id)
    move = _decided(flow, _case(flow, request), stint, request.ground)
    named = request.to_team_id
    same = move if named is None else move.given_to(named)
    if same is None:
        raise Conflict("receiver_gone", team=flow.names[named or 0])
    return same


def grant(flow: Flow, doer: Doer, request: Request) -> None:
    """The case moves, with its points unless the ground is exempt."""
    stint = flow.session.get_one(Stint, request.stint_id)
    step = flow.step(stint, still_possible(flow, request), {"request": request.id})
    flow.perform([step], doer)


def _case(flow: Flow, request: Request) -> Case:
    return flow.session.get_one(Case, request.case_id)


def _decided(flow: Flow, case: Case, stint: Stint, ground: str) -> Move:
    kept = flow.policy(stint.policy_id)
    state = queries.state_of(flow.session, case, stint)
    exempt, stage = kept.grounds[ground].exempt, STAGE_ZH[state.stage]
    try:
        move = transitions.transferred(state, exempt, kept, flow.teams)
    except Undecidable as why:
        raise Conflict("no_transfer", stage=Said(stage), why=why.code) from why
    if move is None:
        raise Conflict("no_transfer", stage=Said(stage))
    return move
