"""Is this the password, and may it become one? Hashes (argon2), one-time passwords, changes.

Hashes are compared before a transaction begins: they are slow on purpose, and nobody else should
wait for them. What was compared is looked at again inside.
"""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules import entry
from linshu.rules.entry import Ending, EntryRules
from linshu.rules.trail import Tag
from linshu.services import attempts, desk, policies
from linshu.services.actor import Actor
from linshu.services.errors import Invalid
from linshu.store import entries, writer
from linshu.store.db import db, transaction
from linshu.store.doors import FormerPassword
from linshu.store.people import Person
from linshu.store.writer import Draft, When

_hasher = PasswordHasher()
#: So that a wrong name costs as much as a wrong word.
NOBODY = _hasher.hash(secrets.token_hex(8))


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether a password is the one that was kept."""
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def one_time() -> str:
    """A password that satisfies the rules, to be changed at the first login."""
    letters = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(6))
    upper = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(3))
    return f"{letters}-{upper}{secrets.randbelow(9000) + 1000}"


def replace(session: Session, person: Person, kept: str, once: bool, when: When) -> None:
    """Puts a new hash in the place of the present one, which is remembered."""
    session.add(
        FormerPassword(person_id=person.id, password_hash=person.password_hash, replaced_at=when.at)
    )
    person.password_hash, person.must_change, person.password_set_at = kept, once, when.at


def change(actor: Actor, old: str, new: str, visit_id: int, when: When) -> None:
    """Somebody changes his own password; his other visits end. Invalid when the old one is wrong,
    which counts as a failed attempt, or the new one is weak or was his before."""
    rules = policies.entry_rules(db.session(), actor.court_id, when)
    seen = db.session().scalars(select(Person).where(Person.id == actor.person_id)).one()
    before = seen.password_hash
    right = fits(before, old)
    fault = _fault(actor, old, new, rules) if right else None
    kept = hashed(new)
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        right = right and person.password_hash == before
        wrong = Invalid("password_wrong")
        refusal = attempts.judged(session, person, right, wrong, when) or fault
        if refusal is None:
            replace(session, person, kept, False, when)
            entries.end_visits(session, person.id, when.at, Ending.ENDED, but=visit_id)
            draft = Draft(None, Tag.PERSON_PASSWORD_CHANGED, {"login": actor.login})
            writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
    if refusal:
        raise refusal


def _fault(actor: Actor, old: str, new: str, rules: EntryRules) -> Invalid | None:
    if old == new:
        return Invalid("password_same")
    if not entry.strong(new, rules):
        return Invalid(
            "password_weak", length=rules.password_length, classes=rules.password_classes
        )
    former = entries.former_hashes(db.session(), actor.person_id, rules.former_passwords)
    if any(fits(kept, new) for kept in former):
        return Invalid("password_former", most=rules.former_passwords)
    return None
