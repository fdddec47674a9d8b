"""May it be? The holder asks with a reason, somebody above decides, nobody his own (R20).

An approved pause or extension is carried out by its own module; an early transfer is decided here.
A transfer on an exempt ground (回避, 机构变动, 移送) also waits for the receiving lead; refused
there, the case stays where it is. Whatever moves the case meanwhile lapses a transfer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from linshu.rules import points, transitions
from linshu.rules.duties import Duty, Holder, Role, Seat, approves, leads
from linshu.rules.policy import STAGE_ZH, Policy, TeamKind
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.rules.transitions import Move, Undecidable
from linshu.services import asking, desk, extensions, pauses
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.services.flow import Flow
from linshu.store import queries, writer
from linshu.store.cases import Request, Stint
from linshu.store.db import transaction
from linshu.store.people import Person, Team
from linshu.store.writer import Draft, When

TRANSFER = "transfer"
WAITING = ("asked", "confirming")
#: What an approved request brings about, by its kind.
GRANTS: Mapping[str, Callable[[Flow, Actor, Request], None]] = {
    pauses.KIND: pauses.grant,
    extensions.KIND: extensions.grant,
}


@dataclass(frozen=True, slots=True)
class _Asked:
    request: Request
    held: Held
    asker: Seat
    flow: Flow


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
        move = _decide(flow, found, kept, ground)
        paid = points.postings(move, kept)
        seen = {
            "to_stage": str(move.to_stage),
            "to_team": flow.names[move.to_team_id],
            "points": paid[-1].points if paid else 0,
        }
        wanted = asking.Wanted(TRANSFER, ground, kept.grounds[ground].name, {})
        return asking.submit(flow, actor, found, wanted, reason, seen)


def approve(actor: Actor, request_id: int, reason: str, when: When) -> None:
    """Whoever decides approves: the clocks change at once, or the case moves; a transfer on an
    exempt ground waits for the receiving lead. NotAllowed for anyone else; Conflict when decided
    or lapsed already."""
    with transaction() as session:
        asked = _waiting(session, actor, request_id, "asked", when)
        _needs_approver(actor, asked)
        if asked.request.kind in GRANTS:
            reason = desk.words(reason, Said("理由"), needed=False)
            _decided(asked.request, actor, "approved", reason, when)
            _note(session, actor, asked, Tag.REQUEST_APPROVED, reason, when)
            GRANTS[asked.request.kind](asked.flow, actor, asked.request)
            return
        kept = asked.flow.policy(asked.held.stint.policy_id)
        move = _decide(asked.flow, asked.held, kept, asked.request.ground)
        exempt = kept.grounds[asked.request.ground].exempt
        reason = desk.words(reason, Said("理由"), needed=False)
        _decided(asked.request, actor, "confirming" if exempt else "approved", reason, when)
        asked.request.to_team_id = move.to_team_id
        _note(session, actor, asked, Tag.REQUEST_APPROVED, reason, when)
        if not exempt:
            _move(session, actor, asked, move, when)


def refuse(actor: Actor, request_id: int, reason: str, when: When) -> None:
    """Whoever decides refuses, with a reason; the case stays and the clocks run on."""
    with transaction() as session:
        asked = _waiting(session, actor, request_id, "asked", when)
        _needs_approver(actor, asked)
        reason = desk.words(reason, Said("理由"))
        _decided(asked.request, actor, "refused", reason, when)
        _note(session, actor, asked, Tag.REQUEST_REFUSED, reason, when)


def confirm(actor: Actor, request_id: int, when: When) -> None:
    """The receiving lead confirms an exempt ground: the case moves and posts no points (R20).
    Conflict where the team named at the approval may no longer have it: he can only decline."""
    with transaction() as session:
        asked = _waiting(session, actor, request_id, "confirming", when)
        _needs_receiver(session, actor, asked)
        kept = asked.flow.policy(asked.held.stint.policy_id)
        move = _as_approved(asked, _decide(asked.flow, asked.held, kept, asked.request.ground))
        _confirmed(asked.request, actor, "approved", when)
        _note(session, actor, asked, Tag.REQUEST_CONFIRMED, "", when)
        _move(session, actor, asked, move, when)


def decline(actor: Actor, request_id: int, reason: str, when: When) -> None:
    """The receiving lead does not accept the ground: the request is refused, the case stays."""
    with transaction() as session:
        asked = _waiting(session, actor, request_id, "confirming", when)
        _needs_receiver(session, actor, asked)
        reason = desk.words(reason, Said("理由"))
        _confirmed(asked.request, actor, "refused", when)
        asked.request.decision = reason
        _note(session, actor, asked, Tag.REQUEST_DECLINED, reason, when)


def may_decide(actor: Actor, holder: Holder, asker: Seat, approver: str | None = None) -> bool:
    """Whether the actor decides that person's request about a case so held; ``approver``: the role
    that must, where the policy names one."""
    return actor.may(Duty.APPROVE) and approves(actor.seat, holder, asker, approver)


def may_confirm(actor: Actor, receiver: Holder, asker: Seat) -> bool:
    """Whether the actor confirms for the receiving team or post; never his own request."""
    own = asker.person_id == actor.person_id
    return actor.may(Duty.APPROVE) and not own and leads(actor.seat, receiver)


def _waiting(session: Session, actor: Actor, request_id: int, status: str, when: When) -> _Asked:
    actor.needs(Duty.APPROVE)
    request = session.get(Request, request_id)
    if request is None or request.court_id != actor.court_id:
        raise NotFound()
    case = queries.locked_case(session, actor.court_id, request.case_id)
    session.refresh(request)
    if request.status == "lapsed":
        raise Conflict("request_lapsed")
    if request.status != status:
        raise _already(session, request)
    stint = queries.open_stint(session, request.case_id)
    if case is None or stint is None:
        raise Conflict("request_lapsed")
    if request.kind == TRANSFER and stint.id != request.stint_id:
        raise Conflict("request_lapsed")
    asked_in = session.get_one(Stint, request.stint_id)  # whose lead decides, wherever it is now
    held = Held(case, stint, session.get_one(Team, asked_in.team_id))
    return _Asked(request, held, _seat(session, request), Flow(session, actor.court_id, when))


def _already(session: Session, request: Request) -> Conflict:
    by = session.get(Person, request.confirmed_by or request.decided_by or request.asked_by)
    since = request.confirmed_at or request.decided_at or request.asked_at
    return Conflict("request_decided", by=by.name if by else "—", since=f"{since:%Y-%m-%d %H:%M}")


def _seat(session: Session, request: Request) -> Seat:
    asker = session.get_one(Person, request.asked_by)
    return Seat(asker.id, Role(asker.role), asker.team_id)


def _needs_approver(actor: Actor, asked: _Asked) -> None:
    if asked.request.asked_by == actor.person_id:
        raise NotAllowed("own_request")
    approver = asked.request.particulars.get("approver")
    if not may_decide(actor, asked.held.holder, asked.asker, approver):
        raise NotAllowed("not_approver")


def _needs_receiver(session: Session, actor: Actor, asked: _Asked) -> None:
    if asked.request.asked_by == actor.person_id:
        raise NotAllowed("own_request")
    team = session.get_one(Team, asked.request.to_team_id)
    if not may_confirm(actor, Holder(team.id, TeamKind(team.kind), team.parent_id), asked.asker):
        raise NotAllowed("not_approver")


def _decide(flow: Flow, found: Held, kept: Policy, ground: str) -> Move:
    state = queries.state_of(flow.session, found.case, found.stint)
    exempt, stage = kept.grounds[ground].exempt, STAGE_ZH[state.stage]
    try:
        move = transitions.transferred(state, exempt, kept, flow.teams)
    except Undecidable as why:
        raise Conflict("no_transfer", stage=Said(stage), why=why.code) from why
    if move is None:
        raise Conflict("no_transfer", stage=Said(stage))
    return move


def _as_approved(asked: _Asked, move: Move) -> Move:
    """The move to the team that was named at the approval, as long as the rules still allow it: a
    team may have been switched on or off since."""
    named = asked.request.to_team_id
    same = move if named is None else move.given_to(named)
    if same is None:
        raise Conflict("receiver_gone", team=asked.flow.names[named or 0])
    return same


def _decided(request: Request, actor: Actor, status: str, reason: str, when: When) -> None:
    request.status, request.decision = status, reason
    request.decided_by, request.decided_at = actor.person_id, when.at


def _confirmed(request: Request, actor: Actor, status: str, when: When) -> None:
    request.status = status
    request.confirmed_by, request.confirmed_at = actor.person_id, when.at


def _note(session: Session, actor: Actor, asked: _Asked, tag: Tag, reason: str, when: When) -> None:
    request = asked.request
    data = {"request": request.id, "kind": request.kind, "ground": request.ground}
    if reason:
        data["reason"] = writer.keep_text(session, request.case_id, reason)
    draft = Draft(request.case_id, tag, data, after={"request_status": request.status})
    session.flush()
    writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def _move(session: Session, actor: Actor, asked: _Asked, move: Move, when: When) -> None:
    session.flush()
    step = asked.flow.step(asked.held.stint, move, {"request": asked.request.id})
    asked.flow.perform([step], desk.doer(actor))
