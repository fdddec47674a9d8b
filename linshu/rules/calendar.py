"""Is this a working day? Published years with their exceptions, else weekends alone; and is a
year's list one that a court can count by?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from linshu.rules.said import Said

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

    def missing_year(self, today: date) -> int | None:
        """The year whose list should be here and is not: this one's, and from 1 November, when the
        State Council publishes it, the next one's."""
        wanted = [today.year, today.year + 1] if today.month >= 11 else [today.year]
        return next((year for year in wanted if year not in self.years), None)


class YearFault(ValueError):
    """A year's list will not do; ``faults`` says everything that is wrong."""

    def __init__(self, faults: list[Said]) -> None:
        super().__init__(";".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Holiday:
    """A span of the State Council's list, both ends included: days off, or ``works``: weekend days
    that are worked instead (调休)."""

    start: date
    end: date
    works: bool
    name: str = ""

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(
            self.start + timedelta(days=n) for n in range(max(0, (self.end - self.start).days + 1))
        )


def checked_year(year: int, spans: Sequence[Holiday]) -> dict[date, Holiday]:
    """The list of a year, day by day. YearFault for days outside the year, a day that is named
    twice or both off and worked, a worked day that is no weekend day, and a year in which nobody
    would ever work: dates counted by such a list would be wrong, or never end."""
    faults, days = list[Said](), dict[date, Holiday]()
    for span in spans:
        if span.end < span.start or (span.end - span.start).days >= 366:
            places = {"start": str(span.start), "end": str(span.end)}
            faults.append(Said("{start} 至 {end}:起止日期不对", **places))
            continue
        for day in span.days:
            faults += _faults_of(day, year, span, days.get(day))
            days[day] = span
    if not days:
        faults.append(Said("清单是空的"))
    if not faults:
        faults += _never_worked(year, days)
    if faults:
        raise YearFault(list({str(fault): fault for fault in faults}.values()))
    return days


def _faults_of(day: date, year: int, span: Holiday, before: Holiday | None) -> list[Said]:
    faults, on = [], str(day)
    if day.year != year:
        faults.append(Said("{day}:不在 {year} 年内", day=on, year=str(year)))
    if before is not None:
        both = before.works != span.works
        twice = Said("{day}:列了两次", day=on)
        faults.append(Said("{day}:既放假又上班", day=on) if both else twice)
    if span.works and day.weekday() < 5:
        faults.append(Said("{day}:调休上班日应是周六或周日", day=on))
    return faults


def _never_worked(year: int, days: dict[date, Holiday]) -> list[Said]:
    off = frozenset(day for day, span in days.items() if not span.works)
    worked = frozenset(days) - off
    calendar = Calendar(off, worked, frozenset({year}))
    walk = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    idle = 0
    for day in walk:
        idle = 0 if calendar.is_working(day) else idle + 1
        if idle >= WALK // 2:
            return [Said("{day}:此前连续 {days} 天没有工作日", day=str(day), days=idle)]
    return []
