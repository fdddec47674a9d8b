"""Does the calendar screen bring a year's list in, past the chief, and out again?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO

import pytest
import xlsxwriter
from flask import Flask

from linshu.store import queries
from linshu.store.db import db
from tests.court import Court
from tests.web.test_policy import seen, version
from tests.web.visits import Visitor, entered, plain, row_of

TEXT = """2027-01-01 至 2027-01-03 放假 元旦

2027年5月1日至2027年5月5日 放假 劳动节
2027-05-08 上班
2027/5/9   补班
"""
FORM = {
    "year": "2027",
    "source": "国办发明电〔2026〕7号",
    "lines": TEXT,
    "reason": "国务院办公厅已公布。",
}


@pytest.fixture
def admin(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "system")


@pytest.fixture
def chief(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "chief")


@pytest.fixture
def case_id(court: Court) -> int:
    """A case whose limits end in the year that is not published yet."""
    (found,) = court.file_many(1, "2026-11-20", simple=False)
    return found


def test_a_year_with_its_days_off_and_make_up_days(admin: Visitor) -> None:
    page = admin.get("/calendar?year=2026")
    assert "国务院办公厅关于节假日安排的通知" in page
    assert page.count('<table class="month">') == 12
    assert 'title="春节"' in page
    assert 'class="day-off ' in page and 'class="day-work ' in page and "day-today" in page
    assert "暂按周末计算" in admin.get("/calendar?year=2027")
    assert admin.ask("/calendar?year=99999").status_code == 200


def test_the_list_that_should_be_here_is_missed(app: Flask, court: Court) -> None:
    for login in ("system", "chief"):
        visitor = entered(app, court, login)
        assert "2027 年的放假安排尚未录入" in plain(visitor.get("/calendar"))
        assert "日历 1" in plain(visitor.get("/calendar"))
    assert "2027 年的放假安排尚未录入" in plain(entered(app, court, "chief").get("/overview"))
    assert "尚未录入,落在该年" not in plain(entered(app, court, "lead-one").get("/overview"))


def test_a_list_is_entered_previewed_approved_and_taken_back(
    court: Court, case_id: int, admin: Visitor, chief: Visitor
) -> None:
    number = court.case(case_id).number
    page = plain(admin.sent("/calendar/draft", FORM))
    assert "2027 年放假安排" in page and "待批准" in page
    assert "涉及案件 1" in page and "改变的期限 2" in page
    assert number not in page and "系统管理员只看数字" in page
    assert "重算 1" in plain(chief.get("/calendar"))
    seen = chief.get("/recomputes/1")
    assert "阶段期限 2027-02-22" in row_of(seen, "阶段期限") and number in seen
    assert "2027-05-20" in row_of(seen, "法定") and "不再暂定" in row_of(seen, "法定")
    page = plain(chief.sent("/recomputes/1/approve", {"reason": ""}))
    assert "已处理重算 #1" in page and "已执行" in page
    page = plain(chief.get("/calendar?year=2027"))
    assert "国办发明电〔2026〕7号" in page and "01-01 至 01-03 放假 元旦" in page
    assert "05-08 至 05-09 上班" in page and "尚未录入" not in page
    assert "2027 年放假安排" in plain(chief.get(f"/cases/{case_id}"))
    refused = chief.sent("/recomputes/1/take_back", {"reason": ""}, 422)
    assert "请写明理由" in refused
    page = plain(chief.sent("/recomputes/1/take_back", {"reason": "清单有误。"}))
    assert "已撤回" in page and "清单有误。" in page
    assert "暂按周末计算" in chief.get("/calendar?year=2027")


def test_a_list_is_refused_line_by_line(admin: Visitor) -> None:
    lines = "2027-01-01 放假 元旦\n昨天 放假\n2027-02-07 串休\n"
    lines += "2027-13-01 至 2027-13-02 放假\n2027-05-01 至"
    page = plain(admin.sent("/calendar/draft", {**FORM, "lines": lines}, 422))
    assert "第 2 行:“昨天”不是日期" in page and "第 3 行:“串休”不是" in page
    assert "第 4 行:“2027-13-01”不是日期" in page and "第 5 行:“”不是 放假" in page
    assert "昨天 放假" in page  # what was typed is kept
    lines = "2027-01-01 至 2027-01-03 放假\n2027-01-02 上班\n2027-01-06 上班\n2026-12-31 放假"
    page = plain(admin.sent("/calendar/draft", {**FORM, "lines": lines}, 422))
    assert "第 1、2 行:2027-01-02:既放假又上班" in page
    assert "第 3 行:2027-01-06:调休上班日应是周六或周日" in page
    assert "第 4 行:2026-12-31:不在 2027 年内" in page
    lines = "2027-01-01 至 2027-12-31 放假"
    assert "没有工作日" in admin.sent("/calendar/draft", {**FORM, "lines": lines}, 422)
    assert "清单是空的" in admin.sent("/calendar/draft", {**FORM, "lines": " \n"}, 422)
    admin.sent("/calendar/draft", {**FORM, "year": "后年"}, 422)
    admin.sent("/calendar/draft", {**FORM, "reason": ""}, 422)


ROWS = (
    ("起", "止", "类型", "名称"),
    ("2027-01-01", "2027-01-03", "放假", "元旦"),
    ("2027-05-08", "", "上班", ""),
)


def comma_separated(rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(",".join(row) for row in rows)


def workbook(rows: Iterable[Iterable[str]]) -> bytes:
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    sheet.write_datetime(1, 0, datetime(2027, 1, 1))  # as a date cell, too
    book.close()
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("清单.csv", ("\ufeff" + comma_separated(ROWS)).encode()),
        ("清单.csv", comma_separated(ROWS).encode("gb18030")),
        ("清单.xlsx", workbook(ROWS)),
    ],
    ids=["utf-8", "gb18030", "xlsx"],
)
def test_a_list_comes_from_a_file(
    court: Court, admin: Visitor, chief: Visitor, name: str, content: bytes
) -> None:
    page = plain(admin.sent("/calendar/draft", {**FORM, "file": (BytesIO(content), name)}))
    assert "2027-01-01 至 2027-01-03 放假 元旦 2027-05-08 上班" in page
    chief.sent("/recomputes/1/approve")
    calendar = queries.calendar(db.session())
    assert calendar.is_working(date(2027, 5, 8)) and not calendar.is_working(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04 no workbook", "不是 xlsx 工作簿"),
        (comma_separated([("起", "名称")]).encode(), "第 1 行:缺少列 止、类型"),
        (comma_separated([*ROWS, ("2027-5-32", "", "放假", "")]).encode(), "第 4 行:“2027-5-32”"),
        (b"\xff\xff\x00\x81", "不是 UTF-8 或 GB 18030"),
        (b"\xe8\xb5\xb7" * 400_000, "文件超过 1 MB"),
    ],
)
def test_a_file_that_is_no_list(admin: Visitor, content: bytes, why: str) -> None:
    form = {**FORM, "file": (BytesIO(content), "清单.csv")}
    assert why in plain(admin.sent("/calendar/draft", form, 422))


def test_the_form_brings_the_list_that_holds(admin: Visitor, chief: Visitor) -> None:
    assert 'value="2027"' in admin.get("/calendar/draft")
    admin.sent("/calendar/draft", FORM)
    chief.sent("/recomputes/1/approve")
    page = admin.get("/calendar/draft?year=2027")
    assert "2027-05-01 至 2027-05-05 放假 劳动节\n2027-05-08 至 2027-05-09 上班" in page
    page = admin.sent("/calendar/draft", {**FORM, "reason": "再来一次。"}, 409)
    assert "与现行的完全相同" in page


def test_an_outage(court: Court, admin: Visitor, chief: Visitor) -> None:
    (case_id,) = court.file_many(1, "2026-11-02", simple=True)
    form = {"starts_on": "2026-11-19", "ends_on": "2026-11-20", "reason": "机房停电。"}
    assert "首尾两天都算" in admin.get("/recomputes/outage")
    late = admin.sent("/recomputes/outage", {**form, "ends_on": "2026-11-24"}, 422)
    assert "停用的日期不能晚于今天" in late and "机房停电。" in late
    admin.sent("/recomputes/outage", {**form, "starts_on": "昨天"}, 422)
    page = plain(admin.sent("/recomputes/outage", form))
    assert "系统停用 2026-11-19 至 2026-11-20" in page and "推后 1" in page
    assert "#1 正等待批准" in plain(admin.sent("/recomputes/outage", form, 409))
    row = row_of(chief.get("/recomputes/1"), "阶段期限")
    assert "2026-12-02(周三) 2026-12-04(周五)" in row
    chief.sent("/recomputes/1/approve")
    assert court.stint(case_id).due_on == date(2026, 12, 4)


def test_a_policy_for_running_stints(court: Court, admin: Visitor, chief: Visitor) -> None:
    court.file_many(1, "2026-11-02", simple=True)
    form = {"policy": "1", "reason": "统一口径。"}
    assert "linshu-2021" in admin.get("/recomputes/policy")
    assert "已全部适用" in admin.sent("/recomputes/policy", form, 409)
    admin.sent("/recomputes/policy", {**form, "policy": "7"}, 422)
    text = version("two-months", "2026-11-23", "quick = { months = 2 }")
    admin.sent("/policy/adopt", seen(text))
    page = plain(admin.sent("/recomputes/policy", {**form, "policy": "2"}))
    assert "规则 two-months 适用于在办阶段" in page and "推后 1" in page
    chief.sent("/recomputes/1/refuse", {"reason": "不必。"})
    assert "已驳回" in plain(admin.get("/recomputes")) and "不必。" in admin.get("/recomputes/1")


def test_who_may_open_what(app: Flask, court: Court, admin: Visitor) -> None:
    admin.sent("/calendar/draft", FORM)
    supervisor = entered(app, court, "supervisor")
    page = plain(supervisor.get("/recomputes/1"))
    assert "系统管理员只看数字" not in page and "批准并重算" not in page
    supervisor.get("/calendar")
    for login in ("one", "lead-one", "vice", "audit"):
        visitor = entered(app, court, login)
        visitor.get("/calendar")
        visitor.get("/recomputes", 403)
        visitor.get("/recomputes/1", 403)
    for login in ("chief", "supervisor", "one"):
        visitor = entered(app, court, login)
        for url in ("/calendar/draft", "/recomputes/outage", "/recomputes/policy"):
            visitor.get(url, 403)
    for login in ("system", "supervisor", "vice"):
        for verb in ("approve", "refuse", "take_back"):
            entered(app, court, login).sent(f"/recomputes/1/{verb}", {"reason": "好"}, 403)
    chief = entered(app, court, "chief")
    chief.get("/recomputes/999", 404)
    chief.sent("/recomputes/999/approve", {}, 404)
    chief.sent("/recomputes/1/magic", {}, 404)
