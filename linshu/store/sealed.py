"""What has been sealed, and what has changed since? Named reads over chains' heads and seals."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from linshu.rules.seals import Head
from linshu.store.books import Seal, TrailEntry
from linshu.store.cases import Case
from linshu.store.lists import PAGE, Page
from linshu.store.people import Court

#: A seal without the heads that it lists, which are as many as there were changes.
_LIGHT = select(Seal).options(defer(Seal.heads))


def code_of(session: Session, court_id: int) -> str:
    """The court's code, as its seals and its own chain name it."""
    return session.scalars(select(Court.code).where(Court.id == court_id)).one()


def heads(session: Session, court_id: int, after: int = 0) -> list[Head]:
    """Every chain of the court that has entries beyond the trail row ``after``, with its count and
    head as they stand on its row; in code-point order."""
    cases = select(Case.number, Case.trail_count, Case.trail_head).where(
        Case.court_id == court_id, Case.trail_count > 0
    )
    court = select(Court.code, Court.trail_count, Court.trail_head).where(Court.id == court_id)
    if after:
        since = select(TrailEntry.case_id).where(
            TrailEntry.court_id == court_id, TrailEntry.id > after
        )
        cases = cases.where(Case.id.in_(since.where(TrailEntry.case_id.is_not(None))))
        court = court.where(since.where(TrailEntry.case_id.is_(None)).exists())
    found = [(number, count, head) for number, count, head in session.execute(cases)]
    found += [(f"court:{code}", count, head) for code, count, head in session.execute(court)]
    return sorted(one for one in found if one[1])


def newest(session: Session) -> int:
    """The newest row of the trail; 0 for none."""
    return session.scalar(select(func.max(TrailEntry.id))) or 0


def changed(session: Session, court_id: int, after: int) -> bool:
    """Whether the court's trail has a row beyond that one."""
    query = select(TrailEntry.id).where(TrailEntry.court_id == court_id, TrailEntry.id > after)
    return session.scalar(query.order_by(TrailEntry.id).limit(1)) is not None


def last(session: Session, court_id: int) -> Seal | None:
    """The last seal of the court."""
    query = _LIGHT.where(Seal.court_id == court_id).order_by(Seal.seq.desc()).limit(1)
    return session.scalar(query)


def closed(session: Session, court_id: int, day: date) -> bool:
    """Whether a seal closes that day or a later one."""
    query = select(Seal.id).where(Seal.court_id == court_id, Seal.closes_on >= day)
    return session.scalar(query.order_by(Seal.closes_on).limit(1)) is not None


def each(session: Session, court_id: int) -> Iterator[Seal]:
    """Every seal of the court in order; each is let go of, for its heads may be many."""
    query = select(Seal).where(Seal.court_id == court_id).order_by(Seal.seq)
    for seal in session.scalars(query.execution_options(yield_per=20)):
        yield seal
        session.expunge(seal)


def page(session: Session, court_id: int, number: int) -> Page[Seal]:
    """One page of the court's seals, the newest first."""
    where = Seal.court_id == court_id
    total = session.scalars(select(func.count()).select_from(Seal).where(where)).one()
    number = min(max(1, number), max(1, -(-total // PAGE)))
    query = _LIGHT.where(where).order_by(Seal.seq.desc())
    rows = session.scalars(query.limit(PAGE).offset((number - 1) * PAGE))
    return Page(tuple(rows), total, number)


def numbered(session: Session, court_id: int, seq: int) -> Seal | None:
    """One seal of the court by its number."""
    return session.scalar(_LIGHT.where(Seal.court_id == court_id, Seal.seq == seq))
