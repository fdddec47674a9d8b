"""Can the trail be searched, verified and taken away, and by whom?"""

from __future__ import annotations

import io
import re
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import text

from linshu.rules import verify
from linshu.services import claiming
from linshu.services.checking import verify_court
from linshu.services.recording import NewAction, record
from linshu.store.db import APPEND_ONLY, db, transaction
from tests.court import Court, at
from tests.web.visits import entered, rows


@pytest.fixture
def worked(court: Court) -> tuple[Court, int]:
    """A case that was filed, screened, claimed and worked in, and another beside it."""
    first, _other = court.file_many(2, "2026-11-02", simple=True)
    claiming.claim(court.who("quick"), first, None, at("2026-11-03"))
    new = NewAction("call", "电话联系。", at("2026-11-04", 9).at)
    record(court.who("quick"), first, 2, new, at("2026-11-04", 16))
    return court, first


def found(page: str) -> list[str]:
    return rows(page)[1:]


def test_an_entry_reads_as_a_sentence_with_who_when_and_digest(app: Flask, worked) -> None:
    court, case_id = worked
    number = court.case(case_id).number
    page = entered(app, court, "supervisor").get(f"/trail?case={number}")
    claimed, recorded = (
        next(row for row in found(page) if word in row) for word in ("认领案件", "登记执行行为")
    )
    assert "速执甲 认领案件(速执团队)。 速执甲 执行员 #4 " in claimed
    assert recorded.startswith("2026-11-04 09:00 2026-11-04 16:00")
    assert len(found(page)) == 7  # with the countdowns that filing and claiming start and meet


def test_a_number_in_any_writing_and_one_that_is_none(app: Flask, worked) -> None:
    court, case_id = worked
    visitor, serial = entered(app, court, "supervisor"), court.case(case_id).serial
    assert len(found(visitor.get(f"/trail?case=(2026)鲁1329执{serial}"))) == 7
    assert "案号不规范" in visitor.get("/trail?case=老王的案子")
    assert "没有符合条件的留痕" in visitor.get("/trail?case=（2026）鲁1329执99999号")


def test_by_person_kind_and_day(app: Flask, worked) -> None:
    court, _case_id = worked
    visitor = entered(app, court, "supervisor")
    assert len(found(visitor.get("/trail?person=速执甲"))) == 4
    assert len(found(visitor.get("/trail?person=quick"))) == 4
    assert len(found(visitor.get("/trail?person=速执甲&tag=case.claimed"))) == 1
    assert len(found(visitor.get("/trail?since=2026-11-03&until=2026-11-03"))) == 3
    assert "没有符合条件的留痕" in visitor.get("/trail?since=2026-11-05")
    assert len(found(visitor.get("/trail?tag=case.imported"))) == 2


def test_what_the_system_did_is_nobody_s(app: Flask, court: Court) -> None:
    court.file_many(1, "2026-10-12", simple=True)
    court.sweep("2026-11-13")
    page = entered(app, court, "supervisor").get("/trail?person=系统&tag=case.moved")
    assert len(found(page)) == 1 and " 系统 #" in found(page)[0]


def test_before_anything_is_asked_the_last_thirty_days_show(app: Flask, court: Court) -> None:
    court.file_many(1, "2026-10-12", simple=True)
    (recent,) = court.file_many(1, "2026-11-12", simple=True)
    page = entered(app, court, "supervisor").get("/trail")
    assert 'value="2026-10-24"' in page
    assert {row.split()[3] for row in found(page)} >= {court.case(recent).number}
    assert len(found(page)) == 3


def test_pages(app: Flask, court: Court) -> None:
    court.file_many(45, "2026-11-12")
    visitor = entered(app, court, "supervisor")
    assert len(found(visitor.get("/trail?tag=case.imported"))) == 38
    assert len(found(visitor.get("/trail?tag=case.imported&page=2"))) == 7


