"""Is every day sealed once, is every export sealed, and does a seal tell when something changed?"""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from linshu.rules import seals, verify
from linshu.services import exports, sealing
from linshu.services.errors import Invalid
from linshu.store import signing
from linshu.store.books import Seal, TrailEntry
from linshu.store.db import db, transaction
from linshu.store.signing import Place, StaleKey
from linshu.store.writer import Doer
from tests.court import Court, at
from tests.web.test_trail import tampered

OPERATOR = Doer("command-line", "system_admin")


def stored() -> list[Seal]:
    db.session.rollback()
    return list(db.session.scalars(select(Seal).order_by(Seal.seq)))


def said(court: Court) -> list[str]:
    """What is wrong with the record, as sentences."""
    return [str(fault.sentence) for fault in sealing.faults(court.id)]


def exported(court: Court, folder: Path, when: str = "2026-11-20") -> tuple[Path, Path]:
    out, sealed = folder / "trail.jsonl", folder / "sealed.jsonl"
    exports.export_trail(court.id, out, OPERATOR, at(when), sealed)
    return out, sealed


def verdict_of(out: Path, sealed: Path, *keys: str) -> verify.Verdict:
    with out.open("rb") as export, sealed.open("rb") as row:
        return verify.verify(export, row, keys=keys)


@pytest.fixture
def sealed(court: Court) -> Court:
    """Three cases, and three days that were closed."""
    court.file_many(3, "2026-10-12", simple=True)
    for day in ("2026-10-13", "2026-10-14", "2026-11-13"):
        court.sweep(day)
    return court


# Closing a day -----------------------------------------------------------------------------------


def test_the_first_sweep_of_a_day_closes_the_day_before(sealed: Court) -> None:
    rows = stored()
    assert [row.closes_on for row in rows] == [
        date(2026, 10, 12),
        date(2026, 10, 13),
        date(2026, 11, 12),
    ]
    first, second = (json.loads(row.line) for row in rows[:2])
    assert (first["chains"], first["changed"], second["changed"]) == (4, 4, 0)
    assert first["entries"] == db.session.scalar(
        select(func.count()).select_from(TrailEntry).where(TrailEntry.id <= rows[0].upto)
    )
    assert second["prev"] == first["hash"] and second["digest"] == first["digest"]
    assert first["at"] == "2026-10-13T00:05:00+08:00" and said(sealed) == []


def test_a_second_sweep_seals_nothing_and_an_older_day_stays_closed(sealed: Court) -> None:
    for day in ("2026-11-13", "2026-10-14", "2026-11-01"):
        sealed.sweep(day)
    assert len(stored()) == 3


def test_sweeps_beside_each_other_seal_a_day_once(app: Flask, court: Court) -> None:
    court.file_many(3, "2026-10-12", simple=True)

    def close(_n: int) -> None:
        with app.app_context():
            sealing.close_days(court.id, at("2026-10-13", 0, 5))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(close, range(4)))
    assert [row.seq for row in stored()] == [1] and said(court) == []


def test_only_what_changed_is_listed(sealed: Court) -> None:
    sealed.file("2026-11-13")
    sealed.sweep("2026-11-14")
    heads = json.loads(stored()[-1].heads)
    moved = [f"（2026）鲁1329执{n}号" for n in (1, 2, 3, 4)]
    assert [head[0] for head in heads] == ["court:鲁1329", *moved]
    sealed.file("2026-11-14")
    sealed.sweep("2026-11-15")
    assert [head[0] for head in json.loads(stored()[-1].heads)] == ["（2026）鲁1329执5号"]


def test_nothing_changed_nothing_to_seal(sealed: Court) -> None:
    for _ in range(3):
        sealing.seal_now(sealed.id, at("2026-11-14"))
    assert [row.closes_on for row in stored()][3:] == [None]


