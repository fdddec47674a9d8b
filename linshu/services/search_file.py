"""What does the search system get? A file of the debtors of a batch, with whole identity numbers.

It is the one list that shows them, because the system it is for can do nothing without. The trail
and the reading log know of it before it leaves the house, and every page and row says whose it is.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import IO

import xlsxwriter
from sqlalchemy.orm import Session

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.numbers import IdKind, id_kind
from linshu.rules.trail import Tag
from linshu.services import desk, readings
from linshu.services.actor import Actor
from linshu.services.batches import SEARCH
from linshu.services.csv_file import as_text
from linshu.services.errors import Conflict, NotFound
from linshu.services.list_export import on_paper
from linshu.store import batches, lists, writer
from linshu.store.batches import DONE
from linshu.store.db import transaction
from linshu.store.writer import Draft, When

COLUMNS = (("案号", 26), ("被执行人", 30), ("证件种类", 18), ("证件号码", 24))
MARK = ("导出标记", 40)
FORMS = ("xlsx", "csv")
IDS_ZH = {
    IdKind.IDENTITY: "居民身份证",
    IdKind.CREDIT: "统一社会信用代码",
    IdKind.LEGACY: "旧式证件",
    IdKind.OTHER: "其他证件",
    IdKind.NONE: "",
}


def export(
    actor: Actor, batch_id: int, form: str, target: IO[bytes], when: When, address: str = ""
) -> str:
    """Writes the file of a finished search into ``target`` (``form``: xlsx or csv); returns the
    name it should carry. It has the cases in which the search was started, as far as the actor sees
    them.

    NotAllowed without the duties to take a list along and to see whole numbers; NotFound for a
    batch that is not the team's or no search; Conflict while it runs."""
    for duty in (Duty.RECORD, Duty.EXPORT_LIST, Duty.UNMASK):
        actor.needs(duty)
    with transaction() as session:  # first: what leaves the house has left its trace
        where = batches.of_team(actor.court_id, actor.person_id, actor.team_id)
        told = batches.one(session, where, batch_id)
        if told is None or told.row.kind != SEARCH or form not in FORMS:
            raise NotFound()
        if told.row.status != DONE:
            raise Conflict("batch_running")
        case_ids, lines = _lines(session, actor, batch_id, when)
        name = f"网络查控-{batch_id}-{when.at:%Y%m%d-%H%M%S}.{form}"
        data = {"batch": batch_id, "file": name, "cases": len(case_ids), "rows": len(lines)}
        draft = Draft(None, Tag.BATCH_EXPORTED, data)
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        words = f"查控文件 #{batch_id} · 完整证件号码"
        readings.add(session, actor, Kind.EXPORT, when, words=name, address=address)
        if case_ids:
            readings.add(session, actor, Kind.UNMASK, when, case_ids, words=words, address=address)
    mark = f"导出人 {actor.name}({actor.login}) 时间 {when.at:%Y-%m-%d %H:%M}"
    (_csv if form == "csv" else _xlsx)(target, lines, mark)
    return name


def _lines(
    session: Session, actor: Actor, batch_id: int, when: When
) -> tuple[list[int], list[tuple[str, ...]]]:
    scope = lists.scope_of(session, actor.court_id, actor.role, actor.team_id)
    rows = lists.rows_of(session, scope, batches.done_case_ids(session, batch_id), when.on)
    parties = lists.parties_of(session, [row.case_id for row in rows])
    lines: list[tuple[str, ...]] = [
        (row.number, party.name, IDS_ZH[id_kind(party.id_number)], party.id_number)
        for row in rows
        for party in parties[row.case_id]
        if party.role == "debtor"
    ]
    return [row.case_id for row in rows], lines


def _csv(target: IO[bytes], lines: Sequence[tuple[str, ...]], mark: str) -> None:
    """UTF-8 with its mark, so that Excel reads it as such; every cell stays a text."""
    text = io.StringIO(newline="")
    sheet = csv.writer(text)
    sheet.writerow([*(title for title, _width in COLUMNS), MARK[0]])
    sheet.writerows([as_text(cell) for cell in (*line, mark)] for line in lines)
    target.write(text.getvalue().encode("utf-8-sig"))


def _xlsx(target: IO[bytes], lines: Sequence[tuple[str, ...]], mark: str) -> None:
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet("网络查控")
    bold = book.add_format({"bold": True})
    on_paper(sheet, mark)
    for column, (_title, width) in enumerate((*COLUMNS, MARK)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, f"{mark} · 内部资料,含完整证件号码,仅供网络查控")
    sheet.write_string(1, 0, f"网络查控名单 · 共 {len(lines)} 人", bold)
    for line, cells in enumerate(_titled(lines, mark), 2):
        for column, cell in enumerate(cells):
            sheet.write_string(line, column, cell, bold if line == 2 else None)
    book.close()


def _titled(lines: Sequence[tuple[str, ...]], mark: str) -> Iterator[tuple[str, ...]]:
    yield (*(title for title, _width in COLUMNS), MARK[0])
    yield from ((*line, mark) for line in lines)
