"""Who brought which results of network searches, and how far are they? Looked through, then landed.

waiting → running → previewed (nothing is changed) → waiting → running → done; or failed. The row
says what is to be done, so that a run that was killed is simply run again.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from linshu.rules import findings as rules
from linshu.rules.duties import Duty
from linshu.rules.findings import REASONS_ZH
from linshu.rules.masking import masked
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.rules.transitions import Undecidable, undecided
from linshu.services import desk, findings, workbook
from linshu.services.actor import Actor
from linshu.services.asker import asker
from linshu.services.batches import may_search
from linshu.services.csv_file import read_csv
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from linshu.services.findings import Fit, Judged
from linshu.services.flow import Flow
from linshu.services.sheets import Layout, Sheet, read_sheet
from linshu.store import findings as store
from linshu.store import uploads, writer
from linshu.store.db import changed, transaction
from linshu.store.findings import FindingFile
from linshu.store.people import Person
from linshu.store.writer import Draft, When

MOST_BYTES = 16 * 2**20
MOST_ROWS = 20_000
LAYOUT = Layout(
    rules.heading,
    {field: names[0] for field, names in rules.HEADINGS.items()},
    rules.REQUIRED,
    instead=rules.INSTEAD,
)
log = logging.getLogger(__name__)
#: The database is not there, or busy with others.
_AWAY = (OperationalError, InterfaceError)
BROKEN_CASE = Said("系统出错,这一件没有导入。请重试;仍不成功时请告知系统管理员。")
BROKEN = Said("系统出错,没有全部导入。已导入的不会重复,请重试;仍不成功时请告知系统管理员。")


def read_results(content: bytes) -> Sheet:
    """The rows of a file of results: a workbook, or CSV. LedgerFault when it is neither, lacks a
    column, is empty of headings, or too large."""
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return read_sheet(content, LAYOUT, MOST_ROWS, rules.is_left_out)
    return read_csv(content, LAYOUT, MOST_ROWS, rules.is_left_out)


def upload(actor: Actor, filename: str, stream: IO[bytes], folder: Path, when: When) -> int:
    """Keeps a file in ``folder``, encrypted, and asks for it to be looked through; returns its id.
    NotAllowed for a team that does not search for many; Invalid for an empty file or one beyond the
    size limit."""
    actor.needs(Duty.RECORD)
    name = desk.words(Path(filename.replace("\\", "/")).name, Said("文件名"), 200)
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid("ledger", why=Said("文件超过 {most} MB。", most=MOST_BYTES >> 20))
    if not content:
        raise Invalid("ledger", why=Said("请选择一个有内容的文件。"))
    with transaction() as session:
        if not may_search(session, actor):
            raise NotAllowed("not_searcher")
        path, digest = uploads.keep(folder, content)
        row = FindingFile(
            court_id=actor.court_id,
            team_id=actor.team_id,
            by_id=actor.person_id,
            filename=name,
            path=str(path),
            digest=digest,
            status="waiting",
            result={},
            uploaded_at=when.at,
        )
        session.add(row)
        session.flush()
        return row.id


def confirm(actor: Actor, file_id: int) -> None:
    """After it was looked through its bringer lets it land. Conflict when it is not at that point,
    NotAllowed for another."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        row = _row(session, actor, file_id)
        if row.by_id != actor.person_id:
            raise NotAllowed("not_uploader", name=session.get_one(Person, row.by_id).name)
        if row.status != "previewed":
            raise Conflict("import_running")
        row.landing, row.status, row.progress = True, "waiting", 0


