"""Two clocks: pauses, extensions, outages, recomputes, countdowns, alerts.

Revision ID: 0002
Revises: 0001

"""

import sqlalchemy as sa
from alembic import op

import linshu.store.db

# revision identifiers, used by Alembic.
revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", linshu.store.db.Instant(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=False),
        sa.Column("delivered_at", linshu.store.db.Instant(timezone=True), nullable=True),
        sa.Column("given_up_at", linshu.store.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_deliveries_court_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("about", "about_id", name=op.f("uq_deliveries_about_about_id")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "waiting_deliveries",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("delivered_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("delivered_at IS NULL AND given_up_at IS NULL"),
        )

    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("raised_at", linshu.store.db.Instant(timezone=True), nullable=False),
        sa.Column("read_at", linshu.store.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_alerts_case_id")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_alerts_court_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_alerts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint(
            "person_id",
            "subject",
            "subject_id",
            "due_on",
            "days_before",
            name=op.f("uq_alerts_person_id_subject_subject_id_due_on_days_before"),
        ),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index("ix_alerts_inbox", ["person_id", "read_at", "id"], unique=False)

    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("read_at", linshu.store.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_digests_court_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_digests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_digests_person_id_day")),
    )
    op.create_table(
        "recomputes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", linshu.store.db.Instant(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", linshu.store.db.Instant(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("taken_back_by", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", linshu.store.db.Instant(timezone=True), nullable=True),
        sa.Column("taking_back", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_recomputes_asked_by")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_recomputes_court_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_recomputes_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["taken_back_by"], ["people.id"], name=op.f("fk_recomputes_taken_back_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recomputes")),
    )
    with op.batch_alter_table("recomputes", schema=None) as batch_op:
        batch_op.create_index("ix_recomputes_status", ["court_id", "status"], unique=False)

    op.create_table(
        "countdowns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.String(length=40), nullable=False),
        sa.Column("earliest", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("first_at", linshu.store.db.Instant(timezone=True), nullable=False),
        sa.Column("started_at", linshu.store.db.Instant(timezone=True), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_at", linshu.store.db.Instant(timezone=True), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("met_at", linshu.store.db.Instant(timezone=True), nullable=True),
        sa.Column("met_action_id", sa.Integer(), nullable=True),
        sa.Column("void_at", linshu.store.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_countdowns_action_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_countdowns_case_id")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_countdowns_court_id")),
        sa.ForeignKeyConstraint(
            ["met_action_id"], ["actions.id"], name=op.f("fk_countdowns_met_action_id")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_countdowns_policy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countdowns")),
    )
    with op.batch_alter_table("countdowns", schema=None) as batch_op:
        batch_op.create_index("ix_countdowns_case", ["case_id", "id"], unique=False)
        batch_op.create_index(
            "open_countdowns",
            ["court_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("met_at IS NULL AND void_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND void_at IS NULL"),
        )

    op.create_table(
        "date_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recompute_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=True),
        sa.Column("after_on", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_date_changes_case_id")),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_date_changes_policy_id")
        ),
        sa.ForeignKeyConstraint(
            ["recompute_id"], ["recomputes.id"], name=op.f("fk_date_changes_recompute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_changes")),
    )
    with op.batch_alter_table("date_changes", schema=None) as batch_op:
        batch_op.create_index("ix_date_changes_recompute", ["recompute_id", "id"], unique=False)

    op.create_table(
        "outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("recompute_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_outages_court_id")),
        sa.ForeignKeyConstraint(
            ["recompute_id"], ["recomputes.id"], name=op.f("fk_outages_recompute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
        sa.UniqueConstraint("recompute_id", name=op.f("uq_outages_recompute_id")),
    )
    with op.batch_alter_table("outages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outages_court_id"), ["court_id"], unique=False)

    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(length=200), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_extensions_case_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_extensions_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
        sa.UniqueConstraint("request_id", name=op.f("uq_extensions_request_id")),
    )
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extensions_case_id"), ["case_id"], unique=False)

    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("ground", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("stops_stage", sa.Boolean(), nullable=False),
        sa.Column("stops_statutory", sa.Boolean(), nullable=False),
        sa.Column("watch_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", linshu.store.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_pauses_case_id")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_pauses_court_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_pauses_ended_by")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_pauses_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
        sa.UniqueConstraint("request_id", name=op.f("uq_pauses_request_id")),
    )
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.create_index("ix_pauses_case", ["case_id", "starts_on"], unique=False)
        batch_op.create_index("ix_pauses_end", ["court_id", "ends_on"], unique=False)

    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("until_on", sa.Date(), nullable=True))

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "statutory_provisional", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        batch_op.alter_column("statutory_due_on", existing_type=sa.DATE(), nullable=True)

    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=12), nullable=False, server_default="transfer")
        )
        batch_op.add_column(
            sa.Column("particulars", sa.JSON(), nullable=False, server_default="{}")
        )
        batch_op.drop_index(
            batch_op.f("one_open_request"),
            sqlite_where=sa.text("status IN ('asked', 'confirming')"),
        )
        batch_op.create_index(
            "one_open_request",
            ["case_id", "kind"],
            unique=True,
            sqlite_where=sa.text("status IN ('asked', 'confirming')"),
            postgresql_where=sa.text("status IN ('asked', 'confirming')"),
        )

    # The defaults were for the rows that stood there; new rows say what they are.
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.alter_column("statutory_provisional", server_default=None)
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.alter_column("kind", server_default=None)
        batch_op.alter_column("particulars", server_default=None)


def downgrade():
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_request",
            sqlite_where=sa.text("status IN ('asked', 'confirming')"),
            postgresql_where=sa.text("status IN ('asked', 'confirming')"),
        )
        batch_op.create_index(
            batch_op.f("one_open_request"),
            ["case_id"],
            unique=1,
            sqlite_where=sa.text("status IN ('asked', 'confirming')"),
        )
        batch_op.drop_column("particulars")
        batch_op.drop_column("kind")

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.alter_column("statutory_due_on", existing_type=sa.DATE(), nullable=False)
        batch_op.drop_column("statutory_provisional")

    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_column("until_on")

    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.drop_index("ix_pauses_end")
        batch_op.drop_index("ix_pauses_case")

    op.drop_table("pauses")
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extensions_case_id"))

    op.drop_table("extensions")
    with op.batch_alter_table("outages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outages_court_id"))

    op.drop_table("outages")
    with op.batch_alter_table("date_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_date_changes_recompute")

    op.drop_table("date_changes")
    with op.batch_alter_table("countdowns", schema=None) as batch_op:
        batch_op.drop_index(
            "open_countdowns",
            sqlite_where=sa.text("met_at IS NULL AND void_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND void_at IS NULL"),
        )
        batch_op.drop_index("ix_countdowns_case")

    op.drop_table("countdowns")
    with op.batch_alter_table("recomputes", schema=None) as batch_op:
        batch_op.drop_index("ix_recomputes_status")

    op.drop_table("recomputes")
    op.drop_table("digests")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index("ix_alerts_inbox")

    op.drop_table("alerts")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "waiting_deliveries",
            sqlite_where=sa.text("delivered_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("delivered_at IS NULL AND given_up_at IS NULL"),
        )

    op.drop_table("deliveries")
