"""Does an evidence pack tell of every kind of request, whatever became of it?"""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from linshu.services import claiming, measures, packs, requests
from linshu.services.measures import NewMeasure
from linshu.store.cases import Party
from linshu.store.db import db
from linshu.store.writer import Doer
from tests.court import Court, at


def test_a_measure_that_was_returned_stands_in_the_pack(court: Court, tmp_path: Path) -> None:
    (case_id,) = court.file_many(1, "2026-11-02", simple=True)
    quick, when = court.who("quick"), at("2026-11-20")
    claiming.claim(quick, case_id, None, at("2026-11-03"))
    debtor = db.session.query(Party.id).filter_by(case_id=case_id, role="debtor").scalar()
    fine = NewMeasure(debtor, "fine", "(2026)罚1号", amount_fen=100_000)
    asked = measures.ask(quick, case_id, 2, fine, "拒不报告。", when)
    requests.send_back(court.who("president"), asked, "请附笔录。", when)
    measures.ask(quick, case_id, 2, fine, "已附笔录。", when)
    requests.raise_overdue(court.id, at("2026-11-30"))  # the system acts, and names no policy
    doer, out = Doer("supervisor", "supervisor"), tmp_path / "pack.zip"
    packs.make(packs.Order(court.id, case_id, doer, "监督甲", at("2026-11-30")), out)
    with ZipFile(out) as pack:
        page = pack.read("03-申请审批.html").decode()
    assert "退回补正" in page and "罚款(李四) · 1,000.00 元" in page and "请附笔录。" in page
