"""What was wrong, what is right, and why? 更正: facts, parties and actions, by a newer entry."""

from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules.cells import yes
from linshu.rules.duties import Duty
from linshu.rules.numbers import NumberFault, fen
from linshu.rules.origins import BASIS_KINDS, preservation_number
from linshu.rules.parties import Standing, refusal
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import addresses, countdowns, dates, desk
from linshu.services.actor import Actor
from linshu.services.entrants import NewParty, checked_party, grams, told
from linshu.services.errors import Conflict, Invalid, NotFound
from linshu.services.flow import Flow
from linshu.services.recording import (
    NewAction,
    add,
    behalf_of,
    change_sums,
    check,
    event_of,
    said,
    sums_of,
)
from linshu.store import personal, writer
from linshu.store.cases import Action, Gram, Party
from linshu.store.db import transaction
from linshu.store.people import Person
from linshu.store.writer import Doer, Draft, When


def correct_action(
    actor: Actor,
    case_id: int,
    seen_seq: int | None,
    action_id: int,
    new: NewAction,
    reason: str,
    when: When,
) -> int:
    """更正: a newer entry takes an action's place; the old one stays readable. Returns the new id.

    Conflict when it was corrected already; a reason is needed; sums follow the correction."""
    actor.needs(Duty.CORRECT)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        old = session.get(Action, action_id)
        if old is None or old.case_id != case_id:
            raise NotFound()
        if session.scalar(select(Action.id).where(Action.corrects_id == action_id)):
            raise Conflict("already_corrected")
        reason_digest = _reason(session, case_id, reason)
        check(found.case, new, when)
        doer = _corrector(session, actor, old, new)
        action = add(
            session, actor, found.case, found.team, new, old.late, when, old.id, old.holding_id
        )
        before = sums_of(found.case)
        change_sums(found.case, new, old)
        draft = Draft(
            case_id,
            Tag.CASE_CORRECTED,
            before={"action": old.id, **before},
            after={"action": action.id, **sums_of(found.case)},
            data={**said(action, found.team), "what": "action", "reason": reason_digest},
            at=when.at,
        )
        writer.write_trail(session, actor.court_id, [draft], doer, when)
        flow = Flow(session, actor.court_id, when)
        countdowns.corrected(flow, old.id, event_of(action, new), doer)
        return action.id


def _corrector(session: Session, actor: Actor, old: Action, new: NewAction) -> Doer:
    """Who corrects, and for whom the act stays recorded; only a new name must be a colleague's."""
    if new.behalf_id is not None and new.behalf_id == old.behalf_id:
        return desk.doer(actor, session.get_one(Person, new.behalf_id).login)
    behalf = behalf_of(session, actor, new.behalf_id)
    return desk.doer(actor, behalf.login if behalf else None)


#: Facts of a case that can be put right, with their names.
FACTS = {
    "cause": "案由",
    "basis": "执行依据",
    "basis_kind": "执行依据种类",
    "trial_court": "审理法院",
    "trial_team": "审判团队",
    "effective_on": "执行依据生效日期",
    "preservation": "保全案号",
    "claim_fen": "申请执行标的额(元)",
    "filed_on": "立案日期",
    "preserved": "已采取保全",
    "cooperative": "被执行人配合",
    "address_confirmed": "送达地址已确认",
    "remark": "备注",
}


def correct_fact(
    actor: Actor,
    case_id: int,
    seen_seq: int | None,
    field: str,
    value: str,
    reason: str,
    when: When,
) -> None:
    """更正 of a fact of the case, with a reason; the words before and after are kept, the trail
    holds their digests. A new filing date or cause moves the statutory due date with it."""
    actor.needs(Duty.CORRECT)
    if field not in FACTS:
        raise Invalid("kind_unknown", kind=field)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        case = found.case
        before = getattr(case, field)
        after = _parsed(field, value, when)
        if after == before:
            raise Invalid("not_corrected")
        setattr(case, field, after)
        plain = partial(_plain, session, case_id, field)
        data = {"what": field, "reason": _reason(session, case_id, reason)}
        draft = Draft(case_id, Tag.CASE_CORRECTED, data, plain(before), plain(after))
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        if field in ("filed_on", "cause"):
            flow, why = Flow(session, actor.court_id, when), {"why": "correction", "why_zh": "更正"}
            dates.refresh(flow, [case_id], desk.doer(actor), why)
            countdowns.refiled(flow, case_id, case.filed_on, desk.doer(actor))


