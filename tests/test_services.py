"""Do the verbs of the court keep R3, R13, R15, R16 and R20, and does a loser learn who has it?"""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from linshu.services import (
    claiming,
    correcting,
    gate,
    people,
    recording,
    requests,
    screening,
    transfers,
)
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from linshu.services.gate import Report
from linshu.services.recording import NewAction
from linshu.store.books import Posting, TrailEntry
from linshu.store.cases import Action, Request, Stint, Text
from linshu.store.db import db
from linshu.store.people import Team
from tests.court import ONE, Court, at


def trail_of(case_id: int) -> list[dict]:
    query = select(TrailEntry.line).where(TrailEntry.case_id == case_id).order_by(TrailEntry.seq)
    return [json.loads(line) for line in db.session.scalars(query)]


def posted() -> int:
    return db.session.scalar(select(func.count()).select_from(Posting)) or 0


@pytest.fixture
def at_intensive(court: Court) -> tuple[Court, int, str, str]:
    """A case at the first intensive stint: court, case, its executor's and the lead's logins."""
    case_id = court.brought_to("intensive", "2026-01-05")
    name = db.session.get_one(Team, court.stint(case_id).team_id).name
    return (court, case_id, *(("one", "lead-one") if name == ONE else ("two", "lead-two")))


# Screening ------------------------------------------------------------------------------------


def test_a_named_person_confirms_the_suggestion(court: Court) -> None:  # R3
    case_id = court.file("2026-01-05", preserved=True)
    screening.screen(court.who("centre"), case_id, 1, True, "", at("2026-01-06"))
    entry = trail_of(case_id)[-1]
    assert (entry["by"], entry["tag"]) == ("centre", "case.screened")
    assert (entry["data"]["suggested"], entry["data"]["simple"]) == (True, True)
    assert court.stint(case_id).stage == "quick"


def test_overruling_needs_reasons_and_keeps_them(court: Court) -> None:  # R3
    case_id = court.file("2026-01-05", preserved=True)
    centre = court.who("centre")
    with pytest.raises(Invalid, match="理由"):
        screening.screen(centre, case_id, 1, False, "  ", at("2026-01-06"))
    screening.screen(centre, case_id, 1, False, "保全已失效", at("2026-01-06"))
    digest = trail_of(case_id)[-1]["data"]["reasons"]
    assert db.session.scalar(select(Text.text).where(Text.digest == digest)) == "保全已失效"


def test_who_screens_and_what_is_screened(court: Court) -> None:
    case_id = court.file("2026-01-05")
    with pytest.raises(NotAllowed):
        screening.screen(court.who("one"), case_id, 1, True, "x", at("2026-01-06"))
    resumed = court.file("2026-01-05", resumed=True)
    with pytest.raises(Invalid, match="执恢"):
        screening.screen(court.who("centre"), resumed, 2, True, "x", at("2026-01-06"))


def test_screening_what_has_left_intake_is_a_conflict(court: Court) -> None:
    case_id = court.file("2026-01-05")
    court.sweep("2026-01-09")
    with pytest.raises(Conflict, match="指挥中心"):
        screening.screen(court.who("centre"), case_id, 1, True, "x", at("2026-01-09"))
    assert court.stint(case_id).stage == "centre"


def test_a_bulk_screening_says_what_became_of_each(court: Court) -> None:
    good, gone = court.file("2026-01-05"), court.file("2026-01-05")
    centre = court.who("centre")
    screening.screen(centre, gone, 1, False, "", at("2026-01-06"))
    outcomes = screening.screen_many(centre, [(good, 1), (gone, 1)], at("2026-01-06"), None, "")
    assert [outcome.refusal is None for outcome in outcomes] == [True, False]


def test_without_a_centre_filing_is_refused(court: Court) -> None:
    centre = court.team("执行指挥中心").id
    people.switch_team(court.who("system"), centre, False, at("2026-01-05"))
    with pytest.raises(Conflict, match="无法决定"):
        court.file("2026-01-05")


