"""When does a door hold? Passwords, lockouts, how long a visit lasts, who shows a second factor.

Pure: the numbers come from the policy's section ``entry``, instants are handed in. That a password
was used before is asked of its hashes by the services.
"""

import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linshu.rules.reading import Reader
from linshu.rules.roles import Role


class Ending(StrEnum):
    """Why a visit is over."""

    LEFT = "left"
    IDLE = "idle"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class EntryRules:
    """The section ``entry`` of a policy. ``password_classes``: how many of lower case, upper case,
    digits and signs; ``former_passwords``: how many are not taken again, the present one apart;
    ``second_factor``: the roles that do not work without one."""

    password_length: int
    password_classes: int
    password_days: int
    former_passwords: int
    one_time_days: int
    failures: int
    locked_minutes: int
    idle_minutes: int
    most_hours: int
    confirmed_minutes: int
    second_factor: tuple[str, ...]


def read_entry(reader: Reader) -> EntryRules:
    """The section ``entry``. The bounds keep a court from opening the door altogether."""
    return EntryRules(
        password_length=reader.number("entry.password_length", 8, 64),
        password_classes=reader.number("entry.password_classes", 1, 4),
        password_days=reader.number("entry.password_days", 1, 365),
        former_passwords=reader.number("entry.former_passwords", 0, 24),
        one_time_days=reader.number("entry.one_time_days", 1, 90),
        failures=reader.number("entry.failures", 1, 10),
        locked_minutes=reader.number("entry.locked_minutes", 1, 1440),
        idle_minutes=reader.number("entry.idle_minutes", 1, 240),
        most_hours=reader.number("entry.most_hours", 1, 24),
        confirmed_minutes=reader.number("entry.confirmed_minutes", 1, 60),
        second_factor=reader.words("entry.second_factor", tuple(map(str, Role))),
    )


_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)


def strong(password: str, rules: EntryRules) -> bool:
    """Long enough and of enough classes; what is no letter of ASCII and no digit is a sign."""
    used = sum(any(c in kind for c in password) for kind in _CLASSES)
    used += any(c not in "".join(_CLASSES) for c in password)
    return len(password) >= rules.password_length and used >= rules.password_classes


def outworn(set_at: datetime, now: datetime, rules: EntryRules) -> bool:
    """Whether a password has been used for longer than it may be: it opens nothing but the page
    that replaces it."""
    return now >= set_at + timedelta(days=rules.password_days)


def forgone(issued_at: datetime, now: datetime, rules: EntryRules) -> bool:
    """Whether a one-time password that nobody used opens nothing any more."""
    return now >= issued_at + timedelta(days=rules.one_time_days)


def lock_ends(now: datetime, rules: EntryRules) -> datetime:
    """Until when a name is locked by a failure that was one too many."""
    return now + timedelta(minutes=rules.locked_minutes)


def ending(
    began_at: datetime, seen_at: datetime, now: datetime, rules: EntryRules
) -> Ending | None:
    """Whether a visit is over by itself: it lasted its hours, or nothing was asked for too long."""
    if now >= began_at + timedelta(hours=rules.most_hours):
        return Ending.EXPIRED
    if now >= seen_at + timedelta(minutes=rules.idle_minutes):
        return Ending.IDLE
    return None


def confirmed(at: datetime | None, now: datetime, rules: EntryRules) -> bool:
    """Whether somebody has said who he is lately enough for a dangerous act."""
    return at is not None and now < at + timedelta(minutes=rules.confirmed_minutes)
