"""Runs every measurement and prints it: one court, built once, measured on both databases."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import cast

from sqlalchemy import Table, create_engine, text

from linshu.store import bulk
from linshu.store.db import Base, db, transaction
from tests import servers
from tests.bench import moves, pages, papers, plans, recompute
from tests.bench.court import GROUP, BenchCourt, analyze
from tests.bench.measure import heading
from tests.conftest import administer, application, migrate
from tests.court import founded

CASES = 100_000
RECENT_ON = date(2026, 10, 26)  # nothing of these is due yet


def main() -> None:
    print("Medians of interleaved repetitions (lowest–highest), and the share of a baseline in the")
    print("same run. PostgreSQL runs with fsync off, SQLite as it is delivered.")
    with tempfile.TemporaryDirectory(prefix="linshu-bench-") as place, servers.postgres() as pg:
        folder = Path(place)
        built, empty = f"sqlite:///{folder}/built.db", f"sqlite:///{folder}/empty.db"
        migrate(empty, folder)
        shutil.copy(folder / "empty.db", folder / "built.db")
        with application(built, folder):
            bench = grown()
        for name, kind in (("SQLite", "sqlite"), ("PostgreSQL", "postgresql")):
            large, small = built, empty
            if kind == "postgresql":
                large, small = pg.format("large"), pg.format("small")
                for database, url in (("large", large), ("small", small)):
                    administer(pg, f"CREATE DATABASE {database}")
                    migrate(url, folder)
                carry(folder / "start.db", large, folder)
            else:
                shutil.copy(folder / "built.db", folder / "start.db")
            heading(f"{name}, {CASES:,} cases")
            measured(bench, large, small, folder)


def grown() -> BenchCourt:
    """Groups that fall due one after another, and the rest filed lately."""
    bench = BenchCourt()
    groups = 2 * moves.REPETITIONS
    for number in range(groups):
        bench.grow(GROUP, bench.group(number))
    bench.grow(CASES - groups * GROUP, RECENT_ON)
    db.session.remove()
    return bench


def measured(bench: BenchCourt, large: str, small: str, folder: Path) -> None:
    with application(large, folder):
        analyze()
        papers.measure_seals(bench.court)
        papers.measure_trail(bench.court, folder)  # while every entry is a real one
        moves.measure(bench)
        analyze()
        case_id = bench.worked(date(2026, 11, 23))
        if db.engine.dialect.name == "postgresql":
            heading("Indexes of the named reads")
            plans.show(bench.court, date(2026, 11, 23), bench.moved_on)
            heading("Pages")
    pages.measure(large, folder, case_id)
    with application(large, folder):
        recompute.measure(bench.court, RECENT_ON.year + 1)
    with application(small, folder):
        papers.measure_import(founded())


def carry(built: Path, url: str, folder: Path) -> None:
    """The same rows in PostgreSQL; its foreign keys held where they come from."""
    source = create_engine(f"sqlite:///{built}")
    with application(url, folder), source.connect() as old, transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for mapper in Base.registry.mappers:
            table = cast(Table, mapper.local_table)
            for part in old.execute(table.select()).mappings().partitions(20_000):
                bulk.insert_rows(session, mapper.class_, part)
            if table.c.get("id") is not None:
                next_id = f"pg_get_serial_sequence('{table.name}', 'id')"
                highest = f"(SELECT coalesce(max(id), 1) FROM {table.name})"
                session.execute(text(f"SELECT setval({next_id}, {highest})"))


if __name__ == "__main__":
    main()
