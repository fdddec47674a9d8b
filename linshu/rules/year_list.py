"""What does this list say of a year's working days? The State Council's list, line by line.

A line is 2027-01-01 至 2027-01-03 放假 元旦, or 2027-02-07 上班; a sheet has the columns 起, 止,
类型 and 名称. Everything that is wrong is told at once, each with its line.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from linshu.rules import cells
from linshu.rules.calendar import Holiday, YearFault, checked_year
from linshu.rules.numbers import NumberFault, compact, half_width
from linshu.rules.said import Said

#: Whether the court works on the days of a line, by the word that stands there.
WORKS: Mapping[str, bool] = {"放假": False, "休息": False, "上班": True, "补班": True}
#: The columns of a sheet, by field.
COLUMNS: Mapping[str, str] = {"start": "起", "end": "止", "type": "类型", "name": "名称"}
LONGEST_NAME = 40  # what a day's row has room for
MOST_LINES = 400  # more than one for each day of a year is no list
_UNTIL = re.compile(r"^\s*(\S+?)\s*至\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """A span of the list, and which line or row of what was handed in says so."""

    number: int
    span: Holiday


def read_text(text: str) -> list[Line]:
    """The spans that a text says, one a line; blank lines say nothing. YearFault naming every line
    that cannot be read."""
    rows = enumerate(text.splitlines(), 1)
    return read_rows((number, _parts(line)) for number, line in rows if line.strip())


def _parts(line: str) -> dict[str, object]:
    """起, 止 where there is one, 类型, 名称."""
    words = _UNTIL.sub(r"\1 至 ", half_width(line), count=1).split()
    spans = words[1:2] == ["至"]
    rest = words[3:] if spans else words[1:]
    return {
        "start": words[0],
        "end": "".join(words[2:3]) if spans else "",
        "type": "".join(rest[:1]),
        "name": " ".join(rest[1:]),
    }


def read_rows(
    rows: Iterable[tuple[int, Mapping[str, object]]], date1904: bool = False
) -> list[Line]:
    """The spans of a sheet's rows: (row number, cells by field). An empty 止 is the 起 again.
    YearFault naming every row that cannot be read."""
    lines, faults = list[Line](), list[Said]()
    for number, row in rows:
        if number > MOST_LINES:
            raise YearFault([Said("一年的清单不会超过 {most} 行", most=MOST_LINES)])
        try:
            lines.append(Line(number, _span(row, date1904)))
        except _Unread as fault:
            faults.append(Said("第 {lines} 行:{fault}", lines=[str(number)], fault=fault.said))
    if faults:
        raise YearFault(faults)
    return lines


class _Unread(ValueError):
    """A row that cannot be read, and why."""

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said


def _span(row: Mapping[str, object], date1904: bool) -> Holiday:
    start = _day(row["start"], date1904)
    end = start if cells.is_nothing(row.get("end")) else _day(row["end"], date1904)
    word, name = compact(cells.text_of(row["type"])), cells.text_of(row.get("name"))
    if word not in WORKS:
        raise _Unread(Said("“{word}”不是 {words} 之一", word=word, words=list(WORKS)))
    if len(name) > LONGEST_NAME:
        raise _Unread(Said("名称超过 {most} 字", most=LONGEST_NAME))
    return Holiday(start, end, WORKS[word], name)


def _day(cell: object, date1904: bool) -> date:
    try:
        return cells.day(cell, date1904)
    except NumberFault as fault:
        said = Said("“{text}”不是日期,应写作 2027-01-01", text=cells.text_of(cell))
        raise _Unread(said) from fault


def checked(year: int, lines: Sequence[Line]) -> dict[date, Holiday]:
    """As ``calendar.checked_year``; each fault says which lines it lies in."""
    try:
        return checked_year(year, [line.span for line in lines])
    except YearFault as fault:
        raise YearFault([_placed(one, lines) for one in fault.faults]) from fault


def _placed(fault: Said, lines: Sequence[Line]) -> Said:
    """Each fault names the day, or the start of the span, that it is about."""
    on = fault.facts.get("day") or fault.facts.get("start")
    said = [str(line.number) for line in lines if on and _says(line.span, date.fromisoformat(on))]
    return Said("第 {lines} 行:{fault}", lines=said, fault=fault) if said else fault


def _says(span: Holiday, on: date) -> bool:
    return span.start == on or span.start <= on <= span.end


def spans_of(days: Mapping[date, tuple[bool, str]]) -> list[Holiday]:
    """A year's days (works, name) as the spans of a list: neighbours alike are one span."""
    spans = list[Holiday]()
    for on, (works, name) in sorted(days.items()):
        last = spans[-1] if spans else None
        if last and (last.works, last.name) == (works, name) and last.end + timedelta(1) == on:
            spans[-1] = Holiday(last.start, on, works, name)
        else:
            spans.append(Holiday(on, on, works, name))
    return spans


def written(spans: Iterable[Holiday]) -> str:
    """The lines that ``read_text`` reads back."""
    return "\n".join(_written(span) for span in spans)


def _written(span: Holiday) -> str:
    until = f" 至 {span.end}" if span.end != span.start else ""
    return f"{span.start}{until} {'上班' if span.works else '放假'} {span.name}".rstrip()
