"""Who is away, and who decides in his place meanwhile? (domain.md § 4: a named substitute)

A substitute decides what waits already as well as what comes; both names show.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from linshu.rules.approvals import may_stand_in
from linshu.rules.duties import Duty, Role
from linshu.rules.trail import Tag
from linshu.services import desk, substitutes
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.services.flow import Flow
from linshu.store import absences, alerts, writer
from linshu.store.alerts import Subject
from linshu.store.db import transaction
from linshu.store.people import Absence, Person
from linshu.store.writer import Draft, When


def note(
    actor: Actor, person_id: int, substitute_id: int, first_on: date, last_on: date, when: When
) -> int:
    """Somebody who decides is away, both days included; the substitute is told, and how many
    requests wait already. Whoever decides
    notes his own absence, the security administrator anybody's. Returns the absence's id.

    NotAllowed for somebody else's; Invalid for days that are none or over, and for a substitute who
    may not stand in; Conflict when one is noted for some of the days already."""
    _needs(actor, person_id)
    if last_on < first_on or last_on < when.on:
        raise Invalid("absence_days")
    with transaction() as session:
        person = desk.person(session, actor.court_id, person_id)
        substitute = desk.person(session, actor.court_id, substitute_id)
        fits = may_stand_in(Role(person.role), Role(substitute.role)) and substitute.active
        if not fits or substitute.id == person.id:
            raise Invalid("substitute_unfit", name=substitute.name)
        if known := absences.overlaps(session, person.id, first_on, last_on):
            raise Conflict("absence_known", first=known.first_on, last=known.last_on)
        absence = Absence(
            court_id=actor.court_id,
            person_id=person.id,
            substitute_id=substitute.id,
            first_on=first_on,
            last_on=last_on,
            noted_by=actor.person_id,
            noted_at=when.at,
        )
        session.add(absence)
        session.flush()
        _say(session, actor, absence, Tag.PERSON_AWAY, when)
        about: dict[str, Any] = {"court_id": actor.court_id, "subject": str(Subject.STANDS_IN)}
        waits = substitutes.waiting(Flow(session, actor.court_id, when), person.id)
        about |= {"subject_id": absence.id, "due_on": last_on, "row": str(waits)}
        alerts.tell(session, about, [substitute.id], when.at)
        return absence.id


def end(actor: Actor, absence_id: int, when: When) -> None:
    """Back early: yesterday was the last day; one that has not begun never does. Conflict when it
    is over already."""
    with transaction() as session:
        absence = session.get(Absence, absence_id)
        if absence is None or absence.court_id != actor.court_id:
            raise NotFound()
        _needs(actor, absence.person_id)
        if absence.last_on < when.on:
            raise Conflict("absence_over", last=absence.last_on)
        absence.last_on = when.on - timedelta(days=1)
        session.flush()
        _say(session, actor, absence, Tag.PERSON_BACK, when)


def _needs(actor: Actor, person_id: int) -> None:
    own = person_id == actor.person_id and actor.may(Duty.APPROVE)
    if not own and not actor.may(Duty.MANAGE_PEOPLE):
        raise NotAllowed("not_own_absence")


def _say(session: Session, actor: Actor, absence: Absence, tag: Tag, when: When) -> None:
    data = {
        "person": session.get_one(Person, absence.person_id).login,
        "substitute": session.get_one(Person, absence.substitute_id).login,
        "first_on": absence.first_on.isoformat(),
        "last_on": absence.last_on.isoformat(),
    }
    draft = Draft(None, tag, data)
    writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