def test_the_database_keeps_a_seal_as_it_keeps_the_trail(sealed: Court) -> None:
    for statement in (Seal.__table__.update().values(seq=9), Seal.__table__.delete()):
        with pytest.raises(Exception, match="append-only"), transaction() as session:
            session.execute(statement)


# Exports -----------------------------------------------------------------------------------------


def test_an_export_is_sealed_to_its_last_entry(sealed: Court, tmp_path: Path) -> None:
    papers = exported(sealed, tmp_path)
    key = signing.place().key.fingerprint
    verdict = verdict_of(*papers, key)
    assert verdict.holds and verdict.proved and verdict.unsealed == 0
    header = json.loads(papers[0].open("rb").readline())
    assert header["exported"] == {"by": "command-line", "at": "2026-11-20T09:00:00+08:00"}
    assert header["range"] == {"of": "all", "first": "2020-01-02", "last": "2026-11-20"}
    assert (header["court"], header["alg"], header["seals"]) == ("鲁1329", "sm3", 4)
    assert seals.fingerprint(header["key"]) == key


def test_the_trail_of_one_case_is_proved_alone(sealed: Court, tmp_path: Path) -> None:
    out, row = tmp_path / "case.jsonl", tmp_path / "row.jsonl"
    case = sealed.case(2)
    with transaction() as session:
        case = session.get_one(type(case), 2)
        lines = exports.case_lines(session, sealed.id, case, OPERATOR, at("2026-11-20"))
        out.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        proof = sealing.proof_of_case(session, sealed.id, case)
        row.write_text("".join(f"{line}\n" for line in proof), "utf-8")
    assert verdict_of(out, row, signing.place().key.fingerprint).proved
    assert "执1号" not in row.read_text("utf-8") and "执2号" in row.read_text("utf-8")
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:-1]))
    # what came after the last seal is the header's to tell
    assert "(首行)" in str(verdict_of(out, row).misfits[0])
    out.write_bytes(b"".join(lines[:3]))
    assert "被截去末尾" in "".join(map(str, verdict_of(out, row).misfits))


def test_seals_carried_off_hold_a_later_export_to_what_they_saw(
    sealed: Court, tmp_path: Path
) -> None:
    _out, carried = exported(sealed, tmp_path)
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes(carried.read_bytes())
    sealed.file("2026-11-20")
    sealed.sweep("2026-11-23")
    out, _row = exported(sealed, tmp_path, "2026-11-23")
    verdict = verdict_of(out, kept, signing.place().key.fingerprint)
    assert verdict.holds and verdict.proved and verdict.unsealed


# The files beside the database -------------------------------------------------------------------


def files(folder: Path) -> list[Path]:
    return sorted((folder / "seals" / "鲁1329").iterdir())


def test_every_seal_lies_in_a_file(sealed: Court, tmp_path: Path) -> None:
    assert [path.name for path in files(tmp_path)] == [
        "000001-2026-10-12.jsonl",
        "000002-2026-10-13.jsonl",
        "000003-2026-11-12.jsonl",
    ]
    joined = tmp_path / "joined.jsonl"
    joined.write_bytes(b"".join(path.read_bytes() for path in files(tmp_path)))
    out, _row = exported(sealed, tmp_path)
    assert verdict_of(out, joined).holds


def test_a_file_that_is_missing_is_a_fault_until_it_is_written_again(
    sealed: Court, tmp_path: Path
) -> None:
    kept = files(tmp_path)[1].read_bytes()
    files(tmp_path)[1].unlink()
    assert said(sealed) == ["封印文件 000002-2026-10-13.jsonl 缺失,下次封印时补写"]
    sealing.seal_now(sealed.id, at("2026-11-14"))
    assert files(tmp_path)[1].read_bytes() == kept and said(sealed) == []


