"""Do the accounts show what was posted, sum to zero, and rank nobody?"""

from __future__ import annotations

import pytest
from flask import Flask

from linshu.store import accounts, queries
from linshu.store.db import db
from tests.court import ONE, Court
from tests.web.visits import entered, row_of, rows


@pytest.fixture
def lifted(court: Court) -> tuple[Court, int]:
    """A case that nobody touched, at the bureau chief's post; four expiries have posted."""
    return court, court.brought_to("bureau_chief", "2026-03-02")


def test_balances_in_the_order_of_the_flow_and_their_sum(app: Flask, lifted) -> None:
    court, _case_id = lifted
    page = entered(app, court, "chief").get("/points")
    names = [row.split()[0] for row in rows(page)[1:-1]]
    assert names[:3] == ["速执团队", "执行指挥中心", ONE]
    assert names[-3:] == ["执行局局长", "分管副院长", "终本维护团队"]
    assert row_of(page, "执行局局长").endswith("+4")
    assert rows(page)[-1].split() == ["合计"] + ["0"] * 7


def test_the_screen_and_the_command_show_the_same_balances(app: Flask, lifted) -> None:
    court, _case_id = lifted
    shown = accounts.accounts(db.session(), court.id, ())
    assert {one.name: one.balance for one in shown} == queries.balances(db.session(), court.id)
    assert accounts.total(db.session(), court.id) == 0


def test_a_month_holds_what_was_posted_in_it(app: Flask, court: Court) -> None:
    court.file_many(3, "2026-09-01", simple=True)
    court.sweep("2026-10-09")  # 10-01 rolls over the holidays
    row = row_of(entered(app, court, "vice").get("/points"), "速执团队")
    assert row.split() == ["速执团队", "0", "0", "0", "0", "−3", "0", "−3"]


def test_an_account_line_by_line(app: Flask, lifted) -> None:
    court, case_id = lifted
    chief = court.team("执行局局长").id
    row = row_of(entered(app, court, "chief").get(f"/points/{chief}"), court.case(case_id).number)
    assert "团队长 期满 来自 精执" in row and row.endswith("+4 +4")


def test_the_running_balance_goes_on_over_the_pages(app: Flask, court: Court) -> None:
    court.file_many(50, "2026-10-12", simple=True)
    court.sweep("2026-11-13")
    visitor, quick = entered(app, court, "chief"), court.team("速执团队").id
    pages = [rows(visitor.get(f"/points/{quick}?page={n}"))[1:] for n in (1, 2)]
    running = [int(row.split()[-1].replace("−", "-")) for page in pages for row in page]
    assert running == list(range(-50, 0))


def test_one_sees_one_s_own_accounts_alone(app: Flask, lifted) -> None:
    court, _case_id = lifted
    visitor = entered(app, court, "lead-one")
    names = [row.split()[0] for row in rows(visitor.get("/points"))[1:]]
    assert names == [ONE, f"{ONE}·团队长"]
    visitor.get(f"/points/{court.team(ONE).id}")
    visitor.get(f"/points/{court.team('速执团队').id}", 404)
    visitor.get("/points/999999", 404)


@pytest.mark.parametrize("login", ["filing", "system", "audit"])
def test_who_reads_no_points_is_refused(app: Flask, court: Court, login: str) -> None:
    entered(app, court, login).get("/points", 403)
    entered(app, court, login).get("/points/1", 403)
