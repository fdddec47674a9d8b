"""Does the page of moves say what moved on a day, why, and for how many points?"""

from __future__ import annotations

import pytest
from flask import Flask

from linshu.services import claiming, requests, screening, transfers
from tests.court import Court, at
from tests.web.visits import entered, row_of, rows


def test_a_move_at_expiry_names_rule_points_and_sweep(app: Flask, court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-10-12", simple=True)  # ends on 11-12
    court.sweep("2026-11-23")
    row = row_of(entered(app, court, "chief").get("/moves"), court.case(case_id).number)
    assert "速执团队 → 执行指挥中心 期满 11-12 R4 R17 1 −1 +1 系统 扫描 #" in row


def test_a_person_s_move_shows_the_person_and_no_points(app: Flask, court: Court) -> None:
    case_id = court.file("2026-11-20", preserved=True)
    screening.screen(court.who("centre"), case_id, None, True, "保全属实。", at("2026-11-23"))
    row = row_of(entered(app, court, "supervisor").get("/moves"), court.case(case_id).number)
    assert "立案甄别" in row and row.endswith("R3 — — — 中心甲")


def test_an_early_transfer_shows_who_and_what_it_cost(app: Flask, court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-11-02", simple=True)
    claiming.claim(court.who("quick"), case_id, None, at("2026-11-03"))
    asked = transfers.ask(court.who("quick"), case_id, 2, "other", "线索在外地。", at("2026-11-03"))
    requests.approve(court.who("quick-lead"), asked, "同意。", at("2026-11-04"))
    row = row_of(
        entered(app, court, "chief").get("/moves?on=2026-11-04"), court.case(case_id).number
    )
    assert "R4 R20" in row or "R4 R17" in row
    assert "−1 +1 速执长" in row


def test_days_before_and_after(app: Flask, court: Court) -> None:
    court.file_many(2, "2026-10-12", simple=True)
    court.sweep("2026-11-13")
    visitor = entered(app, court, "chief")
    assert "0 次流转" in visitor.get("/moves") and "后一天" not in visitor.get("/moves")
    page = visitor.get("/moves?on=2026-11-13")
    assert "2 次流转" in page
    assert "/moves?on=2026-11-12" in page and "/moves?on=2026-11-14" in page


@pytest.mark.parametrize("on", ["2027-01-01", "yesterday", "", "2026-13-01"])
def test_a_day_that_cannot_be_is_today(app: Flask, court: Court, on: str) -> None:
    assert 'value="2026-11-23"' in entered(app, court, "chief").get(f"/moves?on={on}")


def test_by_team_and_by_reason(app: Flask, court: Court) -> None:
    court.file_many(3, "2026-10-23", simple=True)  # their last day is today
    court.file_many(2, "2026-08-20", simple=False)  # out of the centre since Friday
    court.sweep("2026-11-23")
    visitor, quick = entered(app, court, "chief"), court.team("速执团队").id
    assert len(rows(visitor.get("/moves"))) == 1 + 2
    assert "没有流转" in visitor.get(f"/moves?team={quick}")
    assert len(rows(visitor.get("/moves?reason=expiry"))) == 1 + 2
    assert "没有流转" in visitor.get("/moves?reason=unscreened")
    assert len(rows(visitor.get("/moves?on=2026-10-23&reason=screened_simple"))) == 1 + 3


def test_one_sees_the_moves_of_cases_one_s_team_has_held(app: Flask, court: Court) -> None:
    court.file_many(2, "2026-10-12", simple=True)
    court.sweep("2026-11-13")
    assert "2 次流转" in entered(app, court, "quick").get("/moves?on=2026-11-13")
    assert "0 次流转" in entered(app, court, "one").get("/moves?on=2026-11-13")


def test_a_long_day_is_paged(app: Flask, court: Court) -> None:
    court.file_many(40, "2026-10-12", simple=True)
    court.sweep("2026-11-13")
    visitor = entered(app, court, "chief")
    first, second = (visitor.get(f"/moves?on=2026-11-13&page={n}") for n in (1, 2))
    assert len(rows(first)) == 1 + 38 and len(rows(second)) == 1 + 2
    assert not {row.split()[1] for row in rows(first)[1:]} & {
        row.split()[1] for row in rows(second)[1:]
    }


@pytest.mark.parametrize("login", ["filing", "system", "audit"])
def test_who_reads_no_moves_is_refused(app: Flask, court: Court, login: str) -> None:
    entered(app, court, login).get("/moves", 403)
