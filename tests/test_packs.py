"""Does one zip tell a whole case, prove it without us, and give a changed byte away?"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from zipfile import ZipFile

from linshu.rules.looks import Kind
from linshu.services import (
    claiming,
    closing,
    correcting,
    packs,
    pauses,
    readings,
    recording,
    requests,
    screening,
)
from linshu.services.filing import NewParty
from linshu.services.pauses import NewPause
from linshu.services.recording import NewAction
from linshu.store.writer import Doer
from tests.court import Court, at

NUMBER, PHONE = "110101199003070038", "13800138000"
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
    asked = requests.ask(
        worker, case_id, court.stint(case_id).seq, "other", "身体原因", at("2026-06-16")
    )
    requests.approve(court.who(f"lead-{holder}"), asked, "同意移交", at("2026-06-17"))
    other = court.who("two" if holder == "one" else "one")
    claiming.claim(other, case_id, None, at("2026-06-18"))
    due_on = court.case(case_id).statutory_due_on
    assert due_on is not None
    court.sweep("2026-07-20")
    closing.close(
        court.who(f"lead-{'two' if holder == 'one' else 'one'}"),
        case_id,
        court.stint(case_id).seq,
        "执行完毕",
        "全部给付",
        at("2026-07-21"),
    )
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
    ran = subprocess.run(
        command, cwd=folder, env=quiet, capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def test_the_pack_of_a_case_that_met_everything_holds(court: Court, tmp_path: Path) -> None:
    folder = packed(court, worked_through(court), tmp_path)
    code, said = verdict(folder)
    assert code == 0 and said.splitlines()[-1].startswith("相符:"), said
    assert ",0 处摘要未提供原文" in said
    assert "尚未封印" not in said
    assert tmp_path == 1