def rejects(actor: Actor, file_id: int, target: IO[bytes]) -> str:
    """Writes the rows that were turned away, with the reasons, as a workbook into ``target``;
    returns the name it should carry. NotFound where none was, or the file is not the team's."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        row = _row(session, actor, file_id)
        path, filename = Path(row.path), row.filename
        away = {
            int(n): str(Said.loads(why)) for n, why in row.result.get("turned_away", {}).items()
        }
    if not away or not path.exists():
        raise NotFound()
    workbook.write_rejects(target, read_results(uploads.content(path)), away)
    return f"{Path(filename).stem}-未导入.xlsx"


def _row(session: Session, actor: Actor, file_id: int) -> FindingFile:
    where = store.of_team(actor.court_id, actor.person_id, actor.team_id)
    found = store.one(session, where, file_id)
    if found is None:
        raise NotFound()
    session.refresh(found.row, with_for_update=True)
    return found.row


# The job -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Task:
    """What one run has to do."""

    id: int
    court_id: int
    team_id: int | None
    by_id: int
    path: Path
    filename: str
    landing: bool


def run(file_id: int, now: datetime) -> None:
    """Does what the file's row asks for: looks it through, or lets it land case by case. Harmless
    when run again or twice at once: what has landed does nothing again, and one run ends the row.
    """
    when = When(now, now)
    task = _begin(file_id)
    if task is None:
        return
    try:
        _through(task, when)
    except Refused as refusal:
        _fail(task, refusal.said, when)
    except _AWAY:
        raise  # not the file's fault: the next run goes on with it
    except Exception:
        _fail(task, BROKEN, when)
        raise


def _begin(file_id: int) -> _Task | None:
    with transaction() as session:
        row = session.get(FindingFile, file_id, populate_existing=True)
        if row is None or row.status not in ("waiting", "running"):
            return None
        row.status = "running"
        who = (row.id, row.court_id, row.team_id, row.by_id)
        return _Task(*who, Path(row.path), row.filename, row.landing)


def _through(task: _Task, when: When) -> None:
    sheet = read_results(uploads.content(task.path))
    with transaction() as session:
        actor = asker(session, task.by_id, task.team_id)
        actor.needs(Duty.RECORD)
        judged = findings.judged(session, actor, sheet, when.on)
    away = {row: _said(why) for row, why in judged.turned_away.items()}
    if task.landing:
        _land_all(task, judged, away, when)
    with transaction() as session:
        _end(session, actor, task, sheet, judged, away, when)


def _said(why: Sequence[str]) -> Said:
    reasons = [Said(REASONS_ZH[one]) for one in why]
    return reasons[0] if len(reasons) == 1 else Said("{why}", why=reasons)


def _land_all(task: _Task, judged: Judged, away: dict[int, Said], when: When) -> None:
    """Case by case; what is refused for a case is told at each of its rows, and blocks no other."""
    cases = judged.by_case()
    for done, (case_id, fits) in enumerate(cases):
        _note(task, done, len(cases))
        if why := _land(task, case_id, fits, when):
            for fit in fits:
                away[fit.finding.row] = why
                judged.numbers[fit.finding.row] = fit.finding.number


def _note(task: _Task, done: int, total: int) -> None:
    with transaction(aside=True) as session:
        session.execute(
            update(FindingFile)
            .where(FindingFile.id == task.id, FindingFile.status == "running")
            .values(progress=done, total=total)
            .execution_options(synchronize_session=False)
        )


def _land(task: _Task, case_id: int, fits: Sequence[Fit], when: When) -> Said | None:
    try:
        with transaction() as session:
            actor = asker(session, task.by_id, task.team_id)
            flow = Flow(session, task.court_id, when)
            findings.land(flow, actor, case_id, fits, task.id)
    except Refused as refusal:
        return refusal.said
    except Undecidable as why:
        return undecided(why.code)
    except _AWAY:
        raise
    except Exception:
        log.exception("case %s of results %s", case_id, task.id)
        return BROKEN_CASE
    return None


def _end(
    session: Session,
    actor: Actor,
    task: _Task,
    sheet: Sheet,
    judged: Judged,
    away: Mapping[int, Said],
    when: When,
) -> None:
    things, nothing = store.of_file(session, task.id)
    if not task.landing:
        things = sum(1 for fit in judged.fits if fit.finding.kind)
        nothing = len(judged.fits) - things
    result: dict[str, Any] = {
        "rows": len(sheet.rows),
        "cases": len({fit.case_id for fit in judged.fits}),
        "things": things,
        "nothing": nothing,
        "again": len(sheet.rows) - things - nothing - len(away),
        "turned_away": {str(row): why.dumps() for row, why in sorted(away.items())},
        # What stands in the wrong column may be a person's number.
        "numbers": {str(row): masked(judged.numbers[row]) for row in sorted(away)},
    }
    ended = (
        update(FindingFile)
        .where(FindingFile.id == task.id, FindingFile.status == "running")
        .where(FindingFile.landing == task.landing)
        .values(status="done" if task.landing else "previewed", result=result)
        .values(finished_at=when.at, failure="")
        .execution_options(synchronize_session=False)
    )
    if changed(session, ended) == 1 and task.landing:
        counts = {name: result[name] for name in ("things", "nothing", "again")}
        data = {"file": task.filename, "findings": task.id, **counts, "rejected": len(away)}
        draft = Draft(None, Tag.FINDINGS_LANDED, data)
        writer.write_trail(session, task.court_id, [draft], desk.doer(actor), when)


def _fail(task: _Task, why: Said, when: When) -> None:
    with transaction() as session:
        session.execute(
            update(FindingFile)
            .where(FindingFile.id == task.id, FindingFile.status == "running")
            .values(status="failed", failure=why.dumps(), finished_at=when.at)
            .execution_options(synchronize_session=False)
        )