def test_a_full_disk_stops_no_sweep(court: Court, tmp_path: Path, caplog) -> None:
    (tmp_path / "seals").write_text("no folder")
    court.file_many(2, "2026-10-12", simple=True)
    assert court.sweep("2026-11-13").moved == 2
    assert "a seal could not be written" in caplog.text and "封印文件夹无法读取" not in said(court)
    assert len(stored()) == 1 and said(court) == [
        "封印文件 000001-2026-11-12.jsonl 缺失,下次封印时补写"
    ]
    (tmp_path / "seals").unlink()
    court.sweep("2026-11-14")
    assert len(files(tmp_path)) == 2 and said(court) == []


def test_a_file_that_was_changed_stays_and_speaks(sealed: Court, tmp_path: Path) -> None:
    path = files(tmp_path)[0]
    path.write_bytes(path.read_bytes().replace(b'"entries":', b'"entries":9'))
    sealing.seal_now(sealed.id, at("2026-11-14"))
    assert said(sealed) == [f"封印文件 {path.name} 与数据库中的封印不符"]


# Tampering with the database ---------------------------------------------------------------------

CASE = "（2026）鲁1329执2号"
LAST = "(SELECT max(id) FROM seals)"
FAULTS = [
    ("UPDATE trail SET line = replace(line, '2026-10-12', '2026-10-11') WHERE case_id = 2", CASE),
    ("UPDATE trail SET tag = 'case.closed' WHERE case_id = 2 AND seq = 1", CASE),
    ("UPDATE trail SET \"by\" = 'one' WHERE case_id = 2 AND seq = 1", CASE),
    ("UPDATE trail SET happened_on = '2026-10-11' WHERE case_id = 2 AND seq = 1", CASE),
    ("UPDATE trail SET case_id = 1 WHERE case_id = 2 AND seq = 1", CASE),
    ("DELETE FROM trail WHERE case_id = 2 AND seq = 2", CASE),
    ("DELETE FROM trail WHERE case_id = 2 AND seq = 3", CASE),
    ("DELETE FROM trail WHERE case_id = 2", CASE),
    ("UPDATE trail SET line = '{' WHERE case_id = 2 AND seq = 1", CASE),
    ("UPDATE cases SET trail_count = 2 WHERE id = 2", CASE),
    ("UPDATE cases SET trail_head = substr(trail_head, 2) WHERE id = 2", CASE),
    ("UPDATE cases SET number = '（2026）鲁1329执9号' WHERE id = 2", CASE),
    (f"DELETE FROM seals WHERE id = {LAST}", "不在数据库中"),
    ("DELETE FROM seals WHERE seq = 2", "第 3 号封印与前一枚"),
    ("DELETE FROM seals", "不在数据库中"),
    ("UPDATE seals SET line = replace(line, '2026', '2025') WHERE seq = 2", "第 2 号封印被改动"),
    ("UPDATE seals SET heads = '[]' WHERE seq = 1", "第 1 号封印所列链头"),
    ("UPDATE seals SET closes_on = '2026-09-01' WHERE seq = 1", "第 1 号封印的检索字段"),
    ("UPDATE seals SET hash = prev.hash FROM (SELECT hash FROM seals WHERE seq = 1) AS prev "
     "WHERE seq = 3", "第 3 号封印的检索字段"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "named"), FAULTS, ids=range(len(FAULTS)))
def test_what_was_done_behind_the_application_is_named(
    sealed: Court, statement: str, named: str
) -> None:
    assert said(sealed) == []
    tampered(statement)
    assert any(named in sentence for sentence in said(sealed)), said(sealed)


def test_a_seal_that_is_broken_stops_exports_and_not_the_sweep(sealed: Court, tmp_path) -> None:
    tampered("UPDATE seals SET line = '{' WHERE seq = 3")
    assert sealed.sweep("2026-11-15").due == 0
    with pytest.raises(Invalid, match="第 3 号封印已损坏"):
        exported(sealed, tmp_path)
    assert any("封印文件第 3 行不是封印" in sentence for sentence in said(sealed))


# The key -----------------------------------------------------------------------------------------


def place(folder: Path) -> Place:
    return Place(folder / "seal.key", folder / "seals")


