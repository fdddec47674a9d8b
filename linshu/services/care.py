"""终本维护: what was searched, told, asked and decided in a terminated case? (R21)

Searches, what the applicant was told of them, consultations and the decision that care goes on are
actions in the case's log, which start and meet its countdowns. Applications to resume are received,
reviewed with a reason, and put before whoever approves, or turned down.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from linshu.rules import care, kinds
from linshu.rules.care import Source, Standing
from linshu.rules.duties import Duty
from linshu.rules.said import Said
from linshu.rules.stages import Stage
from linshu.rules.trail import Tag
from linshu.services import asking, countdowns, desk, recording, resuming
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, Invalid, NotFound
from linshu.services.flow import Flow
from linshu.services.recording import NewAction
from linshu.store import care as kept
from linshu.store import resumptions, writer
from linshu.store.cases import Request
from linshu.store.db import SHANGHAI, transaction
from linshu.store.resumptions import Resumption
from linshu.store.writer import Draft, When


@dataclass(frozen=True, slots=True)
class Consultation:
    """Somebody asked about a case: who, how, what, and what he was answered. ``at`` is aware."""

    caller: str
    way: str
    question: str
    answer: str
    at: datetime


def consult(actor: Actor, case_id: int, new: Consultation, when: When) -> int:
    """Logs a consultation as an action of the case; returns its id. Invalid without words, for a
    caller or a way that there is not."""
    if new.caller not in care.CALLERS or new.way not in care.WAYS:
        raise Invalid("kind_unknown", kind=f"{new.caller} {new.way}")
    question = desk.words(new.question, Said("咨询事项"), 1800)
    answer = desk.words(new.answer, Said("答复"), 1800)
    text = care.consulted(new.caller, new.way, question, answer)
    action = NewAction(care.CONSULTATION, text, new.at)
    return recording.record(actor, case_id, None, action, when)


def go_on(
    actor: Actor, case_id: int, seen_seq: int | None, term: str, reason: str, when: When
) -> None:
    """The five years are over, and care goes on, for a reason: its searches and its end are planned
    anew. ``term``: one of ``care.TERMS``. Invalid without a reason; Conflict when the case is not
    in care, or while a search of the running plan is still to be done."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        held = _in_care(session, actor, case_id, seen_seq)
        if why := care.not_continued(kept.is_searched(session, case_id), term):
            raise Conflict("not_continued", why=why)
        flow = Flow(session, actor.court_id, when)
        new = NewAction(term, desk.words(reason, Said("理由")), when.at)
        action = recording.add(session, actor, held.case, held.team, new, False, when)
        draft = Draft(
            case_id,
            Tag.CASE_RECORDED,
            after=recording.sums_of(held.case),
            data=recording.said(action, held.team),
        )
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        countdowns.happened(flow, [recording.event_of(action, new)], desk.doer(actor))


