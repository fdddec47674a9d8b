"""Do the screens say that a clock stands still, why it is this date, what an approval would do?"""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from sqlalchemy import Select, select

from linshu.services import pauses, requests
from linshu.services.pauses import NewPause
from linshu.store.cases import Request
from linshu.store.clocks import Extension, Pause
from linshu.store.db import db
from tests.court import Court, at
from tests.web.test_overview import listed
from tests.web.visits import Visitor, entered, plain, row_of

WANTED = {
    "seq": 2,
    "kind": "expertise",
    "starts_on": "2026-11-16",
    "document": "(2026)鲁1329执鉴1号",
    "reason": "委托评估房产",
}


@pytest.fixture
def case_id(court: Court) -> int:
    """A case at quick from 11-02, due 12-02."""
    (found,) = court.file_many(1, "2026-11-02", simple=True)
    return found


@pytest.fixture
def quick(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "quick")


@pytest.fixture
def lead(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "quick-lead")


def paused(court: Court, case_id: int, start: str, end: str | None = None) -> int:
    """A pause asked for and approved on the day it begins."""
    new = NewPause("expertise", at(start).on, at(end).on if end else None, WANTED["document"])
    seq = court.stint(case_id).seq
    request_id = pauses.ask(court.who("quick"), case_id, seq, new, "委托评估", at(start))
    requests.approve(court.who("quick-lead"), request_id, "同意", at(start))
    return db.session.scalars(select(Pause.id).where(Pause.request_id == request_id)).one()


def now(query: Select) -> list:
    """What the database has now, whoever wrote it."""
    db.session.rollback()
    return list(db.session.scalars(query))


def seq_of(court: Court, case_id: int) -> dict[str, object]:
    return {**WANTED, "seq": court.stint(case_id).seq}


# Asked for, decided, ended -----------------------------------------------------------------------


def test_a_pause_from_the_form_to_the_inbox_to_the_case(
    court: Court, case_id: int, quick: Visitor, lead: Visitor
) -> None:
    page = quick.sent(f"/cases/{case_id}/pauses/new", seq_of(court, case_id))
    assert "已提交申请,等待审批;批准后期限才暂停。" in page
    assert "待审批" in page and "没有扣除。" in page  # the tab it leads to
    inbox = lead.get("/requests")
    assert re.search(r"审批 <span[^>]*>1</span>", inbox)
    waits = plain(inbox)
    assert "扣除执行期限 · 鉴定 · 速执 (速执团队) 自 2026-11-16 至 未定" in waits
    assert "依据:严格执行审限规定(2000)第九条 · 文书:(2026)鲁1329执鉴1号" in waits
    assert "阶段期限 2026-12-02 → 批准后 暂停" in waits
    assert "法定期限 2027-05-03 → 批准后 暂停" in waits
    (request_id,) = now(select(Request.id))
    lead.sent(f"/requests/{request_id}/approve", {"reason": "同意"})
    page = plain(quick.get(f"/cases/{case_id}"))
    assert (
        "阶段期限 · 速执 暂停 自 2026-11-16 起暂停 · 鉴定 · (2026)鲁1329执鉴1号 已扣除 8 天" in page
    )
    assert "法定执行期限 · 六个月 暂停 自立案 2026-11-02 起算 自 2026-11-16 起暂停" in page
    clocks = page.partition("阶段期限")[2].partition("流转过程")[0].partition("届满后")[0]
    assert "届满 " not in clocks and "2026-12-02" not in clocks and " 剩" not in clocks
    assert "暂停期间不流转;恢复后届满的 → 指挥中心 · 执行指挥中心" in page


