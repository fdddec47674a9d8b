"""May the statutory clock run longer? In its last days, by whoever may; the stage clock stays."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from linshu.rules.policy import published_text
from linshu.services import dates, extensions, policies, requests
from linshu.services.errors import Conflict, Invalid, NotAllowed, Refused
from linshu.store import queries
from linshu.store.cases import Request
from linshu.store.clocks import Extension
from linshu.store.db import db
from tests.court import Court, at
from tests.test_pauses import approved, ended, hands, stage_due, statutory_due, tags


@pytest.fixture
def in_june(court: Court) -> tuple[Court, int]:
    """A case filed 2026-01-05, at its team lead's when its statutory limit ends on 07-06."""
    return court, brought_to_july(court)


def brought_to_july(court: Court) -> int:
    case_id = court.file_many(1, "2026-01-05", simple=False)[0]
    for day in ("2026-04-08", "2026-05-09", "2026-06-10"):
        court.sweep(day)
    assert court.stint(case_id).stage == "team_lead"
    return case_id


def asked(court: Court, case_id: int, on: str, months: int = 3, report: str = "") -> int:
    who, seq = court.who(lead_of(court, case_id)), court.stint(case_id).seq
    return extensions.ask(who, case_id, seq, months, report, "财产正在处置", at(on))


def lead_of(court: Court, case_id: int) -> str:
    """The lead at whose post the case is."""
    lead = court.who("lead-one")
    own = queries.own_team_ids(db.session(), court.id, lead.role, lead.team_id)
    return lead.login if court.stint(case_id).team_id in own else "lead-two"


def granted(court: Court, case_id: int, on: str, months: int = 3, report: str = "") -> None:
    requests.approve(court.who("president"), asked(court, case_id, on, months, report), "", at(on))


def test_it_is_asked_for_approved_and_lengthens_the_statutory_clock_alone(in_june) -> None:
    court, case_id = in_june
    before = stage_due(court, case_id)
    request_id = asked(court, case_id, "2026-07-03")
    assert statutory_due(court, case_id) == "2026-07-06"
    requests.approve(court.who("president"), request_id, "同意延长", at("2026-07-06"))
    assert statutory_due(court, case_id) == "2026-10-08"  # from 07-05, unrolled, over the holidays
    assert stage_due(court, case_id) == before
    assert tags(case_id)[-3:] == ["request.approved", "case.extended", "case.statutory_changed"]
    kept = db.session.scalars(select(Extension)).one()
    assert (kept.months, kept.approved_on) == (3, date(2026, 7, 6))


@pytest.mark.parametrize("on", ["2026-07-02", "2026-07-04", "2026-07-06"])
def test_the_last_five_days_will_do(in_june, on: str) -> None:
    court, case_id = in_june
    assert asked(court, case_id, on)


@pytest.mark.parametrize(("on", "why"), [("2026-07-01", "过早"), ("2026-07-07", "过晚")])
def test_earlier_and_later_are_refused_with_the_days_that_would_do(in_june, on, why) -> None:
    court, case_id = in_june
    with pytest.raises(Invalid, match=f"{why}.*2026-07-02至2026-07-06"):
        asked(court, case_id, on)
    assert db.session.scalar(select(func.count()).select_from(Request)) == 0


@pytest.mark.parametrize("months", [0, -1, 4])
def test_it_is_one_to_three_months(in_june, months: int) -> None:
    court, case_id = in_june
    with pytest.raises(Invalid, match="1 至 3 个月"):
        asked(court, case_id, "2026-07-03", months)


def test_a_further_one_needs_the_report_to_the_high_court(in_june) -> None:
    court, case_id = in_june
    granted(court, case_id, "2026-07-03")
    for day in ("2026-07-11", "2026-08-12", "2026-09-15"):
        court.sweep(day)
    vice, seq = court.who("vice"), court.stint(case_id).seq
    ask = (vice, case_id, seq, 1)
    with pytest.raises(Invalid, match="高级人民法院"):
        extensions.ask(*ask, " ", "再延长", at("2026-10-08"))
    request_id = extensions.ask(*ask, "鲁高法执报1号", "再延长", at("2026-10-08"))
    requests.approve(court.who("president"), request_id, "", at("2026-10-08"))
    assert statutory_due(court, case_id) == "2026-11-05"  # a month from 10-05, unrolled
    kept = db.session.scalars(select(Extension.report).order_by(Extension.id)).all()
    assert kept == ["", "鲁高法执报1号"]


@pytest.mark.parametrize("login", ["chief", "vice", "lead-one", "lead-two", "centre-lead"])
def test_the_president_decides_and_nobody_else(in_june, login: str) -> None:
    court, case_id = in_june
    request_id = asked(court, case_id, "2026-07-03")
    with pytest.raises(NotAllowed):
        requests.approve(court.who(login), request_id, "", at("2026-07-03"))


