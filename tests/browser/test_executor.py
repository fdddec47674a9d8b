"""An enforcement officer's day: the desk, claiming, asking for a transfer, the day sheet."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from linshu.services import claiming
from tests.browser.conftest import Enter
from tests.browser.house import TODAY, House
from tests.browser.visitor import Visitor
from tests.court import ONE, TWO, at

pytestmark = pytest.mark.browser


def days_left(visitor: Visitor) -> list[int]:
    """The countdowns of a list, in its order, as days. Those that stand still come last; a case
    whose closing is reviewed keeps the place that it has again should it be returned."""
    words = visitor.page.locator("tbody tr .badge:first-child").all_inner_texts()
    words = [word for word in words if "结案审查中" not in word]
    running = [word for word in words if "暂停" not in word]
    assert words[: len(running)] == running
    return [int("".join(re.findall(r"\d+", word)) or 0) for word in running]


def test_the_desk_is_sorted_by_days_left_and_agrees_with_the_courts_day(
    house: House, enter: Enter
) -> None:
    tomorrow = house.case(ONE, "one", on="2026-10-24")
    officer = enter("one", timezone_id="Pacific/Honolulu").goto("/desk")  # still yesterday there
    days = days_left(officer)
    assert days == sorted(days) and days[0] == 0
    assert "剩 1 天" in officer.row(house.number(tomorrow)).inner_text()
    officer.page.get_by_role("link", name="今明须办").click()
    assert set(days_left(officer)) == {0, 1}
    badge = officer.page.locator(".navbar .badge").first.inner_text()
    assert officer.page.locator("tbody tr").count() == int(badge)
    for case_id in (tomorrow, house.samples["case"]):
        officer.goto(f"/cases/{case_id}")
        left = (house.court.stint(case_id).due_on - TODAY).days
        assert officer.page.locator(".clock .left").first.inner_text() == f"剩 {left} 天"


def test_a_case_is_claimed_from_the_teams_page(house: House, enter: Enter) -> None:
    case_id = house.case(ONE)
    officer = enter("one").goto("/team?tab=claimable")
    officer.press(f"认领 {house.number(case_id)}")
    assert "已认领" in officer.says
    assert officer.row(house.number(case_id)).count() == 0
    assert house.court.stint(case_id).handler_id == house.court.who("one").person_id


def test_the_next_case_is_the_one_due_first_and_its_page_opens(house: House, enter: Enter) -> None:
    house.case(TWO)
    officer = enter("two").goto("/team?tab=claimable")
    first = officer.page.locator("tbody tr a").first.inner_text()
    officer.goto("/desk")
    officer.press("认领下一件")
    assert "已认领,这是它的页面" in officer.says
    assert officer.page.locator("h1").inner_text() == first


def test_the_loser_of_a_race_learns_who_and_since_when_and_is_offered_the_next(
    house: House, enter: Enter
) -> None:
    wanted, _another = house.case(ONE), house.case(ONE)
    officer = enter("one").goto("/team?tab=claimable")
    claiming.claim(house.court.who("one-b"), wanted, None, at(TODAY, 9, 30))
    with officer.refused(409):
        officer.press(f"认领 {house.number(wanted)}")
    assert "该案已于2026-11-23 09:30由精一乙认领" in officer.says
    assert not officer.barriers()
    offered = officer.page.locator("section a").first.inner_text()
    officer.press("认领这一件")
    assert "已认领" in officer.says
    mine = house.court.who("one").person_id
    officer.goto("/desk")
    assert officer.row(offered).count() == 1
    assert house.court.stint(wanted).handler_id != mine


def test_an_early_transfer_is_asked_for_once_with_a_reason(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    officer = enter("one").goto(f"/cases/{case_id}")
    officer.follow("申请提前移交")
    officer.page.get_by_label("理由类别").select_option(label="其他")
    officer.fill(reason="被执行人的财产都在外地。")
    officer.press("提交")
    assert "已提交申请,等待审批" in officer.says and "待审批" in officer.says
    officer.goto(f"/cases/{case_id}/ask").fill(reason="再问一次。")
    with officer.refused(409):
        officer.press("提交")
    assert "该案已有一件待决的申请" in officer.says
    assert house.court.stint(case_id).stage == "intensive"


def test_the_picked_cases_are_printed_with_room_to_write(house: House, enter: Enter) -> None:
    ids = [house.case(ONE, "one") for _ in range(2)]
    officer = enter("one").goto("/desk")
    for case_id in ids:
        officer.page.get_by_label(f"选择 {house.number(case_id)}", exact=True).check()
    officer.press("打印所选")
    assert officer.page.locator(".sheet").count() == 2
    assert all(house.number(case_id) in officer.says for case_id in ids)
    officer.page.evaluate("window.print = () => { window.printed = true }")
    officer.press("打印")
    assert officer.page.evaluate("window.printed")
    officer.page.emulate_media(media="print")
    assert not officer.page.locator(".navbar").is_visible()


def test_the_team_that_gave_a_case_up_reads_it_and_writes_only_what_came_before(
    house: House, enter: Enter
) -> None:
    moved = house.court.file_many(1, "2026-10-20", simple=True)[0]  # the quick team's till 11-20
    house.court.sweep(TODAY)
    assert house.court.stint(moved).stage == "centre"
    officer = enter("quick").goto(f"/cases/{moved}")
    assert "您仍可补登移交前发生的行为" in officer.says
    officer.fill(text="移交之后打的电话。", happened_at="2026-11-23T09:00")
    with officer.refused(403):
        officer.press("保存")
    expect(officer.page.locator("#record")).to_contain_text("案件现由执行指挥中心办理")
    officer.fill(text="移交前的走访。", happened_at="2026-11-19T09:00")
    officer.press("保存")
    officer.page.locator("#case-log").get_by_text("移交前的走访").wait_for()