# Claiming -------------------------------------------------------------------------------------


def test_the_loser_of_a_race_learns_who_has_it_and_since_when(at_intensive) -> None:
    court, case_id, executor, lead = at_intensive
    when = at(court.stint(case_id).started_on, 9, 15)
    claiming.claim(court.who(executor), case_id, None, when)
    with pytest.raises(Conflict) as lost:
        claiming.claim(court.who(lead), case_id, None, when)
    assert court.who(executor).name in lost.value.message and "09:15" in lost.value.message


def test_ten_at_once_and_one_has_it(app: Flask, court: Court) -> None:
    case_id = court.file_many(1, "2026-01-05", simple=True)[0]
    actors = [court.who("quick"), court.who("quick-lead")] * 5
    db.session.remove()
    won, lost = [], []

    def claim(actor) -> None:
        with app.app_context():
            try:
                claiming.claim(actor, case_id, None, at("2026-01-06"))
                won.append(actor.login)
            except Conflict:
                lost.append(actor.login)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=claim, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 9)
    assert [e["by"] for e in trail_of(case_id) if e["tag"] == "case.claimed"] == won


def test_claim_next_takes_what_is_due_first_until_nothing_is_left(court: Court) -> None:
    later = court.file_many(1, "2026-01-06", simple=True)[0]
    sooner = court.file_many(1, "2026-01-05", simple=True)[0]
    quick = court.who("quick")
    assert claiming.claim_next(quick, at("2026-01-06")) == sooner
    assert claiming.claim_next(quick, at("2026-01-06")) == later
    with pytest.raises(NotFound):
        claiming.claim_next(quick, at("2026-01-06"))


def test_only_the_team_claims(court: Court) -> None:
    case_id = court.file_many(1, "2026-01-05", simple=True)[0]
    with pytest.raises(NotFound):  # not even seen
        claiming.claim(court.who("one"), case_id, None, at("2026-01-06"))
    with pytest.raises(NotAllowed):
        claiming.claim(court.who("centre"), case_id, None, at("2026-01-06"))


def test_the_lead_assigns_after_two_working_days(court: Court) -> None:
    case_id = court.file_many(1, "2026-01-08", simple=True)[0]  # a Thursday
    lead, quick = court.who("quick-lead"), court.who("quick")
    with pytest.raises(Conflict, match="2 个工作日"):
        claiming.assign(lead, case_id, 2, quick.person_id, at("2026-01-12"))
    claiming.assign(lead, case_id, 2, quick.person_id, at("2026-01-13"))
    assert court.stint(case_id).handler_id == quick.person_id
    with pytest.raises(Invalid):
        claiming.assign(lead, case_id, 2, court.who("one").person_id, at("2026-01-13"))
    with pytest.raises(NotFound):  # another team's case is not even seen
        claiming.assign(court.who("lead-one"), case_id, 2, quick.person_id, at("2026-01-13"))


# Recording ------------------------------------------------------------------------------------


def test_an_action_keeps_when_it_happened_and_when_it_was_recorded(at_intensive) -> None:
    court, case_id, executor, _lead = at_intensive
    stint = court.stint(case_id)
    when = at(stint.started_on, 17, 42)
    happened = when.at - timedelta(hours=3)
    recording.record(
        court.who(executor), case_id, stint.seq, NewAction("talk", "约谈", happened), when
    )
    entry = trail_of(case_id)[-1]
    assert entry["at"].endswith("14:42:00+08:00") and entry["recorded"].endswith("17:42:00+08:00")


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (NewAction("call", "明天", at("2026-05-01").at), "晚于"),
        (NewAction("call", "", at("2026-04-09").at), "写明"),
        (NewAction("call", "早了", at("2025-04-09").at), "立案日期"),
        (NewAction("dance", "x", at("2026-04-09").at), "没有这种"),
        (NewAction("receipt", "到账", at("2026-04-09").at), "金额"),
        (NewAction("call", "x", at("2026-04-09").at, amount_fen=5), "金额"),
        (NewAction("receipt", "x", at("2026-04-09").at, amount_fen=-5), "金额"),
        (NewAction("call", "长" * 5000, at("2026-04-09").at), "过长"),
    ],
)
def test_a_bad_action_is_refused_and_nothing_is_kept(at_intensive, new, why: str) -> None:
    court, case_id, executor, _lead = at_intensive
    with pytest.raises(Invalid, match=why):
        recording.record(court.who(executor), case_id, None, new, at("2026-04-10"))
    assert db.session.scalar(select(func.count()).select_from(Action)) == 0


