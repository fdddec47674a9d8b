"""A case worked whole: who decides until when and in whose place; measures, money,
supervision sheets.

Revision ID: 0004
Revises: 0003

"""

import sqlalchemy as sa
from alembic import op

from linshu.store.db import Instant, install_triggers

# revision identifiers, used by Alembic.
revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


HELD = sa.text("recovered_fen > paid_fen")
#: What was paid out so far: every pay-out that no newer row corrects.
PAID = """
UPDATE cases SET paid_fen = coalesce((
  SELECT sum(paid.amount_fen) FROM actions AS paid
  WHERE paid.case_id = cases.id AND paid.kind = 'paid_out'
  AND NOT EXISTS (SELECT 1 FROM actions AS newer WHERE newer.corrects_id = paid.id)
), 0)
"""


def upgrade():
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=False),
        sa.Column("noted_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_absences_court_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["people.id"], name=op.f("fk_absences_noted_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["people.id"], name=op.f("fk_absences_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_person_id"), "absences", ["person_id"])
    op.create_index("ix_absences_substitute", "absences", ["substitute_id", "last_on"])
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("paid_fen", sa.BigInteger(), nullable=False, server_default="0")
        )
    op.execute(PAID)
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.alter_column("paid_fen", server_default=None)
    op.create_index(
        "cases_with_money",
        "cases",
        ["court_id", "id"],
        sqlite_where=HELD,
        postgresql_where=HELD,
    )
    op.create_table(
        "holdings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("queue", sa.Integer(), nullable=False),
        sa.Column("undisposable", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_holdings_case_id")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_holdings_court_id")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_holdings_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings")),
    )
    op.create_index("ix_holdings_case", "holdings", ["case_id", "id"])
    op.create_index("ix_holdings_lapse", "holdings", ["court_id", "until_on"])
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("holding_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_actions_holding_id"), "holdings", ["holding_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_actions_holding_id"), ["holding_id"])
    _books_closed_again("actions")
    op.create_table(
        "measure_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Instant(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_measure_acts_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_measure_acts_case_id")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_measure_acts_court_id")),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_measure_acts_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_measure_acts_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_acts")),
    )
    op.create_index("ix_measure_acts_case", "measure_acts", ["case_id", "id"])
    op.create_table(
        "supervision_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("stint_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("to_team_id", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("missed", sa.JSON(), nullable=False),
        sa.Column("omitted", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("hints", sa.Text(), nullable=False),
        sa.Column("filled_by", sa.Integer(), nullable=True),
        sa.Column("filled_at", Instant(timezone=True), nullable=True),
        sa.Column("read_by", sa.Integer(), nullable=True),
        sa.Column("read_at", Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_supervision_sheets_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["court_id"], ["courts.id"], name=op.f("fk_supervision_sheets_court_id")
        ),
        sa.ForeignKeyConstraint(
            ["filled_by"], ["people.id"], name=op.f("fk_supervision_sheets_filled_by")
        ),
        sa.ForeignKeyConstraint(
            ["read_by"], ["people.id"], name=op.f("fk_supervision_sheets_read_by")
        ),
        sa.ForeignKeyConstraint(
            ["stint_id"], ["stints.id"], name=op.f("fk_supervision_sheets_stint_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_supervision_sheets_team_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_team_id"], ["teams.id"], name=op.f("fk_supervision_sheets_to_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
        sa.UniqueConstraint("stint_id", name=op.f("uq_supervision_sheets_stint_id")),
    )
    op.create_index(op.f("ix_supervision_sheets_case_id"), "supervision_sheets", ["case_id"])
    op.create_index("ix_supervision_sheets_giver", "supervision_sheets", ["team_id", "due_on"])
    op.create_index(
        "ix_supervision_sheets_receiver", "supervision_sheets", ["to_team_id", "read_at"]
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("decided_for", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("approver", sa.String(length=20), nullable=False, server_default="team_lead")
        )
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("raised", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_foreign_key(
            op.f("fk_requests_decided_for"), "people", ["decided_for"], ["id"]
        )
        batch_op.add_column(
            sa.Column("subject", sa.String(length=40), nullable=False, server_default="")
        )
    _say_who_decides()
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.alter_column("approver", server_default=None)
        batch_op.alter_column("raised", server_default=None)
        batch_op.alter_column("subject", server_default=None)
    _one_open_request("case_id", "kind", "subject")
    install_triggers(op.get_bind(), "measure_acts")


def _books_closed_again(table):
    """SQLite changes a table by copying it, and the copy has no triggers."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        install_triggers(bind, table)


def _one_open_request(*columns):
    """One request that waits, for each of these."""
    waits = sa.text("status IN ('asked', 'confirming')")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index("one_open_request", sqlite_where=waits, postgresql_where=waits)
        batch_op.create_index(
            "one_open_request", columns, unique=True, sqlite_where=waits, postgresql_where=waits
        )


def _say_who_decides():
    """Extensions named their approver among their particulars."""
    requests = sa.table(
        "requests", sa.column("id"), sa.column("approver"), sa.column("particulars", sa.JSON())
    )
    bind = op.get_bind()
    for id_, particulars in bind.execute(sa.select(requests.c.id, requests.c.particulars)).all():
        if "approver" in particulars:
            change = sa.update(requests).where(requests.c.id == id_)
            bind.execute(change.values(approver=particulars["approver"]))


def downgrade():
    _one_open_request("case_id", "kind")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_requests_decided_for"), type_="foreignkey")
        for name in ("subject", "raised", "due_on", "approver", "decided_for"):
            batch_op.drop_column(name)
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("cases_with_money", sqlite_where=HELD, postgresql_where=HELD)
        batch_op.drop_column("paid_fen")
    op.drop_table("measure_acts")
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actions_holding_id"))
        batch_op.drop_constraint(op.f("fk_actions_holding_id"), type_="foreignkey")
        batch_op.drop_column("holding_id")
    _books_closed_again("actions")
    op.drop_table("holdings")
    op.drop_table("supervision_sheets")
    op.drop_table("absences")
