"""What does every test stand on? An application on a fresh database, SQLite and PostgreSQL alike.

The migrations run once for each database and worker; each test gets a copy of the result.
What may be left out, and when it may not, is in left_out.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings

from config import SHANGHAI, Settings
from linshu.store import queries
from linshu.store.db import db
from tests import servers
from tests.court import Court, founded
from tests.servers import administer

pytest_plugins = ["tests.left_out"]
# The same examples in every run, however loaded the machine; tests/proof looks for new ones.
LOADED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, database=None, **LOADED)
settings.load_profile("repeatable")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)  # a Monday, a working day
#: What walks over every page asks nothing more of the other database, and takes minutes.
SQLITE = pytest.mark.parametrize("lay", ["sqlite"], indirect=True)


@pytest.fixture
def now() -> datetime:
    """The instant at which every test takes place."""
    return NOW


@pytest.fixture
def today() -> date:
    """The business day of that instant."""
    return NOW.date()


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real Valkey, shared by the tests of one worker; they empty it themselves."""
    with servers.valkey() as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("template") / "linshu.db"
    migrate(f"sqlite:///{path}", path.parent)
    shutil.copy(path, path.with_name("founded.db"))
    found(f"sqlite:///{path.with_name('founded.db')}", path.parent)
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL with a migrated database named template; its address with a gap."""
    with servers.postgres() as address:
        administer(address, "CREATE DATABASE template")
        migrate(address.format("template"), tmp_path_factory.mktemp("template"))
        administer(address, "CREATE DATABASE founded TEMPLATE template STRATEGY FILE_COPY")
        found(address.format("founded"), tmp_path_factory.mktemp("founded"))
        yield address


@pytest.fixture(params=servers.DATABASES)
def lay(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Lays a fresh database with today's schema, in place of the one before; says its address.
    The court of tests/court.py is founded in it where a test asks for ``court``."""
    is_founded = "court" in request.fixturenames
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        template = template.with_name("founded.db") if is_founded else template
        yield partial(servers.lay_sqlite, template, tmp_path / "linshu.db")
        return
    address = request.getfixturevalue("postgres")
    yield partial(servers.lay_postgres, address, "founded" if is_founded else "template")
    administer(address, servers.DROP)


@pytest.fixture
def database_url(lay: Callable[[], str]) -> str:
    """The address of a fresh database, once for each kind."""
    return lay()


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, its context pushed, its clock standing at ``now``."""
    with application(database_url, tmp_path) as one:
        yield one


@pytest.fixture
def court(app: Flask) -> Court:
    """The invented court of tests/court.py, founded and staffed."""
    return Court(queries.court_ids()[0])


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@contextmanager
def application(database_url: str, instance: Path, redis_url: str = "") -> Iterator[Flask]:
    """An application inside its context; nobody answers its doorbell unless one is named."""

    from app import create_app  # the tests of pure rules do without it

    app = create_app(
        Settings(
            instance=instance,
            secret_key="only for tests",
            database_url=database_url,
            redis_url=redis_url or f"unix://{instance}/nobody-there.sock",
            testing=True,
            clock=lambda: NOW,
        )
    )
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def migrate(database_url: str, instance: Path) -> None:
    with application(database_url, instance):
        upgrade()


def found(database_url: str, instance: Path) -> None:
    with application(database_url, instance):
        founded()
