"""Does a case go where R2–R11 and R20 say, from every state?"""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules import points
from linshu.rules.policy import parse, published_text
from linshu.rules.stages import FIRST, RESUMED, Stage, TeamKind
from linshu.rules.transitions import (
    CaseState,
    Move,
    Reason,
    TeamState,
    Undecidable,
    expired,
    passed_intake,
    reassigned,
    screened,
    transferred,
)

POLICY = parse(published_text())
QUICK, CENTRE, ONE, TWO, DORMANT, CHIEF, VICE, LEAD_ONE, LEAD_TWO = range(1, 10)
TEAMS = (
    TeamState(QUICK, TeamKind.QUICK, True, 5),
    TeamState(CENTRE, TeamKind.CENTRE, True, 9),
    TeamState(ONE, TeamKind.INTENSIVE, True, 3),
    TeamState(TWO, TeamKind.INTENSIVE, True, 4),
    TeamState(DORMANT, TeamKind.DORMANT, True, 0),
    TeamState(CHIEF, TeamKind.BUREAU_CHIEF, True, 0),
    TeamState(VICE, TeamKind.VICE_PRESIDENT, True, 0),
    TeamState(LEAD_ONE, TeamKind.TEAM_LEAD, True, 0, ONE),
    TeamState(LEAD_TWO, TeamKind.TEAM_LEAD, True, 0, TWO),
)
NEW = CaseState("（2026）鲁1329执1号", FIRST, Stage.INTAKE, CENTRE, 0, 0, frozenset())


def at(stage: Stage, team: int, hop: int = 1, sideways: int = 0, seen: tuple[int, ...] = ()):
    return replace(
        NEW, stage=stage, team_id=team, hop=hop, sideways=sideways, visited=frozenset(seen)
    )


def switched_off(team_id: int) -> tuple[TeamState, ...]:
    return tuple(replace(t, active=False) if t.id == team_id else t for t in TEAMS)


def test_simple_goes_to_quick_and_complex_to_the_centre() -> None:  # R3, R4
    assert screened(NEW, True, POLICY, TEAMS).to_stage is Stage.QUICK
    assert screened(NEW, False, POLICY, TEAMS).to_stage is Stage.CENTRE


def test_a_resumed_case_goes_to_intensive_never_to_quick() -> None:  # R2
    move = passed_intake(replace(NEW, kind=RESUMED), POLICY, TEAMS)
    assert (move.to_stage, move.posts, move.hop) == (Stage.INTENSIVE, False, 0)


def test_unscreened_goes_to_the_centre_without_points() -> None:
    move = expired(NEW, POLICY, TEAMS)
    assert move and (move.to_stage, move.reason, move.posts) == (
        Stage.CENTRE,
        Reason.UNSCREENED,
        False,
    )


@pytest.mark.parametrize(
    ("state", "to", "team", "hop", "sideways"),
    [
        (at(Stage.QUICK, QUICK, 0), Stage.CENTRE, CENTRE, 1, 0),  # R4
        (at(Stage.CENTRE, CENTRE, 1), Stage.INTENSIVE, ONE, 2, 0),  # R7, least loaded
        (at(Stage.CENTRE, CENTRE, 0), Stage.INTENSIVE, ONE, 1, 0),
        (at(Stage.INTENSIVE, ONE, 2, 0, (ONE,)), Stage.LATERAL, TWO, 3, 1),  # R9, R10
        (at(Stage.LATERAL, TWO, 3, 1, (ONE, TWO)), Stage.TEAM_LEAD, LEAD_TWO, 4, 1),  # R11
        (at(Stage.TEAM_LEAD, LEAD_TWO, 4, 1), Stage.BUREAU_CHIEF, CHIEF, 5, 1),
        (at(Stage.BUREAU_CHIEF, CHIEF, 5, 1), Stage.VICE_PRESIDENT, VICE, 6, 1),
    ],
)
def test_where_expiry_leads(
    state: CaseState, to: Stage, team: int, hop: int, sideways: int
) -> None:
    move = expired(state, POLICY, TEAMS)
    assert move is not None
    assert (move.to_stage, move.to_team_id, move.hop, move.sideways) == (to, team, hop, sideways)
    assert move.posts


def test_after_the_vice_president_it_stays() -> None:
    assert expired(at(Stage.VICE_PRESIDENT, VICE, 6, 1), POLICY, TEAMS) is None


