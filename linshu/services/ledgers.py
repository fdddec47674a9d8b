"""How does a court's ledger come in? Read, judged row by row, and written whole or not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sqlalchemy.orm import Session

from linshu.rules import ledger, trail
from linshu.rules.duties import Duty
from linshu.rules.ledger import GoodRow, RejectedRow, Verdicts
from linshu.rules.masking import masked
from linshu.rules.trail import Tag
from linshu.rules.transitions import Undecidable, undecided
from linshu.services import desk, filing, workbook
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, NotAllowed
from linshu.services.filing import NewCase, NewParty
from linshu.services.flow import Flow
from linshu.services.opening import content_of
from linshu.services.workbook import Sheet
from linshu.store import ledgers, writer
from linshu.store.db import db, transaction
from linshu.store.people import Court
from linshu.store.writer import Draft, When

CHUNK = 1000
RowWhy = dict[str, Any]
#: Told how many steps are done, of how many, and whether the database is being written to.
Progress = Callable[[int, int, bool], None]
Rows = Sequence[GoodRow | RejectedRow]


@dataclass(frozen=True, slots=True)
class LedgerResult:
    """What became of a ledger. ``rejected``, ``duplicates`` and ``warned`` list {row, why}.

    ``imported``: how many cases came in, or would have come in a dry run; claims in fen.
    ``turned_away``: row -> why in Chinese; ``numbers``: row -> its case number as far as known."""

    imported: int
    claim_fen_total: int
    rejected: list[RowWhy]
    duplicates: list[RowWhy]
    warned: list[RowWhy]
    turned_away: Mapping[int, str] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The five figures that ``flask import-ledger --json`` prints."""
        return {
            "imported": self.imported,
            "claim_fen_total": self.claim_fen_total,
            "rejected": self.rejected,
            "duplicates": self.duplicates,
            "warned": self.warned,
        }


def _unheard(_done: int, _total: int, _writing: bool) -> None:
    """Nobody asked how far it is."""


def import_ledger(
    actor: Actor,
    source: Path | bytes,
    when: When,
    dry_run: bool = False,
    screen: bool = False,
    progress: Progress = _unheard,
    finish: Callable[[Session, LedgerResult], None] | None = None,
    name: str = "",
) -> LedgerResult:
    """Reads a ledger and takes its good rows in, in one transaction: all of them or none.

    Cases enter intake on ``when.on``; ``screen`` also confirms each suggested screening in the
    actor's name. A dry run changes nothing. ``finish`` writes along in the same transaction;
    ``name``: what its bringer calls the file, where that is not the path's name.
    NotAllowed without the duty; Invalid (LedgerFault) for a file that cannot be read, or a future
    day; Conflict when no team can take the cases."""
    if not actor.may(Duty.IMPORT):
        raise NotAllowed("not_importer", login=actor.login)
    desk.not_in_future(when)
    content = source if isinstance(source, bytes) else content_of(source)
    name = source.name if isinstance(source, Path) else name
    sheet = workbook.read_ledger(content)
    rows = _read(sheet, actor.court_id, when, progress)
    if dry_run:
        return _result(_judged(db.session(), actor.court_id, rows))
    with transaction() as session:
        verdicts = _judged(session, actor.court_id, rows)
        _write(session, actor, verdicts, when, screen, progress, len(rows))
        result = _result(verdicts)
        _note(session, actor, name, content, result, when)
        if finish:
            finish(session, result)
        return result


def write_rejects(
    source: Path | bytes, turned_away: Mapping[int, str], target: str | Path | IO[bytes]
) -> int:
    """Writes the rows of a ledger that were turned away as a workbook of the same
    columns and a reason; returns how many."""
    return workbook.write_rejects(target, workbook.read_ledger(source), turned_away)


def _read(sheet: Sheet, court_id: int, when: When, progress: Progress) -> Rows:
    code = db.session.get_one(Court, court_id).code
    read = list[GoodRow | RejectedRow]()
    for done, (row, cells) in enumerate(sheet.rows):
        if done % CHUNK == 0:
            progress(done, len(sheet.rows), False)
        read.append(ledger.read_row(sheet.named(cells), row, when.on, code, sheet.date1904))
    progress(len(read), len(read), False)
    return read


def _judged(session: Session, court_id: int, rows: Rows) -> Verdicts:
    numbers = [row.number.text for row in rows if isinstance(row, GoodRow)]
    return ledger.verdicts(rows, ledgers.existing_facts(session, court_id, numbers))


def _write(
    session: Session,
    actor: Actor,
    verdicts: Verdicts,
    when: When,
    screen: bool,
    progress: Progress,
    read: int,
) -> None:
    flow = Flow(session, actor.court_id, when)
    news, doer = [_new_case(row) for row in verdicts.good], desk.doer(actor)
    try:
        for start in range(0, len(news), CHUNK):
            progress(read + start, read + len(news), True)
            chunk = news[start : start + CHUNK]
            filing.file_many(flow, chunk, doer, Tag.CASE_IMPORTED, screen)
    except Undecidable as why:
        raise Conflict("cannot_decide", why=undecided(why.code)) from why


def _new_case(row: GoodRow) -> NewCase:
    return NewCase(
        row.number,
        row.cause,
        row.filed_on,
        [NewParty(name) for name in row.applicants],
        [NewParty(debtor.name, debtor.id_number) for debtor in row.debtors],
        row.basis,
        row.claim_fen,
        row.preserved,
        row.cooperative,
        former_handler=row.handler,
        remark=row.remark,
    )


def _result(verdicts: Verdicts) -> LedgerResult:
    numbers = {row.row: row.number.text for row in verdicts.good}
    numbers |= {row.row: row.number.text for row in verdicts.duplicates}
    # What stands in the wrong column may be a person's number.
    numbers |= {row.row: masked(row.written) for row in verdicts.rejected}
    warned = [{"row": row, "why": why} for row, why in verdicts.warned]
    told = {*verdicts.turned_away, *(row for row, _ in verdicts.warned)}
    return LedgerResult(
        len(verdicts.good),
        verdicts.claim_fen_total,
        [{"row": row.row, "why": row.why} for row in verdicts.rejected],
        [{"row": row.row, "why": row.why} for row in verdicts.duplicates],
        warned,
        verdicts.turned_away,
        {row: numbers[row] for row in sorted(told)},
    )


def _note(
    session: Session, actor: Actor, name: str, content: bytes, result: LedgerResult, when: When
) -> None:
    """The court's trail says that a ledger came in, and from which bytes."""
    data = {
        "file": name,
        "digest": f"{writer.algorithm()}:{trail.digest(writer.algorithm(), content)}",
        "imported": result.imported,
        "claim_fen_total": result.claim_fen_total,
        "rejected": len(result.rejected),
        "duplicates": len(result.duplicates),
        "warned": len(result.warned),
    }
    drafts = [Draft(None, Tag.LEDGER_IMPORTED, data)]
    writer.write_trail(session, actor.court_id, drafts, desk.doer(actor), when)
