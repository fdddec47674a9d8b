"""Does dormant care work on the screen: the list, a search in seconds, an application decided?"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.services import care, requests
from linshu.services.care import Consultation
from linshu.store.cases import Action, Case, Request
from linshu.store.db import db
from tests.court import Court, at
from tests.test_resuming import ON, applied, keepers, put, running, terminated
from tests.web.visits import Visitor, entered, plain, row_of

AT = f"{ON}T09:30"


@pytest.fixture
def dormant(court: Court) -> int:
    keepers(court)
    return terminated(court)


@pytest.fixture
def keeper(app: Flask, court: Court, dormant: int) -> Visitor:
    return entered(app, court, "keeper")


def seq(court: Court, case_id: int) -> int:
    return court.stint(case_id).seq


def test_the_list_says_what_is_next(court: Court, keeper: Visitor, dormant: int) -> None:
    number = court.case(dormant).number
    page = keeper.get("/dormant")
    row = row_of(page, number)
    assert "剩 22 天" in row and "2026-12-15" in row and "2026-06-15" in row
    assert "0 / 10 次" in row and "李四" in row and "1,000.00" in row
    assert "终本维护" in plain(page)
    for tab in ("applied", "over", "unplanned"):
        assert "没有这样的终本案件" in keeper.get(f"/dormant?tab={tab}")
    assert number in keeper.get("/dormant?tab=all&q=李四")
    assert number not in keeper.get("/dormant?tab=all&q=赵六")
    assert number in keeper.get("/dormant?tab=strange&page=99")


def test_many_are_recorded_at_once_and_what_is_refused_is_named(
    court: Court, keeper: Visitor, dormant: int
) -> None:
    other = terminated(court)
    words = {"case": [str(dormant), str(other)], "kind": "dormant_search", "text": "查无财产。"}
    assert "已登记 2 件" in keeper.sent("/dormant/record?tab=all", words)
    assert [running(id_)["dormant_search"].year for id_ in (dormant, other)] == [2027, 2027]
    page = keeper.sent("/dormant/record", words, 422)  # the same again, word for word
    assert "已登记 0 件,以下 2 件没有登记" in plain(page) and court.case(other).number in page
    assert "请先选择案件" in keeper.sent("/dormant/record", {"kind": "search_told"}, 422)
    keeper.sent("/dormant/record", words | {"kind": "receipt"}, 404)
    running_case = court.file(ON, resumed=True)
    page = keeper.sent("/dormant/record", words | {"case": [str(running_case)], "text": "x"}, 422)
    assert court.case(running_case).number not in page  # beyond one's scope nothing is named


def test_a_search_a_telling_and_a_consultation_from_the_case(
    court: Court, keeper: Visitor, dormant: int
) -> None:
    form = f"/cases/{dormant}/care/search"
    assert "查控结果或者告知情况" in keeper.get(f"{form}?kind=search_told")
    words = {"seq": seq(court, dormant), "happened_at": AT, "text": "无财产。"}
    page = keeper.sent(form, words | {"kind": "dormant_search"})
    assert "告知申请人查控结果" in page and "第 2 次" in page
    keeper.sent(form, words | {"kind": "search_told", "text": "电话告知。"})
    assert "search_told" not in running(dormant)
    keeper.sent(form, words | {"kind": "receipt"}, 422)
    asked = {"caller": "representative", "way": "visit", "question": "进展?", "answer": "尚无。"}
    form = f"/cases/{dormant}/care/consultation"
    stood = {"seq": seq(court, dormant), "happened_at": AT}
    page = keeper.sent(form, stood | asked)
    assert "代理人 · 来访" in page and "答:尚无。" in page
    assert "尚无。" in keeper.get("/dormant/consultations")
    keeper.sent(form, stood | asked | {"answer": " "}, 422)
    db.session.rollback()
    assert len(db.session.scalars(select(Action).where(Action.kind == "consultation")).all()) == 1


def test_an_application_is_reviewed_approved_and_both_pages_link(
    app: Flask, court: Court, keeper: Visitor, dormant: int
) -> None:
    stood = {"seq": seq(court, dormant)}
    words = {"source": "applied", "received_on": ON, "clue": "名下新购车辆"}
    page = keeper.sent(f"/cases/{dormant}/care/application", stood | words)
    assert "名下新购车辆" in page and "审查 #1" in plain(page)
    assert "待审查" in row_of(keeper.get("/dormant?tab=applied"), court.case(dormant).number)
    form = f"/cases/{dormant}/care/application/1"
    assert "名下新购车辆" in keeper.get(form)
    keeper.sent(form, stood | {"verdict": "put", "reason": " "}, 422)
    page = keeper.sent(form, stood | {"verdict": "put", "reason": "线索属实。"})
    assert "报批恢复执行" in page
    chief = entered(app, court, "chief")
    inbox = plain(chief.get("/requests"))
    assert "恢复执行 · 依申请" in inbox and "名下新购车辆" in inbox and "1,000.00" in inbox
    db.session.rollback()
    (number,) = db.session.scalars(select(Request.id).where(Request.kind == "resuming"))
    chief.sent(f"/requests/{number}/approve", {"reason": "同意。"})
    db.session.rollback()
    new = db.session.scalars(select(Case).where(Case.resumed_from_id == dormant)).one()
    old = plain(chief.get(f"/cases/{dormant}?tab=care"))
    assert "恢复执行,现为" in old and new.number in old and "已恢复" in old
    assert court.case(dormant).number in chief.get(f"/cases/{new.id}")
    assert "已恢复" in chief.get(f"/cases/{dormant}")
    assert f"另立新案 {new.number}" in plain(chief.get(f"/cases/{dormant}"))
    assert court.case(dormant).number not in keeper.get("/dormant?tab=all")


def test_turned_down_the_applicant_is_told(court: Court, keeper: Visitor, dormant: int) -> None:
    application = applied(court, dormant)
    form, stood = f"/cases/{dormant}/care/application/{application}", seq(court, dormant)
    words = {"seq": stood, "verdict": "down", "reason": "线索不实。"}
    assert "请写明如何告知申请人" in keeper.sent(form, words, 422)
    page = keeper.sent(form, words | {"told": "11月23日电话告知"})
    assert "不予恢复,已告知申请人" in page and "11月23日电话告知" in page
    keeper.sent(form, words | {"told": "再次"}, 409)
    keeper.get(f"/cases/{dormant}/care/application/99", 404)


def test_care_goes_on_only_when_the_plan_is_done(
    court: Court, keeper: Visitor, dormant: int
) -> None:
    words = {"seq": seq(court, dormant), "term": "care_continued", "reason": "仍有可能。"}
    page = keeper.sent(f"/cases/{dormant}/care/term", words, 409)
    assert "请先登记应做的查控" in page
    assert "五年" in keeper.get(f"/cases/{dormant}/care/term")


def test_who_reads_and_who_writes(app: Flask, court: Court, dormant: int) -> None:
    new = Consultation("other", "net", "问", "答", at(ON).at)
    care.consult(court.who("keeper"), dormant, new, at(ON, 10))
    for login in ("chief", "supervisor", "vice"):
        reader = entered(app, court, login)
        assert "终本维护" in plain(reader.get("/alerts")) and "李四" in reader.get("/dormant")
        assert "登记查控" not in reader.get(f"/cases/{dormant}?tab=care")
    stranger = entered(app, court, "quick")
    assert "李四" not in stranger.get("/dormant?tab=all")
    assert "其他人" not in stranger.get("/dormant/consultations")
    stood = {"seq": seq(court, dormant), "happened_at": AT, "kind": "search_told", "text": "x"}
    stranger.sent(f"/cases/{dormant}/care/search", stood, 404)
    entered(app, court, "chief").sent(f"/cases/{dormant}/care/search", stood, 403)
    entered(app, court, "supervisor").sent("/dormant/record", {}, 403)
    assert ">终本维护<" not in stranger.get("/desk")


def test_a_refused_request_is_reviewed_again(
    app: Flask, court: Court, keeper: Visitor, dormant: int
) -> None:
    application = applied(court, dormant)
    requests.refuse(court.who("chief"), put(court, dormant, application), "不实", at(ON))
    page = keeper.get(f"/cases/{dormant}?tab=care")
    assert "报批未获准,请再审查" in page and f"审查 #{application}" in plain(page)
