"""Do the screens say what else runs out, and does the record box take what starts and meets it?"""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from linshu.services import claiming, recording
from linshu.services.recording import NewAction
from tests.court import Court, at
from tests.web.visits import HTMX, Visitor, entered, plain, row_of, rows, said

SEEN = {"seq": 2, "kind": "call", "text": "已办。", "happened_at": "2026-11-23T09:30"}


@pytest.fixture
def case_id(court: Court) -> int:
    """A case at quick, filed on Friday 11-13, handled since Tuesday 11-17: no notice yet."""
    (case_id,) = court.file_many(1, "2026-11-13", simple=True)
    claiming.claim(court.who("quick"), case_id, None, at("2026-11-17"))
    return case_id


@pytest.fixture
def quick(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "quick")


def add(court: Court, case_id: int, kind: str, on: str, **more) -> None:
    hour = more.pop("hour", 9)
    new = NewAction(kind, "已办。", at(on, hour).at, **more)
    recording.record(court.who("quick"), case_id, None, new, at(on, hour, 30))


def counted(page: str, tab: str) -> int:
    """The number on a tab."""
    tabs = plain(page.partition("card-header-tabs")[2].partition("</ul>")[0])
    return int(tabs.partition(tab)[2].split()[0])


# The desk -----------------------------------------------------------------------------------------


def test_the_desk_lists_what_else_runs_out_first_to_end_first(
    court: Court, case_id: int, quick: Visitor
) -> None:
    add(court, case_id, "clue", "2026-11-18")
    add(court, case_id, "receipt", "2026-11-20", amount_fen=100)
    add(court, case_id, "detention", "2026-11-22", hour=11, until_on=date(2026, 12, 6))
    add(court, case_id, "movables_announced", "2026-11-20")
    page = quick.get("/desk?tab=others")
    assert counted(page, "其他期限") == 6
    number = court.case(case_id).number
    assert [row.replace(f"{number} ", "") for row in rows(page)[1:]] == [
        "超期 3 天 发出执行通知书、报告财产令 法发〔2006〕35号第四条、第五条 2026-11-20(周五) "
        "2026-11-17",
        "今日届满 通知被拘留人家属 民诉法解释第一百八十条 2026-11-23 12:00 2026-11-22",
        "剩 2 天 核查财产线索 财产调查规定(2020)第二条 2026-11-25(周三) 2026-11-18",
        "12 天后可以进行 动产拍卖公告期满 网络司法拍卖规定第十二条 2026-12-05(周六) 2026-11-20",
        "剩 13 天 拘留期满 民事诉讼法第一百一十八条 2026-12-06(周日) 2026-11-22",
        "剩 28 天 发放执行款 法发〔2017〕6号 2026-12-21(周一) 2026-11-20",
    ]


def test_the_hour_passes(app: Flask, court: Court, case_id: int) -> None:
    add(court, case_id, "detention", "2026-11-22", hour=11, until_on=date(2026, 12, 6))
    app.config["LINSHU_CLOCK"] = lambda: at("2026-11-23", 12, 1).at
    later = entered(app, court, "quick")
    assert "已超时" in row_of(later.get("/desk?tab=others"), "通知被拘留人家属")


def test_a_lead_sees_the_team_s_and_nobody_else_does(
    app: Flask, court: Court, case_id: int
) -> None:
    court.file_many(1, "2026-11-19", simple=True)  # nobody has taken it
    page = entered(app, court, "quick-lead").get("/desk?tab=others")
    assert counted(page, "其他期限") == 2
    assert "剩 3 天" in row_of(page, "确定承办人") and "超期 3 天" in row_of(page, "执行通知书")
    assert counted(entered(app, court, "quick").get("/desk"), "其他期限") == 1
    for login in ("one", "lead-one", "clerk", "chief"):
        page = entered(app, court, login).get("/desk?tab=others")
        assert "没有其他期限" in page and counted(page, "其他期限") == 0


def test_the_list_has_pages(court: Court, case_id: int, quick: Visitor) -> None:
    for day in range(1, 42):
        until = date.fromordinal(date(2027, 1, 1).toordinal() + day)
        add(court, case_id, "seizure", "2026-11-20", until_on=until)
    assert "1–38 / 42" in plain(quick.get("/desk?tab=others"))
    assert "39–42 / 42" in plain(quick.get("/desk?tab=others&page=2"))
    assert "39–42 / 42" in plain(quick.get("/desk?tab=others&page=99"))


# The case -----------------------------------------------------------------------------------------


def test_the_case_says_what_runs_and_what_was_met(
    court: Court, case_id: int, quick: Visitor
) -> None:
    add(court, case_id, "notice", "2026-11-23", hour=8)
    add(court, case_id, "clue", "2026-11-18")
    page = quick.get(f"/cases/{case_id}?tab=countdowns")
    assert counted(page, "其他期限") == 1
    assert [row.split()[0] for row in rows(page)[1:]] == ["剩", "逾期完成", "已完成"]
    assert "2026-11-20(周五) 2026-11-17 2026-11-23" in row_of(page, "执行通知书")
    log = plain(quick.get(f"/cases/{case_id}"))
    assert "开始计时:核查财产线索,2026-11-25 届满。" in log
    assert "完成:发出执行通知书、报告财产令(期限 2026-11-20)。" in log


def test_supervisor_and_chief_are_shown_the_cases_with_something_overdue(
    app: Flask, court: Court, case_id: int
) -> None:
    (other,) = court.file_many(1, "2026-11-20", simple=True)
    for login in ("chief", "supervisor"):
        visitor = entered(app, court, login)
        assert "等期限已过 1 件" in plain(visitor.get("/overview"))
        page = visitor.get("/overview/countdowns")
        assert court.case(case_id).number in page and court.case(other).number not in page
    add(court, case_id, "notice", "2026-11-23", hour=8)
    assert "等期限已过" not in entered(app, court, "chief").get("/overview")


