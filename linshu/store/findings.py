"""Which results of network searches came back by file, and what has landed of them?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from linshu.store.cases import Case, Party, Stint
from linshu.store.db import Base, Instant
from linshu.store.lists import PAGE, Page
from linshu.store.people import Person, Team
from linshu.store.work import Holding

_AT_ONCE = 1000


class FindingFile(Base):
    """A file of results: what is to be done with it and how far it is. ``status``: waiting →
    running → previewed → waiting (``landing``) → running → done; or failed. The file itself is kept
    encrypted (``store.uploads``)."""

    __tablename__ = "finding_files"
    __table_args__ = (Index("ix_finding_files_team", "court_id", "team_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    filename: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(400))
    digest: Mapped[str] = mapped_column(String(64))
    landing: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(12), index=True)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    failure: Mapped[str] = mapped_column(Text, default="")
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class Finding(Base):
    """One row of results that has landed on its case, known again by its ``digest``.
    ``holding_id``: the thing that was found; none where nothing was."""

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("case_id", "digest"),
        Index("ix_findings_file", "file_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("finding_files.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    digest: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(20))
    searched_on: Mapped[date]
    holding_id: Mapped[int | None] = mapped_column(ForeignKey("holdings.id"))
    landed_at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True, slots=True)
class Known:
    """A case of the court as far as results are to be matched with it. ``team``: who holds it, None
    for a closed one; debtors as (row, name, identity number)."""

    case_id: int
    filed_on: date
    team: Team | None
    debtors: tuple[tuple[int, str, str], ...]


def known(session: Session, court_id: int, numbers: Iterable[str]) -> dict[str, Known]:
    """What is known of the court's cases of these numbers, by number."""
    wanted = sorted(set(numbers))
    found: dict[str, Known] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        found |= _known(session, court_id, wanted[start : start + _AT_ONCE])
    return found


def _known(session: Session, court_id: int, numbers: Sequence[str]) -> dict[str, Known]:
    query = (
        select(Case.id, Case.number, Case.filed_on, Team)
        .outerjoin(Stint, (Stint.case_id == Case.id) & Stint.ended_on.is_(None))
        .outerjoin(Team, Team.id == Stint.team_id)
        .where(Case.court_id == court_id, Case.number.in_(numbers))
    )
    cases = session.execute(query).all()
    debtors: dict[int, list[tuple[int, str, str]]] = {row.id: [] for row in cases}
    parties = select(Party.case_id, Party.id, Party.name, Party.id_number).where(
        Party.case_id.in_(list(debtors)), Party.role == "debtor"
    )
    for case_id, id_, name, id_number in session.execute(parties.order_by(Party.id)):
        debtors[case_id].append((id_, name, id_number))
    return {
        number: Known(id_, filed_on, team, tuple(debtors[id_]))
        for id_, number, filed_on, team in cases
    }


def landed(session: Session, case_ids: Iterable[int]) -> set[tuple[int, str]]:
    """The rows that have landed on these cases, as (case, digest)."""
    wanted, found = sorted(set(case_ids)), set[tuple[int, str]]()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        query = select(Finding.case_id, Finding.digest).where(Finding.case_id.in_(some))
        found |= {(case_id, digest) for case_id, digest in session.execute(query)}
    return found


def of_file(session: Session, file_id: int) -> tuple[int, int]:
    """How many rows of a file have landed: things found, and that nothing was."""
    query = select(func.count(Finding.holding_id), func.count()).where(Finding.file_id == file_id)
    things, rows = session.execute(query).one()
    return things, rows - things


def told_on(session: Session, holding_id: int) -> date | None:
    """The latest day of which results told of a thing."""
    query = select(func.max(Finding.searched_on)).where(Finding.holding_id == holding_id)
    return session.scalar(query)


def things(session: Session, case_id: int) -> list[Holding]:
    """What is known of property in a case, locked, the newest first."""
    query = select(Holding).where(Holding.case_id == case_id).order_by(Holding.id.desc())
    return list(session.scalars(query.with_for_update()))


# Files -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Brought:
    """A file with the name of who brought it."""

    row: FindingFile
    by_name: str


def waiting_ids(session: Session) -> list[int]:
    """Files that nobody has finished with; the tick picks up what was not rung."""
    query = select(FindingFile.id).where(FindingFile.status.in_(["waiting", "running"]))
    return list(session.scalars(query.order_by(FindingFile.id)))


def of_team(court_id: int, person_id: int, team_id: int | None) -> list[ColumnElement[bool]]:
    """Which files somebody sees: his team's; his own where he has no team."""
    own = FindingFile.by_id == person_id if team_id is None else FindingFile.team_id == team_id
    return [FindingFile.court_id == court_id, own]


def page(
    session: Session, where: Sequence[ColumnElement[bool]], number: int, size: int = PAGE
) -> Page[Brought]:
    """A page of the files that somebody sees, the newest first."""
    total = session.scalars(select(func.count()).select_from(FindingFile).where(*where)).one()
    number = min(max(1, number), max(1, -(-total // size)))
    query = (
        select(FindingFile, Person.name)
        .join(Person, Person.id == FindingFile.by_id)
        .where(*where)
        .order_by(FindingFile.id.desc())
        .limit(size)
        .offset((number - 1) * size)
    )
    found = tuple(Brought(row, name) for row, name in session.execute(query))
    return Page(found, total, number, size)


def one(session: Session, where: Sequence[ColumnElement[bool]], file_id: int) -> Brought | None:
    """One of the files that somebody sees, as it stands now."""
    query = (
        select(FindingFile, Person.name)
        .join(Person, Person.id == FindingFile.by_id)
        .where(FindingFile.id == file_id, *where)
        .execution_options(populate_existing=True)
    )
    found = session.execute(query).one_or_none()
    return Brought(*found) if found else None
