"""May it be? The holder asks with a reason, somebody above decides, nobody his own (R20).

What an approval brings about, the module of its kind carries out. A transfer on an exempt ground
also waits for the receiving lead; refused there, the case stays where it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from linshu.rules.approvals import reviews
from linshu.rules.duties import ROLE_ZH, Duty, Holder, Role, Seat
from linshu.rules.said import Said
from linshu.rules.stages import TeamKind
from linshu.rules.trail import Tag
from linshu.services import (
    asking,
    closing,
    dates,
    desk,
    extensions,
    gate,
    measures,
    overrides,
    pauses,
    reopening,
    resuming,
    substitutes,
    transfers,
)
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, NotAllowed
from linshu.services.flow import MOVING, Flow
from linshu.store import absences, alerts, inbox, queries, writer
from linshu.store.alerts import Subject
from linshu.store.cases import Case, Request, Stint
from linshu.store.db import transaction
from linshu.store.people import Person, Team
from linshu.store.writer import Doer, Draft, When

#: What an approved request brings about, by its kind.
GRANTS: Mapping[str, Callable[[Flow, Doer, Request], None]] = {
    transfers.KIND: transfers.grant,
    pauses.KIND: pauses.grant,
    extensions.KIND: extensions.grant,
    measures.KIND: measures.grant,
    overrides.KIND: overrides.grant,
    gate.KIND: closing.grant,
    reopening.KIND: reopening.grant,
    resuming.KIND: resuming.grant,
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request before somebody who wants to decide it. ``seat``: the one he decides it in, his own
    or that of the absent whose substitute he is."""

    request: Request
    held: Held
    flow: Flow
    actor: Actor
    seat: Seat


def approve(actor: Actor, request_id: int, reason: str, when: When) -> None:
    """Whoever decides approves: the clocks change at once, or the case moves; a transfer on an
    exempt ground waits for the receiving lead. NotAllowed for anyone else; Conflict when decided
    or lapsed already."""
    with transaction() as session:
        asked = _asked(session, actor, request_id, when)
        reason = desk.words(reason, Said("理由"), needed=False)
        waits = transfers.to_be_confirmed(asked.flow, asked.request)
        _decided(asked, "confirming" if waits else "approved", reason)
        _note(asked, Tag.REQUEST_APPROVED, reason)
        if not waits:
            _grant(asked)


def refuse(actor: Actor, request_id: int, reason: str, when: When) -> None:
    """Whoever decides refuses, with a reason; the case stays and the clocks run on."""
    _turn_down(actor, request_id, reason, when, "refused", Tag.REQUEST_REFUSED)


def send_back(actor: Actor, request_id: int, reason: str, when: When) -> None:
    """退回补正: whoever decides says what is missing; it may be asked for anew, corrected."""
    _turn_down(actor, request_id, reason, when, "returned", Tag.REQUEST_RETURNED)


def _turn_down(
    actor: Actor, request_id: int, reason: str, when: When, status: str, tag: Tag
) -> None:
    with transaction() as session:
        asked = _asked(session, actor, request_id, when)
        reason = desk.words(reason, Said("理由"))
        _decided(asked, status, reason)
        _note(asked, tag, reason)


def confirm(actor: Actor, request_id: int, when: When) -> None:
    """The receiving lead confirms an exempt ground: the case moves and posts no points (R20).
    Conflict where the team named at the approval may no longer have it: he can only decline."""
    with transaction() as session:
        asked = _confirming(session, actor, request_id, when)
        transfers.still_possible(asked.flow, asked.request)
        _confirmed(asked, "approved")
        _note(asked, Tag.REQUEST_CONFIRMED, "")
        _grant(asked)


def decline(actor: Actor, request_id: int, reason: str, when: When) -> None:
    """The receiving lead does not accept the ground: the request is refused, the case stays."""
    with transaction() as session:
        asked = _confirming(session, actor, request_id, when)
        reason = desk.words(reason, Said("理由"))
        _confirmed(asked, "refused")
        asked.request.decision = reason
        _note(asked, Tag.REQUEST_DECLINED, reason)


def raise_overdue(court_id: int, when: When) -> int:
    """Requests that nobody decided in time go to the next up, with a deadline of their own; at the
    president's they stay. What the gate has not reviewed in time the bureau chief may review too.
    Returns how many. A second run raises none twice: each has a new day."""
    with transaction() as session:
        flow = Flow(session, court_id, when)
        raised = [one for one in inbox.overdue(session, court_id, when.on) if _raise(flow, one)]
        return len(raised)


def _raise(flow: Flow, row: inbox.Asked) -> bool:
    request, (before, after, tell) = row.request, _next_up(flow, row)
    if after is before:
        return False
    request.raised += 1
    request.due_on = asking.decided_by(flow, request.kind)
    data = {
        "request": request.id,
        "kind": request.kind,
        "kind_zh": asking.KINDS_ZH[request.kind],
        "from": str(before),
        "from_zh": ROLE_ZH[before],
        "to": str(after),
        "to_zh": ROLE_ZH[after],
        "due_on": dates.iso(request.due_on),
    }
    draft = Draft(request.case_id, Tag.REQUEST_RAISED, data)
    writer.write_trail(flow.session, flow.court_id, [draft], Doer(), flow.when)
    flow.session.flush()
    told = tell()
    about = {"court_id": flow.court_id, "subject": str(Subject.REQUEST), "subject_id": request.id}
    about |= {"case_id": request.case_id, "due_on": request.due_on}
    alerts.tell(flow.session, about, told, flow.when.at)
    return True