def test_a_pause_is_ended_from_the_tab_and_the_dates_come_back(
    court: Court, case_id: int, quick: Visitor
) -> None:
    pause_id = paused(court, case_id, "2026-11-16")
    tab = quick.get(f"/cases/{case_id}?tab=clocks")
    assert f"/cases/{case_id}/pauses/{pause_id}/end" in tab
    assert "2026-11-16" in quick.get(f"/cases/{case_id}/pauses/{pause_id}/end")
    data = {"seq": court.stint(case_id).seq, "last_on": "2026-11-20", "reason": "评估报告已收"}
    page = plain(quick.sent(f"/cases/{case_id}/pauses/{pause_id}/end", data))
    assert "扣除已结束,期限恢复计算。" in page
    assert "剩 14 天 2026-12-07(周一) 届满" in page and "已扣除 5 天" in page
    row = row_of(quick.get(f"/cases/{case_id}?tab=clocks"), "鉴定")
    assert "2026-11-16 2026-11-20 阶段期限、法定期限" in row
    assert "速执长" in row and "速执甲 2026-11-23" in row
    answer = quick.post(f"/cases/{case_id}/pauses/{pause_id}/end", data)
    assert answer.status_code == 409


def test_what_was_typed_stays_when_it_will_not_do(
    court: Court, case_id: int, quick: Visitor
) -> None:
    page = quick.sent(
        f"/cases/{case_id}/pauses/new",
        {**seq_of(court, case_id), "kind": "other", "starts_on": "2026-11-18"},
        422,
    )
    assert "请写明法律依据" in page
    assert 'value="2026-11-18"' in page and "委托评估房产" in page
    assert re.search(r'<option selected[^>]*value="other"', page)
    future = {**seq_of(court, case_id), "starts_on": "2026-11-24"}
    assert "日期不能晚于今天" in quick.sent(f"/cases/{case_id}/pauses/new", future, 422)
    stale = {**WANTED, "seq": court.stint(case_id).seq + 1}
    assert quick.post(f"/cases/{case_id}/pauses/new", stale).status_code == 409


@pytest.mark.parametrize("login", ["one", "president", "supervisor", "clerk"])
def test_others_see_no_buttons_and_get_nowhere(
    app: Flask, court: Court, case_id: int, login: str
) -> None:
    other = entered(app, court, login)
    answer = other.post(f"/cases/{case_id}/pauses/new", seq_of(court, case_id))
    assert answer.status_code in (403, 404)
    if login in ("president", "supervisor"):
        tab = other.get(f"/cases/{case_id}?tab=clocks")
        assert "没有扣除。" in tab and "pauses/new" not in tab
    assert now(select(Request.id)) == []


# Why this date --------------------------------------------------------------------------------


def test_why_tells_each_step_and_draws_it(court: Court, case_id: int, quick: Visitor) -> None:
    paused(court, case_id, "2026-11-09", "2026-11-11")
    page = quick.get(f"/cases/{case_id}/why")
    steps = plain(page)
    assert "速执 (1 个月)" in steps and "法定执行期限 (6 个月)" in steps
    for step in (
        "自 2026-11-02（周一）起算，开始当日不计入。 民法典第201条、民诉法第85条",
        "期限为1个月，到 2026-12-02（周三）。 规则 linshu-2021",
        "鉴定：2026-11-09 至 2026-11-11 共 3 天不计入，期限顺延 3 天。 严格执行审限规定(2000)",
        "补足不计入的天数后，到 2026-12-05（周六）。",
        "2026-12-05（周六）不上班，顺延到次日。 民法典第203条、民诉法第85条",
        "最后一天是 2026-12-07（周一），当天全天有效，过了当天才算超期。",
    ):
        assert step in steps, step
    drawn = page.partition('id="why-stage"')[2].partition('id="why-statutory"')[0]
    marks = re.findall(r'<td class="is-(\w+)">(\d+)', drawn)
    assert ("start", "2") in marks and ("first", "3") in marks and ("last", "7") in marks
    assert [day for mark, day in marks if mark == "paused"] == ["9", "10", "11"]
    assert [day for mark, day in marks if mark == "rolled"] == ["5", "6"]
    assert 'role="img" aria-label="计算期限的日历,自 2026-11-02 起' in drawn
    statutory = page.partition('id="why-statutory"')[2]
    assert "⋯" in statutory  # months in which nothing begins or ends are folded
    assert "暂按周末计算" in statutory


