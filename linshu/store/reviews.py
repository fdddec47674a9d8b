"""Which cases stand at the closing gate, and since when? Meanwhile no stage clock runs (R13)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from linshu.store.cases import CLOSING, Request, Stint


def under_review() -> ColumnElement[bool]:
    """Whether a closing of a stint's case is reported and not decided: a report is made while the
    stage clock runs, and stops it until it is turned down."""
    return _waits(Request.id).where(Request.case_id == Stint.case_id).correlate(Stint).exists()


def reported(session: Session, case_ids: Iterable[int]) -> Mapping[int, datetime]:
    """Those of these cases that are under review, and since when."""
    query = _waits(Request.case_id, Request.asked_at).where(Request.case_id.in_(list(case_ids)))
    return dict(session.execute(query).all())


def _waits(*what: Any) -> Select[tuple[Any, ...]]:
    """By the words of the index itself, which SQLite would not know again from parameters."""
    return select(*what).where(CLOSING)
