"""The command centre's day: a ledger is uploaded, looked through, taken in."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from redis import Redis
from rq import Queue

from linshu.jobs.doorbell import LATER
from linshu.services import imports
from tests.browser.conftest import Enter
from tests.browser.house import House, ledger_of
from tests.conftest import NOW

pytestmark = pytest.mark.browser


def answer_the_bell(house: House) -> None:
    """What the worker's task does, for each ring that waits, on the tests' day."""
    rung = Queue(LATER, connection=Redis.from_url(house.redis_url)).jobs
    assert [job.func_name for job in rung] == ["linshu.jobs.tasks.run_import"]
    for job in rung:
        imports.run(*job.args, now=NOW)
        job.delete()


def test_a_ledger_is_previewed_taken_in_and_its_rejects_come_back(
    house: House, enter: Enter, tmp_path: Path
) -> None:
    ledger = tmp_path / "二〇一八年台账.xlsx"
    ledger.write_bytes(ledger_of(2018))
    staff = enter("centre").goto("/intake")
    staff.follow("导入台账")
    staff.page.get_by_label("台账文件").set_input_files(ledger)
    staff.press("上传并预览")
    assert "已排队" in staff.says and not staff.barriers()
    answer_the_bell(house)
    staff.page.get_by_text("可导入", exact=True).wait_for()  # htmx asks every two seconds
    staff.page.get_by_label("同时以我的名义按系统建议确认甄别").check()
    staff.press("确认导入 3 件")
    assert "已开始导入" in staff.says
    answer_the_bell(house)
    staff.page.get_by_text("甄别已按建议确认").wait_for()
    with staff.page.expect_download() as download:
        staff.follow("下载没有导入的行(附原因)")
    assert download.value.suggested_filename == "二〇一八年台账-未导入.xlsx"
    download.value.save_as(tmp_path / "rejects.xlsx")
    sheet = load_workbook(tmp_path / "rejects.xlsx").active
    assert sheet is not None
    reasons = [str(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len(reasons) == 2 and "案号缺失或不规范" in reasons[1]
    trail = enter("supervisor").goto("/trail?tag=ledger.imported")
    assert "导入台账 二〇一八年台账.xlsx:入库 3 件,退回 1 件,重复 1 件" in trail.says
    staff.goto("/cases?q=（2018）鲁1329执2号")
    assert staff.row("（2018）鲁1329执2号").count() == 1


def test_what_is_no_workbook_is_told_so_and_nothing_comes_in(
    house: House, enter: Enter, tmp_path: Path
) -> None:
    paper = tmp_path / "台账.xlsx"
    paper.write_text("案号,案由")
    staff = enter("centre").goto("/imports")
    staff.page.get_by_label("台账文件").set_input_files(paper)
    staff.press("上传并预览")
    answer_the_bell(house)
    staff.page.get_by_role("alert").get_by_text("没有导入任何案件").wait_for()