def test_an_earliest_day_that_has_come_is_nothing_overdue(
    app: Flask, court: Court, case_id: int
) -> None:
    add(court, case_id, "notice", "2026-11-18")
    add(court, case_id, "movables_announced", "2026-11-18")
    app.config["LINSHU_CLOCK"] = lambda: at("2026-12-07").at
    assert "等期限已过" not in entered(app, court, "chief").get("/overview")
    page = entered(app, court, "quick").get(f"/cases/{case_id}?tab=countdowns")
    assert "可以进行" in row_of(page, "动产拍卖公告期满")


# Recording ----------------------------------------------------------------------------------------


def test_the_other_nodes_stand_in_a_list_of_groups(case_id: int, quick: Visitor) -> None:
    page = quick.get(f"/cases/{case_id}")
    assert page.count('type="radio"') == 7
    assert '<optgroup label="查封、扣押、冻结">' in page
    assert '<option value="seizure_renewed">' in page and '<option selected value="">' in page
    assert 'type="date"' in page


def test_a_node_is_recorded_with_the_end_that_its_document_names(
    court: Court, case_id: int, quick: Visitor
) -> None:
    new = SEEN | {"node": "seizure", "until_on": "2027-11-22"}
    page = plain(quick.sent(f"/cases/{case_id}/record", new))
    assert "登记执行行为:查封。 已办。 期满日 2027-11-22" in page
    line = row_of(quick.get(f"/cases/{case_id}?tab=countdowns"), "冻结到期")
    assert "2027-11-22(周一)" in line
    assert "查封" in row_of(quick.get("/desk"), court.case(case_id).number)


def test_the_one_that_is_meant_can_be_chosen(court: Court, case_id: int, quick: Visitor) -> None:
    for until in ("2027-11-19", "2029-11-19"):
        add(court, case_id, "seizure", "2026-11-20", until_on=date.fromisoformat(until))
    page = quick.get(f"/cases/{case_id}")
    house = page.partition("到期 · 2029-11-19")[0].rpartition('value="')[2].partition('"')[0]
    new = SEEN | {"node": "seizure_lifted", "about": house}
    quick.sent(f"/cases/{case_id}/record", new)
    running = [row for row in rows(quick.get(f"/cases/{case_id}?tab=countdowns")) if "剩" in row]
    assert any("2027-11-19" in row for row in running)
    assert not any("2029-11-19" in row for row in running)


def test_with_htmx_the_box_comes_back_with_what_runs_now(case_id: int, quick: Visitor) -> None:
    url = f"/cases/{case_id}/record"
    answer = quick.post(url, SEEN | {"node": "clue"}, headers=HTMX)
    assert answer.status_code == 200 and "核查财产线索 · 2026-11-30" in said(answer)
    bad = quick.post(url, SEEN | {"node": "seizure"}, headers=HTMX)
    assert bad.status_code == 422 and '<option selected value="seizure">' in said(bad)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"node": "seizure"}, "请填写期满日"),
        ({"node": "seizure", "until_on": "soon"}, ""),
        ({"node": "seizure", "until_on": "2026-11-22"}, "不能早于起始日"),
        ({"node": "seizure", "until_on": "9999-12-31"}, "1096 日"),
        ({"node": "detention", "until_on": "2026-12-09"}, "15 日"),
        ({"until_on": "2026-12-09"}, "只有查封、扣押、冻结、续行和拘留填写期满日"),
        ({"node": "handler"}, ""),
        ({"node": "paid_out"}, "到账、案款发放、迟延履行利息须填写金额"),
        ({"node": "family_told", "about": "1"}, "与所选的期限不符"),
        ({"node": "paid_out", "amount": "5"}, "超过到账合计"),
        ({"node": "clue_checked", "about": "999999"}, "与所选的期限不符"),
        ({"node": "clue_checked", "about": "x"}, ""),
        ({"kind": "seizure"}, ""),
    ],
)
def test_bad_input_is_told_and_changes_nothing(
    case_id: int, quick: Visitor, wrong: dict, why: str
) -> None:
    page = quick.sent(f"/cases/{case_id}/record", SEEN | wrong, 422)
    assert why in page and "已办。" in page
    assert "登记执行行为" not in plain(quick.get(f"/cases/{case_id}"))


def test_an_auction_that_comes_too_early_is_told_the_day(
    court: Court, case_id: int, quick: Visitor
) -> None:
    add(court, case_id, "estate_announced", "2026-11-20")
    page = quick.sent(f"/cases/{case_id}/record", SEEN | {"node": "auction"}, 422)
    assert "不动产拍卖公告期满须满期限:2026-12-20之前不能进行。" in page


def test_a_node_is_put_right(court: Court, case_id: int, quick: Visitor) -> None:
    add(court, case_id, "seizure", "2026-11-20", until_on=date(2027, 11, 19))
    url = f"/cases/{case_id}/correct/1"
    form = quick.get(url)
    assert '<option selected value="seizure">' in form and 'value="2027-11-19"' in form
    fixed = SEEN | {"happened_at": "2026-11-20T09:00", "reason": "看错日期"}
    quick.sent(url, fixed | {"node": "seizure", "until_on": "2027-11-12"})
    assert "2027-11-12" in row_of(quick.get(f"/cases/{case_id}?tab=countdowns"), "冻结到期")
    quick.sent(f"/cases/{case_id}/correct/2", fixed)  # a call after all
    assert "冻结到期" not in quick.get(f"/cases/{case_id}?tab=countdowns")
    assert "停止计时(更正):查封、扣押、冻结到期。" in plain(quick.get(f"/cases/{case_id}"))
