"""执行措施: what is done against each debtor, and what has the president to say to it?

The centre's five stand as a checklist: done, applied for, or not applicable and why. What the law
leaves to an approval is asked for and done by being approved; its bounds hold before anybody
decides (民诉法 arts. 118, 119).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from linshu.rules import measures
from linshu.rules.duties import Duty
from linshu.rules.measures import Measure, Standing, Wanted
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import asking, desk, recording
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Invalid, NotFound
from linshu.services.flow import Flow
from linshu.store import writer
from linshu.store.cases import Party, Request
from linshu.store.db import transaction
from linshu.store.work import MeasureAct
from linshu.store.writer import Doer, Draft, When

KIND = "measure"


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """A measure against one debtor. ``document``: what orders it; ``amount_fen`` of a fine,
    ``days`` of a detention; ``reason``: why it is not applicable, or what is to be said;
    ``behalf_id``: for whom it is noted (代录)."""

    party_id: int
    measure: str
    document: str = ""
    reason: str = ""
    amount_fen: int = 0
    days: int = 0
    behalf_id: int | None = None


def note(
    actor: Actor,
    case_id: int,
    seen_seq: int | None,
    new: NewMeasure,
    standing: Standing,
    happened_on: date,
    when: When,
) -> None:
    """Notes how far a measure is against a debtor of a case that the actor's team holds.

    Invalid for a measure or debtor that there is not, for what needs an approval (``ask`` for it),
    for a reason or document that is missing, and for the future."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        flow = Flow(session, actor.court_id, when)
        measure, party = _named(flow, found, new)
        if standing is Standing.DONE and measure.approved_by:
            raise Invalid("measure_needs_approval", name=Said(measure.name), law=Said(measure.law))
        if happened_on > when.on:
            raise Invalid("future")
        if happened_on < found.case.filed_on:
            raise Invalid("before_filing", on=found.case.filed_on)
        kept = _checked(new, standing)
        act = _act(flow, actor.person_id, case_id, party, kept, standing)
        act.happened_on = happened_on
        behalf = recording.behalf_of(session, actor, new.behalf_id)
        _keep(flow, desk.doer(actor, behalf.login if behalf else None), act, measure.name)


def ask(actor: Actor, case_id: int, seen_seq: int, new: NewMeasure, reason: str, when: When) -> int:
    """Asks for a measure that the law leaves to an approval; returns the request's id.

    Invalid beyond the bounds of the law, with the article; for a measure that needs nobody;
    Conflict when the same is asked for already."""
    actor.needs(Duty.ASK)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        flow = Flow(session, actor.court_id, when)
        measure, party = _named(flow, found, new)
        if not measure.approved_by:
            raise Invalid("measure_needs_nobody", name=Said(measure.name))
        unit = measures.is_unit(party.name, party.id_number)
        if why := measures.refusal(measure, Wanted(unit, new.amount_fen, new.days)):
            raise Invalid("measure", why=why)
        wanted = asking.Wanted(
            KIND,
            measure.key,
            measure.name,
            _particulars(measure, party, new),
            measure.approved_by,
            f"{party.id}:{measure.key}",
        )
        return asking.submit(flow, actor, found, wanted, reason)


def _particulars(measure: Measure, party: Party, new: NewMeasure) -> dict[str, Any]:
    return {
        "party": party.id,
        "party_name": party.name,
        "name": measure.name,
        "law": measure.law,
        "document": desk.words(new.document, Said("文书名称或文号"), 200),
        "amount_fen": new.amount_fen if measure.is_fine else 0,
        "days": new.days if measure.is_detention else 0,
    }


def grant(flow: Flow, doer: Doer, request: Request) -> None:
    """An approved measure is done."""
    asked, party = request.particulars, flow.session.get_one(Party, request.particulars["party"])
    new = NewMeasure(
        party.id, request.ground, asked["document"], "", asked["amount_fen"], asked["days"]
    )
    act = _act(
        flow, request.decided_by or request.asked_by, request.case_id, party, new, Standing.DONE
    )
    act.request_id = request.id
    _keep(flow, doer, act, asked["name"])


def _named(flow: Flow, found: Held, new: NewMeasure) -> tuple[Measure, Party]:
    measure = flow.current.measures.get(new.measure)
    if measure is None:
        raise Invalid("kind_unknown", kind=new.measure)
    party = flow.session.get(Party, new.party_id)
    if party is None or party.case_id != found.case.id or not party.owes:
        raise NotFound()
    return measure, party


def _checked(new: NewMeasure, standing: Standing) -> NewMeasure:
    """With its words as they are kept: what is not applicable says why, what is done by which
    document."""
    reason = desk.words(new.reason, Said("理由"), needed=standing is Standing.NOT_APPLICABLE)
    document = desk.words(
        new.document, Said("文书名称或文号"), 200, needed=standing is Standing.DONE
    )
    return NewMeasure(new.party_id, new.measure, document, reason, 0, 0)


def _act(
    flow: Flow, by_id: int, case_id: int, party: Party, new: NewMeasure, standing: Standing
) -> MeasureAct:
    return MeasureAct(
        court_id=flow.court_id,
        case_id=case_id,
        party_id=party.id,
        measure=new.measure,
        standing=str(standing),
        reason=new.reason,
        document=new.document,
        amount_fen=new.amount_fen,
        days=new.days,
        happened_on=flow.when.on,
        recorded_at=flow.when.at,
        by_id=by_id,
    )


def _keep(flow: Flow, doer: Doer, act: MeasureAct, name: str) -> None:
    session = flow.session
    session.add(act)
    session.flush()
    data = {
        "measure": act.measure,
        "measure_zh": name,
        "standing": act.standing,
        "standing_zh": measures.STANDING_ZH[Standing(act.standing)],
        "party": act.party_id,
        "document": act.document,
        "amount_fen": act.amount_fen,
        "days": act.days,
        "reason": writer.keep_text(session, act.case_id, act.reason),
        "request": act.request_id,
    }
    draft = Draft(act.case_id, Tag.MEASURE_NOTED, data)
    writer.write_trail(session, flow.court_id, [draft], doer, flow.when)
