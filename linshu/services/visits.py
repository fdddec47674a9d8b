"""Who is inside? A visit begins at the door, is looked up at every request, and ends.

The cookie holds a random token, the database its digest: whoever reads the database enters nowhere.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from linshu.rules import entry
from linshu.rules.duties import Duty
from linshu.rules.entry import Ending
from linshu.rules.trail import Tag
from linshu.services import desk, policies
from linshu.services.actor import Actor, actor_of
from linshu.services.errors import NotFound
from linshu.store import entries, writer
from linshu.store.db import changed, db, transaction
from linshu.store.doors import Visit
from linshu.store.people import Person
from linshu.store.writer import Doer, Draft, When

#: How often it is written down that somebody is still there.
SEEN_EVERY = timedelta(minutes=1)
_TAGS = {Ending.IDLE: Tag.VISIT_IDLE, Ending.EXPIRED: Tag.VISIT_EXPIRED}


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody comes from: address, browser, the fingerprint of a client certificate."""

    address: str = ""
    agent: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Inside:
    """Somebody whose visit holds. ``must_change``: his password opens nothing but its replacement;
    ``shows_factor``: he has a second factor (``has_code``: one of codes) and has not shown it;
    ``sets_factor``: his role needs one and he has none; ``confirmed``: he proved who he is lately
    enough for a dangerous act."""

    actor: Actor
    visit_id: int
    must_change: bool
    outworn: bool
    has_code: bool
    shows_factor: bool
    sets_factor: bool
    confirmed: bool
    demo: bool


def open_visit(
    session: Session, person: Person, door: Door, when: When, factored: bool, demo: bool = False
) -> str:
    """Writes a visit down within the caller's transaction; returns its token."""
    token = secrets.token_urlsafe(32)
    waits = not factored and has_factor(person)
    session.add(
        Visit(
            token_digest=_digest(token),
            person_id=person.id,
            began_at=when.at,
            seen_at=when.at,
            factored=factored,
            demo=demo,
            confirmed_at=None if waits else when.at,
            address=door.address[:60],
            agent=door.agent[:200],
        )
    )
    return token


def has_factor(person: Person) -> bool:
    """Whether somebody has a second factor: an authenticator that was set up, or a certificate."""
    return bool(person.totp_secret or person.certificate)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def look(token: str, when: When) -> Inside | Ending | None:
    """Who is inside by this token; why he is not any more; None for a token nobody was given.

    A visit that was idle or has lasted its time ends here; one that goes on is seen."""
    session = db.session()
    query = select(Visit, Person).join(Person, Person.id == Visit.person_id)
    found = session.execute(query.where(Visit.token_digest == _digest(token))).first()
    if found is None:
        return None
    visit, person = found
    if visit.ended_at is not None or not person.active:
        return Ending(visit.end_reason or Ending.ENDED)
    rules = policies.entry_rules(session, person.court_id, when)
    over = entry.ending(visit.began_at, visit.seen_at, when.at, rules)
    if over is not None:
        _expire(visit.id, person.id, over, when)
        return over
    inside = _inside(visit, person, rules, when)
    if visit.seen_at <= when.at - SEEN_EVERY:
        entries.see(visit.id, when.at)
    return inside


def _inside(visit: Visit, person: Person, rules: entry.EntryRules, when: When) -> Inside:
    outworn = entry.outworn(person.password_set_at or person.created_at, when.at, rules)
    owed = not (visit.factored or visit.demo)
    return Inside(
        actor=actor_of(person),
        visit_id=visit.id,
        must_change=(person.must_change or outworn) and not visit.demo,
        outworn=outworn and not person.must_change,
        has_code=bool(person.totp_secret),
        shows_factor=owed and has_factor(person),
        sets_factor=owed and not has_factor(person) and person.role in rules.second_factor,
        confirmed=visit.demo or entry.confirmed(visit.confirmed_at, when.at, rules),
        demo=visit.demo,
    )


def _expire(visit_id: int, person_id: int, why: Ending, when: When) -> None:
    with transaction() as session:
        if entries.end_visits(session, person_id, when.at, why, only=visit_id):
            person = session.get_one(Person, person_id)
            draft = Draft(None, _TAGS[why], {"login": person.login})
            writer.write_trail(session, person.court_id, [draft], Doer(), when)


def leave(actor: Actor, visit_id: int, when: When) -> None:
    """Somebody goes; the token opens nothing any more."""
    with transaction() as session:
        entries.end_visits(session, actor.person_id, when.at, Ending.LEFT, only=visit_id)
        draft = Draft(None, Tag.PERSON_LEFT, {"login": actor.login})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def end(actor: Actor, visit_id: int, when: When) -> None:
    """Ends one visit: one's own, or anybody's of the court by the security administrator. NotFound
    for another's, and for one that is over."""
    with transaction() as session:
        visit = session.get(Visit, visit_id)
        person = session.get_one(Person, visit.person_id) if visit else None
        if person is None or not _may_end(actor, person):
            raise NotFound()
        if not entries.end_visits(session, person.id, when.at, Ending.ENDED, only=visit_id):
            raise NotFound()
        told_ended(session, person, 1, desk.doer(actor), when)


def _may_end(actor: Actor, person: Person) -> bool:
    if person.id == actor.person_id:
        return True
    return actor.may(Duty.MANAGE_PEOPLE) and person.court_id == actor.court_id


def end_others(actor: Actor, visit_id: int, when: When) -> int:
    """Ends all of one's visits but this one; returns how many."""
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        count = entries.end_visits(session, person.id, when.at, Ending.ENDED, but=visit_id)
        told_ended(session, person, count, desk.doer(actor), when)
        return count


def told_ended(session: Session, person: Person, count: int, doer: Doer, when: When) -> None:
    """Leaves the trail of visits that were ended, if there were any."""
    if count:
        draft = Draft(None, Tag.VISITS_ENDED, {"login": person.login, "count": count})
        writer.write_trail(session, person.court_id, [draft], doer, when)


def turn_out(session: Session, person: Person, doer: Doer, when: When) -> None:
    """Ends every visit of a person whose place, password or factor was changed by another."""
    count = entries.end_visits(session, person.id, when.at, Ending.ENDED)
    told_ended(session, person, count, doer, when)


def prove(session: Session, visit_id: int, now: datetime) -> bool:
    """Keeps on the visit that who is there was proved, with the second factor where there is one;
    False when the visit is over."""
    still = update(Visit).where(Visit.id == visit_id, Visit.ended_at.is_(None))
    return changed(session, still.values(confirmed_at=now)) == 1
