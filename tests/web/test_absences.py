"""Who is away, and who decides meanwhile: as the screens show it."""

from __future__ import annotations

from flask import Flask

from linshu.services import transfers
from tests.court import Court, at
from tests.web.visits import entered, plain, row_of


def asked(court: Court) -> int:
    (case_id,) = court.file_many(1, "2026-11-02", simple=True)
    return transfers.ask(court.who("quick"), case_id, 2, "other", "线索在外地。", at("2026-11-23"))


def test_a_lead_names_his_substitute_who_then_decides_in_his_place(
    app: Flask, court: Court
) -> None:
    number = asked(court)
    lead, other = entered(app, court, "quick-lead"), entered(app, court, "lead-one")
    assert "待我审批 0" in plain(other.get("/requests"))
    days = {"first_on": "2026-11-23", "last_on": "2026-11-27"}
    seats = {"person": court.who("quick-lead").person_id, "substitute": other_id(court)}
    page = lead.sent("/absences", {**days, **seats})
    assert "已登记" in page and "精一长" in row_of(page, "速执长")
    inbox = plain(other.get("/requests"))
    assert "待我审批 1" in inbox and "速执长 不在岗,由您代为审批" in inbox
    assert "请您代为审批" in other.get("/alerts")
    page = plain(other.sent(f"/requests/{number}/return", {"reason": "请附线索的来源。"}))
    assert "退回补正" in page and "精一长(代 速执长)" in page
    assert "请附线索的来源。" in entered(app, court, "quick").get("/requests")
    assert "(代 速执长)" in plain(lead.get("/requests"))


def other_id(court: Court) -> int:
    return court.who("lead-one").person_id


def test_one_is_back_early(app: Flask, court: Court) -> None:
    chief = entered(app, court, "chief")
    seats = {"person": court.who("chief").person_id, "substitute": other_id(court)}
    chief.sent("/absences", {**seats, "first_on": "2026-11-23", "last_on": "2026-11-27"})
    assert "提前返岗" not in entered(app, court, "vice").get("/absences")
    entered(app, court, "vice").sent("/absences/1/end", {}, 403)
    assert "没有人不在岗" in chief.sent("/absences/1/end")
    chief.sent("/absences/1/end", {}, 409)
    chief.sent("/absences/99/end", {}, 404)


def test_bad_days_and_unfit_substitutes_are_said(app: Flask, court: Court) -> None:
    chief = entered(app, court, "chief")
    own, one = court.who("chief").person_id, court.who("one").person_id
    words = {"person": own, "substitute": other_id(court)}
    days = {"first_on": "2026-11-27", "last_on": "2026-11-23"}
    assert "结束日期不能早于起始日期" in chief.sent("/absences", words | days, 422)
    days = {"first_on": "2026-11-23", "last_on": "2026-11-27"}
    assert "不能代为审批" in chief.sent("/absences", words | days | {"substitute": one}, 422)
    assert "只能登记自己" in chief.sent(
        "/absences", words | days | {"person": other_id(court)}, 403
    )
    chief.sent("/absences", {"person": own, **days}, 422)
    for broken in ({"first_on": "x"}, {"person": "x"}, {"substitute": "9" * 40}):
        chief.sent("/absences", words | days | broken, 422)


def test_the_security_administrator_notes_anybody_s(app: Flask, court: Court) -> None:
    admin = entered(app, court, "admin")
    words = {"person": court.who("chief").person_id, "substitute": other_id(court)}
    page = admin.sent("/absences", {**words, "first_on": "2026-11-24", "last_on": "2026-11-24"})
    assert "局长甲" in page and "提前返岗" in page
