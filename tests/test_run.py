"""Does what ``make run`` starts come up, stay alone and leave nothing behind?"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import ROOT, Settings, socket_path
from linshu import machine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


class Installation:
    """One instance folder, started and stopped as a person would."""

    def __init__(self, instance: Path, port: int) -> None:
        self.instance, self.url = instance, f"http://127.0.0.1:{port}/"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LINSHU")},
            "LINSHU_INSTANCE": str(instance),
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        self.started: list[subprocess.Popen[str]] = []

    def start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def up(self) -> subprocess.Popen[str]:
        process = self.start()
        assert within(60, lambda: process.poll() is not None or machine.answers(self.url))
        assert process.poll() is None, process.communicate()[0]
        return process

    def processes(self) -> set[int]:
        """Whatever runs with this instance in its environment, whoever its parent is."""
        mark = f"LINSHU_INSTANCE={self.instance}".encode()
        return {int(entry.name) for entry in Path("/proc").glob("[0-9]*") if mark in environ(entry)}


def environ(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def within(seconds: float, done: Callable[[], bool]) -> bool:
    return machine.until(done, patience=seconds)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    one = Installation(tmp_path / "instance", free_port())
    yield one
    for process in one.started:
        process.poll() is None and os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    within(10, lambda: not one.processes())


def test_it_comes_up_stays_alone_and_leaves_nothing(installation: Installation) -> None:
    first = installation.up()
    second = installation.start()
    said = second.communicate(timeout=20)[0]
    assert second.returncode == 1
    assert "已在运行" in said
    assert installation.url.rstrip("/") in said
    assert said.count("\n") == 1

    asked_at = time.monotonic()
    os.killpg(first.pid, signal.SIGINT)  # what Ctrl-C does
    assert "临沭已就绪" in first.communicate(timeout=10)[0]
    assert within(10 - (time.monotonic() - asked_at), lambda: not installation.processes())


def test_a_killed_run_does_not_hinder_the_next(installation: Installation) -> None:
    killed = installation.up()
    secret = (installation.instance / "secret.key").read_text()
    killed.kill()
    killed.wait()

    again = installation.up()
    assert (installation.instance / "secret.key").read_text() == secret
    again.terminate()
    again.wait(10)
    assert within(5, lambda: not installation.processes())


def test_a_taken_port_is_said_in_one_line(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(installation.environment["PORT"])))
        other.listen()
        process = installation.start()
        said = process.communicate(timeout=30)[0]
    assert process.returncode == 1
    assert "PORT=" in said
    assert said.count("\n") == 1


def test_the_key_is_kept_and_private(tmp_path: Path) -> None:
    environment = {"LINSHU_INSTANCE": str(tmp_path / "new")}
    first, second = Settings.from_env(environment), Settings.from_env(environment)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_deep_folder_gets_a_socket_that_the_kernel_can_bind(tmp_path: Path) -> None:
    deep = tmp_path / ("深" * 30) / ("d" * 60)
    assert len(os.fsencode(socket_path(deep))) < 108
    assert socket_path(deep) != socket_path(deep / "another")


def test_addresses_as_people_write_them() -> None:
    settings = Settings.from_env({"LINSHU_DATABASE_URL": "postgresql://court@db/linshu"})
    assert settings.database_url == "postgresql+psycopg://court@db/linshu"
