"""Does a ledger come in through the browser: previewed, confirmed once, by who brought it?"""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from flask import Flask
from sqlalchemy import func, select

from linshu.services import imports
from linshu.store.cases import Case
from linshu.store.db import db
from tests.conftest import NOW
from tests.court import Court
from tests.web.visits import Visitor, entered, plain, row_of

HEADINGS = (
    "案号 案由 立案日期 申请执行人 被执行人 被执行人证件号码 执行标的额 是否已保全 被执行人是否配合"
).split()
GOOD = ("劳动争议", "2026-11-01", "张三", "李四", "", "1000", "是", "否")


def ledger(*numbers: str) -> BytesIO:
    """A workbook with one row for each number."""
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([HEADINGS, *((number, *GOOD) for number in numbers)]):
            sheet.write_row(line, 0, row)
    file.seek(0)
    return file


NUMBERS = ("（2026）鲁1329执1号", "（2026）鲁1329执2号", "老王的案子", "（2026）鲁1329执1号")


@pytest.fixture
def clerk(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "filing")


def brought(visitor: Visitor, file: BytesIO, name: str = "台账.xlsx", status: int = 303) -> str:
    answer = visitor.post("/imports", {"ledger": (file, name)}, content_type="multipart/form-data")
    assert answer.status_code == status
    return answer.location or answer.get_data(as_text=True)


def cases() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Case)) or 0


def test_previewed_then_confirmed_then_imported(court: Court, clerk: Visitor) -> None:
    url = brought(clerk, ledger(*NUMBERS))
    assert "已排队" in clerk.get(url) and "every 2s" in clerk.get(f"{url}/progress")
    imports.run(1, NOW)
    page = plain(clerk.get(url))
    assert "可导入 2" in page and "标的额合计 2,000.00 元" in page
    assert "不合格 1" in page and "重复 1" in page and cases() == 0
    assert "案号缺失或不规范" in row_of(clerk.get(url), "老王的案子")
    assert "已开始导入" in clerk.sent(f"{url}/confirm", {"screen": "y"})
    imports.run(1, NOW)
    page = plain(clerk.get(url))
    assert "已导入 2" in page and "甄别已按建议确认" in page and cases() == 2
    assert "every 2s" not in clerk.get(f"{url}/progress")
    assert "台账.xlsx 立案甲" in row_of(clerk.get("/imports"), "台账.xlsx")


def test_confirmed_twice_is_imported_once(clerk: Visitor) -> None:
    url = brought(clerk, ledger(*NUMBERS))
    clerk.sent(f"{url}/confirm", {}, 409)  # there is no preview yet
    imports.run(1, NOW)
    clerk.sent(f"{url}/confirm")
    assert "导入已开始" in clerk.sent(f"{url}/confirm", {}, 409)
    imports.run(1, NOW)
    imports.run(1, NOW)
    clerk.sent(f"{url}/confirm", {}, 409)
    assert cases() == 2


def test_the_rows_turned_away_come_back_with_the_reason(clerk: Visitor) -> None:
    url = brought(clerk, ledger(*NUMBERS))
    clerk.get(f"{url}/rejects", 404)
    imports.run(1, NOW)
    answer = clerk.ask(f"{url}/rejects")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    told = [row[-2] for row in sheet.iter_rows(values_only=True)]
    assert told[0] == "原因" and len(told) == 3 and "案号缺失或不规范" in told


def test_only_who_brought_it_confirms(app: Flask, court: Court, clerk: Visitor) -> None:
    url = brought(clerk, ledger(*NUMBERS))
    imports.run(1, NOW)
    other = entered(app, court, "centre")
    page = other.get(url)
    assert "由上传人确认导入" in page and f"{url}/confirm" not in page
    assert "由立案甲上传" in other.sent(f"{url}/confirm", {}, 403)
    for login in ("one", "chief", "supervisor", "system"):
        entered(app, court, login).get(url, 403)
    clerk.get("/imports/999999", 404)
    clerk.sent("/imports/999999/confirm", {}, 404)


def test_a_file_that_is_no_ledger_says_why(clerk: Visitor) -> None:
    damaged = ledger().getvalue()[:300]
    whys = {b"hello": "不是 xlsx 工作簿", damaged: "不是 xlsx 工作簿", b"\xd0\xcf\x11\xe0": ".xls"}
    for number, (content, why) in enumerate(whys.items(), start=1):
        url = brought(clerk, BytesIO(content))
        imports.run(number, NOW)
        page = clerk.get(url)
        assert "没有导入任何案件" in page and why in page
        clerk.sent(f"{url}/confirm", {}, 409)
    assert cases() == 0


def test_no_file_an_empty_one_and_one_too_large(app: Flask, clerk: Visitor) -> None:
    assert "请选择一个文件" in clerk.sent("/imports", {}, 422)
    assert "有内容的文件" in brought(clerk, BytesIO(b""), status=422)
    assert "文件太大" in brought(clerk, BytesIO(bytes(66 * 2**20)), status=413)
    assert "还没有导入过台账" in clerk.get("/imports")


def test_a_name_full_of_traps_is_a_name(app: Flask, court: Court, clerk: Visitor) -> None:
    url = brought(clerk, ledger(*NUMBERS), "..\\../<b>=1+1\u202e.xlsx")
    page = clerk.ask(url).get_data(as_text=True)
    assert "&lt;b&gt;=1+1.xlsx" in page and "<b>=1" not in page
    imports.run(1, NOW)
    assert clerk.ask(f"{url}/rejects").status_code == 200
