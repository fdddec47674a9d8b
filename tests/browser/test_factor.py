"""The second factor and the confirmation, in a real browser: set up, shown, nothing typed lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from linshu.services import codes
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.visitor import Visitor
from tests.conftest import NOW

pytestmark = pytest.mark.browser
OWN = "Linshu-2026-own"


def code_of(secret: str, minutes: float = 0) -> str:
    instant = (NOW + timedelta(minutes=minutes)).timestamp()
    return codes._machine(secret).generate(int(instant)).decode()


def log_in(visitor: Visitor, login: str, password: str) -> None:
    visitor.goto("/login").fill(login=login, password=password)
    visitor.press("登录")


def log_out(visitor: Visitor) -> None:
    visitor.page.locator(".navbar summary").click()
    visitor.press("退出")


def test_an_administrator_sets_a_factor_up_and_enters_with_it(house: House, enter: Enter) -> None:
    once, visitor = house.newcomer("factor-adm", "audit_admin", None), enter()
    log_in(visitor, "factor-adm", once)
    assert not visitor.barriers()
    visitor.fill(old=once, new=OWN, again=OWN)
    visitor.press("保存")
    assert visitor.page.url.endswith("/factor/own") and not visitor.barriers()
    picture = visitor.page.get_by_role("img", name="验证器的二维码")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    secret = visitor.page.locator(".secret").inner_text().replace(" ", "")
    visitor.fill(code="000000")
    with visitor.refused(422):
        visitor.press("启用")
    visitor.fill(code=code_of(secret))
    visitor.press("启用")
    recovery = visitor.page.locator(".recovery li").all_inner_texts()
    assert len(recovery) == 10 and not visitor.barriers()
    visitor.follow("已保管好,继续")
    assert visitor.page.url.endswith("/trail")
    log_out(visitor)
    for code in (code_of(secret, 0.5), recovery[0]):  # a code is taken once: the next step's
        log_in(visitor, "factor-adm", OWN)
        assert visitor.page.url.endswith("/factor") and not visitor.barriers()
        visitor.goto("/trail")
        assert visitor.page.url.endswith("/factor")
        visitor.fill(code=code)
        visitor.press("验证")
        assert visitor.page.url.endswith("/trail")
        log_out(visitor)


def test_a_filled_form_comes_through_the_confirmation(
    house: House, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    once, admin = house.newcomer("confirm-sec", "supervisor", None), enter("admin")
    person = house.court.who("confirm-sec").person_id
    visitor = enter()
    log_in(visitor, "confirm-sec", once)
    visitor.fill(old=once, new=OWN, again=OWN)
    visitor.press("保存")
    visitor.goto("/trail")
    monkeypatch.setitem(house.app.config, "LINSHU_CLOCK", lambda: NOW + timedelta(minutes=11))
    with visitor.refused(409):
        visitor.press("导出全部留痕")
    assert "再次验证身份" in visitor.says and not visitor.barriers()
    expect(visitor.page.locator("[name=confirm_password]")).to_be_focused()
    visitor.fill(confirm_password="wrong")
    with visitor.refused(422):
        visitor.press("验证并继续")
    visitor.fill(confirm_password=OWN)
    with visitor.page.expect_download() as download:
        visitor.press("验证并继续")
    assert download.value.suggested_filename.startswith("trail-")
    admin.goto(f"/people/{person}")
    admin.page.get_by_label("角色", exact=True).select_option(label="院长")
    with admin.refused(409):
        admin.press("保存")
    hidden = admin.page.locator("main input[type=hidden][name=role]")
    assert hidden.input_value() == "president" and not admin.barriers()
    admin.follow("取消")
    assert admin.page.url.endswith(f"/people/{person}")


def test_one_s_own_visits_in_a_list(house: House, enter: Enter) -> None:
    house.newcomer("visit-two")
    here, there = enter("visit-two").goto("/visits"), enter("visit-two").goto("/desk")
    here.goto("/visits")
    expect(here.page.get_by_role("row")).to_have_count(3)
    here.press("结束其他全部会话")
    assert "已结束 1 个登录会话" in here.says
    there.goto("/desk")
    assert "这次登录已被结束" in there.says
