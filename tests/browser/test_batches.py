"""A search for many: picked, started, followed, taken to the search system, and its results in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue

from linshu.jobs.doorbell import LATER
from linshu.services import batch_run, finding_files
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.conftest import NOW

pytestmark = pytest.mark.browser
RUNS = {"run_batch": batch_run.run, "run_findings": finding_files.run}


def answer_the_bell(house: House, task: str) -> None:
    """What the worker's task does, for the ring that waits, on the tests' day."""
    rung = Queue(LATER, connection=Redis.from_url(house.redis_url)).jobs
    assert [job.func_name for job in rung] == [f"linshu.jobs.tasks.{task}"]
    for job in rung:
        RUNS[task](*job.args, now=NOW)
        job.delete()


def test_from_the_list_to_the_property_on_a_case(
    house: House, enter: Enter, tmp_path: Path
) -> None:
    cases = house.court.file_many(2, "2026-11-18", simple=False)
    first, second = (house.number(case_id) for case_id in cases)
    staff = enter("centre").goto("/batches")
    staff.follow("批量网络查控")
    assert not staff.barriers()
    for number in (first, second):
        staff.page.get_by_label(f"选择 {number}").check()
    staff.page.get_by_label("证券").uncheck()
    staff.press("发起")
    assert "已发起" in staff.says and "排队中" in staff.says and not staff.barriers()
    answer_the_bell(house, "run_batch")
    staff.page.get_by_text("已办 2 件").wait_for()  # htmx asks every two seconds
    with staff.page.expect_download() as download:
        staff.page.get_by_role("button", name="下载查控文件(CSV)").click()
    download.value.save_as(tmp_path / "查控.csv")
    lines = list(csv.reader(io.StringIO((tmp_path / "查控.csv").read_text("utf-8-sig"))))
    assert [line[0] for line in lines] == ["案号", first, second]
    back = tmp_path / "反馈.csv"
    back.write_text(
        "案号,被执行人,反馈单位,财产种类,账号,余额(元),反馈日期\n"
        f"{first},李四,中国农业银行,银行存款,6228001,8800.50,2026-11-23\n"
        f"{second},李四,车管所,无,,,2026-11-23\n"
        "（2026）鲁1329执99999号,李四,车管所,无,,,2026-11-23\n",
        "gb18030",
    )
    staff.goto("/batches").follow("查控结果")
    staff.page.get_by_label("结果文件").set_input_files(back)
    staff.press("上传并预览")
    answer_the_bell(house, "run_findings")
    staff.page.get_by_text("没有这件案件").wait_for()
    assert not staff.barriers()
    staff.press("确认导入 2 行,2 件案件")
    answer_the_bell(house, "run_findings")
    staff.page.get_by_text("导入于").wait_for()
    staff.goto(f"/cases/{cases[0]}?tab=property")
    assert "8,800.50" in staff.row("6228001").inner_text()
    staff.goto(f"/cases/{cases[1]}?tab=searches")
    assert "今天" in staff.page.get_by_role("row").filter(has_text="车辆").first.inner_text()
    trail = enter("supervisor").goto("/trail?tag=findings.landed")
    assert "查到 1 项,查无 1 项,重复 0 项,退回 1 行" in trail.says
