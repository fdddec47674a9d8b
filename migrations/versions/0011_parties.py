"""Third parties, representatives, addresses; the trial side.

Revision ID: 0011
Revises: 0010

"""

import sqlalchemy as sa
from alembic import op

from linshu.store.db import Instant

# revision identifiers, used by Alembic.
revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: What a case comes with from the trial side, and what is known of a party's standing.
FACTS = {"basis_kind": 16, "trial_court": 80, "trial_team": 80, "preservation": 60}
STANDING = {"kind": 12, "mandate": 8, "ruling": 200}


def upgrade():
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for name, length in FACTS.items():
            batch_op.add_column(_word(name, length))
        batch_op.add_column(sa.Column("effective_on", sa.Date(), nullable=True))
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for name in FACTS:
            batch_op.alter_column(name, server_default=None)
    op.create_index("ix_cases_filed", "cases", ["court_id", "filed_on"])
    with op.batch_alter_table("parties", schema=None) as batch_op:
        for name, length in STANDING.items():
            batch_op.add_column(_word(name, length))
        batch_op.add_column(sa.Column("represents_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("out_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("out_reason", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("parties", schema=None) as batch_op:
        for name in (*STANDING, "out_reason"):
            batch_op.alter_column(name, server_default=None)
        _width(batch_op, sa.String(length=12), sa.String(length=16))
        for name in ("represents_id", "replaces_id"):
            batch_op.create_foreign_key(op.f(f"fk_parties_{name}"), "parties", [name], ["id"])
    op.create_table(
        "addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("electronic", sa.Text(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_addresses_case_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_addresses_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    op.create_index("ix_addresses_case", "addresses", ["case_id", "id"])


def downgrade():
    op.drop_table("addresses")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        for name in ("represents_id", "replaces_id"):
            batch_op.drop_constraint(op.f(f"fk_parties_{name}"), type_="foreignkey")
        _width(batch_op, sa.String(length=16), sa.String(length=12))
        for name in ("out_reason", "out_on", "replaces_id", "represents_id", *STANDING):
            batch_op.drop_column(name)
    op.drop_index("ix_cases_filed", "cases")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for name in ("effective_on", *FACTS):
            batch_op.drop_column(name)


def _word(name, length):
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")


def _width(batch_op, before, after):
    """representative has fourteen letters."""
    batch_op.alter_column("role", existing_type=before, type_=after, existing_nullable=False)