def test_money_that_came_in_adds_up(at_intensive) -> None:
    court, case_id, executor, _lead = at_intensive
    for amount in (100, 250):
        new = NewAction("receipt", "到账", at("2026-04-09").at, amount)
        action = recording.record(court.who(executor), case_id, None, new, at("2026-04-10"))
    assert court.case(case_id).recovered_fen == 350
    fixed = NewAction("receipt", "到账,金额更正", at("2026-04-09").at, 205)
    actor = court.who(executor)
    correcting.correct_action(actor, case_id, None, action, fixed, "录错", at("2026-04-11"))
    assert court.case(case_id).recovered_fen == 305
    with pytest.raises(Conflict, match="已被更正"):
        correcting.correct_action(actor, case_id, None, action, fixed, "再改", at("2026-04-11"))


def test_the_giving_team_loses_write_access_at_the_move_but_for_what_came_before(
    at_intensive,
) -> None:  # R16
    court, case_id, executor, _lead = at_intensive
    actor = court.who(executor)
    court.sweep("2026-05-09")  # a make-up working Saturday: the move
    before, after = at("2026-05-08", 15).at, at("2026-05-09", 8).at
    late = NewAction("visit", "移交前走访", before)
    with pytest.raises(NotAllowed, match="承办团队"):
        recording.record(actor, case_id, None, NewAction("visit", "x", after), at("2026-05-09"))
    recording.record(actor, case_id, None, late, at("2026-05-12"))
    assert trail_of(case_id)[-1]["tag"] == "case.recorded_late"
    with pytest.raises(NotAllowed):
        recording.record(actor, case_id, None, late, at("2026-05-13"))
    with pytest.raises(NotAllowed):
        gate.report(actor, case_id, None, Report("执行完毕", "x"), at("2026-05-12"))


def test_entry_on_behalf_keeps_both_names(at_intensive) -> None:
    court, case_id, executor, _lead = at_intensive
    clerk = court.who("clerk" if executor == "one" else "lead-two")
    new = NewAction("call", "代录", at("2026-04-09").at, behalf_id=court.who(executor).person_id)
    recording.record(clerk, case_id, None, new, at("2026-04-10"))
    entry = trail_of(case_id)[-1]
    assert (entry["by"], entry["behalf"]) == (clerk.login, executor)


def test_yes_and_no_are_read_in_either_language_and_nothing_else(at_intensive) -> None:
    court, case_id, executor, _lead = at_intensive
    actor, when = court.who(executor), at("2026-04-10")
    for said, means in (("是", True), ("n", False), ("Yes", True), ("否", False)):
        correcting.correct_fact(actor, case_id, None, "cooperative", said, "核对", when)
        assert court.case(case_id).cooperative is means
    with pytest.raises(Invalid, match="请写明是或否"):
        correcting.correct_fact(actor, case_id, None, "cooperative", "也许", "核对", when)


def test_a_fact_is_corrected_by_a_new_entry_with_a_reason(at_intensive) -> None:
    court, case_id, executor, _lead = at_intensive
    actor, when = court.who(executor), at("2026-04-10")
    with pytest.raises(Invalid, match="更正理由"):
        correcting.correct_fact(actor, case_id, None, "filed_on", "2026-01-04", " ", when)
    correcting.correct_fact(actor, case_id, None, "filed_on", "2026-01-04", "系统录入有误", when)
    case = court.case(case_id)
    assert (case.filed_on, case.statutory_due_on) == (date(2026, 1, 4), date(2026, 7, 6))
    entry = trail_of(case_id)[-1]
    assert (entry["before"]["filed_on"], entry["after"]["filed_on"]) == ("2026-01-05", "2026-01-04")
    with pytest.raises(Invalid):
        correcting.correct_fact(actor, case_id, None, "filed_on", "2027-01-04", "x", when)


