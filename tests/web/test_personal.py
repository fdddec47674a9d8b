"""Who sees the whole number, by which door, and what is kept of it? Masked is the rule."""

from __future__ import annotations

import logging
import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from linshu.rules.duties import Duty, Role, may
from linshu.rules.trail import Tag
from linshu.services import imports, list_export, rekeying
from linshu.services.filing import NewParty
from linshu.store import uploads
from linshu.store.books import Reading, TrailEntry
from linshu.store.cases import Party
from linshu.store.db import db
from linshu.store.writer import Doer
from tests.conftest import NOW
from tests.court import Court, at
from tests.test_personal import ACCOUNT, DEBTOR, ID, OTHER_ID, PHONE, everything
from tests.web.test_imports import NUMBERS, ledger
from tests.web.visits import HTMX, Visitor, entered, plain, row_of, rows, said

FULL = {"id_number": ID, "phone": PHONE, "account": ACCOUNT}
MASKED = {
    "id_number": "371329********1234",
    "phone": "138****5678",
    "account": "6222***********0123",
}


@pytest.fixture
def case_id(court: Court) -> int:
    return court.file("2026-11-02", debtors=[DEBTOR])


@pytest.fixture
def centre(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "centre")


def debtor() -> int:
    return db.session.scalars(select(func.min(Party.id)).where(Party.name == "李四")).one()


def readings() -> list[Reading]:
    db.session.rollback()
    return list(db.session.scalars(select(Reading).order_by(Reading.id)))


# One number ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FULL)
def test_a_click_shows_one_number_in_full_and_is_recorded(
    centre: Visitor, case_id: int, field: str
) -> None:
    tab = f"/cases/{case_id}?tab=parties"
    before = centre.get(tab)
    assert all(one in before for one in MASKED.values()) and "显示 李四 的" in before
    assert not any(one in before for one in FULL.values())
    url = f"/cases/{case_id}/parties/{debtor()}/reveal"
    page = said(centre.post(url, {"field": field}))
    assert [one for one in FULL if FULL[one] in page] == [field]
    part = said(centre.post(url, {"field": field}, headers=HTMX))
    assert FULL[field] in part and "<html" not in part and len(part) < 400
    assert not any(one in centre.get(tab) for one in FULL.values())
    revealed = [one for one in readings() if one.kind == "unmask"]
    for one in revealed:
        assert (one.kind, one.case_id, one.by) == ("unmask", case_id, "centre")
        assert MASKED[field] in one.words and "李四" in one.words and FULL[field] not in one.words
    assert len(revealed) == 2


def test_only_within_one_s_scope_and_duty(app: Flask, court: Court, case_id: int) -> None:
    url, field = f"/cases/{case_id}/parties/{debtor()}/reveal", {"field": "phone"}
    for login, status in (("one", 404), ("system", 403), ("audit", 403), ("admin", 403)):
        assert PHONE not in entered(app, court, login).sent(url, field, status)
    supervisor = entered(app, court, "supervisor")
    other = court.file("2026-11-02")
    for wrong in (
        f"/cases/{other}/parties/{debtor()}/reveal",
        url.replace(f"/{debtor()}/", "/9999/"),
    ):
        supervisor.sent(wrong, field, 404)
    for odd in ("", "name", "id_digest", "case_id"):
        supervisor.sent(url, {"field": odd}, 404)
    assert readings() == []
    assert PHONE in said(supervisor.post(url, field)) and len(readings()) == 1
    answer = supervisor.client.post(url, data=field)  # nobody's form
    assert answer.status_code == 400 and len(readings()) == 1


def test_no_administrator_sees_numbers_or_takes_lists() -> None:
    for role in Role:
        reads = may(role, Duty.READ_CASES)
        assert may(role, Duty.UNMASK) == may(role, Duty.EXPORT_LIST) == reads
    assert not any(may(role, Duty.UNMASK) for role in Role if role.endswith("_admin"))


def test_a_correction_does_not_show_what_it_corrects(centre: Visitor, case_id: int) -> None:
    url = f"/cases/{case_id}/parties/{debtor()}"
    form = centre.get(url)
    assert all(one in form for one in MASKED.values()) and 'value="李四"' in form
    assert not any(one in form for one in FULL.values())
    wrong = {"seq": 1, "name": "李四", "phone": "12", "reason": "笔误"}
    again = centre.sent(url, wrong, 422)
    assert "电话应为" in again and MASKED["phone"] in again and PHONE not in again
    right = {**wrong, "phone": "13987654321", "account": "无"}
    page = plain(centre.sent(url, right))
    assert "被执行人 李四 371329********1234 显示 139****4321 显示 —" in page
    log = plain(centre.get(f"/cases/{case_id}"))
    assert "李四 371329********1234 138****5678 6222***********0123 → " in log
    assert not any(one in page + log for one in (*FULL.values(), "13987654321"))


