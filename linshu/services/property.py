"""财产: which clues are there, what was found, seized until when, turned into money or given back?

Every act with a thing is an action in the case's log as well: it ticks its node, starts and meets
its limits, and says by which document.
"""

from dataclasses import dataclass
from datetime import date, datetime

from linshu.rules import property as rules
from linshu.rules.duties import Duty
from linshu.rules.property import ACTS, Act, Status
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import countdowns, dates, desk, recording
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Invalid, NotFound
from linshu.services.flow import Flow
from linshu.services.recording import NewAction
from linshu.store import writer
from linshu.store.cases import Action, Holding, Party
from linshu.store.db import transaction
from linshu.store.property import running_of
from linshu.store.writer import Doer, Draft, When


@dataclass(frozen=True, slots=True)
class NewHolding:
    """A clue (``clue``, perhaps an urgent one) or something found. Value in fen, 0 for unknown."""

    party_id: int
    kind: str
    name: str
    value_fen: int = 0
    clue: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """An act with a thing: what, by which document, when; the end that the document names, how many
    seizures come before it, the value or the price."""

    act: str
    document: str
    happened_at: datetime
    until_on: date | None = None
    queue: int = 0
    value_fen: int = 0


def found(actor: Actor, case_id: int, seen_seq: int | None, new: NewHolding, when: When) -> int:
    """Notes a clue or what was found of a debtor's; returns its id. A clue starts the limit for
    checking it (财产调查规定 2020 art. 2). Invalid for a kind that there is not, a debtor who is
    none, a missing name."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        held = desk.held(session, actor, case_id, seen_seq)
        return found_within(Flow(session, actor.court_id, when), actor, held, new).id


def found_within(flow: Flow, actor: Actor, held: Held, new: NewHolding) -> Holding:
    """As ``found``, within the caller's transaction."""
    session, case_id, when = flow.session, held.case.id, flow.when
    if new.kind not in rules.KINDS:
        raise Invalid("kind_unknown", kind=new.kind)
    party = session.get(Party, new.party_id)
    if party is None or party.case_id != case_id or party.role != "debtor":
        raise NotFound()
    if new.value_fen < 0:
        raise Invalid("amount", why=Said("不能为负"))
    holding = Holding(
        court_id=actor.court_id,
        case_id=case_id,
        party_id=party.id,
        kind=new.kind,
        name=desk.words(new.name, Said("财产名称"), 200),
        value_fen=new.value_fen,
        status=str(Status.CLUE if new.clue else Status.FOUND),
        found_on=when.on,
    )
    session.add(holding)
    session.flush()
    _say(flow, desk.doer(actor), holding, None, None)
    if new.clue:
        kind = "urgent_clue" if new.urgent else "clue"
        _record(flow, actor, held, holding, NewAction(kind, holding.name, when.at))
    return holding


def revalue_within(flow: Flow, actor: Actor, holding: Holding, value_fen: int) -> None:
    """Something that was found is worth more or less by now: within the caller's transaction. Why
    nothing could be done with it no longer holds."""
    holding.value_fen, holding.undisposable = value_fen, ""
    _say(flow, desk.doer(actor), holding, Status(holding.status), None)


def act(actor: Actor, case_id: int, holding_id: int, done: Done, when: When) -> None:
    """Does something with a thing of a case that the actor's team holds.

    Invalid for what cannot be done with it as it stands, beyond the law's term for a seizure (with
    its article), without a document, an end or a value where one is needed."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        held = desk.held(session, actor, case_id, None)
        holding = session.get(Holding, holding_id)
        if holding is None or holding.case_id != case_id or done.act not in ACTS:
            raise NotFound()
        session.refresh(holding, with_for_update=True)
        row, on = ACTS[done.act], done.happened_at.date()
        until_on = done.until_on if row.until else None
        _checked(holding, row, done, on)
        flow = Flow(session, actor.court_id, when)
        document = desk.words(done.document, Said("文书名称或文号"), 200)
        about = running_of(session, holding.id) if row.action.startswith("seizure_") else None
        text = f"{holding.name} · {document}"
        new = NewAction(row.action, text, done.happened_at, until_on=until_on, about_id=about)
        recording.check(held.case, new, when)
        before = Status(holding.status)
        _change(holding, row, done, until_on)
        action = _record(flow, actor, held, holding, new)
        _say(flow, desk.doer(actor), holding, before, action)


def set_aside(actor: Actor, case_id: int, holding_id: int, reason: str, when: When) -> None:
    """Says why nothing can be done with a thing, so that it does not stand in the way of a closing;
    an empty reason takes that back."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        desk.held(session, actor, case_id, None)
        holding = session.get(Holding, holding_id)
        if holding is None or holding.case_id != case_id:
            raise NotFound()
        holding.undisposable = desk.words(reason, Said("理由"), needed=False)
        session.flush()
        flow = Flow(session, actor.court_id, when)
        _say(flow, desk.doer(actor), holding, Status(holding.status), None)


def _checked(holding: Holding, row: Act, done: Done, on: date) -> None:
    status = Status(holding.status)
    if why := rules.refusal(holding.kind, status, done.act, on, done.until_on):
        raise Invalid("property", why=why)
    if row.value and done.value_fen <= 0:
        raise Invalid("amount", why=Said("应大于零"))
    if done.queue < 0:
        raise Invalid("amount", why=Said("不能为负"))


def _change(holding: Holding, row: Act, done: Done, until_on: date | None) -> None:
    if row.after is not None:
        holding.status = str(row.after)
    if row.until:
        holding.until_on, holding.queue = until_on, done.queue
    if row.value:
        holding.value_fen = done.value_fen
    if Status(holding.status) in rules.OVER:
        holding.until_on, holding.queue = None, 0


def _record(flow: Flow, actor: Actor, held: Held, holding: Holding, new: NewAction) -> Action:
    """The act as an action in the case's log, with what it starts and meets."""
    session, doer = flow.session, desk.doer(actor)
    action = recording.add(
        session, actor, held.case, held.team, new, False, flow.when, holding_id=holding.id
    )
    draft = Draft(
        held.case.id,
        Tag.CASE_RECORDED,
        after=recording.sums_of(held.case),
        data={**recording.said(action, held.team), "holding": holding.id},
        at=new.happened_at,
    )
    writer.write_trail(session, flow.court_id, [draft], doer, flow.when)
    countdowns.happened(flow, [recording.event_of(action, new)], doer)
    return action


def _say(
    flow: Flow, doer: Doer, holding: Holding, before: Status | None, action: Action | None
) -> None:
    flow.session.flush()
    data = {
        "holding": holding.id,
        "party": holding.party_id,
        "kind": holding.kind,
        "kind_zh": rules.KINDS[holding.kind].name,
        "name": writer.keep_text(flow.session, holding.case_id, holding.name),
        "action": action.id if action else None,
        "undisposable": writer.keep_text(flow.session, holding.case_id, holding.undisposable),
    }
    after = {
        "status": holding.status,
        "status_zh": rules.STATUS_ZH[Status(holding.status)],
        "until_on": dates.iso(holding.until_on),
        "queue": holding.queue,
        "value_fen": holding.value_fen,
    }
    draft = Draft(
        holding.case_id,
        Tag.HOLDING_CHANGED if before else Tag.HOLDING_FOUND,
        data,
        before={"status": str(before)} if before else {},
        after=after,
    )
    writer.write_trail(flow.session, flow.court_id, [draft], doer, flow.when)
