"""Who may enter, in which role, in which team? People, and teams on and off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from linshu.rules.duties import IN_A_TEAM, ROLE_ZH, Duty, Role
from linshu.rules.said import Said
from linshu.rules.stages import TeamKind
from linshu.rules.trail import Tag
from linshu.services import desk, passwords, visits
from linshu.services.actor import Actor, actor_of
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.store import writer
from linshu.store.db import transaction
from linshu.store.people import Person, Team
from linshu.store.writer import Doer, Draft, When

LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be added. ``team`` by name; needed for the roles that belong to one."""

    login: str
    name: str
    role: str
    team: str | None


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
    password = passwords.one_time()
    session.add(
        Person(
            court_id=court_id,
            login=login,
            name=name,
            role=str(role),
            team_id=team.id if team else None,
            password_hash=passwords.hashed(password),
            created_at=when.at,
            password_set_at=when.at,
        )
    )
    try:
        session.flush()
    except IntegrityError as taken:  # somebody else was quicker
        raise Conflict("login_taken", login=login) from taken
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


def reset_password(actor: Actor, person_id: int, when: When) -> str:
    """The security administrator gives a new one-time password, shown once; whoever is inside with
    the old one is out."""
    actor.needs(Duty.MANAGE_PEOPLE)
    password = passwords.one_time()
    kept = passwords.hashed(password)
    with transaction() as session:
        person = desk.person(session, actor.court_id, person_id)
        passwords.replace(session, person, kept, True, when)
        draft = Draft(None, Tag.PERSON_PASSWORD_RESET, {"login": person.login})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        visits.turn_out(session, person, desk.doer(actor), when)
        return password


def change_person(
    actor: Actor, person_id: int, role: str, team: str | None, active: bool, when: When
) -> None:
    """Role, team, and whether somebody may enter; his visits end. NotAllowed for oneself."""
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
        visits.turn_out(session, person, desk.doer(actor), when)


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
