"""Why is it this date? The strip of steps from the first day to the last, in words and days.

The same arithmetic as ``clock``, taken apart: what it tells is what was counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from linshu.rules.calendar import Calendar
from linshu.rules.clock import DAY, Due, Excluded, due, merged, nth_counted, plain_end
from linshu.rules.policy import Limit


class StepKind(StrEnum):
    """The steps that can lead to a date, in the order in which they come."""

    START = "start"
    LIMIT = "limit"
    MONTH_END = "month_end"
    EXTENSION = "extension"
    EXCLUDED = "excluded"
    STOPPED = "stopped"
    UNROLLED = "unrolled"
    DAY_OFF = "day_off"
    LAST = "last"
    PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``on``: the day it is about or leads to; ``until``: the end of a span; ``days``:
    how many; ``names``: of pauses or of a holiday; ``limit``: how long; ``sources``: by which
    rules."""

    kind: StepKind
    on: date
    until: date | None = None
    days: int = 0
    names: tuple[str, ...] = ()
    limit: Limit | None = None
    sources: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The step as other programs read it; dates as YYYY-MM-DD, what is empty left out."""
        facts = {
            "kind": str(self.kind),
            "on": self.on.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "days": self.days or None,
            "what": "、".join(self.names) or None,
            "limit": length(self.limit) if self.limit else None,
            "source": "、".join(self.sources) or None,
        }
        return {key: value for key, value in facts.items() if value is not None}


COUNTING = "民法典第201条、民诉法第85条"
MONTHS = "民法典第202条"
ROLLING = "民法典第203条、民诉法第85条"
EXTENDING = "严格执行审限规定(2000)第五条"


def why(
    start: date,
    limit: Limit,
    calendar: Calendar,
    rolls: bool = True,
    excluded: Sequence[Excluded] = (),
    extensions: Sequence[Limit] = (),
    source: str = "",
    names: Mapping[date, str] | None = None,
) -> tuple[Due, tuple[Step, ...]]:
    """The due date as ``clock.due`` has it, and every step that led to it.

    ``source``: where the limit comes from; ``names``: holidays by day, as far as they are known."""
    found = due(start, limit, calendar, rolls, excluded, extensions)
    steps = [Step(StepKind.START, start, sources=(COUNTING,))]
    steps += _limits(start, limit, extensions, source)
    steps += _left_out(start, limit, extensions, excluded)
    if found.unrolled_on is None or found.on is None:
        return found, tuple(steps)
    if steps[-1].kind is StepKind.EXCLUDED:
        steps.append(Step(StepKind.UNROLLED, found.unrolled_on))
    steps += _days_off(found.unrolled_on, found.on, names or {})
    steps.append(Step(StepKind.LAST, found.on))
    if found.provisional:
        steps.append(Step(StepKind.PROVISIONAL, found.on, days=found.on.year))
    return found, tuple(steps)


def _limits(start: date, limit: Limit, extensions: Sequence[Limit], source: str) -> list[Step]:
    end = plain_end(start, limit)
    steps = [Step(StepKind.LIMIT, end, limit=limit, sources=(source,) if source else ())]
    if limit.months and not limit.days and end.day != start.day:
        steps.append(Step(StepKind.MONTH_END, end, days=start.day, sources=(MONTHS,)))
    for count, one in enumerate(extensions, 1):
        until = plain_end(start, limit, extensions[:count])
        steps.append(Step(StepKind.EXTENSION, until, limit=one, sources=(EXTENDING,)))
    return steps


def _left_out(
    start: date, limit: Limit, extensions: Sequence[Limit], excluded: Sequence[Excluded]
) -> list[Step]:
    """The spans that came before the end and so moved it, each named by what lies in it."""
    steps = list[Step]()
    n, spans = (plain_end(start, limit, extensions) - start).days, merged(excluded)
    for count, (first, last) in enumerate(spans):
        end = nth_counted(start, n, spans[:count])
        begin = max(first, start + DAY)
        if end is None or begin > end:
            break
        inside = [one for one in excluded if one.start >= first and not _after(one, last)]
        names = _different(one.what for one in inside)
        sources = _different(one.source for one in inside)
        if last is None:
            steps.append(Step(StepKind.STOPPED, begin, names=names, sources=sources))
        elif last >= begin:
            days = (last - begin).days + 1
            steps.append(Step(StepKind.EXCLUDED, begin, last, days, names, sources=sources))
    return steps


def _after(one: Excluded, last: date | None) -> bool:
    return last is not None and one.start > last


def _different(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def _days_off(unrolled_on: date, on: date, names: Mapping[date, str]) -> list[Step]:
    days = (unrolled_on + timedelta(days=n) for n in range((on - unrolled_on).days))
    return [
        Step(StepKind.DAY_OFF, day, names=_different([names.get(day, "")]), sources=(ROLLING,))
        for day in days
    ]


WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())

#: One sentence per step, Chinese and English; read in order they tell why it is this day.
SENTENCES: Mapping[StepKind, tuple[str, str]] = {
    StepKind.START: (
        "自 {on}（{weekday}）起算，开始当日不计入。",
        "It starts on {on} ({weekday}); the first day does not count.",
    ),
    StepKind.LIMIT: (
        "期限为{length}，到 {on}（{weekday}）。",
        "The limit is {length}, which leads to {on} ({weekday}).",
    ),
    StepKind.MONTH_END: (
        "该月没有 {days} 日，以月末 {on} 为期限届满之日。",
        "That month has no day {days}, so its last day, {on}, counts.",
    ),
    StepKind.EXTENSION: (
        "经批准延长{length}，到 {on}（{weekday}）。",
        "An approved extension of {length} leads on to {on} ({weekday}).",
    ),
    StepKind.EXCLUDED: (
        "{what}：{on} 至 {until} 共 {days} 天不计入，期限顺延 {days} 天。",
        "{what}: the {days} days from {on} to {until} do not count.",
    ),
    StepKind.STOPPED: (
        "{what}：自 {on} 起暂停计算，结束前没有届满日。",
        "{what}: the clock has stood still since {on}; until that ends there is no last day.",
    ),
    StepKind.UNROLLED: (
        "补足不计入的天数后，到 {on}（{weekday}）。",
        "With those days made up, it leads to {on} ({weekday}).",
    ),
    StepKind.DAY_OFF: (
        "{on}（{weekday}）{what}不上班，顺延到次日。",
        "{on} ({weekday}{named_en}) is a day off, so it rolls to the next day.",
    ),
    StepKind.LAST: (
        "最后一天是 {on}（{weekday}），当天全天有效，过了当天才算超期。",
        "The last day is {on} ({weekday}); all of it counts, and only the day after is late.",
    ),
    StepKind.PROVISIONAL: (
        "{days} 年的放假安排尚未公布，暂按周末计算；公布后会重新计算并告知。",
        "The list of days off for {days} is not published yet; weekends alone were counted, and "
        "the date is computed again when the list comes.",
    ),
}


def told(step: Step, language: str = "zh") -> str:
    """The sentence of a step, in Chinese (``zh``) or English."""
    chinese = language.startswith("zh")
    what = ("、" if chinese else ", ").join(step.names)
    weekdays = WEEKDAYS_ZH if chinese else WEEKDAYS_EN
    return SENTENCES[step.kind][0 if chinese else 1].format(
        on=step.on.isoformat(),
        until=step.until.isoformat() if step.until else "",
        weekday=weekdays[step.on.weekday()],
        days=step.days,
        what=what,
        length=length(step.limit, language) if step.limit else "",
        named_en=f", {what}" if what else "",
    )


def length(limit: Limit, language: str = "zh") -> str:
    """How long a limit is: 1个月, 3日; 1 month, 3 days."""
    if language.startswith("zh"):
        months = f"{limit.months}个月" if limit.months else ""
        return months + (f"{limit.days}日" if limit.days else "")
    counts = ((limit.months, "month"), (limit.days, "day"))
    return ", ".join(f"{n} {unit}{'s' if n > 1 else ''}" for n, unit in counts if n)
