"""Who wants a terminated case resumed, and what became of that? 恢复执行申请, and which case
goes on as which."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Row, String, Text, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from linshu.rules import care
from linshu.rules.transitions import Reason
from linshu.store.cases import Case, Party, Request, Stint
from linshu.store.db import Base, Instant
from linshu.store.people import Court, Person
from linshu.store.queries import INTENSIVE_STAGES

OPEN = text("status IN ('waiting', 'asked')")


class Resumption(Base):
    """An application to resume a case, of an applicant or on the court's own initiative
    (``source``). ``clue``: the property it rests on; ``status``: as ``rules.care.Standing``;
    ``review``: why it is granted or turned down; ``told``: how the applicant heard that it was
    turned down; ``request_id``: what was put before whoever approves, the newest one."""

    __tablename__ = "resumptions"
    __table_args__ = (
        Index(
            "one_open_resumption",
            "case_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_resumptions_court", "court_id", "status"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    source: Mapped[str] = mapped_column(String(12))
    clue: Mapped[str] = mapped_column(Text)
    received_on: Mapped[date]
    received_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(12))
    review: Mapped[str] = mapped_column(Text, default="")
    told: Mapped[str] = mapped_column(Text, default="")
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(Instant)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))


@dataclass(frozen=True, slots=True)
class Application:
    """An application as a screen shows it, with names and the status of its request."""

    one: Resumption
    receiver: str
    reviewer: str | None
    request: str | None

    @property
    def open(self) -> bool:
        return self.one.status in care.OPEN

    @property
    def to_review(self) -> bool:
        return care.to_review(self.one.status, self.request)


def of_case(session: Session, case_id: int) -> list[Application]:
    """Every application to resume a case, the newest first."""
    receiver, reviewer = aliased(Person), aliased(Person)
    query = (
        select(Resumption, receiver.name, reviewer.name, Request.status)
        .join(receiver, receiver.id == Resumption.received_by)
        .outerjoin(reviewer, reviewer.id == Resumption.reviewed_by)
        .outerjoin(Request, Request.id == Resumption.request_id)
        .where(Resumption.case_id == case_id)
        .order_by(Resumption.id.desc())
    )
    return [Application(*row) for row in session.execute(query)]


def open_in(session: Session, case_ids: Collection[int]) -> Mapping[int, Resumption]:
    """The open application of each of these cases that has one."""
    query = select(Resumption).where(
        Resumption.case_id.in_(case_ids), Resumption.status.in_(care.OPEN)
    )
    return {one.case_id: one for one in session.scalars(query)}


# Which case goes on as which ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kin:
    """The case before this one and the one after it, as (id, number), where there are such."""

    before: tuple[int, str] | None
    after: tuple[int, str] | None


def kin(session: Session, case: Case) -> Kin:
    """What a case goes on from, and what it goes on as."""
    named = select(Case.id, Case.number)
    before = session.execute(named.where(Case.id == case.resumed_from_id)).all()
    after = session.execute(named.where(Case.resumed_from_id == case.id)).all()
    return Kin(*(next(((id_, no) for id_, no in one), None) for one in (before, after)))


def next_serial(session: Session, court_id: int, kind: str, year: int) -> int:
    """The next free serial of the court, type and year. Whoever else wants one waits, until this
    transaction has written its own or has not: no number twice, none left out."""
    # not the whole lock: whoever wrote a row of the court holds a share of its key already, and two
    # who each wait for the other's share never end
    row = select(Court.id).where(Court.id == court_id).with_for_update(key_share=True)
    session.execute(row)
    query = select(func.max(Case.serial)).where(
        Case.court_id == court_id, Case.kind == kind, Case.year == year
    )
    return (session.scalar(query) or 0) + 1


def last_intensive(session: Session, case_id: int) -> int | None:
    """The intensive team that held a case last."""
    query = (
        select(Stint.team_id)
        .where(Stint.case_id == case_id, Stint.stage.in_(INTENSIVE_STAGES))
        .order_by(Stint.seq.desc())
        .limit(1)
    )
    return session.scalar(query)


def parties(session: Session, case_id: int) -> list[Party]:
    """The parties of a case, in the order in which they were written."""
    return list(session.scalars(select(Party).where(Party.case_id == case_id).order_by(Party.id)))


def unlinked(session: Session, court_id: int) -> Iterator[Row[int, str, str | None, bool]]:
    """Cases that go on as another (id, number, that one's number, whether a stint is open) and did
    not leave for that reason, or are still open; and such that left for it and go on as none."""
    now, after = aliased(Stint), aliased(Case)
    left = select(Stint.id).where(
        Stint.case_id == Case.id, Stint.exit_reason == str(Reason.RESUMED_ANEW)
    )
    query = (
        select(Case.id, Case.number, after.number, now.id.is_not(None))
        .outerjoin(after, after.resumed_from_id == Case.id)
        .outerjoin(now, (now.case_id == Case.id) & now.ended_on.is_(None))
        .where(
            Case.court_id == court_id,
            or_(
                after.id.is_not(None) & (now.id.is_not(None) | ~left.exists()),
                after.id.is_(None) & left.exists(),
            ),
        )
        .order_by(Case.id)
    )
    yield from session.execute(query)