def test_the_case_leads_to_why_and_the_tab_tells_the_same(
    court: Court, case_id: int, quick: Visitor
) -> None:
    paused(court, case_id, "2026-11-16")
    page = quick.get(f"/cases/{case_id}")
    assert f'href="/cases/{case_id}/why"' in page
    why = "鉴定：自 2026-11-16 起暂停计算，结束前没有届满日。"
    assert why in plain(quick.get(f"/cases/{case_id}?tab=clocks"))
    assert why in plain(quick.get(f"/cases/{case_id}/why"))


def test_why_from_the_command_line(app: Flask, court: Court, case_id: int) -> None:
    paused(court, case_id, "2026-11-09", "2026-11-11")
    number = court.case(case_id).number
    runner = app.test_cli_runner()
    said = runner.invoke(args=["why", number, "--json"])
    assert said.exit_code == 0, said.output
    facts = json.loads(said.output)
    assert facts["case"] == number
    stage, statutory = facts["clocks"]
    assert (stage["clock"], stage["starts_on"], stage["due_on"]) == (
        "stage",
        "2026-11-02",
        "2026-12-07",
    )
    assert {**stage["steps"][2], "text": ""} == {
        "kind": "excluded",
        "on": "2026-11-09",
        "until": "2026-11-11",
        "days": 3,
        "what": "鉴定",
        "source": "严格执行审限规定(2000)第九条",
        "text": "",
    }
    assert statutory["provisional"] and statutory["steps"][-1]["kind"] == "provisional"
    plainly = runner.invoke(args=["why", number])
    assert "速执(1个月)" in plainly.output and "最后一天是 2026-12-07（周一）" in plainly.output
    assert runner.invoke(args=["why", "（2026）鲁1329执999号"]).exit_code == 1


def test_why_while_paused_has_no_date(app: Flask, court: Court, case_id: int) -> None:
    paused(court, case_id, at("2026-11-16").on.isoformat())
    said = app.test_cli_runner().invoke(args=["why", court.case(case_id).number, "--json"])
    for clock in json.loads(said.output)["clocks"]:
        assert (clock["due_on"], clock["paused_since"]) == (None, "2026-11-16")
        assert clock["steps"][-1]["kind"] == "stopped"


# Extensions -----------------------------------------------------------------------------------


@pytest.fixture
def late_one(court: Court) -> int:
    """A case filed 05-26, whose statutory limit ends 11-26: the last five days began on 11-22."""
    (found,) = court.file_many(1, "2026-05-26", simple=False)
    for _ in range(9):
        due_on = court.stint(found).due_on
        assert due_on is not None
        if due_on >= at("2026-11-23").on:
            break
        court.sweep(due_on.fromordinal(due_on.toordinal() + 1))
    return found


def holder_of(app: Flask, court: Court, case_id: int) -> Visitor:
    """Somebody of the team or post that holds a case."""
    for login in ("lead-one", "lead-two", "one", "two", "chief"):
        visitor = entered(app, court, login)
        answer = visitor.ask(f"/cases/{case_id}?tab=clocks")
        if answer.status_code == 200 and "/extension" in answer.get_data(as_text=True):
            return visitor
    raise AssertionError("nobody holds it")


