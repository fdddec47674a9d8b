"""What in the tables does not fit together? Named reads for the integrity checks; each looks at one
thing alone, along an index or through a table once, and locks nothing."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from linshu.rules.duties import Holder, Role, Seat
from linshu.rules.kinds import MONEY
from linshu.rules.policy import PolicyFault, parse
from linshu.rules.stages import TeamKind
from linshu.store.books import Posting, TrailEntry
from linshu.store.cases import WAITING, Action, Case, Party, Request, Stint, Text
from linshu.store.clocks import CaseCountdown, Delivery, Extension, Pause
from linshu.store.db import Base
from linshu.store.papers import Attachment, Document
from linshu.store.parties import Address
from linshu.store.people import Person, PolicyVersion, Team
from linshu.store.reviews import under_review

OPEN = Stint.ended_on.is_(None)
#: What hangs on what: the column that names a row of another table, and that table.
HANGS: tuple[tuple[InstrumentedAttribute[Any], type[Base]], ...] = (
    (Stint.case_id, Case),
    (Party.case_id, Case),
    (Party.represents_id, Party),
    (Party.replaces_id, Party),
    (Address.case_id, Case),
    (Address.party_id, Party),
    (Action.case_id, Case),
    (Text.case_id, Case),
    (Posting.case_id, Case),
    (Posting.stint_id, Stint),
    (Pause.case_id, Case),
    (Extension.case_id, Case),
    (CaseCountdown.case_id, Case),
    (Request.case_id, Case),
    (Request.stint_id, Stint),
    (TrailEntry.case_id, Case),
    (Document.case_id, Case),
    (Attachment.case_id, Case),
)


def case_of(session: Session, court_id: int, number: str) -> int | None:
    """The case of that number, as it is written."""
    return session.scalar(select(Case.id).where(Case.court_id == court_id, Case.number == number))


def open_stints(session: Session, court_id: int) -> Iterator[Row[int, str, int]]:
    """Cases (id, number, open stints) that have not one while open, or any when closed."""
    wanted = case((Case.closed_on.is_(None), 1), else_=0)
    query = (
        select(Case.id, Case.number, func.count(Stint.id))
        .outerjoin(Stint, (Stint.case_id == Case.id) & OPEN)
        .where(Case.court_id == court_id)
        .group_by(Case.id, Case.number, Case.closed_on)
        .having(func.count(Stint.id) != wanted)
        .order_by(Case.id)
    )
    yield from session.execute(query)


def open_case_ids(session: Session, court_id: int) -> list[int]:
    """The cases that have an open stint."""
    query = select(Stint.case_id).where(Stint.court_id == court_id, OPEN)
    return list(session.scalars(query.order_by(Stint.case_id)))


def with_money(session: Session, court_id: int) -> list[int]:
    """The cases in which money came in, or that say so."""
    told = select(Action.case_id).where(Action.kind.in_(MONEY))
    some = or_(Case.recovered_fen != 0, Case.paid_fen != 0, Case.interest_fen != 0)
    query = select(Case.id).where(Case.court_id == court_id, or_(some, Case.id.in_(told)))
    return list(session.scalars(query.order_by(Case.id)))


def unreadable(session: Session, court_id: int) -> dict[int, tuple[str, str]]:
    """The open cases that run under a policy which no longer reads: id → number, version. Their
    stint's, their statutory clock's or a countdown's."""
    broken = _broken(session, court_id)
    if not broken:
        return {}
    first, now = aliased(Stint), aliased(Stint)
    told = aliased(CaseCountdown)
    runs = (told.case_id == Case.id) & told.met_at.is_(None) & told.void_at.is_(None)
    used = (now.policy_id, first.policy_id, told.policy_id)
    query = (
        select(Case.id, Case.number, *used)
        .join(now, (now.case_id == Case.id) & now.ended_on.is_(None))
        .join(first, (first.case_id == Case.id) & (first.seq == 1))
        .outerjoin(told, runs)
        .where(Case.court_id == court_id, or_(*(one.in_(broken) for one in used)))
        .order_by(Case.id)
    )
    found = {}
    for id_, number, *policies in session.execute(query):
        found[id_] = (number, next(broken[one] for one in policies if one in broken))
    return found


