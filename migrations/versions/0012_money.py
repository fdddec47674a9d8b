"""To whom money went, interest for delay; the stint whose limit runs on after an override.

Revision ID: 0012
Revises: 0011

"""

import sqlalchemy as sa
from alembic import op

from linshu.store.db import install_triggers

# revision identifiers, used by Alembic.
revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SUMS = ("interest_fen", "diverted_fen")


def upgrade():
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for name in SUMS:
            batch_op.add_column(
                sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
            )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for name in SUMS:
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("payee", sa.String(length=12), nullable=False, server_default="")
        )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.alter_column("payee", server_default=None)
    _books_closed_again("actions")
    with op.batch_alter_table("stints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("limit_seq", sa.Integer(), nullable=True))


def _books_closed_again(table):
    """SQLite changes a table by copying it, and the copy has no triggers."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        install_triggers(bind, table)


def downgrade():
    with op.batch_alter_table("stints", schema=None) as batch_op:
        batch_op.drop_column("limit_seq")
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_column("payee")
    _books_closed_again("actions")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for name in SUMS:
            batch_op.drop_column(name)
