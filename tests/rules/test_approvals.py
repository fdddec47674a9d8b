"""Who decides, for every role, holder and asker? The whole truth table, and who stands in."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules.approvals import (
    LADDER,
    Question,
    Review,
    Sitting,
    decides,
    may_stand_in,
    reviews,
)
from linshu.rules.duties import IN_A_TEAM, Duty, Holder, Role, Seat, may
from linshu.rules.policy import PolicyFault, parse, published_text
from linshu.rules.stages import TeamKind

LEAD, CHIEF, VICE, PRESIDENT = LADDER
TEAM, POST_OF_LEAD, POST_OF_CHIEF, POST_OF_VICE = (
    Holder(1, TeamKind.INTENSIVE),
    Holder(2, TeamKind.TEAM_LEAD, parent_id=1),
    Holder(3, TeamKind.BUREAU_CHIEF),
    Holder(4, TeamKind.VICE_PRESIDENT),
)
#: Who asks about what is held where → who decides what the policy leaves to the lead.
BY_THE_LEAD = {
    (Role.EXECUTOR, TEAM): LEAD,
    (LEAD, TEAM): CHIEF,  # a lead's own case goes to the chief
    (LEAD, POST_OF_LEAD): CHIEF,
    (CHIEF, POST_OF_CHIEF): VICE,
    (VICE, POST_OF_VICE): PRESIDENT,
}


def seat(role: Role, person: int = 100, team: int = 1) -> Seat:
    return Seat(person, role, team if role in IN_A_TEAM else None)


@pytest.mark.parametrize(("asked", "needed", "raised"), [*product(BY_THE_LEAD, LADDER, range(4))])
def test_the_policy_names_who_decides_and_nobody_below_the_holder(
    asked: tuple[Role, Holder], needed: Role, raised: int
) -> None:
    asker, holder = asked
    question = Question(seat(asker, 7), holder, needed, raised)
    first = max(BY_THE_LEAD[asked], needed, key=LADDER.index)
    rung = LADDER.index(first) + raised
    assert question.role is LADDER[min(rung, 3)]


@pytest.mark.parametrize(("role", "asked"), [*product(Role, BY_THE_LEAD)])
def test_every_role_decides_what_is_its_own_and_nothing_else(
    role: Role, asked: tuple[Role, Holder]
) -> None:
    asker, holder = asked
    question = Question(seat(asker, 7), holder, LEAD)
    assert decides(seat(role), question) == (role is BY_THE_LEAD[asked])
    assert not decides(seat(role, person=7), question)  # nobody decides his own
    if decides(seat(role), question):
        assert may(role, Duty.APPROVE)


GATES = (Role.CENTRE_STAFF, Role.SUPERVISOR)


@pytest.mark.parametrize(("role", "by", "raised"), [*product(Role, GATES, range(3))])
def test_the_gate_alone_reviews_and_once_it_is_late_the_chief_too(
    role: Role, by: Role, raised: int
) -> None:
    review = Review(seat(Role.EXECUTOR, 7), by, raised)
    assert reviews(seat(role), review) == (role is by or (raised > 0 and role is CHIEF))
    assert not reviews(seat(role, person=7), review)  # nobody reviews his own
    if reviews(seat(role), review):
        assert may(role, Duty.REVIEW_CLOSING)


@pytest.mark.parametrize(("needed", "raised"), [*product(LADDER, range(4))])
def test_nobody_decides_what_he_reviewed_not_even_in_another_s_place(
    needed: Role, raised: int
) -> None:
    question = Question(seat(Role.EXECUTOR, 7), TEAM, needed, raised, reviewer_id=100)
    for role in Role:
        assert not decides(seat(role), question)
        assert Sitting(seat(role), (seat(question.role, 9),)).decides(question) is None


def test_a_lead_decides_for_his_own_team_alone() -> None:
    question = Question(seat(Role.EXECUTOR, 7), TEAM, LEAD)
    assert decides(seat(LEAD, team=1), question)
    assert not decides(seat(LEAD, team=2), question)


def test_a_substitute_decides_in_the_absent_one_s_seat() -> None:
    question = Question(seat(Role.EXECUTOR, 7), TEAM, LEAD)
    absent, other = seat(LEAD, 50, team=1), seat(LEAD, 60, team=2)
    assert Sitting(other).decides(question) is None
    assert Sitting(other, (absent,)).decides(question) == absent
    assert Sitting(absent).decides(question) == absent
    # what he asked for himself he decides in nobody's place
    own = Question(seat(LEAD, 60, team=2), Holder(9, TeamKind.INTENSIVE), LEAD)
    chief = seat(CHIEF, 70)
    assert Sitting(other, (chief,)).decides(own) is None
    assert Sitting(seat(LEAD, 61), (chief,)).decides(own) == chief


def test_a_substitute_confirms_for_the_receiving_lead() -> None:
    asker, absent, other = seat(Role.EXECUTOR, 7), seat(LEAD, 50, team=1), seat(LEAD, 60, team=2)
    assert Sitting(other).receives(TEAM, asker) is None
    assert Sitting(other, (absent,)).receives(TEAM, asker) == absent
    assert Sitting(other, (absent,)).receives(TEAM, other) is None


@pytest.mark.parametrize(("absent", "substitute"), [*product(Role, Role)])
def test_only_who_decides_stands_in_at_most_one_rung_below(absent: Role, substitute: Role) -> None:
    fits = {
        LEAD: LADDER,
        CHIEF: LADDER,
        VICE: (CHIEF, VICE, PRESIDENT),
        PRESIDENT: (VICE, PRESIDENT),
    }
    assert may_stand_in(absent, substitute) == (substitute in fits.get(absent, ()))


@given(st.sampled_from(LADDER), st.sampled_from(sorted(BY_THE_LEAD, key=str)), st.integers(0, 9))
def test_passing_it_up_ends_with_the_president(
    needed: Role, asked: tuple[Role, Holder], raised: int
) -> None:
    asker, holder = asked
    rungs = [
        LADDER.index(Question(seat(asker, 7), holder, needed, n).role) for n in range(raised + 1)
    ]
    assert rungs == sorted(rungs) and rungs[-1] == min(rungs[0] + raised, 3)


def test_the_policy_says_who_decides_and_how_long_he_has() -> None:
    kept = parse(published_text()).approvals
    assert {kind: rule.approved_by for kind, rule in kept.items()} == {
        "transfer": LEAD,
        "pause": LEAD,
        "extension": PRESIDENT,
        "measure": "",  # each says so itself
        "closing": "",
        "reopening": VICE,
        "resuming": CHIEF,
        "override": CHIEF,
    }
    assert {rule.days for rule in kept.values()} == {2}


def test_a_document_from_before_says_who_lengthens_a_limit_where_it_did_then() -> None:
    text = published_text()
    start = text.index("[approvals]")
    older = text[:start] + text[text.index("[pauses]") :]
    older = older.replace("most_months = 3 ", 'approved_by = "vice_president"\nmost_months = 3 ')
    assert parse(older).approvals["extension"].approved_by == VICE
    assert parse(older).approvals["pause"].approved_by == LEAD


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('approved_by = "president", days = 2', 'approved_by = "team_lead", days = 2', "extension"),
        ('approved_by = "team_lead", days = 2', 'approved_by = "clerk", days = 2', "transfer"),
        ('approved_by = "team_lead", days = 2', 'approved_by = "team_lead", days = 0', "transfer"),
        ('pause     = { approved_by = "team_lead", days = 2 }', "", "pause"),
    ],
)
def test_a_policy_that_names_nobody_who_decides_is_refused(old: str, new: str, fault: str) -> None:
    assert old in published_text()
    with pytest.raises(PolicyFault, match=rf"approvals\.{fault}"):
        parse(published_text().replace(old, new, 1))
