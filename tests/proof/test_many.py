"""Does it hold in quantity: twelve thousand due cases, a ledger of a hundred thousand rows?"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from linshu.rules.stages import Stage
from linshu.store.cases import Stint
from tests import books
from tests.court import Court
from tests.proof.conftest import Installation
from tests.test_ledger_import import HEADINGS

ROWS = 100_000
BRACKETS = ("（{}）", "({})", "〔{}〕", "[{}]", " （{}）")
SIGNS = ("、", "，", ",", "；", "\n")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def test_twelve_thousand_due_cases_move_in_seconds(court: Court) -> None:
    court.file_many(12_000, "2026-01-05", simple=True)
    court.file_many(500, "2026-01-06", simple=True)
    began = time.monotonic()
    report = court.sweep("2026-02-06")
    assert time.monotonic() - began < 60  # seconds on a quiet machine
    assert (report.due, report.moved, report.by_stage) == (12_000, 12_000, {Stage.QUICK: 12_000})
    assert books.count(Stint) == 2 * 12_500 + 12_000
    assert books.hold()
    assert court.sweep("2026-02-06").due == 0


def test_a_ledger_of_a_hundred_thousand_rows(flask: Installation, tmp_path: Path) -> None:
    good = invented(tmp_path / "ledger.xlsx", ROWS)
    words = ("import-ledger", tmp_path / "ledger.xlsx", "--as", "filing", "--on", "2021-06-30")
    told = flask.json(*words)
    assert told["imported"] == good
    assert told["imported"] + len(told["rejected"]) + len(told["duplicates"]) == ROWS
    assert {row["why"] for row in told["rejected"]} == {"case number", "no debtor"}
    again = flask.json(*words, "--screen")
    assert (again["imported"], again["claim_fen_total"]) == (0, 0)
    assert again["rejected"] == told["rejected"]


def invented(path: Path, rows: int) -> int:
    """An invented ledger, messy in the ways of the sample; returns how many of its rows are good:
    of every hundred two are bad and one is there twice."""
    lot = random.Random(8329)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "执行案件台账")
        sheet.write_row(1, 0, HEADINGS)
        before: list[str] = []
        for serial in range(rows):
            row = before if serial % 100 == 57 else messy(lot, serial)
            before = row
            sheet.write_row(serial + 2, 0, row)
    return rows - rows // 100 * 3


def messy(lot: random.Random, serial: int) -> list[str]:
    number = f"{lot.choice(BRACKETS).format(2021)}鲁1329执{serial + 1}号"
    day = date(2021, 1, 4) + timedelta(days=lot.randrange(170))
    names = lot.choice(SIGNS).join(f"张{'甲乙丙丁戊'[n]}" for n in range(lot.randrange(1, 4)))
    yuan = lot.randrange(1, 9_000_000)
    row = [
        number.translate(WIDE) if serial % 7 == 0 else number,
        "民间借贷纠纷",
        lot.choice((f"{day}", f"{day:%Y/%m/%d}", f"{day:%Y年%m月%d日}", f"{day:%Y.%m.%d}")),
        names,
        names.replace("张", "李"),
        "",
        lot.choice((f"{yuan}", f"¥{yuan:,}", f"{yuan}元", f"{yuan / 10_000:.4f}万元")),
        lot.choice("是否"),
        lot.choice("是否"),
    ]
    if serial % 100 == 13:
        row[0] = "待编号"
    if serial % 100 == 14:
        row[4] = "无"
    return row
