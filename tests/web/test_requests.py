"""Who decides a request, once, with which reason, and what becomes of it when the case moves?"""

from __future__ import annotations

import pytest
from flask import Flask

from linshu.services import claiming, transfers
from tests.court import Court, at
from tests.web.visits import Visitor, entered, plain


@pytest.fixture
def case_id(court: Court) -> int:
    """A case at quick, with an executor."""
    (found,) = court.file_many(1, "2026-11-02", simple=True)
    claiming.claim(court.who("quick"), found, None, at("2026-11-03"))
    return found


@pytest.fixture
def lead(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "quick-lead")


def asked(court: Court, case_id: int, ground: str = "other", login: str = "quick") -> int:
    seq = court.stint(case_id).seq
    when = at("2026-11-23", 9, 30)
    return transfers.ask(court.who(login), case_id, seq, ground, "线索在外地。", when)


def test_the_lead_sees_it_in_the_inbox_and_approves(
    app: Flask, court: Court, case_id: int, lead: Visitor
) -> None:
    number = asked(court, case_id)
    inbox = plain(lead.get("/requests"))
    assert "审批 1" in inbox and "待我审批 1" in inbox and "线索在外地。" in inbox
    assert "移转积分 +1" in inbox and "当时届满日 2026-12-02" in inbox
    page = plain(lead.sent(f"/requests/{number}/approve", {"reason": "同意。"}))
    assert f"已处理申请 #{number}" in page and "待我审批 0" in page and "已批准" in page
    assert court.stint(case_id).stage == "centre"
    log = plain(lead.get(f"/cases/{case_id}"))
    assert "理由:同意。" in log and "理由:线索在外地。" in log
    assert "已批准" in entered(app, court, "quick").get("/requests")


def test_refusing_needs_a_reason_and_changes_nothing_else(
    app: Flask, court: Court, case_id: int, lead: Visitor
) -> None:
    number = asked(court, case_id)
    due = court.stint(case_id).due_on
    assert "请写明理由" in lead.sent(f"/requests/{number}/refuse", {"reason": " "}, 422)
    page = lead.sent(f"/requests/{number}/refuse", {"reason": "长" * 4001}, 422)
    assert "4000" in page
    page = lead.sent(f"/requests/{number}/refuse", {"reason": "本团队可以办结。"})
    assert "已驳回" in page and "本团队可以办结。" in page
    assert (court.stint(case_id).stage, court.stint(case_id).due_on) == ("quick", due)
    assert "已驳回" in entered(app, court, "quick").get(f"/cases/{case_id}?tab=requests")


def test_an_approval_without_end_is_refused_too(court: Court, case_id: int, lead: Visitor) -> None:
    number = asked(court, case_id)
    lead.sent(f"/requests/{number}/approve", {"reason": "长" * 4001}, 422)
    assert court.stint(case_id).stage == "quick"


def test_a_decided_request_is_decided(court: Court, case_id: int, lead: Visitor) -> None:
    number = asked(court, case_id)
    lead.sent(f"/requests/{number}/refuse", {"reason": "不同意。"})
    for verb in ("approve", "refuse"):
        page = lead.sent(f"/requests/{number}/{verb}", {"reason": "再想想。"}, 409)
        assert "这件申请已由速执长于2026-11-23 10:00处理" in page
    lead.sent(f"/requests/{number}/confirm", {}, 409)
    assert court.stint(case_id).stage == "quick"


def test_approved_twice_moves_once(court: Court, case_id: int, lead: Visitor) -> None:
    number = asked(court, case_id)
    lead.sent(f"/requests/{number}/approve")
    lead.sent(f"/requests/{number}/approve", {}, 409)
    assert court.stint(case_id).seq == 3


def test_nobody_decides_his_own_or_another_team_s(app: Flask, court: Court, case_id: int) -> None:
    number = asked(court, case_id, login="quick-lead")
    own = entered(app, court, "quick-lead")
    assert "待我审批 0" in plain(own.get("/requests"))
    assert "不能审批自己的申请" in own.sent(f"/requests/{number}/approve", {}, 403)
    assert "不由您审批" in entered(app, court, "lead-one").sent(
        f"/requests/{number}/approve", {}, 403
    )
    entered(app, court, "quick").sent(f"/requests/{number}/approve", {}, 403)
    chief = entered(app, court, "chief")  # a lead's own request goes to the chief
    chief.sent(f"/requests/{number}/approve")
    assert court.stint(case_id).stage == "centre"


def test_an_exempt_ground_waits_for_the_receiving_lead(
    app: Flask, court: Court, case_id: int, lead: Visitor
) -> None:
    number = asked(court, case_id, "recusal")
    assert "待接收方确认" in lead.sent(f"/requests/{number}/approve")
    assert court.stint(case_id).stage == "quick"
    receiver = entered(app, court, "centre-lead")
    assert "确认接收" in receiver.get("/requests")
    lead.sent(f"/requests/{number}/confirm", {}, 403)
    receiver.sent(f"/requests/{number}/confirm")
    assert court.stint(case_id).stage == "centre"
    assert "还没有积分往来" in lead.get(f"/cases/{case_id}?tab=points")


def test_the_receiving_lead_may_decline_with_a_reason(
    app: Flask, court: Court, case_id: int, lead: Visitor
) -> None:
    number = asked(court, case_id, "referral")
    lead.sent(f"/requests/{number}/approve")
    receiver = entered(app, court, "centre-lead")
    assert "请写明理由" in receiver.sent(f"/requests/{number}/decline", {}, 422)
    page = receiver.sent(f"/requests/{number}/decline", {"reason": "管辖并无问题。"})
    assert "已驳回" in page and court.stint(case_id).stage == "quick"


def test_a_move_meanwhile_lapses_it(app: Flask, court: Court, lead: Visitor) -> None:
    (case_id,) = court.file_many(1, "2026-10-20", simple=True)
    when = at("2026-11-19")
    number = transfers.ask(court.who("quick"), case_id, 2, "other", "线索在外地。", when)
    court.sweep("2026-11-21")
    assert "待我审批 0" in plain(lead.get("/requests"))
    page = lead.sent(f"/requests/{number}/approve", {}, 409)
    assert "案件已在申请之后流转,这件申请已失效" in page
    assert "已失效" in entered(app, court, "quick").get(f"/cases/{case_id}?tab=requests")


def test_where_no_transfer_is_possible_the_stage_is_named(app: Flask, court: Court) -> None:
    case_id = court.file("2026-11-23")
    words = {"seq": 1, "ground": "other", "reason": "x"}
    page = entered(app, court, "centre").sent(f"/cases/{case_id}/ask", words, 409)
    assert "案件在立案甄别阶段,不能提前移交" in page


def test_a_request_or_verb_that_nobody_knows(lead: Visitor) -> None:
    lead.sent("/requests/999999/approve", {}, 404)
    lead.sent("/requests/1/burn", {}, 404)
