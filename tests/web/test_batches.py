"""Can many cases be picked and acted in, scripts or not, and by whom? Do results come in?"""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.services import batch_run, finding_files
from linshu.store.batches import Batch, BatchItem
from linshu.store.books import Reading
from linshu.store.cases import Action
from linshu.store.db import db
from tests.conftest import NOW
from tests.court import Court
from tests.test_search_results import as_csv, number
from tests.web.test_confirm import with_password
from tests.web.visits import Visitor, entered, plain, row_of, rows

KEPT = re.compile(r'name="kept" value="(\d+)"')
TICKED = re.compile(r'name="case" value="(\d+)"[^>]*checked')
WHAT = {"act": "search", "sources": ["banks", "vehicles"], "on": "2026-11-20", "text": ""}


@pytest.fixture
def cases(court: Court) -> list[int]:
    return court.file_many(3, "2026-11-02", simple=False)


@pytest.fixture
def centre(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "centre")


def items(batch_id: int) -> list[int]:
    db.session.rollback()
    query = select(BatchItem.case_id).where(BatchItem.batch_id == batch_id)
    return list(db.session.scalars(query.order_by(BatchItem.id)))


def test_cases_are_ticked_searched_and_told_of(
    court: Court, cases: list[int], centre: Visitor
) -> None:
    assert "还没有批量办理过" in centre.get("/batches")
    page = centre.get("/batches/pick")
    assert all(number(court, one) in page for one in cases) and "批量网络查控" in page
    assert "请先勾选案件" in centre.sent("/batches", WHAT, 422)
    page = centre.sent("/batches", WHAT | {"case": cases[:2]})
    assert "已发起" in page and "every 2s" in page and items(1) == cases[:2]
    assert "排队中" in centre.get("/batches")
    batch_run.run(1, NOW)
    page = centre.get("/batches/1")
    assert "已办 2 件" in plain(page) and "every 2s" not in page
    assert "已办" in row_of(page, number(court, cases[0]))
    assert "没有案件" in centre.get("/batches/1?status=failed")
    assert "银行存款、车辆" in plain(centre.get("/batches/1")).replace(" 、 ", "、")
    tab = centre.get(f"/cases/{cases[0]}?tab=searches")  # begun, and nothing is back yet
    assert "未查询" in row_of(tab.partition("查询记录")[0], "银行存款")


