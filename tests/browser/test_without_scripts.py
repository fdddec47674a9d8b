"""Does everything work with scripts off? The same forms, whole pages instead of fragments."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.court import ONE

pytestmark = pytest.mark.browser
OFF = {"java_script_enabled": False}


def test_claiming_recording_asking(house: House, enter: Enter) -> None:
    case_id = house.case(ONE)
    officer = enter("one", **OFF).goto("/team?tab=claimable")
    officer.press(f"认领 {house.number(case_id)}")
    assert "已认领" in officer.says
    officer.goto(f"/cases/{case_id}").choose("走访")
    officer.fill(text="家中无人。", happened_at="2026-11-23T10:30")
    with officer.refused(422):
        officer.press("保存")
    assert "时间不能晚于现在" in officer.says
    expect(officer.page.locator("[name=text]")).to_have_value("家中无人。")
    officer.fill(happened_at="2026-11-23T09:30")
    officer.press("保存")
    assert "已登记" in officer.says
    expect(officer.page.locator("#case-log li").first).to_contain_text("家中无人。")
    officer.follow("申请提前移交")
    officer.fill(reason="线索在外地。")
    officer.press("提交")
    assert "已提交申请" in officer.says


def test_screening(house: House, enter: Enter) -> None:
    one, many = (house.court.file("2026-11-23", preserved=True) for _ in range(2))
    clerk = enter("filing", **OFF).goto("/intake")
    clerk.follow(f"甄别 {house.number(one)}")
    clerk.press("确认甄别")
    assert "已甄别为简案" in clerk.says
    clerk.page.get_by_label(f"选择 {house.number(many)}", exact=True).check()
    clerk.press("甄别所选")
    assert "已甄别 1 件" in clerk.says
    assert {house.court.stint(case_id).stage for case_id in (one, many)} == {"quick"}


def test_closing(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    officer = enter("one", **OFF).goto(f"/cases/{case_id}")
    officer.follow("报结")
    officer.follow("销案")
    officer.fill(reason="撤回申请。")
    officer.press("报结")
    assert "已报结" in officer.says and "待结案审查" in officer.says


def test_what_needs_a_script_is_not_shown_and_menus_open(house: House, enter: Enter) -> None:
    officer = enter("one", **OFF).goto("/desk")
    expect(officer.page.get_by_label("全选")).not_to_be_visible()
    officer.page.locator(".navbar summary").click()
    officer.follow("修改密码")
    officer.press("English")
    expect(officer.page.locator("html")).to_have_attribute("lang", "en")