def test_with_one_active_team_the_sideways_move_is_skipped_with_an_alert() -> None:  # R8
    move = expired(at(Stage.INTENSIVE, ONE, 2, 0, (ONE,)), POLICY, switched_off(TWO))
    assert move and (move.to_stage, move.to_team_id) == (Stage.TEAM_LEAD, LEAD_ONE)
    assert move.skipped_sideways and "R8" in move.rules


def test_no_sideways_move_where_the_policy_has_none() -> None:  # R10: 0..N
    move = expired(at(Stage.INTENSIVE, ONE), replace(POLICY, sideways_moves=0), TEAMS)
    assert move and move.to_stage is Stage.TEAM_LEAD and not move.skipped_sideways


def test_never_to_a_team_that_has_held_it_while_another_has_not() -> None:  # R9
    three = (*TEAMS, TeamState(20, TeamKind.INTENSIVE, True, 99))
    state = at(Stage.LATERAL, TWO, 3, 1, (ONE, TWO))
    move = expired(state, replace(POLICY, sideways_moves=2), three)
    assert move and move.to_team_id == 20


def test_no_team_to_take_it_is_undecidable_not_lost() -> None:
    with pytest.raises(Undecidable, match="no_team"):
        expired(at(Stage.QUICK, QUICK), POLICY, switched_off(CENTRE))


def test_a_post_exists_whether_or_not_anyone_sits_there() -> None:
    with pytest.raises(Undecidable, match="no_post"):
        lateral = at(Stage.LATERAL, TWO, 3, 1)
        expired(lateral, POLICY, [t for t in TEAMS if t.id != LEAD_TWO])


def test_an_early_transfer_goes_where_expiry_would_and_posts() -> None:  # R20
    state = at(Stage.INTENSIVE, ONE, 2, 0, (ONE,))
    move, expiry = transferred(state, False, POLICY, TEAMS), expired(state, POLICY, TEAMS)
    assert move and expiry
    assert (move.to_stage, move.to_team_id, move.hop) == (
        expiry.to_stage,
        expiry.to_team_id,
        expiry.hop,
    )
    assert points.postings(move, POLICY) == points.postings(expiry, POLICY)


def test_an_exempt_transfer_uses_up_the_sideways_move_but_is_no_hop() -> None:  # R20
    move = transferred(at(Stage.INTENSIVE, ONE, 2, 0, (ONE,)), True, POLICY, TEAMS)
    assert move and (move.hop, move.sideways, move.posts) == (2, 1, False)
    assert points.postings(move, POLICY) == ()


@pytest.mark.parametrize("stage", [Stage.INTENSIVE, Stage.LATERAL])
def test_an_override_names_another_team_and_changes_nothing_else(stage: Stage) -> None:  # R26
    state = at(stage, ONE, 2, 1, (ONE,))
    move = reassigned(state, TWO, TEAMS)
    assert (move.from_team_id, move.to_team_id, move.to_stage) == (ONE, TWO, stage)
    assert (move.hop, move.sideways, move.posts, move.keeps_limit) == (2, 1, False, True)
    assert points.postings(move, POLICY) == () and move.choice.loads == ((ONE, 3), (TWO, 4))
    after = expired(arrived(state, move), POLICY, TEAMS)
    assert after and after.from_team_id == TWO and after.hop == 3  # as if it had been there


@pytest.mark.parametrize(
    ("state", "team", "why"),
    [
        (NEW, TWO, "no_override_here"),
        (replace(NEW, stage=Stage.TEAM_LEAD, team_id=LEAD_ONE), LEAD_TWO, "no_override_here"),
        (replace(NEW, stage=Stage.BUREAU_CHIEF, team_id=CHIEF), VICE, "no_override_here"),
        (replace(NEW, stage=Stage.VICE_PRESIDENT, team_id=VICE), CHIEF, "no_override_here"),
        (replace(NEW, stage=Stage.DORMANT, team_id=DORMANT), ONE, "no_override_here"),
        (replace(NEW, stage=Stage.QUICK, team_id=QUICK), ONE, "no_override_here"),  # one of a kind
        (replace(NEW, stage=Stage.INTENSIVE, team_id=ONE), ONE, "not_such_a_team"),
        (replace(NEW, stage=Stage.INTENSIVE, team_id=ONE), QUICK, "not_such_a_team"),
        (replace(NEW, stage=Stage.INTENSIVE, team_id=ONE), LEAD_TWO, "not_such_a_team"),
        (replace(NEW, stage=Stage.INTENSIVE, team_id=ONE), 999, "not_such_a_team"),
    ],
)
def test_no_override_to_a_post_or_to_where_it_is(state: CaseState, team: int, why: str) -> None:
    with pytest.raises(Undecidable, match=why):
        reassigned(state, team, TEAMS)


