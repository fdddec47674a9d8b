"""How is anything asked for? One row, one frozen snapshot, one entry, whatever its kind."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from linshu.rules.duties import Role, Seat
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import desk, substitutes
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, NotFound
from linshu.services.flow import Flow
from linshu.store import inbox, queries, snapshots, writer
from linshu.store.cases import Request
from linshu.store.people import Person
from linshu.store.writer import Draft

KINDS_ZH = {
    "transfer": "提前移交",
    "pause": "扣除执行期限",
    "extension": "延长执行期限",
    "measure": "执行措施",
    "closing": "结案",
    "reopening": "恢复办理",
    "resuming": "恢复执行",
    "override": "指定承办团队",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the kind of request, its ground and how that is called, and the
    particulars that its approval will carry out; ``approver``: the role that decides, where the
    policy's kind does not say so; ``subject``: what sets it apart from others of its kind;
    ``status``: what it waits for first."""

    kind: str
    ground: str
    ground_zh: str
    particulars: dict[str, Any]
    approver: str = ""
    subject: str = ""
    status: str = "asked"


def submit(
    flow: Flow,
    actor: Actor,
    found: Held,
    wanted: Wanted,
    reason: str,
    seen: dict[str, Any] | None = None,
) -> int:
    """Writes a request within the caller's transaction; returns its id.

    Conflict when one of its kind waits already; Invalid without a reason."""
    session, case = flow.session, found.case
    reason = desk.words(reason, Said("理由"))
    if queries.open_request(session, case.id, wanted.kind, wanted.subject) is not None:
        raise Conflict("request_open")
    request = Request(
        court_id=actor.court_id,
        case_id=case.id,
        stint_id=found.stint.id,
        kind=wanted.kind,
        subject=wanted.subject,
        ground=wanted.ground,
        particulars=wanted.particulars,
        reason=reason,
        snapshot=_snapshot(flow, found) | (seen or {}),
        status=wanted.status,
        asked_by=actor.person_id,
        asked_at=flow.when.at,
        approver=wanted.approver or flow.current.approvals[wanted.kind].approved_by,
        due_on=decided_by(flow, wanted.kind),
    )
    session.add(request)
    session.flush()
    _note(flow, actor, request, wanted)
    if request.status == "asked":
        substitutes.tell(flow, request, inbox.question(request, actor.seat, found.holder))
    return request.id


def undecided(session: Session, actor: Actor, request_id: int, status: str) -> Request:
    """A request of the actor's court that waits for that, its case locked. NotFound elsewhere;
    Conflict when it lapsed, was decided, or waits for something else."""
    request = session.get(Request, request_id)
    if request is None or request.court_id != actor.court_id:
        raise NotFound()
    queries.locked_case(session, actor.court_id, request.case_id)
    session.refresh(request)
    if request.status == "lapsed":
        raise Conflict("request_lapsed")
    if request.status == "reviewing" != status:
        raise Conflict("request_reviewing")
    if request.status != status:
        raise _already(session, request)
    return request


def _already(session: Session, request: Request) -> Conflict:
    by = request.confirmed_by or request.decided_by or request.reviewed_by or request.asked_by
    since = request.confirmed_at or request.decided_at or request.reviewed_at or request.asked_at
    who = session.get(Person, by)
    return Conflict("request_decided", by=who.name if who else "—", since=f"{since:%Y-%m-%d %H:%M}")


def asker(session: Session, request: Request) -> Seat:
    """Who asked, as the rules see him."""
    person = session.get_one(Person, request.asked_by)
    return Seat(person.id, Role(person.role), person.team_id)


def decided_by(flow: Flow, kind: str) -> date:
    """Until when such a request is to be decided that reaches somebody today."""
    return flow.calendar.add_working_days(flow.when.on, flow.current.approvals[kind].days)


def _note(flow: Flow, actor: Actor, request: Request, wanted: Wanted) -> None:
    data = {
        "request": request.id,
        "kind": wanted.kind,
        "kind_zh": KINDS_ZH[wanted.kind],
        "ground": wanted.ground,
        "ground_zh": wanted.ground_zh,
        "reason": writer.keep_text(flow.session, request.case_id, request.reason),
    }
    draft = Draft(
        request.case_id, Tag.REQUEST_ASKED, data, after={"request_status": request.status}
    )
    writer.write_trail(flow.session, flow.court_id, [draft], desk.doer(actor), flow.when)


def _snapshot(flow: Flow, found: Held) -> dict[str, Any]:
    """What the approver sees, frozen: where the case stood when it was asked for."""
    case_id = found.case.id
    done = snapshots.standings(flow.session, [case_id])[case_id]
    facts = snapshots.facts(found.case, found.stint, found.team, done)
    return facts | {"stint": found.stint.seq}
