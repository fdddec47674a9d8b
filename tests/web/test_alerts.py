"""提醒 and 每日提要 on the screen: what waits, what was read, and that nobody reads another's."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.services import alerts, digests
from linshu.services.recording import NewAction, record
from linshu.store.clocks import Alert
from linshu.store.db import db
from tests.court import Court, at
from tests.test_alerts import noticed
from tests.web.visits import entered, row_of


@pytest.fixture
def case_id(court: Court) -> int:
    """A case of the quick team that ends tomorrow, with its alerts and digests."""
    case_id = noticed(court, "2026-10-24", "2026-10-26")
    sent = NewAction("notice", "已发出。", at("2026-10-27").at)  # so that nothing else runs out
    record(court.who("quick"), case_id, None, sent, at("2026-10-27"))
    alerts.raise_due(court.id, at("2026-11-23"))
    digests.make(court.id, at("2026-11-23", 6))
    return case_id


def test_an_alert_says_what_runs_out_and_when(app: Flask, court: Court, case_id: int) -> None:
    page = entered(app, court, "quick").get("/alerts")
    row = row_of(page, court.case(case_id).number)
    assert "剩 1 天" in row and "阶段期限" in row and "2026-11-24(周二)" in row and "速执" in row


def test_the_navigation_counts_what_is_unread(app: Flask, court: Court, case_id: int) -> None:
    visitor = entered(app, court, "quick")
    assert '提醒 <span class="badge badge-warn">1</span>' in visitor.get("/desk")
    assert visitor.post("/alerts/read").status_code == 303
    assert "没有未读的提醒" in visitor.get("/alerts")
    assert '提醒 <span class="badge' not in visitor.get("/desk")
    assert "已读" in row_of(visitor.get("/alerts?tab=all"), court.case(case_id).number)


def test_one_alert_is_read_and_another_s_is_nobody_else_s(
    app: Flask, court: Court, case_id: int
) -> None:
    person = court.who("quick").person_id
    alert = db.session.scalars(select(Alert.id).where(Alert.person_id == person)).one()
    assert entered(app, court, "one").post(f"/alerts/{alert}/read").status_code == 404
    assert entered(app, court, "quick").post(f"/alerts/{alert}/read").status_code == 303


def test_the_digest_of_the_day(app: Flask, court: Court, case_id: int) -> None:
    page = entered(app, court, "quick-lead").get("/alerts/digest")
    assert "明日届满 1" in page and "2026-11-23(周一)" in page
    assert "速执甲" in row_of(page, court.case(case_id).number)


def test_nothing_to_know(app: Flask, court: Court) -> None:
    visitor = entered(app, court, "two")
    assert "没有未读的提醒" in visitor.get("/alerts")
    assert "还没有提要" in visitor.get("/alerts/digest?day=abc")
