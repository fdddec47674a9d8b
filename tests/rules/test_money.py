"""Do the sums of a case, and of many, always agree, and which money is left of which receipt?"""

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules.money import Arrival, Purse, Sum, arrivals, refusal

FEN = st.integers(0, 10**15)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("claim", "interest", "recovered", "paid", "diverted", "held", "outstanding", "surplus"),
    [
        (100, 0, 0, 0, 0, 0, 100, 0),
        (100, 0, 40, 0, 0, 40, 60, 0),
        (100, 0, 40, 40, 0, 0, 60, 0),
        (100, 0, 100, 60, 0, 40, 0, 0),
        (100, 20, 100, 0, 0, 100, 20, 0),  # interest for delay is owed too
        (100, 20, 120, 120, 0, 0, 0, 0),
        (100, 0, 120, 100, 0, 20, 0, 20),  # to be returned to the debtor
        (100, 0, 120, 120, 20, 0, 0, 0),  # and returned
        (100, 0, 100, 100, 15, 0, 15, 0),  # the fee settles nothing of the claim
    ],
)
def test_one_case(
    claim: int,
    interest: int,
    recovered: int,
    paid: int,
    diverted: int,
    held: int,
    outstanding: int,
    surplus: int,
) -> None:
    purse = Purse.of(claim, recovered, paid, interest, diverted)
    assert (purse.held_fen, purse.outstanding_fen, purse.surplus_fen) == (
        held,
        outstanding,
        surplus,
    )


@pytest.mark.parametrize(
    ("recovered", "paid", "fits"),
    [(0, 0, True), (5, 5, True), (5, 6, False), (-1, -1, False), (0, -1, False), (7, 0, True)],
)
def test_nobody_pays_out_what_has_not_come_in(recovered: int, paid: int, fits: bool) -> None:
    assert (refusal(recovered, paid) is None) == fits


@given(st.lists(st.tuples(FEN, FEN, FEN, FEN, FEN), min_size=1))
def test_many_are_the_sum_of_each(cases: list[tuple[int, int, int, int, int]]) -> None:
    purses = [
        Purse.of(claim, came, min(came, paid), interest, min(came, paid, away))
        for claim, came, paid, interest, away in cases
    ]
    whole = reduce(add, purses)
    for name in ("held_fen", "owed_fen", "outstanding_fen", "surplus_fen"):
        assert getattr(whole, name) == sum(getattr(one, name) for one in purses) >= 0


def sums(*amounts: tuple[int, int], first: int = 1) -> list[Sum]:
    """(day, fen) each, numbered as they were entered."""
    return [
        Sum(n, START + timedelta(days=day), n, fen) for n, (day, fen) in enumerate(amounts, first)
    ]


def told(found: list[Arrival]) -> list[tuple[int, int, int | None]]:
    """Which receipt, what is left of it, what settled it."""
    return [(a.receipt.id, a.left_fen, a.settled_by.id if a.settled_by else None) for a in found]


@pytest.mark.parametrize(
    ("paid", "left"),
    [
        ([], [(1, 100, None), (2, 200, None), (3, 50, None)]),
        ([(5, 60)], [(1, 40, None), (2, 200, None), (3, 50, None)]),
        ([(5, 60), (6, 40)], [(1, 0, 12), (2, 200, None), (3, 50, None)]),
        ([(6, 40), (5, 60)], [(1, 0, 11), (2, 200, None), (3, 50, None)]),  # entered late
        ([(5, 300)], [(1, 0, 11), (2, 0, 11), (3, 50, None)]),
        ([(5, 299), (6, 51)], [(1, 0, 11), (2, 0, 12), (3, 0, 12)]),
    ],
)
def test_what_came_in_first_is_paid_out_first(
    paid: list[tuple[int, int]], left: list[tuple[int, int, int | None]]
) -> None:
    came = sums((0, 100), (1, 200), (2, 50))
    assert told(arrivals(came, sums(*paid, first=11))) == left


def test_of_two_at_one_instant_the_first_entered_comes_first() -> None:
    first, second = Sum(9, START, 1, 10), Sum(2, START, 2, 10)  # the first was corrected since
    assert told(arrivals([second, first], sums((1, 10), first=11))) == [(9, 0, 11), (2, 10, None)]


DAYS = st.integers(0, 30)
SOME = st.lists(st.tuples(DAYS, st.integers(1, 500)), max_size=8)


@given(SOME, SOME)
def test_what_is_left_is_what_came_in_less_what_went_out(
    came: list[tuple[int, int]], went: list[tuple[int, int]]
) -> None:
    found = arrivals(sums(*came), sums(*went, first=100))
    inside, outside = sum(fen for _, fen in came), sum(fen for _, fen in went)
    assert sum(one.left_fen for one in found) == max(0, inside - outside)
    assert all((one.left_fen == 0) == (one.settled_by is not None) for one in found)
    assert all(0 <= one.left_fen <= one.receipt.fen for one in found)
    waiting = [one.left_fen > 0 for one in found]
    assert waiting == sorted(waiting)  # none is paid out while an older one waits
    partly = [one for one in found if 0 < one.left_fen < one.receipt.fen]
    assert len(partly) <= 1
