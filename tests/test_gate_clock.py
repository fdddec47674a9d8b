"""Who lets a case through the gate, and does the stage clock stand still meanwhile? (R13)"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from linshu.rules.duties import Role
from linshu.rules.policy import published_text
from linshu.services import gate, policies, requests, soundness, transfers
from linshu.services.errors import Conflict, NotAllowed, Refused
from linshu.services.gate import Report
from linshu.store import inbox, lists
from linshu.store.alerts import Subject, endings
from linshu.store.db import db
from linshu.store.lists import Filter, Scope
from tests import books, closings
from tests.closings import attested
from tests.court import STAFF, Court, at
from tests.test_gate import holder, status
from tests.test_pauses import hands, trail_of

FILED = "2026-01-05"
PAID = "执行完毕"
DUE = date(2026, 5, 8)  # a Friday; the case came to the intensive team on 2026-04-08
ROLES = {person.login: Role(person.role) for person in STAFF}


@pytest.fixture
def case_id(court: Court) -> int:
    found = court.brought_to("intensive", FILED)
    assert court.stint(found).due_on == DUE
    return found


def reported(court: Court, case_id: int, on: date, closing_type: str = "销案") -> int:
    who = holder(court, case_id)
    closings.ripen(court, case_id, closing_type, at(on), who)
    return closings.report(court, case_id, closing_type, at(on), who)


def moved(court: Court, case_id: int, on: date) -> bool:
    """Whether the sweep of a day moves the case."""
    seq = court.stint(case_id).seq
    court.sweep(on)
    return court.stint(case_id).seq > seq


# R13 ----------------------------------------------------------------------------------------------

NEXT, LATER = DUE + timedelta(days=1), DUE + timedelta(days=10)
TURNED_DOWN = {
    "returned by the gate": lambda court, n, on: gate.send_back(
        court.who("centre"), n, "补正", at(on)
    ),
    "returned": lambda court, n, on: requests.send_back(court.who("chief"), n, "补正", at(on)),
    "refused": lambda court, n, on: requests.refuse(court.who("chief"), n, "不准", at(on)),
}


@pytest.mark.parametrize("before", [20, 1, 0])
@pytest.mark.parametrize("how", TURNED_DOWN)
def test_a_report_in_time_stops_the_clock_until_it_is_turned_down(
    court: Court, case_id: int, before: int, how: str
) -> None:
    number = reported(court, case_id, DUE - timedelta(days=before))
    if "gate" not in how:
        gate.review(court.who("centre"), number, at(DUE))
    assert not moved(court, case_id, NEXT) and not moved(court, case_id, LATER)
    TURNED_DOWN[how](court, number, LATER)
    assert court.stint(case_id).due_on == DUE  # a report is no pause
    assert moved(court, case_id, LATER)


@pytest.mark.parametrize("how", TURNED_DOWN)
def test_what_is_turned_down_in_time_runs_on_to_the_same_day(
    court: Court, case_id: int, how: str
) -> None:
    number = reported(court, case_id, DUE - timedelta(days=3))
    if "gate" not in how:
        gate.review(court.who("centre"), number, at(DUE - timedelta(days=2)))
    TURNED_DOWN[how](court, number, DUE - timedelta(days=1))
    assert not moved(court, case_id, DUE)
    again = reported(court, case_id, DUE)  # and it may be reported anew, on the last day too
    assert not moved(court, case_id, NEXT)
    gate.review(court.who("centre"), again, at(NEXT))
    requests.approve(court.who("chief"), again, "", at(LATER))
    assert court.case(case_id).closed_on == LATER and not court.sweep(LATER).moved


def test_no_report_after_the_last_day(court: Court, case_id: int) -> None:
    who = holder(court, case_id)
    closings.ripen(court, case_id, "销案", at(DUE), who)
    before = books.everything()
    for late in (at(NEXT, 0, 1), at(LATER)):  # the sweep has not run yet
        with pytest.raises(Conflict, match="阶段期限已于2026-05-08届满"):
            closings.report(court, case_id, "销案", late, who)
    assert books.everything() == before
    assert moved(court, case_id, LATER)


def test_where_nothing_moves_any_more_a_report_is_never_late(court: Court) -> None:
    case_id = court.brought_to("vice_president", FILED)
    late = (court.stint(case_id).due_on or DUE) + timedelta(days=40)
    court.sweep(late)
    assert court.stint(case_id).capped_on
    court.close(case_id, "销案", at(late), "vice")
    assert court.case(case_id).closed_on == late


def test_the_screens_and_the_alerts_tell_of_no_expiry_meanwhile(court: Court, case_id: int) -> None:
    def ends() -> set[Subject]:
        db.session.rollback()
        found = endings(db.session(), court.id, NEXT, 7)
        return {one.subject for one in found if one.case_id == case_id}

    def listed(due: str, on: date) -> int:
        return lists.count(db.session(), Scope(court.id), Filter(due=due), on)

    assert Subject.STAGE in ends() and listed("late", NEXT) == listed("today", DUE) == 1
    number = reported(court, case_id, DUE)
    assert Subject.STAGE not in ends()
    for due, on in (("late", NEXT), ("today", DUE), ("soon", DUE)):
        assert listed(due, on) == 0
    (row,) = lists.rows_of(db.session(), Scope(court.id), [case_id], NEXT)
    assert row.reviewed is not None and row.reviewed.date() == DUE
    gate.send_back(court.who("centre"), number, "补正", at(NEXT))
    assert Subject.STAGE in ends() and listed("late", NEXT) == 1


def test_an_approved_transfer_takes_the_case_away_from_the_gate(court: Court, case_id: int) -> None:
    who, lead = hands(court, case_id)
    number = reported(court, case_id, DUE)
    seq = court.stint(case_id).seq
    asked = transfers.ask(court.who(who), case_id, seq, "other", "线索在外地", at(DUE))
    requests.approve(court.who(lead), asked, "", at(DUE))
    assert status(number) == "lapsed"
    with pytest.raises(Conflict, match="失效"):
        gate.review(court.who("centre"), number, at(DUE))


# Who reviews, who approves ------------------------------------------------------------------------


def through(court: Court, number: int, state: str) -> None:
    """A report in that state."""
    if state == "reviewing":
        return
    gate.review(court.who("centre"), number, at(DUE))
    if state == "approved":
        requests.approve(court.who("chief"), number, "", at(DUE))
    elif state == "refused":
        requests.refuse(court.who("chief"), number, "不准", at(DUE))
    elif state == "returned":
        requests.send_back(court.who("chief"), number, "补正", at(DUE))


STATES = ("reviewing", "asked", "approved", "refused", "returned")
ACTS = {
    "review": lambda who, n: gate.review(who, n, at(DUE, 16)),
    "send back": lambda who, n: gate.send_back(who, n, "补正", at(DUE, 16)),
    "approve": lambda who, n: requests.approve(who, n, "", at(DUE, 16)),
    "refuse": lambda who, n: requests.refuse(who, n, "不准", at(DUE, 16)),
    "return": lambda who, n: requests.send_back(who, n, "补正", at(DUE, 16)),
}
AFTER = {
    ("review", "reviewing"): ("centre", "asked"),
    ("send back", "reviewing"): ("centre", "returned"),
    ("approve", "asked"): ("chief", "approved"),
    ("refuse", "asked"): ("chief", "refused"),
    ("return", "asked"): ("chief", "returned"),
}


@pytest.mark.parametrize(("act", "state"), [*product(ACTS, STATES)])
def test_every_act_is_somebody_s_in_one_state_alone(
    court: Court, case_id: int, act: str, state: str
) -> None:
    number = reported(court, case_id, DUE)
    through(court, number, state)
    right, after = AFTER.get((act, state), ("", state))
    for login in ROLES:
        if login != right:
            with pytest.raises((NotAllowed, Conflict)):
                ACTS[act](court.who(login), number)
            assert status(number) == state
    if right:
        ACTS[act](court.who(right), number)
    assert status(number) == after
    assert (court.case(case_id).closed_on is not None) == (after == "approved")


def test_nobody_reviews_what_he_reported_and_nobody_approves_what_he_reviewed(
    court: Court,
) -> None:
    (case_id,) = court.file_many(1, FILED, simple=False)
    assert court.stint(case_id).stage == "centre"
    closings.ripen(court, case_id, "销案", at("2026-01-06"), "centre")
    number = closings.report(court, case_id, "销案", at("2026-01-06"), "centre")
    with pytest.raises(NotAllowed, match="自己报的"):
        gate.review(court.who("centre"), number, at("2026-01-06"))
    assert inbox.to_review(db.session(), court.who("centre").seat, court.id) == []
    requests.raise_overdue(court.id, at("2026-01-12"))  # nobody reviewed it in time
    gate.review(court.who("chief"), number, at("2026-01-12"))
    with pytest.raises(NotAllowed, match="自己审查过"):
        requests.approve(court.who("chief"), number, "", at("2026-01-12"))
    requests.raise_overdue(court.id, at("2026-01-16"))
    requests.approve(court.who("vice"), number, "", at("2026-01-16"))
    assert court.case(case_id).closed_on == date(2026, 1, 16)


def test_the_policy_may_leave_the_gate_to_the_supervisors(court: Court) -> None:
    text = published_text().replace("linshu-2021", "second").replace("2000-01-01", "2026-01-02")
    text = text.replace('reviewed_by = "centre_staff"', 'reviewed_by = "supervisor"')
    policies.adopt(court.who("system"), text, at("2026-01-02"))
    case_id = court.brought_to("intensive", FILED)
    number = reported(court, case_id, DUE)
    with pytest.raises(NotAllowed, match="不由您审查"):
        gate.review(court.who("centre"), number, at(DUE))
    gate.review(court.who("supervisor"), number, at(DUE))
    assert status(number) == "asked"


def test_a_review_has_its_own_days_and_the_approver_has_his(court: Court, case_id: int) -> None:
    number = reported(court, case_id, date(2026, 5, 6))
    assert closings.asked(number).due_on == DUE
    assert requests.raise_overdue(court.id, at(DUE)) == 0
    assert requests.raise_overdue(court.id, at("2026-05-09")) == 1  # a make-up working Saturday
    assert requests.raise_overdue(court.id, at("2026-05-09", 15)) == 0
    (raised,) = [one for one in trail_of(case_id) if one["tag"] == "request.raised"]
    assert (raised["data"]["from"], raised["data"]["to"]) == ("centre_staff", "bureau_chief")
    gate.review(court.who("centre"), number, at("2026-05-11"))  # the gate still may
    request = closings.asked(number)
    assert (request.raised, request.due_on) == (0, date(2026, 5, 13))


# Races --------------------------------------------------------------------------------------------


def test_the_second_reviewer_learns_who_was_first(court: Court, case_id: int) -> None:
    number = reported(court, case_id, DUE)
    gate.review(court.who("centre"), number, at(DUE))
    for again in (gate.review, lambda who, n, when: gate.send_back(who, n, "补正", when)):
        with pytest.raises(Conflict, match="中心甲"):
            again(court.who("centre"), number, at(DUE, 10))


def test_one_report_at_a_time(court: Court, case_id: int) -> None:
    who = holder(court, case_id)
    reported(court, case_id, DUE)
    for closing_type in ("销案", "终结执行"):
        with pytest.raises(Conflict, match="待决"):
            closings.report(court, case_id, closing_type, at(DUE), who)


def test_only_the_holder_reports_and_what_he_saw(court: Court, case_id: int) -> None:
    who, seq = holder(court, case_id), court.stint(case_id).seq
    closings.ripen(court, case_id, "销案", at(DUE), who)
    new = Report("销案", "理由", attested(at(DUE)))
    other = "two" if who == "one" else "one"
    for login in (other, "quick", "centre", "chief", "president", "supervisor", "clerk"):
        with pytest.raises(Refused):
            gate.report(court.who(login), case_id, None, new, at(DUE))
    with pytest.raises(Conflict, match="流转"):
        gate.report(court.who(who), case_id, seq - 1, new, at(DUE))


def test_a_court_with_reports_at_the_gate_is_sound(court: Court, case_id: int) -> None:
    reported(court, case_id, DUE)
    court.sweep(NEXT)
    here = soundness.Court(court.id, at(NEXT + timedelta(days=3)))
    rules = {rule.key: rule for rule in soundness.RULES}
    for key in ("requests", "unswept", "due_dates", "open_stints"):
        assert [*rules[key].look(here)] == [], key
    later = soundness.Court(court.id, at(DUE + timedelta(days=16)))
    assert "已等待 16 天" in str(next(rules["requests"].look(later)).said)
