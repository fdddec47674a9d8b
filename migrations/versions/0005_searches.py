"""Which sources were searched for a case, and when.

Revision ID: 0005
Revises: 0004

"""

import sqlalchemy as sa
from alembic import op

from linshu.store.db import Instant, install_triggers

# revision identifiers, used by Alembic.
revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("searched_on", sa.Date(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_searches_action_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_searches_case_id")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_searches_court_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
    )
    op.create_index("ix_searches_case", "searches", ["case_id", "source", "searched_on"])
    install_triggers(op.get_bind(), "searches")


def downgrade():
    op.drop_table("searches")
