"""Can a case be filed as people write it, and screened by a named person, one or many?"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from linshu.services import people
from linshu.store.cases import Case, Party
from linshu.store.db import db
from tests.court import ONE, TWO, Court, at
from tests.web.visits import Visitor, entered, plain, row_of

FORM = {
    "number": "(2026)鲁1329执7",
    "cause": "民间借贷纠纷",
    "filed_on": "2026-11-23",
    "basis": "（2026）鲁1329民初1号民事调解书",
    "claim": "¥1.2万元",
    "applicants": "张三 110101199003074477",
    "debtors": "李四\n某某有限公司, 91350100M000100Y43",
    "remark": "案外人来电。",
}


@pytest.fixture
def clerk(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "filing")


@pytest.fixture
def centre(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "centre")


def filed() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Case)) or 0


# Filing ------------------------------------------------------------------------------------------


def test_a_case_is_filed_as_it_is_written(court: Court, clerk: Visitor) -> None:
    page = plain(clerk.sent("/intake/file", {**FORM, "preserved": "y"}))
    assert "已立案 （2026）鲁1329执7号" in page
    assert "标的 12,000.00 元" in page and "剩 3 天" in page
    case = db.session.scalars(select(Case)).one()
    assert (case.claim_fen, case.preserved, case.cooperative) == (1_200_000, True, False)
    parties = db.session.scalars(select(Party).order_by(Party.id)).all()
    assert [(p.role, p.name, p.id_number[:4]) for p in parties] == [
        ("applicant", "张三", "1101"),
        ("debtor", "李四", ""),
        ("debtor", "某某有限公司", "9135"),
    ]


def test_a_wrong_check_digit_is_told_and_keeps_no_case_out(court: Court, clerk: Visitor) -> None:
    page = clerk.sent("/intake/file", {**FORM, "debtors": "李四 110101199003074471"})
    assert "李四的身份证号码校验位或出生日期不对" in page and filed() == 1


@pytest.mark.parametrize(
    ("field", "written", "why"),
    [
        ("number", "", ""),
        ("number", "老王的案子", "案号不规范"),
        ("number", "（2026）鲁1302执7号", "法院代字不对"),
        ("number", "（2026）鲁1329执99999999999999号", "案号不规范"),
        ("number", "（2026）鲁1329民初7号", "案号不规范"),
        ("cause", "  ", "案由"),
        ("cause", "长" * 81, "80"),
        ("filed_on", "2026-11-24", "不能晚于今天"),
        ("filed_on", "2026-02-30", ""),
        ("claim", "0", "应大于零"),
        ("claim", "-5", "无法识别"),
        ("claim", "1.234", "超过两位小数"),
        ("claim", "很多", "无法识别"),
        ("claim", "9" * 20, "数额过大"),
        ("debtors", " \n ，", "请至少写一人"),
        ("debtors", "某" * 201, "名称过长"),
        ("applicants", "", ""),
        ("remark", "长" * 4001, "4000"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_filed(
    court: Court, clerk: Visitor, field: str, written: str, why: str
) -> None:
    page = clerk.sent("/intake/file", {**FORM, field: written}, 422)
    assert why in page and FORM["remark" if field != "remark" else "basis"] in page
    assert filed() == 0


def test_every_fault_is_told_at_once(court: Court, clerk: Visitor) -> None:
    faults = {"number": "x", "claim": "x", "debtors": "", "filed_on": "2027-01-01"}
    assert "请改正 4 处" in clerk.sent("/intake/file", {**FORM, **faults}, 422)


def test_a_number_is_filed_once(court: Court, clerk: Visitor) -> None:
    clerk.sent("/intake/file", FORM)
    page = clerk.sent("/intake/file", {**FORM, "number": "〔2026〕鲁1329执 ７ 号"}, 422)
    assert "案号 （2026）鲁1329执7号 已存在" in page and filed() == 1


def test_a_resumed_case_passes_intake_at_once(court: Court, clerk: Visitor) -> None:
    page = clerk.sent("/intake/file", {**FORM, "number": "（2026）鲁1329执恢1号"})
    assert "阶段期限 · 精执" in page
    assert "待甄别 0 件" in clerk.get("/intake")


def test_without_a_team_that_can_take_it_a_case_is_refused(court: Court, clerk: Visitor) -> None:
    for name in (ONE, TWO):
        people.switch_team(court.who("system"), court.team(name).id, False, at("2026-11-20"))
    page = clerk.sent("/intake/file", {**FORM, "number": "（2026）鲁1329执恢1号"}, 422)
    assert "规则无法决定案件去向" in page and filed() == 0
    clerk.sent("/intake/file", FORM)


# Screening ---------------------------------------------------------------------------------------


def test_the_list_shows_what_is_suggested_and_why(court: Court, centre: Visitor) -> None:
    simple = court.file("2026-11-23", preserved=True)
    complex_ = court.file("2026-11-20", claim_fen=10**9, basis="判决书")
    page = centre.get("/intake")
    assert "待甄别 2 件" in page
    assert "剩 3 天" in row_of(page, court.case(simple).number)
    assert "简案 保全已采取 、 标的额不超过限额" in row_of(page, court.case(simple).number)
    row = row_of(page, court.case(complex_).number)
    assert "今日届满" in row and "繁案 —" in row


def test_one_case_is_screened_as_suggested(court: Court, centre: Visitor) -> None:
    case_id = court.file("2026-11-23", cooperative=True)
    page = centre.get(f"/intake/screen/{case_id}")
    assert "系统建议 简案" in plain(page)
    said = centre.sent(f"/intake/screen/{case_id}", {"seq": 1, "decision": "simple"})
    assert "已甄别为简案" in said and court.stint(case_id).stage == "quick"


def test_overruling_the_suggestion_needs_reasons(court: Court, centre: Visitor) -> None:
    case_id = court.file("2026-11-23", cooperative=True)
    words = {"seq": 1, "decision": "complex", "reasons": " "}
    assert "请写明理由" in centre.sent(f"/intake/screen/{case_id}", words, 422)
    words["reasons"] = "名下企业已停产。"
    centre.sent(f"/intake/screen/{case_id}", words)
    assert court.stint(case_id).stage == "centre"
    log = plain(entered(centre.client.application, court, "chief").get(f"/cases/{case_id}"))
    assert "名下企业已停产。" in log and "中心甲" in log


def test_a_case_that_has_left_intake_is_not_screened(court: Court, centre: Visitor) -> None:
    case_id = court.file("2026-11-17")
    words = {"seq": 1, "decision": "complex"}
    court.sweep("2026-11-23")
    centre.get(f"/intake/screen/{case_id}", 409)
    page = centre.sent(f"/intake/screen/{case_id}", words, 409)
    assert "案件已于2026-11-23流转到指挥中心(执行指挥中心)" in page
    centre.get(f"/intake/screen/{court.file('2026-11-23', resumed=True)}", 409)
    centre.get("/intake/screen/999999", 404)


def test_many_are_screened_and_each_that_is_refused_says_why(court: Court, centre: Visitor) -> None:
    first, second = court.file("2026-11-23", preserved=True), court.file("2026-11-23")
    gone = court.file("2026-11-17")
    court.sweep("2026-11-23")
    marks = [f"{first}:1", f"{second}:1", f"{gone}:1"]
    page = plain(centre.sent("/intake", {"case": marks, "decision": "suggested"}, 422))
    assert "已甄别 2 件" in page
    assert f"以下 1 件没有甄别： {court.case(gone).number}".replace("：", ":") in page
    assert "案件已于2026-11-23流转到指挥中心" in page
    assert [court.stint(id_).stage for id_ in (first, second)] == ["quick", "centre"]


def test_many_against_the_suggestion_need_reasons(court: Court, centre: Visitor) -> None:
    cases = court.file_many(3, "2026-11-23")
    marks = [f"{id_}:1" for id_ in cases]
    page = centre.sent("/intake", {"case": marks, "decision": "simple"}, 422)
    assert page.count("请写明理由") == 3 and page.count("checked") >= 3
    words = {"case": marks, "decision": "simple", "reasons": "双方已和解。"}
    assert "已甄别 3 件" in centre.sent("/intake", words)
    assert {court.stint(id_).stage for id_ in cases} == {"quick"}


def test_nothing_ticked_or_nothing_that_is_a_case(court: Court, centre: Visitor) -> None:
    assert "请先勾选案件" in centre.sent("/intake", {"decision": "suggested"}, 422)
    for mark in ("1", "one:two", "1:", "99999999999999999999:1", "-1:1"):
        centre.sent("/intake", {"case": [mark], "decision": "suggested"}, 404)


def test_the_pager_of_a_refused_list_leads_on(court: Court, centre: Visitor) -> None:
    court.file_many(40, "2026-11-23")
    page = centre.sent("/intake?page=2", {"decision": "suggested"}, 422)
    assert 'href="/intake?page=1"' in page
    assert len(centre.get("/intake?page=2&endpoint=x&_scheme=javascript&_external=1")) > 0
