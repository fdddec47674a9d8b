"""Has every due case moved exactly once when processes die, or run side by side? Real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config import ROOT
from linshu.store.cases import Stint
from linshu.store.db import db
from tests import books
from tests.court import Court

DUE, DAY, BATCH = 200, "2026-02-06", 20


@pytest.fixture
def due(court: Court) -> Court:
    """A court with 200 cases due on the day, and 20 that are not."""
    court.file_many(DUE, "2026-01-05", simple=True)
    court.file_many(20, "2026-01-06", simple=True)
    db.session.remove()
    return court


@contextmanager
def sweeper(database_url: str, instance: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A process that is ready to sweep; ended with the block, whatever became of it."""
    environment = os.environ | {
        "LINSHU_DATABASE_URL": database_url,
        "LINSHU_INSTANCE": str(instance),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sweeper", DAY, str(BATCH), *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout and process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def moved() -> int:
    db.session.rollback()
    query = select(func.count()).select_from(Stint)
    return db.session.scalar(query.where(Stint.stage == "centre", Stint.ended_on.is_(None))) or 0


# Before anything is written; with points written, balances not; with the trail written, heads not;
# before the commit.
DEATHS = [("UPDATE stints", 3), ("UPDATE teams", 5), ("UPDATE cases", 3), ("UPDATE sweeps", 3)]


@pytest.mark.parametrize(("words", "nth"), DEATHS)
def test_killed_in_the_middle_of_a_batch(
    due: Court, database_url: str, tmp_path: Path, words: str, nth: int
) -> None:
    with sweeper(database_url, tmp_path, words, str(nth)) as process:
        said, _ = process.communicate("go\n", timeout=60)
        assert (said, process.returncode) == ("", -9)
    assert moved() == 2 * BATCH  # the third batch left nothing
    assert books.hold()
    assert due.sweep(DAY).moved == DUE - 2 * BATCH
    assert moved() == DUE and books.hold()


def test_two_processes_at_once(due: Court, database_url: str, tmp_path: Path) -> None:
    with (
        sweeper(database_url, tmp_path / "a") as first,
        sweeper(database_url, tmp_path / "b") as second,
    ):
        for process in (first, second):
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [int(process.communicate(timeout=60)[0]) for process in (first, second)]
    assert sum(told) == moved() == DUE
    assert books.hold()
    assert due.sweep(DAY).due == 0
