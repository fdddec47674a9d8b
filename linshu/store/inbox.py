"""Which requests wait for whom? The inbox of those who approve, and what became of the rest."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from linshu.rules.duties import Holder, Role, Seat, approves, leads
from linshu.rules.policy import TeamKind
from linshu.store.cases import Case, Request, Stint
from linshu.store.people import Person, Team

WAITING = ("asked", "confirming")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a screen shows it, with names; ``moved``: the case is no longer where it was."""

    request: Request
    number: str
    asker: str
    asker_seat: Seat
    decider: str | None
    confirmer: str | None
    holder: Holder
    to: Holder | None
    changed: bool
    sums: tuple[int, int]


_ASKER, _DECIDER, _CONFIRMER = aliased(Person), aliased(Person), aliased(Person)
_HOLDER, _TO = aliased(Team), aliased(Team)


def _all(session: Session, *where: Any, most: int = 200) -> list[Asked]:
    asker, decider, confirmer = _ASKER, _DECIDER, _CONFIRMER
    holder, to = _HOLDER, _TO
    query = (
        select(Request, Case, Stint, asker, decider.name, confirmer.name, holder, to)
        .join(Case, Case.id == Request.case_id)
        .join(Stint, Stint.id == Request.stint_id)
        .join(asker, asker.id == Request.asked_by)
        .join(holder, holder.id == Stint.team_id)
        .outerjoin(decider, decider.id == Request.decided_by)
        .outerjoin(confirmer, confirmer.id == Request.confirmed_by)
        .outerjoin(to, to.id == Request.to_team_id)
        .where(*where)
        .order_by(Request.id.desc())
        .limit(most)
    )
    return [_asked(*row) for row in session.execute(query)]


def _asked(
    request: Request,
    case: Case,
    stint: Stint,
    asker: Person,
    decider: str | None,
    confirmer: str | None,
    holder: Team,
    to: Team | None,
) -> Asked:
    snapshot = request.snapshot
    changed = (
        stint.ended_on is not None
        or snapshot["recovered_fen"] != case.recovered_fen
        or snapshot["claim_fen"] != case.claim_fen
        or snapshot["due_on"] != (stint.due_on.isoformat() if stint.due_on else None)
    )
    return Asked(
        request,
        case.number,
        asker.name,
        Seat(asker.id, Role(asker.role), asker.team_id),
        decider,
        confirmer,
        _holder(holder),
        _holder(to) if to else None,
        changed,
        (case.claim_fen, case.recovered_fen),
    )


def _holder(team: Team) -> Holder:
    return Holder(team.id, TeamKind(team.kind), team.parent_id)


def waiting(session: Session, seat: Seat, court_id: int) -> list[Asked]:
    """What waits for this person to decide or, as the receiving lead, to confirm."""
    rows = _all(session, Request.court_id == court_id, Request.status.in_(WAITING))
    return [row for row in reversed(rows) if waits_for(row, seat)]


def waits_for(row: Asked, seat: Seat) -> bool:
    """Whether the request is this person's to decide now."""
    if row.request.status == "asked":
        approver = row.request.particulars.get("approver")
        return approves(seat, row.holder, row.asker_seat, approver)
    receiving = row.to is not None and leads(seat, row.to)
    return row.request.status == "confirming" and receiving and seat != row.asker_seat


def count(session: Session, seat: Seat, court_id: int) -> int:
    """How many wait: the number in the navigation."""
    return len(waiting(session, seat, court_id))


def mine(session: Session, seat: Seat) -> list[Asked]:
    """What this person asked for, the newest first."""
    return _all(session, Request.asked_by == seat.person_id, most=50)


def decided(session: Session, seat: Seat) -> list[Asked]:
    """What this person decided or confirmed, the newest first."""
    by_me = (Request.decided_by == seat.person_id) | (Request.confirmed_by == seat.person_id)
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
