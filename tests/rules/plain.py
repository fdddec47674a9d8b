"""The same dates, reckoned a second time: plainly, day by day, without a library.

Written for the tests from the statutes' words alone; it shares nothing with linshu.rules.clock.
"""

from __future__ import annotations

import calendar as months
import random
from datetime import date

from chinese_calendar import constants

from linshu.rules.calendar import Calendar
from linshu.rules.clock import Excluded
from linshu.rules.policy import Limit

PUBLISHED = Calendar(
    frozenset(constants.holidays),
    frozenset(constants.workdays),
    frozenset(day.year for day in constants.holidays),
)
FAR = date(2060, 1, 1)


def next_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def after_months(start: date, count: int) -> date:
    """The corresponding day so many months on, or that month's last."""
    year, month = start.year, start.month
    for _ in range(count):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(start.day, months.monthrange(year, month)[1]))


def limit_end(start: date, limits: list[Limit]) -> date:
    for limit in limits:
        start = after_months(start, limit.months)
        for _ in range(limit.days):
            start = next_day(start)
    return start


def is_excluded(day: date, excluded: list[Excluded]) -> bool:
    return any(one.start <= day and (one.end is None or day <= one.end) for one in excluded)


def works(day: date, calendar: Calendar) -> bool:
    if day.weekday() >= 5:
        return day in calendar.make_up_days
    return day not in calendar.days_off


def last_day(
    start: date,
    limits: list[Limit],
    calendar: Calendar,
    rolls: bool = True,
    excluded: list[Excluded] | None = None,
) -> date | None:
    """Counts off one day after the other; None where the count never ends."""
    spans, end = excluded or [], limit_end(start, limits)
    left, day = end.toordinal() - start.toordinal(), start
    while left:
        day = next_day(day)
        if day >= FAR:
            return None
        left -= not is_excluded(day, spans)
    while rolls and not works(day, calendar):
        day = next_day(day)
    return day


def some_case(lot: random.Random) -> tuple[date, list[Limit], Calendar, bool, list[Excluded]]:
    """A random limit with its start, calendar, pauses and extensions."""
    start = date.fromordinal(lot.randrange(date(2005, 1, 1).toordinal(), FAR.toordinal() - 9000))
    limits = [Limit(lot.randrange(0, 8), lot.randrange(0, 40) if lot.random() < 0.3 else 0)]
    if not limits[0].months + limits[0].days:
        limits = [Limit(months=1)]
    limits += [Limit(months=lot.randrange(1, 4)) for _ in range(lot.choice((0, 0, 0, 1, 2)))]
    excluded = [_pause(lot, start) for _ in range(lot.choice((0, 0, 1, 1, 2, 3, 5)))]
    return start, limits, _calendar(lot, start), lot.random() < 0.9, excluded


def _pause(lot: random.Random, start: date) -> Excluded:
    first = date.fromordinal(start.toordinal() + lot.randrange(-30, 260))
    if lot.random() < 0.05:
        return Excluded(first, None, "中止")
    return Excluded(first, date.fromordinal(first.toordinal() + lot.randrange(0, 90)), "鉴定")


def _calendar(lot: random.Random, start: date) -> Calendar:
    if lot.random() < 0.7:
        return PUBLISHED
    days = [date.fromordinal(start.toordinal() + lot.randrange(600)) for _ in range(40)]
    off = frozenset(day for day in days if day.weekday() < 5)
    return Calendar(off, frozenset(days) - off, frozenset({start.year}))