def _broken(session: Session, court_id: int) -> dict[int, str]:
    found = {}
    versions = select(PolicyVersion.id, PolicyVersion.version, PolicyVersion.document)
    for id_, version, document in session.execute(versions):
        try:
            parse(document)
        except PolicyFault:
            found[id_] = version
    return found


def uneven_moves(session: Session, court_id: int) -> Iterator[Row[int, str, int, int]]:
    """Moves (case, number, stint's ordinal, sum) whose two postings are not two, or not even."""
    query = (
        select(Posting.case_id, Case.number, Stint.seq, func.sum(Posting.points))
        .outerjoin(Case, Case.id == Posting.case_id)
        .outerjoin(Stint, Stint.id == Posting.stint_id)
        .where(Posting.court_id == court_id)
        .group_by(Posting.case_id, Case.number, Posting.stint_id, Stint.seq, Posting.kind)
        .having(or_(func.sum(Posting.points) != 0, func.count() != 2))
        .order_by(Posting.case_id)
    )
    yield from session.execute(query)


def uneven_accounts(session: Session, court_id: int) -> Iterator[Row[str, int, int]]:
    """Teams and posts (name, running balance, sum of postings) whose balance is not the sum."""
    total = func.coalesce(func.sum(Posting.points), 0)
    query = (
        select(Team.name, Team.balance, total)
        .outerjoin(Posting, Posting.team_id == Team.id)
        .where(Team.court_id == court_id)
        .group_by(Team.id, Team.name, Team.balance)
        .having(total != Team.balance)
        .order_by(Team.id)
    )
    yield from session.execute(query)


def total_points(session: Session, court_id: int) -> int:
    """All postings of the court, summed: nought."""
    total = select(func.sum(Posting.points)).where(Posting.court_id == court_id)
    return session.scalar(total) or 0


def orphans(session: Session, court_id: int) -> Iterator[tuple[str, str, int]]:
    """Rows that hang on what is not there: their table, the other table, the number they name."""
    for column, other in HANGS:
        table = column.class_
        mine = [table.court_id == court_id] if hasattr(table, "court_id") else []
        there = aliased(other)  # a party may hang on a party
        query = (
            select(column)
            .outerjoin(there, _id(there) == column)
            .where(*mine, column.is_not(None), _id(there).is_(None))
            .order_by(column)
        )
        for missing in session.scalars(query):
            yield str(table.__tablename__), str(other.__tablename__), missing


def _id(table: Any) -> ColumnElement[int]:
    found: ColumnElement[int] = table.id
    return found


def texts(session: Session, court_id: int) -> Iterator[Row[int, str, str, str]]:
    """Every kept text: case, number, digest, text."""
    query = (
        select(Text.case_id, Case.number, Text.digest, Text.text)
        .join(Case, Case.id == Text.case_id)
        .where(Case.court_id == court_id)
        .execution_options(yield_per=5000)
    )
    yield from session.execute(query)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits, with where its case stands and who must decide: the team whose lead
    approves (``team``), or, once confirming, the one that shall receive (``to``); ``gate``: the
    role that reviews a report."""

    id: int
    case_id: int
    number: str
    kind: str
    status: str
    asked_at: datetime
    approver: str
    raised: int
    gate: str
    reviewed_by: int | None
    stint_ended: bool
    closed: bool
    asker: Person
    team: Team
    to: Team | None


def waiting(session: Session, court_id: int) -> Iterator[Waiting]:
    """The requests that nobody has decided."""
    to = aliased(Team)
    query = (
        select(Request, Case.number, Case.closed_on, Stint.ended_on, Person, Team, to)
        .join(Case, Case.id == Request.case_id)
        .join(Stint, Stint.id == Request.stint_id)
        .join(Team, Team.id == Stint.team_id)
        .join(Person, Person.id == Request.asked_by)
        .outerjoin(to, to.id == Request.to_team_id)
        .where(Request.court_id == court_id, Request.status.in_(WAITING))
        .order_by(Request.id)
    )
    for request, number, closed_on, ended_on, asker, team, receiver in session.execute(query):
        yield Waiting(
            request.id,
            request.case_id,
            number,
            request.kind,
            request.status,
            request.asked_at,
            request.approver,
            request.raised,
            request.particulars.get("reviewed_by", ""),
            request.reviewed_by,
            ended_on is not None,
            closed_on is not None,
            asker,
            team,
            receiver,
        )


def given_up(session: Session, court_id: int) -> int:
    """How many messages to the court's message service were given up."""
    given = (Delivery.court_id == court_id, Delivery.given_up_at.is_not(None))
    return session.scalars(select(func.count()).select_from(Delivery).where(*given)).one()