def test_no_override_to_a_team_that_is_switched_off() -> None:
    off = tuple(replace(team, active=team.id != TWO) for team in TEAMS)
    with pytest.raises(Undecidable, match="no_override_here"):
        reassigned(replace(NEW, stage=Stage.INTENSIVE, team_id=ONE), TWO, off)


def test_a_tie_is_broken_by_a_lot_that_can_be_checked() -> None:
    tied = tuple(replace(team, load=7) for team in TEAMS)
    choice = expired(at(Stage.CENTRE, CENTRE), POLICY, tied).choice
    assert choice.team_id == random.Random(choice.seed).choice([ONE, TWO])
    assert choice.loads == ((ONE, 7), (TWO, 7))


def test_lots_are_fair() -> None:
    tied = tuple(replace(team, load=7) for team in TEAMS)
    drawn = [
        expired(replace(at(Stage.CENTRE, CENTRE), number=f"（2026）鲁1329执{n}号"), POLICY, tied)
        for n in range(1, 1001)
    ]
    assert 400 < sum(move.to_team_id == ONE for move in drawn) < 600


LIFTS = (Stage.TEAM_LEAD, Stage.BUREAU_CHIEF, Stage.VICE_PRESIDENT)


@given(
    simple=st.booleans(),
    kind=st.sampled_from([FIRST, RESUMED]),
    intensive=st.integers(1, 5),
    sideways=st.integers(0, 4),
    loads=st.lists(st.integers(0, 5), min_size=5, max_size=5),
    early=st.lists(st.sampled_from(["expiry", "early", "exempt"]), min_size=20, max_size=20),
    base=st.integers(1, 7),
)
def test_any_journey(simple, kind, intensive, sideways, loads, early, base) -> None:
    """Properties of every journey: it ends at the vice president, lifts in order, never back to a
    team while another is free, points sum to zero and grow with each hop (R9–R11, R17–R20)."""
    policy = replace(POLICY, sideways_moves=sideways, base_points=base)
    teams = [team for team in TEAMS if team.kind not in (TeamKind.INTENSIVE, TeamKind.TEAM_LEAD)]
    for n in range(intensive):
        teams.append(TeamState(100 + n, TeamKind.INTENSIVE, True, loads[n]))
        teams.append(TeamState(200 + n, TeamKind.TEAM_LEAD, True, 0, 100 + n))
    state = replace(NEW, kind=kind)
    move: Move | None = (
        passed_intake(state, policy, teams)
        if kind == RESUMED
        else screened(state, simple, policy, teams)
    )
    stages, paid = [], []
    for how in early:
        if move is None:
            break
        stages.append(move.to_stage)
        paid.append(points.postings(move, policy))
        if move.to_stage is Stage.LATERAL and len(state.visited) < intensive:
            assert move.to_team_id not in state.visited
        state = arrived(state, move)
        move = (
            expired(state, policy, teams)
            if how == "expiry"
            else transferred(state, how == "exempt", policy, teams)
        )
    assert move is None and stages[-3:] == list(LIFTS)
    assert stages.count(Stage.LATERAL) == (sideways if intensive > 1 else 0)
    assert Stage.QUICK not in stages[1:] and (kind == FIRST or Stage.QUICK not in stages)
    assert all(sum(p.points for p in pair) == 0 for pair in paid)
    received = [pair[1].points for pair in paid if pair]
    assert received == [base * (n + 1) for n in range(len(received))]


def arrived(state: CaseState, move: Move) -> CaseState:
    seen = {move.to_team_id} if move.to_stage in (Stage.INTENSIVE, Stage.LATERAL) else set()
    return replace(
        state,
        stage=move.to_stage,
        team_id=move.to_team_id,
        hop=move.hop,
        sideways=move.sideways,
        visited=state.visited | seen,
    )


def test_each_node_that_fails_nets_minus_base_and_the_last_keeps_all() -> None:  # R19
    state = screened_quick = replace(NEW, stage=Stage.QUICK, team_id=QUICK)
    net: dict[int, int] = {}
    while (move := expired(state, POLICY, TEAMS)) is not None:
        for posting in points.postings(move, POLICY):
            net[posting.team_id] = net.get(posting.team_id, 0) + posting.points
        state = arrived(state, move)
    assert screened_quick.hop == 0
    assert net == {QUICK: -1, CENTRE: -1, ONE: -1, TWO: -1, LEAD_TWO: -1, CHIEF: -1, VICE: 6}