def test_the_audit_administrator_reads_no_case(app: Flask, worked) -> None:
    court, case_id = worked
    visitor = entered(app, court, "audit")
    page = visitor.get("/trail?since=2020-01-01")
    assert "建立法院" in page and "登记执行行为" not in page
    number = court.case(case_id).number
    assert found(visitor.get(f"/trail?case={number}")) == []
    assert visitor.post("/trail/verify", {"case": case_id}).status_code == 404
    assert visitor.post("/trail/export").status_code == 403


def test_a_new_person_is_told_by_role(app: Flask, court: Court) -> None:
    page = entered(app, court, "audit").get("/trail?tag=person.added&since=2020-01-01")
    assert "新增人员 one(执行员,精执一团队)。" in page


@pytest.mark.parametrize("login", ["one", "lead-one", "chief", "president", "system", "filing"])
def test_others_read_no_trail_but_that_of_their_cases(app: Flask, court: Court, login: str) -> None:
    visitor = entered(app, court, login)
    visitor.get("/trail", 403)
    assert visitor.post("/trail/export").status_code == 403
    assert visitor.post("/trail/verify").status_code == 403


def test_a_whole_trail_verifies(app: Flask, worked) -> None:
    court, case_id = worked
    visitor = entered(app, court, "supervisor")
    assert visitor.post("/trail/verify").status_code == 303
    assert "核验通过:3 条链" in visitor.get("/trail")
    visitor.post("/trail/verify", {"case": case_id, "number": court.case(case_id).number})
    assert "该案 7 条留痕首尾相接" in visitor.get("/trail")


def tampered(statement: str, **values: object) -> None:
    """What somebody with the database's own keys could do."""
    with transaction() as session:
        for table in APPEND_ONLY:
            if session.get_bind().dialect.name == "sqlite":
                session.execute(text(f"DROP TRIGGER {table}_no_update"))
                session.execute(text(f"DROP TRIGGER {table}_no_delete"))
            else:
                session.execute(text(f"DROP TRIGGER {table}_no_change ON {table}"))
        session.execute(text(statement), values)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail SET line = replace(line, '2026-11-03', '2026-11-02') "
        "WHERE case_id = :case AND seq = 4",
        "DELETE FROM trail WHERE case_id = :case AND seq = 4",
        "DELETE FROM trail WHERE case_id = :case",
        "UPDATE trail SET line = 'nothing' WHERE case_id = :case AND seq = 2",
        "UPDATE cases SET trail_count = 3 WHERE id = :case",
    ],
)
def test_tampering_shows(app: Flask, worked, statement: str) -> None:
    court, case_id = worked
    number = court.case(case_id).number
    tampered(statement, case=case_id)
    visitor = entered(app, court, "supervisor")
    visitor.post("/trail/verify")
    assert f"核验不通过:1 条链已断,请立即核查:{number}" in visitor.get("/trail?since=2026-11-23")
    assert verify_court(court.who("audit")).broken == ()


def test_the_export_is_a_download_that_verifies_and_leaves_an_entry(app: Flask, worked) -> None:
    court, _case_id = worked
    visitor = entered(app, court, "supervisor")
    answer = visitor.post("/trail/export")
    name = "trail-鲁1329-20261123-100000"
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    with ZipFile(io.BytesIO(answer.data)) as packed:
        trail, seals, told = packed.namelist()
        assert (trail, told) == (f"{name}.jsonl", "说明.txt")
        how = packed.read(told).decode()
        key = re.search(r"--key ([0-9a-f]{32})", how)
        assert key and f"verify {trail} --seals {seals}" in how
        verdict = verify.verify(packed.open(trail), packed.open(seals), keys=[key[1]])
    assert verdict.holds and (verdict.chains, verdict.seals) == (3, 1)
    assert verdict.proved and verdict.unsealed == 0
    assert f"导出留痕 {name}.jsonl。" in visitor.get("/trail?tag=trail.exported")


def test_every_entry_of_the_court_is_counted(app: Flask, worked) -> None:
    court, _case_id = worked
    checked = verify_court(court.who("supervisor"))
    entries = db.session.scalar(text("SELECT count(*) FROM trail"))
    assert (checked.chains, checked.entries, checked.broken) == (3, entries, ())
    assert verify_court(court.who("audit")).chains == 1
