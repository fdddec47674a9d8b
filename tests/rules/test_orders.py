"""督办: who may order, answer, settle, send back, withdraw? Every role in every state."""

from __future__ import annotations

from itertools import product

import pytest

from linshu.rules.duties import Duty, Holder, Role, Seat, may
from linshu.rules.orders import (
    AFTER,
    LIVE,
    Act,
    Sides,
    Status,
    allowed,
    concerns,
    fits,
    judges_himself,
)
from linshu.rules.stages import TeamKind

TEAM, OTHER, POST = 1, 2, 3
HOLDER = Holder(TEAM, TeamKind.INTENSIVE)
SUPERVISOR = Seat(90, Role.SUPERVISOR, None)
ORDERERS = {Role.SUPERVISOR, Role.BUREAU_CHIEF, Role.VICE_PRESIDENT}
ANSWERERS = {Role.EXECUTOR, Role.CLERK, Role.CENTRE_STAFF, Role.TEAM_LEAD, Role.DORMANT_KEEPER}
JUDGED = [Act.SETTLE, Act.RETURN, Act.WITHDRAW]
#: state, whether the act was recorded → what fits it
TABLE = {
    (Status.ORDERED, False): {Act.ANSWER, Act.WITHDRAW},
    (Status.ORDERED, True): {Act.ANSWER, Act.SETTLE, Act.RETURN, Act.WITHDRAW},
    (Status.ANSWERED, False): {Act.SETTLE, Act.RETURN, Act.WITHDRAW},
    (Status.ANSWERED, True): {Act.SETTLE, Act.RETURN, Act.WITHDRAW},
    (Status.SETTLED, False): set(),
    (Status.SETTLED, True): set(),
    (Status.WITHDRAWN, False): set(),
    (Status.WITHDRAWN, True): set(),
}


def test_who_may_order() -> None:
    assert {role for role in Role if may(role, Duty.ORDER)} == ORDERERS


@pytest.mark.parametrize(("status", "done"), TABLE)
def test_what_fits_a_state(status: Status, done: bool) -> None:
    assert {act for act in Act if fits(act, status, done)} == TABLE[status, done]


def test_what_is_closed_stays_closed() -> None:
    assert {status for status, _ in TABLE} == set(Status)
    assert all(not fits(act, one, True) for one in set(Status) - set(LIVE) for act in Act)
    assert {AFTER[act] for act in Act} == set(Status)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("team", [TEAM, OTHER])
def test_only_the_holder_answers(role: Role, team: int) -> None:
    answers = concerns(Seat(5, role, team), Act.ANSWER, Sides(SUPERVISOR, HOLDER))
    assert answers == (role in ANSWERERS and team == TEAM)


@pytest.mark.parametrize(("role", "act"), list(product(Role, JUDGED)))
def test_only_the_orderer_judges(role: Role, act: Act) -> None:
    mine = Seat(SUPERVISOR.person_id, role, TEAM)
    assert concerns(mine, act, Sides(mine, HOLDER)) == (role in ORDERERS)
    assert not concerns(Seat(5, role, TEAM), act, Sides(SUPERVISOR, HOLDER))
    # whoever ordered it is no longer in office: anybody who may order stands in
    assert concerns(Seat(5, role, TEAM), act, Sides(None, HOLDER)) == (role in ORDERERS)


def test_a_post_answers_for_itself_and_judges_no_answer_of_its_own() -> None:
    chief = Seat(7, Role.BUREAU_CHIEF, None)
    sides = Sides(chief, Holder(POST, TeamKind.BUREAU_CHIEF), answered_by=7)
    assert concerns(chief, Act.ANSWER, sides)
    assert judges_himself(chief, Act.SETTLE, sides) and judges_himself(chief, Act.RETURN, sides)
    assert allowed(chief, Status.ANSWERED, True, sides) == (Act.WITHDRAW,)


@pytest.mark.parametrize(("status", "done"), TABLE)
def test_what_each_side_is_offered(status: Status, done: bool) -> None:
    sides = Sides(SUPERVISOR, HOLDER, 5)
    officer = Seat(5, Role.EXECUTOR, TEAM)
    fitting = TABLE[status, done]
    assert set(allowed(officer, status, done, sides)) == fitting & {Act.ANSWER}
    assert set(allowed(SUPERVISOR, status, done, sides)) == fitting - {Act.ANSWER}
    assert allowed(Seat(6, Role.PRESIDENT, None), status, done, sides) == ()
