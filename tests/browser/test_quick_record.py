"""Is an action recorded in under thirty seconds? The quick record, by htmx and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.court import ONE

pytestmark = pytest.mark.browser


def test_ctrl_enter_records_and_the_page_stays(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    officer = enter("one").goto(f"/cases/{case_id}")
    officer.page.evaluate("window.stayed = true")
    officer.choose("约谈")
    officer.fill(text="约谈被执行人,承诺月底前给付。")
    officer.page.locator("[name=text]").press("Control+Enter")
    log = officer.page.locator("#case-log li")
    expect(log.first).to_contain_text("约谈被执行人,承诺月底前给付。")
    assert not officer.barriers()
    assert officer.page.evaluate("window.stayed")
    expect(officer.page.locator("[name=text]")).to_have_value("")
    expect(officer.page.get_by_role("link", name="办案日志")).to_contain_text(str(log.count()))


def test_money_that_came_in_shows_at_once_and_needs_its_amount(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    officer = enter("one").goto(f"/cases/{case_id}")
    officer.choose("到账")
    officer.fill(text="被执行人汇款。")
    with officer.refused(422):
        officer.press("保存")
    expect(officer.page.locator("#record")).to_contain_text(
        "到账、案款发放、迟延履行利息须填写金额"
    )
    expect(officer.page.get_by_label("到账", exact=True)).to_be_checked()
    officer.fill(amount="３60.5")
    officer.press("保存")
    received = officer.page.locator("#case-log li").filter(has_text="到账")
    expect(received.first).to_contain_text("360.50 元")  # above it: thirty days to pay it out
    expect(officer.page.locator(".heading")).to_contain_text("到位 360.50 元")
    officer.page.reload()
    expect(officer.page.locator(".heading")).to_contain_text("到位 360.50 元")


def test_the_future_is_refused_and_nothing_typed_is_lost(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    officer = enter("one").goto(f"/cases/{case_id}")
    before = officer.page.locator("#case-log li").count()
    officer.choose("走访")
    officer.fill(text="到村委会走访。", happened_at="2026-11-23T10:01")
    with officer.refused(422):
        officer.press("保存")
    expect(officer.page.locator("#record")).to_contain_text("时间不能晚于现在")
    assert not officer.barriers()
    expect(officer.page.locator("[name=text]")).to_have_value("到村委会走访。")
    expect(officer.page.get_by_label("走访")).to_be_checked()
    assert officer.page.locator("#case-log li").count() == before
    officer.fill(happened_at="2026-11-20T16:30")
    officer.press("保存")
    first = officer.page.locator("#case-log li").first
    expect(first).to_contain_text("11-20 16:30")
    expect(first).to_contain_text("录入 11-23 10:00")


def test_the_keyboard_is_enough(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    officer = enter("one").goto("/desk")
    keys = officer.page.keyboard
    keys.press("/")
    keys.type(house.number(case_id))
    keys.press("Enter")
    officer.page.get_by_role("link", name=house.number(case_id)).focus()
    keys.press("Enter")
    officer.page.wait_for_url(f"**/cases/{case_id}")
    officer.page.locator("[name=kind]:checked").focus()
    keys.press("ArrowRight")
    keys.press("Tab")
    keys.type("只用键盘登记。")
    keys.press("Control+Enter")
    expect(officer.page.locator("#case-log li").first).to_contain_text(
        "登记执行行为:约谈。 只用键盘登记。"
    )


def test_a_clerk_records_for_the_officer_and_both_names_stand(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    clerk = enter("clerk").goto(f"/cases/{case_id}")
    for duty in ("更正", "申请提前移交", "结案/终本"):
        expect(clerk.page.get_by_role("link", name=duty, exact=True)).to_have_count(0)
    clerk.choose("送达")
    clerk.fill(text="送达限制消费令。")
    clerk.page.get_by_label("代录").select_option(label="精一甲")
    clerk.press("保存")
    first = clerk.page.locator("#case-log li").first
    expect(first).to_contain_text("送达限制消费令。")
    expect(first).to_contain_text("书记甲 · 代 精一甲 录入")
