"""What does a list look like that somebody takes along? A workbook: masked, marked with his name.

It holds what his screen shows under the same filter, all pages of it, and says whose it is on every
printed page. The trail and the reading log both know of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO

import xlsxwriter
from sqlalchemy.orm import Session

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.masking import masked
from linshu.rules.stages import STAGE_ZH
from linshu.rules.trail import Tag
from linshu.services import desk, readings
from linshu.services.actor import Actor
from linshu.services.checking import hold_still
from linshu.services.errors import Invalid
from linshu.store import writer
from linshu.store.db import db, transaction
from linshu.store.lists import Page, Row
from linshu.store.writer import Draft, When

MOST = 20_000
SIZE = 1000

#: A page of the list, by its number (from 1) and how many rows it has.
Fetch = Callable[[Session, int, int], Page[Row]]
Cell = str | int | float | None

COLUMNS: tuple[tuple[str, int], ...] = (
    ("剩余天数", 9),
    ("案号", 26),
    ("被执行人", 30),
    ("案由", 20),
    ("标的额(元)", 16),
    ("未执行(元)", 16),
    ("阶段", 14),
    ("团队", 14),
    ("承办人", 10),
    ("进入日期", 12),
    ("阶段期限", 12),
    ("法定期限", 12),
    ("状态", 14),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list: its title, the question it answers as the page says it, and where its rows are."""

    title: str
    asked: str
    fetch: Fetch


def export(actor: Actor, wanted: Wanted, target: IO[bytes], when: When, address: str = "") -> int:
    """Writes the whole list into ``target`` (.xlsx); returns how many cases it has.

    NotAllowed without the duty; Invalid for a list of more than MOST cases: half a list would be
    taken for the whole."""
    actor.needs(Duty.EXPORT_LIST)
    with transaction() as session:  # first: what leaves the house has left its trace
        total = wanted.fetch(session, 1, 1).total
        if total > MOST:
            raise Invalid("list_too_long", total=total, most=MOST)
        named = " ".join(part for part in (wanted.title, masked(wanted.asked)) if part)
        data = {"file": file_name(wanted, when), "list": named, "cases": total}
        draft = Draft(None, Tag.LIST_EXPORTED, data)
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        words = f"{named} · {total}"
        readings.add(session, actor, Kind.EXPORT, when, words=words, address=address)
    session = db.session()
    session.rollback()
    hold_still(session)  # all pages are of one moment, and nobody who writes waits for them
    first = wanted.fetch(session, 1, SIZE)
    _write(target, actor, wanted, first.total, _rows(session, wanted, first), when)
    session.rollback()
    return first.total


def file_name(wanted: Wanted, when: When) -> str:
    """What the workbook is called; the trail calls it the same."""
    return f"{wanted.title}-{when.at:%Y%m%d-%H%M%S}.xlsx"


def _rows(session: Session, wanted: Wanted, first: Page[Row]) -> Iterator[Row]:
    yield from first.rows
    for number in range(2, first.pages + 1):
        yield from wanted.fetch(session, number, SIZE).rows


def _write(
    target: IO[bytes], actor: Actor, wanted: Wanted, total: int, rows: Iterator[Row], when: When
) -> None:
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet("清单")
    bold, sum_ = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    mark = f"导出人 {actor.name}({actor.login}) 时间 {when.at:%Y-%m-%d %H:%M}"
    on_paper(sheet, mark)
    for column, (_title, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, f"{mark} · 内部资料,号码已隐去部分数字")
    asked = f" · {masked(wanted.asked)}" if wanted.asked else ""
    sheet.write_string(1, 0, f"{wanted.title}{asked} · 共 {total} 件", bold)
    for column, (title, _width) in enumerate(COLUMNS):
        sheet.write_string(2, column, title, bold)
    for line, row in enumerate(rows, 3):
        for column, cell in enumerate(_cells(row, when.on)):
            if isinstance(cell, str):
                sheet.write_string(line, column, cell)  # "=1+1" stays a text
            elif cell is not None:
                sheet.write_number(line, column, cell, sum_ if isinstance(cell, float) else None)
    book.close()


def on_paper(sheet: xlsxwriter.worksheet.Worksheet, mark: str) -> None:
    """Landscape, headings and the name of who took it along on every page."""
    plain = mark.replace("&", "&&")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 2)
    sheet.set_header(f"&L{plain}&R&P / &N")
    sheet.set_footer(f"&C{plain}")
    sheet.freeze_panes(3, 2)


def _cells(row: Row, today: date) -> Iterator[Cell]:
    yield None if row.paused or row.reviewed else row.left(today)
    yield row.number
    yield masked("、".join(row.debtors))
    yield masked(row.cause)
    yield row.claim_fen / 100
    yield row.outstanding_fen / 100
    yield STAGE_ZH[row.stage]
    yield row.team_name
    yield row.handler_name or "未认领"
    yield row.started_on.isoformat()
    yield row.due_on.isoformat() if row.due_on and not row.paused else ""
    yield row.statutory_due_on.isoformat() if row.statutory_due_on else ""
    yield _state(row, today)


def _state(row: Row, today: date) -> str:
    left = row.left(today)
    if row.closed_on:
        return "已结"
    if row.set_aside:
        return "待处理"
    if row.paused:
        return f"暂停·{row.paused.name}"
    if row.reviewed:
        return "结案审查中"
    if row.capped:
        return "超期(顶格)"
    if left is not None and left < 0:
        return "超期"
    return "超法定" if row.beyond(today) else ""
