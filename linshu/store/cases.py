"""Where is a case, and what is known of it? Cases, stints, parties, actions, requests.

The open stint is the one truth about stage, team, handler and due date: overdue is derived when
read, never stored.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy import Text as Text_
from sqlalchemy.orm import Mapped, mapped_column

from linshu.rules.money import Purse
from linshu.store.db import Base, Instant
from linshu.store.vault import Secret

OPEN = text("ended_on IS NULL")
HELD = text("recovered_fen > paid_fen")
#: The statuses of a request that nobody has decided.
WAITING = ("reviewing", "asked", "confirming")
UNDECIDED = text("status IN ('reviewing', 'asked', 'confirming')")
CLOSING = text("kind = 'closing' AND status IN ('reviewing', 'asked')")


class Case(Base):
    """A case's facts, and the head of its chain of the trail. Amounts in fen; ``recovered_fen``,
    ``paid_fen`` and ``interest_fen`` are the running sums of its receipts, pay-outs and interest
    for delay, ``diverted_fen`` that of the pay-outs to others than its applicants. From
    ``basis_kind`` to ``preservation``: what the trial side knows of it (``rules.origins``).
    ``resumed_from_id``: the terminated case that goes on as this one; a case goes on as one other
    at most."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("court_id", "number"),
        Index("ix_cases_serial", "serial", "kind", "year"),
        Index("cases_with_money", "court_id", "id", sqlite_where=HELD, postgresql_where=HELD),
        Index("ix_cases_filed", "court_id", "filed_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    number: Mapped[str] = mapped_column(String(60))
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(4))
    serial: Mapped[int]
    cause: Mapped[str] = mapped_column(String(80))
    basis: Mapped[str] = mapped_column(String(200))
    basis_kind: Mapped[str] = mapped_column(String(16), default="")
    trial_court: Mapped[str] = mapped_column(String(80), default="")
    trial_team: Mapped[str] = mapped_column(String(80), default="")
    effective_on: Mapped[date | None]
    preservation: Mapped[str] = mapped_column(String(60), default="")
    filed_on: Mapped[date]
    statutory_due_on: Mapped[date | None]
    statutory_provisional: Mapped[bool] = mapped_column(default=False)
    claim_fen: Mapped[int] = mapped_column(BigInteger)
    recovered_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    interest_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    diverted_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    preserved: Mapped[bool] = mapped_column(default=False)
    cooperative: Mapped[bool] = mapped_column(default=False)
    address_confirmed: Mapped[bool] = mapped_column(default=False)
    simple: Mapped[bool | None]
    former_handler: Mapped[str] = mapped_column(String(40), default="")
    resumed_from_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), unique=True)
    remark: Mapped[str] = mapped_column(Text_, default="")
    closed_on: Mapped[date | None]
    closing_type: Mapped[str] = mapped_column(String(40), default="")
    closing_reason: Mapped[str] = mapped_column(Text_, default="")
    trail_head: Mapped[str] = mapped_column(String(64))
    trail_count: Mapped[int] = mapped_column(default=0)

    @property
    def purse(self) -> Purse:
        """Its money: what every screen, list and report shows of it."""
        sums = (self.interest_fen, self.diverted_fen)
        return Purse.of(self.claim_fen, self.recovered_fen, self.paid_fen, *sums)


