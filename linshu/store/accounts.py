"""What stands on each team's account of points, and through which postings? (积分台账)

Balances stand beside the account's own history, never in a ranking (domain.md § 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from linshu.rules.stages import HELD_BY, Stage, TeamKind
from linshu.rules.transitions import Reason
from linshu.store.books import Posting
from linshu.store.cases import Case, Stint
from linshu.store.lists import PAGE, Page
from linshu.store.people import Team

_WORK = [stage for stage in Stage if stage in HELD_BY and stage is not Stage.INTAKE]
_FLOW = list(dict.fromkeys(HELD_BY[stage] for stage in _WORK))


@dataclass(frozen=True, slots=True)
class Account:
    """A team's or post's account. ``months``: its net points in each month asked for."""

    team_id: int
    name: str
    active: bool
    balance: int
    months: tuple[int, ...]


def accounts(
    session: Session, court_id: int, months: tuple[date, ...], team_ids: list[int] | None = None
) -> list[Account]:
    """The accounts of a court, or of some of its teams, in the order of the flow. ``months``: the
    first days of consecutive months, oldest first."""
    query = select(Team).where(Team.court_id == court_id).order_by(Team.id)
    if team_ids is not None:
        query = query.where(Team.id.in_(team_ids))
    teams = list(session.scalars(query))
    net = _net(session, court_id, months) if months else {}
    return [
        Account(
            team.id,
            team.name,
            team.active,
            team.balance,
            tuple(net.get((team.id, month.year, month.month), 0) for month in months),
        )
        for team in sorted(teams, key=_place)
    ]


def _place(team: Team) -> tuple[int, int]:
    return _FLOW.index(TeamKind(team.kind)), team.id


def _net(
    session: Session, court_id: int, months: tuple[date, ...]
) -> dict[tuple[int, int, int], int]:
    year, month = func.extract("year", Posting.posted_on), func.extract("month", Posting.posted_on)
    query = (
        select(Posting.team_id, year, month, func.sum(Posting.points))
        .where(Posting.court_id == court_id, Posting.posted_on >= months[0])
        .group_by(Posting.team_id, year, month)
    )
    return {
        (team_id, int(of_year), int(of_month)): int(points)
        for team_id, of_year, of_month, points in session.execute(query)
    }


def total(session: Session, court_id: int) -> int:
    """The sum of every balance of the court: zero, always (R17)."""
    query = select(func.coalesce(func.sum(Team.balance), 0)).where(Team.court_id == court_id)
    return session.scalars(query).one()


@dataclass(frozen=True, slots=True)
class Line:
    """One posting of an account. ``other``: the counter side; ``balance``: what stood on the
    account after it; ``stage`` and ``reason``: the stint whose end it comes from."""

    on: date
    case_id: int
    number: str
    stage: Stage
    reason: Reason
    kind: str
    points: int
    balance: int
    other_id: int
    other: str


def lines(session: Session, team: Team, page: int = 1) -> Page[Line]:
    """A page of an account's postings, the newest first, with the running balance."""
    mine = Posting.team_id == team.id
    count = session.scalars(select(func.count()).select_from(Posting).where(mine)).one()
    page = min(max(1, page), max(1, -(-count // PAGE)))
    offset = (page - 1) * PAGE
    newer = select(Posting.points).where(mine).order_by(Posting.id.desc()).limit(offset).subquery()
    gone = session.scalars(select(func.coalesce(func.sum(newer.c.points), 0))).one()
    counter, other = aliased(Posting), aliased(Team)
    query = (
        select(
            Posting.posted_on,
            Posting.case_id,
            Case.number,
            Stint.stage,
            Stint.exit_reason,
            Posting.kind,
            Posting.points,
            other.id.label("other_id"),
            other.name.label("other"),
        )
        .join(Case, Case.id == Posting.case_id)
        .join(Stint, Stint.id == Posting.stint_id)
        .join(
            counter,
            (counter.stint_id == Posting.stint_id)
            & (counter.kind == Posting.kind)
            & (counter.side != Posting.side),
        )
        .join(other, other.id == counter.team_id)
        .where(mine)
        .order_by(Posting.id.desc())
        .limit(PAGE)
        .offset(offset)
    )
    found = session.execute(query).all()
    return Page(_with_balance(found, team.balance - int(gone)), count, page)


def _with_balance(found: Sequence[Any], balance: int) -> tuple[Line, ...]:
    told = []
    for row in found:
        told.append(
            Line(
                row.posted_on,
                row.case_id,
                row.number,
                Stage(row.stage),
                Reason(row.exit_reason),
                row.kind,
                row.points,
                balance,
                row.other_id,
                row.other,
            )
        )
        balance -= row.points
    return tuple(told)
