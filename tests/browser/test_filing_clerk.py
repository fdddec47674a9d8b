"""A filing clerk's day: cases are filed, and screened one by one or many at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from linshu.services import screening
from tests.browser.conftest import Enter
from tests.browser.house import TODAY, House
from tests.court import at

pytestmark = pytest.mark.browser


def test_a_case_is_filed_once_everything_wrong_is_put_right(enter: Enter) -> None:
    clerk = enter("filing").goto("/intake")
    clerk.follow("登记立案")
    clerk.fill(number="2026鲁1329", cause="买卖合同纠纷", claim="许多", applicants="张三")
    clerk.fill(debtors="欧阳云 371329")
    with clerk.refused(422):
        clerk.press("登记")
    assert "请改正 2 处: 案号、申请执行标的额(元)" in clerk.says
    assert not clerk.barriers()
    expect(clerk.page.locator("[name=cause]")).to_have_value("买卖合同纠纷")
    clerk.fill(number=" ( ２０２６ ) 鲁1329执 90001", claim="1.2万元")
    clerk.press("登记")
    assert "已立案 （2026）鲁1329执90001号" in clerk.says
    assert "标的 12,000.00 元" in clerk.says and "立案甄别" in clerk.says


def test_screening_against_the_suggestion_needs_reasons(house: House, enter: Enter) -> None:
    case_id = house.court.file("2026-11-23", preserved=True)
    clerk = enter("filing").goto("/intake")
    clerk.follow(f"甄别 {house.number(case_id)}")
    assert "系统建议 简案" in clerk.says
    clerk.choose("繁案(指挥中心)")
    with clerk.refused(422):
        clerk.press("确认甄别")
    expect(clerk.page.get_by_label("繁案(指挥中心)")).to_be_checked()
    assert house.court.stint(case_id).stage == "intake"
    clerk.fill(reasons="保全的财产已被另案处分。")
    clerk.press("确认甄别")
    assert "已甄别为繁案" in clerk.says
    assert house.court.stint(case_id).stage == "centre"


def test_many_are_screened_at_once_and_each_refusal_is_told(house: House, enter: Enter) -> None:
    ids = [house.court.file("2026-11-23", preserved=simple) for simple in (True, False, True)]
    clerk = enter("filing").goto("/intake")
    act = clerk.page.get_by_role("button", name="甄别所选")
    expect(act).to_be_disabled()
    for case_id in ids:
        clerk.page.get_by_label(f"选择 {house.number(case_id)}", exact=True).check()
    expect(clerk.page.get_by_text("已选 3 件")).to_be_visible()
    screening.screen(house.court.who("centre"), ids[2], None, True, "", at(TODAY, 9, 50))
    with clerk.refused(422):
        act.click()
    assert not clerk.barriers()
    assert "已甄别 2 件" in clerk.says
    assert f"以下 1 件没有甄别:\n{house.number(ids[2])}" in clerk.says
    stages = [house.court.stint(case_id).stage for case_id in ids]
    assert stages == ["quick", "centre", "quick"]
