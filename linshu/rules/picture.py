"""What does a count look like on a calendar? Month by month, each day with the one mark it bears.

A picture beside the steps of ``why``: it shows what they tell, from the first day to the last. Long
stretches on which nothing happens fold into one line.
"""

from calendar import Calendar as Weeks
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from linshu.rules.calendar import Calendar
from linshu.rules.clock import DAY, Due, Excluded, Span, merged

FOLDS_BEYOND = 4  # so many months are shown whole
_WEEKS = Weeks()  # begins on Monday


class Mark(StrEnum):
    """What a day is to the count; of several the first in this order."""

    OUTSIDE = "outside"
    START = "start"
    LAST = "last"
    ROLLED = "rolled"
    PAUSED = "paused"
    OUTAGE = "outage"
    FIRST = "first"
    OFF = "off"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Day:
    """A day with its mark."""

    on: date
    mark: Mark


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday; None where a week reaches into another month."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """Months left out because nothing begins or ends in them."""

    first: date
    last: date
    months: int


@dataclass(frozen=True, slots=True)
class Count:
    """What is drawn: from ``start`` to the last day, or until ``today`` while it stands still.
    ``pauses`` and ``outages`` are what did not count."""

    start: date
    due: Due
    calendar: Calendar
    pauses: Sequence[Excluded]
    outages: Sequence[Excluded]
    today: date

    @property
    def end(self) -> date:
        return self.due.on or max(self.today, self.start)

    def mark(self, day: date, first: date | None) -> Mark:
        """The mark of a day; ``first``: the first day that counted."""
        if not self.start <= day <= self.end:
            return Mark.OUTSIDE
        if day == self.start:
            return Mark.START
        if day == self.due.on:
            return Mark.LAST
        if self.due.unrolled_on and day >= self.due.unrolled_on:
            return Mark.ROLLED
        if _inside(day, merged(self.pauses)):
            return Mark.PAUSED
        if _inside(day, merged(self.outages)):
            return Mark.OUTAGE
        if day == first:
            return Mark.FIRST
        return Mark.COUNTED if self.calendar.is_working(day) else Mark.OFF


def picture(count: Count) -> tuple[Month | Fold, ...]:
    """The months from the first day to the last, those without an event folded."""
    months = list(_months(count.start, count.end))
    kept = set(months) if len(months) <= FOLDS_BEYOND else {_first(day) for day in _events(count)}
    first, found = _first_counted(count), list[Month | Fold]()
    for month in months:
        if month in kept:
            found.append(_month(count, month, first))
        elif found and isinstance(found[-1], Fold):
            found[-1] = Fold(found[-1].first, month, found[-1].months + 1)
        else:
            found.append(Fold(month, month, 1))
    return tuple(found)


def _month(count: Count, month: date, first: date | None) -> Month:
    weeks = _WEEKS.monthdatescalendar(month.year, month.month)
    return Month(
        month,
        tuple(
            tuple(
                Day(day, count.mark(day, first)) if day.month == month.month else None
                for day in week
            )
            for week in weeks
        ),
    )


def _events(count: Count) -> Iterator[date]:
    """The days on which something begins or ends."""
    yield from (count.start, count.start + DAY, count.end)
    if count.due.unrolled_on:
        yield count.due.unrolled_on
    for first, last in merged((*count.pauses, *count.outages)):
        yield from (day for day in (first, last) if day and count.start <= day <= count.end)


def _first_counted(count: Count) -> date | None:
    spans = merged((*count.pauses, *count.outages))
    day = count.start + DAY
    while day <= count.end:
        if not _inside(day, spans):
            return day
        day += DAY
    return None


def _inside(day: date, spans: Iterable[Span]) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in spans)


def _months(start: date, end: date) -> Iterator[date]:
    month = _first(start)
    while month <= end:
        yield month
        year, place = divmod(month.month, 12)
        month = date(month.year + year, place + 1, 1)


def _first(day: date) -> date:
    return day.replace(day=1)
