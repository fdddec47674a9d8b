"""Documents and attachments, and the templates that a court put in place of ours.

Revision ID: 0008
Revises: 0007

"""

import sqlalchemy as sa
from alembic import op

from linshu.store.db import Instant, install_triggers

# revision identifiers, used by Alembic.
revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CLOSED = ("paper_templates", "documents", "attachments", "attachment_strikes")


def _to(table, *columns):
    tables = {"court_id": "courts", "case_id": "cases", "party_id": "parties"}
    tables |= {"action_id": "actions", "by_id": "people", "attachment_id": "attachments"}
    return [
        sa.ForeignKeyConstraint([one], [f"{tables[one]}.id"], name=op.f(f"fk_{table}_{one}"))
        for one in columns
    ]


def upgrade():
    op.create_table(
        "paper_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("adopted_at", Instant(timezone=True), nullable=False),
        *_to("paper_templates", "court_id", "by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_templates")),
        sa.UniqueConstraint(
            "court_id", "kind", "version", name=op.f("uq_paper_templates_court_id_kind_version")
        ),
    )
    op.create_table(
        "paper_serials",
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        *_to("paper_serials", "court_id"),
        sa.PrimaryKeyConstraint("court_id", "kind", "year", name=op.f("pk_paper_serials")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        *_to("documents", "court_id", "case_id", "party_id", "action_id", "by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint(
            "court_id",
            "kind",
            "year",
            "serial",
            name=op.f("uq_documents_court_id_kind_year_serial"),
        ),
    )
    op.create_index("ix_documents_case", "documents", ["case_id", "id"])
    _attachments()
    install_triggers(op.get_bind(), *CLOSED)


def _attachments():
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", Instant(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        *_to("attachments", "court_id", "case_id", "by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_case", "attachments", ["case_id", "id"])
    op.create_table(
        "attachment_strikes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("struck_at", Instant(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        *_to("attachment_strikes", "attachment_id", "by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment_strikes")),
        sa.UniqueConstraint("attachment_id", name=op.f("uq_attachment_strikes_attachment_id")),
    )


def downgrade():
    op.drop_table("attachment_strikes")
    op.drop_index("ix_attachments_case", table_name="attachments")
    op.drop_table("attachments")
    op.drop_index("ix_documents_case", table_name="documents")
    op.drop_table("documents")
    op.drop_table("paper_serials")
    op.drop_table("paper_templates")
