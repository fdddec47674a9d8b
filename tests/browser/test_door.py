"""Who gets in, and is really out after leaving? Entering, the first password, leaving."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.court import ONE

pytestmark = pytest.mark.browser


def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nobody(
    house: House, enter: Enter
) -> None:
    house.newcomer("door-wrong")
    visitor, said = enter().goto("/login"), []
    for login in ("door-wrong", "nobody-of-that-name"):
        visitor.fill(login=login, password="not this one")
        with visitor.refused(422):
            visitor.press("登录")
        said.append(visitor.page.get_by_role("alert").all_inner_texts())
        assert visitor.page.locator("[name=login]").input_value() == login
        assert visitor.page.locator("[name=password]").input_value() == ""
    assert said[0] == said[1] == [["登录名或密码不对。"]][0]


def test_the_one_time_password_is_changed_before_anything_else(house: House, enter: Enter) -> None:
    once = house.newcomer("door-new")
    visitor = enter().goto("/login")
    visitor.fill(login="door-new", password=once)
    visitor.press("登录")
    for path in ("/", "/desk", "/cases/1"):
        visitor.goto(path)
        assert visitor.page.url.endswith("/password")
    assert "您用的是一次性密码" in visitor.says
    visitor.fill(old=once, new="onlysmallletters", again="onlysmallletters")
    with visitor.refused(422):
        visitor.press("保存")
    assert "密码至少 10 个字符" in visitor.says
    visitor.fill(old=once, new="Linshu-2026-first", again="Linshu-2026-first")
    visitor.press("保存")
    assert "密码已修改" in visitor.says
    assert visitor.page.url.endswith("/desk")


def test_the_way_to_a_page_leads_through_the_door_and_on(house: House, enter: Enter) -> None:
    once = house.newcomer("door-way")
    visitor = enter().goto("/points?from=elsewhere")
    assert "/login?next=" in visitor.page.url
    visitor.fill(login="door-way", password=once)
    visitor.press("登录")
    visitor.fill(old=once, new="Linshu-2026-way", again="Linshu-2026-way")
    visitor.press("保存")
    assert "密码已修改" in visitor.says


def test_after_leaving_the_back_button_shows_nothing(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    visitor = enter("one").goto(f"/cases/{case_id}")
    visitor.page.locator(".navbar summary").click()
    visitor.press("退出")
    visitor.page.wait_for_url("**/login")
    visitor.page.go_back()
    visitor.page.wait_for_url("**/login?next=**")
    assert house.number(case_id) not in visitor.page.content()


def test_a_quick_record_after_leaving_ends_at_the_door(house: House, enter: Enter) -> None:
    case_id = house.case(ONE, "one")
    visitor = enter("one").goto(f"/cases/{case_id}")
    elsewhere = visitor.context.new_page()  # the same profile leaves in another tab
    elsewhere.goto(f"{house.url}/desk")
    elsewhere.locator(".navbar summary").click()
    elsewhere.get_by_role("button", name="退出").click()
    elsewhere.wait_for_url("**/login")
    visitor.fill(text="电话联系。")
    with visitor.refused(401):
        visitor.press("保存")
    visitor.page.wait_for_url("**/login")


def test_a_demo_identity_enters_with_one_click_in_demo_mode_alone(
    house: House, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = enter().goto("/login")
    assert "演示身份" not in visitor.says and "本系统不得存储、处理国家秘密" in visitor.says
    monkeypatch.setitem(house.app.config, "LINSHU_DEMO", True)
    visitor.goto("/login")
    visitor.press("执行局局长")
    assert visitor.page.url.endswith("/overview")
