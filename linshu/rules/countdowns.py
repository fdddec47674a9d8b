"""When does a countdown end? Handler named, notice, clues, seizures, pay-out, petitions, and so on.

The rows are policy data (``deadlines``); here is only how their ends are counted, whatever the
unit: hour, day, working day, month, year, or the end that the document itself names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from linshu.rules import clock
from linshu.rules.calendar import Calendar
from linshu.rules.clock import Excluded
from linshu.rules.deadlines import Count, Countdown, Unit
from linshu.rules.policy import Limit


@dataclass(frozen=True, slots=True)
class End:
    """The last day (for an earliest date: the day before which nothing may happen); ``at`` is the
    instant where the unit is hours. ``on`` None: stopped by a pause that goes on."""

    on: date | None
    at: datetime | None = None
    provisional: bool = False


class EndMissing(ValueError):
    """The countdown's end is the one printed on the document, and none was entered."""


class EndUnlikely(ValueError):
    """The end that was entered lies before the start, or further off than the law allows."""


def end(
    row: Countdown,
    started_at: datetime,
    calendar: Calendar,
    excluded: Iterable[Excluded] = (),
    entered_on: date | None = None,
    round_: int = 1,
) -> End:
    """When a countdown that began at ``started_at`` (aware, the court's zone) ends.

    Hours count from the next full one (民诉法解释 art. 125). ``excluded`` counts only where the row
    says that a pause stops it; an entered end never rolls and never pauses. ``round_``: which round
    of one that comes again, each counted from the first start.

    EndMissing without the date that an entered end needs, EndUnlikely for one that no document can
    have named."""
    start = started_at.date()
    if row.unit is Unit.ENTERED:
        return End(_entered(row, start, entered_on))
    if row.unit is Unit.HOUR:
        at = started_at.replace(minute=0, second=0, microsecond=0) + timedelta(
            hours=1 + row.limit * round_
        )
        return End(at.date(), at, calendar.is_provisional(at.date()))
    if row.unit is Unit.WORKING_DAY:
        on = calendar.add_working_days(start, row.limit * round_)
        return End(on, provisional=calendar.is_provisional(on))
    spans = tuple(excluded) if row.pausable else ()
    found = clock.due(start, _limit(row, round_), calendar, row.rolls, spans)
    return End(found.on, provisional=found.provisional)


def _limit(row: Countdown, round_: int) -> Limit:
    count = row.limit * round_
    months = {Unit.MONTH: count, Unit.YEAR: 12 * count}.get(row.unit, 0)
    return Limit(months=months) if months else Limit(days=count)


def started_by(rows: Mapping[str, Countdown], event: str) -> list[Countdown]:
    """The countdowns that an event starts, in the policy's order."""
    return [row for row in rows.values() if event in row.starts]


@dataclass(frozen=True, slots=True)
class Open:
    """A countdown that runs."""

    id: int
    row: Countdown
    started_on: date
    due_on: date | None


def met_by(running: Sequence[Open], event: str, on: date, about: int | None = None) -> list[Open]:
    """Which of a case's running countdowns an event of that day meets; ``about``: the one meant.

    All that a case has once, whenever it began: a notice may go before its handler is named. Of the
    others none that began later: all that a case has one at a time of; of those that every start
    has its own of, one: the one meant, else the first to end, whichever row it stands in. Which
    receipts a pay-out settles, ``money`` says."""
    fitting = [
        one
        for one in running
        if event in one.row.meets and (one.row.count is Count.ONCE or one.started_on <= on)
    ]
    each = [one for one in fitting if one.row.count is Count.EACH]
    each.sort(key=lambda one: (one.id != about, one.due_on or date.max, one.id))
    return [one for one in fitting if one.row.count is not Count.EACH] + each[:1]


def _entered(row: Countdown, start: date, entered_on: date | None) -> date:
    if entered_on is None:
        raise EndMissing(row.key)
    days = (entered_on - start).days
    if days < 0 or (row.most_days and days > row.most_days):
        raise EndUnlikely(row.key)
    return entered_on
