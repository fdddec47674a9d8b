"""Does the calendar picture show what the steps tell, and fold what does not matter?"""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from linshu.rules.clock import Excluded, due
from linshu.rules.picture import Count, Fold, Mark, Month, picture
from linshu.rules.policy import Limit
from tests.rules.plain import PUBLISHED, some_case

MONTH = Limit(months=1)
START = date(2026, 3, 2)


def drawn(
    start: date,
    limit: Limit,
    pauses: list[Excluded],
    outages: tuple[Excluded, ...] = (),
    today: str = "2026-03-31",
) -> Count:
    found = due(start, limit, PUBLISHED, True, (*pauses, *outages))
    return Count(start, found, PUBLISHED, pauses, outages, date.fromisoformat(today))


def days(count: Count) -> dict[date, Mark]:
    """Every day that is shown, with its mark."""
    shown = (part for part in picture(count) if isinstance(part, Month))
    return {day.on: day.mark for part in shown for week in part.weeks for day in week if day}


def span(start: str, end: str | None) -> Excluded:
    return Excluded(date.fromisoformat(start), date.fromisoformat(end) if end else None)


def test_each_day_bears_its_mark() -> None:
    marks = days(
        drawn(START, MONTH, [span("2026-04-01", "2026-04-02")], (span("2026-03-10", "2026-03-10"),))
    )
    of = {mark: [f"{day:%m-%d}" for day, one in marks.items() if one is mark] for mark in Mark}
    assert of[Mark.START] == ["03-02"]
    assert of[Mark.FIRST] == ["03-03"]
    assert of[Mark.OUTAGE] == ["03-10"]
    assert of[Mark.PAUSED] == ["04-01", "04-02"]
    assert of[Mark.ROLLED] == ["04-05", "04-06"]  # a Sunday, and 清明
    assert of[Mark.LAST] == ["04-07"]
    assert of[Mark.OFF][:2] == ["03-07", "03-08"]
    assert of[Mark.OUTSIDE][0] == "03-01" and of[Mark.OUTSIDE][-1] == "04-30"


def test_while_it_stands_still_the_picture_ends_today() -> None:
    marks = days(drawn(START, MONTH, [span("2026-03-20", None)], today="2026-05-06"))
    assert Mark.LAST not in marks.values()
    assert marks[date(2026, 5, 6)] is Mark.PAUSED
    assert marks[date(2026, 5, 7)] is Mark.OUTSIDE


def test_months_in_which_nothing_begins_or_ends_are_folded() -> None:
    parts = picture(drawn(date(2025, 11, 5), Limit(months=6), []))
    assert [part.first for part in parts] == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 5, 1),
    ]
    fold = parts[1]
    assert isinstance(fold, Fold) and (fold.last, fold.months) == (date(2026, 4, 1), 5)


def test_the_weeks_begin_on_monday_and_no_day_is_lost() -> None:
    marks = days(drawn(START, Limit(months=3), []))
    assert list(marks) == [date(2026, 3, 1) + timedelta(days=n) for n in range(122)]
    march = picture(drawn(START, Limit(months=3), []))[0]
    assert isinstance(march, Month) and march.weeks[0][-1] is not None
    assert march.weeks[0][:6] == (None,) * 6


@pytest.mark.parametrize("seed", range(200))
def test_the_picture_ends_on_the_day_that_the_rules_give(seed: int) -> None:
    start, limits, calendar, rolls, excluded = some_case(random.Random(seed))
    found = due(start, limits[0], calendar, rolls, excluded, limits[1:])
    count = Count(start, found, calendar, excluded, (), start + timedelta(days=30))
    marks = days(count)
    assert marks[start] is Mark.START
    if found.on is not None:
        assert [day for day, mark in marks.items() if mark is Mark.LAST] == [found.on]
