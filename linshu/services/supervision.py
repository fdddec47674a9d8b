"""监执单: what did the holder leave undone, why, and what should the next one know?

Every expiry move opens a sheet with the flow nodes that were missed; it never blocks the move. The
giving team fills it in within two working days, the receiving lead reads it (R16).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from linshu.rules import nodes
from linshu.rules.duties import Duty, Holder, leads
from linshu.rules.measures import omissions
from linshu.rules.said import Said
from linshu.rules.stages import Stage, TeamKind
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason
from linshu.services import desk
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, NotAllowed, NotFound
from linshu.services.flow import Flow, Step
from linshu.store import measures, queries, writer
from linshu.store import nodes as stored
from linshu.store.bulk import insert_rows
from linshu.store.db import reading, transaction
from linshu.store.people import Team
from linshu.store.work import SupervisionSheet
from linshu.store.writer import Draft, When


def noted(flow: Flow, steps: Sequence[Step]) -> list[Step]:
    """Expiry moves with what their stage left undone: the codes of flow nodes, and as a case leaves
    the centre the measures that were blank, for each debtor (R5)."""
    expired = [step.case_id for step in steps if _expired(step)]
    acts = stored.acts(flow.session, expired)
    leaving = [step.case_id for step in steps if _leaves_centre(step)]
    standings = measures.standings(flow.session, leaving)
    told = list[Step]()
    for step in steps:
        if not _expired(step):
            told.append(step)
            continue
        expected = step.policy.nodes.get(step.move.from_stage, ())
        left: dict[str, Any] = {"missed": list(nodes.missed(expected, acts[step.case_id]))}
        if _leaves_centre(step):
            blank = omissions(step.policy.measures, standings[step.case_id])
            left["omitted"] = [{"measure": key, "party": party} for key, party in blank]
        told.append(replace(step, data={**step.data, **left}))
    return told


def _expired(step: Step) -> bool:
    return step.move.reason is Reason.EXPIRY


def _leaves_centre(step: Step) -> bool:
    return _expired(step) and step.move.from_stage is Stage.CENTRE


def open_sheets(flow: Flow, steps: Sequence[Step]) -> None:
    """Opens the sheet of each expiry move, as ``noted`` it, within the caller's transaction."""
    days = flow.current.late_record_days
    same = {
        "court_id": flow.court_id,
        "opened_on": flow.when.on,
        "due_on": flow.calendar.add_working_days(flow.when.on, days),
    }
    rows = [
        {
            **same,
            "case_id": step.case_id,
            "stint_id": step.stint_id,
            "team_id": step.move.from_team_id,
            "to_team_id": step.move.to_team_id,
            "missed": step.data["missed"],
            "omitted": step.data.get("omitted", []),
        }
        for step in steps
        if _expired(step)
    ]
    insert_rows(flow.session, SupervisionSheet, rows)


def fill(actor: Actor, sheet_id: int, reasons: str, hints: str, when: When) -> None:
    """The giving team says why, and what the next holder should know; once, until the due date.

    NotAllowed for another team; Invalid without reasons; Conflict when it is filled in, or too
    late."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        sheet = _locked(session, actor, sheet_id)
        mine = queries.own_team_ids(session, actor.court_id, actor.role, actor.team_id)
        if sheet.team_id not in mine:
            raise NotAllowed("not_giver")
        if sheet.filled_at is not None:
            raise Conflict("sheet_filled", since=f"{sheet.filled_at:%Y-%m-%d %H:%M}")
        if when.on > sheet.due_on:
            raise Conflict("sheet_late", on=sheet.due_on)
        sheet.reasons = desk.words(reasons, Said("原因"))
        sheet.hints = desk.words(hints, Said("对下一环节的提示"), needed=False)
        sheet.filled_by, sheet.filled_at = actor.person_id, when.at
        data = {
            "sheet": sheet.id,
            "reasons": writer.keep_text(session, sheet.case_id, sheet.reasons),
            "hints": writer.keep_text(session, sheet.case_id, sheet.hints),
        }
        session.flush()
        draft = Draft(sheet.case_id, Tag.SHEET_FILLED, data)
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def seen(actor: Actor, sheet_id: int) -> None:
    """NotFound for a sheet that there is not, or that is out of the actor's scope."""
    with reading() as session:
        sheet = session.get(SupervisionSheet, sheet_id)
        if sheet is None or not desk.in_scope(session, actor, sheet.case_id):
            raise NotFound("not_yours")


def read(actor: Actor, sheet_id: int, when: When) -> None:
    """The receiving lead has read it. NotAllowed for anybody else; Conflict when it was read."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        sheet = _locked(session, actor, sheet_id)
        team = session.get_one(Team, sheet.to_team_id)
        if not leads(actor.seat, Holder(team.id, TeamKind(team.kind), team.parent_id)):
            raise NotAllowed("not_lead", holder=Said(team.name))
        if sheet.read_at is not None:
            raise Conflict("sheet_read", since=f"{sheet.read_at:%Y-%m-%d %H:%M}")
        sheet.read_by, sheet.read_at = actor.person_id, when.at
        session.flush()
        draft = Draft(sheet.case_id, Tag.SHEET_READ, {"sheet": sheet.id})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def _locked(session: Session, actor: Actor, sheet_id: int) -> SupervisionSheet:
    sheet = session.get(SupervisionSheet, sheet_id)
    if sheet is None or sheet.court_id != actor.court_id:
        raise NotFound()
    queries.locked_case(session, actor.court_id, sheet.case_id)
    if not desk.in_scope(session, actor, sheet.case_id):
        raise NotFound("not_yours")
    session.refresh(sheet)
    return sheet
