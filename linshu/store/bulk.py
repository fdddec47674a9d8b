"""How do many rows reach the database at once? One function adds them, one changes them.

PostgreSQL takes COPY and UPDATE … FROM unnest, SQLite the driver's own executemany: what a sweep
costs is then the database's time and not the mapper's. ``writer`` decides what is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, cast

import psycopg
from sqlalchemy import Column, Connection, Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from linshu.store.db import Base

Rows = Sequence[Mapping[str, Any]]


def insert_rows(session: Session, model: type[Base], rows: Rows) -> None:
    """Adds rows that all name the same columns; what they leave out gets the model's default.
    IntegrityError when the database refuses one: nothing is kept."""
    if not rows:
        return
    session.flush()  # what was added before these rows may be what they refer to
    table, connection = cast(Table, model.__table__), session.connection()
    given = [column for column in table.columns if column.name in rows[0]]
    left_out = [c for c in table.columns if c.default is not None and c not in given]
    lists: list[Iterable[Any]] = [_values(connection, column, rows) for column in given]
    lists += [repeat(cast(Any, column.default).arg, len(rows)) for column in left_out]
    names = _names(connection, given + left_out)
    into = f"{table.name} ({', '.join(names)})"
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {into} FROM STDIN", zip(*lists, strict=True))
        return
    marks = f"({', '.join('?' * len(names))})"
    statement = " ".join(("INSERT INTO", into, "VALUES", marks))
    connection.exec_driver_sql(statement, [*zip(*lists, strict=True)])


def _copy(connection: Connection, statement: str, records: Iterable[tuple[Any, ...]]) -> None:
    cursor = cast(Any, connection.connection.cursor())
    try:
        with cursor, cursor.copy(statement) as copy:
            for record in records:
                copy.write_row(record)
    except psycopg.IntegrityError as refused:  # as SQLAlchemy would have named it
        raise IntegrityError(statement, None, refused) from refused


def update_rows(
    session: Session,
    model: type[Base],
    rows: Rows,
    same: Mapping[str, Any] | None = None,
    only_where_null: str | None = None,
) -> int:
    """Changes the rows named by ``id`` to the other values, and to those that are the ``same`` for
    all; with ``only_where_null`` only those where that column is null. Returns how many."""
    if not rows:
        return 0
    session.flush()
    table, connection = cast(Table, model.__table__), session.connection()
    key, own = table.c.id, [table.c[name] for name in rows[0] if name != "id"]
    common = [table.c[name] for name in same or {}]
    shared = [_values(connection, column, [same or {}])[0] for column in common]
    lists = [_values(connection, column, rows) for column in (*own, key)]
    condition = f" AND {table.name}.{only_where_null} IS NULL" if only_where_null else ""
    if connection.dialect.name == "postgresql":
        sets = [f"{name} = %s" for name in _names(connection, common)]
        sets += [f"{name} = new.{name}" for name in _names(connection, own)]
        kinds = [f"%s::{c.type.compile(connection.dialect)}[]" for c in (*own, key)]
        source = f"unnest({', '.join(kinds)}) AS new({', '.join(_names(connection, (*own, key)))})"
        where = f"WHERE {table.name}.id = new.id{condition}"
        statement = " ".join(("UPDATE", table.name, "SET", ", ".join(sets), "FROM", source, where))
        return connection.exec_driver_sql(statement, (*shared, *lists)).rowcount
    sets = [f"{name} = ?" for name in _names(connection, (*common, *own))]
    where = f"WHERE id = ?{condition}"
    statement = " ".join(("UPDATE", table.name, "SET", ", ".join(sets), where))
    records = [(*shared, *record) for record in zip(*lists, strict=True)]
    return connection.exec_driver_sql(statement, records).rowcount


def _names(connection: Connection, columns: Iterable[Column[Any]]) -> list[str]:
    return [connection.dialect.identifier_preparer.quote(column.name) for column in columns]


def _values(connection: Connection, column: Column[Any], rows: Rows) -> list[Any]:
    """The values of one column as the driver wants them."""
    values = [row[column.name] for row in rows]
    ready = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return [ready(value) for value in values] if ready else values
