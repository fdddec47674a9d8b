"""Who is acting? A person as a plain value, detached from the database."""

from dataclasses import dataclass

from linshu.rules.duties import Duty, Role, Seat, may
from linshu.services.errors import NotAllowed
from linshu.store.people import Person


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who has entered, in the role they act in."""

    person_id: int
    login: str
    name: str
    role: str
    team_id: int | None
    court_id: int

    @property
    def seat(self) -> Seat:
        return Seat(self.person_id, Role(self.role), self.team_id)

    def may(self, duty: Duty) -> bool:
        return may(self.role, duty)

    def needs(self, duty: Duty) -> None:
        """NotAllowed unless the role has the duty."""
        if not self.may(duty):
            raise NotAllowed("duty", duty=str(duty))


def actor_of(person: Person) -> Actor:
    """A person as a plain value."""
    return Actor(person.id, person.login, person.name, person.role, person.team_id, person.court_id)
