"""Has anything changed? A print of the whole database, cheap enough to take after each request."""

from __future__ import annotations

from collections.abc import Set
from hashlib import sha256

from flask import Flask
from sqlalchemy import Connection, MetaData, Table, create_engine, func, select, text

from linshu.store.db import db

Print = dict[str, str]

#: Tables that a refusal itself is written to, or that reading is: not what was refused.
OWN_BOOKS = {
    "lockouts": "counts failures to enter",
    "readings": "records who looked at what, a refused look too",
    "visits": "notes when somebody was last seen",
}
#: Endpoints whose refusals leave an entry in the court's trail: who failed at the door, and when.
_AT_THE_DOOR = (
    *("session.entered", "session.password_changed", "confirm.give"),
    *("factor.shown", "factor.set_up", "factor.renewed", "factor.removed"),
)
TOLD = {endpoint: {"courts", "trail"} for endpoint in _AT_THE_DOOR}
#: No row of these ever changes (triggers refuse it): how many there are says it all.
APPEND_ONLY = {"trail", "postings", "seals"}
LARGE = {"calendar_days", "alembic_version"}


class Books:
    """The tables of one database, read past the application."""

    def __init__(self, app: Flask) -> None:
        url = db.engine.url
        self.engine = create_engine(url)
        self.connection: Connection = self.engine.connect()
        self.is_sqlite = url.get_backend_name() == "sqlite"
        tables = MetaData()
        tables.reflect(self.connection)
        self.connection.rollback()
        self.tables = [one for name, one in tables.tables.items() if name not in OWN_BOOKS]
        self.version, self.last = "", Print()

    def close(self) -> None:
        self.connection.close()
        self.engine.dispose()

    def print(self) -> Print:
        """Table → a digest of what it holds."""
        version = self._version()
        if version != self.version:
            self.last = {table.name: self._of(table) for table in self.tables}
            self.version = version
        self.connection.rollback()
        return self.last

    def _version(self) -> str:
        # Both grow with every transaction that writes, so that the same number means no change.
        query = "PRAGMA data_version" if self.is_sqlite else "SELECT pg_current_snapshot()"
        return str(self.connection.execute(text(query)).scalar())

    def _of(self, table: Table) -> str:
        if table.name in APPEND_ONLY | LARGE:
            return str(self.connection.execute(select(func.count()).select_from(table)).scalar())
        whole = self.connection.execute(select(table).order_by(*table.primary_key.columns)).all()
        return sha256(repr(whole).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def changed(before: Print, after: Print, endpoint: str) -> Set[str]:
    """The tables that differ, but for what the endpoint tells of its refusals."""
    differ = {name for name in before if before[name] != after.get(name)}
    return differ - TOLD.get(endpoint, set())
