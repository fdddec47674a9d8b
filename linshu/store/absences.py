"""Who is away, and who decides in his place?"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from linshu.rules.approvals import Sitting
from linshu.rules.duties import Role, Seat
from linshu.store.people import Absence, Person


def sitting(session: Session, own: Seat, on: date) -> Sitting:
    """Somebody's own seat, and those of the absent whose substitute he is on that day."""
    query = (
        select(Person.id, Person.role, Person.team_id)
        .join(Absence, Absence.person_id == Person.id)
        .where(Absence.substitute_id == own.person_id, Person.active)
        .where(Absence.first_on <= on, Absence.last_on >= on)
        .order_by(Absence.id)
    )
    seats = (Seat(id_, Role(role), team_id) for id_, role, team_id in session.execute(query))
    return Sitting(own, tuple(dict.fromkeys(seats)))


def substitutes(session: Session, person_ids: Collection[int], on: date) -> list[int]:
    """Who stands in on a day for those of these people who are away."""
    query = (
        select(Absence.substitute_id)
        .join(Person, Person.id == Absence.substitute_id)
        .where(Absence.person_id.in_(person_ids), Person.active)
        .where(Absence.first_on <= on, Absence.last_on >= on)
        .distinct()
        .order_by(Absence.substitute_id)
    )
    return list(session.scalars(query))


def of_court(session: Session, court_id: int, on: date) -> list[tuple[Absence, Person, Person]]:
    """The absences that go on or are to come, with the absent and the substitute, by first day."""
    absent, substitute = aliased(Person), aliased(Person)
    query = (
        select(Absence, absent, substitute)
        .join(absent, absent.id == Absence.person_id)
        .join(substitute, substitute.id == Absence.substitute_id)
        .where(Absence.court_id == court_id, Absence.last_on >= on)
        .order_by(Absence.first_on, Absence.id)
    )
    return [(away, who, other) for away, who, other in session.execute(query)]


def overlaps(session: Session, person_id: int, first_on: date, last_on: date) -> Absence | None:
    """An absence of this person that shares a day with these."""
    query = select(Absence).where(
        Absence.person_id == person_id, Absence.first_on <= last_on, Absence.last_on >= first_on
    )
    return session.scalars(query.limit(1)).first()
