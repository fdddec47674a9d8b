"""Which requests wait for whom? The inbox of those who approve, and what became of the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from linshu.rules.approvals import Question, Review, Sitting, reviews
from linshu.rules.duties import Holder, Role, Seat
from linshu.rules.snapshot import Changed, changes
from linshu.rules.stages import TeamKind
from linshu.store import snapshots
from linshu.store.cases import WAITING, Case, Request, Stint
from linshu.store.people import Person, Team


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a screen shows it, with names; ``changed``: what is no longer as whoever asked
    saw it, while it waits."""

    request: Request
    number: str
    asker: str
    asker_seat: Seat
    decider: str | None
    decided_for: str | None
    confirmer: str | None
    reviewer: str | None
    holder: Holder
    to: Holder | None
    changed: tuple[Changed, ...] = ()


_ASKER, _DECIDER, _ABSENT, _CONFIRMER, _REVIEWER = (aliased(Person) for _ in range(5))
_HOLDER, _TO = aliased(Team), aliased(Team)


def _all(session: Session, *where: Any, most: int = 200) -> list[Asked]:
    asker, decider, absent, confirmer = _ASKER, _DECIDER, _ABSENT, _CONFIRMER
    reviewer, holder, to = _REVIEWER, _HOLDER, _TO
    names = (decider.name, absent.name, confirmer.name, reviewer.name)
    columns: tuple[Any, ...] = (Request, Case.number, asker, *names, holder, to)
    query = (
        select(*columns)
        .join(Case, Case.id == Request.case_id)
        .join(Stint, Stint.id == Request.stint_id)
        .join(asker, asker.id == Request.asked_by)
        .join(holder, holder.id == Stint.team_id)
        .outerjoin(decider, decider.id == Request.decided_by)
        .outerjoin(absent, absent.id == Request.decided_for)
        .outerjoin(confirmer, confirmer.id == Request.confirmed_by)
        .outerjoin(reviewer, reviewer.id == Request.reviewed_by)
        .outerjoin(to, to.id == Request.to_team_id)
        .where(*where)
        .order_by(Request.id.desc())
        .limit(most)
    )
    rows = [_asked(*row) for row in session.execute(query)]
    waiting = {row.request.case_id for row in rows if row.request.status in WAITING}
    now = snapshots.facts_of(session, waiting)
    return [_compared(row, now) for row in rows]


def _compared(row: Asked, now: Mapping[int, Mapping[str, Any]]) -> Asked:
    request = row.request
    if request.status not in WAITING:
        return row
    return replace(row, changed=changes(request.snapshot, now[request.case_id]))


def _asked(
    request: Request,
    number: str,
    asker: Person,
    decider: str | None,
    absent: str | None,
    confirmer: str | None,
    reviewer: str | None,
    holder: Team,
    to: Team | None,
) -> Asked:
    return Asked(
        request,
        number,
        asker.name,
        Seat(asker.id, Role(asker.role), asker.team_id),
        decider,
        absent,
        confirmer,
        reviewer,
        _holder(holder),
        _holder(to) if to else None,
    )


def _holder(team: Team) -> Holder:
    return Holder(team.id, TeamKind(team.kind), team.parent_id)


def waiting(session: Session, sitting: Sitting, court_id: int) -> list[Asked]:
    """What waits for this person to decide or, as the receiving lead, to confirm: as himself, or
    for somebody whose substitute he is."""
    rows = _all(session, Request.court_id == court_id, Request.status.in_(WAITING))
    return [row for row in reversed(rows) if waits_for(row, sitting) is not None]


def waits_for(row: Asked, sitting: Sitting) -> Seat | None:
    """In whose seat the request is this person's to decide now; None where it is not."""
    if row.request.status == "asked":
        return sitting.decides(question(row.request, row.asker_seat, row.holder))
    if row.request.status == "confirming" and row.to is not None:
        return sitting.receives(row.to, row.asker_seat)
    return None


def question(request: Request, asker: Seat, holder: Holder) -> Question:
    """The request as the rules ask who decides it."""
    return Question(asker, holder, Role(request.approver), request.raised, request.reviewed_by)


def review_of(request: Request, reporter: Seat) -> Review:
    """A report as the rules ask who reviews it."""
    return Review(reporter, Role(request.particulars["reviewed_by"]), request.raised)


def report_of(session: Session, case_id: int) -> Request | None:
    """The closing of a case that is reported and not decided."""
    waits = (Request.kind == "closing", Request.status.in_(WAITING))
    return session.scalar(select(Request).where(Request.case_id == case_id, *waits))


def to_review(session: Session, seat: Seat, court_id: int) -> list[Asked]:
    """The reports that wait at the gate for this person, the oldest first."""
    rows = _all(session, Request.court_id == court_id, Request.status == "reviewing")
    return [row for row in reversed(rows) if reviews(seat, review_of(row.request, row.asker_seat))]


def reviewed(session: Session, seat: Seat) -> list[Asked]:
    """What this person let through the gate or returned there, the newest first."""
    me = seat.person_id
    returned = (Request.decided_by == me) & Request.reviewed_by.is_(None)
    where = (Request.kind == "closing", (Request.reviewed_by == me) | returned)
    return _all(session, *where, most=50)


def overdue(session: Session, court_id: int, on: date) -> list[Asked]:
    """What nobody decided or reviewed in time, the oldest first."""
    rows = _all(
        session,
        Request.court_id == court_id,
        Request.status.in_(["asked", "reviewing"]),
        Request.due_on < on,
        most=1000,
    )
    return rows[::-1]


def count(session: Session, sitting: Sitting, court_id: int) -> int:
    """How many wait: the number in the navigation."""
    return len(waiting(session, sitting, court_id))


def mine(session: Session, seat: Seat) -> list[Asked]:
    """What this person asked for, the newest first."""
    return _all(session, Request.asked_by == seat.person_id, most=50)


def decided(session: Session, seat: Seat) -> list[Asked]:
    """What this person decided or confirmed, or a substitute for him, the newest first."""
    me = seat.person_id
    by_me = (Request.decided_by == me) | (Request.confirmed_by == me) | (Request.decided_for == me)
    return _all(session, by_me, most=50)


def of_case(session: Session, case_id: int) -> list[Asked]:
    """Every request about a case, the newest first."""
    return _all(session, Request.case_id == case_id)


def of_clocks(session: Session, case_id: int) -> list[Asked]:
    """The undecided requests about a case that would stop or lengthen its clocks."""
    return _all(
        session,
        Request.case_id == case_id,
        Request.kind.in_(["pause", "extension"]),
        Request.status.in_(WAITING),
    )
