"""How does a case end? Closed for good, or handed to dormant care (终本); type and reason kept."""

from typing import Any

from linshu.rules.duties import Duty
from linshu.rules.kinds import CLOSED, DORMANT
from linshu.rules.said import Said
from linshu.rules.stages import HELD_BY, Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason
from linshu.services import countdowns, dates, desk, pauses
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, Invalid
from linshu.services.flow import Flow
from linshu.store import writer
from linshu.store.db import transaction
from linshu.store.writer import Draft, StintEnd, When


def close(
    actor: Actor, case_id: int, seen_seq: int, closing_type: str, reason: str, when: When
) -> None:
    """Closes a case that the actor's team holds. 终本: to dormant care, without a limit (R1).
    No points move: what closes keeps its points (R20).

    Invalid for an unknown type or a missing reason; Conflict when it has moved or is closed."""
    actor.needs(Duty.CLOSE)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        flow = Flow(session, actor.court_id, when)
        kept = flow.policy(found.stint.policy_id)
        if closing_type not in kept.closing_types:
            raise Invalid("kind_unknown", kind=closing_type)
        reason = desk.words(reason, Said("结案理由"))
        found.case.closing_type, found.case.closing_reason = closing_type, reason
        dormant = closing_type in kept.dormant_types
        if not dormant:
            found.case.closed_on = when.on
        session.flush()
        pauses.end_at_closing(flow, case_id, desk.doer(actor))
        session.refresh(found.stint)
        _end(flow, found, dormant)
        flow.lapse_all(case_id)
        _note(flow, actor, found, dormant, writer.keep_text(session, case_id, reason))
        event = countdowns.Event(case_id, DORMANT if dormant else CLOSED, when.at)
        countdowns.happened(flow, [event], desk.doer(actor))


def _end(flow: Flow, found: Held, dormant: bool) -> None:
    stint = found.stint
    reason = Reason.DORMANT if dormant else Reason.CLOSED
    writer.end_stints(flow.session, [StintEnd(stint.id, str(reason))], flow.when)
    if dormant:
        row = flow.stint_row(
            stint.case_id, stint.seq + 1, Stage.DORMANT, _dormant_team(flow), Stage(stint.stage)
        )
        writer.begin_stints(flow.session, [row | {"hop": stint.hop, "sideways": stint.sideways}])


def _dormant_team(flow: Flow) -> int:
    able = [t for t in flow.teams if t.kind is HELD_BY[Stage.DORMANT] and t.active]
    if not able:
        raise Conflict("cannot_decide", why=Said("没有启用的终本维护团队"))
    return min(able, key=lambda team: (team.load, team.id)).id


def _note(flow: Flow, actor: Actor, found: Held, dormant: bool, reason_digest: str) -> None:
    case, stint = found.case, found.stint
    after: dict[str, Any] = {"due_on": None, "closed_on": dates.iso(case.closed_on)}
    if dormant:
        team = flow.names[_dormant_team(flow)]
        after |= {"stage": str(Stage.DORMANT), "team": team, "stint": stint.seq + 1}
    else:
        after |= {"stage": str(Stage.CLOSED)}
    draft = Draft(
        case.id,
        Tag.CASE_MADE_DORMANT if dormant else Tag.CASE_CLOSED,
        before={
            "stage": str(stint.stage),
            "team": found.team.name,
            "stint": stint.seq,
            "due_on": stint.due_on.isoformat() if stint.due_on else None,
        },
        after=after,
        data={
            "type": case.closing_type,
            "reason": reason_digest,
            "recovered_fen": case.recovered_fen,
            "claim_fen": case.claim_fen,
        },
    )
    writer.write_trail(flow.session, flow.court_id, [draft], desk.doer(actor), flow.when)
