"""What do the administrator and the supervisor read of an inspection, and what becomes of a page
that meets a policy which no longer reads?"""

from __future__ import annotations

import pytest
from flask import Flask

from linshu.services import inspecting, people
from linshu.store import inspections
from linshu.store.db import db
from tests.behind import behind_the_back
from tests.court import Court, at
from tests.web.visits import entered, row_of

BROKEN = (
    "INSERT INTO policies (court_id, version, effective_on, document, adopted_by, adopted_at) "
    "SELECT court_id, 'broken', '1999-01-01', 'limits = 1', 'x', adopted_at FROM policies"
)


def broken_for_all(court: Court) -> None:
    behind_the_back(BROKEN, "UPDATE stints SET policy_id = (SELECT max(id) FROM policies)")


def test_the_supervisor_reads_why_with_links_the_administrator_numbers_alone(
    app: Flask, court: Court
) -> None:
    case_id = court.file_many(1, "2026-11-20", simple=True)[0]
    number = court.case(case_id).number
    behind_the_back("UPDATE stints SET due_on = '2030-01-01' WHERE ended_on IS NULL")
    run, _findings = inspecting.inspect(court.id, at("2026-11-23"))
    page = entered(app, court, "supervisor").get("/inspections")
    row = row_of(page, "届满日与规则一致")
    assert number in row and "按规则应为 2026-12-21" in row
    assert f'href="/cases/{case_id}"' in page
    assert f"#{run}" in page and "系统" in row_of(page, "1 项异常")
    page = entered(app, court, "system").get("/inspections")
    row = row_of(page, "届满日与规则一致")
    assert number in row and "按规则" not in row
    assert f"/cases/{case_id}" not in page
    assert "正常" in row_of(page, "积分归零")


def test_earlier_runs_stay(app: Flask, court: Court) -> None:
    supervisor = entered(app, court, "supervisor")
    assert "还没有体检过" in supervisor.get("/inspections")
    court.file_many(1, "2026-11-20")
    green, _ = inspecting.inspect(court.id, at("2026-11-22"))
    behind_the_back("UPDATE stints SET due_on = '2030-01-01'")
    inspecting.inspect(court.id, at("2026-11-23"))
    assert "全部正常" not in supervisor.get("/inspections")
    assert "全部正常" in supervisor.get(f"/inspections?run={green}")
    supervisor.get("/inspections?run=99", status=404)


@pytest.mark.parametrize("login", ["supervisor", "system"])
def test_the_button_asks_a_worker(app: Flask, court: Court, login: str) -> None:
    visitor = entered(app, court, login)
    page = visitor.sent("/inspections")
    assert "已排队" in page
    assert len(inspections.waiting_ids(db.session(), court.id)) == 1
    assert "排队" in visitor.sent("/inspections", status=409)


def test_nobody_else_gets_in(app: Flask, court: Court) -> None:
    for login in ("chief", "audit", "one"):
        entered(app, court, login).get("/inspections", status=403)


def test_a_case_whose_policy_no_longer_reads_says_so(app: Flask, court: Court) -> None:
    case_id = court.file_many(1, "2026-11-20", simple=True)[0]
    broken_for_all(court)
    supervisor, quick = entered(app, court, "supervisor"), entered(app, court, "quick")
    for tab in ("log", "clocks", "countdowns", "points"):
        page = supervisor.get(f"/cases/{case_id}?tab={tab}", status=409)
        assert "案件适用的规则版本无法读取" in page
    said = quick.sent(f"/cases/{case_id}/pauses/new", status=409)
    assert "案件适用的规则版本无法读取" in said
    assert court.case(case_id).number in supervisor.get("/cases/list")  # lists go on


def test_why_a_case_was_set_aside_is_said_in_words(app: Flask, court: Court) -> None:
    case_id = court.file_many(1, "2026-10-05", simple=True)[0]
    centre = court.team("执行指挥中心").id
    people.switch_team(court.who("system"), centre, False, at("2026-10-06"))
    court.sweep("2026-11-20")
    assert court.stint(case_id).set_aside_code == "no_team"
    page = entered(app, court, "system").get("/people")
    assert "没有启用的团队可以接收" in page and "no_team" not in page
    log = entered(app, court, "supervisor").get(f"/cases/{case_id}")
    assert "规则无法决定去向(没有启用的团队可以接收)" in log
