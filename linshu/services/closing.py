"""How does a case end? By an approved report alone (``gate``): closed for good, or handed to
dormant care (终本); type and reason kept. What closes keeps its points (R20)."""

from typing import Any

from linshu.rules.kinds import CLOSED, DORMANT
from linshu.rules.said import Said
from linshu.rules.stages import HELD_BY, Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason
from linshu.services import countdowns, dates, gate, pauses
from linshu.services.desk import Held
from linshu.services.errors import Conflict
from linshu.services.flow import Flow
from linshu.store import writer
from linshu.store.cases import Case, Request, Stint
from linshu.store.people import Person, Team
from linshu.store.writer import Doer, Draft, StintEnd


def grant(flow: Flow, doer: Doer, request: Request) -> None:
    """An approved report closes its case, on the day of the approval [D: until then it could be
    turned down, and nobody's figures may rest on it]. 终本: to dormant care, without a limit (R1).

    Conflict when the case no longer has what the law asks for, with what is missing."""
    session, case_id = flow.session, request.case_id
    gate.still_holds(flow, request)
    stint = session.get_one(Stint, request.stint_id)
    found = Held(session.get_one(Case, case_id), stint, session.get_one(Team, stint.team_id))
    closing_type = request.particulars["type"]
    found.case.closing_type, found.case.closing_reason = closing_type, request.reason
    dormant = closing_type in flow.policy(stint.policy_id).dormant_types
    if not dormant:
        found.case.closed_on = flow.when.on
    session.flush()
    pauses.end_at_closing(flow, case_id, doer)
    session.refresh(stint)
    _end(flow, found, dormant)
    flow.lapse_all(case_id)
    _note(flow, doer, found, dormant, request)
    event = countdowns.Event(case_id, DORMANT if dormant else CLOSED, flow.when.at)
    countdowns.happened(flow, [event], doer)


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


def _note(flow: Flow, doer: Doer, found: Held, dormant: bool, request: Request) -> None:
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
            "reason": writer.keep_text(flow.session, case.id, request.reason),
            "recovered_fen": case.recovered_fen,
            "claim_fen": case.claim_fen,
            "request": request.id,
            "reported_by": flow.session.get_one(Person, request.asked_by).login,
        },
    )
    writer.write_trail(flow.session, flow.court_id, [draft], doer, flow.when)
