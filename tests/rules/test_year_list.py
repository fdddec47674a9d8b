"""Is a list of days off read as it is written, and written as it is read?"""

from __future__ import annotations

from datetime import date

import pytest

from linshu.rules.calendar import Calendar, Holiday, YearFault
from linshu.rules.year_list import checked, read_rows, read_text, spans_of, written

JANUARY = Holiday(date(2027, 1, 1), date(2027, 1, 3), False, "元旦")
WORKED = Holiday(date(2027, 2, 7), date(2027, 2, 7), True)


@pytest.mark.parametrize(
    "line",
    [
        "2027-01-01 至 2027-01-03 放假 元旦",
        "2027-01-01至2027-01-03 放假 元旦",
        "  2027年1月1日 至2027年1月3日 休息 元旦  ",
        "２０２７/１/１　至　20270103 放假 元旦",
    ],
)
def test_a_span_as_people_write_it(line: str) -> None:
    assert [one.span for one in read_text(line)] == [JANUARY]


def test_one_day_a_name_with_the_word_and_blank_lines() -> None:
    lines = read_text("\n2027-02-07 上班\n\n2027-12-22 放假 冬至 节\n")
    assert [(one.number, one.span.works, one.span.name) for one in lines] == [
        (2, True, ""),
        (4, False, "冬至 节"),
    ]


def test_what_is_written_is_read_back() -> None:
    text = written([JANUARY, WORKED])
    assert text == "2027-01-01 至 2027-01-03 放假 元旦\n2027-02-07 上班"
    days = {
        on: (line.span.works, line.span.name) for line in read_text(text) for on in line.span.days
    }
    assert spans_of(days) == [JANUARY, WORKED]


def test_days_of_another_kind_or_name_are_spans_of_their_own() -> None:
    days = {date(2027, 1, n): (n == 2, "甲" if n < 4 else "乙") for n in (1, 2, 3, 4, 6)}
    assert [str(span.start)[-2:] for span in spans_of(days)] == ["01", "02", "03", "04", "06"]


def test_each_row_that_cannot_be_read_is_named() -> None:
    rows = [
        (2, {"start": "2027-01-01", "end": "", "type": "放假", "name": "长" * 41}),
        (3, {"start": None, "end": None, "type": "放假", "name": None}),
        (7, {"start": "2027-01-01", "end": "下周", "type": "放假", "name": ""}),
    ]
    with pytest.raises(YearFault) as caught:
        read_rows(rows)
    assert [str(one)[:6] for one in caught.value.faults] == ["第 2 行:", "第 3 行:", "第 7 行:"]


def test_a_fault_between_two_lines_names_both() -> None:
    lines = read_text("2027-05-01 至 2027-05-09 放假\n2027-06-05 上班\n2027-05-08 上班")
    with pytest.raises(YearFault) as caught:
        checked(2027, lines)
    assert [str(one) for one in caught.value.faults] == ["第 1、3 行:2027-05-08:既放假又上班"]


def test_a_list_longer_than_a_year_is_none() -> None:
    with pytest.raises(YearFault, match="不会超过 400 行"):
        read_text("2027-01-01 放假\n" * 401)


@pytest.mark.parametrize(
    ("today", "published", "missing"),
    [
        ("2026-10-31", {2026}, None),
        ("2026-11-01", {2026}, 2027),
        ("2026-11-01", {2026, 2027}, None),
        ("2027-01-02", {2026}, 2027),
        ("2026-11-01", {2027}, 2026),
    ],
)
def test_the_next_list_is_missed_from_november(
    today: str, published: set[int], missing: int | None
) -> None:
    calendar = Calendar(frozenset(), frozenset(), frozenset(published))
    assert calendar.missing_year(date.fromisoformat(today)) == missing
