"""How is anything asked for? One row, one frozen snapshot, one entry, whatever its kind."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import desk, substitutes
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict
from linshu.services.flow import Flow
from linshu.store import inbox, queries, snapshots, writer
from linshu.store.cases import Request
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
    policy's kind does not say so; ``subject``: what sets it apart from others of its kind."""

    kind: str
    ground: str
    ground_zh: str
    particulars: dict[str, Any]
    approver: str = ""
    subject: str = ""


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
        status="asked",
        asked_by=actor.person_id,
        asked_at=flow.when.at,
        approver=wanted.approver or flow.current.approvals[wanted.kind].approved_by,
        due_on=decided_by(flow, wanted.kind),
    )
    session.add(request)
    session.flush()
    _note(flow, actor, request, wanted)
    substitutes.tell(flow, request, inbox.question(request, actor.seat, found.holder))
    return request.id


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
    draft = Draft(request.case_id, Tag.REQUEST_ASKED, data, after={"request_status": "asked"})
    writer.write_trail(flow.session, flow.court_id, [draft], desk.doer(actor), flow.when)


def _snapshot(flow: Flow, found: Held) -> dict[str, Any]:
    """What the approver sees, frozen: where the case stood when it was asked for."""
    case_id = found.case.id
    done = snapshots.standings(flow.session, [case_id])[case_id]
    facts = snapshots.facts(found.case, found.stint, found.team, done)
    return facts | {"stint": found.stint.seq}
