"""三员分立: what do the three administrators change, and what do they not see?"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House

pytestmark = pytest.mark.browser


def test_a_new_version_is_checked_and_seen_as_a_difference_before_it_is_adopted(
    enter: Enter,
) -> None:
    admin = enter("system").goto("/policy")
    admin.follow("新版规则")
    text = admin.page.locator("[name=document]").input_value()
    wrong = text.replace("quick          = { months = 1 }", "quick          = { months = -1 }")
    admin.fill(document=wrong.replace("base = 1", "base = 0"))
    with admin.refused(422):
        admin.press("校验并预览差异")
    faults = admin.page.get_by_role("alert").all_inner_texts()
    assert len(faults) == 2 and any("quick" in fault for fault in faults)
    expect(admin.page.get_by_role("button", name="采用")).to_have_count(0)
    good = text.replace('"linshu-2021"', '"trial-2027"').replace("2000-01-01", "2027-01-04")
    admin.fill(document=good.replace("claim = 2", "claim = 3"))
    admin.press("校验并预览差异")
    difference = admin.page.get_by_role("region", name="与现行规则的差异").inner_text()
    assert not admin.barriers()
    assert "-claim = 2" in difference and "+claim = 3" in difference
    assert "trial-2027" not in enter("admin").goto("/policy").says  # nothing is saved yet
    admin.press("采用")
    assert "已采用规则版本 trial-2027,自 2027-01-04 起生效" in admin.says
    assert "待生效" in admin.row("trial-2027").inner_text()


def test_a_text_changed_after_its_preview_is_previewed_again(enter: Enter) -> None:
    admin = enter("system").goto("/policy/draft")
    text = admin.page.locator("[name=document]").input_value()
    good = text.replace('"linshu-2021"', '"changed-later"').replace("2000-01-01", "2027-02-01")
    admin.fill(document=good)
    admin.press("校验并预览差异")
    admin.fill(document=good.replace("claim = 2", "claim = 4"))
    with admin.refused(409):
        admin.press("采用")
    assert "+claim = 4" in admin.says
    assert "changed-later" not in enter("admin").goto("/policy").says


def test_a_team_is_switched_off_and_on(enter: Enter) -> None:
    admin = enter("system").goto("/people")
    row = admin.page.get_by_role("region", name="团队与岗位").get_by_role(
        "row", name="终本维护团队"
    )
    admin.press("停用 终本维护团队", row)
    assert "已停用" in admin.says
    admin.press("启用 终本维护团队", row)
    assert "已启用" in admin.says


def test_somebody_new_gets_a_password_that_is_shown_once(enter: Enter) -> None:
    admin = enter("admin").goto("/people")
    admin.fill(login="wang-wu", name="王五")
    admin.page.get_by_label("角色").select_option(label="执行员")
    with admin.refused(422):  # an officer belongs to a team
        admin.press("新增")
    assert "应当属于一个团队" in admin.says
    admin.page.get_by_label("团队", exact=True).select_option(label="精执一团队")
    admin.press("新增")
    once = admin.page.get_by_role("alert").locator(".digest").inner_text()
    assert not admin.barriers()
    admin.goto("/people")
    assert once not in admin.says and "wang-wu" in admin.says
    newcomer = enter().goto("/login")
    newcomer.fill(login="wang-wu", password=once)
    newcomer.press("登录")
    assert "您用的是一次性密码" in newcomer.says


def test_whoever_has_left_is_out_at_once(house: House, enter: Enter) -> None:
    house.newcomer("leaver")
    leaver = enter("leaver").goto("/desk")
    admin = enter("admin").goto("/people")
    admin.row("leaver").get_by_role("link").click()
    admin.page.get_by_label("在用").uncheck()
    admin.press("保存")
    assert "已变更" in admin.says
    leaver.goto("/desk")
    assert "/login" in leaver.page.url


@pytest.mark.parametrize("login", ["system", "admin", "audit"])
def test_no_administrator_sees_into_a_case(house: House, enter: Enter, login: str) -> None:
    admin = enter(login)
    expect(admin.goto("/policy").page.get_by_role("search")).to_have_count(0)
    for path in ("/cases/1", "/cases?q=李四", "/overview", "/moves"):
        with admin.refused(403):
            admin.goto(path)
        assert "您的角色没有这项职责" in admin.says


def test_the_audit_administrator_reads_who_did_what_and_no_case(enter: Enter) -> None:
    audit = enter("audit").goto("/trail?person=&since=")
    assert "本院管理事项" in audit.says and "执1号" not in audit.says
    audit.press("核验管理事项")
    assert "核验通过" in audit.says
