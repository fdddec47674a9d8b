"""What was done, when did it happen, who says so? Actions, and money that came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from linshu.rules import money
from linshu.rules.duties import Duty, Holder, holds
from linshu.rules.kinds import (
    ACTS_AS,
    APPLICANT,
    ARCHIVED,
    INTEREST,
    MONEY,
    PAID,
    PAYEES,
    RECEIPT,
    UNTIL,
)
from linshu.rules.kinds import KINDS as KINDS  # the one table, whoever asks for it here or there
from linshu.rules.said import Said
from linshu.rules.stages import TeamKind
from linshu.rules.trail import Tag
from linshu.services import countdowns, dates, desk
from linshu.services.actor import Actor
from linshu.services.errors import Invalid, NotFound
from linshu.services.flow import Flow
from linshu.store import queries, writer
from linshu.store.cases import Action, Case, Stint
from linshu.store.db import SHANGHAI, transaction
from linshu.store.people import Person, Team
from linshu.store.writer import Draft, When


@dataclass(frozen=True, slots=True)
class NewAction:
    """An action to be recorded. ``happened_at`` is aware; ``amount_fen``: money that came in or was
    paid out, or interest; ``until_on``: the end that a document names; ``about_id``: the countdown
    that it meets, where it could meet several; ``payee``: to whom a pay-out went, the applicant
    where nothing is said."""

    kind: str
    text: str
    happened_at: datetime
    amount_fen: int = 0
    behalf_id: int | None = None
    until_on: date | None = None
    about_id: int | None = None
    payee: str = ""

    @property
    def paid_to(self) -> str:
        """To whom money went; nobody where none was paid out."""
        return self.payee or (APPLICANT if self.kind == PAID else "")


def record(actor: Actor, case_id: int, seen_seq: int | None, new: NewAction, when: When) -> int:
    """Records an action in a case that the actor's team holds; returns its id.

    For two working days after a move the giving team may still record what happened before it,
    marked late (R16). NotAllowed otherwise; Invalid for the future, for a time before filing, for
    money without an amount, for what the actor has recorded already, word for word."""
    with transaction() as session:
        flow = Flow(session, actor.court_id, when)
        return record_within(flow, actor, case_id, seen_seq, new).id


def record_within(
    flow: Flow,
    actor: Actor,
    case_id: int,
    seen_seq: int | None,
    new: NewAction,
    data: Mapping[str, Any] | None = None,
) -> Action:
    """As ``record``, within the caller's transaction; ``data``: what its entry says besides."""
    actor.needs(Duty.RECORD)
    session, when = flow.session, flow.when
    case, team, late = _writable(session, actor, case_id, seen_seq, new.happened_at, when)
    check(case, new, when)
    _once(session, actor, case_id, new)
    behalf = behalf_of(session, actor, new.behalf_id)
    action = add(session, actor, case, team, new, late, when)
    change_sums(case, new)
    draft = Draft(
        case_id,
        Tag.CASE_RECORDED_LATE if late else Tag.CASE_RECORDED,
        after=sums_of(case),
        data={**said(action, team), **(data or {})},
        at=new.happened_at,
    )
    doer = desk.doer(actor, behalf.login if behalf else None)
    writer.write_trail(session, actor.court_id, [draft], doer, when)
    countdowns.happened(flow, [event_of(action, new)], doer)
    return action


def sums_of(case: Case) -> dict[str, int]:
    """The running sums of a case, as the trail says them."""
    names = ("recovered_fen", "paid_fen", "interest_fen", "diverted_fen")
    return {name: getattr(case, name) for name in names}


#: Which running sum an action of a kind adds to.
SUMS = {RECEIPT: "recovered_fen", PAID: "paid_fen", INTEREST: "interest_fen"}


def change_sums(case: Case, new: NewAction, old: Action | None = None) -> None:
    """Moves the running sums of a case along with an action, in place of an ``old`` one if it is a
    correction. Invalid when more would be paid out than came in."""
    sums = sums_of(case)
    payees = {1: new.paid_to, -1: old.payee if old else ""}
    for one, sign in ((old, -1), (new, 1)):
        if one is not None and one.kind in SUMS:
            sums[SUMS[one.kind]] += sign * one.amount_fen
            if payees[sign] not in ("", APPLICANT):
                sums["diverted_fen"] += sign * one.amount_fen
    if why := money.refusal(sums["recovered_fen"], sums["paid_fen"]):
        raise Invalid("amount", why=why)
    for name, fen in sums.items():
        setattr(case, name, fen)


