"""Which second factor has somebody? An authenticator he sets up himself, a UKey entered for him."""

import re

from sqlalchemy import select, update

from linshu.rules.duties import ROLE_ZH, Duty, Role
from linshu.rules.entry import Ending
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import attempts, codes, desk, policies, visits
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid, NotAllowed
from linshu.store import entries, vault, writer
from linshu.store.db import transaction
from linshu.store.doors import Visit
from linshu.store.people import Person
from linshu.store.writer import Draft, When

_PURPOSE = "person.totp proposed"
_FINGERPRINT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def propose() -> str:
    """A new secret, sealed: it goes out with the page and comes back with the first code."""
    return vault.seal(codes.new_secret(), _PURPOSE)


def proposed(sealed: str) -> str | None:
    """The secret that was proposed; None for what is none of ours."""
    try:
        return vault.reveal(sealed, _PURPOSE) or None
    except (vault.Unreadable, ValueError):
        return None


def set_up(actor: Actor, visit_id: int, sealed: str, code: str, when: When) -> list[str]:
    """Sets an authenticator up, in place of another, once its code shows that it works; returns the
    recovery codes, to be shown this once. His other visits end. Invalid for a wrong code, which
    counts as a failed attempt, and for a proposal that is none."""
    secret = proposed(sealed)
    if secret is None:
        raise Invalid("factor_stale")
    step = codes.step_of(secret, code.strip(), when)
    shown, hashes = codes.new_codes()
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        refusal = attempts.judged(session, person, step is not None, Invalid("code_wrong"), when)
        if refusal is None:
            person.totp_secret, person.totp_step = secret, step
            codes.keep(session, person.id, hashes)
            session.execute(update(Visit).where(Visit.id == visit_id).values(factored=True))
            entries.end_visits(session, person.id, when.at, Ending.ENDED, but=visit_id)
            entries.forget_failures(session, person.login)
            draft = Draft(None, Tag.PERSON_FACTOR_SET_UP, {"login": person.login})
            writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
    if refusal:
        raise refusal
    return shown


def renew_codes(actor: Actor, when: When) -> list[str]:
    """New recovery codes, shown this once; those there were are void. Conflict without a factor."""
    shown, hashes = codes.new_codes()
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        if not person.totp_secret:
            raise Conflict("factor_missing")
        codes.keep(session, person.id, hashes)
        draft = Draft(None, Tag.PERSON_RECOVERY_RENEWED, {"login": person.login})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
    return shown


def remove(actor: Actor, when: When) -> None:
    """Somebody does without his authenticator. NotAllowed where his role needs it, unless he has a
    certificate; Conflict when he has none."""
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        if not person.totp_secret:
            raise Conflict("factor_missing")
        rules = policies.entry_rules(session, actor.court_id, when)
        if person.role in rules.second_factor and not person.certificate:
            raise NotAllowed("factor_needed", role=Said(ROLE_ZH[Role(person.role)]))
        _clear(person)
        entries.forget_codes(session, person.id)
        draft = Draft(None, Tag.PERSON_FACTOR_REMOVED, {"login": person.login})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def _clear(person: Person) -> None:
    person.totp_secret, person.totp_step = "", None


def reset(actor: Actor, person_id: int, when: When) -> None:
    """The security administrator clears the authenticator that another has lost; whose role needs
    one sets up a new one next. NotAllowed for his own."""
    actor.needs(Duty.MANAGE_PEOPLE)
    if person_id == actor.person_id:
        raise NotAllowed("factor_own")
    with transaction() as session:
        person = desk.person(session, actor.court_id, person_id)
        if not person.totp_secret:
            raise Conflict("factor_missing")
        _clear(person)
        entries.forget_codes(session, person.id)
        draft = Draft(None, Tag.PERSON_FACTOR_RESET, {"login": person.login})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        visits.turn_out(session, person, desk.doer(actor), when)


def plain_fingerprint(said: str) -> str:
    """A certificate's fingerprint as it is compared: lower case, without colons and blanks."""
    return re.sub(r"[\s:]", "", said).lower()


def set_certificate(actor: Actor, person_id: int, fingerprint: str, when: When) -> None:
    """The security administrator enters the fingerprint of another's UKey certificate, or, empty,
    takes it away. NotAllowed for his own."""
    actor.needs(Duty.MANAGE_PEOPLE)
    if person_id == actor.person_id:
        raise NotAllowed("factor_own")
    new = plain_fingerprint(fingerprint)
    if new and not _FINGERPRINT.fullmatch(new):
        raise Invalid("fingerprint")
    with transaction() as session:
        person = desk.person(session, actor.court_id, person_id)
        if person.certificate == new:
            raise Invalid("not_corrected")
        taken = select(Person.login).where(Person.certificate == new, Person.id != person_id)
        if new and (login := session.scalar(taken)):
            raise Conflict("fingerprint_taken", login=login)
        before, person.certificate = {"certificate": person.certificate or None}, new
        after = {"certificate": new or None}
        draft = Draft(None, Tag.PERSON_CERTIFICATE, {"login": person.login}, before, after)
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        visits.turn_out(session, person, desk.doer(actor), when)
