"""Is every due date right to the day? The vectors, and a plain day-by-day count."""

from __future__ import annotations

import calendar as months
from dataclasses import replace
from datetime import date, timedelta

import pytest
from chinese_calendar import constants
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules.calendar import Calendar, CalendarFault
from linshu.rules.clock import Colour, colour, days_left, due, statutory_due
from linshu.rules.policy import Limit, parse, published_text

PUBLISHED = Calendar(
    frozenset(constants.holidays),
    frozenset(constants.workdays),
    frozenset(day.year for day in constants.holidays),
)

VECTORS = [  # start, months, last day: domain.md § 1
    ("2026-01-05", 1, "2026-02-05"),
    ("2026-02-06", 2, "2026-04-07"),  # 清明
    ("2026-01-05", 3, "2026-04-07"),
    ("2026-04-08", 1, "2026-05-08"),
    ("2026-05-09", 1, "2026-06-09"),
    ("2026-06-10", 1, "2026-07-10"),
    ("2026-07-11", 1, "2026-08-11"),
    ("2026-08-12", 1, "2026-09-14"),  # a Saturday
    ("2026-01-05", 6, "2026-07-06"),  # the statutory limit; a Sunday
    ("2021-01-31", 1, "2021-03-01"),  # 02-28, a Sunday
    ("2021-09-03", 1, "2021-10-08"),  # National Day
    ("2026-01-17", 1, "2026-02-24"),  # Spring Festival
    ("2024-01-30", 1, "2024-02-29"),
    ("2023-11-30", 3, "2024-02-29"),
    ("2025-12-31", 2, "2026-02-28"),  # a Saturday that is worked (调休)
]


@pytest.mark.parametrize(("start", "count", "last"), VECTORS)
def test_the_vectors(start: str, count: int, last: str) -> None:
    found = due(date.fromisoformat(start), Limit(months=count), PUBLISHED)
    assert (str(found.on), found.provisional) == (last, False)


def test_an_unpublished_year_counts_weekends_alone_and_says_so() -> None:
    found = due(date(2026, 12, 1), Limit(months=1), PUBLISHED)
    assert (found.on, found.provisional) == (date(2027, 1, 1), True)


def test_a_roll_into_an_unpublished_year_is_provisional() -> None:
    last_of_2026 = Calendar(frozenset({date(2026, 12, 31)}), frozenset(), frozenset({2026}))
    found = due(date(2026, 11, 30), Limit(days=31), last_of_2026)
    assert (found.on, found.provisional) == (date(2027, 1, 1), True)


def test_a_court_may_choose_not_to_roll() -> None:
    assert due(date(2026, 8, 12), Limit(months=1), PUBLISHED, rolls=False).on == date(2026, 9, 12)


@pytest.mark.parametrize("rolls", [True, False])
@pytest.mark.parametrize(
    ("filed_on", "cause", "last"),
    [
        ("2026-01-05", "民间借贷纠纷", "2026-07-06"),  # a Sunday
        ("2026-04-03", "劳动争议", "2026-10-08"),  # National Day
        ("2026-01-03", "非诉执行", "2026-04-03"),
        ("2026-02-14", "非诉行政执行", "2026-05-14"),
        ("2025-08-31", "民间借贷纠纷", "2026-02-28"),  # a Saturday that is worked (调休)
        ("2026-01-06", "非诉执行", "2026-04-07"),  # 清明
    ],
)
def test_the_statutory_limit_rolls_whatever_the_court_chooses_for_its_stages(
    filed_on: str, cause: str, last: str, rolls: bool
) -> None:
    chosen = replace(parse(published_text()), rolls=rolls)
    found = statutory_due(date.fromisoformat(filed_on), cause, chosen, PUBLISHED)
    assert str(found.on) == last


def test_a_calendar_without_a_working_day_does_not_hang() -> None:
    every = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(900))
    with pytest.raises(CalendarFault):
        Calendar(every, frozenset(), frozenset({2026})).roll(date(2026, 1, 5))


@pytest.mark.parametrize(
    ("today", "left", "shown"),
    [
        ("2026-05-01", 7, Colour.SOON),
        ("2026-04-30", 8, Colour.OK),
        ("2026-05-07", 1, Colour.SOON),
        ("2026-05-08", 0, Colour.TODAY),  # the whole last day counts
        ("2026-05-09", -1, Colour.LATE),
    ],
)
def test_overdue_is_after_the_last_day(today: str, left: int, shown: Colour) -> None:
    end, day = date(2026, 5, 8), date.fromisoformat(today)
    assert (days_left(end, day), colour(end, day, 7)) == (left, shown)


def plainly(start: date, limit: Limit, calendar: Calendar) -> date:
    """The same, said again without a library: month by month on the calendar, then day by day."""
    year, month = start.year, start.month
    for _ in range(limit.months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    day = date(year, month, min(start.day, months.monthrange(year, month)[1]))
    for _ in range(limit.days):
        day = date.fromordinal(day.toordinal() + 1)
    while day in calendar.days_off or (day.weekday() >= 5 and day not in calendar.make_up_days):
        day = date.fromordinal(day.toordinal() + 1)
    return day


LIMITS = st.builds(Limit, months=st.integers(0, 24), days=st.integers(0, 400))


@given(st.dates(date(2004, 1, 1), date(2029, 1, 1)), LIMITS)
def test_every_due_date(start: date, limit: Limit) -> None:
    found = due(start, limit, PUBLISHED)
    assert found.on == plainly(start, limit, PUBLISHED)
    assert PUBLISHED.is_working(found.on) and found.on >= found.unrolled_on
    later = due(start + timedelta(days=1), limit, PUBLISHED)
    assert later.on >= found.on


@given(st.dates(date(2005, 1, 1), date(2026, 11, 1)), st.integers(1, 10))
def test_working_days_are_counted_one_by_one(start: date, count: int) -> None:
    end = PUBLISHED.add_working_days(start, count)
    between = (start + timedelta(days=n + 1) for n in range((end - start).days))
    assert PUBLISHED.is_working(end) and sum(map(PUBLISHED.is_working, between)) == count
