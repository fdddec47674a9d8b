"""Who brought which ledger, and how far is it? Uploads: previewed, confirmed, taken in by a job.

waiting → running → previewed (a dry run, changes nothing) → waiting → running → done; or failed.
The row says what is to be done, so a run that was killed is simply run again.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from linshu.rules.duties import Duty
from linshu.rules.said import Said
from linshu.services import desk
from linshu.services.actor import Actor, actor_of
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from linshu.services.ledgers import LedgerResult, import_ledger, write_rejects
from linshu.services.opening import MOST_FILE_BYTES
from linshu.store import ledgers, uploads
from linshu.store.books import LedgerImport
from linshu.store.db import changed, transaction
from linshu.store.people import Person
from linshu.store.writer import When

__all__ = [
    "LedgerResult",
    "confirm",
    "import_ledger",
    "rejects",
    "run",
    "upload",
    "write_rejects",
]

BROKEN = Said("系统出错,没有导入任何案件。请重试;仍不成功时请告知系统管理员。")


@dataclass(frozen=True, slots=True)
class _Task:
    """What one run has to do."""

    id: int
    actor: Actor
    path: Path
    filename: str
    dry_run: bool
    screen: bool


def upload(actor: Actor, filename: str, stream: IO[bytes], folder: Path, when: When) -> int:
    """Keeps an uploaded ledger in ``folder``, encrypted, and asks for a preview; returns the
    import's id. Invalid for an empty file or one beyond the size limit."""
    actor.needs(Duty.IMPORT)
    name = desk.words(Path(filename.replace("\\", "/")).name, Said("文件名"), 200)
    content = _read(stream)
    with transaction() as session:
        path, digest = uploads.keep(folder, content)
        row = LedgerImport(
            court_id=actor.court_id,
            by_id=actor.person_id,
            filename=name,
            path=str(path),
            digest=digest,
            uploaded_at=when.at,
            business_on=when.on,
            dry_run=True,
            status="waiting",
            result={},
        )
        session.add(row)
        session.flush()
        return row.id


def _read(stream: IO[bytes]) -> bytes:
    content = stream.read(MOST_FILE_BYTES + 1)
    if len(content) > MOST_FILE_BYTES:
        most = MOST_FILE_BYTES >> 20
        raise Invalid("ledger", why=Said("文件超过 {most} MB。", most=most))
    if not content:
        raise Invalid("ledger", why=Said("请选择一个有内容的文件。"))
    return content


def confirm(actor: Actor, import_id: int, screen: bool, when: When) -> None:
    """After the preview its uploader asks for the real thing; ``screen``: with the suggested
    screening confirmed in his name. Conflict when it was asked for already or is not previewed."""
    actor.needs(Duty.IMPORT)
    with transaction() as session:
        row = _row(session, actor, import_id)
        if row.by_id != actor.person_id:
            raise NotAllowed("not_uploader", name=session.get_one(Person, row.by_id).name)
        if row.status != "previewed":
            raise Conflict("import_running")
        row.dry_run, row.screen, row.status = False, screen, "waiting"
        row.progress, row.business_on = 0, when.on


def rejects(actor: Actor, import_id: int, target: IO[bytes]) -> str:
    """Writes the rows that were turned away, with the reason, as a workbook into ``target``;
    returns the name it should carry. NotFound when none was, or the import is not the court's."""
    actor.needs(Duty.IMPORT)
    with transaction() as session:
        row = _row(session, actor, import_id)
        path, filename = Path(row.path), row.filename
        turned_away = {int(n): why for n, why in row.result.get("turned_away", {}).items()}
    if not turned_away or not path.exists():
        raise NotFound()
    write_rejects(uploads.content(path), turned_away, target)
    return f"{Path(filename).stem}-未导入.xlsx"


def _row(session: Session, actor: Actor, import_id: int) -> LedgerImport:
    row = session.scalar(
        select(LedgerImport)
        .where(LedgerImport.id == import_id, LedgerImport.court_id == actor.court_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    return row


# The job -----------------------------------------------------------------------------------------


def run(import_id: int, now: datetime) -> None:
    """Does what the import's row asks for: the preview, or the import in one transaction together
    with the row's own end. Harmless when run again or twice at once: only one run ends the row,
    and the other's work is undone with its transaction."""
    when = When(now, now)
    task = _begin(import_id, when)
    if task is None:
        return
    try:
        _attempt(task, when)
    except _Overtaken:
        return
    except Refused as refusal:
        _fail(task, refusal.said, when)
    except Exception:
        _fail(task, BROKEN, when)
        raise


def _attempt(task: _Task, when: When) -> None:
    """Twice at most: a case that came in from elsewhere meanwhile is a duplicate the next time."""
    try:
        _take_in(task, when)
    except IntegrityError:
        if _begin(task.id, when) is not None:
            _take_in(task, when)


def _take_in(task: _Task, when: When) -> None:
    def progress(done: int, total: int, writing: bool) -> None:
        ledgers.note_progress(task.id, done, total, writing)

    def finish(session: Session, result: LedgerResult) -> None:
        _end(session, task, "previewed" if task.dry_run else "done", result, when)

    how = task.dry_run, task.screen, progress, finish, task.filename
    result = import_ledger(task.actor, uploads.content(task.path), when, *how)
    if task.dry_run:
        with transaction() as session:
            finish(session, result)


def _begin(import_id: int, when: When) -> _Task | None:
    with transaction() as session:
        row = session.get(LedgerImport, import_id, populate_existing=True)
        if row is None or row.status not in ("waiting", "running"):
            return None
        person = session.get_one(Person, row.by_id)
        row.status, row.started_at, row.progress = "running", when.at, 0
        row.business_on = when.on
        actor = actor_of(person)
        return _Task(row.id, actor, Path(row.path), row.filename, row.dry_run, row.screen)


class _Overtaken(Exception):
    """Another run of the same import has ended it: what this one wrote is undone."""


def _end(session: Session, task: _Task, status: str, result: LedgerResult, when: When) -> None:
    ended = (
        update(LedgerImport)
        .where(
            LedgerImport.id == task.id,
            LedgerImport.status == "running",
            LedgerImport.dry_run == task.dry_run,
        )
        .values(status=status, result=_kept(result), finished_at=when.at, failure="")
        .execution_options(synchronize_session=False)
    )
    if changed(session, ended) != 1:
        raise _Overtaken


def _kept(result: LedgerResult) -> dict[str, Any]:
    return result.as_json() | {
        "turned_away": {str(row): why for row, why in result.turned_away.items()},
        "numbers": {str(row): number for row, number in result.numbers.items()},
    }


def _fail(task: _Task, why: Said, when: When) -> None:
    with transaction() as session:
        session.execute(
            update(LedgerImport)
            .where(LedgerImport.id == task.id, LedgerImport.status == "running")
            .values(status="failed", failure=why.dumps(), finished_at=when.at)
            .execution_options(synchronize_session=False)
        )
