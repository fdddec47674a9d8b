"""Whatever somebody writes into a field is kept as a text, and shown as one."""

from __future__ import annotations

from html import escape

import pytest
from flask import Flask

from linshu.services import claiming
from linshu.store.cases import Party
from linshu.store.db import db
from tests.court import ONE, Court, at
from tests.web.visits import entered

SHORT = (
    "<script>alert(1)</script>",
    "=1+1",
    "'; DROP TABLE cases; --",
    "{{ 7*7 }} ${7*7} %s %(x)s",
    '" onfocus="alert(1)',
    "👩\u200d⚖️ 執行",
)
LONG = ("长<b>" * 1000,)
RTL = "李四\u202e四李"


def shown(page: bytes, text: str) -> bool:
    """Whether the text stands on the page, with nothing in it that a browser would obey."""
    raw = page.decode()
    assert "<script>alert" not in raw and '" onfocus="' not in raw and "<b>长" not in raw
    return escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in raw


@pytest.fixture
def case_id(court: Court) -> int:
    """A case at quick, with an executor."""
    (found,) = court.file_many(1, "2026-11-02", simple=True)
    claiming.claim(court.who("quick"), found, None, at("2026-11-03"))
    return found


def test_in_a_filing(app: Flask, court: Court) -> None:
    clerk, centre = entered(app, court, "filing"), entered(app, court, "centre")
    for serial, text in enumerate(SHORT, start=1):
        words = {"number": f"（2026）鲁1329执{serial}号", "filed_on": "2026-11-23", "claim": "1"}
        names = {"applicants": text, "debtors": text + "甲"}
        clerk.sent("/intake/file", {**words, **names, "cause": text, "basis": text, "remark": text})
        for url in (f"/cases/{serial}", f"/cases/{serial}?tab=parties"):
            page = centre.ask(url).data
            assert shown(page, text) and shown(page, text + "甲"), (url, text)
        for url in ("/intake", f"/intake/screen/{serial}", "/cases/list", "/cases?q=甲甲"):
            assert centre.ask(url).status_code == 200
        assert shown(centre.ask("/intake").data, text + "甲")
        page = clerk.sent("/intake/file", {**words, **names, "cause": text}, 422)
        assert "<script>alert" not in page.partition("<form")[0]


def test_in_an_action_and_its_correction(app: Flask, court: Court, case_id: int) -> None:
    quick = entered(app, court, "quick")
    for number, text in enumerate((*SHORT, *LONG), start=0):
        words = {"seq": 2, "kind": "call", "happened_at": "2026-11-20T10:00", "text": text}
        quick.sent(f"/cases/{case_id}/record", words)
        assert shown(quick.ask(f"/cases/{case_id}").data, text), text
        first = 2 * number + 1
        assert shown(quick.ask(f"/cases/{case_id}/correct/{first}").data, text), text
        fixed = {**words, "text": "更正" + text[:3990], "reason": text}
        quick.sent(f"/cases/{case_id}/correct/{first}", fixed)
        assert shown(quick.ask(f"/cases/{case_id}").data, text), text


def test_in_facts_parties_and_reasons(app: Flask, court: Court, case_id: int) -> None:
    quick = entered(app, court, "quick")
    party = db.session.query(Party).filter_by(case_id=case_id, role="debtor").one().id
    for text in SHORT:
        words = {"seq": 2, "reason": text}
        for field in ("cause", "basis", "remark"):
            quick.sent(f"/cases/{case_id}/facts", {**words, "field": field, "value": text})
        quick.sent(f"/cases/{case_id}/parties/{party}", {**words, "name": text, "id_number": ""})
        for url in (f"/cases/{case_id}", f"/cases/{case_id}?tab=parties", "/desk", "/desk/sheet"):
            assert shown(quick.ask(url).data, text), (url, text)
    quick.sent(f"/cases/{case_id}/parties/{party}", {**words, "name": RTL, "id_number": ""})
    assert "\u202e" not in quick.get(f"/cases/{case_id}")


def test_in_requests_and_decisions(app: Flask, court: Court, case_id: int) -> None:
    quick, lead = entered(app, court, "quick"), entered(app, court, "quick-lead")
    for number, text in enumerate((*SHORT, *LONG), start=1):
        quick.sent(f"/cases/{case_id}/ask", {"seq": 2, "ground": "other", "reason": text})
        assert shown(lead.ask("/requests").data, text), text
        lead.sent(f"/requests/{number}/refuse", {"reason": text})
        for url in ("/requests", f"/cases/{case_id}", f"/cases/{case_id}?tab=requests"):
            assert shown(quick.ask(url).data, text), (url, text)
    words = {"seq": 2, "closing_type": "销案", "reason": LONG[0]}
    quick.sent(f"/cases/{case_id}/closing", words)
    assert shown(quick.ask(f"/cases/{case_id}?tab=requests").data, LONG[0])
    assert shown(entered(app, court, "centre").ask("/closings").data, LONG[0])
    assert shown(quick.ask(f"/cases/{case_id}").data, LONG[0])


def test_in_names_of_people_and_in_searches(app: Flask, court: Court) -> None:
    admin, supervisor = entered(app, court, "admin"), entered(app, court, "supervisor")
    for number, text in enumerate(SHORT):
        new = {"login": f"hostile{number}", "name": text, "role": "executor", "team": ONE}
        admin.sent("/people", new, 200)
        assert shown(admin.ask("/people").data, text), text
        for url, name in (("/cases", "q"), ("/trail", "person"), ("/trail", "case")):
            answer = supervisor.ask(url, query_string={name: text})
            assert answer.status_code == 200 and shown(answer.data, text), (url, text)
