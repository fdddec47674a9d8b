"""A case from intake to closing; one terminated, searched, resumed, closed; one to the exit."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from linshu.store.cases import Case, Party, Request
from linshu.store.db import db
from tests import closings
from tests.browser.conftest import Enter
from tests.browser.house import TODAY, House
from tests.browser.test_dormant import applied_and_put_up
from tests.browser.visitor import Visitor
from tests.court import ONE, at

pytestmark = pytest.mark.browser
TERMINATION = "终结本次执行程序"


def reported(house: House, enter: Enter, case_id: int, approver: str) -> None:
    """A report that was made goes through the gate, and whoever the law names approves."""
    number = house.number(case_id)
    request = select(Request.id).where(Request.case_id == case_id, Request.status == "reviewing")
    db.session.rollback()
    gate = enter(closings.reviewer(house.court, db.session.scalars(request).one()))
    gate.goto("/closings")
    pressed(gate, number, "审查通过")
    above = enter(approver).goto("/requests")
    pressed(above, number, "批准")


def pressed(visitor: Visitor, number: str, name: str) -> None:
    """The button under what waits about a case."""
    article = visitor.page.locator("article", has_text=number).first
    article.locator("xpath=following-sibling::form[1]").get_by_role("button", name=name).click()
    expect(visitor.page.locator("#flash")).to_contain_text("已处理申请")


def test_from_intake_through_the_centre_measures_and_money_to_the_closing(
    house: House, enter: Enter
) -> None:
    number = "（2026）鲁1329执91001号"
    clerk = enter("filing").goto("/intake")
    clerk.follow("登记立案")
    clerk.fill(number=number, cause="买卖合同纠纷", claim="1000", applicants="张三")
    clerk.fill(debtors="李四")
    clerk.press("登记")
    assert f"已立案 {number}" in clerk.says
    case_id = int(re.search(r"/cases/(\d+)", clerk.page.url)[1])
    clerk.goto("/intake")
    clerk.follow(f"甄别 {number}")
    clerk.choose("繁案(指挥中心)")
    clerk.press("确认甄别")
    assert house.court.stint(case_id).stage == "centre"
    centre = enter("centre").goto(f"/cases/{case_id}/searches")
    centre.fill(text="各来源均已查询,查得存款。")
    centre.press("提交")
    assert "今天" in centre.says or "0 天" in centre.says
    debtor = db.session.scalars(
        select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    ).one()
    centre.goto(f"/cases/{case_id}/measures/{debtor}/asset_search")
    centre.choose("已采取")
    centre.fill(document="（2026）鲁1329执查1号", reason="查控完毕。")
    centre.press("提交")
    for name, kind, amount in (("划拨到账。", "到账", "1000"), ("发放完毕。", "案款发放", "1000")):
        centre.goto(f"/cases/{case_id}")
        if kind == "到账":
            centre.choose(kind)
        else:
            centre.page.get_by_label("其他节点").select_option(kind)
        centre.fill(text=name, amount=amount)
        centre.press("保存")
        expect(centre.page.locator("#case-log")).to_contain_text(name)
    centre.goto(f"/cases/{case_id}/closing?type=执行完毕")
    assert "可以报结" in centre.says
    centre.fill(reason="全部履行完毕。")
    centre.press("报结")
    reported(house, enter, case_id, "centre-lead")
    case = house.court.case(case_id)
    assert (case.closed_on, case.closing_type) == (TODAY, "执行完毕")
    centre.goto(f"/cases/{case_id}")
    assert "结案(执行完毕)" in centre.says


def terminated(house: House) -> int:
    """A case in dormant care since this spring."""
    case_id = house.case(ONE, "one", on="2026-04-13", filed="2026-01-05")
    house.court.close(case_id, TERMINATION, at("2026-04-20"), "one")
    return case_id


def test_terminated_searched_twice_resumed_and_closed(house: House, enter: Enter) -> None:
    case_id = terminated(house)
    keeper = enter("dormant")
    for words in ("网络查控:查无财产。", "网络查控:名下新增车辆一辆。"):
        keeper.goto(f"/cases/{case_id}/care/search")
        keeper.fill(text=words)
        keeper.press("提交")
    keeper.goto(f"/cases/{case_id}/care/application")
    applied_and_put_up(keeper)
    pressed(enter("chief").goto("/requests"), house.number(case_id), "批准")
    db.session.rollback()
    new = db.session.scalars(select(Case).where(Case.resumed_from_id == case_id)).one()
    holder = "two" if house.court.stint(new.id).team_id == house.samples["two"] else "one"
    closings.ripen(house.court, new.id, "执行完毕", at(TODAY), holder)
    officer = enter(holder).goto(f"/cases/{new.id}/closing?type=执行完毕")
    officer.fill(reason="车辆变价,全部清偿。")
    officer.press("报结")
    reported(house, enter, new.id, f"lead-{holder}")
    assert house.court.case(new.id).closing_type == "执行完毕"
    assert house.court.case(case_id).closing_type == TERMINATION


def test_to_the_exit_with_its_ground(house: House, enter: Enter) -> None:
    case_id = terminated(house)
    keeper = enter("dormant").goto(f"/cases/{case_id}/closing?type=终结执行")
    keeper.fill(ruling="（2026）鲁1329执裁9号", reason="被执行人死亡,无遗产可供执行。")
    with keeper.refused(422):
        keeper.press("报结")  # that nothing was found is no ground
    assert "第二百六十八条" in keeper.says
    keeper.page.locator("[name=ground]").select_option(index=3)
    keeper.press("报结")
    reported(house, enter, case_id, "vice")
    case = house.court.case(case_id)
    assert (case.closed_on, case.closing_type) == (TODAY, "终结执行")
