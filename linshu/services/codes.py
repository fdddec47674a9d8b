"""Is this the code? One of an authenticator (TOTP), each taken once, or a recovery code.

SHA-1, six digits, thirty seconds: what the authenticator apps in use understand (RFC 6238).
"""

import base64
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from linshu.store import entries
from linshu.store.db import changed, db
from linshu.store.doors import RecoveryCode
from linshu.store.people import Person
from linshu.store.writer import When

STEP, DIGITS, SECRET = 30, 6, 20  # seconds, digits, bytes
WINDOW = (0, -1, 1)  # a telephone's clock may be a step off
CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
#: Ten random letters need no slow hash to be safe; ten slow hashes would make a login slow.
_hasher = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)


def new_secret() -> str:
    """The secret of a new authenticator, as one would type it in (base32)."""
    return base64.b32encode(secrets.token_bytes(SECRET)).decode()


def _machine(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP)


def address(secret: str, login: str, issuer: str) -> str:
    """What the QR code says (otpauth://…)."""
    return _machine(secret).get_provisioning_uri(login, issuer)


def step_of(secret: str, code: str, when: When) -> int | None:
    """The time step whose code this is, at most one off; None for another."""
    now, machine = int(when.at.timestamp()) // STEP, _machine(secret)
    for step in (now + off for off in WINDOW):
        if hmac.compare_digest(machine.generate(step * STEP), code.encode()):
            return step
    return None


@dataclass(frozen=True, slots=True)
class Shown:
    """A code that was recognised: the time step of an authenticator's, or a recovery code's id."""

    step: int | None = None
    code_id: int | None = None


def recognised(person_id: int, said: str, when: When) -> Shown | None:
    """Whose code it is that somebody typed; looks at the database before a transaction begins."""
    session = db.session()
    person, said = session.get_one(Person, person_id), re.sub(r"[\s-]", "", said).lower()
    if not person.totp_secret:
        return None
    if re.fullmatch(rf"[0-9]{{{DIGITS}}}", said):
        step = step_of(person.totp_secret, said, when)
        return None if step is None else Shown(step=step)
    if not re.fullmatch(rf"[{_ALPHABET}]{{10}}", said):
        return None
    for one in entries.unused_codes(session, person_id):
        if _fits(one.code_hash, said):
            return Shown(code_id=one.id)
    return None


def _fits(kept: str, said: str) -> bool:
    try:
        return _hasher.verify(kept, said)
    except VerificationError:
        return False


def take(session: Session, person: Person, shown: Shown, when: When) -> bool:
    """Takes a code, once; False when somebody was quicker, or a later one was taken."""
    if shown.code_id is not None:
        unused = (RecoveryCode.id == shown.code_id) & RecoveryCode.used_at.is_(None)
        used = update(RecoveryCode).where(unused).values(used_at=when.at)
        return changed(session, used) == 1
    later = or_(Person.totp_step.is_(None), Person.totp_step < shown.step)
    mine = update(Person).where(Person.id == person.id, Person.totp_secret != "", later)
    return changed(session, mine.values(totp_step=shown.step)) == 1


def new_codes() -> tuple[list[str], list[str]]:
    """Ten recovery codes to be shown once, and what is kept of them."""
    plain = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(CODES)]
    return [f"{one[:5]}-{one[5:]}" for one in plain], [_hasher.hash(one) for one in plain]


def keep(session: Session, person_id: int, hashes: Sequence[str]) -> None:
    """Puts new recovery codes in the place of all that there were."""
    entries.forget_codes(session, person_id)
    session.add_all(RecoveryCode(person_id=person_id, code_hash=one) for one in hashes)


def is_certificate(person: Person, fingerprint: str) -> bool:
    """Whether the client certificate that was shown is the person's."""
    return bool(person.certificate) and hmac.compare_digest(person.certificate, fingerprint)
