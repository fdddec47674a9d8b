"""In whose name does a job go on? In that of who asked, while he is where he asked."""

from sqlalchemy.orm import Session

from linshu.services.actor import Actor, actor_of
from linshu.services.errors import NotAllowed
from linshu.store.people import Person


def asker(session: Session, person_id: int, team_id: int | None) -> Actor:
    """Whoever asked for a piece of work, as he stands now. NotAllowed when he has been switched
    off, or works in another team than the one he asked in."""
    person = session.get_one(Person, person_id, populate_existing=True)
    if not person.active:
        raise NotAllowed("asker_gone", name=person.name)
    if person.team_id != team_id:
        raise NotAllowed("asker_moved", name=person.name)
    return actor_of(person)
