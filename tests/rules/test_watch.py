"""Which warnings has a case on a day? Limits near or gone, nodes that nobody ticked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules.nodes import BY_CODE
from linshu.rules.watch import About, Missing, Stay, Waits, missing, until

TODAY, SOON = date(2026, 11, 23), 7
BEGAN = date(2026, 11, 2)
NOTICE = frozenset({"notice"})


def days(n: int) -> date:
    return TODAY + timedelta(days=n)


def waits(due: int | None, **facts: object) -> Waits:
    usual = {"row": "enforcement_notice", "acts": NOTICE, "started_on": BEGAN}
    due_on = None if due is None else days(due)
    return Waits(1, **{**usual, **facts}, due_on=due_on)


def told(found: tuple[Missing, ...]) -> list[tuple[str, int]]:
    return [(one.key, one.left(TODAY)) for one in found]


@pytest.mark.parametrize(
    ("due", "warns"), [(None, False), (8, False), (7, True), (1, True), (0, True), (-40, True)]
)
def test_a_countdown_warns_from_seven_days_before_its_end(due: int | None, warns: bool) -> None:
    found = missing(TODAY, SOON, None, (), [waits(due)])
    assert [(one.about, one.key, one.countdown_id) for one in found] == [
        (About.COUNTDOWN, "enforcement_notice", 1)
    ] * warns


def test_its_last_day_is_not_late_and_the_next_one_is() -> None:
    (today,) = missing(TODAY, SOON, None, (), [waits(0)])
    (gone,) = missing(TODAY, SOON, None, (), [waits(-1)])
    assert not today.late(TODAY) and gone.late(TODAY)
    assert gone.since_on == BEGAN


def test_what_may_not_be_done_before_a_day_is_never_late() -> None:
    assert missing(TODAY, SOON, None, (), [waits(-3, earliest=True)]) == ()


@pytest.mark.parametrize(
    ("due", "happened", "codes"),
    [
        (8, (), []),
        (None, (), []),  # paused
        (7, (), ["003", "004", "030"]),
        (-2, ("notice",), ["004", "030"]),
        (-2, ("notice", "network_search", "measure:fine"), []),
        (0, ("call", "clue"), ["003", "004", "030"]),
    ],
)
def test_a_stage_that_runs_out_warns_of_the_nodes_it_should_bring(due, happened, codes) -> None:
    stay = Stay(("003", "004", "030"), BEGAN, None if due is None else days(due))
    found = missing(TODAY, SOON, stay, happened, [])
    assert [one.key for one in found] == codes
    assert all((one.about, one.since_on) == (About.NODE, BEGAN) for one in found)


def test_a_node_whose_own_limit_warns_is_not_told_twice() -> None:
    stay = Stay(("003", "004"), BEGAN, days(3))
    found = missing(TODAY, SOON, stay, (), [waits(-5)])
    assert told(found) == [("enforcement_notice", -5), ("004", 3)]
    far = missing(TODAY, SOON, stay, (), [waits(20)])
    assert told(far) == [("003", 3), ("004", 3)]


CODES = st.sets(st.sampled_from(sorted(BY_CODE)), max_size=6)
ACTS = st.sets(st.sampled_from(sorted({a for n in BY_CODE.values() for a in n.ticked_by})))
DUE = st.none() | st.integers(-90, 90)


LIMITS = st.lists(st.tuples(DUE, ACTS, st.booleans()), max_size=5)


@given(CODES, ACTS, DUE, LIMITS, st.integers(0, 60))
def test_nothing_that_is_far_off_paused_or_done_warns(codes, happened, due, limits, soon) -> None:
    stay = Stay(codes, BEGAN, None if due is None else days(due))
    running = [
        Waits(n, f"row{n}", frozenset(acts), BEGAN, None if at is None else days(at), earliest)
        for n, (at, acts, earliest) in enumerate(limits)
    ]
    found = missing(TODAY, soon, stay, happened, running)
    assert all(one.due_on <= until(TODAY, soon) for one in found)
    assert list(found) == sorted(found, key=lambda one: (one.due_on, one.about, one.key))
    warned = {one.countdown_id for one in found if one.about is About.COUNTDOWN}
    near = {n for n, (at, _acts, early) in enumerate(limits) if at is not None and at <= soon}
    assert warned == near - {n for n, (_at, _acts, early) in enumerate(limits) if early}
    own = {act for n in warned for act in running[n].acts}
    for code in codes:
        told_of = code in {one.key for one in found if one.about is About.NODE}
        is_near = due is not None and due <= soon
        assert told_of == (is_near and not BY_CODE[code].ticked_by & (happened | own))
