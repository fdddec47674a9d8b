"""Is what the law leaves to the president left to him, and what was left blank told?"""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.rules.measures import Standing
from linshu.rules.policy import parse, published_text
from linshu.services import claiming, measures, requests
from linshu.services.errors import Conflict, Invalid, NotFound, Refused
from linshu.services.filing import NewParty
from linshu.services.measures import NewMeasure
from linshu.store import measures as kept
from linshu.store.cases import Party, Request
from linshu.store.db import db
from linshu.store.work import MeasureAct
from tests.court import Court, at
from tests.test_pauses import trail_of
from tests.test_supervision import sheets
from tests.web.visits import entered, plain, row_of

WHEN, DAY = at("2026-11-23"), date(2026, 11, 23)
DEBTORS = [NewParty("李四"), NewParty("临沂某建材有限公司", "91371300MA3D7A2K8X")]
PUBLISHED = parse(published_text()).measures


@pytest.fixture
def case_id(court: Court) -> int:
    """A case at the centre with a person and a unit as debtors."""
    found = court.file("2026-11-02", debtors=DEBTORS)
    court.sweep("2026-11-06")
    claiming.claim(court.who("centre"), found, None, at("2026-11-09"))
    return found


def debtors(case_id: int) -> list[Party]:
    query = select(Party).where(Party.case_id == case_id, Party.role == "debtor")
    return list(db.session.scalars(query.order_by(Party.id)))


def noted(court: Court, case_id: int, key: str, standing: Standing, **facts: object) -> None:
    facts = {"party_id": debtors(case_id)[0].id, "document": "(2026)查1号", **facts}
    new = NewMeasure(measure=key, **facts)
    measures.note(court.who("centre"), case_id, None, new, standing, DAY, WHEN)


def asked(court: Court, case_id: int, key: str, unit: bool = False, **facts: object) -> int:
    seq, party = court.stint(case_id).seq, debtors(case_id)[unit].id
    new = NewMeasure(party, key, document="(2026)决1号", **facts)
    return measures.ask(court.who("centre"), case_id, seq, new, "拒不报告财产。", WHEN)


def standing(case_id: int, key: str, of: int = 0) -> Standing:
    rows = kept.checklist(db.session(), case_id, debtors(case_id), PUBLISHED)
    return next(row.cells[of].standing for row in rows if row.measure.key == key)


def test_a_measure_is_noted_applied_for_or_not_applicable_with_a_reason(
    court: Court, case_id: int
) -> None:
    assert standing(case_id, "asset_search") is Standing.BLANK
    noted(court, case_id, "asset_search", Standing.APPLIED)
    noted(court, case_id, "asset_search", Standing.DONE)
    assert standing(case_id, "asset_search") is Standing.DONE
    with pytest.raises(Invalid):
        noted(court, case_id, "referral", Standing.NOT_APPLICABLE)
    noted(court, case_id, "referral", Standing.NOT_APPLICABLE, reason="未达到拒执标准。")
    assert standing(case_id, "referral") is Standing.NOT_APPLICABLE
    said = [entry["data"] for entry in trail_of(case_id) if entry["tag"] == "measure.noted"]
    assert [(one["measure"], one["standing"]) for one in said] == [
        ("asset_search", "applied"),
        ("asset_search", "done"),
        ("referral", "not_applicable"),
    ]


@pytest.mark.parametrize(
    ("key", "unit", "facts"),
    [
        ("fine", False, {"amount_fen": 10_000_001}),
        ("fine", False, {"amount_fen": 0}),
        ("fine", True, {"amount_fen": 4_999_999}),
        ("fine", True, {"amount_fen": 100_000_001}),
        ("detention", False, {"days": 16}),
        ("detention", False, {"days": 0}),
        ("detention", True, {"days": 5}),
    ],
)
def test_what_the_law_forbids_is_refused_with_its_article(
    court: Court, case_id: int, key: str, unit: bool, facts: dict
) -> None:
    with pytest.raises(Invalid, match="民事诉讼法第一百一十八条"):
        asked(court, case_id, key, unit, **facts)
    assert db.session.scalars(select(Request)).all() == []


