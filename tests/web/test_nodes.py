"""节点预警 and 督办 on the screens: the list, the tick, the desk, the answer, the end."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from linshu.services import claiming
from tests.court import Court, at
from tests.web.visits import Visitor, entered, plain, row_of, rows

PICK = re.compile(r'name="pick" value="([^"]+)"')


@pytest.fixture
def case_id(court: Court) -> int:
    """A case of the quick team, claimed a week ago: its notice is overdue."""
    found = court.file_many(1, "2026-11-16", simple=True)[0]
    claiming.claim(court.who("quick"), found, None, at("2026-11-16"))
    return found


def order(supervisor: Visitor, picks: list[str], status: int = 303, **fields: str) -> str:
    usual = {"text": "请于三日内发出。", "days": "3"}
    return plain(supervisor.sent("/nodes", {**usual, **fields, "pick": picks}, status))


def test_a_warning_is_found_ordered_done_answered_and_settled(
    app: Flask, court: Court, case_id: int
) -> None:
    supervisor, quick = entered(app, court, "supervisor"), entered(app, court, "quick")
    page = supervisor.get("/nodes")
    assert "超期 4 天" in row_of(page, "发出执行通知书、报告财产令")
    assert "未处理 1 已督办 0" in plain(page)
    (pick,) = PICK.findall(page)
    said = order(supervisor, [pick])
    assert "已督办 1 件" in said and "未处理 0 已督办 1" in said
    desk = plain(quick.get("/desk"))
    assert "节点预警 1" in desk and "督办 1 待办理" in desk
    assert "督办" in row_of(quick.get("/alerts"), "督办")
    page = plain(quick.get(f"/cases/{case_id}?tab=orders"))
    assert "督办 1" in page and "请于三日内发出。" in page and "监督甲" in page
    log = f"/cases/{case_id}/record"
    seq = {"seq": "2", "kind": "other", "node": "notice", "happened_at": "2026-11-23T09:30"}
    quick.sent(log, {**seq, "text": "已送达执行通知书。"})
    listed = supervisor.get("/nodes?state=settled")
    assert "已补办" in row_of(listed, "发出执行通知书")
    quick.sent("/orders/1/answer", {"text": ""}, 422)
    assert "已处理督办 #1" in plain(quick.sent("/orders/1/answer", {"text": "已送达。"}))
    assert "节点预警 1" in plain(supervisor.get("/overview"))  # the supervisor's turn
    page = plain(supervisor.sent("/orders/1/settle", {"text": "", "days": ""}))
    assert "已了结" in page and "已送达。" in page
    assert "督办 #1(发出执行通知书、报告财产令)了结" in plain(supervisor.get(f"/cases/{case_id}"))
    assert "未处理 0 已督办 0 已补办,待了结 0" in plain(supervisor.get("/nodes"))


def test_many_at_once_say_what_could_not_be_ordered(app: Flask, court: Court, case_id: int) -> None:
    other = court.file_many(1, "2026-11-02", simple=True)[0]  # unclaimed: its limit is over too
    supervisor = entered(app, court, "supervisor")
    picks = PICK.findall(supervisor.get("/nodes"))
    assert len(picks) == 2
    order(supervisor, picks[:1])
    said = order(
        supervisor, [*picks, "node:1:999", "nonsense", "countdown:x:1", "node:99:003"], 409
    )
    assert "已督办 1 件" in said and "尚未了结" in said
    assert said.count("未督办:") == 3
    assert "督办 1" in plain(supervisor.get(f"/cases/{other}?tab=orders"))


def test_nothing_ticked_or_nothing_said(app: Flask, court: Court, case_id: int) -> None:
    supervisor = entered(app, court, "supervisor")
    (pick,) = PICK.findall(supervisor.get("/nodes"))
    page = supervisor.sent("/nodes", {"text": "办。", "days": "3"}, 422)
    assert "请先勾选" in page and "办。" in page
    supervisor.sent("/nodes", {"text": "", "days": "3", "pick": [pick]}, 422)
    said = order(supervisor, [pick], 409, days="", due_on="2026-11-22")
    assert "未督办:督办期限不能早于今天" in said


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("?about=countdown", 2),
        ("?about=node", 0),
        ("?key=enforcement_notice", 1),
        ("?due=late", 2),
        ("?due=soon", 0),
        ("?state=ordered", 0),
        ("?about=x&key=x&team=x&due=x&page=x", 0),
    ],
)
def test_the_filters(app: Flask, court: Court, case_id: int, query: str, found: int) -> None:
    court.file_many(1, "2026-11-02", simple=True)
    page = entered(app, court, "centre").get(f"/nodes{query}")
    assert len([row for row in rows(page) if "鲁1329" in row]) == found


def test_each_sees_his_own_team_and_the_court_those_who_may(
    app: Flask, court: Court, case_id: int
) -> None:
    for login in ("quick", "quick-lead", "centre", "chief", "vice", "president", "supervisor"):
        assert "未处理 1" in plain(entered(app, court, login).get("/nodes")), login
    for login in ("one", "clerk", "lead-two"):
        assert "未处理 0" in plain(entered(app, court, login).get("/nodes")), login
    for login in ("system", "audit", "filing"):
        entered(app, court, login).get("/nodes", 403)
    assert not PICK.findall(entered(app, court, "centre").get("/nodes"))  # watches, orders nothing
    entered(app, court, "centre").sent("/nodes", {"text": "办。", "pick": ["node:1:003"]}, 403)


def test_an_order_about_one_case_sent_back_and_withdrawn(
    app: Flask, court: Court, case_id: int
) -> None:
    chief, quick = entered(app, court, "chief"), entered(app, court, "quick")
    url = f"/cases/{case_id}/orders"
    assert "其他事项" in chief.get(url)
    chief.sent(url, {"seq": "2", "what": "matter:", "text": " ", "days": "5"}, 422)
    fields = {"seq": "2", "what": "matter:", "text": "请约谈申请人。", "days": "5"}
    assert "已督办" in plain(chief.sent(url, fields))
    quick.sent("/orders/1/answer", {"text": "已约谈。"})
    chief.sent("/orders/1/return", {"text": "", "days": "3"}, 422)
    page = plain(chief.sent("/orders/1/return", {"text": "请附笔录。", "days": "3"}))
    assert "待办理" in page and "请附笔录。" in page
    quick.sent("/orders/1/settle", {"text": "x"}, 403)
    entered(app, court, "vice").sent("/orders/1/withdraw", {"text": "x"}, 403)
    assert "已撤回" in plain(chief.sent("/orders/1/withdraw", {"text": "不再需要。"}))
    chief.sent("/orders/1/withdraw", {"text": "再撤。"}, 409)
    chief.sent("/orders/1/dance", {"text": "x"}, 404)
    entered(app, court, "one").get("/orders/1", 404)
    chief.get("/orders/99", 404)


def test_a_closed_case_is_archived(app: Flask, court: Court, case_id: int) -> None:
    court.close(case_id, "执行完毕", "2026-11-20", "quick")
    quick, url = entered(app, court, "quick"), f"/cases/{case_id}/archive"
    assert url in quick.get(f"/cases/{case_id}")
    assert url not in entered(app, court, "supervisor").get(f"/cases/{case_id}")
    quick.sent(url, {"seq": "2", "number": "卷12", "on": "2026-11-19"}, 422)
    page = quick.sent(url, {"seq": "2", "number": "卷12", "on": "2026-11-23"})
    assert "已归档" in page and "卷12" in page
    assert "已办" in row_of(quick.get(f"/cases/{case_id}?tab=nodes"), "归档")
    quick.sent(url, {"seq": "2", "number": "卷13", "on": "2026-11-23", "reason": ""}, 422)
    right = {"seq": "2", "number": "卷13", "on": "2026-11-23", "reason": "写错。"}
    assert "卷13" in quick.sent(url, right)
    entered(app, court, "one").get(url, 404)
