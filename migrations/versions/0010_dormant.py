"""Care of terminated cases.

Revision ID: 0010
Revises: 0009

"""

import sqlalchemy as sa
from alembic import op

from linshu.store.db import Instant

# revision identifiers, used by Alembic.
revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = sa.text("status IN ('waiting', 'asked')")
CONSULTED = sa.text("kind = 'consultation'")


def upgrade():
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resumed_from_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_cases_resumed_from_id"), ["resumed_from_id"])
        batch_op.create_foreign_key(
            op.f("fk_cases_resumed_from_id"), "cases", ["resumed_from_id"], ["id"]
        )
    with op.batch_alter_table("holdings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("carried_from_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_holdings_carried_from_id"), ["carried_from_id"])
        batch_op.create_foreign_key(
            op.f("fk_holdings_carried_from_id"), "holdings", ["carried_from_id"], ["id"]
        )
    op.create_index(
        "ix_actions_consultations",
        "actions",
        ["happened_at"],
        sqlite_where=CONSULTED,
        postgresql_where=CONSULTED,
    )
    _resumptions()


def _resumptions():
    op.create_table(
        "resumptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("clue", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", Instant(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", Instant(timezone=True), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_resumptions_{column}"))
            for column, other in (
                ("court_id", "courts.id"),
                ("case_id", "cases.id"),
                ("received_by", "people.id"),
                ("reviewed_by", "people.id"),
                ("request_id", "requests.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resumptions")),
    )
    op.create_index(op.f("ix_resumptions_case_id"), "resumptions", ["case_id"])
    op.create_index("ix_resumptions_court", "resumptions", ["court_id", "status"])
    op.create_index(
        "one_open_resumption",
        "resumptions",
        ["case_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade():
    op.drop_table("resumptions")
    op.drop_index("ix_actions_consultations", table_name="actions")
    with op.batch_alter_table("holdings", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_holdings_carried_from_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_holdings_carried_from_id"), type_="unique")
        batch_op.drop_column("carried_from_id")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_cases_resumed_from_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_cases_resumed_from_id"), type_="unique")
        batch_op.drop_column("resumed_from_id")
