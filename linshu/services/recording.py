"""What was done, when did it happen, who says so? Actions, and corrections by a newer entry."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules import clock
from linshu.rules.cells import yes
from linshu.rules.duties import Duty, Holder, holds
from linshu.rules.numbers import NumberFault, fen
from linshu.rules.policy import TeamKind
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import desk
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.services.filing import grams
from linshu.services.flow import Flow
from linshu.store import queries, writer
from linshu.store.cases import Action, Case, Gram, Party, Stint
from linshu.store.db import SHANGHAI, transaction
from linshu.store.people import Person, Team
from linshu.store.writer import Draft, When

#: The kinds of the quick-record box. Money that came in is an action with an amount.
KINDS = {
    "call": "电话",
    "talk": "约谈",
    "visit": "走访",
    "search": "查询财产",
    "service": "送达",
    "receipt": "到账",
    "other": "其他",
}


@dataclass(frozen=True, slots=True)
class NewAction:
    """An action to be recorded. ``happened_at`` is aware; ``amount_fen``: money that came in."""

    kind: str
    text: str
    happened_at: datetime
    amount_fen: int = 0
    behalf_id: int | None = None


def record(actor: Actor, case_id: int, seen_seq: int | None, new: NewAction, when: When) -> int:
    """Records an action in a case that the actor's team holds; returns its id.

    For two working days after a move the giving team may still record what happened before it,
    marked late (R16). NotAllowed otherwise; Invalid for the future, for a time before filing, for
    money without an amount."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        case, team, late = _writable(session, actor, case_id, seen_seq, new.happened_at, when)
        _check(case, new, when)
        behalf = _behalf(session, actor, new.behalf_id)
        action = _add(session, actor, case, team, new, late, when)
        case.recovered_fen += new.amount_fen
        draft = Draft(
            case_id,
            Tag.CASE_RECORDED_LATE if late else Tag.CASE_RECORDED,
            after={"recovered_fen": case.recovered_fen},
            data=_said(action, team),
            at=new.happened_at,
        )
        doer = desk.doer(actor, behalf.login if behalf else None)
        writer.write_trail(session, actor.court_id, [draft], doer, when)
        return action.id


def _writable(
    session: Session,
    actor: Actor,
    case_id: int,
    seen_seq: int | None,
    happened_at: datetime,
    when: When,
) -> tuple[Case, Team, bool]:
    case = queries.locked_case(session, actor.court_id, case_id)
    if case is None or not desk.in_scope(session, actor, case_id):
        raise NotFound("not_yours")
    stint = queries.open_stint(session, case_id)
    team = session.get(Team, stint.team_id) if stint else None
    if team and holds(actor.seat, Holder(team.id, TeamKind(team.kind), team.parent_id)):
        if seen_seq is not None and stint and stint.seq != seen_seq:
            desk.held(session, actor, case_id, seen_seq)
        return case, team, False
    given = _just_given(session, actor, case_id, happened_at, when)
    if given:
        return case, given, True
    if team is None:
        raise Conflict("closed", on=case.closed_on)
    raise NotAllowed("not_holder", holder=Said(team.name))


def _just_given(
    session: Session, actor: Actor, case_id: int, happened_at: datetime, when: When
) -> Team | None:
    """The actor's team, when it gave the case up within the last two working days and the action
    happened before that (R16)."""
    flow = Flow(session, actor.court_id, when)
    mine = queries.own_team_ids(session, actor.court_id, actor.role, actor.team_id)
    query = (
        select(Stint)
        .where(Stint.case_id == case_id, Stint.team_id.in_(mine), Stint.ended_on.is_not(None))
        .order_by(Stint.seq.desc())
    )
    for stint in session.scalars(query):
        if stint.ended_on is None or stint.ended_at is None:
            continue
        last = flow.calendar.add_working_days(stint.ended_on, flow.current.late_record_days)
        within = stint.started_at <= happened_at <= stint.ended_at
        if within and when.on <= last:
            return session.get(Team, stint.team_id)
    return None


def _check(case: Case, new: NewAction, when: When) -> None:
    if new.kind not in KINDS:
        raise Invalid("kind_unknown", kind=new.kind)
    desk.words(new.text, Said("发生了什么"))
    if new.happened_at > when.at:
        raise Invalid("future")
    if new.happened_at < datetime.combine(case.filed_on, time.min, SHANGHAI):
        raise Invalid("before_filing", on=case.filed_on)
    _check_amount(new)


def _check_amount(new: NewAction) -> None:
    if new.amount_fen < 0:
        raise Invalid("amount", why=Said("不能为负"))
    if (new.kind == "receipt") != (new.amount_fen > 0):
        raise Invalid("amount", why=Said("到账须填写金额,其他行为不填金额"))


def _behalf(session: Session, actor: Actor, person_id: int | None) -> Person | None:
    """代录: for somebody of the same team."""
    if person_id is None or person_id == actor.person_id:
        return None
    other = desk.person(session, actor.court_id, person_id)
    if other.team_id != actor.team_id or not other.active:
        raise Invalid("not_in_team", name=other.name, team=Said("本团队"))
    return other


def _add(
    session: Session,
    actor: Actor,
    case: Case,
    team: Team,
    new: NewAction,
    late: bool,
    when: When,
    corrects_id: int | None = None,
) -> Action:
    action = Action(
        case_id=case.id,
        team_id=team.id,
        kind=new.kind,
        text=desk.words(new.text, Said("发生了什么")),
        amount_fen=new.amount_fen,
        happened_at=new.happened_at,
        recorded_at=when.at,
        by_id=actor.person_id,
        behalf_id=new.behalf_id,
        late=late,
        corrects_id=corrects_id,
    )
    session.add(action)
    session.flush()
    return action


