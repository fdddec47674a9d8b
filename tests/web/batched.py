"""A search for many and its results by file, behind the doors that tests open."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from flask import Flask

from linshu.services import batch_run, batches, finding_files, searching
from linshu.services.batches import Picked
from tests.conftest import NOW
from tests.court import Court, at


def batch_of(court: Court) -> int:
    """A network search in a case of the command centre, done."""
    case_id = court.file_many(1, "2026-11-16", simple=False)[0]
    who, when = court.who("centre"), at("2026-11-23")
    batch_id = batches.search(who, Picked((case_id,)), ["banks"], when.on, "", when)
    batch_run.run(batch_id, NOW)
    return batch_id


def results_of(court: Court, app: Flask) -> int:
    """A file of results, looked through, of which one row is turned away."""
    content = "案号,被执行人,查询来源,财产种类,查询日期\n老王,李四,银行,无,2026-11-20\n"
    folder, stream = Path(app.config["LINSHU_INSTANCE"]) / "imports", BytesIO(content.encode())
    file_id = finding_files.upload(
        court.who("centre"), "反馈.csv", stream, folder, at("2026-11-23")
    )
    finding_files.run(file_id, NOW)
    return file_id


def batched(court: Court, case_id: int, folder: Path) -> None:
    """A search of one case, one for many of which one has closed, results by file, one turned away,
    and a file that is none."""
    when, centre = at("2026-11-20", 16), court.who("centre")
    searching.search(court.who("quick"), case_id, None, ["banks"], when.on, "均无", when)
    many = court.file_many(2, "2026-11-20", simple=False)
    batch = batches.search(centre, Picked(tuple(many)), ["vehicles"], when.on, "", when)
    court.close(many[0], "执行完毕", "2026-11-20", "centre")
    batch_run.run(batch, NOW)
    batches.record(centre, Picked((many[1],)), "call", "电话一次", when.at, None, when)
    rows = f"{court.case(many[1]).number},李四,银行,无,2026-11-20\nx-1,李四,银行,无,x\n"
    for content in (f"案号,被执行人,查询来源,财产种类,查询日期\n{rows}", "x"):
        stream = BytesIO(content.encode())
        file = finding_files.upload(centre, "反馈.csv", stream, folder / "in", when)
        finding_files.run(file, NOW)