class Stint(Base):
    """One stay of a case at one stage. ``hop``: expiry moves that posted up to here.

    ``due_on`` is the last day (null where there is no limit); ``capped_on``: flagged 超期(顶格) at
    the vice president's; ``set_aside_on``/``set_aside_code``: the rules could not decide;
    ``limit_seq``: the stint whose limit runs on in this one, after an override (R26); null: its
    own."""

    __tablename__ = "stints"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("one_open_stint", "case_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "due_stints",
            "court_id",
            "due_on",
            "id",
            sqlite_where=text("ended_on IS NULL AND capped_on IS NULL AND due_on IS NOT NULL"),
            postgresql_where=text("ended_on IS NULL AND capped_on IS NULL AND due_on IS NOT NULL"),
        ),
        Index("open_stints_of_team", "team_id", "due_on", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(
            "open_stints_of_handler",
            "court_id",
            "handler_id",
            "due_on",
            sqlite_where=text("ended_on IS NULL AND handler_id IS NOT NULL"),
            postgresql_where=text("ended_on IS NULL AND handler_id IS NOT NULL"),
        ),
        Index("ix_stints_team_case", "team_id", "case_id"),
        Index("ix_stints_started", "court_id", "started_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    stage: Mapped[str] = mapped_column(String(20))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    hop: Mapped[int] = mapped_column(default=0)
    sideways: Mapped[int] = mapped_column(default=0)
    started_on: Mapped[date]
    started_at: Mapped[datetime] = mapped_column(Instant)
    due_on: Mapped[date | None]
    limit_seq: Mapped[int | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    handled_since: Mapped[datetime | None] = mapped_column(Instant)
    skipped_sideways: Mapped[bool] = mapped_column(default=False)
    capped_on: Mapped[date | None]
    set_aside_on: Mapped[date | None]
    set_aside_code: Mapped[str] = mapped_column(String(40), default="")
    ended_on: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    exit_reason: Mapped[str] = mapped_column(String(30), default="")

    @property
    def limited_by(self) -> int:
        """The number of the stint from whose start its limit counts."""
        return self.limit_seq or self.seq


class Party(Base):
    """Somebody in a case (``role``, ``kind``, ``mandate``: ``rules.parties``), with an identity
    number or credit code, a phone and a bank account: encrypted, and found again by their digests.

    A representative ``represents_id`` a party; a successor ``replaces_id`` one; ``ruling``: by
    which a side was changed. Who left is ``out_on`` since then and stays in the table."""

    __tablename__ = "parties"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12), default="")
    mandate: Mapped[str] = mapped_column(String(8), default="")
    represents_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"))
    ruling: Mapped[str] = mapped_column(String(200), default="")
    out_on: Mapped[date | None]
    out_reason: Mapped[str] = mapped_column(Text_, default="")
    id_number: Mapped[str] = mapped_column(Secret("party.id_number", "id_digest"), default="")
    id_digest: Mapped[str] = mapped_column(String(64), default="", index=True)
    phone: Mapped[str] = mapped_column(Secret("party.phone", "phone_digest"), default="")
    phone_digest: Mapped[str] = mapped_column(String(64), default="", index=True)
    account: Mapped[str] = mapped_column(Secret("party.account", "account_digest"), default="")
    account_digest: Mapped[str] = mapped_column(String(64), default="", index=True)

    @property
    def owes(self) -> bool:
        """Whether this is a debtor, and one who has not left."""
        return self.role == "debtor" and self.out_on is None


class Gram(Base):
    """Two letters of a party's name: search finds 张三 by an equality, on a table of its own."""

    __tablename__ = "grams"
    gram: Mapped[str] = mapped_column(String(2), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)


CONSULTED = text("kind = 'consultation'")


class Action(Base):
    """What was done in a case: when it happened, when it was recorded, by whom, for whom.

    ``until_on``: the end that a document names (a seizure, a detention); ``holding_id``: what
    property it was done with; ``payee``: to whom a pay-out went. Append-only: a mistake is
    mended by a newer row that ``corrects_id`` it."""

    __tablename__ = "actions"
    __table_args__ = (
        Index(
            "ix_actions_consultations",
            "happened_at",
            sqlite_where=CONSULTED,
            postgresql_where=CONSULTED,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text_)
    amount_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    payee: Mapped[str] = mapped_column(String(12), default="")
    until_on: Mapped[date | None]
    holding_id: Mapped[int | None] = mapped_column(ForeignKey("holdings.id"), index=True)
    happened_at: Mapped[datetime] = mapped_column(Instant)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    behalf_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    late: Mapped[bool] = mapped_column(default=False)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"), unique=True)


class Text(Base):
    """A free text that the trail holds the digest of: reasons, corrected words."""

    __tablename__ = "texts"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(80), primary_key=True)
    text: Mapped[str] = mapped_column(Text_)


class Request(Base):
    """A request about a case: ``kind`` as in ``rules.deadlines``; ``subject`` tells apart those of
    a kind that may wait side by side (a measure against one debtor).

    ``status``: asked → approved | refused | returned (退回补正); a closing waits as ``reviewing``
    for the gate before it is asked (``reviewed_by``: who passed it on); a transfer on an exempt
    ground waits as ``confirming`` for the receiving lead; ``lapsed`` when the case moved or closed
    meanwhile.

    ``particulars``: what is asked for; ``snapshot``: what the approver sees, frozen when it was.
    ``approver``: the role that decides by the policy; ``due_on``: until when, before it goes to
    the next up, ``raised`` times so far. ``decided_for``: whose substitute decided."""

    __tablename__ = "requests"
    __table_args__ = (
        Index(
            "one_open_request",
            "case_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=UNDECIDED,
            postgresql_where=UNDECIDED,
        ),
        Index("closings_waiting", "case_id", sqlite_where=CLOSING, postgresql_where=CLOSING),
        Index("ix_requests_status", "court_id", "status"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    stint_id: Mapped[int] = mapped_column(ForeignKey("stints.id"))
    kind: Mapped[str] = mapped_column(String(12), default="transfer")
    subject: Mapped[str] = mapped_column(String(40), default="")
    ground: Mapped[str] = mapped_column(String(40))
    particulars: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(Text_)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12))
    asked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_for: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    approver: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date | None]
    raised: Mapped[int] = mapped_column(default=0)
    decision: Mapped[str] = mapped_column(Text_, default="")
    to_team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
