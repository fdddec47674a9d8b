"""Does a page full of hostile texts run anything? In a real Chromium, where scripts would run."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from linshu.rules.numbers import CaseNumber
from linshu.rules.stages import FIRST
from linshu.services import claiming, filing, screening, transfers
from linshu.services.filing import NewCase, NewParty
from linshu.services.recording import NewAction, record
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.court import CODE, at
from tests.fuzz.values import XSS

pytestmark = pytest.mark.browser
#: Whatever runs says so, and the visitor hears the console.
SHOUTS = "window.alert = text => console.error('ran:', text)"


@pytest.fixture
def case_id(house: House) -> int:
    """A case whose every text is an attempt, at quick."""
    text, when = " ".join(XSS), at("2026-11-20")
    number = CaseNumber(2026, CODE, FIRST, 77_777)
    parties = {"applicants": [NewParty(text[:150])], "debtors": [NewParty(text[:150])]}
    facts = {"cause": XSS[1], "basis": text, "remark": text, "claim_fen": 100}
    new = NewCase(number=number, filed_on=date(2026, 11, 20), **parties, **facts)
    found = filing.file_case(house.court.who("filing"), new, when)
    screening.screen(house.court.who("centre"), found, 1, True, text, when)
    quick = house.court.who("quick")
    claiming.claim(quick, found, None, when)
    record(quick, found, None, NewAction("call", text, when.at), when)
    transfers.ask(quick, found, 2, "other", text, when)
    return found


def test_hostile_texts_run_no_script(house: House, enter: Enter, case_id: int) -> None:
    quick, lead = enter("quick"), enter("quick-lead")
    for visitor in (quick, lead):
        visitor.context.add_init_script(SHOUTS)
    case = f"/cases/{case_id}"
    tabs = [f"{case}?tab={tab}" for tab in ("log", "parties", "clocks", "requests", "points")]
    for url in (*tabs, "/desk", "/requests", f"{case}/facts", f"/cases?q={XSS[0]}", "/alerts"):
        quick.goto(url)
        expect(quick.page.locator("main")).to_be_visible()
        assert quick.page.locator("main script, main img[src=x], main svg[onload]").count() == 0
    lead.goto("/requests")
    assert XSS[0] in lead.says
    quick.goto(f"{case}?tab=log")
    assert XSS[0] in quick.says  # it is there, as a text
