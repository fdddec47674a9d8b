"""Do the gate's screens say what is missing, who reviews, and that the clock stands still?"""

from __future__ import annotations

from dataclasses import asdict

import pytest
from flask import Flask

from linshu.services import gate, policies, property, requests
from linshu.services.property import NewHolding
from linshu.store.db import db
from tests import closings
from tests.closings import TERMINATION
from tests.court import Court, at
from tests.test_gate import debtor, status
from tests.web.visits import Visitor, entered, plain

TODAY = "2026-11-23"


@pytest.fixture
def case_id(court: Court) -> int:
    """A case of the quick team, entered last week and old enough to be terminated."""
    return court.file_many(1, "2026-11-16", simple=True, filed="2026-08-03")[0]


@pytest.fixture
def quick(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "quick")


def whole(closing_type: str) -> dict[str, object]:
    """Everything ticked and typed."""
    said = asdict(closings.WHOLE) | {"talked_on": TODAY, "alive": "y", "claim_fits": "y"}
    lists = {name: sorted(said[name]) for name in ("investigated", "looked_into")}
    return {"seq": 2, "reason": "穷尽措施", "closing_type": closing_type, **said, **lists}


def url(case_id: int) -> str:
    return f"/cases/{case_id}/closing"


def test_the_checklist_shows_what_is_known_and_what_is_missing(
    court: Court, case_id: int, quick: Visitor
) -> None:
    page = plain(quick.get(f"{url(case_id)}?type={TERMINATION}"))
    for said in (
        "缺 9 项",
        "✓ 符合 立案超过三个月 立案于2026-08-03,最早可于2026-11-04终本 法〔2016〕373号第一条",
        "✗ 不符 7 限制消费令 未限制消费:李四 法〔2016〕373号第二条",
        "✓ 符合 5 财产线索均已核查",
        "报结后由指挥中心人员审查,院长批准",
    ):
        assert said in page, said
    closings.ripen(court, case_id, TERMINATION, at(TODAY, 9), "quick")
    page = plain(quick.get(f"{url(case_id)}?type={TERMINATION}"))
    assert "✓ 符合 7 限制消费令 均已限制消费" in page and "缺 6 项" in page


@pytest.mark.parametrize(
    "closing_type", ["执行完毕", TERMINATION, "终结执行", "销案", "不予执行", "驳回申请"]
)
def test_each_type_asks_for_its_own(case_id: int, quick: Visitor, closing_type: str) -> None:
    page = quick.get(f"{url(case_id)}?type={closing_type}")
    asked = {name for name in whole(closing_type) if f'name="{name}"' in page}
    more = {
        TERMINATION: {"investigated", "looked_into", "talked_on", "agreement"}
        | {"ruling", "alive", "claim_fits"},
        "终结执行": {"ground", "ruling"},
        "不予执行": {"ruling"},
        "驳回申请": {"ruling"},
    }
    assert asked == {"seq", "reason", "closing_type"} | more.get(closing_type, set())
    assert ("未发现财产本身不是理由" in page) == (closing_type == "终结执行")


@pytest.mark.parametrize(
    ("left_out", "article"),
    [
        ("investigated", "法〔2016〕373号第三条"),
        ("looked_into", "法〔2016〕373号第三条"),
        ("talked_on", "民诉法解释第五百一十七条"),
        ("agreement", "民诉法解释第五百一十七条"),
        ("ruling", "法〔2016〕373号第六条"),
        ("alive", "民事诉讼法第二百六十八条"),
        ("claim_fits", "法〔2016〕373号第一条"),
    ],
)
def test_a_report_that_lacks_anything_comes_back_with_the_article(
    court: Court, case_id: int, quick: Visitor, left_out: str, article: str
) -> None:
    closings.ripen(court, case_id, TERMINATION, at(TODAY, 9), "quick")
    words = {key: said for key, said in whole(TERMINATION).items() if key != left_out}
    page = plain(quick.sent(url(case_id), words, 422))
    assert "依法不能报终结本次执行程序,缺少:" in page and article in page and "缺 1 项" in page
    assert "穷尽措施" in page  # what was typed is there again
    assert db.session.query(gate.Request).filter_by(kind="closing").count() == 0
    assert "已报结" in quick.sent(url(case_id), whole(TERMINATION))


