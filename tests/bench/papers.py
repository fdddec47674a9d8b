"""How fast does a ledger come in, and how fast does the trail leave and get checked?"""

from __future__ import annotations

import json
from hashlib import new as digest
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy import text

from linshu.rules import verify
from linshu.rules.trail import Tag
from linshu.services import exports, ledgers, sealing
from linshu.store import sealed, writer
from linshu.store.db import db, transaction
from linshu.store.writer import Doer, Draft
from tests.bench.measure import line, seconds
from tests.court import Court, at

LEDGER = Path(__file__).parent.parent / "data" / "ledger-sample.xlsx"
REPETITIONS = 3


def measure_import(court: Court) -> None:
    """The sample ledger: read and judged (a dry run), then the same and written, once."""
    rows = json.loads(LEDGER.with_suffix(".expected.json").read_text())["imported"]
    who, when = court.who("filing"), at("2021-06-30")
    bare, read = list[float](), list[float]()
    for _ in range(REPETITIONS):
        bare.append(rows / seconds(_opened))
        read.append(rows / seconds(lambda: ledgers.import_ledger(who, LEDGER, when, dry_run=True)))
    line("import, reading", "rows/s", read, bare, "openpyxl alone")
    both = seconds(lambda: ledgers.import_ledger(who, LEDGER, when))
    line("import, writing", "rows/s", [rows / (both - rows / max(read))], read, "reading it")


def _opened() -> None:
    for row in load_workbook(LEDGER, read_only=True, data_only=True).worksheets[0].iter_rows():
        list(row)


def measure_seals(court: Court) -> None:
    """The first seal of a court, over every chain, and those of days on which little happened."""
    when = at("2026-11-23")
    first = seconds(lambda: sealing.seal_now(court.id, when))
    days, bare = list[float](), list[float]()
    for _ in range(REPETITIONS):
        with transaction() as session:
            draft = Draft(None, Tag.SWEEP_FINISHED)
            writer.write_trail(session, court.id, [draft], Doer(), when)
        days.append(seconds(lambda: sealing.seal_now(court.id, when)))
        bare.append(seconds(lambda: _heads_hashed(court)))
    chains = len(sealed.heads(db.session(), court.id))
    limit = [chains / took for took in bare]
    line("seal, the first", "chains/s", [chains / first], limit, "reading and SM3 of each head")
    line("seal, a quiet day", "chains/s", [chains / took for took in days], limit, "the same")


def _heads_hashed(court: Court) -> None:
    blank = digest("sm3")
    query = text("SELECT number, trail_count, trail_head FROM cases WHERE court_id = :court")
    for row in db.session.execute(query, {"court": court.id}):
        state = blank.copy()
        state.update("".join(map(str, row)).encode())
        state.hexdigest()
    db.session.rollback()


def measure_trail(court: Court, folder: Path) -> None:
    """The export against the bare lines of one SELECT; the check against hashing each line."""
    out = folder / "trail.jsonl"
    leaves, bare, checks, hashes = list[float](), list[float](), list[float](), list[float]()
    for _ in range(REPETITIONS):
        took = seconds(lambda: exports.export_trail(court.id, out, Doer(), at("2026-11-23")))
        entries = json.loads(out.open().readline())["entries"]
        leaves.append(entries / took)
        bare.append(entries / seconds(lambda: _selected(folder / "bare.jsonl")))
        with out.open("rb") as file:
            checks.append(entries / seconds(lambda: verify.verify(file)))
        hashes.append(entries / seconds(lambda: _hashed(out)))
    line("export-trail", "entries/s", leaves, bare, "one SELECT to a file")
    line("verify", "entries/s", checks, hashes, "SM3 of each line")


def _selected(out: Path) -> None:
    with out.open("w") as file:
        for row in db.session.execute(text("SELECT line FROM trail ORDER BY chain, seq")):
            file.write(row[0] + "\n")
    db.session.rollback()


def _hashed(path: Path) -> None:
    blank = digest("sm3")
    with path.open("rb") as file:
        for row in file:
            state = blank.copy()
            state.update(row)
            state.hexdigest()
