"""A terminated case: two searches, a consultation, an application, the chief, a new case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from linshu.services import recording
from linshu.services.errors import Conflict
from linshu.services.recording import NewAction
from linshu.store.cases import Case
from linshu.store.db import db
from tests.browser.conftest import Enter
from tests.browser.house import TODAY, House
from tests.browser.visitor import Visitor
from tests.court import ONE, TWO, at

pytestmark = pytest.mark.browser


def terminated(house: House) -> int:
    """A case terminated seven months ago: its first search was told late, the second is due."""
    case_id = house.case(ONE, "one", on="2026-04-13", filed="2026-01-05")
    closed = at(TODAY - timedelta(days=220))
    house.court.close(case_id, "终结本次执行程序", closed, "one", "查无财产。")
    return case_id


def applied_and_put_up(keeper: Visitor) -> None:
    """From the form of an application to the request that waits for its approval."""
    keeper.fill(clue="名下新增车辆一辆。")
    keeper.press("提交")
    keeper.page.get_by_role("link", name="审查 #").click()
    keeper.choose("准予,报批恢复执行")
    keeper.fill(reason="线索属实,有财产可供执行。")
    keeper.press("提交")


def test_a_case_is_searched_asked_about_and_resumed(house: House, enter: Enter) -> None:
    case_id = terminated(house)
    number = house.number(case_id)
    keeper = enter("dormant").goto("/desk")
    keeper.follow("终本维护")
    expect(keeper.row(number)).to_contain_text("超期")
    expect(keeper.row(number)).to_contain_text("0 / 10 次")
    keeper.page.get_by_label(f"选择 {number}").check()  # the first search, from the list
    keeper.press("登记:终本网络查控")
    assert "已登记 1 件" in keeper.says
    keeper.goto(f"/dormant?tab=all&q={number}")
    expect(keeper.row(number)).to_contain_text("1 / 10 次")
    keeper.follow(f"查控 {number}")  # the second, with what it found
    keeper.fill(text="网络查控:名下新增车辆一辆。")
    keeper.press("提交")
    keeper.follow("告知申请人")
    keeper.fill(text="电话告知申请执行人查控结果。")
    keeper.press("提交")
    keeper.follow("登记咨询")
    keeper.choose("来访")
    keeper.fill(question="车辆何时处置?", answer="可以申请恢复执行。")
    keeper.press("提交")
    assert "申请执行人 · 来访" in keeper.says and "可以申请恢复执行。" in keeper.says
    keeper.follow("恢复执行申请")
    applied_and_put_up(keeper)
    assert "报批恢复执行" in keeper.says
    approved(house, enter, case_id)


def approved(house: House, enter: Enter, case_id: int) -> None:
    """The chief approves; the new case is with the other intensive team, and each page links."""
    number = house.number(case_id)
    chief = enter("chief").goto("/requests")
    asked = (
        chief.page.locator("#waiting").locator("xpath=../..").locator("article", has_text=number)
    )
    expect(asked).to_contain_text("名下新增车辆一辆。")
    form = asked.locator("xpath=following-sibling::form[1]")
    form.get_by_role("textbox").fill("同意恢复。")
    chief.press("批准", form)
    new = db.session.scalars(select(Case).where(Case.resumed_from_id == case_id)).one()
    stint = house.court.stint(new.id)
    assert (stint.stage, stint.team_id) == ("intensive", house.court.team(TWO).id)
    chief.goto(f"/cases/{case_id}")
    assert "恢复执行,现为" in chief.says
    chief.follow(house.number(new.id), chief.page.locator(".alert-info"))
    assert "原案" in chief.says and number in chief.says
    other = enter("two").goto("/team?tab=claimable")
    expect(other.row(house.number(new.id))).to_have_count(1)
    keeper = enter("dormant").goto("/dormant?tab=all")
    expect(keeper.row(number)).to_have_count(0)
    gone = NewAction("dormant_search", "再查。", at(TODAY).at)
    with pytest.raises(Conflict, match="已于"):
        recording.record(house.court.who("dormant"), case_id, None, gone, at(TODAY))