def test_ticks_come_along_from_page_to_page_without_scripts(
    court: Court, centre: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linshu.web import picking

    monkeypatch.setattr(picking, "PAGE", 2)
    cases = court.file_many(5, "2026-11-02", simple=False)
    here = {"here": "1", "page": "2", "case": cases[:1]}
    page = centre.sent("/batches/pick", WHAT | here | {"text": "说明一"}, 200)
    assert KEPT.findall(page) == [str(cases[0])] and "说明一" in page
    assert "其他页已选 1 件" in page and number(court, cases[2]) in page
    page = centre.sent(
        "/batches/pick", {**WHAT, "kept": cases[:1], "case": cases[2], "page": 1}, 200
    )
    assert TICKED.findall(page) == [str(cases[0])] and KEPT.findall(page) == [str(cases[2])]
    centre.sent("/batches", {**WHAT, "kept": [cases[2]], "case": [cases[0]]})
    assert items(1) == [cases[2], cases[0]]


def test_all_of_a_filtered_list(court: Court, cases: list[int], centre: Visitor) -> None:
    centre.sent("/batches", WHAT | {"case": cases[:1]})
    batch_run.run(1, NOW)
    page = centre.get("/batches/pick?act=search&unsearched=1")
    assert number(court, cases[0]) not in page and number(court, cases[1]) in page
    centre.sent("/batches", WHAT | {"unsearched": "1", "whole": "y"})
    assert items(2) == cases[1:]


def test_an_action_for_many_with_what_cannot_be(
    app: Flask, court: Court, cases: list[int], centre: Visitor
) -> None:
    quick = court.file_many(2, "2026-11-02", simple=True)
    visitor = entered(app, court, "quick")
    what = {"act": "record", "kind": "service", "text": "已送达", "case": quick}
    page = visitor.get("/batches/pick")
    assert "批量登记" in page and "查控结果" not in visitor.get("/batches")
    assert 'value="receipt"' not in page and 'value="seizure"' not in page
    visitor.sent("/batches", what | {"happened_at": "2026-11-24T09:00"}, 422)
    visitor.sent("/batches", what | {"happened_at": "2026-11-20T09:00", "case": cases}, 404)
    visitor.sent("/batches", what | {"happened_at": "2026-11-20T09:00", "case": "x"}, 404)
    visitor.sent("/batches", WHAT | {"case": quick}, 403)
    visitor.get("/batches/pick?act=search", 403)
    visitor.get("/batches/pick?act=steal", 404)
    page = visitor.sent("/batches", what | {"happened_at": "2026-11-20T09:00"})
    batch_run.run(1, NOW)
    assert "已送达" in visitor.get("/batches/1") and "已送达" in visitor.get(f"/cases/{quick[1]}")
    for login in ("centre", "one", "chief"):
        other = entered(app, court, login)
        other.get("/batches/1", 404)
        assert "#1" not in plain(other.get("/batches")).partition("批量登记")[2]
    entered(app, court, "supervisor").get("/batches", 403)


def test_the_search_file_is_asked_about_again(app: Flask, court: Court, cases: list[int]) -> None:
    centre = with_password(app, court, "centre")
    centre.sent("/batches", WHAT | {"case": cases})
    centre.sent("/batches/1/file", {"form": "csv"}, 409)
    from tests.web.test_visits import OWN

    centre.sent("/batches/1/file", {"form": "csv", "confirm_password": OWN}, 409)  # it still runs
    batch_run.run(1, NOW)
    assert "含完整证件号码" in centre.get("/batches/1")
    answer = centre.post("/batches/1/file", {"form": "csv"})
    assert answer.status_code == 200 and "csv" in answer.headers["Content-Type"]
    assert number(court, cases[0]) in answer.get_data().decode("utf-8-sig")
    assert centre.post("/batches/1/file", {"form": "xlsx"}).get_data().startswith(b"PK")
    centre.sent("/batches/1/file", {"form": "exe"}, 404)
    kinds = set(db.session.scalars(select(Reading.kind).where(Reading.by == "centre")))
    assert {"export", "unmask"} <= kinds


def test_results_are_looked_through_confirmed_and_land(
    app: Flask, court: Court, cases: list[int], centre: Visitor
) -> None:
    good = (number(court, cases[0]), "李四", "", "工商银行", "存款", "6222001", "5", "2026-11-20")
    content = as_csv([good, ("老王", *good[1:])])
    sent = {"results": (BytesIO(content), "反馈.csv")}
    answer = centre.post("/batches/results", sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "已排队" in centre.get(answer.location) and "every 2s" in centre.get(
        "/batches/results/1"
    )
    finding_files.run(1, NOW)
    page = centre.get("/batches/results/1/progress")
    assert "案号缺失或不规范" in row_of(page, "老王") and "确认导入 1 行,1 件案件" in plain(page)
    other = entered(app, court, "centre-lead")
    assert "由上传人确认导入" in other.get("/batches/results/1")
    other.sent("/batches/results/1/confirm", {}, 403)
    centre.sent("/batches/results/1/confirm", {})
    finding_files.run(1, NOW)
    centre.sent("/batches/results/1/confirm", {}, 409)
    assert "导入于" in centre.get("/batches/results/1")
    assert "1" in row_of(centre.get("/batches/results"), "反馈.csv")
    assert "6222001" in row_of(centre.get(f"/cases/{cases[0]}?tab=property"), "6222001")
    assert centre.ask("/batches/results/1/rejects").get_data().startswith(b"PK")
    quick = entered(app, court, "quick")
    for url in ("/batches/results/1", "/batches/results/1/rejects"):
        quick.get(url, 404)
    sent = {"results": (BytesIO(content), "反馈.csv")}
    assert (
        quick.post("/batches/results", sent, content_type="multipart/form-data").status_code == 403
    )


def test_a_file_that_is_none_is_told_so(centre: Visitor) -> None:
    for content, words in ((b"", "有内容的文件"), (bytes(99), "UTF-8 或 GBK")):
        sent = {"results": (BytesIO(content), "x.csv")}
        answer = centre.post("/batches/results", sent, content_type="multipart/form-data")
        page = answer.get_data(as_text=True)
        if answer.status_code == 303:
            finding_files.run(1, NOW)
            page = centre.get(answer.location)
        assert words in page


def test_one_case_s_search(app: Flask, court: Court, cases: list[int], centre: Visitor) -> None:
    url = f"/cases/{cases[0]}/searches"
    assert centre.get(url).count('name="sources"') == 6
    told = {"seq": court.stint(cases[0]).seq, "on": "2026-11-20", "text": "均无。"}
    assert "查询了哪些来源" in centre.sent(url, told, 422)
    assert "不能晚于" in centre.sent(url, told | {"sources": "banks", "on": "2026-11-24"}, 422)
    page = centre.sent(url, told | {"sources": ["banks", "securities"]})
    assert "均无。" in page and len(rows(page)) > 7
    assert "完全相同" in centre.sent(url, told | {"sources": ["banks"]}, 422)
    entered(app, court, "quick").get(url, 404)
    assert len(db.session.scalars(select(Action)).all()) == 1
    assert db.session.scalars(select(Batch)).all() == []
