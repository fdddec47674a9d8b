"""How do we talk to the database, and where does a transaction begin and end?

``transaction()`` is the only commit. SQLite: a writer takes the lock at once (BEGIN IMMEDIATE), a
reader never queues behind it; PostgreSQL: the same code under its default isolation.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, CursorResult, DateTime, MetaData, Update, event, text
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Our own base, so that mypy understands the models."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(render_as_batch=True)


class Instant(TypeDecorator[datetime]):
    """An aware instant: UTC in the database, Asia/Shanghai in Python. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the record")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(SHANGHAI)


#: How long SQLite waits for its one writer, in milliseconds.
PATIENCE = 30_000


def init_app(app: Flask) -> None:
    """Binds the database to the application and sets each connection up."""
    db.init_app(app)
    migrate.init_app(app, db, directory=str(app.config["MIGRATIONS"]))
    with app.app_context():
        _set_up(db.engine)


def _set_up(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours: pysqlite's own way loses updates
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            f"busy_timeout={PATIENCE}",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # or INSERT OR REPLACE slips past the append-only triggers
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("linshu_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def at_once(connection: Connection) -> Iterator[None]:
    """While it lasts, the connection does not wait for SQLite's one writer: it fails instead."""
    if connection.dialect.name != "sqlite":
        yield
        return
    plain: Any = connection.connection  # beneath: a pragma of ours begins no transaction
    plain.execute("PRAGMA busy_timeout=0")
    try:
        yield
    finally:
        plain.execute(f"PRAGMA busy_timeout={PATIENCE}")


@contextmanager
def transaction(alone: bool = False, aside: bool = False) -> Iterator[Session]:
    """One unit of work: all of it or nothing. Reads done before it are let go of first, so that
    nothing is decided on what an earlier snapshot showed. RuntimeError when nested.

    ``alone``: no other writer is at work meanwhile, so that none goes on with a calendar, an outage
    or a policy that this one replaces; SQLite has one writer at a time anyway. ``aside``: what is
    written rests on none of these, and does not wait for one who is alone."""
    session = cast(Session, db.session())
    if session.info.get("linshu_in_transaction"):
        raise RuntimeError("transactions do not nest: one service is one transaction")
    session.rollback()
    session.connection(execution_options={"linshu_write": True})
    session.info["linshu_in_transaction"] = True
    try:
        if not aside:
            _pass_gate(session, alone)
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["linshu_in_transaction"] = False


@contextmanager
def reading() -> Iterator[Session]:
    """Reads of one moment, however long they take: what others write meanwhile is not seen, and
    nobody waits for it. Nothing can be kept. RuntimeError inside a transaction, and for one inside
    this."""
    session = cast(Session, db.session())
    if session.info.get("linshu_in_transaction"):
        raise RuntimeError("a transaction is no place for reading at length")
    session.rollback()
    try:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        session.info["linshu_in_transaction"] = True
        yield session
    finally:
        session.rollback()
        session.info["linshu_in_transaction"] = False


def _pass_gate(session: Session, alone: bool) -> None:
    """A lock on a table that everybody may share, or one has to himself. It is taken before any
    row is, so that nobody who holds one waits here; and it is no query, so that a transaction may
    still say what it wants to see."""
    if session.get_bind().dialect.name == "postgresql":
        mode = "EXCLUSIVE" if alone else "ROW SHARE"
        session.execute(text(f"LOCK TABLE recomputes IN {mode} MODE"))


def changed(session: Session, statement: Update) -> int:
    """How many rows a conditional UPDATE found as it wanted them: the answer to every race."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


APPEND_ONLY = (
    *("trail", "postings", "actions", "seals", "readings", "measure_acts", "searches"),
    *("paper_templates", "documents", "attachments", "attachment_strikes"),
)


def append_only_ddl(dialect: str, tables: Sequence[str] = APPEND_ONLY) -> list[str]:
    """The statements that make the append-only tables refuse UPDATE and DELETE (R15)."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for table in tables
            for verb in ("UPDATE", "DELETE")
        ]
    refuse = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    return [refuse] + [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in tables
    ]


def install_triggers(connection: Connection, *tables: str) -> None:
    """Puts the append-only triggers of these tables up; called by the migrations."""
    for statement in append_only_ddl(connection.dialect.name, tables):
        connection.execute(text(statement))