def _next_up(flow: Flow, row: inbox.Asked) -> tuple[Role, Role, Callable[[], list[int]]]:
    """Who should have decided or reviewed, who does from now on, and how those come to be told."""
    if row.request.status == "reviewing":
        review = inbox.review_of(row.request, row.asker_seat)
        late = replace(review, raised=review.raised + 1)
        seats = alerts.seats(flow.session, flow.court_id)
        told = [seat.person_id for seat in seats if reviews(seat, late)]
        return review.roles[-1], late.roles[-1], lambda: told
    question = inbox.question(row.request, row.asker_seat, row.holder)
    up = replace(question, raised=question.raised + 1)
    return question.role, up.role, lambda: substitutes.tell(flow, row.request, up)


def _asked(session: Session, actor: Actor, request_id: int, when: When) -> _Asked:
    """A request that waits for a decision, and that this person decides."""
    request, held, asker = _waiting(session, actor, request_id, "asked")
    question = inbox.question(request, asker, held.holder)
    seat = absences.sitting(session, actor.seat, when.on).decides(question)
    return _before(session, actor, request, held, seat, when)


def _confirming(session: Session, actor: Actor, request_id: int, when: When) -> _Asked:
    """A request that waits for the receiving lead, and that this person confirms."""
    request, held, asker = _waiting(session, actor, request_id, "confirming")
    team = session.get_one(Team, request.to_team_id)
    receiver = Holder(team.id, TeamKind(team.kind), team.parent_id)
    seat = absences.sitting(session, actor.seat, when.on).receives(receiver, asker)
    return _before(session, actor, request, held, seat, when)


def _before(
    session: Session, actor: Actor, request: Request, held: Held, seat: Seat | None, when: When
) -> _Asked:
    if request.asked_by == actor.person_id:
        raise NotAllowed("own_request")
    if request.reviewed_by == actor.person_id:
        raise NotAllowed("own_review")
    if seat is None:
        raise NotAllowed("not_approver")
    return _Asked(request, held, Flow(session, actor.court_id, when), actor, seat)


def _waiting(
    session: Session, actor: Actor, request_id: int, status: str
) -> tuple[Request, Held, Seat]:
    """A request of that status, with where it was asked for, and by whom."""
    actor.needs(Duty.APPROVE)
    request = asking.undecided(session, actor, request_id, status)
    case = session.get_one(Case, request.case_id)
    asked_in = session.get_one(Stint, request.stint_id)  # whose lead decides, wherever it is now
    stint = queries.last_stint(session, case.id)
    if stint is None or _passed_over(request, case, stint):
        raise Conflict("request_lapsed")
    held = Held(case, stint, session.get_one(Team, asked_in.team_id))
    return request, held, asking.asker(session, request)


def _passed_over(request: Request, case: Case, stint: Stint) -> bool:
    """Whether the case is no longer there for what was asked: closed, or open again, or moved."""
    if request.kind == reopening.KIND:
        return case.closed_on is None or stint.id != request.stint_id
    moved = request.kind in MOVING and stint.id != request.stint_id
    return stint.ended_on is not None or moved


def _decided(asked: _Asked, status: str, reason: str) -> None:
    request = asked.request
    request.status, request.decision = status, reason
    request.decided_by, request.decided_at = asked.actor.person_id, asked.flow.when.at
    if asked.seat != asked.actor.seat:
        request.decided_for = asked.seat.person_id


def _confirmed(asked: _Asked, status: str) -> None:
    request = asked.request
    request.status = status
    request.confirmed_by, request.confirmed_at = asked.actor.person_id, asked.flow.when.at


def _note(asked: _Asked, tag: Tag, reason: str) -> None:
    request, session = asked.request, asked.flow.session
    data = {"request": request.id, "kind": request.kind, "ground": request.ground}
    if reason:
        data["reason"] = writer.keep_text(session, request.case_id, reason)
    draft = Draft(request.case_id, tag, data, after={"request_status": request.status})
    session.flush()
    writer.write_trail(session, asked.flow.court_id, [draft], _doer(asked), asked.flow.when)


def _grant(asked: _Asked) -> None:
    asked.flow.session.flush()
    GRANTS[asked.request.kind](asked.flow, _doer(asked), asked.request)


def _doer(asked: _Asked) -> Doer:
    """Who decided; a substitute also names whose seat it was: both names show."""
    if asked.seat == asked.actor.seat:
        return desk.doer(asked.actor)
    absent = asked.flow.session.get_one(Person, asked.seat.person_id)
    return desk.doer(asked.actor, behalf=absent.login)
