"""Is every look at a case, search, export and refusal in the reading log before it is shown?"""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from linshu.rules.looks import Kind
from linshu.services import readings
from linshu.store.db import transaction
from linshu.store.readings import COUNTED
from tests.court import Court, at
from tests.test_readings import kept
from tests.web.test_doors import rules
from tests.web.visits import HTMX, entered, rows, said

#: What a route is about one case by; a GET with one of them shows that case.
OF_A_CASE = {"case_id", "party_id", "action_id", "pause_id", "request_id"}


def looks(*kinds: str) -> list[tuple[str, int | None, str]]:
    found = [(row.kind, row.case_id, row.words) for row in kept()]
    return [one for one in found if not kinds or one[0] in kinds]


def reads(app: Flask, rule: Rule) -> Kind | None:
    return getattr(app.view_functions[rule.endpoint], "reads", None)


def test_no_route_shows_a_case_and_forgets_who_looked(app: Flask) -> None:
    of_a_case = [rule for rule in rules(app, "GET") if OF_A_CASE & rule.arguments]
    assert len(of_a_case) >= 12
    assert [rule.endpoint for rule in of_a_case if reads(app, rule) is None] == []
    forms = {rule.rule: reads(app, rule) for rule in of_a_case}  # wrong input shows them again
    again = [rule for rule in rules(app, "POST") if rule.rule in forms]
    assert len(again) >= 9
    assert all(reads(app, rule) is forms[rule.rule] for rule in again)


def test_a_case_page_is_one_row_with_who_and_from_where(app: Flask, court: Court) -> None:
    case_id = court.file("2026-11-02")
    visitor = entered(app, court, "chief")
    visitor.get(f"/cases/{case_id}?tab=clocks")
    visitor.get(f"/cases/{case_id}/why")
    assert looks() == [("case", case_id, "")] * 2
    row = kept()[0]
    assert (row.by, row.role, row.address) == ("chief", "bureau_chief", "127.0.0.1")
    assert row.read_at.isoformat() == "2026-11-23T10:00:00+08:00"


def test_what_is_searched_for_is_kept_with_numbers_masked(app: Flask, court: Court) -> None:
    visitor = entered(app, court, "chief")
    visitor.get("/cases?q=李四")
    visitor.get(visitor.ask("/cases?q=110101199003070038").location)  # a number leaves the address
    visitor.get("/cases")
    visitor.get("/cases?q=")
    assert looks() == [("search", None, "李四"), ("search", None, "110101********0038")]


def test_lists_behind_figures_are_kept_in_chinese(app: Flask, court: Court) -> None:
    visitor = entered(app, court, "chief")
    visitor.post("/language", {"language": "en"})
    visitor.get("/cases/list?stage=intake&due=week")
    visitor.get("/overview/capped")
    assert looks() == [("list", None, "立案甄别 · 本周届满"), ("list", None, "顶格")]


def test_one_s_own_day_is_not_kept(app: Flask, court: Court) -> None:
    visitor = entered(app, court, "quick")
    for url in ("/", "/desk", "/team", "/requests", "/alerts", "/policy", "/password"):
        visitor.ask(url)
    assert looks() == []


def test_a_printed_sheet_shows_each_of_its_cases(app: Flask, court: Court) -> None:
    first, second = court.file_many(2, "2026-11-02", simple=True)
    entered(app, court, "quick-lead").get(f"/desk/sheet?case={first}&case={second}")
    assert sorted(looks()) == [("sheet", first, ""), ("sheet", second, "")]


def test_the_trail_of_a_case_and_an_export(app: Flask, court: Court) -> None:
    case_id = court.file("2026-11-02")
    number = court.case(case_id).number
    visitor = entered(app, court, "supervisor")
    visitor.get(f"/trail?case={number}")
    visitor.post("/trail/export")
    assert looks() == [
        ("trail", case_id, number),
        ("export", None, "全部留痕"),
    ]


