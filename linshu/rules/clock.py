"""When does it run out? Due dates, days that do not count, and the steps that led to a date.

Counting (民诉法 art. 85; 民法典 arts. 202, 203): the first day does not count; a month ends on the
corresponding day, or on the month's last where there is none; a last day off rolls to the next
working day; the whole last day counts. Days of a pause or an outage do not count, both ends
included: the unrolled end is extended first, then rolled (domain.md § 2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from linshu.rules.calendar import Calendar
from linshu.rules.policy import Limit, Policy

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Excluded:
    """Days that do not count, both ends included; ``end`` None while it goes on. ``what`` names
    the pause or outage, ``source`` by which rule."""

    start: date
    end: date | None
    what: str = ""
    source: str = ""


Span = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Due:
    """The last day (``on``), the same before rolling, and whether an unpublished year is in it.

    Both days are None while a pause without an end has stopped the clock."""

    on: date | None
    unrolled_on: date | None
    provisional: bool = False


def due(
    start: date,
    limit: Limit,
    calendar: Calendar,
    rolls: bool = True,
    excluded: Iterable[Excluded] = (),
    extensions: Sequence[Limit] = (),
) -> Due:
    """The last day of a limit that starts on ``start``: the n-th day after it that counts, where n
    is what the limit and its extensions come to on the calendar; the end rolls over days off."""
    end = nth_counted(start, (plain_end(start, limit, extensions) - start).days, merged(excluded))
    if end is None:
        return Due(None, None)
    if not rolls:
        return Due(end, end, calendar.is_provisional(end))
    on, provisional = calendar.roll(end)
    return Due(on, end, provisional)


def extension(months: int) -> Limit:
    """How much longer an extension of so many whole months makes a limit."""
    return Limit(months=months)


def plain_end(start: date, limit: Limit, extensions: Sequence[Limit] = ()) -> date:
    """Where a limit ends if every day counts: its months are added from the start at once, then
    its days; an extension goes on from the unrolled end."""
    for one in (limit, *extensions):
        start = start + relativedelta(months=one.months) + timedelta(days=one.days)
    return start


def nth_counted(start: date, n: int, spans: Sequence[Span]) -> date | None:
    """The n-th day after ``start`` that lies in none of the spans (merged, in order); None when a
    span without an end comes first."""
    on = start + timedelta(days=n)
    for first, last in spans:
        first = max(first, start + DAY)
        if last is not None and last < first:
            continue
        if first > on:
            break
        if last is None:
            return None
        on += last - first + DAY
    return on


def merged(excluded: Iterable[Excluded]) -> tuple[Span, ...]:
    """The union of what is excluded, in order: overlapping and adjoining spans count once."""
    spans: list[Span] = []
    for one in sorted(excluded, key=lambda one: one.start):
        if spans:
            first, last = spans[-1]
            if last is None:
                break
            if one.start <= last + DAY:
                spans[-1] = (first, None if one.end is None else max(last, one.end))
                continue
        spans.append((one.start, one.end))
    return tuple(spans)


def stopped_since(excluded: Iterable[Excluded], today: date) -> date | None:
    """The first day of the pause that goes on today; None when the clock runs."""
    for first, last in merged(excluded):
        if first <= today and (last is None or today <= last):
            return first
    return None


def statutory_due(
    filed_on: date,
    cause: str,
    policy: Policy,
    calendar: Calendar,
    excluded: Iterable[Excluded] = (),
    extensions: Sequence[Limit] = (),
) -> Due:
    """法定执行期限, from filing (法发〔2006〕35号 art. 1): always rolls, whatever the court chose
    for its own stages; an extension lengthens this clock alone."""
    return due(filed_on, policy.statutory_limit(cause), calendar, True, excluded, extensions)


def days_left(due_on: date, today: date) -> int:
    """Days until the last day: 0 on it, negative after it."""
    return (due_on - today).days


class Colour(StrEnum):
    """What a countdown shows; each also reads as a word."""

    OK = "ok"
    SOON = "soon"
    TODAY = "today"
    LATE = "late"


def colour(due_on: date, today: date, soon_days: int) -> Colour:
    """Late only after the last day; ``soon_days`` is the policy's."""
    left = days_left(due_on, today)
    if left < 0:
        return Colour.LATE
    if left == 0:
        return Colour.TODAY
    return Colour.SOON if left <= soon_days else Colour.OK
