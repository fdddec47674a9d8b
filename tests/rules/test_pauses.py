"""Are paused days counted right? The vectors of domain.md § 2, and a second, plain count."""

from __future__ import annotations

import random
from datetime import date

import pytest

from linshu.rules.clock import Excluded, due, merged, statutory_due, stopped_since
from linshu.rules.policy import Limit, parse, published_text
from linshu.rules.why import StepKind, told, why
from tests.rules.plain import PUBLISHED, is_excluded, last_day, some_case

MONTH = Limit(months=1)
START = date(2026, 3, 2)


def pause(start: str, end: str | None = None, what: str = "鉴定") -> Excluded:
    return Excluded(date.fromisoformat(start), date.fromisoformat(end) if end else None, what)


@pytest.mark.parametrize(
    ("pauses", "unrolled", "last"),
    [
        # the unrolled end is extended first
        ([pause("2026-04-01", "2026-04-03")], "2026-04-05", "2026-04-07"),
        # a day that never counts
        ([pause("2026-03-02", "2026-03-02")], "2026-04-02", "2026-04-02"),
        # begins after the end
        ([pause("2026-04-04")], "2026-04-02", "2026-04-02"),
        # overlapping, and side by side: each day once
        (
            [pause("2026-03-10", "2026-03-12"), pause("2026-03-11", "2026-03-13")],
            "2026-04-06",
            "2026-04-07",
        ),
        (
            [pause("2026-03-10", "2026-03-11"), pause("2026-03-12", "2026-03-13")],
            "2026-04-06",
            "2026-04-07",
        ),
        # began before the start
        ([pause("2026-02-01", "2026-03-04")], "2026-04-04", "2026-04-07"),
        # the last day itself
        ([pause("2026-04-02", "2026-04-02")], "2026-04-03", "2026-04-03"),
        # the day that it was moved to
        (
            [pause("2026-04-02", "2026-04-08"), pause("2026-04-09", "2026-04-09")],
            "2026-04-10",
            "2026-04-10",
        ),
    ],
)
def test_paused_days_do_not_count(pauses: list[Excluded], unrolled: str, last: str) -> None:
    found = due(START, MONTH, PUBLISHED, excluded=pauses)
    assert (str(found.unrolled_on), str(found.on)) == (unrolled, last)


def test_a_pause_that_goes_on_leaves_no_last_day() -> None:
    found = due(START, MONTH, PUBLISHED, excluded=[pause("2026-03-20")])
    assert (found.on, found.unrolled_on, found.provisional) == (None, None, False)


def test_a_pause_without_an_end_swallows_those_after_it() -> None:
    spans = merged([pause("2026-03-20"), pause("2026-04-01", "2026-04-03")])
    assert spans == ((date(2026, 3, 20), None),)


@pytest.mark.parametrize(
    ("today", "since"),
    [("2026-03-09", None), ("2026-03-10", "2026-03-10"), ("2026-03-14", "2026-03-10"),
     ("2026-03-15", "2026-03-10"), ("2026-03-16", None)],
)  # fmt: skip
def test_since_when_the_clock_stands_still(today: str, since: str | None) -> None:
    pauses = [pause("2026-03-10", "2026-03-12"), pause("2026-03-13", "2026-03-15")]
    found = stopped_since(pauses, date.fromisoformat(today))
    assert (found.isoformat() if found else None) == since


def test_an_extension_goes_on_from_the_unrolled_end_then_rolls() -> None:
    policy = parse(published_text())
    plain = statutory_due(date(2026, 1, 5), "民间借贷纠纷", policy, PUBLISHED)
    assert (str(plain.unrolled_on), str(plain.on)) == ("2026-07-05", "2026-07-06")
    longer = statutory_due(
        date(2026, 1, 5), "民间借贷纠纷", policy, PUBLISHED, (), [Limit(months=3)]
    )
    assert str(longer.unrolled_on) == "2026-10-05"  # not 10-06: from 07-05, a Sunday
    assert str(longer.on) == "2026-10-08"


def agrees(seed: int) -> None:
    """One random limit, reckoned both ways; the steps of why tell the same."""
    start, limits, calendar, rolls, excluded = some_case(random.Random(seed))
    found, steps = why(start, limits[0], calendar, rolls, excluded, limits[1:])
    plainly = last_day(start, limits, calendar, rolls, excluded)
    assert found.on == plainly, (seed, start, limits, rolls, excluded)
    assert found == due(start, limits[0], calendar, rolls, excluded, limits[1:])
    assert all(told(step, "zh") and told(step, "en") for step in steps)
    told_days = sum(step.days for step in steps if step.kind is StepKind.EXCLUDED)
    if found.unrolled_on is not None:
        days = range(start.toordinal() + 1, found.unrolled_on.toordinal())
        assert told_days == sum(is_excluded(date.fromordinal(day), excluded) for day in days)
        assert steps[-1].on == found.on


@pytest.mark.parametrize("hundred", range(20))
def test_a_plain_count_day_by_day_agrees(hundred: int) -> None:
    for seed in range(hundred * 100, hundred * 100 + 100):
        agrees(seed)


def test_why_reads_as_an_explanation() -> None:
    pauses = [pause("2026-04-01", "2026-04-03")]
    names = {date(2026, 4, 5): "清明节", date(2026, 4, 6): "清明节"}
    _, steps = why(START, MONTH, PUBLISHED, True, pauses, (), "规则 linshu-2021", names)
    assert [told(step) for step in steps] == [
        "自 2026-03-02（周一）起算，开始当日不计入。",
        "期限为1个月，到 2026-04-02（周四）。",
        "鉴定：2026-04-01 至 2026-04-03 共 3 天不计入，期限顺延 3 天。",
        "补足不计入的天数后，到 2026-04-05（周日）。",
        "2026-04-05（周日）清明节不上班，顺延到次日。",
        "2026-04-06（周一）清明节不上班，顺延到次日。",
        "最后一天是 2026-04-07（周二），当天全天有效，过了当天才算超期。",
    ]


def test_why_says_that_the_clock_stands_still() -> None:
    _, steps = why(START, MONTH, PUBLISHED, True, [pause("2026-03-20", None, "中止执行")])
    assert told(steps[-1]) == "中止执行：自 2026-03-20 起暂停计算，结束前没有届满日。"
    assert "stood still" in told(steps[-1], "en")
