"""Orders to act on a node.

Revision ID: 0009
Revises: 0008

"""

import sqlalchemy as sa
from alembic import op

from linshu.store.db import Instant

# revision identifiers, used by Alembic.
revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STANDS = sa.text("status IN ('ordered', 'answered')")
OF_A_NODE = sa.text("status IN ('ordered', 'answered') AND about = 'node'")
#: column → the table that it points to
POINTS_TO = {
    "court_id": "courts",
    "case_id": "cases",
    "countdown_id": "countdowns",
    "by_id": "people",
    "answered_by": "people",
    "decided_by": "people",
}


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("countdown_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("ordered_at", Instant(timezone=True), nullable=False),
        sa.Column("since_at", Instant(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Instant(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_orders_{column}"))
            for column, table in POINTS_TO.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index(
        "one_live_order_of_node",
        "orders",
        ["case_id", "key"],
        unique=True,
        sqlite_where=OF_A_NODE,
        postgresql_where=OF_A_NODE,
    )
    op.create_index(
        "one_live_order_of_countdown",
        "orders",
        ["countdown_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_index(
        "live_orders",
        "orders",
        ["court_id", "due_on"],
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_index("ix_orders_case", "orders", ["case_id", "id"])


def downgrade():
    op.drop_table("orders")