def correct_party(
    actor: Actor,
    case_id: int,
    seen_seq: int | None,
    party_id: int,
    right: NewParty,
    reason: str,
    when: When,
    standing: tuple[str, str] | None = None,
) -> None:
    """更正 of a party's name or numbers, with a reason; search follows. A number that is not given
    stays as it is, so that nobody has to see it to put another right; ``NONE`` takes it away.
    ``standing``: the right kind and mandate of a third party or a representative."""
    actor.needs(Duty.CORRECT)
    with transaction() as session:
        desk.held(session, actor, case_id, seen_seq)
        party = session.get(Party, party_id)
        if party is None or party.case_id != case_id:
            raise NotFound()
        before, after = personal.values_of(party), _party_values(party, right)
        stood = (party.kind, party.mandate)
        _stand(session, party, *(standing or stood))
        if before == after and stood == (party.kind, party.mandate):
            raise Invalid("not_corrected")
        for column, value in after.items():
            setattr(party, column, value)
        for gram in grams([party.name]):
            session.merge(Gram(gram=gram, case_id=case_id))
        session.flush()
        nth = addresses.places(session, case_id)
        where = {"nth": nth[party_id], "person": told(party, nth)}
        writer.keep_text(session, case_id, before["name"])  # its digest stands where it was filed
        draft = Draft(
            case_id,
            Tag.CASE_CORRECTED,
            before={"party": writer.keep_text(session, case_id, personal.said(before))},
            after={"party": writer.keep_text(session, case_id, personal.said(after))},
            data={"what": "party", "reason": _reason(session, case_id, reason), **where},
        )
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def _stand(session: Session, party: Party, kind: str, mandate: str) -> None:
    if (kind, mandate) == (party.kind, party.mandate):
        return
    whom = session.get(Party, party.represents_id) if party.represents_id else None
    standing = Standing(party.role, kind, mandate, whom.role if whom else None, None, party.ruling)
    if why := refusal(standing):
        raise Invalid("party", why=why)
    party.kind, party.mandate = kind, mandate


#: What one writes in place of a number that is to be taken away.
NONE = ("无", "-", "—")


def _party_values(party: Party, right: NewParty) -> dict[str, Any]:
    given = {"id_number": right.id_number, "phone": right.phone, "account": right.account}
    numbers = {
        field: "" if text.strip() in NONE else text.strip() or getattr(party, field)
        for field, text in given.items()
    }
    new = checked_party(NewParty(right.name, **numbers), Said("姓名或名称"))
    return personal.row(
        party.case_id,
        party.role,
        new.name,
        id_number=new.id_number,
        phone=new.phone,
        account=new.account,
    )


def _parsed(field: str, value: str, when: When) -> object:
    match field:
        case "claim_fen":
            try:
                return fen(value)
            except NumberFault as fault:
                raise Invalid("amount", why=fault.said) from fault
        case "filed_on":
            return _day(value, when)
        case "preserved" | "cooperative" | "address_confirmed":
            return _yes_or_no(value)
        case "remark":
            return desk.words(value, Said(FACTS[field]), needed=False)
        case "effective_on":
            return _day(value, when) if value.strip() else None
        case "basis_kind" | "preservation" | "trial_court" | "trial_team":
            return _handed_over(field, value)
        case _:
            return desk.words(value, Said(FACTS[field]), 80 if field == "cause" else 200)


def _handed_over(field: str, value: str) -> str:
    """What the trial side said; nothing takes it away."""
    text = desk.words(value, Said(FACTS[field]), 80, needed=False)
    if field == "basis_kind" and text and text not in BASIS_KINDS:
        raise Invalid("text_needed", what=Said("、".join(BASIS_KINDS)))
    try:
        return preservation_number(text) if field == "preservation" else text
    except NumberFault as fault:
        raise Invalid("ledger", why=fault.said) from fault


def _yes_or_no(value: str) -> bool:
    answer = yes(value) if value.strip() else None
    if answer is None:
        raise Invalid("text_needed", what=Said("是或否"))
    return answer


def _day(value: str, when: When) -> date:
    try:
        day = date.fromisoformat(value.strip())
    except ValueError as fault:
        raise Invalid("text_needed", what=Said("日期(如 2026-01-05)")) from fault
    if day > when.on:
        raise Invalid("future")
    return day


def _plain(session: Session, case_id: int, field: str, value: object) -> dict[str, object]:
    if isinstance(value, date):
        return {field: value.isoformat()}
    if value is None or isinstance(value, (bool, int)):
        return {field: value}
    return {field: writer.keep_text(session, case_id, str(value))}


def _reason(session: Session, case_id: int, reason: str) -> str:
    return writer.keep_text(session, case_id, desk.words(reason, Said("更正理由")))
