"""Messy workbooks are read as people mean them, and one that will not do is refused by name."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from linshu.rules.duties import Role
from linshu.rules.ledger import REASONS_ZH, Verdicts
from linshu.services import opening
from linshu.services.errors import Invalid
from linshu.services.workbook import (
    LedgerFault,
    judge,
    read_ledger,
    read_people,
    write_rejects,
)

SAMPLE = Path(__file__).parent / "data" / "ledger-sample.xlsx"
EXPECTED = json.loads(SAMPLE.with_suffix(".expected.json").read_text())
ON = date(2021, 6, 30)
COURT = "鲁1329"
TITLES = (
    "序号", "案号", "案件类型", "案由", "立案日期", "申请执行人", "被执行人", "被执行人证件号码",
    "执行依据", "执行标的额(元)", "是否已保全", "被执行人是否配合", "承办人", "备注",
)  # fmt: skip


def entry(serial: int, **cells: object) -> list[object]:
    row = dict.fromkeys(TITLES) | {
        "序号": serial,
        "案号": f"（2021）鲁1329执{serial}号",
        "案由": "买卖合同纠纷",
        "立案日期": datetime(2021, 6, 1),
        "申请执行人": "王芳",
        "被执行人": "张三",
        "执行标的额(元)": 1000.5,
    }
    return list((row | cells).values())


def workbook(
    rows: Sequence[Sequence[object]], change: Callable[[Any], object] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def verdicts(content: bytes | Path) -> Verdicts:
    return judge(read_ledger(content), ON, COURT, {})


def fault_of(content: bytes | Path, **options: int) -> LedgerFault:
    with pytest.raises(LedgerFault) as fault:
        read_ledger(content, **options)
    assert isinstance(fault.value, Invalid)
    return fault.value


# The sample


@pytest.fixture(scope="module")
def sample() -> Verdicts:
    return verdicts(SAMPLE)


def test_the_sample_is_read_row_by_row_as_expected(sample: Verdicts) -> None:
    assert len(sample.good) == EXPECTED["imported"]
    assert sample.claim_fen_total == EXPECTED["claim_fen_total"]
    assert [{"row": r.row, "why": r.why} for r in sample.rejected] == EXPECTED["rejected"]
    assert [{"row": d.row, "why": d.why} for d in sample.duplicates] == EXPECTED["duplicates"]
    assert [{"row": row, "why": why} for row, why in sample.warned] == EXPECTED["warned"]


def test_the_samples_cases_have_the_facts_expected(sample: Verdicts) -> None:
    found = [
        {
            "number": row.number.text,
            "kind": row.number.kind,
            "cause": row.cause,
            "filed_on": row.filed_on.isoformat(),
            "applicants": list(row.applicants),
            "debtors": [[debtor.name, debtor.id_number] for debtor in row.debtors],
            "claim_fen": row.claim_fen,
            "preserved": row.preserved,
            "cooperative": row.cooperative,
            "row": row.row,
        }
        for row in sample.good
    ]
    assert found == EXPECTED["cases"]


def test_the_sample_a_second_time_is_all_duplicates(sample: Verdicts) -> None:
    existing = {row.number.text: row.facts for row in sample.good}
    again = judge(read_ledger(SAMPLE), ON, COURT, existing)
    assert again.good == ()
    assert len(again.duplicates) == len(sample.good) + len(sample.duplicates)
    conflicts = [d for d in again.duplicates if d.conflict]
    assert [d.row for d in conflicts] == [d.row for d in sample.duplicates if d.conflict]


# Other shapes


def test_columns_in_another_order_with_others_between_and_no_title() -> None:
    titles = [*reversed(TITLES), "电话"]
    sheet = read_ledger(workbook([titles, [*reversed(entry(1)), "13812345678"]]))
    found = judge(sheet, ON, COURT, {})
    assert (sheet.header_row, [row.row for row in found.good]) == (1, [2])
    assert found.good[0].claim_fen == 100_050


def test_a_merged_title_notes_and_blank_rows_above_the_headings() -> None:
    def merge(book: Any) -> None:
        book.active.merge_cells("A1:N1")

    rows = [["某法院台账"], [], ["制表：张三"], TITLES, [], entry(1), [None, "  "], entry(2)]
    sheet = read_ledger(workbook(rows, merge))
    assert (sheet.header_row, [row for row, _ in sheet.rows]) == (4, [6, 8])


def test_totals_repeated_headings_and_bare_ordinals_are_left_out() -> None:
    rows = [TITLES, entry(1), ["小计", "1件"], TITLES, entry(2), [3], ["合计", None, None, "=1+1"]]
    found = verdicts(workbook(rows))
    assert ([row.row for row in found.good], found.rejected) == ([2, 5], ())


def test_a_row_with_a_fact_and_no_number_is_rejected() -> None:
    found = verdicts(workbook([TITLES, entry(1, 案号=None), [2, *[None] * 8, 500]]))
    assert [row.why for row in found.rejected] == ["case number", "case number"]


def test_a_claim_column_in_wan() -> None:
    titles = [title.replace("(元)", "（万元）") for title in TITLES]
    assert verdicts(workbook([titles, entry(1)])).good[0].claim_fen == 1_000_500_000


def test_dates_of_the_1904_system() -> None:
    def old_mac(book: Any) -> None:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    serial = (date(2021, 6, 1) - date(1904, 1, 1)).days
    rows = [TITLES, entry(1, 立案日期=serial), entry(2)]
    assert {row.filed_on for row in verdicts(workbook(rows, old_mac)).good} == {date(2021, 6, 1)}


def test_the_first_whole_sheet_is_taken_and_the_others_are_named() -> None:
    def more(book: Any) -> None:
        book.active.title = "说明"
        for title in ("隐藏", "一月", "二月"):
            sheet = book.create_sheet(title)
            sheet.append(TITLES)
            sheet.append(entry(1))
        book["隐藏"].sheet_state = "hidden"

    sheet = read_ledger(workbook([["案号", "案由", "备注"]], more))
    assert (sheet.title, sheet.passed_over) == ("一月", ("二月",))


def test_a_sheet_that_lies_about_its_size_is_read_to_its_end() -> None:
    content = workbook([TITLES, *[entry(serial) for serial in range(1, 6)]])
    content = patched(content, "sheet1", b'ref="A1:N6"', b'ref="A1:B2"')
    assert len(read_ledger(content).rows) == 5


def patched(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        for info in before.infolist():
            data = before.read(info)
            if part in info.filename:
                data, found = re.subn(old, new, data)
                assert found
            after.writestr(info.filename, data)
    return stream.getvalue()


def test_a_row_numbered_beyond_every_sheet_costs_no_time() -> None:
    content = workbook([TITLES, entry(1), entry(2)])
    content = patched(content, "sheet1", b'<row r="3"', b'<row r="99999999999"')
    assert len(read_ledger(content).rows) == 1


# What will not do


def test_what_is_no_workbook(tmp_path: Path) -> None:
    page = tmp_path / "台账.xls"
    page.write_text("<html><table></table></html>")
    for content in (b"", b"a,b,c\n", b"PK\x03\x04broken", page):
        assert fault_of(content).fault == "not a workbook"
    assert fault_of(tmp_path / "none.xlsx").fault == "no file"
    assert fault_of(tmp_path).fault == "no file"


def test_an_archive_that_is_no_workbook() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert fault_of(stream.getvalue()).fault == "not a workbook"


def test_old_and_locked_workbooks() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert fault_of(ole).fault == "old workbook"
    assert fault_of(ole + "EncryptedPackage".encode("utf-16-le")).fault == "encrypted"


@pytest.mark.parametrize(("part", "old"), [("sheet1", b"<sheetData"), ("workbook.xml", b"sheets")])
def test_a_broken_part(part: str, old: bytes) -> None:
    content = patched(workbook([TITLES, entry(1)]), part, old, b"<<<")
    assert fault_of(content).fault == "damaged"


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_BYTES", 100_000)
    content = workbook([TITLES, *[entry(serial) for serial in range(1, 400)]])
    assert len(content) < 100_000
    assert fault_of(content).fault == "too large"


def test_a_file_beyond_the_size_of_any_ledger(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(opening, "MOST_FILE_BYTES", 100)
    (tmp_path / "big.xlsx").write_bytes(workbook([TITLES]))
    assert fault_of(tmp_path / "big.xlsx").fault == "too large"


def test_no_headings() -> None:
    fault = fault_of(workbook([["甲", "乙"], *[[1, 2]] * 30, TITLES]))
    assert fault.fault == "no heading"
    assert "案号" in fault.message


def test_missing_columns_are_named() -> None:
    kept = [title for title in TITLES if title not in ("被执行人", "执行标的额(元)", "备注")]
    fault = fault_of(workbook([kept]))
    assert fault.message == "工作表“Sheet”缺少列:被执行人、执行标的额。"


def test_a_column_that_stands_twice() -> None:
    assert fault_of(workbook([[*TITLES, "案号"]])).fault == "column twice"
    sheet = read_ledger(workbook([[*TITLES, "申请人"], [*entry(1), "李强"]]))
    assert judge(sheet, ON, COURT, {}).good[0].applicants == ("王芳",)


def test_formulas_without_stored_values_are_named_by_cell() -> None:
    rows = [TITLES, entry(1), entry(2, 案号='="（2021）"&"x"', **{"执行标的额(元)": "=1+1"})]
    fault = fault_of(workbook(rows))
    assert fault.fault == "formula"
    assert "B3、J3" in fault.message


def test_a_row_of_formulas_alone_is_not_taken_for_a_blank_one() -> None:
    row = [None, *["=Sheet2!A1"] * 13]
    assert fault_of(workbook([TITLES, entry(1), row])).fault == "formula"


def test_formulas_that_do_not_matter() -> None:
    rows = [TITLES, entry(1, 序号="=ROW()-1"), ["合计", *[None] * 8, "=SUM(J2:J2)"]]
    assert len(verdicts(workbook(rows)).good) == 1


def test_formulas_with_stored_values_are_values() -> None:
    content = workbook([TITLES, entry(1, **{"执行标的额(元)": "=1+1", "备注": "=A9"})])
    content = patched(content, "sheet1", rb"<f>1\+1</f><v ?/?>(</v>)?", b"<f>1+1</f><v>2</v>")
    content = patched(content, "sheet1", b'<c r="N2"><f>A9', b'<c r="N2" t="str"><f>A9')
    row = verdicts(content).good[0]
    assert (row.claim_fen, row.remark) == (200, "")


def test_more_rows_than_the_limit() -> None:
    rows = [TITLES, entry(1), [], entry(2), ["合计"]]
    assert len(read_ledger(workbook(rows), limit=2).rows) == 2
    fault = fault_of(workbook([*rows, entry(3)]), limit=2)
    assert (fault.fault, "2 行" in fault.message) == ("too many rows", True)


# Turned-away rows


def test_turned_away_rows_come_back_with_their_reason(tmp_path: Path) -> None:
    sheet = read_ledger(SAMPLE)
    found = judge(sheet, ON, COURT, {})
    target = tmp_path / "rejects.xlsx"
    assert write_rejects(target, sheet, found.turned_away) == 66
    again = judge(read_ledger(target), ON, COURT, {})
    assert [row.why for row in again.rejected] == [row.why for row in found.rejected]
    page = openpyxl.load_workbook(target).active
    assert [cell.value for cell in page[1]][-2:] == ["原因", "原行号"]
    assert page.cell(2, 15).value == REASONS_ZH["case number"]


def test_a_name_like_a_formula_stays_a_text() -> None:
    def as_text(book: Any) -> None:
        book.active["G2"].value = '=HYPERLINK("x")'
        book.active["G2"].data_type = "s"

    sheet = read_ledger(workbook([TITLES, entry(1, 案号=None)], as_text))
    target = io.BytesIO()
    write_rejects(target, sheet, {2: "案号缺失"})
    cell = openpyxl.load_workbook(io.BytesIO(target.getvalue())).active["G2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("x")', "s")


# People


def test_people_by_chinese_and_english_roles() -> None:
    rows = [
        ["人员表"],
        ["姓名", "登录名", "角色", "团队"],
        ["王芳", "wang.fang", "执行员", "精执一团队"],
        [],
        ["李强", "li.qiang", "Vice_President", None],
    ]
    people = read_people(workbook(rows))
    assert [(p.row, p.login, p.role, p.team) for p in people] == [
        (3, "wang.fang", Role.EXECUTOR, "精执一团队"),
        (5, "li.qiang", Role.VICE_PRESIDENT, ""),
    ]


def test_a_list_of_people_with_faults_names_every_row() -> None:
    rows = [
        ["登录名", "姓名", "角色", "团队"],
        ["a.b", "王芳", "书记员", None],
        ["A.B", "李强", "书记员", None],
        ["c.d", "赵四", "厨师", None],
        ["e.f", None, "书记员", None],
    ]
    with pytest.raises(LedgerFault) as fault:
        read_people(workbook(rows))
    assert all(f"第 {row} 行" in fault.value.message for row in (3, 4, 5))
    with pytest.raises(LedgerFault) as missing:
        read_people(workbook([["登录名", "姓名", "团队"]]))
    assert missing.value.fault == "missing columns"
