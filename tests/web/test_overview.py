"""Does the overview say what the lists say, and bring up what the rules want looked at?"""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import update

from linshu.rules.stages import Stage
from linshu.services import claiming, people
from linshu.store import figures
from linshu.store.db import db, transaction
from linshu.store.filters import Scope
from linshu.store.people import Person, Team
from linshu.store.writer import Doer
from tests.court import ONE, TWO, Court, at
from tests.web.visits import Visitor, entered, row_of

LISTS = re.compile(r'<a href="(/(?:cases/list|overview/)[^"]*)"[^>]*>(.*?)</a>', re.S)
TOTAL = re.compile(r"–\d+ / ([\d,]+)")


@pytest.fixture
def piled_up(court: Court) -> Court:
    """Cases at many stages: new ones, a resumed one, some that have run through the whole flow."""
    court.file_many(2, "2025-12-01", simple=False)
    court.file_many(3, "2026-09-01", simple=False)
    court.file_many(2, "2026-10-27", simple=True)
    court.file_many(2, "2026-11-23")
    court.file("2026-11-02", resumed=True)
    for day in ("2026-03-10", "2026-04-20", "2026-05-30", "2026-07-05", "2026-08-10"):
        court.sweep(day)
    for day in ("2026-09-20", "2026-11-23"):
        court.sweep(day)
    return court


def listed(visitor: Visitor, url: str) -> int:
    """How many cases the list behind a number has."""
    page = visitor.get(url)
    found = TOTAL.search(page)
    assert found is not None, url
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("login", ["chief", "supervisor", "president", "lead-one", "quick-lead"])
def test_each_number_is_the_number_of_its_list(app: Flask, piled_up: Court, login: str) -> None:
    visitor = entered(app, piled_up, login)
    links = LISTS.findall(visitor.get("/overview"))
    assert len(links) > 8
    for url, inside in links:
        text = re.sub(r"<[^>]+>", " ", inside)
        number = re.findall(r"\d[\d,]*", text)[-1 if "工作日" not in text else 1]
        assert listed(visitor, url) == int(number.replace(",", "")), (url, text)


def test_the_strip_and_the_table_count_the_same_cases(piled_up: Court) -> None:
    loads = figures.loads(db.session(), Scope(piled_up.id), at("2026-11-23").on)
    by_stage: dict[Stage, int] = {}
    for (stage, _team), load in loads.items():
        by_stage[stage] = by_stage.get(stage, 0) + load.cases
    assert by_stage == {
        Stage.INTAKE: 2,
        Stage.QUICK: 2,
        Stage.CENTRE: 3,
        Stage.INTENSIVE: 1,
        Stage.VICE_PRESIDENT: 2,
    }


def test_the_oldest_and_what_ends_this_week_stand_in_the_table(app: Flask, court: Court) -> None:
    court.file_many(1, "2026-10-27", simple=True)  # ends on Friday 11-27
    court.file_many(1, "2026-11-20", simple=True)
    row = row_of(entered(app, court, "chief").get("/overview"), "速执团队")
    assert "2 ( 1 )" in row and "27 天" in row and "1.0" in row  # two cases, an officer and a lead


def test_this_month_s_outcomes_are_told_by_stage(app: Flask, court: Court) -> None:
    court.file_many(2, "2026-10-12", simple=True)
    first, _second = court.file_many(2, "2026-11-02", simple=True)
    court.file_many(1, "2026-11-03", simple=False)
    court.sweep("2026-11-13")
    claiming.claim(court.who("quick"), first, None, at("2026-11-13"))
    court.close(first, "执行完毕", "2026-11-16", "quick")
    page = entered(app, court, "chief").get("/overview")
    assert "简 2 · 繁 1" in page
    assert "结 1 · 期满 → 指挥中心 2" in page


def test_a_lead_sees_his_team_and_not_the_other(app: Flask, court: Court) -> None:
    case_id = court.brought_to("intensive", "2026-07-20")
    holder = db.session.get(Team, court.stint(case_id).team_id).name
    mine, other = ("lead-one", "lead-two") if holder == ONE else ("lead-two", "lead-one")
    assert "在办 1 件" in entered(app, court, mine).get("/overview")
    page = entered(app, court, other).get("/overview")
    assert "在办 0 件" in page and "空缺" not in page


@pytest.mark.parametrize("login", ["one", "clerk", "filing", "system", "audit"])
def test_who_has_no_overview_is_refused(app: Flask, court: Court, login: str) -> None:
    entered(app, court, login).get("/overview", 403)
    entered(app, court, login).get("/overview/capped", 403)


def test_what_is_nought_is_not_brought_up(app: Flask, court: Court) -> None:
    people.add_people(
        court.id,
        [people.NewPerson("keeper", "终本甲", "dormant_keeper", None)],
        Doer("admin", "security_admin"),
        at("2026-11-20"),
    )
    page = entered(app, court, "supervisor").get("/overview")
    assert "没有需要特别关注的情形" in page


def test_unclaimed_for_more_than_two_working_days(app: Flask, court: Court) -> None:
    court.file_many(1, "2026-11-18", simple=True)  # Wednesday: Friday was the second working day
    court.file_many(1, "2026-11-19", simple=True)  # Thursday: today is the second
    page = entered(app, court, "chief").get("/overview")
    assert "满 2 个工作日无人认领 1 件(速执团队 1)" in page


def test_unscreened_capped_and_beyond_the_statutory_limit(app: Flask, piled_up: Court) -> None:
    late = piled_up.file("2026-11-10")
    piled_up.sweep("2026-11-23")
    visitor = entered(app, piled_up, "supervisor")
    page = visitor.get("/overview")
    assert "顶格 2" in page and "超法定 2" in page
    assert "本月未甄别即转入指挥中心 1 件" in page
    assert piled_up.case(late).number in visitor.get("/overview/unscreened")


def test_the_only_team_left_is_alerted_and_so_is_the_skipped_move(app: Flask, court: Court) -> None:
    people.switch_team(court.who("system"), court.team(TWO).id, False, at("2026-07-01"))
    case_id = court.brought_to("team_lead", "2026-06-15")
    assert court.stint(case_id).skipped_sideways
    page = entered(app, court, "chief").get("/overview")
    assert "启用的精执团队只有 1 个" in page
    assert "未经横移直接上提 1 件" in page


def test_an_empty_post_is_alerted(app: Flask, court: Court) -> None:
    with transaction() as session:
        session.execute(update(Person).where(Person.login == "vice").values(active=False))
    assert "分管副院长" in entered(app, court, "chief").get("/overview").split("无人在岗:")[1]


def test_a_look_that_nobody_has(app: Flask, court: Court) -> None:
    entered(app, court, "chief").get("/overview/everything", 404)