def test_telephone_and_account_come_with_the_filing_form(app: Flask, court: Court) -> None:
    line = f"李四 {ID} 电话 138-1234-5678 账号{ACCOUNT}"
    new = {"applicants": "张三 13987654321", "debtors": line, "claim": "5000"}
    new |= {"number": "（2026）鲁1329执9号", "cause": "劳动争议", "filed_on": "2026-11-23"}
    filing = entered(app, court, "filing")
    wrong = filing.sent("/intake/file", {**new, "debtors": "李四 电话12 账号34"}, 422)
    assert "李四:电话应为" in wrong
    page = filing.sent("/intake/file", new)
    assert not any(one in page for one in FULL.values())
    listed = plain(filing.get("/cases/1?tab=parties"))
    assert all(one in listed for one in (*MASKED.values(), "139****4321"))


# Searched for -------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [ID, PHONE, "138-1234 5678", ACCOUNT, "+86 13812345678"])
def test_a_number_is_found_and_stands_in_no_address(
    app: Flask, court: Court, case_id: int, asked: str
) -> None:
    court.file("2026-11-02", debtors=[NewParty("李四", OTHER_ID)])
    chief = entered(app, court, "chief")
    answer = chief.post("/cases/search", {"q": asked}, at="/overview")
    assert answer.status_code == 303 and "/cases/number?n=" in answer.location
    assert not re.search(r"\d{7}", answer.location.split("n=")[0]) and asked not in answer.location
    page = chief.get(answer.location)
    found = rows(page)[1:]
    assert len(found) == 1 and "执1号" in found[0]
    assert not any(one in page for one in (*FULL.values(), asked))
    typed = chief.ask("/cases", query_string={"q": asked})
    assert typed.status_code == 303 and "/cases/number?n=" in typed.location
    stranger = entered(app, court, "one")
    assert "没有找到案件" in stranger.get(answer.location)


def test_names_and_case_numbers_go_on_as_ever(app: Flask, court: Court, case_id: int) -> None:
    chief = entered(app, court, "chief")
    for asked in ("李四", "（2026）鲁1329执1号", "1"):
        assert "执1号" in row_of(chief.sent("/cases/search", {"q": asked}), "李四")
    assert "没有找到案件" in chief.get("/cases/number")
    for odd in ("x", "k1-000000:AAAA", ID):
        chief.get(f"/cases/number?n={odd}", 404)


# Taken along --------------------------------------------------------------------------------------


def workbook(answer: TestResponse) -> list[list[object]]:
    book = openpyxl.load_workbook(BytesIO(answer.get_data()))
    (sheet,) = book.worksheets
    assert "导出人" in sheet.oddHeader.left.text and "导出人" in sheet.oddFooter.center.text
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def taken(visitor: Visitor, **asked: object) -> list[list[object]]:
    answer = visitor.post("/lists/export", asked)
    assert answer.status_code == 200, said(answer)
    return workbook(answer)


def test_a_list_is_taken_along_as_its_page_shows_it(app: Flask, court: Court) -> None:
    court.file_many(40, "2026-11-02", simple=True)
    court.file("2026-11-02", debtors=[NewParty("=1+1", ID), NewParty("王五")], cause="-2+3")
    chief = entered(app, court, "chief")
    lines = taken(chief, list="cases")
    assert lines[0][0] == "导出人 局长甲(chief) 时间 2026-11-23 10:00 · 内部资料,号码已隐去部分数字"
    assert lines[1][0] == "案件清单 · 在办案件 · 共 41 件"
    assert lines[2][:4] == ["剩余天数", "案号", "被执行人", "案由"]
    assert len(lines) == 3 + 41
    odd = next(line for line in lines if line[2] == "=1+1、王五")
    assert odd[3] == "-2+3" and odd[4] == 1000.0 and odd[6] == "立案甄别"
    assert len(taken(chief, list="cases", stage="intake")) == 3 + 1
    quick = court.team("速执团队").id
    assert len(taken(chief, list="cases", team=quick)) == 3 + 40
    assert len(taken(entered(app, court, "quick"), list="desk", tab="unclaimed")) == 3 + 40
    assert len(taken(entered(app, court, "quick"), list="team", team=quick, tab="claimable")) == 43
    assert len(taken(chief, list="search", q="王五")) == 3 + 1
    assert len(taken(chief, list="look", look="waiting")) == 3 + 40
    token = chief.post("/cases/search", {"q": ID}).location.split("n=")[1]
    (found,) = re.findall(r'name="n" value="([^"]+)"', chief.get(f"/cases/number?n={token}"))
    assert len(taken(chief, list="number", n=found)) == 3 + 1


