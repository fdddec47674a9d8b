"""督办: which orders stand, how far are they, who holds their cases?

Whether the missing act has been recorded is read from what was recorded, never kept.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    func,
    or_,
    select,
    text,
)
from sqlalchemy import Text as Text_
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from linshu.rules.alerts import Running
from linshu.rules.duties import Duty, Holder, Role, Seat, may
from linshu.rules.orders import LIVE, Sides, Status, allowed
from linshu.rules.stages import TeamKind
from linshu.rules.watch import About
from linshu.store import nodes
from linshu.store.cases import Action, Case, Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.db import Base, Instant
from linshu.store.people import Person, Team

STANDS = text("status IN ('ordered', 'answered')")
OF_A_NODE = text("status IN ('ordered', 'answered') AND about = 'node'")


class Order(Base):
    """督办 about one case: a countdown (``countdown_id``, its row as ``key``), a flow node (its
    code as ``key``), or a free matter. ``due_on``: the last day to do it; ``since_at``: when it
    was last ordered, so that what was recorded later can be told from what had not been enough.

    ``answer``: the holder's newest words; ``decision``: the orderer's (settled, returned or
    withdrawn)."""

    __tablename__ = "orders"
    __table_args__ = (
        Index(
            "one_live_order_of_node",
            "case_id",
            "key",
            unique=True,
            sqlite_where=OF_A_NODE,
            postgresql_where=OF_A_NODE,
        ),
        Index(
            "one_live_order_of_countdown",
            "countdown_id",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index("live_orders", "court_id", "due_on", sqlite_where=STANDS, postgresql_where=STANDS),
        Index("ix_orders_case", "case_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    about: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(40), default="")
    countdown_id: Mapped[int | None] = mapped_column(ForeignKey("countdowns.id"))
    name: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text_)
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    ordered_at: Mapped[datetime] = mapped_column(Instant)
    since_at: Mapped[datetime] = mapped_column(Instant)
    answer: Mapped[str] = mapped_column(Text_, default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    decision: Mapped[str] = mapped_column(Text_, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True, slots=True)
class Line:
    """An order with who has to do with it: the case, its holder (of a closed case the last), its
    handler, the names of who ordered, answered and decided. ``done``: the missing act was recorded
    since it was last ordered."""

    order: Order
    number: str
    team: Team
    handler_id: int | None
    handler: str | None
    orderer: Person
    answerer: str | None
    decider: str | None
    done: bool

    @property
    def status(self) -> Status:
        return Status(self.order.status)

    @property
    def live(self) -> bool:
        return self.status in LIVE

    def late(self, today: date) -> bool:
        """Whether it is still to be done and its last day is over."""
        return self.status is Status.ORDERED and not self.done and self.order.due_on < today

    @property
    def holder(self) -> Holder:
        return Holder(self.team.id, TeamKind(self.team.kind), self.team.parent_id)

    @property
    def running(self) -> Running:
        return Running(self.holder, self.handler_id)

    @property
    def sides(self) -> Sides:
        """Who stands on either side of it."""
        person = self.orderer
        seat = Seat(person.id, Role(person.role), person.team_id)
        there = person.active and may(person.role, Duty.ORDER)
        return Sides(seat if there else None, self.holder, self.order.answered_by)

    def waits_for(self, seat: Seat) -> bool:
        """Whether something about it is this person's to do now: an answer, or a judgement."""
        acts = allowed(seat, self.status, self.done, self.sides)
        return any(act != "withdraw" for act in acts)


def done() -> ColumnElement[bool]:
    """Whether the act that an order misses was recorded since it was last ordered: its countdown
    was met or fell away, its node was ticked."""
    met_by = aliased(Action)
    met = (
        select(CaseCountdown.id)
        .outerjoin(met_by, met_by.id == CaseCountdown.met_action_id)
        .where(
            CaseCountdown.id == Order.countdown_id,
            or_(
                CaseCountdown.void_at >= Order.since_at,
                met_by.recorded_at >= Order.since_at,
                and_(CaseCountdown.met_action_id.is_(None), CaseCountdown.met_at >= Order.since_at),
            ),
        )
        .exists()
    )
    ticked = nodes.ticked_since(Order.case_id, Order.key, Order.since_at)
    return or_(
        and_(Order.about == str(About.COUNTDOWN), met),
        and_(Order.about == str(About.NODE), ticked),
    )


