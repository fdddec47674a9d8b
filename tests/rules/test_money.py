"""Do the sums of a case, and of many, always agree?"""

from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules.money import Purse, refusal

FEN = st.integers(0, 10**15)


@pytest.mark.parametrize(
    ("claim", "recovered", "paid", "held", "outstanding"),
    [
        (100, 0, 0, 0, 100),
        (100, 40, 0, 40, 60),
        (100, 40, 40, 0, 60),
        (100, 100, 60, 40, 0),
        (100, 120, 120, 0, 0),  # with interest for delay
    ],
)
def test_one_case(claim: int, recovered: int, paid: int, held: int, outstanding: int) -> None:
    purse = Purse.of(claim, recovered, paid)
    assert (purse.held_fen, purse.outstanding_fen) == (held, outstanding)


@pytest.mark.parametrize(
    ("recovered", "paid", "fits"),
    [(0, 0, True), (5, 5, True), (5, 6, False), (-1, -1, False), (0, -1, False), (7, 0, True)],
)
def test_nobody_pays_out_what_has_not_come_in(recovered: int, paid: int, fits: bool) -> None:
    assert (refusal(recovered, paid) is None) == fits


@given(st.lists(st.tuples(FEN, FEN, FEN), min_size=1))
def test_many_are_the_sum_of_each(cases: list[tuple[int, int, int]]) -> None:
    purses = [Purse.of(claim, came, min(came, paid)) for claim, came, paid in cases]
    whole = reduce(add, purses)
    assert whole.held_fen == sum(one.held_fen for one in purses) >= 0
    assert whole.outstanding_fen == sum(one.outstanding_fen for one in purses) >= 0