def test_a_move_between_seeing_and_acting_is_a_conflict(at_intensive) -> None:
    court, case_id, executor, _lead = at_intensive
    seen = court.stint(case_id).seq
    court.sweep("2026-05-09")
    with pytest.raises(Conflict, match="已于2026-05-09流转"):
        gate.report(court.who(executor), case_id, seen, Report("执行完毕", "x"), at("2026-05-09"))


# Early transfers ------------------------------------------------------------------------------


def asked(court: Court, case_id: int, executor: str, ground: str) -> int:
    seq, when = court.stint(case_id).seq, at("2026-04-10")
    return transfers.ask(court.who(executor), case_id, seq, ground, "理由", when)


def test_an_approved_transfer_posts_as_an_expiry_would(at_intensive) -> None:  # R20
    court, case_id, executor, lead = at_intensive
    before, hop = posted(), court.stint(case_id).hop
    request = asked(court, case_id, executor, "other")
    requests.approve(court.who(lead), request, "同意", at("2026-04-13"))
    stint = court.stint(case_id)
    assert (stint.stage, stint.started_on, stint.sideways) == ("lateral", date(2026, 4, 13), 1)
    assert (stint.hop, posted() - before) == (hop + 1, 2)


def test_recusal_waits_for_the_receiving_lead_and_posts_nothing(at_intensive) -> None:  # R20
    court, case_id, executor, lead = at_intensive
    before = posted()
    request = asked(court, case_id, executor, "recusal")
    requests.approve(court.who(lead), request, "", at("2026-04-13"))
    assert court.stint(case_id).stage == "intensive"
    other = "lead-two" if lead == "lead-one" else "lead-one"
    with pytest.raises(NotAllowed):
        requests.confirm(court.who(lead), request, at("2026-04-13"))
    requests.confirm(court.who(other), request, at("2026-04-13"))
    assert (court.stint(case_id).stage, posted()) == ("lateral", before)
    assert trail_of(case_id)[-1]["data"]["reason"] == "exempt_transfer"


def test_a_receiver_switched_off_since_the_approval_cannot_confirm(at_intensive) -> None:  # R8, R9
    court, case_id, executor, lead = at_intensive
    request = asked(court, case_id, executor, "recusal")
    requests.approve(court.who(lead), request, "", at("2026-04-13"))
    other = "lead-two" if lead == "lead-one" else "lead-one"
    people.switch_team(court.who("system"), court.who(other).team_id, False, at("2026-04-13"))
    with pytest.raises(Conflict, match="已不能接收"):
        requests.confirm(court.who(other), request, at("2026-04-14"))
    assert court.stint(case_id).stage == "intensive"
    requests.decline(court.who(other), request, "本团队已停用", at("2026-04-14"))
    again = asked(court, case_id, executor, "recusal")
    requests.approve(court.who(lead), again, "", at("2026-04-14"))
    assert (
        db.session.get_one(Team, db.session.get_one(Request, again).to_team_id).kind == "team_lead"
    )


def test_a_refused_request_never_shows_as_approved(at_intensive) -> None:
    court, case_id, executor, lead = at_intensive
    request = asked(court, case_id, executor, "other")
    with pytest.raises(Invalid, match="理由"):
        requests.refuse(court.who(lead), request, "", at("2026-04-13"))
    requests.refuse(court.who(lead), request, "继续办理", at("2026-04-13"))
    assert db.session.get_one(Request, request).status == "refused"
    with pytest.raises(Conflict, match="已由"):
        requests.approve(court.who(lead), request, "", at("2026-04-13"))
    assert court.stint(case_id).stage == "intensive"