def test_what_was_taken_along_is_known(app: Flask, court: Court, case_id: int) -> None:
    chief = entered(app, court, "chief")
    answer = chief.post("/lists/export", {"list": "search", "q": "李四"})
    assert "%E6%90%9C%E7%B4%A2-20261123-100000.xlsx" in answer.headers["Content-Disposition"]
    (line,) = db.session.scalars(
        select(TrailEntry.line).where(TrailEntry.tag == str(Tag.LIST_EXPORTED))
    )
    assert '"cases":1' in line and '"by":"chief"' in line and "搜索 李四" in line
    (one,) = readings()
    assert (one.kind, one.by, one.words) == ("export", "chief", "搜索 李四 · 1")


def test_what_one_may_not_see_one_does_not_take_along(app: Flask, court: Court) -> None:
    court.file_many(2, "2026-11-02", simple=True)
    one = entered(app, court, "one")
    assert len(taken(one, list="cases")) == len(taken(one, list="search", q="张三")) == 3
    quick = court.team("速执团队").id
    beyond = [{"list": "team", "team": quick, "tab": "running"}, {"list": "all"}, {}]
    beyond += [{"list": "look", "look": "capped"}, {"list": "desk", "tab": "others"}]
    for asked in beyond:
        one.sent("/lists/export", asked, 404)
    for login in ("system", "audit", "admin"):
        entered(app, court, login).sent("/lists/export", {"list": "cases"}, 403)
    assert {reading.by for reading in readings()} == {"one"}


def test_half_a_list_is_no_list(app: Flask, court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_export, "MOST", 3)
    monkeypatch.setattr(list_export, "SIZE", 2)
    court.file_many(3, "2026-11-02")
    chief = entered(app, court, "chief")
    numbers = [line[1] for line in taken(chief, list="cases")[3:]]
    assert len(set(numbers)) == 3
    court.file_many(1, "2026-11-02")
    assert "一次最多导出 3 件" in chief.sent("/lists/export", {"list": "cases"}, 422)
    assert len(readings()) == 1


# On every screen, and nowhere in plain ------------------------------------------------------------


def test_every_screen_carries_the_name_of_who_looks(app: Flask, court: Court) -> None:
    mark = "精一甲 one 2026-11-23 10:00"
    one = entered(app, court, "one")
    for path in ("/desk", "/cases/list", "/password", "/desk/sheet"):
        assert one.get(path).count(mark) == 2
    assert (
        mark in one.get("/nowhere", 404) and "watermark" not in app.test_client().get("/login").text
    )
    part = said(one.ask("/desk", headers=HTMX))
    assert part.count(mark) == 2


def test_a_ledger_that_was_brought_lies_encrypted(app: Flask, court: Court) -> None:
    file = {"ledger": (ledger(*NUMBERS), "台账.xlsx")}
    filing = entered(app, court, "filing")
    filing.post("/imports", file, content_type="multipart/form-data")
    imports.run(1, NOW)
    (path,) = (Path(app.config["LINSHU_INSTANCE"]) / "imports").iterdir()
    brought = uploads.content(path)
    assert brought.startswith(b"PK") and b"PK" not in path.read_bytes()[:2]
    before = path.read_bytes()
    rekeying.rotate(Doer("command-line", "system_admin"), at("2026-11-23"))
    assert path.read_bytes() != before and uploads.content(path) == brought
    path.write_bytes(brought)  # as it was kept before uploads were encrypted
    filing.sent("/imports/1/confirm")
    imports.run(1, NOW)
    assert "已导入" in filing.get("/imports/1")
    rekeying.rotate(Doer("command-line", "system_admin"), at("2026-11-23"))
    assert path.read_bytes() != brought == uploads.content(path)


def test_no_number_in_plain_in_any_table_or_log_line(
    app: Flask, court: Court, case_id: int, centre: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"/cases/{case_id}/parties/{debtor()}"
    for field in FULL:
        centre.post(f"{url}/reveal", {"field": field})
    centre.sent(url, {"seq": 1, "name": "李四", "id_number": OTHER_ID, "reason": "笔误"})
    for number in (*FULL.values(), OTHER_ID):
        centre.sent("/cases/search", {"q": number})
        centre.post("/lists/export", {"list": "search", "q": number})
    centre.post("/lists/export", {"list": "cases"})
    whole = everything() + caplog.text
    assert "unmask" in whole and "list.exported" in whole
    for number in (*FULL.values(), OTHER_ID):
        assert number not in whole, number
