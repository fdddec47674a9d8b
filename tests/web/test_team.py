"""Who takes which case of a team, and what does the one who came too late learn?"""

from __future__ import annotations

import pytest
from flask import Flask

from linshu.services import claiming, people
from linshu.services.people import NewPerson
from linshu.store.writer import Doer
from tests.court import ONE, Court, at
from tests.web.visits import Visitor, entered, plain, row_of, said


@pytest.fixture
def quick(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "quick")


def test_claimable_and_running(court: Court, quick: Visitor) -> None:
    first, second = court.file_many(2, "2026-11-20", simple=True)
    claiming.claim(court.who("quick"), first, None, at("2026-11-20"))
    page = quick.get("/team")
    assert "速执团队 · 在办 2 件" in plain(page)
    assert court.case(second).number in page and court.case(first).number not in page
    running = quick.get("/team?tab=running")
    assert "速执甲" in row_of(running, court.case(first).number)


def test_a_member_claims_and_the_case_is_his(court: Court, quick: Visitor) -> None:
    (case_id,) = court.file_many(1, "2026-11-20", simple=True)
    page = quick.sent(f"/team/claim/{case_id}", {"seq": 2, "team": court.team("速执团队").id})
    assert "已认领" in page and court.stint(case_id).handler_id == court.who("quick").person_id
    again = quick.sent(f"/team/claim/{case_id}", {"seq": 2})
    assert "没有认领到" not in again
    assert plain(quick.get(f"/cases/{case_id}")).count("认领案件") == 1


def test_the_loser_learns_who_since_when_and_is_offered_the_next(
    app: Flask, court: Court, quick: Visitor
) -> None:
    wanted, other = court.file_many(2, "2026-11-20", simple=True)
    claiming.claim(court.who("quick-lead"), wanted, None, at("2026-11-20", 9, 15))
    answer = quick.post(f"/team/claim/{wanted}", {"seq": 2})
    page = said(answer)
    assert answer.status_code == 409 and "该案已于2026-11-20 09:15由速执长认领" in page
    assert court.case(other).number in page and f"/team/claim/{other}" in page
    claiming.claim(court.who("quick-lead"), other, None, at("2026-11-23"))
    assert "本团队没有待认领的案件了" in quick.sent(f"/team/claim/{wanted}", {"seq": 2}, 409)


def test_the_next_is_the_one_that_runs_out_first(court: Court, quick: Visitor) -> None:
    (later,) = court.file_many(1, "2026-11-20", simple=True)
    (sooner,) = court.file_many(1, "2026-11-18", simple=True)
    assert court.case(sooner).number in quick.sent("/team/claim-next")
    assert court.case(later).number in quick.sent("/team/claim-next")
    assert "本团队没有待认领的案件" in quick.sent("/team/claim-next")


def test_a_stale_claim_is_told_where_the_case_went(court: Court, quick: Visitor) -> None:
    (case_id,) = court.file_many(1, "2026-10-12", simple=True)
    court.sweep("2026-11-13")
    page = quick.sent(f"/team/claim/{case_id}", {"seq": 2}, 409)
    assert "案件已于2026-11-13流转到指挥中心(执行指挥中心)" in page
    quick.sent(f"/team/claim/{case_id}", {"seq": 3}, 403)
    quick.sent(f"/team/claim/{case_id}", {"seq": "x"}, 422)


def test_one_claims_in_one_s_own_team_alone(app: Flask, court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-11-20", simple=True)
    entered(app, court, "one").sent(f"/team/claim/{case_id}", {"seq": 2}, 404)
    for login in ("clerk", "supervisor", "president"):
        entered(app, court, login).sent(f"/team/claim/{case_id}", {"seq": 2}, 403)
    assert court.stint(case_id).handler_id is None


def test_the_lead_assigns_after_two_working_days(app: Flask, court: Court) -> None:
    (waited,) = court.file_many(1, "2026-11-18", simple=True)  # Friday was the second working day
    (fresh,) = court.file_many(1, "2026-11-19", simple=True)
    lead, member = entered(app, court, "quick-lead"), court.who("quick").person_id
    page = lead.get("/team")
    assert f"/team/assign/{waited}" in page and f"/team/assign/{fresh}" not in page
    early = lead.sent(f"/team/assign/{fresh}", {"seq": 2, "to": member}, 409)
    assert "认领期未满(2 个工作日)" in early
    assert "已指派" in lead.sent(f"/team/assign/{waited}", {"seq": 2, "to": member})
    assert court.stint(waited).handler_id == member
    assert court.stint(fresh).handler_id is None


def test_the_lead_assigns_to_an_active_member_alone(app: Flask, court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-11-18", simple=True)
    new = NewPerson("gone", "速执乙", "executor", "速执团队")
    people.add_people(court.id, [new], Doer("admin", "security_admin"), at("2026-11-18"))
    gone = court.who("gone").person_id
    place = ("executor", "速执团队", False, at("2026-11-19"))
    people.change_person(court.who("admin"), gone, *place)
    lead = entered(app, court, "quick-lead")
    for who in (court.who("one").person_id, court.who("chief").person_id, gone):
        page = lead.sent(f"/team/assign/{case_id}", {"seq": 2, "to": who}, 422)
        assert "不能指派" in page
    lead.sent(f"/team/assign/{case_id}", {"seq": 2, "to": 999999}, 404)
    lead.sent(f"/team/assign/{case_id}", {"seq": 2, "to": 10**15}, 422)
    assert court.stint(case_id).handler_id is None


def test_only_the_lead_of_that_team_assigns(app: Flask, court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-11-18", simple=True)
    words = {"seq": 2, "to": court.who("quick").person_id}
    entered(app, court, "quick").sent(f"/team/assign/{case_id}", words, 403)
    entered(app, court, "chief").sent(f"/team/assign/{case_id}", words, 403)
    entered(app, court, "lead-one").sent(f"/team/assign/{case_id}", words, 404)


def test_one_sees_one_s_own_team_and_the_court_s_leaders_see_all(app: Flask, court: Court) -> None:
    one, quick = court.team(ONE).id, court.team("速执团队").id
    visitor = entered(app, court, "quick")
    visitor.get(f"/team?team={quick}")
    visitor.get(f"/team?team={one}", 404)
    for login in ("chief", "supervisor", "president"):
        page = entered(app, court, login).get(f"/team?team={one}")
        assert ONE in page and "/team/claim" not in page
    for login in ("filing", "system", "audit"):
        entered(app, court, login).get("/team", 403)
