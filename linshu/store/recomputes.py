"""Which changes of many dates were asked for, and what did each change? The recomputes, their date
changes, and what they write: a year's days, the policy of running stints."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, extract, func, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from linshu.rules.policy import LIMITED
from linshu.store import bulk
from linshu.store.cases import Case, Stint
from linshu.store.clocks import DateChange, Recompute
from linshu.store.dates import DateMove
from linshu.store.lists import PAGE, Page
from linshu.store.people import CalendarDay, CalendarYear, Person

POINTS, POLICY = "points", "policy"
Days = Mapping[date, tuple[bool, str]]

# Lists -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A recompute with the names of who asked, decided and took back."""

    row: Recompute
    asker: str
    decider: str | None
    taker: str | None


def listed(session: Session, court_id: int, page: int = 1) -> Page[Asked]:
    """The recomputes of a court, those that wait first, then the newest."""
    where = Recompute.court_id == court_id
    total = session.scalars(select(func.count()).select_from(Recompute).where(where)).one()
    page = min(max(1, page), max(1, -(-total // PAGE)))
    query = _asked().where(where).order_by(Recompute.status != "asked", Recompute.id.desc())
    found = session.execute(query.limit(PAGE).offset((page - 1) * PAGE))
    return Page(tuple(Asked(*row) for row in found), total, page)


def one(session: Session, court_id: int, recompute_id: int) -> Asked | None:
    """One recompute of a court."""
    query = _asked().where(Recompute.court_id == court_id, Recompute.id == recompute_id)
    found = session.execute(query).one_or_none()
    return Asked(*found) if found else None


def _asked() -> Any:
    asker, decider, taker = aliased(Person), aliased(Person), aliased(Person)
    return (
        select(Recompute, asker.name, decider.name, taker.name)
        .join(asker, asker.id == Recompute.asked_by)
        .outerjoin(decider, decider.id == Recompute.decided_by)
        .outerjoin(taker, taker.id == Recompute.taken_back_by)
    )


def of(
    session: Session, court_id: int, kind: str, status: str, after: int = 0
) -> Sequence[Recompute]:
    """The recomputes of a kind and status, asked for after that one."""
    query = select(Recompute).where(
        Recompute.court_id == court_id,
        Recompute.kind == kind,
        Recompute.status == status,
        Recompute.id > after,
    )
    return session.scalars(query.order_by(Recompute.id)).all()


def waiting(session: Session, court_id: int) -> int:
    """How many wait for the bureau chief."""
    query = select(func.count()).select_from(Recompute)
    return session.scalars(
        query.where(Recompute.court_id == court_id, Recompute.status == "asked")
    ).one()


def locked(session: Session, court_id: int, recompute_id: int) -> Recompute | None:
    """A recompute of the court, locked until the transaction ends."""
    return session.scalar(
        select(Recompute)
        .where(Recompute.id == recompute_id, Recompute.court_id == court_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


# What it changes ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A date that changed, or an expiry whose points did, with its case's number."""

    case_id: int
    number: str
    clock: str
    before_on: date | None
    after_on: date | None
    provisional: bool


def changes(session: Session, recompute_id: int, page: int = 1) -> Page[Change]:
    """A page of what a recompute changes in which case, in the order in which it was kept."""
    where = [DateChange.recompute_id == recompute_id, DateChange.clock != POLICY]
    total = session.scalars(select(func.count()).select_from(DateChange).where(*where)).one()
    page = min(max(1, page), max(1, -(-total // PAGE)))
    query = (
        select(
            DateChange.case_id,
            Case.number,
            DateChange.clock,
            DateChange.before_on,
            DateChange.after_on,
            DateChange.provisional,
        )
        .join(Case, Case.id == DateChange.case_id)
        .where(*where)
        .order_by(DateChange.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Page(tuple(Change(*row) for row in session.execute(query)), total, page)


def keep_changes(
    session: Session,
    recompute_id: int,
    moves: Iterable[DateMove],
    returned: Iterable[tuple[int, int]],
) -> None:
    """Writes what a recompute changes, in place of what was foreseen: the dates that move first,
    those that only cease to be provisional after them, then the expiries (case id, stint id) whose
    points change."""
    stale = [DateChange.recompute_id == recompute_id, DateChange.clock != POLICY]
    session.execute(delete(DateChange).where(*stale))
    rows = [
        _change(recompute_id, one.clock, one.case_id, one.subject_id)
        | {
            "before_on": one.before_on,
            "after_on": one.after_on,
            "provisional": one.provisional,
        }
        for one in sorted(moves, key=lambda move: move.before_on == move.after_on)
    ]
    rows += [_change(recompute_id, POINTS, case_id, stint_id) for case_id, stint_id in returned]
    bulk.insert_rows(session, DateChange, rows)


def _change(recompute_id: int, clock: str, case_id: int, subject_id: int) -> dict[str, Any]:
    return {
        "recompute_id": recompute_id,
        "case_id": case_id,
        "clock": clock,
        "subject_id": subject_id,
        "before_on": None,
        "after_on": None,
        "provisional": False,
    }


# Working days ------------------------------------------------------------------------------------


def days_of(session: Session, year: int) -> Days:
    """The days of a year that are not what their weekday says: whether one works, their name."""
    query = select(CalendarDay.day, CalendarDay.works, CalendarDay.name).where(
        extract("year", CalendarDay.day) == year
    )
    return {day: (works, name) for day, works, name in session.execute(query)}


def source_of(session: Session, year: int) -> str | None:
    """Where a published year's list comes from; None when it is not published."""
    return session.scalar(select(CalendarYear.source).where(CalendarYear.year == year))


def years(session: Session) -> list[int]:
    """The published years, the latest first."""
    return list(session.scalars(select(CalendarYear.year).order_by(CalendarYear.year.desc())))


def replace_year(session: Session, year: int, source: str | None, days: Days) -> None:
    """A year's list as a whole in place of the one before; ``source`` None: not published."""
    session.execute(delete(CalendarDay).where(extract("year", CalendarDay.day) == year))
    session.execute(delete(CalendarYear).where(CalendarYear.year == year))
    if source is None:
        return
    session.execute(insert(CalendarYear).values(year=year, source=source))
    rows = [{"day": on, "works": works, "name": name} for on, (works, name) in days.items()]
    session.execute(insert(CalendarDay), rows)


# The policy of running stints --------------------------------------------------------------------


def other_stints(court_id: int, policy_id: int) -> list[Any]:
    """What makes a stint one that runs under another version."""
    return [
        Stint.court_id == court_id,
        Stint.ended_on.is_(None),
        Stint.stage.in_([str(stage) for stage in LIMITED]),
        Stint.policy_id != policy_id,
    ]


def runs_elsewhere(session: Session, court_id: int, policy_id: int) -> int:
    """How many stints run under another version."""
    query = select(func.count()).select_from(Stint).where(*other_stints(court_id, policy_id))
    return session.scalars(query).one()


def switch_policy(session: Session, court_id: int, recompute_id: int, policy_id: int) -> None:
    """Puts every running stint under a version; the one before is kept with the recompute."""
    kept = select(
        literal(recompute_id),
        Stint.case_id,
        literal(POLICY),
        Stint.id,
        literal(False),
        Stint.policy_id,
    ).where(*other_stints(court_id, policy_id))
    columns = ["recompute_id", "case_id", "clock", "subject_id", "provisional", "policy_id"]
    session.execute(insert(DateChange).from_select(columns, kept))
    session.execute(
        update(Stint)
        .where(*other_stints(court_id, policy_id))
        .values(policy_id=policy_id)
        .execution_options(synchronize_session=False)
    )


def switch_back(session: Session, recompute_id: int) -> None:
    """Puts the stints of a recompute under the version they had before, those that have ended
    meanwhile too: whether they ran out wrongly is then asked of that version."""
    before = select(DateChange.subject_id, DateChange.policy_id).where(
        DateChange.recompute_id == recompute_id, DateChange.clock == POLICY
    )
    rows = [{"id": id_, "policy_id": policy_id} for id_, policy_id in session.execute(before)]
    bulk.update_rows(session, Stint, rows)
