"""What does this file say of a year's working days? A CSV or an Excel sheet, row by row."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from linshu.rules import year_list
from linshu.rules.calendar import YearFault
from linshu.rules.cells import text_of
from linshu.rules.numbers import compact
from linshu.rules.said import Said
from linshu.rules.year_list import COLUMNS, MOST_LINES, Line
from linshu.services.sheets import Layout, read_sheet

MOST_BYTES = 2**20
_FIELDS = {title: field for field, title in COLUMNS.items()} | {"起始": "start", "截止": "end"}


def _field(cell: object) -> str | None:
    return _FIELDS.get(compact(text_of(cell)).strip("*:"))


LAYOUT = Layout(_field, COLUMNS, ("start", "end", "type"))


def read(content: bytes) -> list[Line]:
    """The spans of a file with the columns 起, 止, 类型 and 名称, whichever of the two it is.

    YearFault names every row that cannot be read; LedgerFault when it is no workbook to open."""
    if len(content) > MOST_BYTES:
        raise YearFault([Said("文件超过 {most} MB", most=MOST_BYTES >> 20)])
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        sheet = read_sheet(content, LAYOUT, MOST_LINES, _is_blank)
        rows = ((row, sheet.named(cells)) for row, cells in sheet.rows)
        return year_list.read_rows(rows, sheet.date1904)
    return year_list.read_rows(_csv_rows(_decoded(content)))


def _is_blank(cells: Mapping[str, object], _: Sequence[object]) -> bool:
    return not any(text_of(cell) for cell in cells.values())


def _decoded(content: bytes) -> str:
    """Excel and WPS in Chinese write GB 18030 unless asked for UTF-8."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise YearFault([Said("文件不是 UTF-8 或 GB 18030 编码的文字")])


def _csv_rows(text: str) -> list[tuple[int, dict[str, object]]]:
    try:
        lines = list(csv.reader(StringIO(text)))
    except csv.Error as fault:
        raise YearFault([Said("文件不是有效的 CSV:{why}", why=str(fault))]) from fault
    fields = [_field(cell) for cell in lines[0]] if lines else []
    missing = [COLUMNS[field] for field in LAYOUT.required if field not in fields]
    if missing:
        raise YearFault([Said("第 1 行:缺少列 {columns}", columns=missing)])
    found = []
    for number, cells in enumerate(lines[1:], 2):
        row: dict[str, object] = dict.fromkeys(COLUMNS, "")
        row |= {field: cell for field, cell in zip(fields, cells, strict=False) if field}
        if not _is_blank(row, ()):
            found.append((number, row))
    return found
