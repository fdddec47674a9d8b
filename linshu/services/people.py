"""Who may enter, in which role, in which team? People, their passwords, and teams on and off."""

import re
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules.duties import IN_A_TEAM, ROLE_ZH, Duty, Role
from linshu.rules.policy import TeamKind
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import desk
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.store import writer
from linshu.store.db import transaction
from linshu.store.doors import FormerPassword
from linshu.store.people import Person, Team
from linshu.store.writer import Doer, Draft, When

LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(8))  # so that a wrong name costs as much as a wrong word


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be added. ``team`` by name; needed for the roles that belong to one."""

    login: str
    name: str
    role: str
    team: str | None


def actor_of(person: Person) -> Actor:
    """A person as a plain value."""
    return Actor(person.id, person.login, person.name, person.role, person.team_id, person.court_id)


def actor_by_login(login: str) -> Actor | None:
    """The active person of that login; None when there is none."""
    with transaction() as session:
        found = session.scalar(select(Person).where(Person.login == login, Person.active))
        return actor_of(found) if found else None


def add_people(
    court_id: int, news: Sequence[NewPerson], doer: Doer, when: When
) -> list[tuple[str, str]]:
    """Adds people, all or none; returns (login, one-time password), to be changed at first login.

    Invalid for a bad login, role or team; Conflict for a login that is taken."""
    with transaction() as session:
        return [write(session, court_id, new, doer, when) for new in news]


def add_person(actor: Actor, new: NewPerson, when: When) -> str:
    """The security administrator adds one person; returns the one-time password."""
    actor.needs(Duty.MANAGE_PEOPLE)
    return add_people(actor.court_id, [new], desk.doer(actor), when)[0][1]


def write(
    session: Session, court_id: int, new: NewPerson, doer: Doer, when: When
) -> tuple[str, str]:
    """Adds one person within the caller's transaction; returns login and one-time password."""
    login, name = new.login.strip(), desk.words(new.name, Said("姓名"), 40)
    if not LOGIN.fullmatch(login):
        raise Invalid("login_shape")
    if session.scalar(select(Person.id).where(Person.login == login)):
        raise Conflict("login_taken", login=login)
    role, team = _place(session, court_id, new.role, new.team)
    password = one_time_password()
    session.add(
        Person(
            court_id=court_id,
            login=login,
            name=name,
            role=str(role),
            team_id=team.id if team else None,
            password_hash=_hasher.hash(password),
            created_at=when.at,
        )
    )
    session.flush()
    data = {"login": login, "role": str(role), "team": team.name if team else None}
    draft = Draft(None, Tag.PERSON_ADDED, data, after=data)
    writer.write_trail(session, court_id, [draft], doer, when)
    return login, password


def _place(
    session: Session, court_id: int, role: str, team: str | None
) -> tuple[Role, Team | None]:
    if role not in set(Role):
        raise Invalid("role_unknown", role=role)
    seat = Role(role)
    if seat not in IN_A_TEAM:
        return seat, None
    if not team and seat is Role.CENTRE_STAFF:
        return seat, _only_team(session, court_id, TeamKind.CENTRE)
    if not team and seat is Role.DORMANT_KEEPER:
        return seat, _only_team(session, court_id, TeamKind.DORMANT)
    if not team:
        raise Invalid("team_needed", role=Said(ROLE_ZH[seat]))
    found = session.scalar(select(Team).where(Team.court_id == court_id, Team.name == team))
    if found is None or TeamKind(found.kind).is_post:
        raise Invalid("team_unknown", team=team)
    return seat, found


def _only_team(session: Session, court_id: int, kind: TeamKind) -> Team | None:
    return session.scalar(
        select(Team).where(Team.court_id == court_id, Team.kind == kind).order_by(Team.id)
    )


def one_time_password() -> str:
    """A password that satisfies the rules, to be changed at the first login."""
    letters = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(6))
    upper = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(3))
    return f"{letters}-{upper}{secrets.randbelow(9000) + 1000}"


