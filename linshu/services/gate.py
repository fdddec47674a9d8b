"""扎口结案: may this case be closed, and who lets it through the gate?

The handler reports a closing; what the records say the gate fills in itself, the rest he attests. A
report that lacks anything the law asks for is refused whole. The gate reviews it, then whoever the
law names approves, and only that closes (``closing.grant``). While it waits the stage clock stands
still; its due date does not change, so that what is turned down runs on (R13).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from linshu.rules import gate
from linshu.rules.approvals import reviews
from linshu.rules.duties import Duty
from linshu.rules.gate import Check
from linshu.rules.gate_facts import AGREEMENTS, ENTITLEMENTS, INVESTIGATIONS, Attested
from linshu.rules.policy import Policy
from linshu.rules.said import Said
from linshu.rules.stages import Stage
from linshu.rules.trail import Tag
from linshu.services import asking, desk, substitutes
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, Invalid, NotAllowed
from linshu.services.flow import Flow
from linshu.store import gate as stored
from linshu.store import inbox, queries, writer
from linshu.store.cases import Case, Request, Stint
from linshu.store.db import transaction
from linshu.store.people import Team
from linshu.store.soundness import holder_of
from linshu.store.writer import Draft, When

KIND = "closing"
LONGEST_RULING = 200


@dataclass(frozen=True, slots=True)
class Report:
    """What a handler reports: how the case is to be closed, why, and what he attests."""

    closing_type: str
    reason: str
    attested: Attested = field(default_factory=Attested)


def report(actor: Actor, case_id: int, seen_seq: int | None, new: Report, when: When) -> int:
    """Reports the closing of a case that the actor's team holds; returns the request's id.

    Invalid when the law asks for more, with every missing line and its article; for a type that is
    none, or by which a dormant case does not leave. Conflict once the stage limit has run out: the
    case has moved or is about to (R13); when one is reported already."""
    actor.needs(Duty.CLOSE)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        flow = Flow(session, actor.court_id, when)
        kept = flow.policy(found.stint.policy_id)
        _may_be_reported(found, kept, new.closing_type, when.on)
        attested = _attested(found.case, kept, new, when.on)
        known = stored.facts(session, found.case, kept, attested, when.on)
        checks = gate.checklist(new.closing_type, known, kept.gate)
        if lacking := gate.missing(checks):
            raise Invalid("gate", type=Said(new.closing_type), why=told(lacking))
        wanted = asking.Wanted(
            KIND,
            new.closing_type,
            new.closing_type,
            _particulars(kept, new.closing_type, attested),
            kept.gate.approved_by[new.closing_type],
            status="reviewing",
        )
        seen = {"checklist": frozen(checks), "was": _was(found.case)}
        return asking.submit(flow, actor, found, wanted, new.reason, seen)


def checked(
    session: Session, case: Case, stint: Stint, kept: Policy, new: Report, on: date
) -> tuple[Check, ...]:
    """The checklist of a type as it stands on a day, for a screen. KeyError for an unknown type."""
    known = stored.facts(session, case, kept, new.attested, on)
    return gate.checklist(new.closing_type, known, kept.gate)


def possible_types(kept: Policy, stage: Stage) -> tuple[str, ...]:
    """By which types a case at this stage can be closed; from dormant care, by the exit (R23)."""
    return kept.gate.from_dormant if stage is Stage.DORMANT else kept.closing_types


def review(actor: Actor, request_id: int, when: When) -> None:
    """The gate lets a report through: it goes to whoever approves, who has his own deadline.

    NotAllowed for anyone but the gate, and for one's own report; Conflict when it was reviewed,
    decided or lapsed already, and when the case no longer has what the law asks for."""
    with transaction() as session:
        request, flow = _reviewing(session, actor, request_id, when)
        still_holds(flow, request)
        request.status, request.reviewed_by, request.reviewed_at = "asked", actor.person_id, when.at
        request.raised, request.due_on = 0, asking.decided_by(flow, KIND)
        _note(flow, actor, request, Tag.REQUEST_REVIEWED, {})
        _tell(flow, request)


def _tell(flow: Flow, request: Request) -> None:
    """The substitute of an approver who is away hears that it waits."""
    session = flow.session
    team = session.get_one(Team, session.get_one(Stint, request.stint_id).team_id)
    asker = asking.asker(session, request)
    substitutes.tell(flow, request, inbox.question(request, asker, holder_of(team)))


def send_back(actor: Actor, request_id: int, reason: str, when: When) -> None:
    """The gate returns a report with a reason: the stage clock runs on; it may be reported anew
    while there is time. NotAllowed and Conflict as ``review``."""
    with transaction() as session:
        request, flow = _reviewing(session, actor, request_id, when)
        reason = desk.words(reason, Said("理由"))
        request.status, request.decision = "returned", reason
        request.decided_by, request.decided_at = actor.person_id, when.at
        digest = writer.keep_text(session, request.case_id, reason)
        _note(flow, actor, request, Tag.REQUEST_RETURNED, {"reason": digest})


def now(flow: Flow, request: Request) -> tuple[Check, ...]:
    """The checklist of a report as it stands today, by the policy that its stint keeps."""
    stint = flow.session.get_one(Stint, request.stint_id)
    case = flow.session.get_one(Case, request.case_id)
    new = Report(request.particulars["type"], "", Attested.of(request.particulars["attested"]))
    kept = flow.policy(stint.policy_id)
    return checked(flow.session, case, stint, kept, new, flow.when.on)


def still_holds(flow: Flow, request: Request) -> None:
    """Conflict, with what is missing, when the case no longer has what the law asks for."""
    if lacking := gate.missing(now(flow, request)):
        raise Conflict("gate_now", why=told(lacking))


@dataclass(frozen=True, slots=True)
class Since:
    """What has become of a report since it was made: whether any line of its checklist reads
    otherwise today, and those that no longer hold."""

    changed: bool
    lacking: list[Said]


def since(
    session: Session, court_id: int, requests: Iterable[Request], when: When
) -> dict[int, Since]:
    """For each closing among these requests, how it stands today; nothing is written."""
    reports = [one for one in requests if one.kind == KIND]
    if not reports:
        return {}
    flow, found = Flow(session, court_id, when), dict[int, Since]()
    for one in reports:
        checks = now(flow, one)
        changed = frozen(checks) != one.snapshot["checklist"]
        found[one.id] = Since(changed, told(gate.missing(checks)))
    return found


def frozen(checks: Iterable[Check]) -> list[dict[str, Any]]:
    """A checklist as a snapshot keeps it: the words stay what they were."""
    return [
        {"name": one.name.dumps(), "holds": one.holds, "found": one.found.dumps(), "law": one.law}
        for one in checks
    ]


def told(checks: Iterable[Check]) -> list[Said]:
    """Lines of a checklist as a refusal tells them, each with its article."""
    places = ({"name": one.name, "found": one.found, "law": Said(one.law)} for one in checks)
    return [Said("{name}({found};{law})", **one) for one in places]


def _may_be_reported(found: Held, kept: Policy, closing_type: str, on: date) -> None:
    stage, due_on = Stage(found.stint.stage), found.stint.due_on
    if closing_type not in kept.closing_types:
        raise Invalid("kind_unknown", kind=closing_type)
    if closing_type not in possible_types(kept, stage):
        raise Invalid("gate_dormant", types=[Said(one) for one in kept.gate.from_dormant])
    if due_on and due_on < on and stage is not Stage.VICE_PRESIDENT:  # there nothing moves any more
        raise Conflict("report_late", on=due_on)


def _attested(case: Case, kept: Policy, report: Report, on: date) -> Attested:
    """What is attested, with its words as they are kept; a ground where the type asks for one.
    Invalid for what there is not, and for a talk in the future or before the filing."""
    new = report.attested
    known = {*INVESTIGATIONS, *ENTITLEMENTS, *AGREEMENTS, *kept.gate.grounds, ""}
    named = {*new.investigated, *new.looked_into, new.agreement, new.ground}
    for one in sorted(named - known):
        raise Invalid("kind_unknown", kind=one)
    if new.talked_on and new.talked_on > on:
        raise Invalid("future")
    if new.talked_on and new.talked_on < case.filed_on:
        raise Invalid("before_filing", on=case.filed_on)
    ruling = desk.words(new.ruling, Said("裁定书文号"), LONGEST_RULING, needed=False)
    ground = new.ground if "grounded" in kept.gate.checks[report.closing_type] else ""
    return Attested.of({**new.as_json(), "ruling": ruling, "ground": ground})


def _particulars(kept: Policy, closing_type: str, attested: Attested) -> dict[str, Any]:
    return {
        "type": closing_type,
        "ground": kept.gate.grounds.get(attested.ground, ""),
        "attested": attested.as_json(),
        "reviewed_by": kept.gate.reviewed_by,
    }


def _was(case: Case) -> dict[str, str]:
    """How a dormant case had come there: what it is again when its exit is undone."""
    return {"type": case.closing_type, "reason": case.closing_reason}


def _reviewing(session: Session, actor: Actor, request_id: int, when: When) -> tuple[Request, Flow]:
    actor.needs(Duty.REVIEW_CLOSING)
    request = asking.undecided(session, actor, request_id, "reviewing")
    if request.asked_by == actor.person_id:
        raise NotAllowed("own_report")
    if not reviews(actor.seat, inbox.review_of(request, asking.asker(session, request))):
        raise NotAllowed("not_reviewer")
    stint = queries.open_stint(session, request.case_id)
    if stint is None or stint.id != request.stint_id:
        raise Conflict("request_lapsed")
    return request, Flow(session, actor.court_id, when)


def _note(flow: Flow, actor: Actor, request: Request, tag: Tag, data: dict[str, Any]) -> None:
    said = {"request": request.id, "kind": request.kind, "ground": request.ground, **data}
    draft = Draft(request.case_id, tag, said, after={"request_status": request.status})
    flow.session.flush()
    writer.write_trail(flow.session, flow.court_id, [draft], desk.doer(actor), flow.when)
