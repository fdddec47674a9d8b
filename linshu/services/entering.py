"""Who comes in? Name and password, and what is asked again before a dangerous act."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from linshu.rules import entry
from linshu.rules.trail import Tag
from linshu.services import attempts, codes, desk, passwords, policies, visits
from linshu.services.actor import Actor, actor_of
from linshu.services.errors import Invalid
from linshu.services.visits import Door
from linshu.store import entries, writer
from linshu.store.db import db, transaction
from linshu.store.doors import Visit
from linshu.store.people import Person
from linshu.store.writer import Doer, Draft, When

LONGEST_LOGIN = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who came in, and the token of his visit."""

    actor: Actor
    token: str


def enter(login: str, password: str, door: Door, when: When) -> Entry:
    """Checks name and password and begins a visit, at which a second factor may still be owed.

    Invalid ``password_wrong`` for a wrong name and a wrong password alike, ``login_locked`` after
    too many of them, ``one_time_old`` for a one-time password that was left lying."""
    name = login.strip()[:LONGEST_LOGIN]
    kept = db.session().scalar(select(Person.password_hash).where(Person.login == name))
    fits = passwords.fits(kept or passwords.NOBODY, password)
    with transaction() as session:
        person = session.scalar(select(Person).where(Person.login == name))
        right = fits and person is not None and person.active and person.password_hash == kept
        found = _let_in(session, person, name, right, door, when)
    if isinstance(found, Invalid):
        raise found
    return found


def _let_in(
    session: Session, person: Person | None, name: str, right: bool, door: Door, when: When
) -> Entry | Invalid:
    wrong = Invalid("password_wrong")
    if person is None:
        return attempts.counted(session, name, None, False, wrong, when) or wrong
    tag = Tag.PERSON_ENTRY_REFUSED
    refusal = attempts.judged(session, person, right, wrong, when, tag)
    if refusal is None and _forgone(session, person, when):
        refusal = Invalid("one_time_old")
        draft = Draft(None, tag, {"login": person.login})
        doer = Doer(person.login, person.role)
        writer.write_trail(session, person.court_id, [draft], doer, when)
    return refusal or _begin(session, person, door, when)


def _forgone(session: Session, person: Person, when: When) -> bool:
    rules = policies.entry_rules(session, person.court_id, when)
    issued = person.password_set_at or person.created_at
    return person.must_change and entry.forgone(issued, when.at, rules)


def _begin(session: Session, person: Person, door: Door, when: When) -> Entry:
    by_key = codes.is_certificate(person, door.certificate)
    token = visits.open_visit(session, person, door, when, factored=by_key)
    if by_key or not visits.has_factor(person):  # else a wrong code still counts with what was
        entries.forget_failures(session, person.login)
    facts = {"login": person.login} | ({"certificate": door.certificate} if by_key else {})
    draft = Draft(None, Tag.PERSON_ENTERED, facts)
    writer.write_trail(session, person.court_id, [draft], Doer(person.login, person.role), when)
    return Entry(actor_of(person), token)


def enter_demo(person_id: int, door: Door, when: When) -> Entry:
    """Lets in an identity of the demo, which proves nothing; the visit says so."""
    with transaction() as session:
        person = session.get_one(Person, person_id)
        token = visits.open_visit(session, person, door, when, factored=False, demo=True)
        actor = actor_of(person)
        draft = Draft(None, Tag.PERSON_ENTERED, {"login": actor.login, "demo": True})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        return Entry(actor, token)


def show_code(actor: Actor, visit_id: int, code: str, when: When) -> None:
    """Somebody shows his second factor, or a recovery code in its place: now he is in. Invalid when
    it is wrong or was taken before, which counts as a failed attempt."""
    shown = codes.recognised(actor.person_id, code, when)
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        right = shown is not None and codes.take(session, person, shown, when)
        refusal = attempts.judged(session, person, right, Invalid("code_wrong"), when)
        if refusal is None:
            session.execute(update(Visit).where(Visit.id == visit_id).values(factored=True))
            visits.prove(session, visit_id, when.at)
            entries.forget_failures(session, person.login)
            tag = Tag.PERSON_RECOVERY_USED if shown and shown.code_id else Tag.PERSON_FACTOR_SHOWN
            left = len(entries.unused_codes(session, person.id))
            draft = Draft(None, tag, {"login": person.login, "left": left})
            writer.write_trail(session, person.court_id, [draft], desk.doer(actor), when)
    if refusal:
        raise refusal


def confirm(actor: Actor, visit_id: int, password: str, code: str, door: Door, when: When) -> None:
    """Somebody inside says again who he is: by his password, and his second factor where he has
    one. Invalid when either is wrong, which counts as a failed attempt."""
    kept = db.session().get_one(Person, actor.person_id).password_hash
    fits = passwords.fits(kept, password)
    shown = codes.recognised(actor.person_id, code, when)
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        right = fits and person.password_hash == kept
        if right and person.totp_secret and not codes.is_certificate(person, door.certificate):
            right = shown is not None and codes.take(session, person, shown, when)
        refusal = attempts.judged(session, person, right, Invalid("confirm_wrong"), when)
        if refusal is None:
            visits.prove(session, visit_id, when.at)
            entries.forget_failures(session, person.login)
            draft = Draft(None, Tag.PERSON_CONFIRMED, {"login": person.login})
            writer.write_trail(session, person.court_id, [draft], desk.doer(actor), when)
    if refusal:
        raise refusal
