"""What stands in this CSV file? The same as in a workbook's sheet, whatever wrote it.

UTF-8 with or without its mark, UTF-16 with one, or GBK; parted by commas, semicolons or tabs. Cells
are texts: a formula in one is its letters.
"""

import codecs
import csv
import io
import re

from linshu.services.opening import MOST_FILE_BYTES, LedgerFault, Row
from linshu.services.sheets import (
    HEADER_WITHIN,
    LAST_COLUMN,
    Header,
    Layout,
    LeftOut,
    Sheet,
    headed,
)

TITLE = "CSV"
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_LEFTMOST = 3
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
#: ="6222…" is how people keep a spreadsheet from reckoning with a number; 'x how we keep it from
#: reckoning at all.
_KEPT_A_TEXT = re.compile(r'="(.*)"|\'([=+\-@\t\r].*)', re.S)


def read_csv(content: bytes, layout: Layout, limit: int, left_out: LeftOut) -> Sheet:
    """The entries of a CSV file under the layout's headings, which may stand below a title.

    LedgerFault for what is no text, lacks headings or columns, or has more than ``limit`` rows."""
    if len(content) > MOST_FILE_BYTES:
        raise LedgerFault("too large")
    rows = _rows(_text(content))
    header = _header(rows[:HEADER_WITHIN], layout)
    if header is None:
        titles = [layout.titles[field] for field in layout.required[:3]]
        raise LedgerFault("no heading", within=HEADER_WITHIN, columns=titles)
    if missing := layout.missing(header.fields):
        raise LedgerFault("missing columns", sheet=TITLE, columns=missing)
    if header.twice:
        raise LedgerFault("column twice", sheet=TITLE, columns=header.twice)
    entries, width = list[tuple[int, Row]](), len(header.headings)
    for row, cells in enumerate(rows[header.row :], header.row + 1):
        whole = (*cells[:width], *("",) * (width - len(cells)))
        named = {field: whole[place] for field, place in header.fields.items()}
        if left_out(named, whole[:_LEFTMOST]):
            continue
        entries.append((row, whole))
        if len(entries) > limit:
            raise LedgerFault("too many rows", sheet=TITLE, limit=limit)
    return Sheet(TITLE, header.row, header.headings, header.fields, entries)


def as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that begins like one has a mark before
    it, which ``read_csv`` takes away again."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell


def _text(content: bytes) -> str:
    marked = [encoding for mark, encoding in _MARKS.items() if content.startswith(mark)]
    for encoding in marked or ["utf-8", "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _BINARY.search(text):
            return text
    raise LedgerFault("not a table")


def _rows(text: str) -> list[list[str]]:
    begin = text[:20_000]
    parted_by = max(",\t;", key=begin.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=parted_by)
    try:
        return [[_plain(cell) for cell in cells[:LAST_COLUMN]] for cells in lines]
    except csv.Error as fault:
        raise LedgerFault("damaged") from fault


def _plain(cell: str) -> str:
    found = _KEPT_A_TEXT.fullmatch(cell.strip())
    return cell if found is None else found[1] or found[2] or ""


def _header(rows: list[list[str]], layout: Layout) -> Header | None:
    """The row near the top that names the most fields, at least three."""
    headers = [headed(TITLE, row, tuple(cells), layout) for row, cells in enumerate(rows, 1)]
    best = max(headers, key=lambda header: len(header.fields), default=None)
    return best if best is not None and len(best.fields) >= 3 else None
