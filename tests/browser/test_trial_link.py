"""From the trial side and back: filed with what was preserved, worked, reported."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CAR = {
    "seized-0-name": "鲁Q77777 轿车",
    "seized-0-value": "8万元",
    "seized-0-until_on": "2026-12-31",
}
STREET = "山东省临沭县某街 9 号"


def test_what_the_trial_side_hands_over_is_seen_and_reported(house: House, enter: Enter) -> None:
    centre = enter("centre").goto("/intake/file")
    centre.fill(number="（2026）鲁1329执90077号", cause="买卖合同纠纷", claim="10万元")
    centre.fill(applicants="张三", debtors="欧阳云", basis="（2026）鲁1329民初77号")
    centre.page.get_by_text("审执衔接:执行依据、保全、送达地址").click()
    centre.page.get_by_label("执行依据种类").select_option("调解书")
    centre.page.get_by_label("财产种类").first.select_option("vehicle")
    centre.fill(trial_court="临沭县人民法院", trial_team="民二庭", preservation="财保7", **CAR)
    centre.fill(addresses=f"欧阳云 {STREET}")
    with centre.refused(422):
        centre.press("登记")
    assert "保全案号不规范" in centre.says and not centre.barriers()
    centre.fill(preservation="(2026)鲁1329财保7")
    centre.press("登记")
    assert "已立案 （2026）鲁1329执90077号" in centre.says
    case = re.search(r"/cases/(\d+)", centre.page.url)
    assert case is not None
    centre.follow("其他期限 2")
    assert "剩 38 天" in centre.row("查封、扣押、冻结到期").first.inner_text()
    centre.follow("财产")
    assert "已查控" in centre.row("鲁Q77777 轿车").inner_text()
    _represented(centre, case[1])
    _reported(enter)


def _represented(centre: Visitor, case: str) -> None:
    """A lawyer comes in for the debtor, and the address is shown on a click."""
    visitor = centre.goto(f"/cases/{case}?tab=parties")
    assert STREET not in visitor.says and "山东省临****" in visitor.says
    visitor.page.get_by_role("button", name=re.compile("^显示送达地址")).click()
    visitor.page.get_by_text(STREET).wait_for()
    visitor.follow("增加当事人")
    visitor.page.get_by_label("诉讼地位").select_option("representative")
    visitor.page.get_by_label("类别").select_option("agent")
    visitor.page.get_by_label("代理权限").select_option("special")
    visitor.page.get_by_label("代理", exact=True).select_option("欧阳云")
    visitor.fill(name="赵律师")
    visitor.press("提交")
    assert "委托代理人(特别授权)" in visitor.row("赵律师").inner_text()
    assert not visitor.barriers()


def _reported(enter: Enter) -> None:
    chief = enter("chief").goto("/overview")
    chief.follow("审执衔接")
    assert "100.0%" in chief.row("民二庭").inner_text()
    chief.fill(first_on="2026-11-24", last_on="2026-11-24")
    chief.press("查看")
    assert "没有立案的首次执行案件" in chief.says and not chief.barriers()
