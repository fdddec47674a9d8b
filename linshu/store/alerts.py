"""What runs out soon, who has been told, and what lies in somebody's inbox?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, aliased

from linshu.rules.alerts import Running
from linshu.rules.duties import Holder, Role, Seat
from linshu.rules.stages import Stage, TeamKind
from linshu.store.cases import Case, Stint
from linshu.store.clocks import Alert, CaseCountdown, Delivery, Digest, Pause
from linshu.store.db import changed
from linshu.store.lists import PAGE, Page
from linshu.store.people import Court, Person, Team
from linshu.store.queries import stopped_on
from linshu.store.reviews import under_review


class Subject(StrEnum):
    """What an alert is about."""

    STAGE = "stage"
    STATUTORY = "statutory"
    COUNTDOWN = "countdown"
    PAUSE = "pause"
    CALENDAR = "calendar"
    REQUEST = "request"
    STANDS_IN = "stands_in"
    SUBSTITUTE = "substitute"
    ORDER = "order"
    ORDER_ANSWERED = "order_answer"
    ORDER_LATE = "order_late"


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that runs out: which clock of which case, its last day, and who has to do with it.
    ``row``: the policy's row of a countdown; ``policy_id``: the version that says when to tell."""

    subject: Subject
    subject_id: int
    case_id: int
    policy_id: int
    due_on: date
    running: Running
    row: str = ""


_HOLDER = (Stint.team_id, Team.kind, Team.parent_id, Stint.handler_id)
_LIMITED = tuple(str(stage) for stage in Stage if stage.limited)


def _with_holder(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns, *_HOLDER)
        .select_from(Stint)
        .join(Case, Case.id == Stint.case_id)
        .join(Team, Team.id == Stint.team_id)
    )


def endings(session: Session, court_id: int, today: date, within: int) -> Iterator[Ending]:
    """Every clock of the court that ends within so many days, or has ended and not been met: the
    stage clocks and statutory clocks of open cases, pauses watched too long, open countdowns (a
    closed case has one until it is archived; who held it last is told)."""
    until = today + timedelta(days=within)
    here = (Stint.court_id == court_id, Stint.ended_on.is_(None))
    stages = (
        _with_holder(Stint.id, Stint.case_id, Stint.policy_id, Stint.due_on)
        .where(*here, Stint.due_on <= until, Stint.capped_on.is_(None), ~stopped_on(today))
        .where(~under_review())
    )
    yield from _endings(session, Subject.STAGE, stages)
    statutory = _with_holder(
        Case.id.label("id"), Stint.case_id, Stint.policy_id, Case.statutory_due_on
    ).where(*here, Stint.stage.in_(_LIMITED), Case.statutory_due_on <= until)
    yield from _endings(session, Subject.STATUTORY, statutory)
    pauses = (
        _with_holder(Pause.id, Stint.case_id, Stint.policy_id, Pause.watch_on)
        .join(Pause, Pause.case_id == Case.id)
        .where(*here, Pause.starts_on <= today, Pause.watch_on <= until)
        .where(Pause.ends_on.is_(None) | (Pause.ends_on >= today))
    )
    yield from _endings(session, Subject.PAUSE, pauses)
    for row in session.execute(_counted(court_id, until)):
        id_, case_id, policy_id, due_on, name = row[:5]
        yield Ending(Subject.COUNTDOWN, id_, case_id, policy_id, due_on, _running(row[5:]), name)


def _counted(court_id: int, until: date) -> Select[*tuple[Any, ...]]:
    """The open countdowns that end by then, with whoever holds, or held last, their case."""
    newest = aliased(Stint)
    latest = select(func.max(newest.seq)).where(newest.case_id == CaseCountdown.case_id)
    return (
        _with_holder(
            CaseCountdown.id,
            Stint.case_id,
            CaseCountdown.policy_id,
            CaseCountdown.due_on,
            CaseCountdown.row,
        )
        .join(CaseCountdown, CaseCountdown.case_id == Case.id)
        .where(CaseCountdown.court_id == court_id, CaseCountdown.met_at.is_(None))
        .where(CaseCountdown.void_at.is_(None), CaseCountdown.due_on <= until)
        .where(Stint.seq == latest.correlate(CaseCountdown).scalar_subquery())
    )


def _endings(
    session: Session, subject: Subject, query: Select[*tuple[Any, ...]]
) -> Iterator[Ending]:
    for row in session.execute(query):
        id_, case_id, policy_id, due_on = row[:4]
        yield Ending(subject, id_, case_id, policy_id, due_on, _running(row[4:]))


def _running(columns: Sequence[Any]) -> Running:
    team_id, kind, parent_id, handler_id = columns
    return Running(Holder(team_id, TeamKind(kind), parent_id), handler_id)