def event_of(action: Action, new: NewAction) -> countdowns.Event:
    """What the countdowns are told of an action."""
    return countdowns.Event(
        action.case_id,
        ACTS_AS.get(action.kind, action.kind),
        new.happened_at,
        action.id,
        new.until_on,
        new.about_id,
    )


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
    if case.closed_on is None and not _holds(session, actor, case_id):
        given = _just_given(session, actor, case_id, happened_at, when)
        if given:
            return case, given, True
    found = desk.held(session, actor, case_id, seen_seq)
    return found.case, found.team, False


def _holds(session: Session, actor: Actor, case_id: int) -> bool:
    stint = queries.open_stint(session, case_id)
    team = session.get(Team, stint.team_id) if stint else None
    return bool(team and holds(actor.seat, Holder(team.id, TeamKind(team.kind), team.parent_id)))


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


def check(case: Case, new: NewAction, when: When) -> None:
    """Invalid for an action that cannot be: of no kind, without words, in the future, before
    filing, with money where none belongs or none where it does."""
    if new.kind not in KINDS:
        raise Invalid("kind_unknown", kind=new.kind)
    if new.kind == ARCHIVED and case.closed_on is None:
        raise Invalid("archive_open")
    desk.words(new.text, Said("发生了什么"))
    if new.happened_at > when.at:
        raise Invalid("future")
    if new.happened_at < datetime.combine(case.filed_on, time.min, SHANGHAI):
        raise Invalid("before_filing", on=case.filed_on)
    _check_amount(new)
    if new.until_on is not None and new.kind not in UNTIL:
        raise Invalid("until_unused")
    if new.until_on is None and new.kind in UNTIL:
        raise Invalid("until_needed", name=Said(KINDS[new.kind]))


def _check_amount(new: NewAction) -> None:
    if new.amount_fen < 0:
        raise Invalid("amount", why=Said("不能为负"))
    if (new.kind in MONEY) != (new.amount_fen > 0):
        raise Invalid("amount", why=Said("到账、案款发放、迟延履行利息须填写金额,其他行为不填金额"))
    if new.payee and (new.kind != PAID or new.payee not in PAYEES):
        raise Invalid("payee_unused")


def _once(session: Session, actor: Actor, case_id: int, new: NewAction) -> None:
    """A form sent twice must not count the money twice."""
    newer = aliased(Action)
    same = select(Action.recorded_at).where(
        Action.case_id == case_id,
        Action.by_id == actor.person_id,
        Action.kind == new.kind,
        Action.text == desk.words(new.text, Said("发生了什么")),
        Action.amount_fen == new.amount_fen,
        Action.happened_at == new.happened_at,
        Action.until_on.is_not_distinct_from(new.until_on),
        Action.payee == new.paid_to,
        ~select(newer.id).where(newer.corrects_id == Action.id).exists(),
    )
    if recorded_at := session.scalar(same):
        raise Invalid("recorded_already", since=f"{recorded_at:%Y-%m-%d %H:%M}")


def behalf_of(session: Session, actor: Actor, person_id: int | None) -> Person | None:
    """代录: for whom one records, somebody of the same team; None for oneself."""
    if person_id is None or person_id == actor.person_id:
        return None
    other = desk.person(session, actor.court_id, person_id)
    if other.team_id != actor.team_id or not other.active:
        raise Invalid("not_in_team", name=other.name, team=Said("本团队"))
    return other


def add(
    session: Session,
    actor: Actor,
    case: Case,
    team: Team,
    new: NewAction,
    late: bool,
    when: When,
    corrects_id: int | None = None,
    holding_id: int | None = None,
) -> Action:
    """Writes one action within the caller's transaction."""
    action = Action(
        case_id=case.id,
        team_id=team.id,
        kind=new.kind,
        text=desk.words(new.text, Said("发生了什么")),
        amount_fen=new.amount_fen,
        payee=new.paid_to,
        until_on=new.until_on,
        happened_at=new.happened_at,
        recorded_at=when.at,
        by_id=actor.person_id,
        behalf_id=new.behalf_id,
        late=late,
        corrects_id=corrects_id,
        holding_id=holding_id,
    )
    session.add(action)
    session.flush()
    return action


def said(action: Action, team: Team) -> dict[str, str | int | None]:
    """What the trail says of an action."""
    payee: dict[str, str | int | None] = {"payee": action.payee} if action.payee else {}
    return payee | {
        "action": action.id,
        "kind": action.kind,
        "kind_zh": KINDS[action.kind],
        "amount_fen": action.amount_fen,
        "until_on": dates.iso(action.until_on),
        "team": team.name,
        "text": writer.digest_of(action.text),
    }
