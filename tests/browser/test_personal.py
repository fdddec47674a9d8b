"""Does a number show on a click, with scripts and without, and stay out of every address?"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from linshu.services.filing import NewParty
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.court import ONE

pytestmark = pytest.mark.browser
PHONE, ACCOUNT = "13812345678", "6222021234567890123"


@pytest.mark.parametrize("scripts", [True, False])
def test_one_click_one_number(house: House, enter: Enter, scripts: bool) -> None:
    case_id = house.case(ONE, "one", debtors=[NewParty("呼延灼", "", PHONE, ACCOUNT)])
    officer = enter("one", java_script_enabled=scripts)
    officer.goto(f"/cases/{case_id}?tab=parties")
    row = officer.row("呼延灼").last
    expect(row).to_contain_text("138****5678")
    officer.press("显示 呼延灼 的电话")
    expect(row).to_contain_text(PHONE)
    expect(row).to_contain_text("6222***********0123")
    assert PHONE not in officer.page.url
    officer.goto(f"/cases/{case_id}?tab=parties")
    expect(row).not_to_contain_text(PHONE)


def test_a_number_is_searched_for_and_stands_in_no_address(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one", debtors=[NewParty("鲁达", "", "13712345678")])
    officer = enter("one").goto("/desk")
    officer.page.get_by_role("searchbox").fill("137 1234 5678")
    officer.page.keyboard.press("Enter")
    expect(officer.page.locator(".heading")).to_contain_text("137 **** 5678 · 1 件")
    expect(officer.row(house.number(case_id))).to_have_count(1)
    assert "5678" not in officer.page.url.split("?n=")[0]
    with officer.page.expect_download() as download:
        officer.press("导出 Excel")
    assert download.value.suggested_filename.endswith(".xlsx")
