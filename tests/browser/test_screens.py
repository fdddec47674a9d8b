"""Is every screen fit for everybody? axe-core finds nothing, no page is wider than its window."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIZES = ((1920, 1080), (390, 844), (1366, 768))

TABS = ("", "?tab=parties", "?tab=points", "?tab=requests", "?tab=property", "?tab=measures")
TABS += ("?tab=nodes", "?tab=sheets", "?tab=searches", "?tab=money", "?tab=orders", "?tab=papers")
CASE = tuple(f"/cases/{{case}}{tab}" for tab in TABS)
CHANGES = ("/cases/{case}/ask", "/cases/{case}/facts", "/cases/{case}/closing")
CHANGES += ("/cases/{case}/closing?type=终结本次执行程序", "/cases/{closed}/reopening")
CHANGES += ("/cases/{reported}", "/cases/{reported}/closing", "/cases/{reported}?tab=requests")
CHANGES += ("/cases/{case}/parties/new", "/cases/{case}/parties/{party}/leave")
CHANGES += ("/cases/{case}/parties/{party}/address", "/cases/{case}/parties/{lawyer}")
CHANGES += ("/cases/{case}/parties/{party}", "/cases/{case}/correct/{action}")
CHANGES += ("/cases/{case}/searches", "/batches", "/orders/{order}", "/cases/{closed}/archive")
CHANGES += ("/cases/{case}/property", "/cases/{case}/property/{holding}", "/property?tab=all")
CHANGES += ("/cases/{case}/property/{holding}/aside", "/cases/{case}/measures/{debtor}/fine")
CHANGES += ("/cases/{case}/papers/detention", "/cases/{case}/attachments")
CHANGES += ("/cases/{case}/attachments/{attachment}/strike",)
INTAKE = ("/intake", "/intake/file", "/intake/screen/{intake}", "/imports", "/imports/{done}")
INTAKE += ("/imports/{previewed}",)
BATCHES = ("/batches", "/batches/pick", "/batches/pick?act=record", "/batches/{batch}")
BATCHES += ("/batches/results", "/batches/results/{results}")
CLOCKS = ("/cases/{paused}", "/cases/{paused}?tab=clocks", "/cases/{paused}/pauses/new")
CLOCKS += ("/cases/{paused}/pauses/{pause}/end", "/cases/{case}/extension", "/cases/{case}/why")
CLOCKS += ("/cases/{case}?tab=clocks", "/desk?tab=paused", "/cases/{case}?tab=countdowns")
CLOCKS += ("/desk?tab=others", "/alerts?tab=all", "/alerts/digest")
LISTS = (
    "/cases?q=李四",
    "/cases?q=没有",
    "/cases/number",
    "/cases?q=李",
    "/cases/list",
    "/cases/list?due=week",
    "/cases/list?due=paused",
)
LISTS += tuple(f"/overview/{look}" for look in ("capped", "statutory", "waiting", "unscreened"))
OFFICER = ("/desk?tab=soon", "/desk?tab=unclaimed", "/desk/sheet", "/team?tab=running")
OFFICER += ("/points/{team}",)
SUPERVISOR = ("/trail", "/trail?person=没有", "/cases/{lateral}", "/points/{quick}")
SUPERVISOR += ("/moves?on=2026-04-08", "/seals", "/seals/1")
SUPERVISOR += ("/readings", "/readings?person=没有")
CARE = ("/dormant", "/dormant?tab=all", "/dormant/consultations", "/cases/{dormant}?tab=care")
CARE += tuple(f"/cases/{{dormant}}/care/{form}" for form in ("search", "consultation", "term"))
CARE += ("/cases/{dormant}/care/application", "/cases/{dormant}/care/application/{application}")
ABOVE = ("/dormant", "/people", "/overview")
ORDERS = ("/nodes?state=ordered", "/nodes?state=settled", "/orders/{order}")
ORDERS += ("/cases/{case}/orders",)
READ = ("/nodes", "/moves", "/points", "/policy", "/alerts", "/calendar")
DESK = ("/desk", "/team", "/requests")
CALENDAR = ("/calendar", "/calendar?year=2027", "/calendar/draft?year=2027")
CALENDAR += ("/recomputes/outage", "/recomputes/policy")
DOOR = ("/factor/own", "/visits", "/visits/all")
RECOMPUTES = ("/recomputes", "/recomputes/{recompute}")
SOUND = ("/inspections",)
ADMINISTERED = (*RECOMPUTES, *SOUND, "/templates", "/templates/fine")
#: Who looks at what: all that each one's navigation offers, and between them every page there is.
SCREENS = {
    "filing": ("/intake", "/imports", "/policy", "/cases/{closed}"),
    "centre": (*DESK, *READ, "/closings", "/overview", "/cases/{centre}", *INTAKE, *BATCHES),
    "one": (*DESK, *OFFICER, *CASE, *CHANGES, *CLOCKS, *READ),
    "clerk": ("/desk", "/team", "/cases/{case}", *READ),
    "lead-one": (
        *DESK,
        "/supervision",
        "/team?tab=running",
        "/cases/{case}/override",
        "/people",
        "/overview",
        *READ,
    ),
    "chief": (*DESK, *ABOVE, "/absences", *LISTS, *RECOMPUTES, *READ),
    "vice": (*DESK, *ABOVE, "/money?tab=all", "/cases/{vice_president}", *READ),
    "president": ("/team", "/requests", "/people", "/overview", *READ),
    "supervisor": (
        *("/trial-link?first_on=2025-01-01", "/team", *ABOVE, *SUPERVISOR, *ORDERS),
        *(*RECOMPUTES, *SOUND, *READ),
    ),
    "dormant": (*DESK, *CARE, *READ),
    "system": ("/policy", "/policy/draft", "/people", "/alerts", *CALENDAR, *ADMINISTERED),
    "admin": ("/policy", "/people", "/absences", "/people/{person}", "/password", *DOOR),
    "audit": ("/policy", "/trail", "/readings", "/seals"),
}
#: What is no screen: parts, downloads, the door, the way home.
ELSEWHERE = {"static", "session.home", "session.login", "cases.log", "imports.progress"}
ELSEWHERE |= {"imports.rejects", "factor.picture"}
ELSEWHERE |= {"batches.progress", "findings.progress", "findings.rejects"}
ELSEWHERE |= {"papers.document", "papers.attachment", "paper_templates.download"}
ELSEWHERE |= {"factor.page"}  # test_factor.py looks at it: it opens between password and code


def looked_at(visitor: Visitor, house: House, paths: tuple[str, ...]) -> list[str]:
    """What is wrong with these screens: barriers, and pages wider than the window."""
    found = []
    for path in paths:
        visitor.goto(path.format(**house.samples))
        found += [f"{path} {barrier}" for barrier in visitor.barriers()]
        for width, height in SIZES:
            visitor.page.set_viewport_size({"width": width, "height": height})
            if (excess := visitor.page.evaluate(WIDER)) > 0:
                found.append(f"{path} is {excess} pixels too wide at {width}")
    return found


@pytest.mark.parametrize("login", SCREENS)
def test_no_barrier_on_any_screen(house: House, enter: Enter, login: str) -> None:
    found = looked_at(enter(login), house, SCREENS[login])
    assert not found, "\n".join(found)


@pytest.mark.parametrize("login", ["centre", "one", "supervisor", "admin"])
def test_no_barrier_in_english(house: House, enter: Enter, login: str) -> None:
    visitor = enter(login, language="en")
    expect(visitor.goto("/password").page.locator("html")).to_have_attribute("lang", "en")
    found = looked_at(visitor, house, SCREENS[login])
    assert not found, "\n".join(found)


def test_no_barrier_at_the_door(
    house: House, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = enter()
    found = looked_at(visitor, house, ("/login",))
    monkeypatch.setitem(house.app.config, "LINSHU_DEMO", True)
    found += looked_at(visitor, house, ("/login",))
    assert not found, "\n".join(found)


def test_no_barrier_where_something_is_refused(house: House, enter: Enter) -> None:
    officer = enter("one")
    with officer.refused(404):
        officer.goto("/cases/999999")
    found = officer.barriers()
    officer.goto("/cases/{case}/facts".format(**house.samples)).fill(value=" ", reason=" ")
    with officer.refused(422):
        officer.press("提交")
    found += officer.barriers()
    assert not found, "\n".join(found)


def test_every_screen_is_looked_at(house: House) -> None:
    paths = {path.format(**house.samples) for paths in SCREENS.values() for path in paths}
    router = house.app.url_map.bind("")
    seen = {router.match(path.partition("?")[0], method="GET")[0] for path in paths}
    screens = {rule.endpoint for rule in house.app.url_map.iter_rules() if "GET" in rule.methods}
    assert screens - seen == ELSEWHERE
