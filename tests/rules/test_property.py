"""Is only done with a thing what can be, and does no seizure outlast the law?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules import kinds, nodes
from linshu.rules.property import (
    ACTS,
    KINDS,
    OVER,
    Status,
    latest_until,
    possible,
    refusal,
)

ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("deposit", "2027-11-23"),
        ("movable", "2028-11-23"),
        ("vehicle", "2028-11-23"),
        ("real_estate", "2029-11-23"),
        ("securities", "2029-11-23"),
        ("other", "2029-11-23"),
    ],
)
def test_a_seizure_lasts_as_long_as_the_law_lets_it(kind: str, until: str) -> None:
    last = date.fromisoformat(until)
    assert latest_until(kind, ON) == last
    assert refusal(kind, Status.FOUND, "seize", ON, last) is None
    why = refusal(kind, Status.FOUND, "seize", ON, last + timedelta(days=1))
    assert why is not None and "第四百八十五条" in str(why)


@pytest.mark.parametrize(
    ("status", "able"),
    [
        (Status.CLUE, {"confirm", "dismiss"}),
        (Status.FOUND, {"seize", "impound", "freeze", "freeze_deposit", "appraise"}),
        (
            Status.CONTROLLED,
            {"renew", "release", "appraise", "sell", "transfer", "give_in_lieu"},
        ),
        (Status.SOLD, set()),
        (Status.NOTHING, set()),
        (Status.RELEASED, {"seize", "impound", "freeze", "freeze_deposit"}),
    ],
)
def test_what_can_be_done_with_it(status: Status, able: set[str]) -> None:
    assert set(possible(status)) == able


@given(st.sampled_from(list(Status)), st.sampled_from(sorted(ACTS)), st.sampled_from(sorted(KINDS)))
def test_what_cannot_be_is_refused(status: Status, act: str, kind: str) -> None:
    why = refusal(kind, status, act, ON, ON)
    assert (why is None) == (act in possible(status))


def test_every_act_is_recorded_as_a_kind_that_there_is() -> None:
    ticking = {kind for node in nodes.NODES for kind in node.ticked_by}
    for act in ACTS.values():
        assert act.action in kinds.KINDS
        assert act.until == (act.action in kinds.UNTIL)
        assert act.action in ticking | {"seizure_renewed", "seizure_lifted"}


def test_what_is_over_stays_over() -> None:
    assert {s for s in Status if not possible(s)} | {Status.RELEASED} == OVER
