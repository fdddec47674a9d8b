"""Does the navigation show only what one may do, and does the server refuse the rest?"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter

pytestmark = pytest.mark.browser

ALL = ("/overview", "/desk", "/intake", "/team", "/requests", "/closings", "/supervision")
ALL += ("/nodes", "/batches", "/moves", "/points", "/property", "/trail", "/imports")
ALL += ("/policy", "/recomputes", "/inspections", "/people", "/alerts")
WORK = ("/supervision", "/nodes", "/batches", "/moves", "/points", "/property")
KEEPING = ("/supervision", "/nodes", "/dormant", *WORK[2:])
LEADING = ("/overview", "/desk", "/team", "/requests")
LAST = ("/policy", "/people", "/alerts")
DATES = ("/calendar", "/recomputes")  # the calendar is also open to whoever reads the policy
NOT_THE_CENTRES = ("/trail", "/people", "/recomputes", "/inspections")
OFFERED = {
    "filing": ("/intake", "/property", "/imports", "/policy", "/alerts"),
    "centre": tuple(one for one in ALL if one not in NOT_THE_CENTRES),
    "one": ("/desk", "/team", "/requests", *WORK, "/policy", "/alerts"),
    "clerk": ("/desk", "/team", *WORK, "/policy", "/alerts"),
    "lead-one": (*LEADING, *WORK, *LAST),
    "chief": (*LEADING, "/closings", *KEEPING, "/policy", *DATES, "/people", "/alerts"),
    "vice": (*LEADING, *KEEPING, *LAST),
    "president": ("/overview", "/team", "/requests", "/nodes", *WORK[3:], *LAST),
    "supervisor": (
        *("/overview", "/team", "/closings", "/nodes", "/dormant", *WORK[3:], "/trail", "/policy"),
        *(*DATES, "/inspections", "/people", "/alerts"),
    ),
    "dormant": ("/desk", "/team", "/requests", *KEEPING, "/policy", "/alerts"),
    "system": ("/policy", *DATES, "/inspections", "/people", "/alerts"),
    "admin": ("/policy", "/people", "/alerts"),
    "audit": ("/trail", "/policy", "/alerts"),
}


@pytest.mark.parametrize("login", OFFERED)
def test_what_is_offered_opens_and_the_rest_is_refused(enter: Enter, login: str) -> None:
    visitor = enter(login).goto("/")
    links = visitor.page.locator(".navbar nav a")
    offered = links.evaluate_all("found => found.map(link => link.getAttribute('href'))")
    assert tuple(offered) == OFFERED[login]
    assert visitor.page.url.endswith(offered[0])  # where one's day begins
    expect(visitor.page.locator(".navbar nav [aria-current=page]")).to_have_count(1)
    for path in ALL:
        answer = visitor.page.request.get(visitor.url + path)
        assert answer.status == (200 if path in offered else 403), path


def test_the_language_is_switched_and_the_page_stays(enter: Enter) -> None:
    visitor = enter("one").goto("/desk?tab=soon")
    visitor.press("English")
    assert visitor.page.url.endswith("/desk?tab=soon")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    visitor.press("中文")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "zh-CN")
