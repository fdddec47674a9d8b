"""恢复办理: what if a case was closed wrongly? The team that closed it asks, one above approves.

It goes back to the stage it was closed at, to the team that held it (or, where that is no more, the
least loaded of its kind), with a full fresh limit; no points move, and what was closed stays in the
trail. A case in dormant care is not closed: it is resumed.
"""

from typing import Any

from sqlalchemy import select

from linshu.rules.duties import Duty
from linshu.rules.said import Said
from linshu.rules.stages import HELD_BY, Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason
from linshu.services import asking, countdowns, dates, desk, gate
from linshu.services.actor import Actor
from linshu.services.errors import Conflict
from linshu.services.flow import Flow
from linshu.store import writer
from linshu.store.cases import Case, Request, Stint
from linshu.store.db import transaction
from linshu.store.writer import Doer, Draft, When

KIND = "reopening"


def ask(actor: Actor, case_id: int, reason: str, when: When) -> int:
    """Asks that a closed case be worked again; returns the request's id.

    NotAllowed for anyone but the team or post that closed it; Conflict for a case that is open or
    dormant, or that ended in another way than by the gate; when it is asked for already."""
    actor.needs(Duty.ASK)
    with transaction() as session:
        found = desk.closed(session, actor, case_id)
        flow = Flow(session, actor.court_id, when)
        types = flow.policy(found.stint.policy_id).closing_types
        if found.stint.exit_reason != Reason.CLOSED or found.case.closing_type not in types:
            raise Conflict("not_closed_here")
        seen = {"closed_on": dates.iso(found.case.closed_on), "type": found.case.closing_type}
        wanted = asking.Wanted(KIND, KIND, found.case.closing_type, {})
        return asking.submit(flow, actor, found, wanted, reason, seen)


def grant(flow: Flow, doer: Doer, request: Request) -> None:
    """The case goes back to where it was closed; what its closing let fall away runs again. A case
    that had left dormant care is in it again, as it had come there. Its pauses stay ended, and the
    statutory clock counts on from the filing, as the law's clock does [D]."""
    session = flow.session
    case, last = session.get_one(Case, request.case_id), session.get_one(Stint, request.stint_id)
    before = {
        "closed_on": dates.iso(case.closed_on),
        "closing_type": case.closing_type,
        "closing_reason": writer.keep_text(session, case.id, case.closing_reason),
    }
    was = _before_closing(flow, last)
    case.closed_on, case.closing_type, case.closing_reason = None, was["type"], was["reason"]
    row = _next_stint(flow, last)
    writer.begin_stints(session, [row])
    _note(flow, doer, request, row, before)
    if last.ended_at is not None:
        countdowns.reopened(flow, case.id, last.ended_at, doer)
    dates.refresh(flow, [case.id], doer, {"why": "reopening", "why_zh": "恢复办理"})


def _before_closing(flow: Flow, last: Stint) -> dict[str, str]:
    """Type and reason as they stood before: nothing, or how the case had come to dormant care."""
    query = select(Request).where(
        Request.stint_id == last.id, Request.kind == gate.KIND, Request.status == "approved"
    )
    report = flow.session.scalar(query)
    was: dict[str, str] = report.snapshot["was"] if report else {"type": "", "reason": ""}
    return was


def _next_stint(flow: Flow, last: Stint) -> dict[str, Any]:
    stage = Stage(last.stage)
    stopped = flow.stops([last.case_id])[last.case_id].stage if stage.limited else ()
    row = flow.stint_row(last.case_id, last.seq + 1, stage, _team(flow, last), stage, stopped)
    return row | {"hop": last.hop, "sideways": last.sideways}


def _team(flow: Flow, last: Stint) -> int:
    kind = HELD_BY[Stage(last.stage)]
    able = [team for team in flow.teams if team.kind is kind and team.active]
    if not able:
        raise Conflict("cannot_decide", why=Said("没有启用的团队"))
    if any(team.id == last.team_id for team in able):
        return last.team_id
    return min(able, key=lambda team: (team.load, team.id)).id


def _note(
    flow: Flow, doer: Doer, request: Request, row: dict[str, Any], before: dict[str, Any]
) -> None:
    case = flow.session.get_one(Case, request.case_id)
    after = {
        "stage": row["stage"],
        "team": flow.names[row["team_id"]],
        "stint": row["seq"],
        "due_on": dates.iso(row["due_on"]),
        "provisional": row["provisional"],
        "closing_type": case.closing_type,
        "closing_reason": writer.keep_text(flow.session, case.id, case.closing_reason),
    }
    flow.session.flush()
    draft = Draft(case.id, Tag.CASE_REOPENED, {"request": request.id}, before, after)
    writer.write_trail(flow.session, flow.court_id, [draft], doer, flow.when)
