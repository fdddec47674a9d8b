"""Which dates shall a change move, who approves it, and how is it taken back whole?

One way for a year's calendar, an outage and a policy for running stints (``edits``): the system
administrator asks and sees counts, the bureau chief decides and sees the cases. A preview is the
edit itself, written, reckoned and undone in a savepoint; what is done is reckoned afresh, in one
transaction in which nobody else writes. Nothing moves back: points return by reversal.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from linshu.rules import trail
from linshu.rules.duties import Duty
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import dates, desk, edits
from linshu.services.actor import Actor
from linshu.services.dates import Returned
from linshu.services.edits import Edit
from linshu.services.errors import Conflict, NotAllowed, NotFound
from linshu.services.flow import Flow
from linshu.store import recomputes, writer
from linshu.store.clocks import Recompute
from linshu.store.dates import DateMove
from linshu.store.db import transaction
from linshu.store.people import Person
from linshu.store.writer import Draft, When


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from an edit: the dates that change, the expiries whose points do."""

    flow: Flow
    moves: list[DateMove]
    returned: list[Returned]

    def counts(self) -> dict[str, int]:
        """The numbers that who sees into no case may see."""
        touched = {one.case_id for one in self.moves} | {one.case_id for one in self.returned}
        found = Counter(one.clock for one in self.moves)
        found["later"] = sum(_days(one) > 0 for one in self.moves)
        found["earlier"] = sum(_days(one) < 0 for one in self.moves)
        found["settled"] = sum(one.before_on == one.after_on for one in self.moves)
        found["returned"] = sum(one.back for one in self.returned)
        found["restored"] = sum(not one.back for one in self.returned)
        return {"cases": len(touched), "dates": len(self.moves), **found}

    def keep(self, row: Recompute) -> None:
        """Keeps, with the recompute, what changes in which case."""
        returned = [(one.case_id, one.stint_id) for one in self.returned]
        recomputes.keep_changes(self.flow.session, row.id, self.moves, returned)


def _days(one: DateMove) -> int:
    if one.before_on is None or one.after_on is None:
        return 0
    return (one.after_on - one.before_on).days


def ask(actor: Actor, edit: Edit, reason: str, when: When) -> int:
    """The system administrator asks for an edit; its preview is kept with it. Returns its id.

    Invalid and Conflict as the edit's own check has them; Conflict when the same waits already."""
    actor.needs(Duty.ASK_RECOMPUTE)
    with transaction(alone=True) as session:
        reason, payload = desk.words(reason, Said("理由")), edit.payload()
        edit = edit.read(payload)
        edit.check(session, actor.court_id, when)
        for other in recomputes.of(session, actor.court_id, edit.kind, "asked"):
            if str(edits.of(other).title) == str(edit.title):
                raise Conflict("recompute_open", n=other.id)
        row = Recompute(
            court_id=actor.court_id,
            kind=edit.kind,
            payload=payload,
            reason=reason,
            counts={},
            status="asked",
            asked_by=actor.person_id,
            asked_at=when.at,
        )
        session.add(row)
        session.flush()
        foreseen = _foreseen(session, row, edit, when)
        foreseen.keep(row)
        row.counts = {"asked": foreseen.counts()}
        data = {"payload": writer.digest_of(trail.canonical(row.payload).decode())}
        _note(session, actor, row, Tag.RECOMPUTE_ASKED, reason, when, data)
        return row.id


def _foreseen(session: Session, row: Recompute, edit: Edit, when: When) -> Outcome:
    """What would follow if it were done now."""
    trial = session.begin_nested()
    try:
        edit.write(session, row)
        return _followed(session, row, edit, when)
    finally:
        trial.rollback()


def _followed(session: Session, row: Recompute, edit: Edit, when: When) -> Outcome:
    """What follows from an edit that has been written or undone."""
    session.flush()
    flow = Flow(session, row.court_id, when)
    since = edit.since(row, when.on)
    return Outcome(flow, dates.moved(flow), dates.unsettled(flow, since))


