"""Who looked at which case, searched for whom, took what away? The reading log, searched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from linshu.rules.looks import Kind
from linshu.store.books import Reading
from linshu.store.cases import Case
from linshu.store.lists import PAGE, Page
from linshu.store.people import Person

#: How many are counted, and so the last that can be turned to. Every page view is a row: to count
#: them all for one page of them would cost more than the page.
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for; what is None asks for nothing. ``case_id`` 0: a case there is not."""

    logins: tuple[str, ...] | None = None
    case_id: int | None = None
    kind: Kind | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One look, with the name of who looked and the number of the case."""

    reading: Reading
    name: str | None
    number: str | None


def search(session: Session, court_id: int, asked: Asked, page: int = 1) -> Page[Found]:
    """A page of the looks asked for, the latest first; of the latest ``COUNTED``."""
    where = [Reading.court_id == court_id, *_conditions(asked)]
    some = select(Reading.id).where(*where).limit(COUNTED).subquery()
    total = session.scalars(select(func.count()).select_from(some)).one()
    page = min(max(1, page), max(1, -(-total // PAGE)))
    latest = _with_names().where(*where).order_by(Reading.read_on.desc(), Reading.id.desc())
    found = session.execute(latest.limit(PAGE).offset((page - 1) * PAGE))
    return Page(tuple(Found(one, name, number) for one, name, number in found), total, page)


def of_case(session: Session, case_id: int) -> Sequence[Found]:
    """Everybody who looked at one case, in order."""
    query = _with_names().where(Reading.case_id == case_id).order_by(Reading.id)
    return [Found(one, name, number) for one, name, number in session.execute(query)]


def case_of(session: Session, court_id: int, number: str) -> int:
    """The case of that number; 0 for none."""
    query = select(Case.id).where(Case.court_id == court_id, Case.number == number)
    return session.scalar(query) or 0


def _with_names() -> Select[Reading, str, str]:
    return (
        select(Reading, Person.name, Case.number)
        .outerjoin(Person, Person.login == Reading.by)
        .outerjoin(Case, Case.id == Reading.case_id)
    )


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.logins is not None:
        conditions.append(Reading.by.in_(asked.logins))
    if asked.case_id is not None:
        conditions.append(Reading.case_id == asked.case_id)
    if asked.kind is not None:
        conditions.append(Reading.kind == str(asked.kind))
    if asked.since is not None:
        conditions.append(Reading.read_on >= asked.since)
    if asked.until is not None:
        conditions.append(Reading.read_on <= asked.until)
    return conditions
