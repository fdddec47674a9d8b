"""The closing gate: a report waits for its review, then for its approval.

Revision ID: 0006
Revises: 0005

"""

import sqlalchemy as sa
from alembic import op

from linshu.store.db import Instant

# revision identifiers, used by Alembic.
revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BEFORE = sa.text("status IN ('asked', 'confirming')")
AFTER = sa.text("status IN ('reviewing', 'asked', 'confirming')")
CLOSING = sa.text("kind = 'closing' AND status IN ('reviewing', 'asked')")


def upgrade():
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reviewed_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reviewed_at", Instant(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_requests_reviewed_by"), "people", ["reviewed_by"], ["id"]
        )
        batch_op.alter_column(
            "ground", existing_type=sa.String(length=20), type_=sa.String(length=40)
        )
    _one_open_request(BEFORE, AFTER)
    op.create_index(
        "closings_waiting", "requests", ["case_id"], sqlite_where=CLOSING, postgresql_where=CLOSING
    )


def downgrade():
    """What waits for its review then waits for its approver: nothing that was asked is lost. A
    ground that is longer than the column was, is cut short; its name stands in the particulars."""
    op.drop_index("closings_waiting", "requests", sqlite_where=CLOSING, postgresql_where=CLOSING)
    op.execute("UPDATE requests SET status = 'asked' WHERE status = 'reviewing'")
    op.execute("UPDATE requests SET ground = substr(ground, 1, 20)")
    _one_open_request(AFTER, BEFORE)
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.alter_column(
            "ground", existing_type=sa.String(length=40), type_=sa.String(length=20)
        )
        batch_op.drop_constraint(op.f("fk_requests_reviewed_by"), type_="foreignkey")
        batch_op.drop_column("reviewed_at")
        batch_op.drop_column("reviewed_by")


def _one_open_request(was, waits):
    """One request of a kind and subject that waits in a case."""
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index("one_open_request", sqlite_where=was, postgresql_where=was)
        batch_op.create_index(
            "one_open_request",
            ["case_id", "kind", "subject"],
            unique=True,
            sqlite_where=waits,
            postgresql_where=waits,
        )
