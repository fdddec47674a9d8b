"""Who is inside, and who stands before a locked door? Visits (sessions), lockouts, old passwords.

They are in the database, so that a lost Redis logs nobody out (domain.md § 6).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from linshu.store.db import Base, Instant


class Visit(Base):
    """One entry of one person: the cookie holds a token, this row its digest.

    ``factored``: a second factor was shown; ``confirmed_at``: when who is there was last proved;
    ``demo``: an identity of the demo, which proves nothing and holds in the demo alone;
    ``ended_at`` with its reason: a member of ``rules.entry.Ending``."""

    __tablename__ = "visits"
    __table_args__ = (
        Index(
            "open_visits",
            "person_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    began_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    factored: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    address: Mapped[str] = mapped_column(String(60), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    end_reason: Mapped[str] = mapped_column(String(20), default="")


class Lockout(Base):
    """Failures in a row for one login name, whether somebody has it or not."""

    __tablename__ = "lockouts"
    login: Mapped[str] = mapped_column(String(40), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime] = mapped_column(Instant)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)


class FormerPassword(Base):
    """A password somebody had, as its argon2 hash: the last five are not taken again."""

    __tablename__ = "former_passwords"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    replaced_at: Mapped[datetime] = mapped_column(Instant)


class RecoveryCode(Base):
    """One of the codes that stand in for a lost second factor, once each."""

    __tablename__ = "recovery_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(200))
    used_at: Mapped[datetime | None] = mapped_column(Instant)
