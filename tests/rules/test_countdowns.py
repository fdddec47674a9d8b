"""When do the other countdowns end? Each row of domain.md § 2, with its article; a plain count."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from config import SHANGHAI
from linshu.rules.clock import Excluded
from linshu.rules.countdowns import EndMissing, EndUnlikely, Open, end, met_by, started_by
from linshu.rules.deadlines import Count, Countdown, Unit
from linshu.rules.kinds import APPLIED, CARE, KINDS, NODES, QUICK, REVIEWED
from linshu.rules.policy import Limit, PolicyFault, parse, published_text
from tests.rules.plain import PUBLISHED, last_day, next_day, works

ROWS = parse(published_text()).countdowns


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# The table ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "start", "last"),
    [
        ("handler_named", "2026-01-05", "2026-01-12"),  # 35号 art. 2: seven days from filing
        ("handler_named", "2026-02-11", "2026-02-24"),  # the seventh day is in 春节
        ("handler_told", "2026-02-12", "2026-02-24"),  # three working days, Saturday 02-14 is one
        ("enforcement_notice", "2026-03-02", "2026-03-05"),  # 35号 arts. 4, 5
        ("enforcement_notice", "2026-04-01", "2026-04-07"),  # the third day is 清明
        ("clue_check", "2026-03-02", "2026-03-09"),  # 财产调查规定 art. 2
        ("clue_check", "2026-09-24", "2026-10-08"),
        ("urgent_clue_check", "2026-03-02", "2026-03-05"),
        ("urgent_clue_check", "2026-05-06", "2026-05-09"),  # a Saturday that is worked
        ("investigation_start", "2026-03-02", "2026-03-12"),  # 35号 art. 6
        ("investigation_start", "2026-06-09", "2026-06-22"),  # the tenth day is 端午
        ("investigation", "2026-01-31", "2026-02-28"),  # no 02-31; a Saturday that is worked
        ("investigation", "2026-03-02", "2026-04-02"),  # 35号
        ("pay_out", "2026-03-02", "2026-04-01"),  # 法发〔2017〕6号
        ("pay_out", "2026-09-01", "2026-10-08"),
        ("petition_recorded", "2026-09-28", "2026-10-10"),  # 322号: 国庆 between, 10-10 is worked
        ("petition_finished", "2026-03-02", "2026-04-14"),
        ("dormant_search", "2026-03-31", "2026-09-30"),  # 373号 art. 9
        ("dormant_search", "2026-08-31", "2027-03-01"),  # 02-28, a Sunday
        ("auction_movables", "2026-04-20", "2026-05-05"),  # 网拍规定 art. 12: never rolls
        ("auction_real_estate", "2026-03-02", "2026-04-01"),
    ],
)
def test_each_row_ends_on_its_day(row: str, start: str, last: str) -> None:
    found = end(ROWS[row], at(f"{start} 16:40"), PUBLISHED)
    assert (str(found.on), found.at) == (last, None)


@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2026-10-01 15:30", "2026-10-02 16:00"),  # 解释 art. 125: from the hour after; 国庆 or not
        ("2026-03-31 23:00", "2026-04-02 00:00"),
    ],
)
def test_hours_run_from_the_hour_after_and_never_roll(start: str, last: str) -> None:
    found = end(ROWS["family_told"], at(start), PUBLISHED)
    assert found.at == at(last) and found.on == at(last).date()


@pytest.mark.parametrize(
    ("row", "start", "printed"),
    [
        ("seizure", "2024-05-02", "2027-05-02"),  # a Sunday inside 劳动节
        ("seizure", "2025-10-08", "2026-10-07"),
        ("detention_end", "2026-09-20", "2026-10-04"),
    ],
)
def test_the_end_that_a_document_names_never_rolls_nor_pauses(
    row: str, start: str, printed: str
) -> None:
    pause = [Excluded(date.fromisoformat(start), None)]
    found = end(ROWS[row], at(start), PUBLISHED, pause, date.fromisoformat(printed))
    assert str(found.on) == printed and not found.provisional


def test_an_end_that_no_document_names_is_refused() -> None:
    with pytest.raises(EndMissing):
        end(ROWS["seizure"], at("2026-03-02"), PUBLISHED)
    for row, printed in (
        ("seizure", "2026-03-01"),  # before it began
        ("seizure", "2029-03-03"),  # 解释 art. 485: three years at most
        ("detention_end", "2026-03-18"),  # 民诉法 art. 118: fifteen days at most
    ):
        with pytest.raises(EndUnlikely):
            end(ROWS[row], at("2026-03-02"), PUBLISHED, (), date.fromisoformat(printed))
    assert end(ROWS["seizure"], at("2026-03-02"), PUBLISHED, (), date(2029, 3, 2)).on
    assert end(ROWS["detention_end"], at("2026-03-02"), PUBLISHED, (), date(2026, 3, 17)).on


def test_every_six_months_for_five_years_each_round_from_the_first_start() -> None:
    row = ROWS["dormant_search"]
    found = [end(row, at("2020-08-31"), PUBLISHED, round_=n).on for n in range(1, row.again + 1)]
    assert [str(on) for on in found] == [
        "2021-03-01", "2021-08-31", "2022-02-28", "2022-08-31", "2023-02-28", "2023-08-31",
        "2024-02-29", "2024-09-02", "2025-02-28", "2025-09-01",
    ]  # fmt: skip


def test_a_pause_stops_what_the_court_does_and_not_what_others_wait_for() -> None:
    pause = [Excluded(date(2026, 3, 3), date(2026, 3, 5))]
    for row, later in (("clue_check", 3), ("handler_named", 0), ("pay_out", 0)):
        plain, paused = (end(ROWS[row], at("2026-03-02"), PUBLISHED, p).on for p in ((), pause))
        assert plain and paused == plain + timedelta(days=later)
    going_on = [Excluded(date(2026, 3, 4), None)]
    assert end(ROWS["clue_check"], at("2026-03-02"), PUBLISHED, going_on).on is None
    pausable = {key for key, row in ROWS.items() if row.pausable}
    assert pausable == {
        "enforcement_notice",
        "clue_check",
        "urgent_clue_check",
        "investigation_start",
        "investigation",
    }


def test_a_year_that_is_not_published_is_provisional() -> None:
    assert end(ROWS["petition_recorded"], at("2027-05-04"), PUBLISHED).provisional
    assert end(ROWS["handler_named"], at("2026-12-30"), PUBLISHED).provisional
    assert not end(ROWS["handler_named"], at("2026-12-20"), PUBLISHED).provisional


# A second, plain count ----------------------------------------------------------------------------


def plainly(row: Countdown, start: date, pauses: list[Excluded]) -> date | None:
    if row.unit is Unit.WORKING_DAY:
        for _ in range(row.limit):
            start = next_day(start)
            while not works(start, PUBLISHED):
                start = next_day(start)
        return start
    months = {Unit.MONTH: 1, Unit.YEAR: 12}.get(row.unit, 0) * row.limit
    limits = [Limit(months=months) if months else Limit(days=row.limit)]
    return last_day(start, limits, PUBLISHED, row.rolls, pauses if row.pausable else [])


@pytest.mark.parametrize("seed", range(600))
def test_a_plain_count_agrees(seed: int) -> None:
    lot = random.Random(seed)
    units = (Unit.DAY, Unit.WORKING_DAY, Unit.MONTH, Unit.YEAR)
    row = replace(
        ROWS["clue_check"],
        unit=lot.choice(units),
        limit=lot.randrange(1, 13),
        rolls=lot.random() < 0.6,
        pausable=lot.random() < 0.6,
    )
    start = date(2005, 1, 1) + timedelta(days=lot.randrange(7000))
    first = start + timedelta(days=lot.randrange(-10, 40))
    pauses = [Excluded(first, first + timedelta(days=lot.randrange(30)))]
    begun = datetime(start.year, start.month, start.day, lot.randrange(24), tzinfo=SHANGHAI)
    assert end(row, begun, PUBLISHED, pauses).on == plainly(row, start, pauses), (seed, row, start)


# Which one is met ---------------------------------------------------------------------------------


ON = date(2026, 3, 9)


def running(id_: int, row: str, due: str | None, amount: int = 0, since: date = ON) -> Open:
    return Open(id_, ROWS[row], since, date.fromisoformat(due) if due else None, amount)


def ids(found: list[Open]) -> list[int]:
    return [one.id for one in found]


def test_an_act_meets_the_first_to_end_whichever_row_it_stands_in() -> None:
    some = [
        running(1, "clue_check", "2026-03-20"),
        running(2, "urgent_clue_check", "2026-03-12"),
        running(3, "clue_check", None),
        running(4, "investigation", "2026-03-10"),
    ]
    assert ids(met_by(some, "clue_checked", ON)) == [2]
    assert ids(met_by(some, "clue_checked", ON, about=3)) == [3]
    assert ids(met_by([some[2], some[0]], "clue_checked", ON)) == [1]
    assert met_by(some, "call", ON) == []


def test_an_act_meets_nothing_that_began_after_it_but_what_a_case_has_once() -> None:
    later = date(2026, 3, 10)
    some = [
        running(1, "pay_out", "2026-04-09", 100, later),
        running(2, "enforcement_notice", "2026-03-13", since=later),
    ]
    assert met_by(some, "paid_out", ON, 100) == met_by(some, "paid_out", ON, 100, about=1) == []
    assert ids(met_by(some, "paid_out", later, 100)) == [1]
    assert ids(met_by(some, "notice", ON)) == [2]


def test_what_a_case_has_once_is_met_whole() -> None:
    assert ROWS["handler_named"].count is Count.ONCE
    some = [running(1, "handler_named", "2026-03-20"), running(2, "handler_told", "2026-03-20")]
    assert ids(met_by(some, "handler", ON)) == [1]
    assert ids(met_by(some, "parties_told", ON)) == [2]


@pytest.mark.parametrize(
    ("paid", "met"),
    [(100, [1]), (60, [1]), (299, [1]), (300, [1, 2]), (349, [1, 2]), (350, [1, 2, 3])],
)
def test_a_pay_out_meets_the_oldest_receipt_and_those_it_covers(paid: int, met: list[int]) -> None:
    some = [
        running(3, "pay_out", "2026-04-20", 50),
        running(1, "pay_out", "2026-04-01", 100),
        running(2, "pay_out", "2026-04-02", 200),
    ]
    assert ids(met_by(some, "paid_out", ON, paid)) == met


# The policy ---------------------------------------------------------------------------------------


def test_every_event_is_the_system_s_own_or_can_be_recorded() -> None:
    own = {"filed", "handler", "handler_changed", "dormant", APPLIED, REVIEWED}
    events = {event for row in ROWS.values() for event in (*row.starts, *row.meets)}
    assert events - set(KINDS) == own
    recorded = {kind for group in NODES.values() for kind in group}
    assert events & set(KINDS) <= recorded | set(QUICK) | set(CARE) and not recorded & set(QUICK)
    assert all(len(kind) <= 20 for kind in KINDS)  # what the column has room for
    assert [row.key for row in started_by(ROWS, "detention")] == ["detention_end", "family_told"]


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ('unit = "hour"', 'unit = "minute"', "countdowns.family_told.unit"),
        ('"movables_announced"', '"announced"', "countdowns.auction_movables.starts"),
        ('starts = ["receipt"]', "starts = []", "countdowns.pay_out.starts"),
        ('count = "one"', 'count = "two"', "countdowns.dormant_search.count"),
        ("again = 10", "again = 0", "countdowns.dormant_search.again"),
        ("most_days = 15", "most_days = -1", "countdowns.detention_end.most_days"),
        ("limit = 24", "limit = 0", "countdowns.family_told.limit"),
        ('starts = ["detention"]', 'starts = ["visit"]', "countdowns.detention_end.starts"),
        ("pausable = false", "pausable = true", "countdowns.petition_recorded.pausable"),
    ],
)
def test_a_row_that_could_not_be_counted_is_no_policy(right: str, wrong: str, fault: str) -> None:
    with pytest.raises(PolicyFault) as refused:
        parse(published_text().replace(right, wrong))
    assert any(str(said).startswith(fault) for said in refused.value.faults), refused.value.faults
