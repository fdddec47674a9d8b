"""Who handles it? Members claim within the team; after two working days the lead assigns."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from linshu.rules.duties import Duty, Role, Seat, holds
from linshu.rules.said import Said
from linshu.rules.stages import STAGE_ZH, Stage
from linshu.rules.trail import Tag
from linshu.services import countdowns, desk
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, Invalid, NotFound
from linshu.services.flow import Flow
from linshu.store import queries, writer
from linshu.store.cases import Stint
from linshu.store.countdowns import handler_before
from linshu.store.db import changed, transaction
from linshu.store.people import Person
from linshu.store.writer import Draft, When


def claim(actor: Actor, case_id: int, seen_seq: int | None, when: When) -> None:
    """The actor takes an unclaimed case of his team. One conditional statement decides a race.

    Conflict ``claimed`` with who has it and since when; NotAllowed outside the team."""
    actor.needs(Duty.CLAIM)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        if not _take(session, found.stint.id, actor.person_id, when.at):
            raise _claimed(session, found)
        draft = Draft(case_id, Tag.CASE_CLAIMED, after={"handler": actor.login}, data=_where(found))
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        before = handler_before(session, case_id, found.stint.seq)
        flow = Flow(session, actor.court_id, when)
        countdowns.handled(flow, case_id, actor.person_id, before, desk.doer(actor))


def claim_next(actor: Actor, when: When) -> int:
    """Claims the unclaimed case of the actor's team that is due first; returns its id.

    NotFound ``nothing_to_claim`` when there is none."""
    actor.needs(Duty.CLAIM)
    while (case_id := next_unclaimed(actor)) is not None:
        try:
            claim(actor, case_id, None, when)
        except Conflict:
            continue  # somebody was faster: the next one, then
        return case_id
    raise NotFound("nothing_to_claim")


def next_unclaimed(actor: Actor) -> int | None:
    """The unclaimed case of the actor's teams that is due first: what a loser is offered."""
    with transaction() as session:
        mine = queries.own_team_ids(session, actor.court_id, actor.role, actor.team_id)
        return session.scalar(
            select(Stint.case_id)
            .where(
                Stint.team_id.in_(mine),
                Stint.ended_on.is_(None),
                Stint.handler_id.is_(None),
                Stint.stage != Stage.INTAKE,
            )
            .order_by(Stint.due_on.asc().nulls_last(), Stint.id)
            .limit(1)
        )


def assign(actor: Actor, case_id: int, seen_seq: int, to_person_id: int, when: When) -> None:
    """The lead gives a case of his team to one of its members: unclaimed for two working days, or
    claimed already and now changing hands.

    NotAllowed unless he leads the team; Invalid for somebody outside it, or before the claim
    period has run out."""
    actor.needs(Duty.ASSIGN)
    with transaction() as session:
        found = desk.led(session, actor, case_id, seen_seq)
        chosen = desk.person(session, actor.court_id, to_person_id)
        seat = Seat(chosen.id, Role(chosen.role), chosen.team_id)
        if not chosen.active or not holds(seat, found.holder) or chosen.role == Role.CLERK:
            raise Invalid("not_in_team", name=chosen.name, team=Said(found.team.name))
        flow = Flow(session, actor.court_id, when)
        days = flow.current.claim_days
        if found.stint.handler_id is None and when.on <= claimable_until(
            flow, found.stint.started_on
        ):
            raise Conflict("not_waiting", days=days)
        before_id = found.stint.handler_id or handler_before(session, case_id, found.stint.seq)
        before = _login(session, found.stint.handler_id)
        found.stint.handler_id, found.stint.handled_since = chosen.id, when.at
        draft = Draft(
            case_id,
            Tag.CASE_ASSIGNED,
            before={"handler": before},
            after={"handler": chosen.login},
            data=_where(found),
        )
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        countdowns.handled(flow, case_id, chosen.id, before_id, desk.doer(actor))


def claimable_until(flow: Flow, started_on: date) -> date:
    """The last day on which members claim; after it the lead assigns (domain.md § 1)."""
    return flow.calendar.add_working_days(started_on, flow.current.claim_days)


def _take(session: Session, stint_id: int, person_id: int, at: datetime) -> bool:
    taken = (
        update(Stint)
        .where(Stint.id == stint_id, Stint.handler_id.is_(None), Stint.ended_on.is_(None))
        .values(handler_id=person_id, handled_since=at)
        .execution_options(synchronize_session=False)
    )
    return changed(session, taken) == 1


def _claimed(session: Session, found: Held) -> Conflict:
    handler = session.get(Person, found.stint.handler_id)
    since = found.stint.handled_since
    return Conflict(
        "claimed",
        handler_id=found.stint.handler_id,
        handler=handler.name if handler else "—",
        since=f"{since:%Y-%m-%d %H:%M}" if since else "—",
    )


def _login(session: Session, person_id: int | None) -> str | None:
    found = session.get(Person, person_id) if person_id else None
    return found.login if found else None


def _where(found: Held) -> dict[str, str | int]:
    return {
        "stage": str(found.stint.stage),
        "stage_zh": STAGE_ZH[Stage(found.stint.stage)],
        "team": found.team.name,
        "stint": found.stint.seq,
    }
