"""Which sources were searched for a case, and when? Banks, vehicles, real estate and the others
that a termination rests on (``rules.gate_facts.SEARCHES``)."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from linshu.store.db import Base, Instant


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
