"""When does it run out? Due dates, days left, and the colour a countdown wears.

Counting (民诉法 art. 85; 民法典 arts. 202, 203): the first day does not count; a month ends on the
corresponding day, or on the month's last where there is none; a last day off rolls to the next
working day; the whole last day counts.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from linshu.rules.calendar import Calendar
from linshu.rules.policy import Limit, Policy


@dataclass(frozen=True, slots=True)
class Due:
    """The last day (``on``), the same before rolling, and whether an unpublished year is in it."""

    on: date
    unrolled_on: date
    provisional: bool


def due(start: date, limit: Limit, calendar: Calendar, rolls: bool = True) -> Due:
    """The last day of a limit that starts on ``start``: months are added from the start, never
    step by step, then days; the end rolls over days off. Source: domain.md § 2."""
    end = start + relativedelta(months=limit.months) + timedelta(days=limit.days)
    if not rolls:
        return Due(end, end, calendar.is_provisional(end))
    on, provisional = calendar.roll(end)
    return Due(on, end, provisional)


def statutory_due(filed_on: date, cause: str, policy: Policy, calendar: Calendar) -> Due:
    """The last day of a case's 法定执行期限. It always rolls over days off: that is the law
    (民诉法 art. 85), whatever a court chooses for the limits of its own stages."""
    return due(filed_on, policy.statutory_limit(cause), calendar)


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
