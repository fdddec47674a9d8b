"""Is what goes to the search system whole, a text, and known to the house? And what comes back?"""

from __future__ import annotations

import csv
import io
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from linshu.rules.said import Said
from linshu.services import batch_run, finding_files, search_file
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.store.books import Reading
from linshu.store.cases import Action
from linshu.store.db import db
from linshu.store.findings import Finding
from tests.conftest import NOW
from tests.court import Court
from tests.test_batches import WHEN, count, court_trail, searched
from tests.test_search_results import HEADINGS, ID, as_csv, brought, cases, kept, number, rows

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


# What is no file of results ----------------------------------------------------------------------

BROKEN = {
    "empty": b"",
    "binary": bytes(range(256)) * 9,
    "a broken workbook": b"PK\x03\x04" + bytes(300),
    "an old workbook": b"\xd0\xcf\x11\xe0" + bytes(600),
    "no headings": "甲,乙\n1,2\n".encode(),
    "columns missing": "案号,被执行人,查询来源\n1,2,3\n".encode(),
    "headings alone twice": ",".join([*HEADINGS, "案号"]).encode(),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_file_of_results_is_told_so_and_nothing_is_lost(
    court: Court, cases: list[int], tmp_path: Path, what: str
) -> None:
    if not BROKEN[what]:
        with pytest.raises(Invalid):
            brought(court, BROKEN[what], tmp_path)
        return
    file = brought(court, BROKEN[what], tmp_path)
    assert kept(file).status == "failed" and str(Said.loads(kept(file).failure))
    assert count(Action) == count(Finding) == 0


def test_too_many_rows_and_formulas_without_a_value(
    court: Court, cases: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding_files, "MOST_ROWS", 3)
    file = brought(court, as_csv(rows(court, cases)), tmp_path)
    assert "超过 3 行" in str(Said.loads(kept(file).failure))
    book, target = openpyxl.Workbook(), BytesIO()
    book.active.append(HEADINGS)
    book.active.append((*rows(court, cases)[0][:6], "=1+1", "2026-11-20"))
    book.save(target)
    file = brought(court, target.getvalue(), tmp_path)
    assert "G2 是公式" in str(Said.loads(kept(file).failure))
    assert count(Action) == 0
