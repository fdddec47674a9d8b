"""What do the rules say of the care of terminated cases: where does a resumed one go, and when?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules.care import (
    CALLERS,
    SEARCHES,
    TERMS,
    WAYS,
    Standing,
    consulted,
    done_of,
    not_continued,
    not_resumable,
    to_review,
)
from linshu.rules.money import Purse
from linshu.rules.policy import parse, published_text
from linshu.rules.stages import RESUMED, Stage, TeamKind
from linshu.rules.transitions import CaseState, Lot, Reason, TeamState, Undecidable, passed_intake

POLICY = parse(published_text())
STATE = CaseState("（2026）鲁1329执恢9号", RESUMED, Stage.INTAKE, 2, 0, 0, frozenset())


def teams(*loads: tuple[int, int, bool]) -> list[TeamState]:
    """Intensive teams (id, load, active), with the centre and a dormant team beside them."""
    own = [TeamState(id_, TeamKind.INTENSIVE, active, load) for id_, load, active in loads]
    return [TeamState(2, TeamKind.CENTRE, True, 0), TeamState(3, TeamKind.DORMANT, True, 0), *own]


@pytest.mark.parametrize(
    ("able", "last", "to"),
    [
        ([(11, 5, True), (12, 9, True)], None, 11),  # nobody held it before: the least loaded
        ([(11, 5, True), (12, 9, True)], 11, 12),  # not the one that held it last, however idle
        ([(11, 5, True), (12, 9, True)], 12, 11),
        ([(11, 5, True), (12, 9, True), (13, 7, True)], 11, 13),
        ([(11, 5, True)], 11, 11),  # there is no other
        ([(11, 5, True), (12, 0, False)], 11, 11),  # none that is switched on
        ([(11, 5, False), (12, 9, True)], 11, 12),
        ([(12, 9, True)], 99, 12),  # the one that held it is gone
    ],
)
def test_a_resumed_case_goes_to_the_least_loaded_that_did_not_hold_it_last(
    able: list[tuple[int, int, bool]], last: int | None, to: int
) -> None:  # R22
    move = passed_intake(STATE, POLICY, teams(*able), last)
    assert (move.to_team_id, move.to_stage, move.reason) == (to, Stage.INTENSIVE, Reason.RESUMED)
    assert (move.hop, move.posts, move.sideways) == (0, False, 0)
    assert move.rules == (("R2",) if last is None else ("R2", "R22"))


@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=6),
    st.integers(10, 16),
)
def test_whatever_the_loads_the_choice_can_be_checked(
    loads: list[tuple[int, bool]], last: int
) -> None:
    able = [(10 + place, load, active) for place, (load, active) in enumerate(loads)]
    active = {id_: load for id_, load, on in able if on}
    if not active:
        with pytest.raises(Undecidable):
            passed_intake(STATE, POLICY, teams(*able), last)
        return
    choice = passed_intake(STATE, POLICY, teams(*able), last).choice
    others = {id_: load for id_, load in active.items() if id_ != last} or active
    assert dict(choice.loads) == others
    assert others[choice.team_id] == min(others.values())
    tied = sorted(id_ for id_, load in others.items() if load == min(others.values()))
    assert choice.team_id == (Lot(choice.seed).choice(tied) if choice.seed else tied[0])


@pytest.mark.parametrize(
    ("claim", "recovered", "paid", "why"),
    [
        (100, 0, 0, None),
        (100, 40, 40, None),
        (100, 40, 30, "到账的案款尚未发放完毕"),
        (100, 100, 100, "没有未执行的金额"),
        (100, 120, 120, "没有未执行的金额"),
        (0, 0, 0, "没有未执行的金额"),
    ],
)
def test_when_a_case_can_go_on(claim: int, recovered: int, paid: int, why: str | None) -> None:
    found = not_resumable(Purse.of(claim, recovered, paid))
    assert (str(found) if found else None) == why


@pytest.mark.parametrize(
    ("standing", "request_status", "open_"),
    [
        (Standing.WAITING, None, True),
        (Standing.ASKED, "asked", False),
        (Standing.ASKED, "confirming", False),
        (Standing.ASKED, "approved", False),
        (Standing.ASKED, "refused", True),
        (Standing.ASKED, "returned", True),
        (Standing.ASKED, "lapsed", True),
        (Standing.TURNED_DOWN, "refused", False),
        (Standing.TURNED_DOWN, None, False),
        (Standing.GRANTED, "approved", False),
    ],
)
def test_whose_turn_it_is(standing: Standing, request_status: str | None, open_: bool) -> None:
    assert to_review(standing, request_status) is open_


@pytest.mark.parametrize("term", TERMS)
def test_care_goes_on_when_the_plan_is_done(term: str) -> None:
    assert not_continued(False, term) is None
    assert "请先登记" in str(not_continued(True, term))
    assert not_continued(False, "for ever") is not None


def test_what_is_kept_of_a_consultation() -> None:
    assert consulted("applicant", "call", "进展?", "下月查控") == (
        "申请执行人 · 电话\n问:进展?\n答:下月查控"
    )
    for caller, way in (("nobody", "call"), ("other", "fax")):
        with pytest.raises(KeyError):
            consulted(caller, way, "问", "答")
    assert CALLERS and WAYS


def test_ten_searches_in_five_years_and_two_in_another() -> None:
    rows = [POLICY.countdowns[key] for key in SEARCHES]
    assert [row.again for row in rows] == [10, 2]
    assert [done_of(1, 10, False), done_of(3, 10, False), done_of(10, 10, True)] == [
        *((0, 10), (2, 10)),
        (10, 10),
    ]
