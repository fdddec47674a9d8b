"""Does one zip tell a whole case, prove it without us, and give a changed byte away?"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
from datetime import date
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask

from linshu.rules.looks import Kind
from linshu.services import (
    claiming,
    correcting,
    packs,
    pauses,
    readings,
    recording,
    requests,
    screening,
    transfers,
)
from linshu.services.errors import NotFound
from linshu.services.filing import NewParty
from linshu.services.pauses import NewPause
from linshu.services.recording import NewAction
from linshu.store.writer import Doer
from tests.court import Court, at
from tests.web.test_readings import looks
from tests.web.visits import entered, plain

NUMBER, PHONE = "110101199003070038", "13800138000"
#: What would run or fetch something, or lead somewhere.
RUNS = re.compile(r"<script|<link|<img|<iframe|<a |\ssrc=|\son[a-z]+=|https?://")
SUPERVISOR = Doer("supervisor", "supervisor")


def worked_through(court: Court) -> int:
    """A case that met everything: screened, claimed, worked in, corrected, paused, refused and
    approved, moved by expiry, moved early, closed; and looked at."""
    case_id = court.file("2026-03-02", debtors=[NewParty("李四", NUMBER)], preserved=True)
    screening.screen(court.who("centre"), case_id, 1, True, "", at("2026-03-02", 10))
    quick, lead = court.who("quick"), court.who("quick-lead")
    claiming.claim(quick, case_id, None, at("2026-03-03"))
    said = NewAction("call", f"电话 {PHONE},称月底给付。", at("2026-03-04", 9).at)
    action = recording.record(quick, case_id, 2, said, at("2026-03-04", 16))
    said = NewAction("call", f"电话 {PHONE},称下月给付。", at("2026-03-04", 9).at)
    correcting.correct_action(quick, case_id, 2, action, said, "听错了", at("2026-03-05"))
    paid = NewAction("receipt", "第一笔。", at("2026-03-06", 9).at, 30_000)
    recording.record(quick, case_id, 2, paid, at("2026-03-06"))
    correcting.correct_fact(
        quick, case_id, 2, "basis", "（2020）鲁1329民初9号", "录错", at("2026-03-09")
    )
    correcting.correct_fact(quick, case_id, 2, "remark", "房屋一处", "补充", at("2026-03-09"))
    pause = NewPause("expertise", date(2026, 3, 16), date(2026, 3, 20), "鉴委1号")
    for day, decide in (("2026-03-16", requests.refuse), ("2026-03-17", requests.approve)):
        asked = pauses.ask(quick, case_id, 2, pause, "委托评估", at(day))
        decide(lead, asked, "材料不全" if decide is requests.refuse else "同意", at(day, 15))
    for day in ("2026-04-10", "2026-06-12"):
        court.sweep(day)
    holder = "one" if court.team("精执一团队").id == court.stint(case_id).team_id else "two"
    worker = court.who(holder)
    claiming.claim(worker, case_id, None, at("2026-06-15"))
    asked = transfers.ask(
        worker, case_id, court.stint(case_id).seq, "other", "身体原因", at("2026-06-16")
    )
    requests.approve(court.who(f"lead-{holder}"), asked, "同意移交", at("2026-06-17"))
    other = court.who("two" if holder == "one" else "one")
    claiming.claim(other, case_id, None, at("2026-06-18"))
    court.sweep("2026-07-20")
    lead = f"lead-{'two' if holder == 'one' else 'one'}"
    court.close(case_id, "执行完毕", "2026-07-21", lead, "全部给付")
    readings.note(
        court.who("chief"), Kind.CASE, at("2026-07-22"), case_id=case_id, address="10.0.0.7"
    )
    return case_id


def packed(court: Court, case_id: int, place: Path) -> Path:
    """The folder into which a pack of the case was unpacked."""
    when = at("2026-11-23", 10)
    out = place / packs.name_of(court.case(case_id).number, when)
    packs.make(packs.Order(court.id, case_id, SUPERVISOR, "监督甲(监督人员)", when), out)
    folder = place / "unpacked"
    with ZipFile(out) as archive:
        archive.extractall(folder)
    return folder


def verdict(folder: Path) -> tuple[int, str]:
    """What the verifier of the pack says, run by a Python that knows nothing of the project."""
    command = [sys.executable, "-E", "-s", "-m", *packs.COMMAND.split()[2:]]
    quiet = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(command, cwd=folder, env=quiet, capture_output=True, check=False)
    assert ran.stderr == b""
    return ran.returncode, ran.stdout.decode()


def page(folder: Path, name: str) -> str:
    """The text of a page, without its tags."""
    return unescape(plain((folder / name).read_text("utf-8").partition("<body")[2]))


def test_the_pack_of_a_case_that_met_everything_holds(court: Court, tmp_path: Path) -> None:
    folder = packed(court, worked_through(court), tmp_path)
    code, said = verdict(folder)
    assert code == 0 and said.splitlines()[-1].startswith("相符:41 条,1 条链,"), said
    assert ",0 处摘要未提供原文" in said and "尚未封印" not in said
    assert verified_where_it_lies(folder)


def verified_where_it_lies(folder: Path) -> bool:
    """Whether the program that ran was the one in the folder, and ours nowhere near."""
    command = [
        sys.executable,
        "-E",
        "-s",
        "-c",
        "import linshu.rules.verify as v; print(v.__file__)",
    ]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return Path(ran.stdout.strip()) == folder / "linshu/rules/verify.py"


@pytest.mark.parametrize("name", [packs.TRAIL, packs.SEALS, packs.TEXTS])
def test_one_changed_byte_gives_itself_away(court: Court, tmp_path: Path, name: str) -> None:
    folder = packed(court, worked_through(court), tmp_path)
    whole = (folder / name).read_bytes()
    for place in range(7, len(whole), len(whole) // 12):
        changed = bytes([whole[place] ^ 1])
        (folder / name).write_bytes(whole[:place] + changed + whole[place + 1 :])
        code, said = verdict(folder)
        assert code == 1 and said.splitlines()[-1].startswith("不符:"), (place, said)
    (folder / name).write_bytes(whole)
    assert verdict(folder)[0] == 0


def test_the_cover_lists_every_file_with_its_digest(court: Court, tmp_path: Path) -> None:
    folder = packed(court, worked_through(court), tmp_path)
    cover = page(folder, packs.COVER)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix() for path in files}
    assert names == {packs.COVER, *packs.CONTENTS}
    for name in packs.CONTENTS:
        content = (folder / name).read_bytes()
        assert f"{len(content):,} {hashlib.sha256(content).hexdigest()}" in cover, name
    sums = (folder / packs.SUMS).read_text("utf-8").splitlines()
    assert [line.partition("  ")[2] for line in sums] == list(packs.CONTENTS)[:-1]
    assert "李四 110101********0038" in cover and "2026-07-21 结案(执行完毕)" in cover
    assert packs.COMMAND in cover and packs.COMMAND in (folder / packs.HOW).read_text("utf-8")
    assert not list(tmp_path.glob(".pack-*"))


def test_the_pages_tell_the_whole_case(court: Court, tmp_path: Path) -> None:
    folder = packed(court, worked_through(court), tmp_path)
    trail = page(folder, "02-留痕.html")
    assert "2026-03-04 09:00 2026-03-04 16:00 速执甲" in trail  # both times
    assert "电话 138****8000,称下月给付。" in trail and "理由:听错了" in trail
    assert "制作证据包 证据包-" in trail  # the pack holds its own entry
    asked = page(folder, "03-申请审批.html")
    assert "#1 扣除执行期限 · 已驳回 申请人 速执甲" in asked and "已驳回:材料不全" in asked
    assert "审批人 速执长 审批时间 2026-03-17 15:00" in asked
    assert "速执 · 速执团队 · 阶段期限届满 2026-04-02" in asked  # as it stood then
    clocks = page(folder, "04-期限.html")
    assert "鉴定：2026-03-16 至 2026-03-20 共 5 天不计入" in clocks
    assert "法定执行期限(6个月) 自 2026-03-02 起算 · 届满日 2026-09-07 · 2026-07-21 结案" in clocks
    assert "发出执行通知书、报告财产令 2026-03-03 2026-03-06 2026-07-21 09:00 超期后停止" in clocks
    assert "2026-07-22 09:00 局长甲 执行局局长 查看案件 10.0.0.7" in page(folder, "05-查阅.html")
    with (folder / "01-流程.csv").open(encoding="utf-8-sig", newline="") as file:
        stages = [row["阶段"] for row in csv.DictReader(file)]
    assert stages == ["立案甄别", "速执", "指挥中心", "精执", "监执(横向)", "团队长"]


def test_a_pause_approved_too_late_shows_both_dates(court: Court, tmp_path: Path) -> None:
    (case_id,) = court.file_many(1, "2026-03-02", simple=True)
    court.sweep("2026-04-03")  # out of the quick team's hands
    centre = court.who("centre")
    claiming.claim(centre, case_id, None, at("2026-04-03"))
    pause = NewPause("expertise", date(2026, 3, 16), date(2026, 3, 20), "鉴委1号")
    asked = pauses.ask(centre, case_id, 3, pause, "当时正在鉴定", at("2026-04-07"))
    requests.approve(court.who("centre-lead"), asked, "属实", at("2026-04-08"))
    clocks = page(packed(court, case_id, tmp_path), "04-期限.html")
    assert "阶段期限 · 速执(1个月) 自 2026-03-02 起算 · 届满日 2026-04-02 · 2026-04-03" in clocks
    late = "登记的届满日为 2026-04-02 ;按其后批准的扣除和公布的放假安排计算为 2026-04-07 。"
    assert late.replace(" ", "") in clocks.replace(" ", "")


def test_no_number_of_a_person_stands_on_a_page(court: Court, tmp_path: Path) -> None:
    folder = packed(court, worked_through(court), tmp_path)
    texts = packs.TEXTS  # as they were written: what the digests are of
    for name in {packs.COVER, *packs.CONTENTS} - {texts}:
        content = (folder / name).read_text("utf-8", errors="replace")
        assert NUMBER not in content and PHONE not in content, name


def test_every_page_names_its_maker_and_runs_nothing(court: Court, tmp_path: Path) -> None:
    folder = packed(court, worked_through(court), tmp_path)
    pages = sorted(folder.glob("*.html"))
    assert len(pages) == 9
    for path in pages:
        content = path.read_text("utf-8")
        assert content.count("监督甲(监督人员) 2026-11-23 10:00") >= 12, path.name
        assert not RUNS.search(content), path.name


def test_what_people_typed_is_text(court: Court, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>{{ 7*7 }}"
    case_id = court.file("2026-11-02", cause=hostile, debtors=[NewParty(hostile)])
    screening.screen(court.who("centre"), case_id, 1, True, hostile, at("2026-11-03"))
    claiming.claim(court.who("quick"), case_id, None, at("2026-11-03"))
    said = NewAction("call", f"=1+1 {hostile}", at("2026-11-04").at)
    recording.record(court.who("quick"), case_id, 2, said, at("2026-11-04"))
    who = court.who("chief")
    readings.note(who, Kind.SEARCH, at("2026-11-05"), case_id=case_id, words="=1+1")
    folder = packed(court, case_id, tmp_path)
    for path in folder.glob("*.html"):
        assert "<script" not in path.read_text("utf-8"), path.name
    assert hostile in page(folder, "02-留痕.html")
    assert ",'=1+1," in (folder / "05-查阅.csv").read_text("utf-8")
    assert verdict(folder)[0] == 0


def test_the_same_case_at_the_same_time_makes_the_same_pages(court: Court, tmp_path: Path) -> None:
    case_id = worked_through(court)
    first = packed(court, case_id, tmp_path)
    before = {name: (first / name).read_bytes() for name in packs.CONTENTS if "03" in name}
    (tmp_path / "again").mkdir()
    again = packed(court, case_id, tmp_path / "again")
    assert before == {name: (again / name).read_bytes() for name in before}
    with ZipFile(next(tmp_path.glob("*.zip"))) as one:
        assert [info.filename for info in one.infolist()] == [packs.COVER, *packs.CONTENTS]
        assert {info.date_time for info in one.infolist()} == {(2026, 11, 23, 10, 0, 0)}


def test_other_cases_stay_unnamed(court: Court, tmp_path: Path) -> None:
    case_id = worked_through(court)
    court.file_many(3, "2026-11-02", simple=True)
    folder = packed(court, case_id, tmp_path)
    number = court.case(case_id).number
    named = set(re.findall("（2026）鲁1329执[0-9]+号", (folder / packs.SEALS).read_text("utf-8")))
    assert named == {number}


def test_there_is_no_pack_of_a_case_that_is_not_there(court: Court, tmp_path: Path) -> None:
    when = at("2026-11-23")
    with pytest.raises(NotFound):
        packs.make(packs.Order(court.id, 999, SUPERVISOR, "x", when), tmp_path / "x.zip")
    assert list(tmp_path.glob("*.zip")) == []


# One click ---------------------------------------------------------------------------------------


def test_one_click_hands_it_over_and_is_recorded_twice(app: Flask, court: Court) -> None:
    case_id = court.file("2026-11-02")
    visitor = entered(app, court, "supervisor")
    assert f'action="/cases/{case_id}/pack"' in visitor.get(f"/cases/{case_id}")
    answer = visitor.post(f"/cases/{case_id}/pack")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None and packs.COVER in archive.namelist()
        assert "监督甲(监督人员)" in archive.read(packs.COVER).decode()
    assert ("pack", case_id, "") in looks()
    assert "制作证据包 证据包-" in visitor.get(f"/cases/{case_id}")
    assert not list(Path(app.config["LINSHU_INSTANCE"]).glob("tmp*"))


@pytest.mark.parametrize("login", ["one", "lead-one", "centre", "filing", "system", "audit"])
def test_nobody_else_makes_one(app: Flask, court: Court, login: str) -> None:
    case_id = court.file("2026-11-02")
    visitor = entered(app, court, login)
    assert visitor.post(f"/cases/{case_id}/pack").status_code == 403
    assert looks("pack") == [] and ("refused", case_id, f"/cases/{case_id}/pack") in looks()
    assert court.case(case_id).trail_count == 2


def test_from_the_command_line(app: Flask, court: Court, tmp_path: Path) -> None:
    number = court.case(court.file("2026-11-02")).number
    out = tmp_path / "out.zip"
    ran = app.test_cli_runner().invoke(args=["pack", number, str(out)])
    assert ran.exit_code == 0 and "证据包写入" in ran.output
    with ZipFile(out) as archive:
        archive.extractall(tmp_path / "out")
    assert verdict(tmp_path / "out")[0] == 0
    assert "命令行" in page(tmp_path / "out", packs.COVER)
    missing = app.test_cli_runner().invoke(args=["pack", "（2026）鲁1329执999号", str(out)])
    assert missing.exit_code == 1
