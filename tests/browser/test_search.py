"""Is a case found from every page, by a name of two characters and by a number in any writing?"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from linshu.services.filing import NewParty
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.court import ONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("page", ["/desk", "/team", "/requests", "/moves", "/points", "/policy"])
def test_a_name_of_two_characters_is_found_from_every_page(
    house: House, enter: Enter, page: str
) -> None:
    if not house.samples.get("named"):
        house.samples["named"] = house.case(
            ONE, "one", debtors=[NewParty("端木"), NewParty("王小五")]
        )
    number = house.number(house.samples["named"])
    officer = enter("one").goto(page)
    for name in ("端木", "小五", "王小五"):
        officer.page.keyboard.press("/")
        officer.page.get_by_role("searchbox").fill(name)
        officer.page.keyboard.press("Enter")
        expect(officer.page.locator(".heading")).to_contain_text(f"{name} · 1 件")
        expect(officer.row(number)).to_have_count(1)


def test_a_number_is_found_in_any_writing(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    number = house.number(case_id)
    serial = number.removesuffix("号").split("执恢")[1]
    wide = serial.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    officer = enter("one").goto("/desk")
    for asked in (
        number,
        f"(2026)鲁1329执恢{serial}号",
        f"〔２０２６〕鲁1329执恢 {wide}",
        f"2026 执恢{serial}",
        f"执恢{serial}号",
        serial,
    ):
        officer.page.get_by_role("searchbox").fill(asked)
        officer.page.get_by_role("searchbox").press("Enter")
        expect(officer.page.locator(".heading")).to_contain_text(asked)
        expect(officer.row(number)).to_have_count(1)


def test_what_is_not_ones_own_to_see_is_not_found(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one", debtors=[NewParty("公孙止")])
    assert enter("chief").goto("/cases?q=公孙").row(house.number(case_id)).count() == 1
    stranger = enter("quick").goto("/cases?q=公孙")
    assert "没有找到案件" in stranger.says
    with stranger.refused(404):
        stranger.goto(f"/cases/{case_id}")
    assert "请至少输入两个字" in stranger.goto("/cases?q=公").says
