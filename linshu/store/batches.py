"""Which acts were asked for in many cases at once, and how far is each? Batches and their items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from linshu.store.cases import Case
from linshu.store.db import Base, Instant
from linshu.store.lists import PAGE, Page
from linshu.store.people import Person

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"


class Batch(Base):
    """One act asked for in many cases. ``kind``: search or record; ``particulars``: what is to be
    done, plain; ``team_id``: the asker's team then. ``status``: waiting → running → done."""

    __tablename__ = "batches"
    __table_args__ = (Index("ix_batches_team", "court_id", "team_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(12))
    particulars: Mapped[dict[str, Any]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text, default="")
    total: Mapped[int]
    status: Mapped[str] = mapped_column(String(12), index=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class BatchItem(Base):
    """One case of a batch: waiting → done, with the action that was recorded, or failed, with why
    (a ``Said``). ``seen_seq``: the stint in which the case was picked."""

    __tablename__ = "batch_items"
    __table_args__ = (
        UniqueConstraint("batch_id", "case_id"),
        Index("ix_batch_items_status", "batch_id", "status", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    seen_seq: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(Text, default="")
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"), unique=True)
    done_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True, slots=True)
class Told:
    """A batch with who asked for it, and how many of its items are where."""

    row: Batch
    by_name: str
    items: Mapping[str, int]

    def count(self, status: str) -> int:
        return self.items.get(status, 0)

    @property
    def through(self) -> int:
        """How many items are done with, one way or the other."""
        return self.count(DONE) + self.count(FAILED)


def waiting_ids(session: Session) -> list[int]:
    """Batches that nobody has finished; the tick picks up what was not rung."""
    query = select(Batch.id).where(Batch.status != DONE).order_by(Batch.id)
    return list(session.scalars(query))


def open_items(session: Session, batch_id: int) -> list[int]:
    """The items that are still to be done, in order."""
    query = select(BatchItem.id).where(BatchItem.batch_id == batch_id, BatchItem.status == WAITING)
    return list(session.scalars(query.order_by(BatchItem.id)))


def of_team(court_id: int, person_id: int, team_id: int | None) -> list[ColumnElement[bool]]:
    """Which batches somebody sees: his team's; his own where he has no team."""
    own = Batch.by_id == person_id if team_id is None else Batch.team_id == team_id
    return [Batch.court_id == court_id, own]


def page(
    session: Session, where: Sequence[ColumnElement[bool]], number: int, size: int = PAGE
) -> Page[Told]:
    """A page of the batches that somebody sees, the newest first."""
    total = session.scalars(select(func.count()).select_from(Batch).where(*where)).one()
    number = min(max(1, number), max(1, -(-total // size)))
    query = (
        select(Batch, Person.name)
        .join(Person, Person.id == Batch.by_id)
        .where(*where)
        .order_by(Batch.id.desc())
        .limit(size)
        .offset((number - 1) * size)
    )
    found = session.execute(query).all()
    counted = counts(session, [batch.id for batch, _name in found])
    rows = tuple(Told(batch, name, counted.get(batch.id, {})) for batch, name in found)
    return Page(rows, total, number, size)


def one(session: Session, where: Sequence[ColumnElement[bool]], batch_id: int) -> Told | None:
    """One of the batches that somebody sees, as it stands now."""
    query = (
        select(Batch, Person.name)
        .join(Person, Person.id == Batch.by_id)
        .where(Batch.id == batch_id, *where)
        .execution_options(populate_existing=True)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    batch, name = found
    return Told(batch, name, counts(session, [batch_id]).get(batch_id, {}))


def counts(session: Session, batch_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many items of each batch have each status."""
    query = (
        select(BatchItem.batch_id, BatchItem.status, func.count())
        .where(BatchItem.batch_id.in_(batch_ids))
        .group_by(BatchItem.batch_id, BatchItem.status)
    )
    found: dict[int, dict[str, int]] = {}
    for batch_id, status, number in session.execute(query) if batch_ids else ():
        found.setdefault(batch_id, {})[status] = number
    return found


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item with the number of its case."""

    item: BatchItem
    number: str


def items(
    session: Session, batch_id: int, status: str | None, number: int, size: int = PAGE
) -> Page[ItemLine]:
    """A page of a batch's items, of one status or of all, in the order they were picked."""
    where = [BatchItem.batch_id == batch_id]
    if status:
        where.append(BatchItem.status == status)
    total = session.scalars(select(func.count()).select_from(BatchItem).where(*where)).one()
    number = min(max(1, number), max(1, -(-total // size)))
    query = (
        select(BatchItem, Case.number)
        .join(Case, Case.id == BatchItem.case_id)
        .where(*where)
        .order_by(BatchItem.id)
        .limit(size)
        .offset((number - 1) * size)
        .execution_options(populate_existing=True)
    )
    rows = tuple(ItemLine(item, case) for item, case in session.execute(query))
    return Page(rows, total, number, size)


def done_case_ids(session: Session, batch_id: int) -> list[int]:
    """The cases in which a batch did its act, in order."""
    query = select(BatchItem.case_id).where(
        BatchItem.batch_id == batch_id, BatchItem.status == DONE
    )
    return list(session.scalars(query.order_by(BatchItem.id)))


def unsound(session: Session, court_id: int) -> list[tuple[int, str, int]]:
    """What does not fit: batches (id, what, how many) that are said to be done with items open, or
    whose items are done without an action, or failed with one."""
    broken = {
        "open": (Batch.status == DONE) & (BatchItem.status == WAITING),
        "empty": (BatchItem.status == DONE) & BatchItem.action_id.is_(None),
        "twofold": (BatchItem.status != DONE) & BatchItem.action_id.is_not(None),
    }
    found = []
    for what, condition in broken.items():
        query = (
            select(Batch.id, func.count())
            .join(BatchItem, BatchItem.batch_id == Batch.id)
            .where(Batch.court_id == court_id, condition)
            .group_by(Batch.id)
            .order_by(Batch.id)
        )
        found += [(id_, what, number) for id_, number in session.execute(query)]
    return found
