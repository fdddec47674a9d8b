"""Does the search system get what it needs, as texts, and does the house know who took it?"""

from __future__ import annotations

import csv
import io
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from linshu.services import batch_run, search_file
from linshu.services.errors import Conflict, NotAllowed, NotFound
from linshu.store.books import Reading
from linshu.store.db import db
from tests.court import Court
from tests.test_batches import WHEN, court_trail, searched
from tests.test_search_results import ID, cases, number

__all__ = ["cases"]


def exported(court: Court, batch: int, form: str, who: str = "centre") -> bytes:
    target = BytesIO()
    search_file.export(court.who(who), batch, form, target, WHEN)
    return target.getvalue()


def test_the_search_system_gets_whole_numbers_as_texts_and_the_house_knows_of_it(
    court: Court, cases: list[int]
) -> None:
    batch = searched(court, cases)
    with pytest.raises(Conflict):
        exported(court, batch, "csv")
    batch_run.run(batch, NOW)
    lines = list(csv.reader(io.StringIO(exported(court, batch, "csv").decode("utf-8-sig"))))
    two = number(court, cases[1])
    assert lines[0] == ["案号", "被执行人", "证件种类", "证件号码", "导出标记"]
    assert [two, "李四", "居民身份证", ID] in [line[:4] for line in lines]
    assert [two, "'=王五", "", ""] in [line[:4] for line in lines]
    assert len(lines) == 5 and all("中心甲(centre)" in line[4] for line in lines[1:])
    book = openpyxl.load_workbook(BytesIO(exported(court, batch, "xlsx")))
    cells = list(book.active.iter_rows(values_only=True))
    assert "中心甲(centre)" in cells[0][0] and cells[2][:2] == ("案号", "被执行人")
    assert (two, "=王五") in [row[:2] for row in cells]
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    first, _second = court_trail("batch.exported")
    assert (first["data"]["cases"], first["data"]["rows"]) == (3, 4)
    seen = select(Reading.case_id).where(Reading.kind == "unmask", Reading.by == "centre")
    assert sorted(db.session.scalars(seen)) == sorted(cases * 2)
    words = set(db.session.scalars(select(Reading.words)))
    assert not any(ID in one for one in words)


def test_who_may_take_the_file_along(court: Court, cases: list[int]) -> None:
    batch = searched(court, cases)
    batch_run.run(batch, NOW)
    assert exported(court, batch, "csv", "centre-lead")
    for who, form, refusal in (
        ("quick", "csv", NotFound),
        ("supervisor", "csv", NotAllowed),
        ("centre", "exe", NotFound),
    ):
        with pytest.raises(refusal):
            exported(court, batch, form, who)
    assert len(court_trail("batch.exported")) == 1