def test_from_report_to_closing_on_the_screens(app: Flask, court: Court, case_id: int) -> None:
    quick, centre, chief = (entered(app, court, who) for who in ("quick", "centre", "chief"))
    page = plain(quick.sent(url(case_id), whole("销案")))
    assert "待结案审查" in page and "结案审查中" in page and "停止计算" in page
    assert "已于 2026-11-23" in plain(quick.get(url(case_id)))
    assert 'name="reason"' not in quick.get(url(case_id))
    assert "结案审查中" in plain(quick.get("/desk?tab=unclaimed"))
    assert "结案审查中" in plain(quick.get(f"/cases/{case_id}/why"))
    inbox = plain(centre.get("/closings"))
    assert "待我审查 1" in inbox and "报结时的核对清单(1 项)" in inbox
    number = 1
    assert "请写明理由" in plain(centre.sent(f"/closings/{number}/return", {"reason": ""}, 422))
    centre.sent(f"/closings/{number}/magic", {}, 404)
    centre.sent(f"/closings/{number}/pass", {})
    assert "我已审查" in plain(centre.get("/closings")) and status(number) == "asked"
    asked = plain(chief.get("/requests"))
    assert "结案 · 销案" in asked and "审查人 中心甲" in asked and "执行款发放完毕" in asked
    chief.sent(f"/requests/{number}/approve", {"reason": "同意"})
    page = plain(quick.get(f"/cases/{case_id}"))
    assert "案件已于 2026-11-23 结案(销案)" in page and "申请恢复办理" in page


def test_the_approver_is_told_what_has_changed(app: Flask, court: Court, case_id: int) -> None:
    closings.ripen(court, case_id, TERMINATION, at(TODAY, 9), "quick")
    number = closings.report(court, case_id, TERMINATION, at(TODAY, 9), "quick")
    gate.review(court.who("centre"), number, at(TODAY, 9))
    president = entered(app, court, "president")
    assert "案件有变化" not in president.get("/requests")
    new = NewHolding(debtor(case_id), "vehicle", "鲁Q00001", clue=True)
    property.found(court.who("quick"), case_id, None, new, at(TODAY, 9))
    page = plain(president.get("/requests"))
    assert "案件有变化" in page and "现在依法不能结案,缺少: 5 财产线索均已核查" in page
    again = president.sent(f"/requests/{number}/approve", {}, 409)
    assert "现在依法不能结案" in again and status(number) == "asked"


def test_a_late_report_is_refused_with_a_sentence(app: Flask, court: Court, quick: Visitor) -> None:
    (case_id,) = court.file_many(1, "2026-10-19", simple=True)  # due on 2026-11-19, not swept
    page = quick.sent(url(case_id), whole("销案"), 409)
    assert "阶段期限已于2026-11-19届满,不能再报结案" in page


def test_a_wrongly_closed_case_is_asked_back(app: Flask, court: Court, case_id: int) -> None:
    quick, vice = entered(app, court, "quick"), entered(app, court, "vice")
    where = f"/cases/{case_id}/reopening"
    quick.sent(where, {"seq": 2, "reason": "x"}, 409)
    court.close(case_id, "销案", at(TODAY, 9), "quick")
    quick.sent(where, {"seq": 2, "reason": ""}, 422)
    page = plain(quick.sent(where, {"seq": 2, "reason": "误报"}))
    assert "恢复办理 · 已于 2026-11-23 结案(销案)" in page
    number = db.session.query(gate.Request).filter_by(kind="reopening").one().id
    vice.sent(f"/requests/{number}/approve", {})
    page = plain(quick.get(f"/cases/{case_id}"))
    assert "经批准恢复办理(原于 2026-11-23 结案:销案)" in page
    assert court.stint(case_id).seq == 3


def test_the_policy_s_gatekeepers_see_the_inbox(app: Flask, court: Court, case_id: int) -> None:
    closings.report(court, case_id, "销案", at(TODAY, 9), "quick")
    for login, count in (("centre", 1), ("supervisor", 0), ("chief", 0)):
        assert f"待我审查 {count}" in plain(entered(app, court, login).get("/closings"))
    entered(app, court, "one").get("/closings", 403)
    assert policies.in_force(court.who("chief"), at(TODAY)).gate.reviewed_by == "centre_staff"
    assert requests.raise_overdue(court.id, at("2026-11-26")) == 1
