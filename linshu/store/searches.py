"""Which sources were searched for a case, and when? Banks, vehicles, real estate and the others
that a termination rests on (``rules.gate_facts.SEARCHES``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from linshu.store.cases import Action
from linshu.store.db import SHANGHAI, Base, Instant
from linshu.store.people import Person


class Search(Base):
    """One source that was searched for a case, with the action that tells of it. Append-only."""

    __tablename__ = "searches"
    __table_args__ = (Index("ix_searches_case", "case_id", "source", "searched_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    source: Mapped[str] = mapped_column(String(20))
    searched_on: Mapped[date]
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


def latest(session: Session, case_id: int) -> Mapping[str, date]:
    """The last day on which each source was searched for a case."""
    query = (
        select(Search.source, func.max(Search.searched_on))
        .where(Search.case_id == case_id)
        .group_by(Search.source)
    )
    return dict(session.execute(query).all())


@dataclass(frozen=True, slots=True)
class Told:
    """One source that was searched, with what its action says and who recorded it."""

    search: Search
    text: str
    by_name: str


def of_case(session: Session, case_id: int) -> Sequence[Told]:
    """Every search of a case, the latest first."""
    query = (
        select(Search, Action.text, Person.name)
        .join(Action, Action.id == Search.action_id)
        .join(Person, Person.id == Action.by_id)
        .where(Search.case_id == case_id)
        .order_by(Search.searched_on.desc(), Search.id.desc())
    )
    return [Told(search, text, name) for search, text, name in session.execute(query)]


def searched(session: Session, case_id: int, on: date) -> set[str]:
    """The sources that were searched for a case on a day."""
    query = select(Search.source).where(Search.case_id == case_id, Search.searched_on == on)
    return set(session.scalars(query))


def begun(session: Session, case_id: int, kind: str, on: date) -> bool:
    """Whether a search of that kind is in the log of a case on that day."""
    first = datetime.combine(on, time.min, SHANGHAI)
    query = select(Action.id).where(
        Action.case_id == case_id,
        Action.kind == kind,
        Action.happened_at >= first,
        Action.happened_at < first + timedelta(days=1),
    )
    return session.scalar(query.limit(1)) is not None
