"""A supervisor's day: reads everything, checks it, takes it along, changes nothing."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from linshu.rules.verify import verify
from tests.browser.conftest import Enter
from tests.browser.house import House

pytestmark = pytest.mark.browser


def test_the_trail_is_searched_by_person_case_kind_and_date(house: House, enter: Enter) -> None:
    number = house.number(house.samples["case"])
    supervisor = enter("supervisor").goto("/trail")
    supervisor.fill(person="书记甲", since="", until="")
    supervisor.page.get_by_label("案号").fill(number)
    supervisor.press("查询")
    expect(supervisor.page.locator("tbody tr")).to_have_count(1)
    assert "代 精一甲 录入" in supervisor.says
    supervisor.page.get_by_label("案号").fill("（2026）鲁9999执1号")
    supervisor.press("查询")
    expect(supervisor.page.get_by_label("案号")).to_have_attribute("aria-invalid", "true")


def test_a_chain_and_the_whole_court_are_verified(house: House, enter: Enter) -> None:
    supervisor = enter("supervisor").goto(f"/cases/{house.samples['case']}")
    supervisor.press("核验留痕")
    assert "核验通过" in supervisor.says
    supervisor.goto("/trail")
    supervisor.press("核验全院")
    assert "核验通过" in supervisor.says


def test_the_export_holds_without_the_system(house: House, enter: Enter) -> None:
    supervisor = enter("supervisor").goto("/trail")
    with supervisor.page.expect_download() as download:
        supervisor.press("导出全部留痕")
    with ZipFile(Path(download.value.path())) as packed:
        trail, seals, _told = map(packed.open, packed.namelist())
        verdict = verify(trail, seals)
    assert verdict.holds and verdict.entries > 300 and verdict.chains > 90


def test_he_changes_nothing(house: House, enter: Enter) -> None:
    supervisor = enter("supervisor").goto(f"/cases/{house.samples['case']}")
    assert "您可以查看,不能写入" in supervisor.says
    expect(supervisor.page.locator("#record")).to_have_count(0)
    forms = supervisor.page.locator("main form").evaluate_all("found => found.map(f => f.action)")
    assert [action.rsplit("/", 1)[1] for action in forms] == ["pack", "verify"]
