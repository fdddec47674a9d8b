"""Does the desk show what one has to do, what runs out first, and only that?"""

from __future__ import annotations

import pytest
from flask import Flask

from linshu.services import claiming
from linshu.services.recording import NewAction, record
from tests.court import Court, at
from tests.web.visits import Visitor, entered, plain, row_of, rows


@pytest.fixture
def desk(app: Flask, court: Court) -> tuple[Court, dict[str, int], Visitor]:
    """An executor's desk: cases that run out in three weeks, tomorrow, today; one unclaimed."""
    cases = {}
    for word, day in (("later", "2026-11-16"), ("tomorrow", "2026-10-24"), ("today", "2026-10-23")):
        (cases[word],) = court.file_many(1, day, simple=True)
        claiming.claim(court.who("quick"), cases[word], None, at(day))
    (cases["unclaimed"],) = court.file_many(1, "2026-11-19", simple=True)
    return court, cases, entered(app, court, "quick")


def listed(page: str) -> str:
    """What the table holds, without what stands beside it."""
    return "\n".join(rows(page)[1:])


def test_fewest_days_left_first_with_counts_on_the_tabs(desk) -> None:
    court, cases, visitor = desk
    page = visitor.get("/desk")
    order = rows(page)[1:]
    for row, word in zip(order, ("today", "tomorrow", "later"), strict=True):
        assert court.case(cases[word]).number in row
    assert [row.split(" （")[0] for row in order] == ["今日届满", "剩 1 天", "剩 23 天"]
    tabs = plain(page.partition("card-header-tabs")[2].partition("</ul>")[0])
    assert [int(word) for word in tabs.split() if word.isdecimal()] == [3, 2, 0, 1, 3]
    assert "我的待办 2" in plain(page)  # the navigation says what must be done by tomorrow


def test_due_today_and_tomorrow_and_what_waits_for_a_hand(desk) -> None:
    court, cases, visitor = desk
    soon = listed(visitor.get("/desk?tab=soon"))
    assert court.case(cases["today"]).number in soon
    assert court.case(cases["tomorrow"]).number in soon
    assert court.case(cases["later"]).number not in soon
    unclaimed = visitor.get("/desk?tab=unclaimed")
    assert "去认领" in row_of(unclaimed, court.case(cases["unclaimed"]).number)
    assert "本团队有 1 件未认领,最久 2 个工作日" in unclaimed
    assert listed(visitor.get("/desk?tab=nothing")) == listed(visitor.get("/desk"))


def test_the_last_action_and_what_is_still_owed(desk) -> None:
    court, cases, visitor = desk
    actor, case_id = court.who("quick"), cases["today"]
    new = NewAction("receipt", "到账。", at("2026-11-22", 10).at, 40_000)
    record(actor, case_id, 2, new, at("2026-11-22", 11))
    row = row_of(visitor.get("/desk"), court.case(case_id).number)
    assert "600.00" in row and "昨天 到账" in row


def test_one_s_desk_is_nobody_else_s(app: Flask, desk) -> None:
    court, cases, _visitor = desk
    for login in ("quick-lead", "one", "chief"):
        assert listed(entered(app, court, login).get("/desk")) == ""
    waiting = listed(entered(app, court, "quick-lead").get("/desk?tab=unclaimed"))
    assert court.case(cases["unclaimed"]).number in waiting


def test_the_post_s_cases_are_on_the_desk_of_who_sits_there(app: Flask, court: Court) -> None:
    case_id = court.brought_to("bureau_chief", "2026-03-02")
    assert court.case(case_id).number in listed(entered(app, court, "chief").get("/desk"))
    assert listed(entered(app, court, "vice").get("/desk")) == ""


def test_the_sheet_prints_the_picked_or_what_must_be_done(desk) -> None:
    court, cases, visitor = desk
    sheet = visitor.get("/desk/sheet")
    assert "速执甲 · 2 件" in plain(sheet) and "张三" in sheet and "李四" in sheet
    picked = visitor.get(f"/desk/sheet?case={cases['later']}&case=x&case=99999999999999")
    assert "1 件" in plain(picked) and court.case(cases["later"]).number in picked


def test_the_sheet_prints_no_case_of_others(app: Flask, desk) -> None:
    court, cases, _visitor = desk
    sheet = entered(app, court, "one").get(f"/desk/sheet?case={cases['today']}")
    assert court.case(cases["today"]).number not in sheet and "没有可打印的案件" in sheet


def test_a_long_desk_is_paged(app: Flask, court: Court) -> None:
    court.file_many(40, "2026-11-20", simple=True)
    visitor = entered(app, court, "quick")
    first, second = (visitor.get(f"/desk?tab=unclaimed&page={n}") for n in (1, 2))
    assert (len(rows(first)), len(rows(second))) == (1 + 38, 1 + 2)
    assert 'href="/desk?tab=unclaimed&page=2"' in first
    assert "39–40 / 40" in visitor.get("/desk?tab=unclaimed&page=99")


@pytest.mark.parametrize("login", ["filing", "supervisor", "president", "system", "audit"])
def test_who_has_no_desk_is_refused(app: Flask, court: Court, login: str) -> None:
    entered(app, court, login).get("/desk", 403)
    entered(app, court, login).get("/desk/sheet", 403)
