"""How does the schema reach a database? Alembic's environment, run inside the application."""

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def run() -> None:
    """Runs the migrations on the application's own engine, in one transaction.

    SQLite changes a column by copying its table, which foreign keys would forbid: they rest
    meanwhile, and are checked before anything is kept."""
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite and raw.execute("PRAGMA foreign_key_check").fetchone():
            raise RuntimeError("a migration broke a foreign key; nothing was kept")
        connection.commit()
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")


run()