def by_vice(court: Court, on: str) -> None:
    text = published_text().replace('approved_by = "president"', 'approved_by = "vice_president"')
    text = text.replace('version = "linshu-2021"', 'version = "by-vice"')
    text = text.replace("effective_on = 2000-01-01", f"effective_on = {on}")
    policies.adopt(court.who("system"), text, at(on))


def test_by_setting_the_vice_president_decides(in_june) -> None:
    court, case_id = in_june
    by_vice(court, "2026-07-01")
    request_id = asked(court, case_id, "2026-07-03")
    with pytest.raises(NotAllowed):
        requests.approve(court.who("president"), request_id, "", at("2026-07-03"))
    requests.approve(court.who("vice"), request_id, "", at("2026-07-03"))
    assert statutory_due(court, case_id) == "2026-10-08"


def test_what_the_vice_president_himself_asks_for_goes_to_the_president(court: Court) -> None:
    case_id = brought_to_july(court)
    for day in ("2026-07-11", "2026-08-12"):
        court.sweep(day)
    assert court.stint(case_id).stage == "vice_president"
    late = court.case(case_id)
    assert late.statutory_due_on == date(2026, 7, 6)
    by_vice(court, "2026-08-12")
    younger = brought_to_vice_in_time(court)
    vice, seq = court.who("vice"), court.stint(younger).seq
    on = at(court.case(younger).statutory_due_on or date.max)
    request_id = extensions.ask(vice, younger, seq, 1, "", "财产正在处置", on)
    with pytest.raises(NotAllowed):
        requests.approve(vice, request_id, "", on)
    requests.approve(court.who("president"), request_id, "", on)
    assert db.session.scalar(select(func.count()).select_from(Extension)) == 1


def brought_to_vice_in_time(court: Court) -> int:
    """A resumed case, which begins at the intensive team, reaches the vice president in time."""
    case_id = court.file("2026-08-13", resumed=True)
    for _ in range(6):
        stint = court.stint(case_id)
        if stint.stage == "vice_president":
            return case_id
        assert stint.due_on is not None
        court.sweep(date.fromordinal(stint.due_on.toordinal() + 1))
    raise AssertionError("never came there")


def test_a_non_litigation_case_has_three_months(court: Court) -> None:
    case_id = court.file("2026-01-05", cause="非诉行政执行", resumed=True)
    assert statutory_due(court, case_id) == "2026-04-07"  # 04-05 is 清明
    court.sweep("2026-02-06")
    who, lead = map(court.who, hands(court, case_id))
    del lead
    seq = court.stint(case_id).seq
    with pytest.raises(Invalid, match="2026-04-03至2026-04-07"):
        extensions.ask(who, case_id, seq, 3, "", "理由", at("2026-03-05"))


def test_while_paused_there_is_nothing_to_extend_and_afterwards_both_count(court: Court) -> None:
    case_id = court.brought_to("intensive", "2026-01-05")
    pause_id = approved(court, case_id, "2026-04-20")
    who = court.who(hands(court, case_id)[0])
    with pytest.raises(Invalid, match="正在扣除"):
        extensions.ask(who, case_id, 3, 3, "", "理由", at("2026-05-01"))
    ended(court, case_id, pause_id, "2026-07-18")  # ninety days: the limit ends on 10-03
    assert statutory_due(court, case_id) == "2026-10-08"
    court.sweep("2026-08-07")
    seq = court.stint(case_id).seq
    who = court.who(hands(court, case_id)[0])
    request_id = extensions.ask(who, case_id, seq, 1, "", "理由", at("2026-10-06"))
    requests.approve(court.who("president"), request_id, "", at("2026-10-06"))
    plain = date(2026, 8, 5).toordinal() + 90  # a month on from 07-05, then the days made up
    assert statutory_due(court, case_id) == dates.iso(date.fromordinal(plain))


def test_one_at_a_time_and_not_beside_what_others_hold(in_june) -> None:
    court, case_id = in_june
    asked(court, case_id, "2026-07-03")
    with pytest.raises(Conflict, match="待决"):
        asked(court, case_id, "2026-07-03")
    with pytest.raises(Refused):
        extensions.ask(court.who("quick"), case_id, 5, 3, "", "理由", at("2026-07-03"))
    with pytest.raises(Conflict):
        seq = court.stint(case_id).seq - 1  # seen before the move
        who = court.who(lead_of(court, case_id))
        extensions.ask(who, case_id, seq, 3, "", "理由", at("2026-07-03"))
