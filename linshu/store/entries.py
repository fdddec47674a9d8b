"""Which visits are open, which names are locked? What the door reads and counts.

A failure is counted in one statement, so that attempts made at once are counted one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, delete, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as into_postgresql
from sqlalchemy.dialects.sqlite import insert as into_sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from linshu.store.db import Instant, at_once, changed, db
from linshu.store.doors import FormerPassword, Lockout, RecoveryCode, Visit
from linshu.store.people import Person


def locked_until(session: Session, login: str, now: datetime) -> datetime | None:
    """Until when a login name is locked, whoever has it; None while it is not. Holds the row, so
    that nobody is let in beside a failure that is just being counted."""
    query = select(Lockout.locked_until).where(Lockout.login == login).with_for_update()
    until = session.scalar(query)
    return until if until and until > now else None


def count_failure(
    session: Session, login: str, now: datetime, most: int, until: datetime
) -> tuple[int, datetime | None]:
    """Counts one more failure in a row and locks the name ``until`` then when it was the last one
    allowed. After a lock that ran out the count begins anew. Returns the count (0 for a name that
    was locked in between) and the lock."""
    over = and_(Lockout.locked_until.is_not(None), Lockout.locked_until <= now)
    count = case((over, 1), else_=Lockout.failures + 1)
    first = {"failures": 1, "failed_at": now, "locked_until": until if most <= 1 else None}
    lock = case((count >= most, literal(until, Instant)), else_=None)
    postgresql = session.get_bind().dialect.name == "postgresql"
    into = into_postgresql(Lockout) if postgresql else into_sqlite(Lockout)
    counted = into.values(login=login, **first).on_conflict_do_update(
        index_elements=[Lockout.login],
        set_={"failures": count, "failed_at": now, "locked_until": lock},
        where=or_(Lockout.locked_until.is_(None), over),
    )
    returned = counted.returning(Lockout.failures, Lockout.locked_until)
    row = session.execute(returned).first()
    if row is None:  # somebody else's failure has locked it meanwhile
        return 0, locked_until(session, login, now)
    return row.failures, row.locked_until


def forget_failures(session: Session, login: str) -> bool:
    """Lets a name begin at none again; says whether anything was counted or locked."""
    found = session.execute(delete(Lockout).where(Lockout.login == login).returning(Lockout.login))
    return found.first() is not None


def locked(session: Session, court_id: int, now: datetime) -> Sequence[Lockout]:
    """The names that are locked: a court's own people's, and those that nobody has."""
    elsewhere = select(Person.login).where(Person.court_id != court_id)
    query = select(Lockout).where(Lockout.locked_until > now, Lockout.login.not_in(elsewhere))
    return list(session.scalars(query.order_by(Lockout.failed_at.desc())))


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A visit that nobody has ended, and whose it is."""

    visit: Visit
    login: str
    name: str
    role: str


def open_visits(
    session: Session, court_id: int, since: datetime, person_id: int | None = None
) -> list[OpenVisit]:
    """The open visits of a court's people, or of one of them, the newest first. ``since``: those
    seen no later are over, though nobody has come to find it."""
    query = (
        select(Visit, Person.login, Person.name, Person.role)
        .join(Person, Person.id == Visit.person_id)
        .where(Person.court_id == court_id, Visit.ended_at.is_(None), Visit.seen_at > since)
        .order_by(Visit.id.desc())
    )
    if person_id is not None:
        query = query.where(Visit.person_id == person_id)
    return [OpenVisit(*row) for row in session.execute(query)]


def see(visit_id: int, now: datetime) -> None:
    """Writes down that somebody is still there, on a connection of its own and without waiting: a
    page that is only read does not queue behind a sweep or a recompute. While SQLite's one writer
    is at work nothing is written, and the next request tries again."""
    still = update(Visit).where(Visit.id == visit_id, Visit.ended_at.is_(None), Visit.seen_at < now)
    writer = db.engine.execution_options(linshu_write=True)
    with writer.connect() as connection, at_once(connection):
        try:
            with connection.begin():
                connection.execute(still.values(seen_at=now))
        except OperationalError as busy:
            if "locked" not in str(busy.orig):
                raise


def end_visits(
    session: Session,
    person_id: int,
    now: datetime,
    reason: str,
    only: int | None = None,
    but: int | None = None,
) -> int:
    """Ends the open visits of a person, one of them (``only``) or all ``but`` one; how many."""
    ending = update(Visit).where(Visit.person_id == person_id, Visit.ended_at.is_(None))
    if only is not None:
        ending = ending.where(Visit.id == only)
    if but is not None:
        ending = ending.where(Visit.id != but)
    return changed(session, ending.values(ended_at=now, end_reason=reason))


def former_hashes(session: Session, person_id: int, most: int) -> list[str]:
    """The hashes of the last passwords that a person had, the present one apart."""
    query = select(FormerPassword.password_hash).where(FormerPassword.person_id == person_id)
    return list(session.scalars(query.order_by(FormerPassword.id.desc()).limit(most)))


def unused_codes(session: Session, person_id: int) -> list[RecoveryCode]:
    """The recovery codes that still stand in for a person's second factor."""
    mine = select(RecoveryCode).where(RecoveryCode.person_id == person_id)
    return list(session.scalars(mine.where(RecoveryCode.used_at.is_(None))))


def forget_codes(session: Session, person_id: int) -> None:
    """Makes every recovery code of a person void."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
