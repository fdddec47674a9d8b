"""Does the database keep its promises after every step of the migrations, from nothing on?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, inspect, text
from sqlalchemy.exc import DatabaseError

from config import ROOT
from linshu.store import vault
from linshu.store.db import APPEND_ONLY, Base, db
from tests import servers
from tests.conftest import application

REVISIONS = [
    script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()
][::-1]
CHANGES = {
    "sqlite": [
        "UPDATE {0} SET id = id",
        "DELETE FROM {0}",
        "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
    ],
    "postgresql": ["UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"],
}


@pytest.fixture(params=servers.DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without a single table."""
    if request.param == "sqlite":
        with application(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path) as app:
            yield app
        return
    address = request.getfixturevalue("postgres")
    with application(servers.lay_postgres(address, "template0"), tmp_path) as app:
        yield app
    servers.administer(address, servers.DROP)


@pytest.mark.parametrize("revision", REVISIONS)
def test_after_every_step_the_books_are_append_only(empty: Flask, revision: str) -> None:
    upgrade(revision=revision)
    there = [table for table in APPEND_ONLY if inspect(db.engine).has_table(table)]
    assert there
    for table in there:
        with db.engine.begin() as connection:
            enter_a_row(connection, table)
        assert {change for change in changes() if is_refused(table, change)} == set(changes())


def test_the_check_sees_a_missing_trigger(empty: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        enter_a_row(connection, "trail")
        for name in connection.scalars(text(TRIGGERS[connection.dialect.name])).all():
            on = "" if connection.dialect.name == "sqlite" else " ON trail"
            connection.execute(text(f"DROP TRIGGER {name}{on}"))
    assert not any(is_refused("trail", change) for change in changes())


TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'trail'::regclass "
    "AND NOT tgisinternal",
}


def changes() -> list[str]:
    return CHANGES[db.engine.dialect.name]


def enter_a_row(connection: Connection, name: str) -> None:
    """A row of any content, as the table stands at this step; what it points to is not there."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    row = {column.name: anything(column.type.python_type) for column in table.columns}
    connection.execute(insert(table), row)


def anything(kind: type) -> Any:
    known = {date: date(2026, 1, 5), datetime: datetime(2026, 1, 5, tzinfo=UTC), str: "x"}
    return known.get(kind, kind(1) if kind in (int, bool) else None)


def is_refused(table: str, change: str) -> bool:
    with db.engine.connect() as connection:
        try:
            connection.execute(text(change.format(table)))
        except DatabaseError as error:
            return "append-only" in str(error)
    return False


def test_models_and_migrations_agree(app: Flask) -> None:
    with db.engine.connect() as connection:
        how = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=how)
        assert compare_metadata(context, Base.metadata) == []
        stranger = MetaData()
        Table("strangers", stranger, Column("id", Integer))
        seen = compare_metadata(context, [Base.metadata, stranger])
        assert [(what, table.name) for what, table in seen] == [("add_table", "strangers")]


def test_identity_numbers_are_encrypted_on_the_way_and_read_again_on_the_way_back(
    empty: Flask,
) -> None:
    number, rows = "37132919900101123X", text("SELECT id_number FROM parties")
    upgrade(revision="0002")
    with db.engine.begin() as connection:
        for table in ("courts", "cases", "parties"):
            enter_a_row(connection, table)
        connection.execute(text("UPDATE parties SET id_number = :n"), {"n": number.lower()})
    upgrade()
    with db.engine.connect() as connection:
        (sealed,) = connection.scalars(rows).all()
        (digest,) = connection.scalars(text("SELECT id_digest FROM parties")).all()
    assert vault.reveal(sealed, "party.id_number") == number
    assert digest == vault.digest(number, "party.id_number") and number not in sealed
    downgrade(revision="0002")
    with db.engine.connect() as connection:
        assert connection.scalars(rows).all() == [number]


def test_one_may_go_back_and_forth(empty: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    assert set(Base.metadata.tables) < set(inspect(db.engine).get_table_names())
    assert current_app == empty
