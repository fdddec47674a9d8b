"""Who is told, and when? Tables of days and of people, and that the holder is always told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules.alerts import Running, listeners, reached
from linshu.rules.deadlines import Told
from linshu.rules.duties import Holder, Role, Seat
from linshu.rules.stages import TeamKind

DAYS = (7, 3, 1, 0)
DUE = date(2026, 5, 8)


@pytest.mark.parametrize(
    ("today", "before"),
    [
        ("2026-04-30", None),
        ("2026-05-01", 7),
        ("2026-05-04", 7),
        ("2026-05-05", 3),  # also after a downtime on the 1st: the most pressing one
        ("2026-05-07", 1),
        ("2026-05-08", 0),
        ("2026-05-20", 0),  # late rather than never
    ],
)
def test_the_most_pressing_day_that_was_reached(today: str, before: int | None) -> None:
    assert reached(DUE, date.fromisoformat(today), DAYS) == before


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.lists(st.integers(0, 90), min_size=1))
def test_nothing_is_told_before_its_day_and_something_on_it(today: date, days: list[int]) -> None:
    before, left = reached(DUE, today, days), (DUE - today).days
    assert (before is None) == (left > max(days))
    assert before is None or (before >= left or before == min(days))


HANDLER, MATE, CLERK, LEAD, OTHER, CHIEF, VICE, PRESIDENT, SUPERVISOR = range(1, 10)
SEATS = [
    Seat(HANDLER, Role.EXECUTOR, 1),
    Seat(MATE, Role.EXECUTOR, 1),
    Seat(CLERK, Role.CLERK, 1),
    Seat(LEAD, Role.TEAM_LEAD, 1),
    Seat(OTHER, Role.TEAM_LEAD, 2),
    Seat(CHIEF, Role.BUREAU_CHIEF, None),
    Seat(VICE, Role.VICE_PRESIDENT, None),
    Seat(PRESIDENT, Role.PRESIDENT, None),
    Seat(SUPERVISOR, Role.SUPERVISOR, None),
]
TEAM = Holder(1, TeamKind.INTENSIVE)


@pytest.mark.parametrize(
    ("holder", "handler", "told"),
    [
        (TEAM, HANDLER, {HANDLER, LEAD}),
        (TEAM, None, {HANDLER, MATE, LEAD}),  # nobody handles it: the whole team, clerks apart
        (Holder(5, TeamKind.TEAM_LEAD, 1), LEAD, {LEAD, CHIEF}),
        (Holder(5, TeamKind.TEAM_LEAD, 1), None, {LEAD, CHIEF}),
        (Holder(6, TeamKind.BUREAU_CHIEF), None, {CHIEF, VICE}),
        (Holder(7, TeamKind.VICE_PRESIDENT), None, {VICE, PRESIDENT}),
    ],
)
def test_the_holder_and_whoever_stands_above(
    holder: Holder, handler: int | None, told: set[int]
) -> None:
    assert listeners(Running(holder, handler), SEATS) == told


def test_a_row_may_name_others() -> None:
    tells = (Told.HANDLER, Told.CHIEF, Told.SUPERVISOR)
    assert listeners(Running(TEAM, HANDLER), SEATS, tells) == {HANDLER, CHIEF, SUPERVISOR}
