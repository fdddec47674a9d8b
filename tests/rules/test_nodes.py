"""Does every recorded act tick its node, and is what was left undone named?"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules import nodes
from linshu.rules.kinds import KINDS
from linshu.rules.nodes import BY_CODE, NODES, Standing, Tick
from linshu.rules.policy import PolicyFault, parse, published_text
from linshu.rules.stages import Stage

PUBLISHED = parse(published_text())
DAY, TODAY = date(2026, 11, 2), date(2026, 11, 23)
OWN = {nodes.SCREENED, nodes.HANDLED, nodes.RESUMED, nodes.ENDED}


def test_there_are_thirty_seven_with_their_codes_in_order() -> None:
    assert [node.code for node in NODES] == [f"{n:03d}" for n in range(1, 38)]
    assert len({node.name for node in NODES}) == 37


def test_every_node_is_ticked_by_an_act_that_there_is() -> None:
    ticking = {act for node in NODES for act in node.ticked_by}
    assert ticking - set(KINDS) - {nodes.MEASURE + key for key in PUBLISHED.measures} == OWN
    assert all(node.ticked_by for node in NODES)


def test_a_sanction_that_was_approved_ticks_its_node() -> None:
    assert set(nodes.ticked({"measure:fine": Tick(DAY)})) == {"030"}
    assert nodes.missed(["030"], ["measure:referral"]) == ()
    assert nodes.missed(["030"], ["measure:restriction"]) == ("030",)


@pytest.mark.parametrize(
    ("act", "codes"),
    [
        ("notice", ["003"]),
        ("network_search", ["004", "037"]),
        ("estate_announced", ["021"]),
        ("movables_announced", ["021"]),
        ("seizure", ["012"]),
        ("detention", ["030"]),
        ("sanction", ["030"]),
        ("paid_out", ["029"]),
        (nodes.SCREENED, ["001"]),
        (nodes.ENDED, ["031"]),
        ("call", []),
    ],
)
def test_an_act_ticks_its_nodes(act: str, codes: list[str]) -> None:
    assert list(nodes.ticked({act: Tick(DAY)})) == codes


def test_searches_are_counted_and_the_first_day_stays() -> None:
    acts = {"network_search": Tick(DAY, 3), "auction": Tick(TODAY), "estate_announced": Tick(DAY)}
    found = nodes.ticked(acts)
    assert found["037"] == Tick(DAY, 3)
    assert found["021"] == Tick(DAY, 2)


@pytest.mark.parametrize(
    ("done", "left"),
    [
        ([], ("003", "004", "005", "030")),
        (["notice", "detention"], ("004", "005")),
        (["notice", "network_search", "field_begun", "sanction"], ()),
    ],
)
def test_what_the_centre_left_undone_is_named(done: list[str], left: tuple[str, ...]) -> None:
    assert nodes.missed(PUBLISHED.nodes[Stage.CENTRE], done) == left


@given(st.sets(st.sampled_from(sorted(KINDS))), st.sampled_from(sorted(PUBLISHED.nodes)))
def test_what_is_missed_is_expected_and_not_ticked(done: set[str], stage: Stage) -> None:
    expected = PUBLISHED.nodes[stage]
    left = nodes.missed(expected, done)
    tick = nodes.ticked(dict.fromkeys(done, Tick(DAY)))
    assert set(left) | (set(expected) & set(tick)) == set(expected)
    assert not set(left) & set(tick)


@pytest.mark.parametrize(
    ("done", "left_out", "running", "standing"),
    [
        ([], [], {}, Standing.NONE),
        (["notice"], [], {}, Standing.DONE),
        (["notice"], ["003"], {}, Standing.DONE),  # done afterwards
        ([], ["003"], {}, Standing.MISSED),
        ([], [], {"notice": TODAY}, Standing.RUNNING),  # the whole last day counts
        ([], [], {"notice": date(2026, 11, 22)}, Standing.LATE),
        ([], [], {"notice": None}, Standing.RUNNING),  # paused
        ([], ["003"], {"notice": date(2026, 11, 22)}, Standing.LATE),
        (["notice"], [], {"notice": date(2026, 11, 22)}, Standing.LATE),  # due once more
        (["notice"], [], {"notice": TODAY}, Standing.DONE),
    ],
)
def test_how_a_node_stands(done, left_out, running, standing) -> None:
    lines = nodes.lines(dict.fromkeys(done, Tick(DAY)), left_out, running, TODAY)
    assert {line.node.code: line.standing for line in lines}["003"] is standing
    assert len(lines) == 37


@pytest.mark.parametrize(
    ("old", "new"),
    [('quick     = ["003", "004"]', 'quick = ["3"]'), ("quick     = [", "closed = [")],
)
def test_a_policy_names_stages_and_nodes_that_there_are(old: str, new: str) -> None:
    with pytest.raises(PolicyFault, match=r"nodes\.expected"):
        parse(published_text().replace(old, new))


def test_every_node_a_stage_brings_has_its_name() -> None:
    assert all(code in BY_CODE for codes in PUBLISHED.nodes.values() for code in codes)
