"""Does an override put a case with another team, and change nothing else? (R26)"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from linshu.services import claiming, dates, exports, overrides, pauses, replay, requests, transfers
from linshu.services.errors import Conflict, NotAllowed, NotFound, Refused
from linshu.services.flow import Flow
from linshu.services.pauses import NewPause
from linshu.services.soundness import RULES
from linshu.services.soundness import Court as Looked
from linshu.store.books import Posting
from linshu.store.cases import Request, Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.db import db, reading
from linshu.store.people import Team
from linshu.store.writer import Doer
from tests.court import ONE, TWO, Court, at
from tests.locks_off import behind_the_back
from tests.test_pauses import trail_of
from tests.web.visits import entered, plain

FILED = "2026-01-05"
ON = "2026-04-13"  # a Monday: the case has been at a first intensive team since 8 April
LEAD = {ONE: "lead-one", TWO: "lead-two"}
HAND = {ONE: "one", TWO: "two"}


@pytest.fixture
def case_id(court: Court) -> int:
    found = court.brought_to("intensive", FILED)
    claiming.claim(court.who(HAND[holder(court, found)]), found, None, at("2026-04-09"))
    return found


def holder(court: Court, case_id: int) -> str:
    return db.session.get_one(Team, court.stint(case_id).team_id).name


def other(court: Court, case_id: int) -> str:
    return TWO if holder(court, case_id) == ONE else ONE


def asked(court: Court, case_id: int, login: str, to: str, on: str = ON) -> int:
    seq, team = court.stint(case_id).seq, court.team(to).id
    return overrides.ask(court.who(login), case_id, seq, team, "承办人亲属为本案代理人。", at(on))


def given(court: Court, case_id: int, on: str = ON) -> None:
    """To the other team, as asked for by the lead and approved by the chief."""
    lead = LEAD[holder(court, case_id)]
    number = asked(court, case_id, lead, other(court, case_id), on)
    requests.approve(court.who("chief"), number, "同意。", at(on, 11))


def sound(court: Court, case_id: int, on: str) -> bool:
    """Every date is what the rules give, and the trail alone says what the tables say."""
    faults = [
        fault
        for rule in RULES
        if rule.key in ("due_dates", "open_stints", "points", "requests")
        for fault in rule.look(Looked(court.id, at(on)))
    ]
    assert not faults, [str(fault.said) for fault in faults]
    return not any(one.said for one in replay.compared(court.id, case_ids=[case_id]))


def test_the_case_is_at_the_named_team_with_the_rest_of_its_time(
    court: Court, case_id: int
) -> None:
    before, to = court.stint(case_id), other(court, case_id)
    kept = (before.due_on, before.hop, before.sideways, before.stage, before.policy_id)
    points = db.session.scalar(select(func.count()).select_from(Posting))
    given(court, case_id)
    after = court.stint(case_id)
    assert holder(court, case_id) == to and after.handler_id is None
    assert (after.due_on, after.hop, after.sideways, after.stage, after.policy_id) == kept
    assert (after.seq, after.started_on, after.limited_by) == (
        before.seq + 1,
        date.fromisoformat(ON),
        before.seq,
    )
    assert db.session.scalar(select(func.count()).select_from(Posting)) == points
    entry = next(e for e in trail_of(case_id) if e["tag"] == "case.reassigned")
    assert (entry["by"], entry["data"]["points"], entry["data"]["rules"]) == ("chief", 0, ["R26"])
    assert sound(court, case_id, ON)


def test_the_parties_are_told_who_handles_it_now_and_the_giver_may_only_read(
    court: Court, case_id: int
) -> None:
    giver = holder(court, case_id)
    given(court, case_id)
    with pytest.raises(NotAllowed):
        claiming.claim(court.who(HAND[giver]), case_id, None, at(ON, 12))
    claiming.claim(court.who(HAND[holder(court, case_id)]), case_id, None, at(ON, 12))
    rows = select(CaseCountdown.row, CaseCountdown.due_on).where(
        CaseCountdown.case_id == case_id, CaseCountdown.met_at.is_(None)
    )
    assert ("handler_told", date(2026, 4, 16)) in db.session.execute(rows).all()


def test_pauses_before_and_after_move_the_day_as_if_it_had_never_moved(court: Court) -> None:
    moved, stayed = court.brought_to("intensive", FILED), court.brought_to("intensive", FILED)

    def pause(case_id: int, first: str, last: str) -> None:
        """One that the holder asks for when it is over."""
        member, lead = HAND[holder(court, case_id)], LEAD[holder(court, case_id)]
        new = NewPause("expertise", date.fromisoformat(first), date.fromisoformat(last), "鉴1号")
        seq = court.stint(case_id).seq
        number = pauses.ask(court.who(member), case_id, seq, new, "鉴定", at(last))
        requests.approve(court.who(lead), number, "", at(last, 12))

    for case_id in (moved, stayed):
        pause(case_id, "2026-04-09", "2026-04-10")
    given(court, moved)
    for case_id in (moved, stayed):
        pause(case_id, "2026-04-14", "2026-04-16")
    given(court, moved, "2026-04-17")  # and back
    assert court.stint(moved).due_on == court.stint(stayed).due_on == date(2026, 5, 13)
    assert court.stint(moved).limited_by == court.stint(stayed).seq
    with reading() as session:
        assert dates.moved(Flow(session, court.id, at("2026-04-17"))) == []
    due = court.stint(moved).due_on or date.max
    court.sweep(due + timedelta(days=1))
    for case_id in (moved, stayed):
        assert court.stint(case_id).stage == "lateral"
        assert sound(court, case_id, "2026-05-14")
    assert court.stint(moved).hop == court.stint(stayed).hop


def test_a_centre_s_two_months_stay_two_months() -> None:
    """What the limit is follows from where the case came from before the override (R6)."""
    stints = [
        Stint(seq=1, stage="intake"),
        Stint(seq=2, stage="quick"),
        Stint(seq=3, stage="centre"),
        Stint(seq=4, stage="centre", limit_seq=3),
        Stint(seq=5, stage="centre", limit_seq=3),
    ]
    assert [stint.limited_by for stint in stints] == [1, 2, 3, 3, 3]
    assert stints[stints[-1].limited_by - 2].stage == "quick"


@pytest.mark.parametrize("login", ["centre-lead", "chief"])
def test_the_centre_s_lead_and_the_chief_may_ask_too(
    court: Court, case_id: int, login: str
) -> None:
    number = asked(court, case_id, login, other(court, case_id))
    kept = db.session.get_one(Request, number)
    assert (kept.kind, kept.approver) == ("override", "bureau_chief")
    decider = "vice" if login == "chief" else "chief"  # nobody decides his own
    with pytest.raises(NotAllowed):
        requests.approve(court.who("quick-lead"), number, "", at(ON, 11))
    requests.approve(court.who(decider), number, "", at(ON, 11))
    assert court.stint(case_id).limit_seq is not None


@pytest.mark.parametrize("login", ["one", "two", "centre", "quick-lead", "vice", "supervisor"])
def test_nobody_else_may(court: Court, case_id: int, login: str) -> None:
    with pytest.raises(Refused) as refused:
        asked(court, case_id, login, other(court, case_id))
    assert isinstance(refused.value, (NotAllowed, NotFound))


def test_the_lead_of_another_team_may_not(court: Court, case_id: int) -> None:
    to = other(court, case_id)
    with pytest.raises((NotAllowed, NotFound)):
        asked(court, case_id, LEAD[to], to)


@pytest.mark.parametrize("to", ["速执团队", "精执一团队·团队长", "执行局局长", "终本维护团队"])
def test_never_to_another_kind_or_a_post(court: Court, case_id: int, to: str) -> None:
    with pytest.raises(Conflict, match="同类"):
        asked(court, case_id, "chief", to)
    with pytest.raises(Conflict, match="同类"):
        asked(court, case_id, "chief", holder(court, case_id))


@pytest.mark.parametrize("stage", ["intake", "team_lead", "bureau_chief"])
def test_not_where_no_rule_chose_among_teams(court: Court, stage: str) -> None:
    case_id = court.brought_to(stage, FILED) if stage != "intake" else court.file(FILED)
    on = court.stint(case_id).started_on.isoformat()
    with pytest.raises(Conflict, match="不能另行指定"):
        asked(court, case_id, "chief", TWO, on)


def test_not_after_the_limit_has_run_out(court: Court, case_id: int) -> None:
    number = asked(court, case_id, LEAD[holder(court, case_id)], other(court, case_id))
    due = court.stint(case_id).due_on or date.max
    with pytest.raises(Conflict, match="届满"):
        requests.approve(court.who("chief"), number, "", at(due + timedelta(days=1), 0, 1))
    requests.approve(court.who("chief"), number, "", at(due, 23))  # the whole last day counts


@pytest.mark.parametrize("how", ["refuse", "send_back"])
def test_what_is_turned_down_moves_nothing(court: Court, case_id: int, how: str) -> None:
    before = court.stint(case_id).seq
    number = asked(court, case_id, LEAD[holder(court, case_id)], other(court, case_id))
    getattr(requests, how)(court.who("chief"), number, "理由不足。", at(ON, 11))
    assert court.stint(case_id).seq == before
    given(court, case_id)  # and may be asked for anew


def test_what_waits_to_move_it_lapses_with_any_move(court: Court, case_id: int) -> None:
    member, seq = HAND[holder(court, case_id)], court.stint(case_id).seq
    transfer = transfers.ask(court.who(member), case_id, seq, "other", "线索", at(ON))
    given(court, case_id)
    assert db.session.get_one(Request, transfer).status == "lapsed"
    again = asked(court, case_id, LEAD[holder(court, case_id)], other(court, case_id))
    due = court.stint(case_id).due_on or date.max
    court.sweep(due + timedelta(days=1))
    assert db.session.get_one(Request, again, populate_existing=True).status == "lapsed"
    with pytest.raises(Conflict):
        requests.approve(court.who("chief"), again, "", at(due + timedelta(days=1), 11))


def test_a_limit_that_counts_from_elsewhere_shows(court: Court, case_id: int) -> None:
    given(court, case_id)
    behind_the_back("UPDATE stints SET limit_seq = NULL WHERE ended_on IS NULL")
    rule = next(rule for rule in RULES if rule.key == "due_dates")
    assert [fault.case_id for fault in rule.look(Looked(court.id, at(ON)))] == [case_id]


def test_the_event_log_tells_of_it(court: Court, case_id: int, tmp_path) -> None:
    given(court, case_id)
    exports.export_log(court.id, tmp_path / "log.csv", Doer(), at(ON, 12))
    lines = (tmp_path / "log.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[6] for line in lines][-2:] == ["reassigned", ""]


def test_lead_asks_chief_approves_and_the_other_team_sees_it(app: Flask, court: Court) -> None:
    case_id = court.brought_to("intensive", "2026-08-03")
    lead, to = LEAD[holder(court, case_id)], other(court, case_id)
    visitor = entered(app, court, lead)
    assert "指定承办团队" in visitor.get(f"/cases/{case_id}")
    page = visitor.get(f"/cases/{case_id}/override")
    assert f"{to}(0)" in plain(page) and f"{holder(court, case_id)}(" not in plain(page)
    seq, team = court.stint(case_id).seq, court.team(to).id
    wrong = visitor.sent(f"/cases/{case_id}/override", {"seq": seq, "team": team}, 422)
    assert "理由" in wrong
    typed = {"seq": seq, "team": team, "reason": "须回避。"}
    visitor.sent(f"/cases/{case_id}/override", typed, 303)
    inbox = plain(entered(app, court, "chief").get("/requests"))
    assert f"→ {to}" in inbox and "申请时在办" in inbox
    (number,) = db.session.scalars(select(Request.id)).all()
    entered(app, court, "chief").sent(f"/requests/{number}/approve", {}, 303)
    assert holder(court, case_id) == to
    seen = plain(entered(app, court, HAND[to]).get(f"/cases/{case_id}"))
    assert "改派" in seen and "指定承办团队" in seen
    assert "您仍可补登移交前发生的行为" in plain(visitor.get(f"/cases/{case_id}"))
    entered(app, court, "one").get(f"/cases/{case_id}/override", 403)
