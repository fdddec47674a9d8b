"""Acts for many cases at once.

Revision ID: 0007
Revises: 0006

"""

import sqlalchemy as sa
from alembic import op

from linshu.store.db import Instant

# revision identifiers, used by Alembic.
revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _key(table, column):
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def _names(table, column, other):
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade():
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("particulars", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("finished_at", Instant(timezone=True), nullable=True),
        _names("batches", "court_id", "courts"),
        _names("batches", "team_id", "teams"),
        _names("batches", "by_id", "people"),
        _key("batches", "id"),
    )
    op.create_index("ix_batches_team", "batches", ["court_id", "team_id", "id"])
    op.create_index("ix_batches_status", "batches", ["status"])
    op.create_table(
        "batch_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seen_seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("done_at", Instant(timezone=True), nullable=True),
        _names("batch_items", "batch_id", "batches"),
        _names("batch_items", "case_id", "cases"),
        _names("batch_items", "action_id", "actions"),
        _key("batch_items", "id"),
        sa.UniqueConstraint("batch_id", "case_id", name=op.f("uq_batch_items_batch_id_case_id")),
        sa.UniqueConstraint("action_id", name=op.f("uq_batch_items_action_id")),
    )
    op.create_index("ix_batch_items_status", "batch_items", ["batch_id", "status", "id"])
    op.create_index("ix_batch_items_case_id", "batch_items", ["case_id"])
    _results()


def _results():
    op.create_table(
        "finding_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("landing", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("uploaded_at", Instant(timezone=True), nullable=False),
        sa.Column("finished_at", Instant(timezone=True), nullable=True),
        _names("finding_files", "court_id", "courts"),
        _names("finding_files", "team_id", "teams"),
        _names("finding_files", "by_id", "people"),
        _key("finding_files", "id"),
    )
    op.create_index("ix_finding_files_team", "finding_files", ["court_id", "team_id", "id"])
    op.create_index("ix_finding_files_status", "finding_files", ["status"])
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("searched_on", sa.Date(), nullable=False),
        sa.Column("holding_id", sa.Integer(), nullable=True),
        sa.Column("landed_at", Instant(timezone=True), nullable=False),
        _names("findings", "court_id", "courts"),
        _names("findings", "file_id", "finding_files"),
        _names("findings", "case_id", "cases"),
        _names("findings", "party_id", "parties"),
        _names("findings", "holding_id", "holdings"),
        _key("findings", "id"),
        sa.UniqueConstraint("case_id", "digest", name=op.f("uq_findings_case_id_digest")),
    )
    op.create_index("ix_findings_file", "findings", ["file_id"])


def downgrade():
    for table in ("findings", "finding_files", "batch_items", "batches"):
        op.drop_table(table)
