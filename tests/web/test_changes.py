"""Is every change of a case reasoned, shown in its log, and what it replaced still readable?"""

from __future__ import annotations

import pytest
from flask import Flask

from linshu.services import claiming
from linshu.store.cases import Party
from linshu.store.db import db
from tests.court import Court, at
from tests.web.visits import Visitor, entered, plain

REASON = {"seq": 2, "reason": "当事人提交了新材料。"}


@pytest.fixture
def case_id(court: Court) -> int:
    """A case at quick, with an executor."""
    (found,) = court.file_many(1, "2026-11-02", simple=True)
    claiming.claim(court.who("quick"), found, None, at("2026-11-03"))
    return found


@pytest.fixture
def quick(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "quick")


def test_asking_for_an_early_transfer(case_id: int, quick: Visitor) -> None:
    assert "照届满计分" in quick.get(f"/cases/{case_id}/ask")
    page = plain(quick.sent(f"/cases/{case_id}/ask", {**REASON, "ground": "other"}))
    assert "已提交申请,等待审批" in page and "待审批" in page
    assert "提前移交 · 速执 (速执团队) → 指挥中心 (执行指挥中心) · 移转积分 +1" in page
    again = quick.sent(f"/cases/{case_id}/ask", {**REASON, "ground": "other"}, 409)
    assert "该案已有一件待决的申请" in again
    assert REASON["reason"] in quick.get(f"/cases/{case_id}")


@pytest.mark.parametrize("form", ["ask", "facts"])
def test_no_change_without_a_reason(case_id: int, quick: Visitor, form: str) -> None:
    words = {"seq": 2, "ground": "other", "field": "cause"}
    words |= {"value": "买卖合同纠纷"}
    for reason, why in (("", ""), ("  \u200b", "请写明"), ("长" * 4001, "4000")):
        page = quick.sent(f"/cases/{case_id}/{form}", words | {"reason": reason}, 422)
        assert why in page
    assert "买卖合同纠纷" not in quick.get(f"/cases/{case_id}")


def test_no_change_of_a_kind_nobody_knows(case_id: int, quick: Visitor) -> None:
    for form, field in (("ask", "ground"), ("facts", "field")):
        quick.sent(f"/cases/{case_id}/{form}", {**REASON, field: "magic"}, 422)


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("cause", "买卖合同纠纷", "案由:民间借贷纠纷 → 买卖合同纠纷"),
        ("claim_fen", "2万元", "申请执行标的额(元):1,000.00 → 20,000.00"),
        ("preserved", "否", "已采取保全:是 → 否"),
        ("remark", "多次\u3000来访", "备注:— → 多次 来访"),
        ("filed_on", "2026-10-30", "立案日期:2026-11-02 → 2026-10-30"),
    ],
)
def test_a_fact_is_put_right_and_the_log_says_both(
    case_id: int, quick: Visitor, field: str, value: str, shown: str
) -> None:
    page = quick.sent(f"/cases/{case_id}/facts", {**REASON, "field": field, "value": value})
    page = plain(page)
    assert "已更正" in page and shown in page and f"理由:{REASON['reason']}" in page


def test_a_new_filing_date_moves_the_statutory_clock(case_id: int, quick: Visitor) -> None:
    words = {**REASON, "field": "filed_on", "value": "2026-10-30"}
    page = plain(quick.sent(f"/cases/{case_id}/facts", words))
    assert "法定执行期限重新计算(更正):2027-05-03 → 2027-04-30" in page


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("cause", "民间借贷纠纷", "没有改动"),
        ("cause", "", "请写明案由"),
        ("claim_fen", "0", "应大于零"),
        ("preserved", "也许", "请写明是或否"),
        ("filed_on", "2026-11-24", "不能晚于现在"),
        ("filed_on", "昨天", "请写明日期"),
        ("basis", "长" * 201, "200"),
    ],
)
def test_a_fact_that_cannot_be(
    case_id: int, quick: Visitor, field: str, value: str, why: str
) -> None:
    page = quick.sent(f"/cases/{case_id}/facts", {**REASON, "field": field, "value": value}, 422)
    assert why in page and REASON["reason"] in page


def test_a_party_is_put_right_search_follows_and_numbers_stay_masked(
    app: Flask, court: Court, case_id: int, quick: Visitor
) -> None:
    party = db.session.query(Party).filter_by(case_id=case_id, role="debtor").one().id
    url = f"/cases/{case_id}/parties/{party}"
    assert 'value="李四"' in quick.get(url)
    words = {**REASON, "name": "李思思", "id_number": " 11010119900307447x "}
    page = plain(quick.sent(url, words))
    assert "被执行人 李思思 110101********447X" in page
    log = plain(quick.get(f"/cases/{case_id}"))
    assert "当事人:李四 → 李思思 110101********447X" in log
    assert "11010119900307447X" not in log + page
    assert court.case(case_id).number in quick.get("/cases?q=思思")
    assert "没有改动" in quick.sent(url, words, 422)
    quick.sent(url, {**words, "id_number": "ß" * 40}, 422)
    quick.get(f"/cases/{case_id}/parties/999999", 404)


def test_an_action_is_put_right_and_the_old_one_stays_readable(
    court: Court, case_id: int, quick: Visitor
) -> None:
    said = {"kind": "receipt", "text": "到账一笔。", "happened_at": "2026-11-20T10:00"}
    quick.sent(f"/cases/{case_id}/record", {"seq": 2, **said, "amount": "900"})
    form = quick.get(f"/cases/{case_id}/correct/1")
    assert 'value="900.00"' in form and "到账一笔。" in form
    fixed = {**REASON, **said, "text": "到账一笔,金额更正。", "amount": "90"}
    page = plain(quick.sent(f"/cases/{case_id}/correct/1", fixed))
    assert "到位 90.00 元" in page
    assert "到账一笔。 900.00 元" in page and "已更正" in page and "到账一笔,金额更正。" in page
    again = quick.sent(f"/cases/{case_id}/correct/1", fixed, 409)
    assert "已被更正过" in again
    quick.get(f"/cases/{case_id}/correct/999", 404)
    other = court.file_many(1, "2026-11-02", simple=True)[0]
    quick.get(f"/cases/{other}/correct/1", 404)


def test_a_stale_correction_is_told_who_has_it_since_when(
    app: Flask, court: Court, quick: Visitor
) -> None:
    (case_id,) = court.file_many(1, "2026-10-19", simple=True)
    court.sweep("2026-11-20")
    words = {**REASON, "field": "cause", "value": "其他", "ground": "other"}
    for form in ("facts", "ask", "closing"):
        page = quick.sent(f"/cases/{case_id}/{form}", {**words, "closing_type": "执行完毕"}, 409)
        assert "案件已于2026-11-20流转到指挥中心(执行指挥中心)" in page


def test_who_only_reads_changes_nothing(app: Flask, court: Court, case_id: int) -> None:
    for login, status in (("one", 404), ("centre", 403), ("chief", 403)):
        visitor = entered(app, court, login)
        words = {**REASON, "field": "cause", "value": "其他"}
        visitor.sent(f"/cases/{case_id}/facts", words, status)
    for login in ("clerk", "supervisor", "president", "filing"):
        entered(app, court, login).get(f"/cases/{case_id}/facts", 403)
    entered(app, court, "supervisor").sent("/cases/999999/verify", {}, 404)
    page = entered(app, court, "supervisor").sent(f"/cases/{case_id}/verify")
    assert "核验通过" in page