def enter(login: str, password: str, when: When) -> tuple[Actor, bool]:
    """Checks name and password; returns the actor and whether the password must be changed.

    Invalid ``password_wrong`` for a wrong name and a wrong password alike; both leave a trail."""
    with transaction() as session:
        found = session.scalar(select(Person).where(Person.login == login.strip()))
        fits = _verified(found.password_hash if found else _NOBODY, password)
        entered = found is not None and found.active and fits
        if found is not None:
            tag = Tag.PERSON_ENTERED if entered else Tag.PERSON_ENTRY_REFUSED
            draft = Draft(None, tag, {"login": found.login})
            writer.write_trail(
                session, found.court_id, [draft], Doer(found.login, found.role), when
            )
        outcome = (actor_of(found), found.must_change) if found and entered else None
    if outcome is None:
        raise Invalid("password_wrong")
    return outcome


def _verified(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except VerificationError:
        return False


def note_entry(actor: Actor, when: When) -> None:
    """Leaves the trail of an entry that asked for no password: a demo identity."""
    with transaction() as session:
        draft = Draft(None, Tag.PERSON_ENTERED, {"login": actor.login, "demo": True})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def leave(actor: Actor, when: When) -> None:
    """Leaves the trail of somebody logging out."""
    with transaction() as session:
        draft = Draft(None, Tag.PERSON_LEFT, {"login": actor.login})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def change_password(actor: Actor, old: str, new: str, when: When) -> None:
    """Somebody changes his own password. Invalid when the old one is wrong or the new one weak."""
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        if not _verified(person.password_hash, old):
            raise Invalid("password_wrong")
        if old == new:
            raise Invalid("password_same")
        if not strong(new):
            raise Invalid("password_weak")
        session.add(
            FormerPassword(
                person_id=person.id, password_hash=person.password_hash, replaced_at=when.at
            )
        )
        person.password_hash, person.must_change = _hasher.hash(new), False
        person.password_set_at = when.at
        draft = Draft(None, Tag.PERSON_PASSWORD_CHANGED, {"login": actor.login})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def strong(password: str) -> bool:
    """At least ten characters of three classes (domain.md § 6)."""
    classes = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    used = sum(any(c in kind for c in password) for kind in classes)
    used += any(c not in "".join(classes) for c in password)
    return len(password) >= 10 and used >= 3


def reset_password(actor: Actor, person_id: int, when: When) -> str:
    """The security administrator gives a new one-time password, shown once."""
    actor.needs(Duty.MANAGE_PEOPLE)
    with transaction() as session:
        person = desk.person(session, actor.court_id, person_id)
        password = one_time_password()
        person.password_hash, person.must_change = _hasher.hash(password), True
        draft = Draft(None, Tag.PERSON_PASSWORD_RESET, {"login": person.login})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        return password


def change_person(
    actor: Actor, person_id: int, role: str, team: str | None, active: bool, when: When
) -> None:
    """Role, team, and whether somebody may enter. NotAllowed for oneself."""
    actor.needs(Duty.MANAGE_PEOPLE)
    if person_id == actor.person_id:
        raise NotAllowed("own_place")
    with transaction() as session:
        person = desk.person(session, actor.court_id, person_id)
        before = _described(session, person)
        seat, place = _place(session, actor.court_id, role, team)
        person.role, person.team_id, person.active = str(seat), place.id if place else None, active
        after = _described(session, person)
        if before == after:
            raise Invalid("not_corrected")
        draft = Draft(None, Tag.PERSON_CHANGED, {"login": person.login}, before, after)
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def _described(session: Session, person: Person) -> dict[str, str | bool | None]:
    team = session.get(Team, person.team_id) if person.team_id else None
    return {"role": person.role, "team": team.name if team else None, "active": person.active}


def switch_team(actor: Actor, team_id: int, active: bool, when: When) -> None:
    """The system administrator switches a team off or on; its cases stay where they are, and new
    ones go to others (R8). A post cannot be switched off."""
    actor.needs(Duty.MANAGE_TEAMS)
    with transaction() as session:
        team = session.get(Team, team_id)
        if team is None or team.court_id != actor.court_id:
            raise NotFound()
        if TeamKind(team.kind).is_post:
            raise Invalid("kind_unknown", kind=team.name)
        if team.active == active:
            raise Invalid("not_corrected")
        team.active = active
        tag = Tag.TEAM_SWITCHED_ON if active else Tag.TEAM_SWITCHED_OFF
        draft = Draft(None, tag, {"team": team.name})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
