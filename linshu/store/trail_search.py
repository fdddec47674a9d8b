"""Who did what, in which case, when? The trail, searched: by person, case, kind and date."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from linshu.rules.trail import Tag
from linshu.store.books import TrailEntry
from linshu.store.lists import PAGE, Page
from linshu.store.people import Person
from linshu.store.writer import SYSTEM


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for; what is None or empty asks for nothing. ``chain``: a case's number;
    ``court_only``: the court's own chain (people, policy, exports), no case."""

    logins: tuple[str, ...] | None = None
    chain: str | None = None
    tag: Tag | None = None
    since: date | None = None
    until: date | None = None
    court_only: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One entry: ``entry`` as it was written, with the names its logins stand for."""

    entry: Mapping[str, Any]
    case_id: int | None
    at: datetime
    recorded: datetime
    names: Mapping[str, str]

    def name(self, login: str | None) -> str:
        """The name of a login; the login itself where nobody has it (the command line)."""
        return self.names.get(login or "", login or "")

    @property
    def system(self) -> bool:
        """Whether the system did it by itself; its role is no person's."""
        return bool(self.entry["role"] == SYSTEM)

    @property
    def late(self) -> bool:
        """Whether it was recorded at another minute than it happened in."""
        return self.at.replace(second=0) != self.recorded.replace(second=0)


def search(session: Session, court_id: int, asked: Asked, page: int = 1) -> Page[Found]:
    """A page of the entries asked for, the latest first."""
    where = [TrailEntry.court_id == court_id, *_conditions(asked)]
    total = session.scalars(select(func.count()).select_from(TrailEntry).where(*where)).one()
    page = min(max(1, page), max(1, -(-total // PAGE)))
    query = (
        select(TrailEntry.case_id, TrailEntry.line)
        .where(*where)
        .order_by(TrailEntry.happened_on.desc(), TrailEntry.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    rows = [(case_id, json.loads(line)) for case_id, line in session.execute(query)]
    names = names_in(session, [entry for _case_id, entry in rows])
    return Page(tuple(_found(case_id, entry, names) for case_id, entry in rows), total, page)


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.logins is not None:
        conditions.append(TrailEntry.by.in_(asked.logins))
    if asked.chain is not None:
        conditions.append(TrailEntry.chain == asked.chain)
    if asked.tag is not None:
        conditions.append(TrailEntry.tag == str(asked.tag))
    if asked.since is not None:
        conditions.append(TrailEntry.happened_on >= asked.since)
    if asked.until is not None:
        conditions.append(TrailEntry.happened_on <= asked.until)
    if asked.court_only:
        conditions.append(TrailEntry.case_id.is_(None))
    return conditions


def logins_of(session: Session, court_id: int, said: str) -> tuple[str, ...]:
    """The logins that a search word may mean: the login itself, or everybody whose name has it."""
    named = Person.name.contains(said, autoescape=True)
    query = select(Person.login).where(
        Person.court_id == court_id, or_(Person.login == said, named)
    )
    return tuple(dict.fromkeys([said, *session.scalars(query.order_by(Person.id))]))


def names_in(session: Session, entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The names of everybody the entries name, by login."""
    logins = {login for entry in entries for login in _logins(entry) if login}
    query = select(Person.login, Person.name).where(Person.login.in_(logins))
    return dict(session.execute(query).all())


def _logins(entry: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Everybody an entry names."""
    handlers = (entry["before"].get("handler"), entry["after"].get("handler"))
    return entry["by"], entry["behalf"], *handlers


def _found(case_id: int | None, entry: Mapping[str, Any], names: Mapping[str, str]) -> Found:
    return Found(
        entry,
        case_id,
        datetime.fromisoformat(entry["at"]),
        datetime.fromisoformat(entry["recorded"]),
        names,
    )
