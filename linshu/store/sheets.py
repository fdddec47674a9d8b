"""Which supervision sheets are to be filled in, which to be read, which has a case?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from linshu.rules.stages import Stage
from linshu.store.cases import Case, Stint
from linshu.store.lists import PAGE, Page
from linshu.store.people import Person, Team
from linshu.store.work import SupervisionSheet


@dataclass(frozen=True, slots=True)
class Line:
    """A sheet with its names: the case, the stage that was left, the giving and receiving team or
    post, who filled it in and who read it."""

    sheet: SupervisionSheet
    number: str
    stage: Stage
    giver: str
    receiver: str
    filler: str | None
    reader: str | None


def to_fill(team_ids: Sequence[int], on: date) -> ColumnElement[bool]:
    """Sheets that these teams still may fill in."""
    return and_(
        SupervisionSheet.team_id.in_(team_ids),
        SupervisionSheet.filled_at.is_(None),
        SupervisionSheet.due_on >= on,
    )


def to_read(team_ids: Sequence[int], on: date) -> ColumnElement[bool]:
    """Sheets that the leads of these teams and posts have not read, once they are filled in or can
    no longer be."""
    return and_(
        SupervisionSheet.to_team_id.in_(team_ids),
        SupervisionSheet.read_at.is_(None),
        or_(SupervisionSheet.filled_at.is_not(None), SupervisionSheet.due_on < on),
    )


def of_case(session: Session, case_id: int) -> list[Line]:
    """Every sheet of a case, the newest first."""
    return _lines(session, SupervisionSheet.case_id == case_id, 100, 0)


def page(session: Session, which: ColumnElement[bool], number: int) -> Page[Line]:
    """A page of sheets, what is due first first."""
    total = count(session, which)
    number = min(max(1, number), max(1, -(-total // PAGE)))
    return Page(
        tuple(_lines(session, which, PAGE, (number - 1) * PAGE, oldest=True)), total, number
    )


def count(session: Session, which: ColumnElement[bool]) -> int:
    """How many there are."""
    return session.scalars(select(func.count()).select_from(SupervisionSheet).where(which)).one()


def _lines(
    session: Session, which: ColumnElement[bool], most: int, skip: int, oldest: bool = False
) -> list[Line]:
    giver, receiver, filler, reader = aliased(Team), aliased(Team), aliased(Person), aliased(Person)
    sheet: Any = SupervisionSheet
    names = (giver.name, receiver.name, filler.name, reader.name)
    order = (sheet.due_on, sheet.id) if oldest else (sheet.id.desc(),)
    query = (
        select(sheet, Case.number, Stint.stage, *names)
        .join(Case, Case.id == sheet.case_id)
        .join(Stint, Stint.id == sheet.stint_id)
        .join(giver, giver.id == sheet.team_id)
        .join(receiver, receiver.id == sheet.to_team_id)
        .outerjoin(filler, filler.id == sheet.filled_by)
        .outerjoin(reader, reader.id == sheet.read_by)
        .where(which)
        .order_by(*order)
        .limit(most)
        .offset(skip)
    )
    return [
        Line(found, number, Stage(stage), *some)
        for found, number, stage, *some in session.execute(query)
    ]
