"""A trail that proves itself, and a door that holds: seals, readings, inspections, visits; what is
personal is encrypted.

Revision ID: 0003
Revises: 0002

"""

import sqlalchemy as sa
from alembic import op

from linshu.rules.numbers import id_number
from linshu.store import vault
from linshu.store.db import Instant, install_triggers

# revision identifiers, used by Alembic.
revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN_VISIT = sa.text("ended_at IS NULL")
PURPOSE = "party.id_number"
PARTIES = sa.table("parties", sa.column("id"), sa.column("id_number"), sa.column("id_digest"))


def upgrade():
    _proof()
    _doors()
    _personal()
    install_triggers(op.get_bind(), "seals", "readings")


def _proof():
    op.create_table(
        "seals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("sealed_at", Instant(timezone=True), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_seals_court_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
        sa.UniqueConstraint("court_id", "closes_on", name=op.f("uq_seals_court_id_closes_on")),
        sa.UniqueConstraint("court_id", "seq", name=op.f("uq_seals_court_id_seq")),
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("read_at", Instant(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_readings_case_id")),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_readings_court_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_by", "readings", ["court_id", "by", "id"])
    op.create_index("ix_readings_case", "readings", ["case_id", "id"])
    op.create_index("ix_readings_day", "readings", ["court_id", "read_on", "id"])
    op.create_table(
        "inspections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("ran_at", Instant(timezone=True), nullable=True),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["courts.id"], name=op.f("fk_inspections_court_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
    )
    op.create_index("ix_inspections_court", "inspections", ["court_id", "id"])


def _doors():
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("began_at", Instant(timezone=True), nullable=False),
        sa.Column("seen_at", Instant(timezone=True), nullable=False),
        sa.Column("factored", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", Instant(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("ended_at", Instant(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_visits_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_visits_token_digest")),
    )
    op.create_index(
        "open_visits",
        "visits",
        ["person_id"],
        sqlite_where=OPEN_VISIT,
        postgresql_where=OPEN_VISIT,
    )
    op.create_table(
        "lockouts",
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", Instant(timezone=True), nullable=False),
        sa.Column("locked_until", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_lockouts")),
    )
    for table, column, moment, needed in (
        ("former_passwords", "password_hash", "replaced_at", True),
        ("recovery_codes", "code_hash", "used_at", False),
    ):
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("person_id", sa.Integer(), nullable=False),
            sa.Column(column, sa.String(length=200), nullable=False),
            sa.Column(moment, Instant(timezone=True), nullable=not needed),
            sa.ForeignKeyConstraint(
                ["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id")
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("password_set_at", Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("totp_secret", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("totp_step", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("certificate", sa.String(length=128), nullable=False, server_default="")
        )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.alter_column("totp_secret", server_default=None)
        batch_op.alter_column("certificate", server_default=None)


def _personal():
    digests = ("id_digest", "phone_digest", "account_digest")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.alter_column(
            "id_number",
            existing_type=sa.String(length=40),
            type_=sa.Text(),
            existing_nullable=False,
        )
        for name in digests:
            batch_op.add_column(
                sa.Column(name, sa.String(length=64), nullable=False, server_default="")
            )
        for name in ("phone", "account"):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("parties", schema=None) as batch_op:
        for name in (*digests, "phone", "account"):
            batch_op.alter_column(name, server_default=None)
        for name in digests:
            batch_op.create_index(batch_op.f(f"ix_parties_{name}"), [name], unique=False)
    _rewrite(_kept)


def _kept(written):
    plain = id_number(written)
    return vault.seal(plain, PURPOSE), vault.digest(plain, PURPOSE)


def _rewrite(kept):
    """Every identity number as ``kept`` gives it: (what is stored, its digest)."""
    bind, after = op.get_bind(), 0
    change = sa.update(PARTIES).where(PARTIES.c.id == sa.bindparam("row"))
    change = change.values(id_number=sa.bindparam("stored"), id_digest=sa.bindparam("digest"))
    numbered = sa.select(PARTIES.c.id, PARTIES.c.id_number).where(PARTIES.c.id_number != "")
    numbered = numbered.order_by(PARTIES.c.id).limit(5000)
    while rows := bind.execute(numbered.where(PARTIES.c.id > after)).all():
        changes = [(id_, *kept(number)) for id_, number in rows]
        bind.execute(
            change, [dict(zip(("row", "stored", "digest"), c, strict=True)) for c in changes]
        )
        after = rows[-1].id


def downgrade():
    _rewrite(lambda sealed: (vault.reveal(sealed, PURPOSE), ""))
    with op.batch_alter_table("parties", schema=None) as batch_op:
        for name in ("id_digest", "phone_digest", "account_digest"):
            batch_op.drop_index(batch_op.f(f"ix_parties_{name}"))
            batch_op.drop_column(name)
        for name in ("phone", "account"):
            batch_op.drop_column(name)
        batch_op.alter_column(
            "id_number",
            existing_type=sa.Text(),
            type_=sa.String(length=40),
            existing_nullable=False,
        )
    with op.batch_alter_table("people", schema=None) as batch_op:
        for name in ("certificate", "totp_step", "totp_secret", "password_set_at"):
            batch_op.drop_column(name)
    for table in (
        "recovery_codes",
        "former_passwords",
        "lockouts",
        "visits",
        "inspections",
        "readings",
        "seals",
    ):
        op.drop_table(table)