def approve(actor: Actor, recompute_id: int, reason: str, when: When) -> None:
    """The bureau chief approves: the edit is written and every date follows, in one step.

    What is done is what the rules give now, not what the preview showed. NotAllowed for anyone
    else and for one's own; Conflict when decided already, or when it would change nothing now."""
    with transaction(alone=True) as session:
        row = _waiting(session, actor, recompute_id)
        edit = edits.of(row)
        edit.check(session, row.court_id, when)
        reason = desk.words(reason, Said("理由"), needed=False)
        edit.write(session, row)
        _decided(row, actor, "done", reason, when)
        done = _followed(session, row, edit, when)
        done.keep(row)
        _carry_out(done, actor, row, {"why": row.kind, "why_zh": str(edit.title)})
        row.counts = {**row.counts, "done": done.counts()}
        _note(session, actor, row, Tag.RECOMPUTE_DONE, reason, when)


def _carry_out(outcome: Outcome, actor: Actor, row: Recompute, why: dict[str, Any]) -> None:
    data, doer = {**why, "recompute": row.id}, desk.doer(actor)
    dates.keep(outcome.flow, outcome.moves, doer, data)
    dates.settle(outcome.flow, outcome.returned, doer, data)


def refuse(actor: Actor, recompute_id: int, reason: str, when: When) -> None:
    """The bureau chief refuses, with a reason; nothing changes."""
    with transaction() as session:
        row = _waiting(session, actor, recompute_id)
        reason = desk.words(reason, Said("理由"))
        _decided(row, actor, "refused", reason, when)
        _note(session, actor, row, Tag.RECOMPUTE_REFUSED, reason, when)


def take_back(actor: Actor, recompute_id: int, reason: str, when: When) -> None:
    """The bureau chief takes back whole what was done, with a reason: what stood before stands
    again, and dates and points follow. Conflict when a later one rests on it."""
    with transaction(alone=True) as session:
        row = _found(session, actor, recompute_id)
        if row.status != "done":
            raise Conflict("recompute_not_done")
        edit = edits.of(row)
        for later in recomputes.of(session, row.court_id, row.kind, "done"):
            if _came_after(later, row) and edits.of(later).rests_on(edit):
                raise Conflict("recompute_depends", n=later.id)
        reason = desk.words(reason, Said("理由"))
        edit.undo(session, row)
        row.status, row.taking_back = "taken_back", reason
        row.taken_back_by, row.taken_back_at = actor.person_id, when.at
        undone = _followed(session, row, edit, when)
        what = Said("撤回{what}", what=edit.title)
        why = {"why": f"{row.kind}_taken_back", "why_zh": str(what)}
        _carry_out(undone, actor, row, why)
        row.counts = {**row.counts, "taken_back": undone.counts()}
        _note(session, actor, row, Tag.RECOMPUTE_TAKEN_BACK, reason, when)


def _came_after(later: Recompute, row: Recompute) -> bool:
    """Whether it was done later: approved later, whenever it was asked for."""
    if later.id == row.id or later.decided_at is None or row.decided_at is None:
        return False
    return (later.decided_at, later.id) > (row.decided_at, row.id)


def _found(session: Session, actor: Actor, recompute_id: int) -> Recompute:
    actor.needs(Duty.DECIDE_RECOMPUTE)
    row = recomputes.locked(session, actor.court_id, recompute_id)
    if row is None:
        raise NotFound()
    return row


def _waiting(session: Session, actor: Actor, recompute_id: int) -> Recompute:
    row = _found(session, actor, recompute_id)
    if row.status != "asked":
        by = session.get(Person, row.decided_by or row.asked_by)
        since = f"{row.decided_at or row.asked_at:%Y-%m-%d %H:%M}"
        raise Conflict("recompute_decided", by=by.name if by else "—", since=since)
    if row.asked_by == actor.person_id:
        raise NotAllowed("own_request")
    return row


def _decided(row: Recompute, actor: Actor, status: str, reason: str, when: When) -> None:
    row.status, row.decision = status, reason
    row.decided_by, row.decided_at = actor.person_id, when.at


def _note(
    session: Session,
    actor: Actor,
    row: Recompute,
    tag: Tag,
    reason: str,
    when: When,
    more: dict[str, Any] | None = None,
) -> None:
    """The one entry in the court's chain that says what was decided and how much changed."""
    step = tag.removeprefix("recompute.")
    data: dict[str, Any] = {"recompute": row.id, "kind": row.kind, "what": str(edits.of(row).title)}
    data |= {**row.counts.get(step, {}), **(more or {})}
    if reason:
        data["reason"] = writer.digest_of(reason)
    session.flush()
    writer.write_trail(session, row.court_id, [Draft(None, tag, data)], desk.doer(actor), when)