@pytest.mark.parametrize("key", [key for key, one in PUBLISHED.items() if one.approved_by])
def test_what_needs_an_approval_is_not_just_noted(court: Court, case_id: int, key: str) -> None:
    with pytest.raises(Invalid, match="须经批准"):
        noted(court, case_id, key, Standing.DONE)
    assert standing(case_id, key) is Standing.BLANK


def test_the_president_approves_and_the_measure_is_done(court: Court, case_id: int) -> None:
    number = asked(court, case_id, "fine", amount_fen=500_000)
    other = asked(court, case_id, "fine", unit=True, amount_fen=5_000_000)  # side by side
    with pytest.raises(Conflict):
        asked(court, case_id, "fine", amount_fen=600_000)
    assert standing(case_id, "fine") is Standing.APPLIED
    for login in ("centre-lead", "chief", "vice"):
        with pytest.raises(Refused):
            requests.approve(court.who(login), number, "", WHEN)
    requests.approve(court.who("president"), number, "同意。", WHEN)
    requests.refuse(court.who("president"), other, "证据不足。", WHEN)
    assert (standing(case_id, "fine"), standing(case_id, "fine", 1)) == (
        Standing.DONE,
        Standing.BLANK,  # a refused request never shows as approved
    )
    act = db.session.scalars(select(MeasureAct)).one()
    assert (act.amount_fen, act.document, act.request_id) == (500_000, "(2026)决1号", number)


def test_nonsense_is_refused(court: Court, case_id: int) -> None:
    with pytest.raises(Invalid):
        noted(court, case_id, "torture", Standing.DONE)
    with pytest.raises(NotFound):
        noted(court, case_id, "asset_search", Standing.DONE, party_id=999)
    with pytest.raises(Invalid):  # done by which document?
        noted(court, case_id, "asset_search", Standing.DONE, document=" ")
    with pytest.raises(Invalid):
        asked(court, case_id, "asset_search")
    with pytest.raises(Refused):
        new = NewMeasure(debtors(case_id)[0].id, "asset_search", "x")
        measures.note(court.who("one"), case_id, None, new, Standing.DONE, DAY, WHEN)


def test_what_was_blank_as_the_case_left_the_centre_is_told_and_blocks_nothing(
    court: Court, case_id: int
) -> None:  # R5
    noted(court, case_id, "asset_search", Standing.DONE)
    due = court.stint(case_id).due_on
    assert due is not None
    court.sweep(date.fromordinal(due.toordinal() + 1))
    assert court.stint(case_id).stage == "intensive"
    first, second = (party.id for party in debtors(case_id))
    (sheet,) = sheets(case_id)
    blank = [(one["measure"], one["party"]) for one in sheet.omitted]
    assert ("asset_search", first) not in blank and ("asset_search", second) in blank
    assert len(blank) == 9  # five measures, two debtors, one of them done
    move = next(entry for entry in trail_of(case_id) if entry["tag"] == "case.moved")
    assert len(move["data"]["omitted"]) == 9


def test_the_checklist_on_the_case_and_the_form_of_a_measure(
    app: Flask, court: Court, case_id: int
) -> None:
    centre, first = entered(app, court, "centre"), debtors(case_id)[0].id
    assert "未记载" in row_of(centre.get(f"/cases/{case_id}?tab=measures"), "查控财产")
    url = f"/cases/{case_id}/measures/{first}"
    assert "批准:院长" in plain(centre.get(f"{url}/fine"))
    words = {"seq": court.stint(case_id).seq, "reason": "拒不履行。", "happened_on": "2026-11-23"}
    words |= {"document": "(2026)罚1号"}
    fine = words | {"standing": "ask", "amount": "200000"}
    assert "不超过 100,000.00 元" in centre.sent(f"{url}/fine", fine, 422)
    page = centre.sent(f"{url}/fine", fine | {"amount": "20000"})
    assert "已提交申请" in page and "已申请" in row_of(page, "罚款")
    assert "20,000.00" in entered(app, court, "president").get("/requests")
    page = centre.sent(f"{url}/asset_search", words | {"standing": "done"})
    assert "已采取" in row_of(page, "查控财产")
    centre.sent(f"{url}/asset_search", words | {"standing": "blank"}, 422)
    centre.get(f"{url}/nothing", 404)
    entered(app, court, "one").get(f"{url}/fine", 404)
    entered(app, court, "supervisor").get(f"{url}/fine", 403)
