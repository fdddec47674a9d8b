"""Do a hundred thousand random limits end on the same day when a plain count reckons them?"""

from __future__ import annotations

import pytest

from tests.rules.test_pauses import agrees

FIRST, EACH = 1_000_000, 1_000  # other seeds than the two thousand of `make test`


@pytest.mark.parametrize("thousand", range(100))
def test_a_plain_count_day_by_day_agrees(thousand: int) -> None:
    for seed in range(FIRST + thousand * EACH, FIRST + (thousand + 1) * EACH):
        agrees(seed)
