"""What do the long proofs stand on? Commands run as another program would run them, new examples.

``make proof`` runs these alone; they take minutes, and a process-mining library.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from config import ROOT
from tests import servers
from tests.conftest import LOADED

settings.register_profile("searching", derandomize=False, **LOADED)
settings.load_profile("searching")


class Installation:
    """An empty database and a folder, worked by ``flask …`` from outside."""

    def __init__(self, database_url: str, instance: Path) -> None:
        self.instance = instance
        self.environment = os.environ | {
            "LINSHU_DATABASE_URL": database_url,
            "LINSHU_INSTANCE": str(instance),
            "LINSHU_REDIS_URL": f"unix://{instance}/nobody-there.sock",
        }

    def __call__(self, *words: object) -> str:
        command = [sys.executable, "-m", "flask", *(str(word) for word in words)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def json(self, *words: object) -> dict[str, Any]:
        return json.loads(self(*words, "--json"))


@pytest.fixture(params=servers.DATABASES)
def flask(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """The commands on a database that ``flask init`` has made, and a filing clerk."""
    if request.param == "sqlite":
        one = Installation(f"sqlite:///{tmp_path / 'linshu.db'}", tmp_path)
    else:
        address = request.getfixturevalue("postgres")
        one = Installation(servers.lay_postgres(address, "template0"), tmp_path)
    one("init")
    one("add-person", "filing", "立案甲", "--role", "filing_clerk")
    yield one
    if request.param != "sqlite":
        servers.administer(address, servers.DROP)
