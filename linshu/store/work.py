"""What is done in a case? Measures, property, supervision sheets: their tables."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy import Text as Text_
from sqlalchemy.orm import Mapped, mapped_column

from linshu.store.db import Base, Instant


class MeasureAct(Base):
    """How far a measure is against one debtor, since when, by which document: the newest row of a
    measure and debtor counts. Append-only."""

    __tablename__ = "measure_acts"
    __table_args__ = (Index("ix_measure_acts_case", "case_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    measure: Mapped[str] = mapped_column(String(20))
    standing: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text_, default="")
    document: Mapped[str] = mapped_column(String(200), default="")
    amount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    days: Mapped[int] = mapped_column(default=0)
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))


class Holding(Base):
    """Something of a debtor's: a clue, what was found, what became of it. ``status`` as in
    ``rules.property``; ``until_on``: the end of its seizure; ``queue``: how many seizures of others
    come before (轮候), 0 for none; ``undisposable``: why nothing can be done with it;
    ``carried_from_id``: what it was in the case before this one."""

    __tablename__ = "holdings"
    __table_args__ = (
        Index("ix_holdings_lapse", "court_id", "until_on"),
        Index("ix_holdings_case", "case_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    value_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    status: Mapped[str] = mapped_column(String(16))
    found_on: Mapped[date]
    until_on: Mapped[date | None]
    queue: Mapped[int] = mapped_column(default=0)
    undisposable: Mapped[str] = mapped_column(Text_, default="")
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("holdings.id"), unique=True)


class SupervisionSheet(Base):
    """监执单: opened by an expiry move out of ``stint_id``. ``missed``: codes of the flow nodes
    that the stage left undone; ``omitted``: the centre's measures, each with its debtor.

    The giving team says why and gives hints until ``due_on``; the receiving lead reads it."""

    __tablename__ = "supervision_sheets"
    __table_args__ = (
        Index("ix_supervision_sheets_giver", "team_id", "due_on"),
        Index("ix_supervision_sheets_receiver", "to_team_id", "read_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    stint_id: Mapped[int] = mapped_column(ForeignKey("stints.id"), unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    to_team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    opened_on: Mapped[date]
    due_on: Mapped[date]
    missed: Mapped[list[str]] = mapped_column(JSON)
    omitted: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    reasons: Mapped[str] = mapped_column(Text_, default="")
    hints: Mapped[str] = mapped_column(Text_, default="")
    filled_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    filled_at: Mapped[datetime | None] = mapped_column(Instant)
    read_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    read_at: Mapped[datetime | None] = mapped_column(Instant)
