"""Does the door hold by its numbers: passwords, locks, how long a visit lasts?"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules import entry
from linshu.rules.duties import Role
from linshu.rules.entry import Ending
from linshu.rules.policy import PolicyFault, parse, published_text

RULES = parse(published_text()).entry
NOON = datetime(2026, 11, 23, 12, 0)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_the_numbers_of_domain_6() -> None:
    assert (RULES.password_length, RULES.password_classes) == (10, 3)
    assert (RULES.password_days, RULES.former_passwords) == (90, 5)
    assert (RULES.failures, RULES.locked_minutes) == (5, 15)
    assert (RULES.idle_minutes, RULES.most_hours) == (20, 12)
    assert set(RULES.second_factor) == {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


@pytest.mark.parametrize(
    ("password", "holds"),
    [
        ("Linshu-2026", True),
        ("linshu-2026", True),  # lower case, digits, signs
        ("Linshu2026x", True),
        ("执行全流程Linshu2", True),  # what is no ASCII letter is a sign
        ("Linshu-26", False),  # nine
        ("linshulinshu", False),
        ("linshu20262026", False),
        ("LINSHU-LINSHU", False),
        ("", False),
    ],
)
def test_a_password_is_long_and_of_three_classes(password: str, holds: bool) -> None:
    assert entry.strong(password, RULES) is holds


@given(st.text(max_size=30), st.characters())
def test_more_never_makes_a_password_weaker(password: str, more: str) -> None:
    assert entry.strong(password + more, RULES) >= entry.strong(password, RULES)


@pytest.mark.parametrize(
    ("lasted", "idle", "over"),
    [
        (MINUTE, MINUTE, None),
        (20 * MINUTE, 20 * MINUTE - timedelta(seconds=1), None),
        (20 * MINUTE, 20 * MINUTE, Ending.IDLE),
        (12 * HOUR - MINUTE, MINUTE, None),
        (12 * HOUR, MINUTE, Ending.EXPIRED),
        (13 * HOUR, 13 * HOUR, Ending.EXPIRED),
    ],
)
def test_a_visit_ends_by_itself(lasted: timedelta, idle: timedelta, over: Ending | None) -> None:
    assert entry.ending(NOON - lasted, NOON - idle, NOON, RULES) is over


@given(st.timedeltas(timedelta(0), 2 * DAY), st.timedeltas(timedelta(0), DAY))
def test_a_visit_that_is_over_never_begins_again(lasted: timedelta, later: timedelta) -> None:
    began = NOON - lasted
    if entry.ending(began, began, NOON, RULES):
        assert entry.ending(began, began, NOON + later, RULES)


def test_a_password_and_a_confirmation_wear_out_to_the_minute() -> None:
    assert not entry.outworn(NOON, NOON + 90 * DAY - MINUTE, RULES)
    assert entry.outworn(NOON, NOON + 90 * DAY, RULES)
    assert not entry.forgone(NOON, NOON + 7 * DAY - MINUTE, RULES)
    assert entry.forgone(NOON, NOON + 7 * DAY, RULES)
    assert entry.confirmed(NOON, NOON + 9 * MINUTE, RULES)
    assert not entry.confirmed(NOON, NOON + 10 * MINUTE, RULES)
    assert not entry.confirmed(None, NOON, RULES)
    assert entry.lock_ends(NOON, RULES) == NOON + 15 * MINUTE


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("password_length = 10", "password_length = 4", "entry.password_length"),
        ("password_classes = 3", "password_classes = 5", "entry.password_classes"),
        ("password_days = 90", "", "entry.password_days"),
        ("failures = 5", "failures = 0", "entry.failures"),
        ("locked_minutes = 15", "locked_minutes = 0", "entry.locked_minutes"),
        ("idle_minutes = 20", "idle_minutes = 9999", "entry.idle_minutes"),
        ("most_hours = 12", "most_hours = 48", "entry.most_hours"),
        ('"system_admin", "sec', '"king", "sec', "entry.second_factor"),
    ],
)
def test_a_door_cannot_be_opened_by_a_policy(old: str, new: str, fault: str) -> None:
    text = published_text()
    assert old in text
    with pytest.raises(PolicyFault, match=re.escape(fault)):
        parse(text.replace(old, new))


def test_a_policy_from_before_has_the_published_door_and_may_ask_every_role() -> None:
    start = published_text().index("[entry]")
    end = published_text().index("# The other countdowns")
    assert parse(published_text()[:start] + published_text()[end:]).entry == RULES
    everybody = ", ".join(f'"{role}"' for role in Role)
    wide = re.sub(r"second_factor = \[.*?\]", f"second_factor = [{everybody}]", published_text())
    assert set(parse(wide).entry.second_factor) == set(Role)
