"""What stops, lengthens and recomputes a clock, and what else runs out? Pauses, extensions,
outages, recomputes with every date they changed, countdowns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from linshu.store.db import Base, Instant

OPEN_COUNTDOWN = text("met_at IS NULL AND void_at IS NULL")


class Pause(Base):
    """扣除执行期限, as approved: kind, legal ground, first and last day (None: it goes on),
    document. Both ends are paused days. ``watch_on``: from then on it has gone on too long."""

    __tablename__ = "pauses"
    __table_args__ = (
        Index("ix_pauses_case", "case_id", "starts_on"),
        Index("ix_pauses_end", "court_id", "ends_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(40))
    ground: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(String(200))
    stops_stage: Mapped[bool]
    stops_statutory: Mapped[bool]
    watch_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Extension(Base):
    """An approved extension of the statutory clock, in whole months; ``report``: the report to the
    high court that a further one needs."""

    __tablename__ = "extensions"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), unique=True)
    months: Mapped[int]
    report: Mapped[str] = mapped_column(String(200), default="")
    approved_on: Mapped[date]


class Outage(Base):
    """Days on which the system or the court was down: they count for no stage clock then open.
    ``taken_back``: they count again. Why is said by the recompute."""

    __tablename__ = "outages"
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"), index=True)
    recompute_id: Mapped[int] = mapped_column(ForeignKey("recomputes.id"), unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    taken_back: Mapped[bool] = mapped_column(default=False)


class Recompute(Base):
    """A change that moves many dates at once: a year's calendar, an outage, a policy for running
    stints. ``status``: asked → done | refused; done → taken_back. ``payload``: what was asked for,
    and what stood before it, so that it can be taken back whole. ``counts``: how much it changes,
    by step (asked, done, taken_back). ``taking_back``: why it was taken back."""

    __tablename__ = "recomputes"
    __table_args__ = (Index("ix_recomputes_status", "court_id", "status"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    kind: Mapped[str] = mapped_column(String(12))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12))
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision: Mapped[str] = mapped_column(Text, default="")
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(Instant)
    taking_back: Mapped[str] = mapped_column(Text, default="")


class DateChange(Base):
    """One date that a recompute changed: which clock of which case, from what to what;
    ``provisional``: whether an unpublished year has a say in the new one.

    ``clock``: stage, statutory or countdown; ``points`` for an expiry whose points came back (or
    count again); ``policy`` for a stint that changed its version, ``policy_id`` the one before."""

    __tablename__ = "date_changes"
    __table_args__ = (Index("ix_date_changes_recompute", "recompute_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    recompute_id: Mapped[int] = mapped_column(ForeignKey("recomputes.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    clock: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int]
    before_on: Mapped[date | None]
    after_on: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"))


class CaseCountdown(Base):
    """A countdown of one case: started by an event, met by another, void when the case closed.

    ``row``: the policy's key; ``earliest``: its end is a first day; ``entered_on``: the end that
    the document names; ``round``: which time a repeated one has come round; ``first_at``: when its
    first round began."""

    __tablename__ = "countdowns"
    __table_args__ = (
        Index(
            "open_countdowns",
            "court_id",
            "due_on",
            sqlite_where=OPEN_COUNTDOWN,
            postgresql_where=OPEN_COUNTDOWN,
        ),
        Index("ix_countdowns_case", "case_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    row: Mapped[str] = mapped_column(String(40))
    earliest: Mapped[bool] = mapped_column(default=False)
    round: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime] = mapped_column(Instant)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"))
    entered_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    provisional: Mapped[bool] = mapped_column(default=False)
    met_at: Mapped[datetime | None] = mapped_column(Instant)
    met_action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"))
    void_at: Mapped[datetime | None] = mapped_column(Instant)


class Alert(Base):
    """Somebody was told that something runs out. Once for each limit, date and number of days."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("person_id", "subject", "subject_id", "due_on", "days_before"),
        Index("ix_alerts_inbox", "person_id", "read_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    subject: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int]
    row: Mapped[str] = mapped_column(String(40), default="")
    due_on: Mapped[date]
    days_before: Mapped[int]
    raised_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class Digest(Base):
    """每日提要: what one person has to know this morning, one a day."""

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("person_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    day: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class Delivery(Base):
    """A message for the court's own message service: the row is tried until it is delivered or
    given up. ``about``: alert or digest, with its id."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("about", "about_id"),
        Index(
            "waiting_deliveries",
            "next_at",
            sqlite_where=text("delivered_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL AND given_up_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    about: Mapped[str] = mapped_column(String(12))
    about_id: Mapped[int]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant)
    last_error: Mapped[str] = mapped_column(String(200), default="")
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    given_up_at: Mapped[datetime | None] = mapped_column(Instant)
