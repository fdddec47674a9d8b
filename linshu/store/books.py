"""What was posted and what happened? The points ledger, the trail and its seals, who looked,
sweeps and imports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from linshu.store.db import Base, Instant


class Posting(Base):
    """One side of a posting of points (积分台账). Append-only; a move's two sides sum to zero."""

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint("stint_id", "side", "kind"),
        Index("ix_postings_team", "team_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    stint_id: Mapped[int] = mapped_column(ForeignKey("stints.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    side: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(10), default="move")
    points: Mapped[int]
    posted_on: Mapped[date]


class TrailEntry(Base):
    """One entry of the trail: ``line`` is its canonical text; the columns are for finding it."""

    __tablename__ = "trail"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_trail_case", "case_id", "seq"),
        Index("ix_trail_day", "court_id", "happened_on"),
        Index("ix_trail_by", "court_id", "by", "happened_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    chain: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int]
    tag: Mapped[str] = mapped_column(String(40))
    happened_on: Mapped[date]
    by: Mapped[str] = mapped_column(String(40))
    line: Mapped[str] = mapped_column(Text)


class Seal(Base):
    """A seal over every chain of a court: ``line`` is what was signed, with its signature, and
    ``heads`` the chains that changed since the seal before. Append-only.

    ``closes_on``: the day that it closes (null: made for an export); ``upto``: the newest trail row
    that it covers; ``key``: the fingerprint of the key that signed it."""

    __tablename__ = "seals"
    __table_args__ = (
        UniqueConstraint("court_id", "seq"),
        UniqueConstraint("court_id", "closes_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    seq: Mapped[int]
    closes_on: Mapped[date | None]
    sealed_at: Mapped[datetime] = mapped_column(Instant)
    upto: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    line: Mapped[str] = mapped_column(Text)
    heads: Mapped[str] = mapped_column(Text)


class Reading(Base):
    """Who looked at what: a case opened, a search, an export, a number unmasked. Append-only, and
    kept apart from the trail (R15). ``words``: what was searched for, numbers masked."""

    __tablename__ = "readings"
    __table_args__ = (
        Index("ix_readings_case", "case_id", "id"),
        Index("ix_readings_by", "court_id", "by", "id"),
        Index("ix_readings_day", "court_id", "read_on", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(20))
    read_on: Mapped[date]
    read_at: Mapped[datetime] = mapped_column(Instant)
    words: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(60), default="")


class Inspection(Base):
    """One run of the integrity checks, or one that was asked for (``ran_at`` null). ``by``: whose
    login; "" for the night's own. ``findings``: rule → its count and the cases it names."""

    __tablename__ = "inspections"
    __table_args__ = (Index("ix_inspections_court", "court_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    ran_at: Mapped[datetime | None] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(40))
    findings: Mapped[dict[str, Any]] = mapped_column(JSON)


class Sweep(Base):
    """One run over the due cases of a court for one business day, with what it did."""

    __tablename__ = "sweeps"
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    swept_on: Mapped[date]
    started_at: Mapped[datetime] = mapped_column(Instant)
    due: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    set_aside: Mapped[int] = mapped_column(default=0)
    capped: Mapped[int] = mapped_column(default=0)


class LedgerImport(Base):
    """A ledger uploaded from the web: what is to be done and how far it is.

    ``status``: waiting → running → previewed | done | failed. ``result``: the verdicts."""

    __tablename__ = "imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    filename: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(400))
    digest: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    business_on: Mapped[date]
    dry_run: Mapped[bool]
    screen: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(12))
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    failure: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