def test_who_is_refused_is_kept(app: Flask, court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-11-02", simple=True)
    entered(app, court, "two").get(f"/cases/{case_id}", 404)
    entered(app, court, "two").get("/cases/999999", 404)
    entered(app, court, "audit").get(f"/cases/{case_id}/why", 403)
    assert looks() == [
        ("refused", case_id, f"/cases/{case_id}"),
        ("refused", None, "/cases/999999"),
        ("refused", case_id, f"/cases/{case_id}/why"),
    ]


def test_a_form_that_comes_back_shows_the_case_and_one_that_leads_on_does_not(
    app: Flask, court: Court
) -> None:
    (case_id,) = court.file_many(1, "2026-11-02", simple=True)
    visitor = entered(app, court, "quick")
    visitor.sent(f"/cases/{case_id}/record", {}, 422)
    assert looks() == [("case", case_id, "")]
    answer = visitor.post(f"/cases/{case_id}/record", {}, headers=HTMX)
    assert answer.status_code == 422 and len(kept()) == 1  # the box alone
    new = {"seq": 2, "kind": "call", "text": "电话。", "happened_at": "2026-11-20T09:00"}
    assert visitor.post(f"/cases/{case_id}/record", new).status_code == 303
    assert len(kept()) == 1


def test_what_cannot_be_recorded_is_not_shown(app: Flask, court: Court) -> None:
    case_id = court.file("2026-11-02")
    visitor = entered(app, court, "chief")
    with transaction() as session:
        session.execute(text("ALTER TABLE readings RENAME TO elsewhere"))
    answer = visitor.ask(f"/cases/{case_id}")
    page = said(answer)
    assert answer.status_code == 503 and "未能记录这次查阅" in page and 'class="door card"' in page
    assert court.case(case_id).number not in page and "李四" not in page
    assert visitor.ask("/moves").status_code == 200


@pytest.mark.parametrize("how", [{}, {"headers": HTMX}])
def test_a_fault_in_the_page_is_no_look(app: Flask, court: Court, how: dict) -> None:
    case_id = court.file("2026-11-02")
    with transaction() as session:
        session.execute(text("UPDATE teams SET kind = 'nothing'"))
    assert entered(app, court, "chief").ask(f"/cases/{case_id}", **how).status_code == 500
    assert looks() == []


# The screen --------------------------------------------------------------------------------------


def found(page: str) -> list[str]:
    return rows(page)[1:]


def looked_around(app: Flask, court: Court) -> tuple[int, int]:
    """Two cases; the chief opened the first and searched, the lead opened the second."""
    first, second = court.file_many(2, "2026-11-02", simple=True)
    chief, lead = entered(app, court, "chief"), entered(app, court, "quick-lead")
    chief.get(f"/cases/{first}")
    chief.get("/cases?q=李四")
    lead.get(f"/cases/{second}")
    entered(app, court, "one").get(f"/cases/{second}", 404)
    return first, second


def test_the_supervisor_reads_who_looked_at_what(app: Flask, court: Court) -> None:
    first, second = looked_around(app, court)
    number = {one: court.case(one).number for one in (first, second)}
    page = entered(app, court, "supervisor").get("/readings")
    assert found(page) == [
        f"2026-11-23 10:00 精一甲 执行员 被拒绝 {number[second]} /cases/{second} 127.0.0.1",
        f"2026-11-23 10:00 速执长 团队长 查看案件 {number[second]} 127.0.0.1",
        "2026-11-23 10:00 局长甲 执行局局长 搜索 李四 127.0.0.1",
        f"2026-11-23 10:00 局长甲 执行局局长 查看案件 {number[first]} 127.0.0.1",
    ]
    assert f'href="/cases/{first}"' in page


def test_by_person_case_kind_and_day(app: Flask, court: Court) -> None:
    first, _second = looked_around(app, court)
    visitor, number = entered(app, court, "supervisor"), court.case(first).number
    assert len(found(visitor.get("/readings?person=局长甲"))) == 2
    assert len(found(visitor.get("/readings?person=chief&kind=search"))) == 1
    assert len(found(visitor.get("/readings?since=2026-11-24"))) == 0
    assert len(found(visitor.get("/readings?kind=case&until=2026-11-23"))) == 2
    assert "案号不规范" in visitor.get("/readings?case=老王的案子")
    assert found(visitor.get("/readings?case=（2026）鲁1329执999号")) == []
    seen = found(visitor.get(f"/readings?case={number}"))
    assert len(seen) == 1 and "查看案件" in seen[0]


def test_looking_into_the_log_is_in_the_log(app: Flask, court: Court) -> None:
    first, _second = looked_around(app, court)
    visitor, number = entered(app, court, "supervisor"), court.case(first).number
    visitor.get(f"/readings?case={number}")
    assert looks("readings") == [("readings", first, number)]
    assert "查看查阅记录" in visitor.get(f"/readings?case={number}")


def test_the_audit_administrator_learns_no_case_and_no_words(app: Flask, court: Court) -> None:
    first, _second = looked_around(app, court)
    visitor = entered(app, court, "audit")
    page = visitor.get("/readings")
    assert len(found(page)) == 4 and "局长甲" in page and "被拒绝" in page
    assert "李四" not in page and "/cases/" not in page and "鲁1329" not in page
    number = court.case(first).number
    assert len(found(visitor.get(f"/readings?case={number}&kind=case"))) == 2  # not asked for it


@pytest.mark.parametrize("login", ["one", "lead-one", "chief", "president", "system", "admin"])
def test_nobody_else_reads_the_log(app: Flask, court: Court, login: str) -> None:
    entered(app, court, login).get("/readings", 403)
    assert looks() == [("refused", None, "/readings")]


def test_pages_of_the_log_and_the_most_that_is_counted(app: Flask, court: Court) -> None:
    who = court.who("chief")
    readings.note_all(who, Kind.LIST, at("2026-11-20"), [None] * 45)
    visitor = entered(app, court, "supervisor")
    assert len(found(visitor.get("/readings?kind=list"))) == 38
    assert len(found(visitor.get("/readings?kind=list&page=2"))) == 7
    readings.note_all(who, Kind.LIST, at("2026-11-20"), [None] * COUNTED)
    page = visitor.get("/readings?kind=list&page=9999")
    assert "/ 10,000<" in page and "只列最近 10,000 条" in page


def test_the_tabs_and_the_way_from_a_case(app: Flask, court: Court) -> None:
    case_id = court.file("2026-11-02")
    visitor = entered(app, court, "supervisor")
    for url in ("/trail", "/readings"):
        page = visitor.get(url)
        assert 'href="/trail"' in page and 'href="/readings"' in page
        assert page.count('aria-current="page"') == 2  # in the navigation, and among the tabs
    assert f"/readings?case={court.case(case_id).number}" in unquote(
        visitor.get(f"/cases/{case_id}")
    )
    assert "谁看过" not in entered(app, court, "chief").get(f"/cases/{case_id}")