def test_an_extension_from_the_form_to_the_president(
    app: Flask, court: Court, late_one: int
) -> None:
    holder = holder_of(app, court, late_one)
    url = f"/cases/{late_one}/extension"
    assert "可提出的日期为 2026-11-22 至 2026-11-26" in holder.get(url)
    data = {"seq": court.stint(late_one).seq, "months": 2, "reason": "房产正在拍卖"}
    assert "1 至 3 个月" in holder.sent(url, {**data, "months": 4}, 422)
    holder.sent(url, data)
    president = entered(app, court, "president")
    waits = plain(president.get("/requests"))
    assert "延长执行期限 · 2 个月" in waits
    assert "批准后不变" in waits  # the stage clock
    assert "法定期限 2026-11-26 → 批准后 2027-01-26" in waits
    (request_id,) = now(select(Request.id).where(Request.kind == "extension"))
    president.sent(f"/requests/{request_id}/approve", {"reason": ""})
    assert now(select(Extension.months)) == [2]
    page = plain(holder.get(f"/cases/{late_one}?tab=clocks"))
    assert "已延长 2 个月" in page and "法定执行期限延长 2 个月 · 审批人 院长甲 2026-11-23" in page
    assert "经批准延长2个月，到 2027-01-26（周二）。 严格执行审限规定(2000)第五条" in page


def test_too_early_is_refused_with_the_days_that_would_do(
    court: Court, case_id: int, quick: Visitor
) -> None:
    url = f"/cases/{case_id}/extension"
    form = quick.get(url)
    assert "可提出的日期为 2027-04-29 至 2027-05-03" in form and "今天不在可提出的日期内" in form
    data = {"seq": court.stint(case_id).seq, "months": 1, "reason": "房产正在拍卖"}
    page = quick.sent(url, data, 422)
    assert "可提出的日期为2027-04-29至2027-05-03" in page and "房产正在拍卖" in page


# Lists ----------------------------------------------------------------------------------------


def test_every_list_shows_what_is_paused_and_counts_it(
    app: Flask, court: Court, case_id: int, quick: Visitor
) -> None:
    paused(court, case_id, "2026-11-16")
    number = court.case(case_id).number
    badge = "暂停 · 鉴定 自 2026-11-16"
    desk = quick.get("/desk?tab=unclaimed")
    assert badge in row_of(desk, number)
    chief = entered(app, court, "chief")
    team = court.stint(case_id).team_id
    for url in (f"/team?team={team}", f"/cases?q={number}", "/cases/list?due=paused"):
        assert badge in row_of(chief.get(url), number), url
    overview = chief.get("/overview")
    assert "已暂停 1 件" in overview
    assert listed(chief, "/cases/list?due=paused") == 1
    assert badge in plain(quick.get(f"/desk/sheet?case={case_id}"))


def test_the_desk_has_a_tab_for_what_is_paused(
    app: Flask, court: Court, case_id: int, quick: Visitor
) -> None:
    quick.sent(f"/team/claim/{case_id}", {"seq": court.stint(case_id).seq})
    paused(court, case_id, "2026-11-23")
    page = quick.get("/desk?tab=paused")
    assert court.case(case_id).number in page
    assert re.search(r"已暂停 <span[^>]*>1</span>", page)


def test_a_pause_that_goes_on_too_long_is_brought_up(
    app: Flask, court: Court, quick: Visitor
) -> None:
    ids = court.file_many(2, "2026-09-01", simple=True)
    paused(court, ids[0], "2026-09-24")  # 60 days for an expertise: too long from 11-23
    paused(court, ids[1], "2026-09-25")
    chief = entered(app, court, "chief")
    assert "扣除期限超过该类时长、应当核查 1 件" in chief.get("/overview")
    page = chief.get("/overview/long_paused")
    assert court.case(ids[0]).number in page and court.case(ids[1]).number not in page


