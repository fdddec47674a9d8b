"""财产: which clues are there, what was found, seized until when, turned into money or given back?

Every act with a thing is an action in the case's log as well: it ticks its node, starts and meets
its limits, and says by which document.
"""

from dataclasses import dataclass
from datetime import date, datetime

from linshu.rules import property as rules
from linshu.rules.duties import Duty
from linshu.rules.origins import Seized
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
from linshu.store.cases import Action, Party
from linshu.store.db import transaction
from linshu.store.property import running_of
from linshu.store.work import Holding
from linshu.store.writer import Doer, Draft, When


@dataclass(frozen=True, slots=True)
class NewHolding:
    """A clue (``clue``, perhaps an urgent one) or something found. Value in fen, 0 for unknown.
    ``behalf_id``: for whom it is recorded (代录)."""

    party_id: int
    kind: str
    name: str
    value_fen: int = 0
    clue: bool = False
    urgent: bool = False
    behalf_id: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """An act with a thing: what, by which document, when; the end that the document names, how many
    seizures come before it, the value or the price; for whom it is recorded (代录)."""

    act: str
    document: str
    happened_at: datetime
    until_on: date | None = None
    queue: int = 0
    value_fen: int = 0
    behalf_id: int | None = None


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
    if party is None or party.case_id != case_id or not party.owes:
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
    doer = _doer(flow, actor, new.behalf_id)
    _say(flow, doer, holding, None, None)
    if new.clue:
        kind = "urgent_clue" if new.urgent else "clue"
        act = NewAction(kind, holding.name, when.at, behalf_id=new.behalf_id)
        _record(flow, actor, doer, held, holding, act)
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
        new = NewAction(
            row.action, text, done.happened_at, 0, done.behalf_id, until_on, about_id=about
        )
        recording.check(held.case, new, when)
        before, doer = Status(holding.status), _doer(flow, actor, done.behalf_id)
        _change(holding, row, done, until_on)
        action = _record(flow, actor, doer, held, holding, new)
        _say(flow, doer, holding, before, action)


def taken_over(
    flow: Flow, actor: Actor, held: Held, owner: Party, one: Seized, new: NewAction
) -> None:
    """A thing that the trial side had seized before the case was filed (R27): under control from
    the first, with its countdown, within the caller's transaction, which has checked it."""
    holding = Holding(
        court_id=flow.court_id,
        case_id=held.case.id,
        party_id=owner.id,
        kind=one.kind,
        name=desk.words(one.name, Said("财产名称"), 200),
        value_fen=one.value_fen,
        status=str(Status.CONTROLLED),
        found_on=flow.when.on,
        until_on=one.until_on,
        queue=one.queue,
    )
    flow.session.add(holding)
    flow.session.flush()
    doer = desk.doer(actor)
    action = _record(flow, actor, doer, held, holding, new)
    _say(flow, doer, holding, None, action)


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


def carried(flow: Flow, actor: Actor, doer: Doer, old: Holding, party: Party, held: Held) -> None:
    """A thing goes along into the case that goes on from its own (R22), as it stands: a seizure
    runs on there, by its own end, and a clue is to be checked there. In the old case it is over."""
    session, case_id, when = flow.session, held.case.id, flow.when
    kept = ("kind", "name", "value_fen", "status", "found_on", "until_on", "queue", "undisposable")
    new = Holding(
        **{column: getattr(old, column) for column in kept},
        court_id=flow.court_id,
        case_id=case_id,
        party_id=party.id,
        carried_from_id=old.id,
    )
    session.add(new)
    session.flush()
    _say(flow, doer, new, None, None)
    if new.until_on is not None and new.until_on >= when.on:
        act = NewAction("seizure_carried", new.name, when.at, until_on=new.until_on)
        _record(flow, actor, doer, held, new, act)
    if new.status == Status.CLUE:
        countdowns.happened(flow, [countdowns.Event(case_id, "clue", when.at)], doer)
    before = Status(old.status)
    old.status, old.until_on, old.queue = str(Status.CARRIED), None, 0
    _say(flow, doer, old, before, None)


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


def _doer(flow: Flow, actor: Actor, behalf_id: int | None) -> Doer:
    """Who records, and for whom: both names stand in the trail."""
    behalf = recording.behalf_of(flow.session, actor, behalf_id)
    return desk.doer(actor, behalf.login if behalf else None)


def _record(
    flow: Flow, actor: Actor, doer: Doer, held: Held, holding: Holding, new: NewAction
) -> Action:
    """The act as an action in the case's log, with what it starts and meets."""
    session = flow.session
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