def handled(session: Session, court_id: int) -> Iterator[Row[int, str, Person, Team]]:
    """Open stints that have a handler: case, number, handler, team."""
    query = (
        select(Stint.case_id, Case.number, Person, Team)
        .join(Case, Case.id == Stint.case_id)
        .join(Person, Person.id == Stint.handler_id)
        .join(Team, Team.id == Stint.team_id)
        .where(Stint.court_id == court_id, OPEN, Stint.handler_id.is_not(None))
        .order_by(Stint.case_id)
    )
    yield from session.execute(query)


def held_by_none(session: Session, court_id: int) -> Iterator[Row[int, str, str]]:
    """Open stints of teams that are switched off: case, number, team."""
    query = (
        select(Stint.case_id, Case.number, Team.name)
        .join(Case, Case.id == Stint.case_id)
        .join(Team, Team.id == Stint.team_id)
        .where(Stint.court_id == court_id, OPEN, Team.active.is_(False))
        .order_by(Stint.case_id)
    )
    yield from session.execute(query)


def set_aside(session: Session, court_id: int) -> Iterator[Row[int, str, date | None, str]]:
    """Cases set aside: case, number, when tried last, the code that says why."""
    query = (
        select(Stint.case_id, Case.number, Stint.set_aside_on, Stint.set_aside_code)
        .join(Case, Case.id == Stint.case_id)
        .where(Stint.court_id == court_id, OPEN, Stint.set_aside_on.is_not(None))
        .order_by(Stint.case_id)
    )
    yield from session.execute(query)


def unswept(session: Session, court_id: int, before: date) -> Iterator[Row[int, str, date | None]]:
    """Cases whose limit ended before a day and that no sweep has moved, flagged or set aside since:
    case, number, last day."""
    query = (
        select(Stint.case_id, Case.number, Stint.due_on)
        .join(Case, Case.id == Stint.case_id)
        .where(
            Stint.court_id == court_id,
            OPEN,
            Stint.capped_on.is_(None),
            Stint.due_on < before,
            or_(Stint.set_aside_on.is_(None), Stint.set_aside_on < before),
            ~under_review(),
        )
        .order_by(Stint.due_on, Stint.id)
    )
    yield from session.execute(query)


def numbers(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """What these cases are called."""
    query = select(Case.id, Case.number).where(Case.id.in_(case_ids))
    return dict(session.execute(query).all())


def seats(session: Session, court_id: int) -> list[Seat]:
    """Everybody who may enter."""
    query = select(Person).where(Person.court_id == court_id, Person.active).order_by(Person.id)
    return [seat_of(person) for person in session.scalars(query)]


def seat_of(person: Person) -> Seat:
    """A person as the rules see them."""
    return Seat(person.id, Role(person.role), person.team_id)


def holder_of(team: Team) -> Holder:
    """A team or post as the rules see it."""
    return Holder(team.id, TeamKind(team.kind), team.parent_id)
