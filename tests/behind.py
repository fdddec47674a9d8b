"""How does somebody change the database behind the application's back? With every lock off."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from linshu.store.db import db


def behind_the_back(*statements: str, without: Iterable[str] = ()) -> None:
    """Runs statements with triggers and foreign keys off, as whoever has the database's file or its
    owner's password can; ``without``: indexes that are dropped for it."""
    db.session.remove()
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.exec_driver_sql("ROLLBACK")  # a pragma wants to stand outside
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.exec_driver_sql(names).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for index in without:
            connection.exec_driver_sql(f"DROP INDEX {index}")
        for statement in statements:
            assert connection.execute(text(statement)).rowcount, statement
        connection.commit()
    db.engine.dispose()