def live() -> ColumnElement[bool]:
    """Orders that nobody has closed; written so that the index of them fits."""
    return Order.status.in_([str(one) for one in LIVE])


def lines(session: Session, *where: ColumnElement[bool], most: int = 1000) -> list[Line]:
    """Orders that fit, the first to be done first."""
    answerer, decider, handler, orderer = (aliased(Person) for _ in range(4))
    columns = (Order, Case.number, Team, Stint.handler_id, handler.name, orderer)
    query = (
        with_holder(select(*columns, answerer.name, decider.name, done()))
        .join(Case, Case.id == Order.case_id)
        .join(Team, Team.id == Stint.team_id)
        .join(orderer, orderer.id == Order.by_id)
        .outerjoin(handler, handler.id == Stint.handler_id)
        .outerjoin(answerer, answerer.id == Order.answered_by)
        .outerjoin(decider, decider.id == Order.decided_by)
        .where(*where)
        .order_by(Order.due_on, Order.id)
        .limit(most)
        .execution_options(populate_existing=True)
    )
    return [Line(*row) for row in session.execute(query)]


def with_holder(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """With the stint that says who holds an order's case: the newest, closed or not."""
    newest = aliased(Stint)
    latest = select(func.max(newest.seq)).where(newest.case_id == Order.case_id)
    return query.select_from(Order).join(
        Stint,
        (Stint.case_id == Order.case_id) & (Stint.seq == latest.correlate(Order).scalar_subquery()),
    )


def one(session: Session, court_id: int, order_id: int) -> Line | None:
    """One order of the court."""
    return next(iter(lines(session, Order.id == order_id, Order.court_id == court_id)), None)


def of_case(session: Session, case_id: int) -> list[Line]:
    """Every order about a case, the newest first."""
    found = lines(session, Order.case_id == case_id)
    return sorted(found, key=lambda line: line.order.id, reverse=True)


def live_of(session: Session, case_id: int) -> list[Line]:
    """The orders about a case that nobody has closed: they bar no closing."""
    return lines(session, Order.case_id == case_id, live())


def standing(session: Session, court_id: int) -> list[Line]:
    """Every order of the court that nobody has closed."""
    return lines(session, Order.court_id == court_id, live(), most=100_000)


def strange(session: Session, court_id: int) -> list[int]:
    """Orders about a countdown of another case: there can be none."""
    query = (
        select(Order.id)
        .join(CaseCountdown, CaseCountdown.id == Order.countdown_id)
        .where(Order.court_id == court_id, CaseCountdown.case_id != Order.case_id)
    )
    return list(session.scalars(query))


def waiting(session: Session, seat: Seat, court_id: int, team_ids: Sequence[int]) -> list[Line]:
    """The orders in which something is this person's to do; ``team_ids``: his team and posts."""
    his: list[ColumnElement[bool]] = [Stint.team_id.in_(team_ids)] if team_ids else []
    if may(seat.role, Duty.ORDER):
        his.append(or_(Order.status == "answered", done()))
    if not his:
        return []
    found = lines(session, Order.court_id == court_id, live(), or_(*his))
    return [line for line in found if line.waits_for(seat)]


def live_in(session: Session, court_id: int, case_ids: Collection[int]) -> list[Order]:
    """The orders that go along with these cases. Few stand at a time: those of the court are read,
    so that a sweep of thousands asks once."""
    query = select(Order).where(Order.court_id == court_id, live()).order_by(Order.id)
    wanted = set(case_ids)
    return [order for order in session.scalars(query) if order.case_id in wanted]


def overdue(session: Session, court_id: int, today: date) -> Iterable[Line]:
    """The orders that nobody has answered and whose last day is over."""
    late = (Order.status == str(Status.ORDERED), Order.due_on < today, live())
    found = lines(session, Order.court_id == court_id, *late, most=100_000)
    return [line for line in found if line.late(today)]
