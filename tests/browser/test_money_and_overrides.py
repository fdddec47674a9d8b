"""Does the rest of a receipt keep its day, and does an override reach the other team? On screen."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect

from linshu.services import recording
from linshu.services.recording import NewAction
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.court import ONE, TWO, at

pytestmark = pytest.mark.browser


def test_money_comes_in_a_part_goes_out_and_the_register_shows_the_rest(
    house: House, enter: Enter
) -> None:
    case_id = house.case(ONE, "one")
    new = NewAction("receipt", "划拨银行存款", at("2026-11-20").at, 40_000)
    recording.record(house.court.who("one"), case_id, None, new, at("2026-11-20"))
    officer = enter("one").goto(f"/cases/{case_id}")
    officer.page.get_by_label("其他节点").select_option("案款发放")
    officer.page.get_by_label("收款方").select_option("执行费(上缴国库)")
    officer.fill(text="执行费", amount="50.00")
    officer.press("保存")
    expect(officer.page.locator("#case-recovered")).to_contain_text("350.00")
    officer.goto(f"/cases/{case_id}?tab=money")
    shot(officer, "case")
    total = officer.page.get_by_role("row").filter(has_text="合计 · 执行费").inner_text()
    assert "50.00" in total
    officer.goto("/money")
    number = house.court.case(case_id).number
    row = officer.page.get_by_role("row").filter(has_text=number).inner_text()
    assert "2026-11-20 到账 400.00 元,余 350.00 元" in row and "至 2026-12-21" in row
    shot(officer, "register")


def test_the_lead_asks_the_chief_approves_and_the_other_team_has_it(
    house: House, enter: Enter
) -> None:
    case_id = house.case(ONE, "one")
    due = house.court.stint(case_id).due_on
    lead = enter("lead-one").goto(f"/cases/{case_id}")
    lead.follow("指定承办团队")
    option = lead.page.get_by_label("指定团队").locator("option").filter(has_text=TWO)
    lead.page.get_by_label("指定团队").select_option(option.get_attribute("value"))
    lead.fill(reason="承办人亲属为本案代理人。")
    shot(lead, "override")
    lead.press("提交")
    assert "已提交申请,等待审批。" in lead.says
    chief = enter("chief").goto("/requests")
    article = chief.page.locator("article").filter(has_text=house.court.case(case_id).number)
    assert f"→ {TWO}" in article.first.inner_text() and "申请时在办" in article.first.inner_text()
    shot(chief, "inbox")
    article.first.locator("xpath=following-sibling::form[1]").get_by_role(
        "button", name="批准"
    ).click()
    assert "已批准" in chief.says
    other = enter("two").goto(f"/cases/{case_id}")
    assert "指定承办团队" in other.says and house.court.stint(case_id).due_on == due
    shot(other, "reassigned")


def shot(visitor: object, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
