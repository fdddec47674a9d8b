"""Who changes the database behind the application's back, and what must show afterwards?

A small court on SQLite; the triggers are dropped on a connection of our own, something is changed,
the trail is exported as if nothing had happened, and the database is put back as it was. Found is
what the verifier says against the seals that were carried off, or what the nightly check says.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

from sqlalchemy.exc import OperationalError

from linshu.rules import trail
from linshu.rules.verify import verify
from linshu.services import exports, sealing
from linshu.services.errors import Refused
from linshu.store import signing
from linshu.store.db import APPEND_ONLY, append_only_ddl, db
from linshu.store.writer import Doer
from tests.court import CODE, Court, at

CASES = 4
COURT = f"court:{CODE}"


class Scene:
    """A court that has lived a little, its database's file, and the seals carried off."""

    def __init__(self, court: Court, folder: Path) -> None:
        self.court, self.folder = court, folder
        court.file_many(CASES, "2026-10-12", simple=True)
        for day in ("2026-10-13", "2026-11-13", "2026-11-16"):
            court.sweep(day)
        exports.export_trail(court.id, folder / "t", Doer(), at("2026-11-16"), folder / "carried")
        self.key = signing.place().key.fingerprint
        self.path = folder / "linshu.db"
        self.let_go()
        with closing(sqlite3.connect(self.path)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self.path, folder / "kept.db")
        shutil.copytree(folder / "seals", folder / "kept-seals")

    def let_go(self) -> None:
        db.session.remove()
        db.engine.dispose()

    def put_back(self) -> None:
        self.let_go()
        for rest in self.folder.glob("linshu.db*"):
            rest.unlink()
        shutil.copy(self.folder / "kept.db", self.path)
        shutil.rmtree(self.folder / "seals")
        shutil.copytree(self.folder / "kept-seals", self.folder / "seals")

    def tamper(self, change: Callable[[sqlite3.Connection, Random], list[str]], lot: Random) -> str:
        """Changes the database; returns "" if that was found at its place, or what was said."""
        self.let_go()
        with closing(sqlite3.connect(self.path)) as raw, raw:
            for table in APPEND_ONLY:
                for verb in ("update", "delete"):
                    raw.execute(f"DROP TRIGGER {table}_no_{verb}")
            named = change(raw, lot)
            for statement in append_only_ddl("sqlite"):
                raw.execute(statement)
        said = [*self._nightly(), *self._stranger()]
        self.put_back()
        return "" if any(name in one for name in named for one in said) else f"{named}: {said}"

    def _nightly(self) -> list[str]:
        return [str(fault.sentence) for fault in sealing.faults(self.court.id)]

    def _stranger(self) -> list[str]:
        out = self.folder / "tampered"
        try:
            exports.export_trail(self.court.id, out, Doer(), at("2026-11-17"))
        except (Refused, OperationalError) as refusal:
            return [str(refusal)]
        with out.open("rb") as export, (self.folder / "carried").open("rb") as carried:
            return [str(one) for one in verify(export, carried, keys=[self.key]).misfits]


def entry(raw: sqlite3.Connection, lot: Random, where: str = "1") -> tuple[int, str, int, str]:
    """Some entry: its row, chain, number and line."""
    rows = raw.execute(f"SELECT id, chain, seq, line FROM trail WHERE {where} ORDER BY id")
    return lot.choice(rows.fetchall())


def flip(raw: sqlite3.Connection, lot: Random) -> list[str]:
    id_, chain, _seq, line = entry(raw, lot)
    changed = bytearray(line.encode())
    changed[lot.randrange(len(changed))] ^= 1 << lot.randrange(8)
    raw.execute("UPDATE trail SET line = CAST(? AS TEXT) WHERE id = ?", (bytes(changed), id_))
    return [chain]


def flip_column(raw: sqlite3.Connection, lot: Random) -> list[str]:
    id_, chain, seq, _line = entry(raw, lot)
    column, value = lot.choice([("seq", seq + 1000), ("by", "two"), ("tag", "person.left")])
    raw.execute(f'UPDATE trail SET "{column}" = ? WHERE id = ?', (value, id_))
    return [chain]


def remove(raw: sqlite3.Connection, lot: Random) -> list[str]:
    id_, chain, _seq, _line = entry(raw, lot)
    raw.execute("DELETE FROM trail WHERE id = ?", (id_,))
    return [chain]


def swap(raw: sqlite3.Connection, lot: Random) -> list[str]:
    one, two = entry(raw, lot), entry(raw, lot)
    while one == two:
        two = entry(raw, lot)
    for id_, line in ((one[0], two[3]), (two[0], one[3])):
        raw.execute("UPDATE trail SET line = ? WHERE id = ?", (line, id_))
    return [one[1], two[1]]