def _said(action: Action, team: Team) -> dict[str, str | int]:
    return {
        "action": action.id,
        "kind": action.kind,
        "kind_zh": KINDS[action.kind],
        "amount_fen": action.amount_fen,
        "team": team.name,
        "text": writer.digest_of(action.text),
    }


def correct_action(
    actor: Actor, case_id: int, action_id: int, new: NewAction, reason: str, when: When
) -> int:
    """更正: a newer entry takes an action's place; the old one stays readable. Returns the new id.

    Conflict when it was corrected already; a reason is needed; sums follow the correction."""
    actor.needs(Duty.CORRECT)
    with transaction() as session:
        found = desk.held(session, actor, case_id, None)
        old = session.get(Action, action_id)
        if old is None or old.case_id != case_id:
            raise NotFound()
        if session.scalar(select(Action.id).where(Action.corrects_id == action_id)):
            raise Conflict("already_corrected")
        reason_digest = _reason(session, case_id, reason)
        _check(found.case, new, when)
        action = _add(session, actor, found.case, found.team, new, old.late, when, old.id)
        before = found.case.recovered_fen
        found.case.recovered_fen = _recovered(before + new.amount_fen - old.amount_fen)
        draft = Draft(
            case_id,
            Tag.CASE_CORRECTED,
            before={"action": old.id, "recovered_fen": before},
            after={"action": action.id, "recovered_fen": found.case.recovered_fen},
            data={**_said(action, found.team), "what": "action", "reason": reason_digest},
            at=when.at,
        )
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        return action.id


def _recovered(amount_fen: int) -> int:
    if amount_fen < 0:
        raise Invalid("recovered_negative")
    return amount_fen


#: Facts of a case that can be put right, with their names.
FACTS = {
    "cause": "案由",
    "basis": "执行依据",
    "claim_fen": "申请执行标的额(元)",
    "filed_on": "立案日期",
    "preserved": "已采取保全",
    "cooperative": "被执行人配合",
    "address_confirmed": "送达地址已确认",
    "remark": "备注",
}


def correct_fact(
    actor: Actor, case_id: int, field: str, value: str, reason: str, when: When
) -> None:
    """更正 of a fact of the case, with a reason; the words before and after are kept, the trail
    holds their digests. A new filing date or cause moves the statutory due date with it."""
    actor.needs(Duty.CORRECT)
    if field not in FACTS:
        raise Invalid("kind_unknown", kind=field)
    with transaction() as session:
        found = desk.held(session, actor, case_id, None)
        case = found.case
        before = getattr(case, field)
        after = _parsed(field, value, when)
        if after == before:
            raise Invalid("not_corrected")
        setattr(case, field, after)
        due_before = case.statutory_due_on
        if field in ("filed_on", "cause"):
            case.statutory_due_on = _statutory(session, actor, case, when)
        said = partial(_plain, session, case_id, field)
        draft = Draft(
            case_id,
            Tag.CASE_CORRECTED,
            before={**said(before), "statutory_due_on": due_before.isoformat()},
            after={**said(after), "statutory_due_on": case.statutory_due_on.isoformat()},
            data={"what": field, "reason": _reason(session, case_id, reason)},
        )
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def correct_party(
    actor: Actor, case_id: int, party_id: int, name: str, id_number: str, reason: str, when: When
) -> None:
    """更正 of a party's name or number, with a reason; search follows."""
    actor.needs(Duty.CORRECT)
    with transaction() as session:
        desk.held(session, actor, case_id, None)
        party = session.get(Party, party_id)
        if party is None or party.case_id != case_id:
            raise NotFound()
        name, id_number = desk.words(name, Said("姓名或名称"), 200), id_number.strip().upper()
        before, after = f"{party.name} {party.id_number}", f"{name} {id_number}"
        if before == after:
            raise Invalid("not_corrected")
        party.name, party.id_number = name, id_number
        for gram in grams([name]):
            session.merge(Gram(gram=gram, case_id=case_id))
        draft = Draft(
            case_id,
            Tag.CASE_CORRECTED,
            before={"party": writer.keep_text(session, case_id, before)},
            after={"party": writer.keep_text(session, case_id, after)},
            data={"what": "party", "reason": _reason(session, case_id, reason)},
        )
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


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
            said = yes(value)
            if said is None:
                raise Invalid("kind_unknown", kind=value)
            return said
        case "remark":
            return desk.words(value, Said(FACTS[field]), needed=False)
        case _:
            return desk.words(value, Said(FACTS[field]), 80 if field == "cause" else 200)


def _day(value: str, when: When) -> date:
    try:
        day = date.fromisoformat(value.strip())
    except ValueError as fault:
        raise Invalid("text_needed", what=Said("日期(如 2026-01-05)")) from fault
    if day > when.on:
        raise Invalid("future")
    return day


def _statutory(session: Session, actor: Actor, case: Case, when: When) -> date:
    flow = Flow(session, actor.court_id, when)
    limit = flow.current.statutory_limit(case.cause)
    return clock.due(case.filed_on, limit, flow.calendar, flow.current.rolls).on


def _plain(session: Session, case_id: int, field: str, value: object) -> dict[str, object]:
    if isinstance(value, date):
        return {field: value.isoformat()}
    if isinstance(value, (bool, int)):
        return {field: value}
    return {field: writer.keep_text(session, case_id, str(value))}


def _reason(session: Session, case_id: int, reason: str) -> str:
    return writer.keep_text(session, case_id, desk.words(reason, Said("更正理由")))