def test_the_key_is_made_once_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _n: place(tmp_path).key.public, range(8)))
    assert len(found) == 1 and [p.name for p in tmp_path.iterdir()] == ["seal.key"]
    assert stat.S_IMODE((tmp_path / "seal.key").stat().st_mode) == 0o600


def test_the_old_key_hands_over_and_is_gone(sealed: Court, tmp_path: Path) -> None:
    old = signing.place().key
    assert sealing.rotate_key(OPERATOR, at("2026-11-14")) == (
        old.fingerprint,
        signing.place().key.fingerprint,
    )
    assert old.public != signing.place().key.public
    assert [p.name for p in tmp_path.glob("seal*")] == ["seal.key", "seals"]
    last = json.loads(stored()[-1].line)
    assert (last["key"], last["next"]) == (old.public, signing.place().key.public)
    out, row = exported(sealed, tmp_path)
    assert verdict_of(out, row, old.fingerprint).proved and said(sealed) == []
    assert f'"old":"{seals.grouped(old.fingerprint)}"' in out.read_text("utf-8")


def test_a_rotation_that_broke_off_before_the_seal_goes_on_with_the_same_key(
    sealed: Court, tmp_path: Path
) -> None:
    old, new = signing.place().key, signing.place().prepare()
    sealed.sweep("2026-11-15")
    assert json.loads(stored()[-1].line)["key"] == old.public and said(sealed) == []
    assert sealing.rotate_key(OPERATOR, at("2026-11-15"))[1] == new.fingerprint


def test_a_rotation_that_broke_off_after_the_seal_is_finished_by_the_next(
    sealed: Court, tmp_path: Path
) -> None:
    path = signing.place().path
    pem = path.read_bytes()
    sealing.rotate_key(OPERATOR, at("2026-11-14"))
    path.replace(signing.place().next_path)
    path.write_bytes(pem)  # as if the machine had stopped before the last step
    sealed.sweep("2026-11-16")
    assert json.loads(stored()[-1].line)["key"] == json.loads(stored()[-2].line)["next"]
    assert not signing.place().next_path.exists() and said(sealed) == []


def test_a_machine_that_kept_the_old_key_does_not_sign(sealed: Court, tmp_path: Path) -> None:
    pem = signing.place().path.read_bytes()
    sealing.rotate_key(OPERATOR, at("2026-11-14"))
    signing.place().path.write_bytes(pem)
    sealed.sweep("2026-11-20")
    assert stored()[-1].closes_on != date(2026, 11, 19)
    assert any("封印密钥已移交" in sentence for sentence in said(sealed))
    with pytest.raises(Invalid, match="封印密钥已移交"):
        exported(sealed, tmp_path)
    with pytest.raises(StaleKey):
        last = json.loads(stored()[-1].line)
        signing.place().after(last["key"], last["next"])


def test_a_lost_key_is_followed_by_another_which_shows(sealed: Court, tmp_path: Path) -> None:
    signing.place().path.unlink()
    sealed.file("2026-11-13")
    sealed.sweep("2026-11-14")
    papers = exported(sealed, tmp_path)
    assert "换了密钥而没有移交" in str(verdict_of(*papers).misfits[0])
    assert verdict_of(*papers, signing.place().key.fingerprint).proved and said(sealed) == []


@pytest.mark.parametrize("content", [b"", b"not a key"])
def test_a_key_that_cannot_be_read_is_said_and_stops_no_sweep(
    sealed: Court, tmp_path: Path, content: bytes, caplog
) -> None:
    signing.place().path.write_bytes(content)
    sealed.file_many(1, "2026-10-01", simple=True)
    assert sealed.sweep("2026-11-20").moved == 1
    assert "no seal closes 2026-11-19" in caplog.text
    assert any("封印密钥无法读取" in sentence for sentence in said(sealed))
    with pytest.raises(Invalid, match="封印密钥无法读取"):
        sealing.seal_now(sealed.id, at("2026-11-20"))
