"""Which integrity checks ran, and what did they find? The inspections, the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from linshu.store.books import Inspection
from linshu.store.lists import PAGE, Page
from linshu.store.people import Person

Findings = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Run:
    """An inspection with the name of who asked for it (None: no person of this court)."""

    row: Inspection
    by: str | None

    @property
    def wrong(self) -> Mapping[str, Mapping[str, Any]]:
        """The rules that found something, with what they found."""
        return {key: one for key, one in self.row.findings.items() if one["count"]}


def runs(session: Session, court_id: int, page: int = 1) -> Page[Run]:
    """The inspections of a court, those too that wait."""
    where = Inspection.court_id == court_id
    total = session.scalars(select(func.count()).select_from(Inspection).where(where)).one()
    page = min(max(1, page), max(1, -(-total // PAGE)))
    query = _runs(court_id).limit(PAGE).offset((page - 1) * PAGE)
    return Page(tuple(Run(*row) for row in session.execute(query)), total, page)


def one(session: Session, court_id: int, inspection_id: int | None = None) -> Run | None:
    """One that has run; None as number: the newest."""
    query = _runs(court_id).where(Inspection.ran_at.is_not(None))
    if inspection_id is not None:
        query = query.where(Inspection.id == inspection_id)
    found = session.execute(query.limit(1)).one_or_none()
    return Run(*found) if found else None


def _runs(court_id: int) -> Any:
    return (
        select(Inspection, Person.name)
        .outerjoin(Person, Person.login == Inspection.by)
        .where(Inspection.court_id == court_id)
        .order_by(Inspection.id.desc())
    )


def last_nightly(session: Session, court_id: int) -> Inspection | None:
    """The newest that nobody asked for."""
    query = select(Inspection).where(Inspection.court_id == court_id, Inspection.by == "")
    return session.scalar(query.order_by(Inspection.id.desc()).limit(1))


def waiting_ids(session: Session, court_id: int | None = None) -> list[int]:
    """The inspections that were asked for and have not run: of a court, or of all."""
    query = select(Inspection.id).where(Inspection.ran_at.is_(None)).order_by(Inspection.id)
    if court_id is not None:
        query = query.where(Inspection.court_id == court_id)
    return list(session.scalars(query))
