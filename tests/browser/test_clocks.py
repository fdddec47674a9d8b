"""The clocks in the browser: a pause from its asking to its end, why a date is what it is, next
year's list and an outage with their previews, and what one is told."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from linshu.store.cases import Request
from linshu.store.db import db
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.test_team_lead import waiting
from tests.court import ONE

pytestmark = pytest.mark.browser


def test_a_pause_stops_the_clock_and_its_end_lets_it_run(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    number, one, lead = house.number(case_id), enter("one"), enter("lead-one")
    one.goto(f"/cases/{case_id}?tab=clocks").page.get_by_role("link", name="申请扣除").click()
    one.page.get_by_label("扣除事由").select_option("expertise")
    one.page.get_by_label("起始日期").fill("2026-11-20")
    one.page.get_by_label(re.compile("文书")).fill("(2026)鉴委88号")
    one.page.get_by_label(re.compile("理由")).fill("委托司法鉴定。")
    one.press("提交")
    expect(one.page.get_by_text("等待审批").first).to_be_visible()

    lead.goto("/requests")
    expect(lead.page.locator("article", has_text=number)).to_contain_text("(2026)鉴委88号")
    asked = db.session.scalars(select(Request.id).where(Request.case_id == case_id)).one()
    lead.press("批准", waiting(lead, asked))

    one.goto(f"/cases/{case_id}")
    expect(one.page.locator("body")).to_contain_text("暂停")
    expect(one.page.locator("body")).to_contain_text("自 2026-11-20 起暂停")
    one.goto(f"/cases/{case_id}/why")
    expect(one.page.locator("main")).to_contain_text("结束前没有届满日")

    one.goto(f"/cases/{case_id}?tab=clocks").page.get_by_role("link", name="结束扣除").click()
    one.page.get_by_label(re.compile("最后一天")).fill("2026-11-22")
    one.page.get_by_label(re.compile("理由")).fill("鉴定意见已送达。")
    one.press("提交")
    one.goto(f"/cases/{case_id}/why")
    expect(one.page.locator("main")).to_contain_text("共 3 天不计入")


def test_a_pause_that_begins_tomorrow_is_refused_and_keeps_what_was_typed(
    house: House, enter: Enter
) -> None:
    one = enter("one").goto(f"/cases/{house.case(ONE, 'one')}/pauses/new")
    one.page.get_by_label("扣除事由").select_option("audit")
    one.page.get_by_label("起始日期").fill("2026-11-24")
    one.page.get_by_label(re.compile("文书")).fill("审计委托书")
    one.page.get_by_label(re.compile("理由")).fill("委托审计。")
    with one.refused(422):
        one.press("提交")
    expect(one.page.get_by_text("日期不能晚于今天")).to_be_visible()
    expect(one.page.get_by_label(re.compile("文书"))).to_have_value("审计委托书")


def test_an_extension_is_refused_outside_the_last_days(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    one = enter("one").goto(f"/cases/{case_id}/extension")
    one.page.get_by_label(re.compile("延长月数")).fill("2")
    one.page.get_by_label(re.compile("理由")).fill("财产正在评估。")
    with one.refused(422):
        one.press("提交")
    expect(one.page.locator("main")).to_contain_text("申请过早")


def test_next_year_s_list_is_previewed_and_approved(house: House, enter: Enter) -> None:
    system, chief = enter("system"), enter("chief")
    system.goto("/calendar/draft?year=2027")
    system.page.get_by_label(re.compile("清单")).fill("2027-02-30 放假 没有这一天")
    system.page.get_by_label(re.compile("出处")).fill("国务院办公厅通知")
    system.page.get_by_label(re.compile("理由")).fill("2027 年放假安排已公布。")
    with system.refused(422):
        system.press("预览并提交")
    expect(system.page.locator("main")).to_contain_text("第 1 行")
    lines = "2027-01-01 至 2027-01-03 放假 元旦\n2027-02-06 至 2027-02-12 放假 春节"
    system.page.get_by_label(re.compile("清单")).fill(lines)
    system.press("预览并提交")
    expect(system.page.locator("main")).to_contain_text("系统管理员只看数字")
    where = system.page.url

    chief.goto(where.removeprefix(house.url))
    expect(chief.page.locator("main")).to_contain_text("2027 年放假安排")
    chief.press("批准并重算")
    expect(chief.page.locator("main")).to_contain_text("已执行")
    system.goto("/calendar?year=2027")
    expect(system.page.locator("main")).to_contain_text("元旦")


def test_alerts_are_read_and_stay(enter: Enter) -> None:
    two = enter("two").goto("/alerts")
    rows = two.page.locator("tbody tr")
    before = rows.count()
    assert before > 0
    rows.first.get_by_role("button", name="标为已读").click()
    expect(two.page.locator("tbody tr")).to_have_count(before - 1)
    two.goto("/alerts?tab=all")
    expect(two.page.locator("tbody")).to_contain_text("已读")
