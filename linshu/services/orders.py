"""督办: by when is what is missing to be done, who says that it was, who is satisfied?

An order is about one case and stays with it: whoever holds the case answers, after a closing
whoever held it last. It moves no clock and bars no closing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from linshu.rules import orders as rules
from linshu.rules.alerts import listeners
from linshu.rules.deadlines import Told
from linshu.rules.duties import Duty
from linshu.rules.nodes import BY_CODE, missed
from linshu.rules.orders import AFTER, Act, Status
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.rules.watch import About
from linshu.services import dates, desk
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from linshu.services.flow import Flow
from linshu.store import alerts, nodes, queries, writer
from linshu.store import orders as store
from linshu.store.alerts import Subject
from linshu.store.clocks import CaseCountdown
from linshu.store.db import transaction
from linshu.store.orders import Line, Order
from linshu.store.writer import Draft, When

TAGS = {
    Act.ANSWER: Tag.ORDER_ANSWERED,
    Act.SETTLE: Tag.ORDER_SETTLED,
    Act.RETURN: Tag.ORDER_RETURNED,
    Act.WITHDRAW: Tag.ORDER_WITHDRAWN,
}
MATTER_ZH = "其他事项"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when: a day, or so many working days from today."""

    on: date | None = None
    working_days: int = 0


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is to be done in a case, and until when. ``key``: the code of a node;
    ``countdown_id``: which countdown; neither for a free matter."""

    case_id: int
    about: About
    text: str
    deadline: Deadline
    key: str = ""
    countdown_id: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of many: the order's id, or why there is none."""

    new: NewOrder
    order_id: int | None = None
    refusal: Refused | None = None


def give(actor: Actor, new: NewOrder, when: When) -> int:
    """Orders that something be done in a case; returns the order's id. The holder is told.

    NotFound out of the actor's scope; Invalid for what nothing is missing of, without words, for a
    deadline that is no day to come; Conflict while an order about the same stands."""
    actor.needs(Duty.ORDER)
    with transaction() as session:
        case = queries.locked_case(session, actor.court_id, new.case_id)
        if case is None or not desk.in_scope(session, actor, new.case_id):
            raise NotFound("not_yours")
        flow = Flow(session, actor.court_id, when)
        key, name = _about(flow, new)
        _once(session, new, key)
        order = Order(
            court_id=actor.court_id,
            case_id=new.case_id,
            about=str(new.about),
            key=key,
            countdown_id=new.countdown_id,
            name=name,
            text=desk.words(new.text, Said("督办内容")),
            due_on=_until(flow, new.deadline),
            status=str(Status.ORDERED),
            by_id=actor.person_id,
            ordered_at=when.at,
            since_at=when.at,
        )
        session.add(order)
        session.flush()
        line = _line(session, actor.court_id, order.id)
        _say(flow, actor, line, Tag.ORDER_GIVEN, text=order.text)
        _tell_holder(flow, line)
        return order.id


def give_many(actor: Actor, news: Sequence[NewOrder], when: When) -> list[Outcome]:
    """Orders the same in many cases, each in a transaction of its own: what cannot be is reported
    and stands in nobody's way."""
    outcomes = []
    for new in news:
        try:
            outcomes.append(Outcome(new, order_id=give(actor, new, when)))
        except Refused as refusal:
            outcomes.append(Outcome(new, refusal=refusal))
    return outcomes


def answer(actor: Actor, order_id: int, words: str, when: When) -> None:
    """The holder of the case says what was done; the orderer is told. NotAllowed for anybody else,
    Conflict when it was answered or closed."""
    with transaction() as session:
        flow, line = _asked(session, actor, order_id, Act.ANSWER, when)
        order = line.order
        order.answer = desk.words(words, Said("办理情况"))
        order.answered_by, order.answered_at = actor.person_id, when.at
        _done(flow, actor, line, Act.ANSWER, text=order.answer)
        _tell(flow, line, Subject.ORDER_ANSWERED, {order.by_id})


def settle(actor: Actor, order_id: int, words: str, when: When) -> None:
    """The orderer is satisfied, with or without words."""
    with transaction() as session:
        flow, line = _asked(session, actor, order_id, Act.SETTLE, when)
        _decide(actor, line, desk.words(words, Said("意见"), needed=False), when)
        _done(flow, actor, line, Act.SETTLE, text=line.order.decision)


def send_back(actor: Actor, order_id: int, reason: str, deadline: Deadline, when: When) -> None:
    """The orderer is not satisfied: it is to be done anew, until a new day, and says why."""
    with transaction() as session:
        flow, line = _asked(session, actor, order_id, Act.RETURN, when)
        _decide(actor, line, desk.words(reason, Said("理由")), when)
        line.order.due_on, line.order.since_at = _until(flow, deadline), when.at
        _done(flow, actor, line, Act.RETURN, text=line.order.decision)
        _tell_holder(flow, line)


