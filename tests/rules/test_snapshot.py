"""Is what has changed since a request was made named, and nothing else?"""

from typing import Any

import pytest

from linshu.rules.snapshot import FACTS_ZH, Changed, changes

SEEN: dict[str, Any] = {
    "stage": "quick",
    "team": "速执团队",
    "due_on": "2026-12-02",
    "statutory_due_on": "2027-05-05",
    "claim_fen": 100_000,
    "interest_fen": 0,
    "recovered_fen": 0,
    "paid_fen": 0,
    "closed_on": None,
    "measures": {"7:fine": "done"},
    "stint": 2,
}
OTHER = {"stage": "centre", "team": "执行指挥中心", "closed_on": "2026-11-20", "due_on": None}


def test_nothing_has_changed() -> None:
    assert changes(SEEN, dict(SEEN)) == ()


@pytest.mark.parametrize("what", FACTS_ZH)
def test_each_fact_is_named_before_and_now(what: str) -> None:
    now = OTHER.get(what, 5)
    assert changes(SEEN, SEEN | {what: now}) == (Changed(what, SEEN[what], now),)


def test_measures_are_named_each() -> None:
    now = SEEN | {"measures": {"7:fine": "not_applicable", "8:fine": "done"}}
    assert changes(SEEN, now) == (
        Changed("measures", "done", "not_applicable", "7:fine"),
        Changed("measures", "", "done", "8:fine"),
    )


def test_of_what_an_older_snapshot_does_not_know_nothing_is_said() -> None:
    older = {key: value for key, value in SEEN.items() if key not in ("measures", "interest_fen")}
    assert changes(older, SEEN | {"interest_fen": 9, "measures": {}, "stint": 3}) == ()