def test_nobody_approves_his_own(at_intensive) -> None:
    court, case_id, _executor, lead = at_intensive
    request = asked(court, case_id, lead, "other")
    with pytest.raises(NotAllowed, match="自己"):
        requests.approve(court.who(lead), request, "", at("2026-04-13"))
    requests.approve(court.who("chief"), request, "", at("2026-04-13"))
    assert court.stint(case_id).stage == "lateral"


@pytest.mark.parametrize("login", ["quick-lead", "chief", "vice", "president", "centre-lead"])
def test_only_the_lead_of_the_giving_team_decides(at_intensive, login: str) -> None:
    court, case_id, executor, _lead = at_intensive
    request = asked(court, case_id, executor, "other")
    with pytest.raises(NotAllowed):
        requests.approve(court.who(login), request, "", at("2026-04-13"))


def test_an_expiry_lapses_what_was_asked(at_intensive) -> None:  # R13
    court, case_id, executor, lead = at_intensive
    request = asked(court, case_id, executor, "other")
    assert court.sweep("2026-05-09").moved == 1
    with pytest.raises(Conflict, match="失效"):
        requests.approve(court.who(lead), request, "", at("2026-05-09"))
    assert trail_of(case_id)[-1]["tag"] == "request.lapsed"


def test_one_request_at_a_time_and_a_known_ground(at_intensive) -> None:
    court, case_id, executor, _lead = at_intensive
    with pytest.raises(Invalid):
        asked(court, case_id, executor, "boredom")
    asked(court, case_id, executor, "other")
    with pytest.raises(Conflict, match="待决"):
        asked(court, case_id, executor, "other")


# Closing --------------------------------------------------------------------------------------


def test_what_closes_in_time_keeps_its_points(at_intensive) -> None:  # R20
    court, case_id, executor, _lead = at_intensive
    before = posted()
    court.close(case_id, "执行完毕", "2026-04-20", executor)
    assert court.case(case_id).closed_on == date(2026, 4, 20) and posted() == before
    assert court.sweep("2026-06-30").due == 0
    with pytest.raises(Conflict, match="结案"):
        gate.report(
            court.who(executor), case_id, None, Report("执行完毕", "再结"), at("2026-04-21")
        )


def test_a_terminated_case_goes_to_dormant_care_without_a_limit(at_intensive) -> None:  # R1
    court, case_id, executor, _lead = at_intensive
    court.close(case_id, "终结本次执行程序", "2026-04-20", executor)
    stint = court.stint(case_id)
    assert (stint.stage, stint.due_on) == ("dormant", None)
    assert court.sweep("2030-01-01").due == 0


@pytest.mark.parametrize("kind", ["中止", "", "closed"])
def test_only_the_six_closing_types_close(at_intensive, kind: str) -> None:
    court, case_id, executor, _lead = at_intensive
    with pytest.raises(Refused):
        seq = court.stint(case_id).seq
        gate.report(court.who(executor), case_id, seq, Report(kind, "x"), at("2026-04-20"))
    assert court.stint(case_id).stage == "intensive"


def test_every_change_left_a_trail(at_intensive) -> None:  # R15
    court, case_id, executor, lead = at_intensive
    claiming.claim(court.who(executor), case_id, None, at("2026-04-08"))
    request = asked(court, case_id, executor, "other")
    requests.refuse(court.who(lead), request, "不", at("2026-04-13"))
    tags = [entry["tag"] for entry in trail_of(case_id)]
    assert tags == [
        "case.imported",
        "countdown.started",  # a handler is to be named
        "case.screened",
        "case.moved",
        "case.claimed",
        "countdown.met",
        "countdown.started",  # the notice is to be sent
        "request.asked",
        "request.refused",
    ]
    stints = select(func.count()).select_from(Stint).where(Stint.case_id == case_id)
    assert db.session.scalar(stints) == 3