def withdraw(actor: Actor, order_id: int, reason: str, when: When) -> None:
    """The orderer takes it back, and says why."""
    with transaction() as session:
        flow, line = _asked(session, actor, order_id, Act.WITHDRAW, when)
        _decide(actor, line, desk.words(reason, Said("理由")), when)
        _done(flow, actor, line, Act.WITHDRAW, text=line.order.decision)


def seen(session: Session, actor: Actor, order_id: int) -> Line:
    """An order in the actor's scope. NotFound otherwise."""
    line = store.one(session, actor.court_id, order_id)
    if line is None or not desk.in_scope(session, actor, line.order.case_id):
        raise NotFound("not_yours")
    return line


def _about(flow: Flow, new: NewOrder) -> tuple[str, str]:
    """The key and the name of what is missing. Invalid when nothing is."""
    match new.about:
        case About.COUNTDOWN:
            one = flow.session.get(CaseCountdown, new.countdown_id or 0)
            if one is None or one.case_id != new.case_id:
                raise NotFound()
            if one.met_at or one.void_at:
                raise Invalid("order_needless")
            row = flow.policy(one.policy_id).countdowns.get(one.row)
            return one.row, row.name if row else one.row
        case About.NODE:
            if new.key not in BY_CODE:
                raise NotFound()
            if not missed((new.key,), nodes.acts(flow.session, [new.case_id])[new.case_id]):
                raise Invalid("order_needless")
            return new.key, BY_CODE[new.key].name
        case About.MATTER:
            return "", MATTER_ZH


def _once(session: Session, new: NewOrder, key: str) -> None:
    for line in store.live_of(session, new.case_id):
        one = line.order
        same = (one.about, one.key, one.countdown_id) == (new.about, key, new.countdown_id)
        if same and (new.about is not About.MATTER or one.text == new.text.strip()):
            raise Conflict("order_open", n=one.id, by=line.orderer.name)


def _until(flow: Flow, deadline: Deadline) -> date:
    if deadline.on is not None:
        if deadline.on < flow.when.on:
            raise Invalid("order_due")
        return deadline.on
    if not 1 <= deadline.working_days <= rules.MOST_DAYS:
        raise Invalid("order_days", most=rules.MOST_DAYS)
    return flow.calendar.add_working_days(flow.when.on, deadline.working_days)


def _line(session: Session, court_id: int, order_id: int) -> Line:
    found = store.one(session, court_id, order_id)
    if found is None:
        raise NotFound()
    return found


def _asked(
    session: Session, actor: Actor, order_id: int, act: Act, when: When
) -> tuple[Flow, Line]:
    """The order, its case locked. NotAllowed and Conflict as the rules have it."""
    case_id = seen(session, actor, order_id).order.case_id
    queries.locked_case(session, actor.court_id, case_id)
    line = _line(session, actor.court_id, order_id)
    if not rules.concerns(actor.seat, act, line.sides):
        if act is Act.ANSWER:
            raise NotAllowed("not_holder", holder=Said(line.team.name))
        raise NotAllowed("not_orderer", name=line.orderer.name)
    if rules.judges_himself(actor.seat, act, line.sides):
        raise NotAllowed("own_answer")
    if not rules.fits(act, line.status, line.done):
        raise Conflict("order_stands", status=Said(rules.STATUS_ZH[line.status]))
    return Flow(session, actor.court_id, when), line


def _decide(actor: Actor, line: Line, words: str, when: When) -> None:
    order = line.order
    order.decision, order.decided_by, order.decided_at = words, actor.person_id, when.at


def _done(flow: Flow, actor: Actor, line: Line, act: Act, text: str) -> None:
    line.order.status = str(AFTER[act])
    flow.session.flush()
    _say(flow, actor, line, TAGS[act], text=text)


def _say(flow: Flow, actor: Actor, line: Line, tag: Tag, text: str) -> None:
    order = line.order
    data: dict[str, Any] = {
        "order": order.id,
        "about": order.about,
        "key": order.key,
        "name": order.name,
        "countdown": order.countdown_id,
        "team": line.team.name,
        "text": writer.keep_text(flow.session, order.case_id, text),
        "done": line.done,
    }
    after = {"status": order.status, "due_on": dates.iso(order.due_on)}
    draft = Draft(order.case_id, tag, data, after=after)
    writer.write_trail(flow.session, flow.court_id, [draft], desk.doer(actor), flow.when)


def _tell_holder(flow: Flow, line: Line) -> None:
    seats = alerts.seats(flow.session, flow.court_id)
    told = listeners(line.running, seats, (Told.HANDLER, Told.LEAD))
    _tell(flow, line, Subject.ORDER, told)


def _tell(flow: Flow, line: Line, subject: Subject, person_ids: frozenset[int] | set[int]) -> None:
    about = {
        "court_id": flow.court_id,
        "case_id": line.order.case_id,
        "subject": str(subject),
        "subject_id": line.order.id,
        "due_on": line.order.due_on,
    }
    alerts.tell(flow.session, about, person_ids, flow.when.at)