def cut(raw: sqlite3.Connection, lot: Random) -> list[str]:
    """The tail of a chain, with its head on the row set back to match."""
    _id, chain, seq, _line = entry(raw, lot, "seq > 1")
    raw.execute("DELETE FROM trail WHERE chain = ? AND seq >= ?", (chain, seq))
    _set_head(raw, chain)
    return [chain]


def remove_case(raw: sqlite3.Connection, lot: Random) -> list[str]:
    """A case with all it has, wherever it has something."""
    case_id, number = lot.choice(raw.execute("SELECT id, number FROM cases").fetchall())
    raw.execute("PRAGMA foreign_keys=OFF")
    tables = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        columns = [row[1] for row in raw.execute(f'PRAGMA table_info("{table}")')]
        if "case_id" in columns:
            raw.execute(f'DELETE FROM "{table}" WHERE case_id = ?', (case_id,))
    raw.execute("DELETE FROM cases WHERE id = ?", (case_id,))
    return [number]


def recompute(raw: sqlite3.Connection, lot: Random) -> list[str]:
    """A chain told differently from an entry on: every hash after it, every column, its head."""
    _id, chain, first, _line = entry(raw, lot)
    rows = raw.execute("SELECT id, line FROM trail WHERE chain = ? ORDER BY seq", (chain,))
    head = trail.EMPTY_HEAD
    for id_, line in rows.fetchall():
        link = json.loads(line)
        del link["hash"]
        if link["seq"] >= first:
            link |= {"prev": head, "by": "somebody"}
        head = trail.link(link)
        line = trail.canonical(link | {"hash": head}).decode()
        raw.execute('UPDATE trail SET line = ?, "by" = ? WHERE id = ?', (line, link["by"], id_))
    _set_head(raw, chain)
    return [chain]


def _set_head(raw: sqlite3.Connection, chain: str) -> None:
    query = "SELECT seq, line FROM trail WHERE chain = ? ORDER BY seq DESC LIMIT 1"
    count, line = raw.execute(query, (chain,)).fetchone()
    table, key, name = ("courts", "code", CODE) if chain == COURT else ("cases", "number", chain)
    raw.execute(
        f"UPDATE {table} SET trail_count = ?, trail_head = ? WHERE {key} = ?",
        (count, json.loads(line)["hash"], name),
    )


def replace_seal(raw: sqlite3.Connection, lot: Random) -> list[str]:
    """A seal that covers less, hashed anew and signed by nobody who may."""
    id_, seq, line = lot.choice(raw.execute("SELECT id, seq, line FROM seals").fetchall())
    seal = json.loads(line)
    seal |= {"entries": seal["entries"] - 1, "signature": f"{lot.getrandbits(512):0128x}"}
    seal["hash"] = trail.digest(seal["alg"], trail.signed_part(seal))
    values = (trail.canonical(seal).decode(), seal["hash"], id_)
    raw.execute("UPDATE seals SET line = ?, hash = ? WHERE id = ?", values)
    return [f"第 {seq} 号封印"]


def remove_seal(raw: sqlite3.Connection, lot: Random) -> list[str]:
    id_, seq = lot.choice(raw.execute("SELECT id, seq FROM seals").fetchall())
    raw.execute("DELETE FROM seals WHERE id = ?", (id_,))
    return [f"{seq:06}-"]


def flip_seal(raw: sqlite3.Connection, lot: Random) -> list[str]:
    column = lot.choice(["line", "heads"])
    id_, seq, text = lot.choice(raw.execute(f"SELECT id, seq, {column} FROM seals").fetchall())
    changed = bytearray(text.encode())
    changed[lot.randrange(len(changed))] ^= 1 << lot.randrange(7)
    raw.execute(f"UPDATE seals SET {column} = CAST(? AS TEXT) WHERE id = ?", (bytes(changed), id_))
    return [f"第 {seq} 行", f"第 {seq} 号", f"{seq:06}-", "封印或留痕无法读取"]


KINDS: dict[str, Callable[[sqlite3.Connection, Random], list[str]]] = {
    "a row's bit": flip,
    "a row's column": flip_column,
    "a row removed": remove,
    "two rows swapped": swap,
    "a chain's tail removed": cut,
    "a case removed with all it has": remove_case,
    "a chain recomputed with its head": recompute,
    "a stored seal replaced": replace_seal,
    "a stored seal removed": remove_seal,
    "a stored seal's bit": flip_seal,
}


def tried(scene: Scene, seeds: range) -> tuple[Counter[str], list[str]]:
    """Manipulations of every kind in turn: how many were found at their place, and the rest."""
    found, missed = Counter[str](), list[str]()
    for seed in seeds:
        kind = list(KINDS)[seed % len(KINDS)]
        said = scene.tamper(KINDS[kind], Random(seed))
        if said:
            missed.append(f"{kind}, seed {seed}: {said}")
        else:
            found[kind] += 1
    return found, missed