def test_a_case_past_its_statutory_limit_shows_it_everywhere(app: Flask, court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-05-22", simple=False)  # until 11-23 (11-22: Sunday)
    (older,) = court.file_many(1, "2026-05-19", simple=False)  # until 11-19
    for day in ("2026-08-25", "2026-09-29", "2026-10-30", "2026-11-02"):
        court.sweep(day)
    chief, number = entered(app, court, "chief"), court.case(older).number
    team = court.stint(older).team_id
    for url in (
        f"/team?team={team}&tab=claimable",
        f"/cases?q={number}",
        "/cases/list?due=statutory",
    ):
        assert "超法定" in row_of(chief.get(url), number), url
    assert "超法定" in plain(chief.get(f"/cases/{older}")).partition("阶段期限")[0]
    assert "超法定" not in plain(chief.get(f"/cases/{case_id}")).partition("阶段期限")[0]
    assert "超法定" in plain(chief.get(f"/desk/sheet?case={older}"))
    assert listed(chief, "/cases/list?due=statutory") == 1


# The log --------------------------------------------------------------------------------------


def test_the_log_tells_of_a_pause_in_words(court: Court, case_id: int, quick: Visitor) -> None:
    pause_id = paused(court, case_id, "2026-11-16")
    data = {"seq": court.stint(case_id).seq, "last_on": "2026-11-20", "reason": "评估报告已收"}
    quick.sent(f"/cases/{case_id}/pauses/{pause_id}/end", data)
    log = plain(quick.get(f"/cases/{case_id}/log"))
    for said in (
        "申请扣除执行期限(鉴定),申请 #1。 理由:委托评估",
        "扣除执行期限(鉴定):自 2026-11-16 起,至 未定;依据:严格执行审限规定(2000)第九条;",
        "阶段期限重新计算(扣除执行期限):2026-12-02 → 暂停。",
        "鉴定结束,最后一天为 2026-11-20,期限恢复计算。 理由:评估报告已收",
        "阶段期限重新计算(扣除执行期限):暂停 → 2026-12-07。",
    ):
        assert said in log, said
    assert "None" not in log


def test_a_closed_case_tells_how_long_it_stood_still(
    app: Flask, court: Court, case_id: int, quick: Visitor
) -> None:
    paused(court, case_id, "2026-11-16")
    court.close(case_id, "执行完毕", at("2026-11-23"), "quick", "已履行")
    page = plain(quick.get(f"/cases/{case_id}?tab=clocks"))
    assert "已扣除 8 天" in page and "随案件结案 2026-11-23" in page
    assert "案件没有计算中的期限" in page
    assert "暂停 ·" not in page


def test_the_points_tab_says_what_came_back(app: Flask, court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-10-19", simple=True)
    new = NewPause("expertise", at("2026-11-16").on, None, WANTED["document"])
    seq = court.stint(case_id).seq
    request_id = pauses.ask(court.who("quick"), case_id, seq, new, "委托评估", at("2026-11-17"))
    court.sweep("2026-11-20")
    lead = entered(app, court, "quick-lead")
    assert "批准后退回 1 次届满流转的积分,案件不回转。" in lead.get("/requests")
    lead.sent(f"/requests/{request_id}/approve", {"reason": ""})
    points = plain(entered(app, court, "chief").get(f"/cases/{case_id}?tab=points"))
    assert points.count("退回") == 2


def test_what_people_write_is_shown_as_they_wrote_it(
    court: Court, case_id: int, quick: Visitor, lead: Visitor
) -> None:
    odd = "<b>{x} %(y)s {{ 7*7 }}</b>"
    data = {**seq_of(court, case_id), "document": odd, "ground": odd, "reason": odd}
    quick.sent(f"/cases/{case_id}/pauses/new", data)
    (request_id,) = now(select(Request.id))
    pages = [lead.ask("/requests"), quick.ask(f"/cases/{case_id}?tab=clocks")]
    lead.sent(f"/requests/{request_id}/approve", {"reason": odd})
    pages += [quick.ask(f"/cases/{case_id}{at}") for at in ("", "?tab=clocks", "/why", "/log")]
    for page in pages:
        assert "&lt;b&gt;{x} %(y)s {{ 7*7 }}&lt;/b&gt;" in page.get_data(as_text=True)