def receive(
    actor: Actor, case_id: int, source: Source, clue: str, received_on: date, when: When
) -> int:
    """Notes an application to resume, or that the court itself found property; returns its id. The
    limit for its review begins. Invalid without a clue, for a day in the future or before filing;
    Conflict while one is open."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        held = _in_care(session, actor, case_id, None)
        if received_on > when.on:
            raise Invalid("future")
        if received_on < held.case.filed_on:
            raise Invalid("before_filing", on=held.case.filed_on)
        if open_ := resumptions.open_in(session, [case_id]):
            raise Conflict("application_open", n=open_[case_id].id)
        one = Resumption(
            court_id=actor.court_id,
            case_id=case_id,
            source=str(source),
            clue=desk.words(clue, Said("财产线索")),
            received_on=received_on,
            received_by=actor.person_id,
            recorded_at=when.at,
            status=str(Standing.WAITING),
        )
        session.add(one)
        session.flush()
        flow = Flow(session, actor.court_id, when)
        _say(flow, actor, one, Tag.APPLICATION_RECEIVED, one.clue)
        began = datetime.combine(received_on, time.min, SHANGHAI)
        event = countdowns.Event(case_id, kinds.APPLIED, began)
        countdowns.happened(flow, [event], desk.doer(actor))
        return one.id


def put_forward(actor: Actor, application_id: int, seen_seq: int, reason: str, when: When) -> int:
    """The review wants the case resumed: it is put before whoever approves, with what stood then;
    returns the request's id. Conflict when it was reviewed already, or cannot be resumed."""
    actor.needs(Duty.ASK)
    with transaction() as session:
        one, held = _to_review(session, actor, application_id, seen_seq)
        resuming.able(held.case, held.stint.stage)
        flow = Flow(session, actor.court_id, when)
        source = Source(one.source)
        wanted = asking.Wanted(
            resuming.KIND,
            one.source,
            care.SOURCE_ZH[source],
            {"application": one.id, "clue": one.clue, "received_on": one.received_on.isoformat()},
        )
        outstanding = held.case.purse.outstanding_fen
        seen = {"outstanding_fen": outstanding, "dormant_since": held.stint.started_on.isoformat()}
        one.request_id = asking.submit(flow, actor, held, wanted, reason, seen)
        _reviewed(flow, actor, one, Standing.ASKED, reason)
        return one.request_id


def turn_down(
    actor: Actor, application_id: int, seen_seq: int, reason: str, told: str, when: When
) -> None:
    """The case is not resumed, for a reason, and the applicant was told so: how and when. Of the
    court's own initiative there is nobody to tell."""
    actor.needs(Duty.ASK)
    with transaction() as session:
        one, _held = _to_review(session, actor, application_id, seen_seq)
        needed = one.source == Source.APPLICANT
        one.told = desk.words(told, Said("如何告知申请人"), 200, needed=needed)
        flow = Flow(session, actor.court_id, when)
        _reviewed(flow, actor, one, Standing.TURNED_DOWN, reason)


def _in_care(session: Session, actor: Actor, case_id: int, seen_seq: int | None) -> Held:
    held = desk.held(session, actor, case_id, seen_seq)
    if Stage(held.stint.stage) is not Stage.DORMANT:
        raise Conflict("not_in_care")
    return held


def _to_review(
    session: Session, actor: Actor, application_id: int, seen_seq: int
) -> tuple[Resumption, Held]:
    """An application that is a keeper's to review, its case locked."""
    one = session.get(Resumption, application_id)
    if one is None or one.court_id != actor.court_id:
        raise NotFound()
    held = _in_care(session, actor, one.case_id, seen_seq)
    session.refresh(one)
    request = session.get(Request, one.request_id) if one.request_id else None
    if not care.to_review(one.status, request.status if request else None):
        raise Conflict("application_reviewed", n=one.id)
    return one, held


def _reviewed(flow: Flow, actor: Actor, one: Resumption, standing: Standing, reason: str) -> None:
    one.review = desk.words(reason, Said("理由"))
    one.status, one.reviewed_by = str(standing), actor.person_id
    one.reviewed_at = flow.when.at
    flow.session.flush()
    _say(flow, actor, one, Tag.APPLICATION_REVIEWED, one.review)
    event = countdowns.Event(one.case_id, kinds.REVIEWED, flow.when.at)
    countdowns.happened(flow, [event], desk.doer(actor))


def _say(flow: Flow, actor: Actor, one: Resumption, tag: Tag, words: str) -> None:
    standing = Standing(one.status)
    data = {
        "application": one.id,
        "source": one.source,
        "source_zh": care.SOURCE_ZH[Source(one.source)],
        "received_on": one.received_on.isoformat(),
        "reason": writer.keep_text(flow.session, one.case_id, words),
        "told": writer.keep_text(flow.session, one.case_id, one.told),
        "request": one.request_id,
    }
    after = {"application_status": one.status, "status_zh": care.STANDING_ZH[standing]}
    draft = Draft(one.case_id, tag, data, after=after)
    writer.write_trail(flow.session, flow.court_id, [draft], desk.doer(actor), flow.when)
