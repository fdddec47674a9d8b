"""Which sheet of a workbook is meant, and what stands in its rows?

Headings say which column is which; the sheet's own dimensions are not trusted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from linshu.rules import columns
from linshu.rules.cells import text_of
from linshu.rules.said import Said
from linshu.services.opening import LedgerFault, Row, Source, checked, guarded, opened

LAST_ROW, LAST_COLUMN = 1_048_576, 100
HEADER_WITHIN = 20
_LEFTMOST = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """How a kind of sheet is recognised: which field a heading names, and which it must have.

    ``unchecked`` fields may hold formulas without stored values."""

    field_of: Callable[[object], str | None]
    titles: Mapping[str, str]
    required: Sequence[str]
    instead: Mapping[str, str] = field(default_factory=dict)
    unchecked: frozenset[str] = frozenset()

    def missing(self, fields: Mapping[str, int]) -> list[str]:
        """The titles of the columns that are not there, nor what may stand instead of them."""
        absent = [field for field in self.required if field not in fields]
        return [self.titles[field] for field in absent if self.instead.get(field) not in fields]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's entries under their headings: ``fields`` says in which column (from 0) a field is.

    ``rows`` are (the sheet's row number, cells), without blank rows and totals;
    ``passed_over``: other sheets that have the headings too and were not read."""

    title: str
    header_row: int
    headings: tuple[str, ...]
    fields: Mapping[str, int]
    rows: list[tuple[int, Row]]
    date1904: bool = False
    passed_over: tuple[str, ...] = ()

    def named(self, cells: Row) -> dict[str, object]:
        """field -> cell."""
        return {field: cells[place] for field, place in self.fields.items()}


LeftOut = Callable[[Mapping[str, object], Sequence[object]], bool]


@dataclass(frozen=True, slots=True)
class Header:
    """A row of headings: which field stands in which column (from 0), which stands twice."""

    title: str
    row: int
    headings: tuple[str, ...]
    fields: Mapping[str, int]
    twice: tuple[str, ...]


def read_sheet(source: Source, layout: Layout, limit: int, left_out: LeftOut) -> Sheet:
    """The one sheet of a workbook (a path or bytes) that has the layout's headings.

    ``left_out(named cells, leftmost cells)`` says which rows are no entries. Several such sheets:
    the first is read, ``passed_over`` names the others; hidden sheets are not looked at.
    LedgerFault as in FAULTS_ZH."""
    stream, has_formulas = checked(source)
    with opened(stream, data_only=True) as book:
        header, passed_over = _chosen(book, layout)
        date1904 = book.epoch == CALENDAR_MAC_1904
        if has_formulas:
            with opened(stream, data_only=False) as formulas:
                rows = _entries(book, header, layout, limit, left_out, formulas)
        else:
            rows = _entries(book, header, layout, limit, left_out)
    return Sheet(
        header.title, header.row, header.headings, header.fields, rows, date1904, passed_over
    )


def _entries(
    book: Any, header: Header, layout: Layout, limit: int, left_out: LeftOut, formulas: Any = None
) -> list[tuple[int, Row]]:
    rows, bare = list[tuple[int, Row]](), list[str]()
    for row, cells, unstored in _body(book, header, formulas):
        named = {field: cells[place] for field, place in header.fields.items()}
        matter = [
            place
            for field, place in header.fields.items()
            if place in unstored and field not in layout.unchecked
        ]
        if left_out(named | _marked(header, matter), cells[:_LEFTMOST]):
            continue
        bare += [f"{get_column_letter(place + 1)}{row}" for place in matter]
        rows.append((row, cells))
        if len(rows) > limit:
            raise LedgerFault("too many rows", sheet=header.title, limit=limit)
    if bare:
        some = Said("{places} 等 {count} 处", places=bare[:5], count=len(bare))
        raise LedgerFault("formula", sheet=header.title, places=some if bare[5:] else bare)
    return rows


def _marked(header: Header, places: Iterable[int]) -> dict[str, object]:
    """A formula without a value is something all the same: its row is not blank."""
    marked = set(places)
    return {field: "=" for field, place in header.fields.items() if place in marked}


def _body(book: Any, header: Header, formulas: Any) -> Iterator[tuple[int, Row, set[int]]]:
    """(row number, values, the columns that hold a formula without a stored value)."""
    bounds = {"min_row": header.row + 1, "max_row": LAST_ROW, "max_col": len(header.headings)}
    if formulas is None:
        values = guarded(book[header.title].iter_rows(values_only=True, **bounds))
        for row, cells in enumerate(values, header.row + 1):
            if cells.count(None) < len(cells):
                yield row, cells, set()
        return
    stored = guarded(book[header.title].iter_rows(**bounds))
    written = guarded(formulas[header.title].iter_rows(**bounds))
    for row, (values, texts) in enumerate(zip(stored, written, strict=True), header.row + 1):
        if all(cell is EMPTY_CELL for cell in values):
            continue
        pairs = enumerate(zip(values, texts, strict=True))
        unstored = {place for place, (value, text) in pairs if _is_unstored(value, text)}
        yield row, tuple(cell.value for cell in values), unstored


def _is_unstored(value: Any, text: Any) -> bool:
    # A stored empty text reads as None too, but its type says that it was stored.
    return bool(text.data_type == "f" and value.value is None and value.data_type != "str")


def _chosen(book: Any, layout: Layout) -> tuple[Header, tuple[str, ...]]:
    """The first visible sheet that has every column, else the first with any heading."""
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    found = [header for sheet in sheets if (header := _header(sheet, layout))]
    if not found:
        titles = [layout.titles[field] for field in layout.required[:3]]
        raise LedgerFault("no heading", within=HEADER_WITHIN, columns=titles)
    whole = [header for header in found if not layout.missing(header.fields)]
    header = (whole or found)[0]
    if missing := layout.missing(header.fields):
        raise LedgerFault("missing columns", sheet=header.title, columns=missing)
    if header.twice:
        raise LedgerFault("column twice", sheet=header.title, columns=header.twice)
    return header, tuple(other.title for other in whole[1:])


def _header(sheet: Any, layout: Layout) -> Header | None:
    """The row near the top that names the most fields, at least three."""
    best: Header | None = None
    rows = sheet.iter_rows(max_row=HEADER_WITHIN, max_col=LAST_COLUMN, values_only=True)
    for row, cells in enumerate(guarded(rows), 1):
        header = headed(sheet.title, row, cells, layout)
        if len(header.fields) >= 3 and (best is None or len(header.fields) > len(best.fields)):
            best = header
    return best


def headed(title: str, row: int, cells: Row, layout: Layout) -> Header:
    """A row taken as headings: what each names, as far as the layout knows it."""
    headings = [text_of(cell) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    places: dict[str, list[int]] = {}
    for place, words in enumerate(headings):
        if field := layout.field_of(words):
            places.setdefault(field, []).append(place)
    own = {
        field: _own(found, headings, layout.titles.get(field)) for field, found in places.items()
    }
    twice = [
        found[0] for field, found in own.items() if len(found) > 1 and field in layout.required
    ]
    return Header(
        title,
        row,
        tuple(headings),
        {field: found[0] for field, found in own.items()},
        tuple(headings[place] for place in twice),
    )


def _own(places: list[int], headings: Sequence[str], title: str | None) -> list[int]:
    """Of several columns for one field those that bear its own title, if any does."""
    return [place for place in places if columns.bare(headings[place]) == title] or places
