"""Who is there, and by which numbers do they work? Courts, teams and posts, people, policies,
working days."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from linshu.store.db import Base, Instant
from linshu.store.vault import Secret


class Court(Base):
    """A court. Its own chain of the trail (people, policy, exports) hangs on this row."""

    __tablename__ = "courts"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    trail_head: Mapped[str] = mapped_column(String(64))
    trail_count: Mapped[int] = mapped_column(default=0)


class Team(Base):
    """A team, or a post (a team of one), that holds cases and to which points belong.

    ``parent_id``: the team whose lead this post is. ``balance``: running sum of its postings."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("court_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    active: Mapped[bool] = mapped_column(default=True)
    balance: Mapped[int] = mapped_column(default=0)


class Person(Base):
    """Somebody who may enter. ``password_hash`` is argon2; a one-time password must be changed.

    ``totp_secret``: the second factor, once it is set up, and ``totp_step`` the last time step
    whose code was taken; ``certificate``: the fingerprint of a UKey's client certificate."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(20))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    password_set_at: Mapped[datetime | None] = mapped_column(Instant)
    totp_secret: Mapped[str] = mapped_column(Secret("person.totp"), default="")
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    certificate: Mapped[str] = mapped_column(String(128), default="")


class Absence(Base):
    """Somebody who decides is away, both days included, and who decides in his place meanwhile.
    Ended early by an earlier ``last_on``."""

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_substitute", "substitute_id", "last_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    noted_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    noted_at: Mapped[datetime] = mapped_column(Instant)


class PolicyVersion(Base):
    """One version of the policy, as the text that was adopted."""

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("court_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    version: Mapped[str] = mapped_column(String(40))
    effective_on: Mapped[date]
    document: Mapped[str] = mapped_column(Text)
    adopted_by: Mapped[str] = mapped_column(String(40))
    adopted_at: Mapped[datetime] = mapped_column(Instant)


class CalendarYear(Base):
    """A year whose list of holidays and make-up working days is published."""

    __tablename__ = "calendar_years"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(80))


class CalendarDay(Base):
    """A day that is not what its weekday says: ``off`` on a weekday, or worked on a weekend."""

    __tablename__ = "calendar_days"
    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40), default="")
