"""归档: under which number was a case that is closed for good put away, and when?

The team that held it last records it, once for each closing; it is the one act that a closed case
still takes, ticks node 032 and meets the limit that the closing started.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from linshu.rules.duties import Duty, Holder, holds
from linshu.rules.kinds import ARCHIVED
from linshu.rules.said import Said
from linshu.rules.stages import TeamKind
from linshu.rules.trail import Tag
from linshu.services import countdowns, desk, recording
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.services.flow import Flow
from linshu.services.recording import NewAction
from linshu.store import queries, writer
from linshu.store.cases import Action, Case, Stint
from linshu.store.db import SHANGHAI, transaction
from linshu.store.people import Team
from linshu.store.writer import Draft, When


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed case with its last stint, and the team or post that held it then."""

    case: Case
    stint: Stint
    team: Team

    @property
    def holder(self) -> Holder:
        return Holder(self.team.id, TeamKind(self.team.kind), self.team.parent_id)


def archive(actor: Actor, case_id: int, number: str, on: date, when: When) -> int:
    """Records the archive number (归档号) of a closed case and the day; returns the action's id.

    Invalid for an open case, for a day before the closing or to come; NotAllowed for another team;
    Conflict when it was archived since."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        found = _closed(session, actor, case_id)
        if before := archived(session, case_id):
            raise Conflict("archived_already", on=f"{before.happened_at:%Y-%m-%d}")
        new = _new(found.case, number, on, when)
        action = recording.add(session, actor, found.case, found.team, new, False, when)
        data, after = recording.said(action, found.team), recording.sums_of(found.case)
        draft = Draft(case_id, Tag.CASE_RECORDED, data, after=after, at=new.happened_at)
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        flow = Flow(session, actor.court_id, when)
        countdowns.happened(flow, [recording.event_of(action, new)], desk.doer(actor))
        return action.id


def correct(actor: Actor, case_id: int, number: str, on: date, reason: str, when: When) -> int:
    """更正 of the archive number or day, with a reason; the old entry stays readable."""
    actor.needs(Duty.CORRECT)
    with transaction() as session:
        found = _closed(session, actor, case_id)
        old = archived(session, case_id)
        if old is None:
            raise Invalid("not_archived")
        new = _new(found.case, number, on, when)
        said = writer.keep_text(session, case_id, desk.words(reason, Said("更正理由")))
        action = recording.add(session, actor, found.case, found.team, new, False, when, old.id)
        draft = Draft(
            case_id,
            Tag.CASE_CORRECTED,
            {**recording.said(action, found.team), "what": "action", "reason": said},
            before={"action": old.id},
            after={"action": action.id},
            at=when.at,
        )
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        flow = Flow(session, actor.court_id, when)
        event = recording.event_of(action, new)
        countdowns.corrected(flow, old.id, event, desk.doer(actor))
        return action.id


def archived(session: Session, case_id: int) -> Action | None:
    """The entry that says that a case was archived after it was closed last; None without one."""
    newer = aliased(Action)
    closed_at = (
        select(Stint.ended_at).where(Stint.case_id == case_id).order_by(Stint.seq.desc()).limit(1)
    )
    return session.scalar(
        select(Action)
        .where(
            Action.case_id == case_id,
            Action.kind == ARCHIVED,
            Action.recorded_at >= closed_at.scalar_subquery(),
            ~select(newer.id).where(newer.corrects_id == Action.id).exists(),
        )
        .order_by(Action.id.desc())
        .limit(1)
    )


def _closed(session: Session, actor: Actor, case_id: int) -> Closed:
    case = queries.locked_case(session, actor.court_id, case_id)
    if case is None or not desk.in_scope(session, actor, case_id):
        raise NotFound("not_yours")
    if case.closed_on is None:
        raise Invalid("archive_open")
    latest = select(Stint).where(Stint.case_id == case_id).order_by(Stint.seq.desc()).limit(1)
    stint = session.scalars(latest).one()
    found = Closed(case, stint, session.get_one(Team, stint.team_id))
    if not holds(actor.seat, found.holder):
        raise NotAllowed("not_holder", holder=Said(found.team.name))
    return found


def _new(case: Case, number: str, on: date, when: When) -> NewAction:
    """Within the day that is named, and not after now."""
    if on > when.on:
        raise Invalid("future")
    if case.closed_on and on < case.closed_on:
        raise Invalid("archive_early", on=case.closed_on)
    at = min(when.at, datetime.combine(on, time(23, 59), SHANGHAI))
    new = NewAction(ARCHIVED, desk.words(number, Said("归档号"), 100), at)
    recording.check(case, new, when)
    return new
