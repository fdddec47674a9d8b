"""Does the report to the trial side count what came, with its period and its bases?"""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask

from linshu.rules.origins import Origin
from linshu.services import screening
from tests.court import Court, at
from tests.web.visits import entered, plain, row_of

TEAM = Origin("调解书", "临沭县人民法院", "民一庭", date(2026, 10, 1))
READERS = ("chief", "vice", "president", "supervisor", "centre", "filing")


@pytest.mark.parametrize("login", READERS)
def test_who_reads_it(app: Flask, court: Court, login: str) -> None:
    visitor = entered(app, court, login)
    page = plain(visitor.get("/trial-link"))
    assert "2026-01-01 至 2026-11-23" in page and "审执衔接" in page
    assert re.search(r"自动履行率 —", page) and "没有立案的首次执行案件" in page


@pytest.mark.parametrize("login", ["one", "lead-one", "clerk", "system", "admin", "audit"])
def test_who_does_not(app: Flask, court: Court, login: str) -> None:
    entered(app, court, login).get("/trial-link", 403)


def test_the_same_numbers_in_the_row_and_in_the_sum(app: Flask, court: Court) -> None:
    for preserved in (True, False, False):
        case_id = court.file("2026-11-02", origin=TEAM, preserved=preserved)
        screening.screen(court.who("centre"), case_id, 1, True, "简案", at("2026-11-03"))
        if preserved:
            court.close(case_id, "执行完毕", "2026-11-10", "quick")
    court.file("2026-11-02")
    court.file("2026-11-02", resumed=True)
    chief = entered(app, court, "chief")
    page = chief.get("/trial-link")
    assert "3 1 33.3% 3 100.0% 1 1 1 100.0%" in row_of(page, "民一庭")
    assert "1 0 0.0% 0 0.0% 0 0 0 —" in row_of(page, "未填")
    assert "4 1 25.0% 3 75.0% 1 1 1 100.0%" in row_of(page, "合计")
    assert "移送执行(件) 4" in plain(page) and "调解率 75.0%" in plain(page)
    none = plain(chief.get("/trial-link?first_on=2026-11-03&last_on=2026-11-20"))
    assert "2026-11-03 至 2026-11-20" in none and "没有立案的首次执行案件" in none


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("first_on=x", "日期写作"),
        ("last_on=2026-02-30", "日期写作"),
        ("first_on=2026-11-20&last_on=2026-11-01", "截止日期不能早于"),
    ],
)
def test_a_period_that_is_none(app: Flask, court: Court, asked: str, why: str) -> None:
    assert why in entered(app, court, "chief").get(f"/trial-link?{asked}", 422)
