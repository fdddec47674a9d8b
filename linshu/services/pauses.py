"""扣除执行期限: may the clock stand still, since when, until when? Asked for, approved, ended.

A pause counts from its real start, however late it is approved: it moves nothing back, and the
points of an expiry that fell into it return by reversal (domain.md § 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules.deadlines import STAGE_CLOCK, STATUTORY_CLOCK
from linshu.rules.duties import Duty
from linshu.rules.policy import Policy
from linshu.rules.said import Said
from linshu.rules.stages import Stage
from linshu.rules.trail import Tag
from linshu.services import asking, dates, desk
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, Invalid, NotFound
from linshu.services.flow import Flow
from linshu.store import writer
from linshu.store.cases import Request
from linshu.store.clocks import Pause
from linshu.store.db import transaction
from linshu.store.writer import Doer, Draft, When

KIND = "pause"
WHY = {"why": "pause", "why_zh": "扣除执行期限"}


@dataclass(frozen=True, slots=True)
class NewPause:
    """What is asked for. ``kind``: a key of the policy's pauses; ``ground``: the legal ground, the
    kind's own when empty; ``document``: what it rests on; both days are paused days, ``ends_on``
    None while it goes on."""

    kind: str
    starts_on: date
    ends_on: date | None
    document: str
    ground: str = ""


def ask(actor: Actor, case_id: int, seen_seq: int, new: NewPause, reason: str, when: When) -> int:
    """Asks for a pause of a case that the actor's team holds; returns the request's id.

    Invalid for an unknown kind, a missing document or ground, days that are none or lie in the
    future, or a pause that began when every limit it stops had run out; Conflict when one is
    waiting already, or when no limit runs (dormant care)."""
    actor.needs(Duty.ASK)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        if not Stage(found.stint.stage).limited:
            raise Conflict("no_clock")
        flow = Flow(session, actor.court_id, when)
        kept = flow.policy(found.stint.policy_id)
        particulars = _particulars(kept, found, new, when)
        wanted = asking.Wanted(KIND, new.kind, kept.pauses[new.kind].name, particulars)
        return asking.submit(flow, actor, found, wanted, reason)


def _particulars(kept: Policy, found: Held, new: NewPause, when: When) -> dict[str, Any]:
    kind = kept.pauses.get(new.kind)
    if kind is None:
        raise Invalid("kind_unknown", kind=new.kind)
    ground = desk.words(new.ground or kind.ground, Said("法律依据"), 200)
    document = desk.words(new.document, Said("文书名称或文号"), 200)
    if new.starts_on > when.on:
        raise Invalid("pause_future")
    if new.starts_on < found.case.filed_on:
        raise Invalid("before_filing", on=found.case.filed_on)
    if new.ends_on is not None and new.ends_on < new.starts_on:
        raise Invalid("pause_backwards")
    _in_time(kind.stops, found, new.starts_on)
    return {
        "name": kind.name,
        "ground": ground,
        "document": document,
        "starts_on": new.starts_on.isoformat(),
        "ends_on": dates.iso(new.ends_on),
        "stops": list(kind.stops),
        "watch_days": kind.watch_days,
    }


def _in_time(stops: Sequence[str], found: Held, starts_on: date) -> None:
    """A clock that had run out before the pause began cannot be stopped by it."""
    ends = {STAGE_CLOCK: found.stint.due_on, STATUTORY_CLOCK: found.case.statutory_due_on}
    stopped = [ends[one] for one in stops]
    ran_out = [end for end in stopped if end is not None and end < starts_on]
    if len(ran_out) == len(stopped):
        raise Invalid("pause_too_late", on=max(ran_out))


def grant(flow: Flow, doer: Doer, request: Request) -> None:
    """Makes an approved request a pause: the clocks of the case are reckoned anew."""
    asked = request.particulars
    starts_on = date.fromisoformat(asked["starts_on"])
    pause = Pause(
        court_id=flow.court_id,
        case_id=request.case_id,
        request_id=request.id,
        kind=request.ground,
        name=asked["name"],
        ground=asked["ground"],
        document=asked["document"],
        stops_stage=STAGE_CLOCK in asked["stops"],
        stops_statutory=STATUTORY_CLOCK in asked["stops"],
        watch_on=starts_on + timedelta(days=asked["watch_days"]),
        starts_on=starts_on,
        ends_on=date.fromisoformat(asked["ends_on"]) if asked["ends_on"] else None,
    )
    flow.session.add(pause)
    flow.session.flush()
    keys = ("name", "ground", "document", "starts_on", "ends_on", "stops")
    data = {key: asked[key] for key in keys} | {"pause": pause.id, "kind": request.ground}
    draft = Draft(request.case_id, Tag.CASE_PAUSED, {**data, "request": request.id})
    writer.write_trail(flow.session, flow.court_id, [draft], doer, flow.when)
    dates.refresh(flow, [request.case_id], doer, {**WHY, "pause": pause.id})


def end(actor: Actor, case_id: int, pause_id: int, last_on: date, reason: str, when: When) -> None:
    """Ends a pause that goes on; ``last_on`` is its last paused day: today at the latest. The
    clock runs on from the day after.

    Invalid for a day before its start or after today; Conflict when it has ended already."""
    actor.needs(Duty.ASK)
    with transaction() as session:
        found = desk.held(session, actor, case_id, None)
        pause = _running(session, found, pause_id, when)
        if last_on > when.on:
            raise Invalid("pause_future")
        if last_on < pause.starts_on:
            raise Invalid("pause_backwards")
        flow = Flow(session, actor.court_id, when)
        digest = writer.keep_text(session, case_id, desk.words(reason, Said("理由")))
        _end(flow, pause, last_on, desk.doer(actor), {"reason": digest}, actor.person_id)


def _running(session: Session, found: Held, pause_id: int, when: When) -> Pause:
    pause = session.get(Pause, pause_id)
    if pause is None or pause.case_id != found.case.id:
        raise NotFound()
    if pause.ends_on is not None and pause.ends_on < when.on:
        raise Conflict("pause_over", on=pause.ends_on)
    return pause


def _end(
    flow: Flow, pause: Pause, last_on: date, doer: Doer, data: dict[str, Any], by: int | None
) -> None:
    before = pause.ends_on
    pause.ends_on, pause.ended_by, pause.ended_at = last_on, by, flow.when.at
    flow.session.flush()
    said = {"pause": pause.id, "kind": pause.kind, "name": pause.name}
    draft = Draft(
        pause.case_id,
        Tag.CASE_PAUSE_ENDED,
        said | data,
        before={"ends_on": dates.iso(before)},
        after={"ends_on": last_on.isoformat()},
    )
    writer.write_trail(flow.session, flow.court_id, [draft], doer, flow.when)
    dates.refresh(flow, [pause.case_id], doer, {**WHY, "pause": pause.id})


def end_at_closing(flow: Flow, case_id: int, doer: Doer) -> None:
    """A case that ends ends its pauses with it; called before its stint ends."""
    going_on = select(Pause).where(
        Pause.case_id == case_id, (Pause.ends_on.is_(None)) | (Pause.ends_on > flow.when.on)
    )
    for pause in flow.session.scalars(going_on).all():
        _end(flow, pause, max(flow.when.on, pause.starts_on), doer, {"closing": True}, None)
