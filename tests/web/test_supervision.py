"""监执单 and 流程节点 on the screens of those who have to do with them."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.court import ONE, Court
from tests.web.visits import entered, plain, row_of

TEAM = {True: ("one", "lead-one"), False: ("two", "lead-two")}


@pytest.fixture
def case_id(court: Court) -> int:
    """A case that the centre gave up on 2026-11-23."""
    found = court.file_many(1, "2026-08-20", simple=False)[0]
    court.sweep("2026-11-23")
    assert court.stint(found).stage == "intensive"
    return found


def test_it_is_filled_in_read_and_stands_on_the_case(app: Flask, court: Court, case_id) -> None:
    centre = entered(app, court, "centre")
    page = plain(centre.get("/supervision"))
    assert "待本团队填写 1" in page and "发出执行通知书、首次启动网络查控" in page
    assert "监执单 1" in page  # in the navigation
    centre.sent("/supervision/1", {"reasons": " "}, 422)
    page = centre.sent("/supervision/1", {"reasons": "查无下落。", "hints": "查外地。"})
    assert "监执单已填写" in page and "没有待办的监执单" in page
    _one, login = TEAM[court.stint(case_id).team_id == court.team(ONE).id]
    lead = entered(app, court, login)
    page = plain(lead.get("/supervision?tab=read"))
    assert "待我阅知 1" in page and "查无下落。" in page and "查外地。" in page
    assert "已阅" in lead.sent("/supervision/1/read")
    lead.sent("/supervision/1/read", {}, 409)
    tab = plain(lead.get(f"/cases/{case_id}?tab=sheets"))
    assert "未办节点" in tab and "查无下落。" in tab and "已阅" in tab
    assert "填写监执单 #1" in plain(lead.get(f"/cases/{case_id}"))


def test_the_nodes_of_a_case(app: Flask, court: Court, case_id: int) -> None:
    page = entered(app, court, "supervisor").get(f"/cases/{case_id}?tab=nodes")
    assert "已办" in row_of(page, "立案审查")
    assert "未办" in row_of(page, "发出执行通知书")
    assert "—" in row_of(page, "启动二拍")


def test_only_those_who_may(app: Flask, court: Court, case_id: int) -> None:
    entered(app, court, "supervisor").get("/supervision", 403)
    entered(app, court, "quick").sent("/supervision/1", {"reasons": "x"}, 404)
    entered(app, court, "centre").sent("/supervision/99", {"reasons": "x"}, 404)
    entered(app, court, "chief").sent("/supervision/1/read", {}, 403)
