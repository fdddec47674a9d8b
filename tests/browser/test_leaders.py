"""The leaders' day: where do cases pile up, and is each number the list that it opens?"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House

pytestmark = pytest.mark.browser

NUMBERS = "main .flow a, main .heat td a, main .look a, main .facts a"


def test_each_number_of_the_overview_opens_a_list_of_that_many(enter: Enter) -> None:
    chief = enter("chief").goto("/overview")
    shown = []
    for link in chief.page.locator(NUMBERS).all():
        words = link.inner_text()
        found = re.search(r"(\d+) 件", words) or re.search(r"(\d+)\s*$", words)
        assert found, words
        shown.append((str(link.get_attribute("href")), int(found[1])))
    assert len(shown) > 20
    for path, number in shown:
        chief.goto(path)
        facts = chief.page.locator(".heading").inner_text()
        assert re.search(rf"(^|\D){number} 件", facts), (path, number, facts)
        expect(chief.page.locator("tbody tr")).to_have_count(min(number, 38))


def test_a_list_longer_than_a_page_is_turned_over(enter: Enter) -> None:
    chief = enter("chief").goto("/cases/list?stage=centre")
    first = chief.page.locator("tbody tr a").all_inner_texts()
    chief.page.get_by_role("link", name="下一页").click()
    second = chief.page.locator("tbody tr a").all_inner_texts()
    assert len(first) == 38 and second and not set(first) & set(second)


def test_the_vice_president_sees_what_stays_with_him_and_records_in_it(
    house: House, enter: Enter
) -> None:
    vice = enter("vice").goto("/overview")
    vice.page.get_by_role("link", name="分管副院长阶段已届满仍未结").click()
    number = vice.page.locator("tbody tr a").first.inner_text()
    vice.goto("/desk")
    assert "超期(顶格)" in vice.row(number).inner_text()
    vice.follow(number)
    expect(vice.page.locator(".clock .left").first).to_have_text("超期(顶格)")
    vice.fill(text="听取汇报,要求十日内拿出方案。")
    vice.press("保存")
    expect(vice.page.locator("#case-log li").first).to_contain_text("要求十日内拿出方案")


def test_the_moves_and_the_points_behind_them(house: House, enter: Enter) -> None:
    chief = enter("chief").goto("/moves?on=2026-04-08")
    expect(chief.page.locator("tbody tr")).to_have_count(3)
    assert "期满" in chief.says and "R17" in chief.says
    chief.goto("/points")
    assert "全院合计 0" in chief.says
    chief.follow("执行指挥中心")
    assert "执行指挥中心" in chief.page.locator("h1").inner_text()
    chief.page.locator("tbody tr a").first.click()
    expect(chief.page.get_by_role("link", name="积分").last).to_have_attribute(
        "aria-current", "page"
    )
