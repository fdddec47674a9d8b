"""What do imports read and note? Cases already there, uploads of a court, how far a run is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from linshu.rules.ledger import Facts
from linshu.store.books import LedgerImport
from linshu.store.cases import Case, Party
from linshu.store.db import db
from linshu.store.lists import Page
from linshu.store.people import Person

_AT_ONCE = 1000


def existing_facts(session: Session, court_id: int, numbers: Iterable[str]) -> Mapping[str, Facts]:
    """What is known of those cases of the court that are there already, by canonical number."""
    wanted = sorted(set(numbers))
    found: dict[str, Facts] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        found |= _facts(session, court_id, wanted[start : start + _AT_ONCE])
    return found


def _facts(session: Session, court_id: int, numbers: Sequence[str]) -> dict[str, Facts]:
    query = select(Case.id, Case.number, Case.filed_on, Case.claim_fen).where(
        Case.court_id == court_id, Case.number.in_(numbers)
    )
    cases = session.execute(query).all()
    parties: dict[int, list[tuple[str, str, str]]] = {case.id: [] for case in cases}
    written = (
        select(Party.case_id, Party.role, Party.name, Party.id_number)
        .where(Party.case_id.in_(list(parties)))
        .order_by(Party.id)
    )
    for case_id, role, name, id_number in session.execute(written) if parties else ():
        parties[case_id].append((role, name, id_number))
    return {
        case.number: Facts(
            case.filed_on,
            case.claim_fen,
            tuple(name for role, name, _ in parties[case.id] if role == "applicant"),
            tuple((name, id_) for role, name, id_ in parties[case.id] if role == "debtor"),
        )
        for case in cases
    }


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload with the name of who brought it."""

    row: LedgerImport
    by_name: str


def uploads(session: Session, court_id: int, page: int, size: int) -> Page[Upload]:
    """A page of the court's uploads, the newest first."""
    mine = LedgerImport.court_id == court_id
    total = session.scalars(select(func.count()).select_from(LedgerImport).where(mine)).one()
    page = min(max(1, page), max(1, -(-total // size)))
    query = (
        select(LedgerImport, Person.name)
        .join(Person, Person.id == LedgerImport.by_id)
        .where(mine)
        .order_by(LedgerImport.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    found = tuple(Upload(row, name) for row, name in session.execute(query))
    return Page(found, total, page, size)


def upload(session: Session, court_id: int, import_id: int) -> Upload | None:
    """One upload of the court, as it stands now."""
    query = (
        select(LedgerImport, Person.name)
        .join(Person, Person.id == LedgerImport.by_id)
        .where(LedgerImport.id == import_id, LedgerImport.court_id == court_id)
        .execution_options(populate_existing=True)
    )
    found = session.execute(query).one_or_none()
    return Upload(*found) if found else None


def note_progress(import_id: int, done: int, total: int, writing: bool = False) -> None:
    """Says how far a run is, on a connection of its own, so that it shows before the run ends.

    While the run is ``writing``, SQLite has one writer and that is the run: nothing is noted."""
    if writing and db.engine.dialect.name == "sqlite":
        return
    writer = db.engine.execution_options(linshu_write=True)
    with writer.begin() as connection:
        connection.execute(
            update(LedgerImport)
            .where(LedgerImport.id == import_id, LedgerImport.status == "running")
            .values(progress=done, total=total)
        )
