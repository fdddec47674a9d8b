"""督办 from end to end: found by the supervisor, done and answered by the officer, settled."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.court import ONE

pytestmark = pytest.mark.browser


def test_a_warning_is_ordered_done_answered_and_settled(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one", on="2026-11-05")  # its notice was due on the 9th
    number = house.number(case_id)
    supervisor = enter("supervisor").goto("/nodes?key=enforcement_notice&due=late")
    row = supervisor.page.locator("tbody tr", has_text=number)
    expect(row).to_contain_text("发出执行通知书")
    row.locator("[name=pick]").check()
    supervisor.page.get_by_label("督办内容").fill("请立即发出执行通知书。")
    supervisor.press("督办")
    assert "已督办 1 件" in supervisor.says
    expect(supervisor.page.locator("tbody tr", has_text=number)).to_contain_text("待办理")

    officer = enter("one").goto("/desk")
    mine = officer.page.locator("section", has_text="督办").locator("li", has_text=number)
    expect(mine).to_contain_text("发出执行通知书")
    officer.goto(f"/cases/{case_id}")
    officer.page.get_by_label("其他节点").select_option("notice")
    officer.page.get_by_label("发生了什么").fill("已邮寄执行通知书和报告财产令。")
    officer.press("保存")
    expect(officer.page.locator("#case-log")).to_contain_text("已邮寄执行通知书")
    officer.goto(f"/cases/{case_id}?tab=orders")
    assert "已补办" in officer.says
    officer.page.locator("article", has_text="请立即发出").get_by_role("link").click()
    officer.page.get_by_label("说明").fill("已于今日邮寄。")
    officer.press("答复")
    assert "已答复" in officer.says

    supervisor.goto("/nodes?state=settled")
    supervisor.page.locator("tbody tr", has_text=number).get_by_role("link", name="督办").click()
    assert "已于今日邮寄。" in supervisor.says
    supervisor.press("了结")
    assert "已了结" in supervisor.says
    supervisor.goto(f"/cases/{case_id}")
    assert "了结" in supervisor.page.locator("#case-log").inner_text()
