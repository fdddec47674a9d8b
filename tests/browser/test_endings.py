"""How does a case end, and how is what was written put right? 结案, 终本, 更正."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from linshu.services import recording
from linshu.services.recording import NewAction
from tests.browser.conftest import Enter
from tests.browser.house import TODAY, House
from tests.court import ONE, at

pytestmark = pytest.mark.browser


def test_a_case_is_reported_reviewed_approved_and_then_nothing_can_be_written(
    house: House, enter: Enter
) -> None:
    case_id = house.case(ONE, "one")
    officer = enter("one").goto(f"/cases/{case_id}")
    officer.follow("报结")
    officer.follow("销案")
    officer.fill(reason="申请执行人撤回立案申请。")
    officer.press("报结")
    assert "已报结" in officer.says
    expect(officer.page.locator(".clock .left").first).to_have_text("结案审查中")
    centre = enter("centre").goto("/closings")
    row = centre.page.locator("article", has_text=house.number(case_id))
    expect(row).to_contain_text("执行款发放完毕")
    row.locator("xpath=following-sibling::form[1]").get_by_role("button", name="审查通过").click()
    expect(centre.page.locator("#flash")).to_contain_text("已处理申请")
    chief = enter("chief").goto("/requests")
    row = chief.page.locator("article", has_text=house.number(case_id)).first
    row.locator("xpath=following-sibling::form[1]").get_by_role("button", name="批准").click()
    expect(chief.page.locator("#flash")).to_contain_text("已处理申请")
    officer.goto(f"/cases/{case_id}")
    assert "案件已于 2026-11-23 结案(销案)" in officer.says
    expect(officer.page.locator("#record")).to_have_count(0)
    expect(officer.page.locator(".clock .left").first).to_have_text("已结")
    expect(officer.page.locator(".journey .end")).to_contain_text("销案")


def test_a_terminated_round_goes_to_dormant_care_without_a_limit(
    house: House, enter: Enter
) -> None:
    case_id = house.case(ONE, "one", filed="2026-08-03")
    officer = enter("one").goto(f"/cases/{case_id}/closing?type=终结本次执行程序")
    officer.fill(reason="穷尽措施,未发现可供执行的财产。")
    with officer.refused(422):
        officer.press("报结")
    assert "依法不能报终结本次执行程序" in officer.says and "法〔2016〕373号第二条" in officer.says
    house.court.close(case_id, "终结本次执行程序", at(TODAY), "one")
    assert house.court.stint(case_id).stage == "dormant"
    keeper = enter("dormant").goto(f"/cases/{case_id}")
    expect(keeper.page.locator(".clock .left").first).to_have_text("无期限")
    keeper.fill(text="六个月查询一次,已列入计划。")
    keeper.press("保存")
    expect(keeper.page.locator("#case-log li").first).to_contain_text("已列入计划")


def test_a_fact_is_put_right_and_both_readings_stand(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    officer = enter("one").goto(f"/cases/{case_id}")
    officer.follow("更正")
    officer.page.get_by_label("项目").select_option(label="案由")
    officer.fill(value="买卖合同纠纷", reason="立案时录错。")
    officer.press("提交")
    assert "已更正" in officer.says
    assert "民间借贷纠纷 → 买卖合同纠纷" in officer.says and "立案时录错。" in officer.says
    officer.goto(f"/cases/{case_id}/facts")
    officer.page.get_by_label("项目").select_option(label="立案日期")
    officer.fill(value="昨天", reason="看错了。")
    with officer.refused(422):
        officer.press("提交")
    expect(officer.page.locator("[name=value]")).to_have_value("昨天")


def test_an_action_is_put_right_by_a_newer_one(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    yesterday = at(TODAY - timedelta(days=3), 15)
    wrong = NewAction("receipt", "收到第一笔款。", yesterday.at, 50_000)
    recording.record(house.court.who("one"), case_id, None, wrong, yesterday)
    officer = enter("one").goto(f"/cases/{case_id}")
    officer.follow("更正", officer.page.locator("#case-log"))
    expect(officer.page.locator("[name=amount]")).to_have_value("500.00")
    officer.fill(amount="400", reason="误记一百元。")
    officer.press("提交")
    expect(officer.page.locator(".heading")).to_contain_text("到位 400.00 元")
    expect(officer.page.locator(".struck")).to_contain_text("收到第一笔款")
    expect(officer.page.locator("#case-log")).to_contain_text("已更正")


def test_a_party_is_put_right_and_search_follows(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    officer = enter("one").goto(f"/cases/{case_id}?tab=parties")
    officer.follow("更正 李四")
    officer.fill(name="慕容海", reason="身份证上的姓名。")
    officer.press("提交")
    officer.goto("/cases?q=慕容")
    assert officer.row(house.number(case_id)).count() == 1