def seats(session: Session, court_id: int) -> list[Seat]:
    """Everybody of the court who may enter, as the rules see them."""
    query = select(Person.id, Person.role, Person.team_id).where(
        Person.court_id == court_id, Person.active
    )
    return [Seat(id_, Role(role), team_id) for id_, role, team_id in session.execute(query)]


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Adds alerts, each once: one that is there already stays as it is. Returns the new ids."""
    return _added(session, Alert, rows)


def tell(
    session: Session, about: Mapping[str, Any], person_ids: Iterable[int], at: datetime
) -> None:
    """Tells people of one thing that is not a limit: ``about`` is the alert's court, subject, its
    id, until when it matters, and its case where it is about one."""
    same = {"case_id": None, "row": "", "days_before": 0, "raised_at": at, **about}
    add(session, [same | {"person_id": person_id} for person_id in person_ids])


def _added(
    session: Session, table: type[Alert] | type[Digest], rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """The lock on the writer (SQLite) or the court's row (PostgreSQL) keeps two runs apart."""
    if not rows:
        return []
    court_id = rows[0]["court_id"]
    session.execute(select(Court.id).where(Court.id == court_id).with_for_update())
    before = session.scalar(select(func.max(table.id)).where(table.court_id == court_id)) or 0
    postgres = session.get_bind().dialect.name == "postgresql"
    statement = (postgres_insert if postgres else sqlite_insert)(table).on_conflict_do_nothing()
    session.connection().execute(statement, list(rows))
    new = select(table.id).where(table.id > before, table.court_id == court_id)
    return list(session.scalars(new.order_by(table.id)))


def queue_deliveries(
    session: Session, court_id: int, about: str, ids: Iterable[int], at: datetime
) -> None:
    """Queues a message for each alert or digest, to be sent to the court's message service."""
    rows = [
        {"court_id": court_id, "about": about, "about_id": id_, "next_at": at, "attempts": 0}
        for id_ in ids
    ]
    if rows:
        session.execute(insert(Delivery), rows)


@dataclass(frozen=True, slots=True)
class Told:
    """One alert as an inbox shows it; ``number`` and ``stage`` of the case it is about."""

    alert: Alert
    number: str | None
    stage: Stage | None


def inbox(session: Session, person_id: int, unread: bool, page: int) -> Page[Told]:
    """A page of somebody's alerts, the newest first; ``unread``: those alone."""
    where = [Alert.person_id == person_id] + ([Alert.read_at.is_(None)] if unread else [])
    total = session.scalars(select(func.count()).select_from(Alert).where(*where)).one()
    page = min(max(1, page), max(1, -(-total // PAGE)))
    latest = (
        select(func.max(Stint.seq)).where(Stint.case_id == Alert.case_id).correlate(Alert)
    ).scalar_subquery()
    query = (
        select(Alert, Case.number, Stint.stage)
        .outerjoin(Case, Case.id == Alert.case_id)
        .outerjoin(Stint, (Stint.case_id == Alert.case_id) & (Stint.seq == latest))
        .where(*where)
        .order_by(Alert.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    rows = tuple(
        Told(alert, number, Stage(stage) if stage else None)
        for alert, number, stage in session.execute(query)
    )
    return Page(rows, total, page)


def unread(session: Session, person_id: int) -> int:
    """How many alerts somebody has not read: the number in the navigation."""
    query = select(func.count()).select_from(Alert)
    return session.scalars(query.where(Alert.person_id == person_id, Alert.read_at.is_(None))).one()


def mark_read(session: Session, person_id: int, alert_id: int | None, at: datetime) -> int:
    """Marks one alert of a person, or all of them, as read; returns how many were not."""
    where = [Alert.person_id == person_id, Alert.read_at.is_(None)]
    if alert_id is not None:
        where.append(Alert.id == alert_id)
    marked = update(Alert).where(*where).values(read_at=at)
    return changed(session, marked.execution_options(synchronize_session=False))


def capped(session: Session, court_id: int) -> list[tuple[int, str, date]]:
    """超期(顶格): the cases that stay at the vice president's: id, number, since when."""
    query = (
        select(Case.id, Case.number, Stint.capped_on)
        .join(Stint, Stint.case_id == Case.id)
        .where(Stint.court_id == court_id, Stint.ended_on.is_(None), Stint.capped_on.is_not(None))
        .order_by(Stint.capped_on, Case.id)
    )
    return [(id_, number, on) for id_, number, on in session.execute(query) if on]


def numbers(session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    """Case numbers by case."""
    found: dict[int, str] = {}
    for start in range(0, len(case_ids), 5000):
        some = case_ids[start : start + 5000]
        query = select(Case.id, Case.number).where(Case.id.in_(some))
        found |= dict(session.execute(query).all())
    return found


def add_digests(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Adds digests, one a person and day; one that is there already stays. Returns the new ids."""
    return _added(session, Digest, rows)


def digests(session: Session, person_id: int, most: int) -> list[Digest]:
    """Somebody's latest digests, the newest first."""
    query = select(Digest).where(Digest.person_id == person_id)
    return list(session.scalars(query.order_by(Digest.day.desc()).limit(most)))
