"""Is this a working day? Published years with their exceptions, else weekends alone."""

from dataclasses import dataclass
from datetime import date, timedelta

WALK = 60  # no list of holidays is longer: a calendar without a working day must not hang a walk


class CalendarFault(ValueError):
    """The calendar has no working day within reach; a date computed from it would be a guess."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """``days_off``: holidays that fall on weekdays; ``make_up_days``: weekend days that are worked
    (调休); ``years``: those whose list is published. Another year counts weekends alone."""

    days_off: frozenset[date]
    make_up_days: frozenset[date]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether the court works on that day."""
        if day.weekday() < 5:
            return day not in self.days_off
        return day in self.make_up_days

    def is_provisional(self, day: date) -> bool:
        """Whether that year's list is not published yet."""
        return day.year not in self.years

    def roll(self, day: date) -> tuple[date, bool]:
        """The first working day on or after ``day``, and whether an unpublished year had a say
        (民诉法 art. 85). CalendarFault when there is none within reach."""
        provisional = self.is_provisional(day)
        for step in range(WALK):
            candidate = day + timedelta(days=step)
            provisional = provisional or self.is_provisional(candidate)
            if self.is_working(candidate):
                return candidate, provisional
        raise CalendarFault(f"no working day within {WALK} days after {day}")

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``; the first day does not count."""
        for _ in range(count):
            day, _provisional = self.roll(day + timedelta(days=1))
        return day
