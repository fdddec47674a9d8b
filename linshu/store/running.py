"""Which clocks run, and which ran out? Rows for reckoning dates anew, one statement each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from linshu.rules.stages import Stage
from linshu.rules.transitions import Reason
from linshu.store.books import Posting
from linshu.store.cases import Case, Stint
from linshu.store.clocks import CaseCountdown

MANY = 5000


@dataclass(frozen=True, slots=True)
class RunningStint:
    """A stint with what its due date is reckoned from; ``started_on``: the day from which its limit
    counts, that of the stint it runs on from after an override; ``came_from``: the stage before."""

    id: int
    case_id: int
    stage: Stage
    came_from: Stage | None
    started_on: date
    due_on: date | None
    provisional: bool
    policy_id: int
    ended_on: date | None
    seq: int


@dataclass(frozen=True, slots=True)
class StatutoryClock:
    """An open case with what its statutory due date is reckoned from."""

    case_id: int
    filed_on: date
    cause: str
    due_on: date | None
    provisional: bool
    policy_id: int


def _stints(*where: Any) -> Select[*tuple[Any, ...]]:
    first, before = aliased(Stint), aliased(Stint)
    limited_by = func.coalesce(Stint.limit_seq, Stint.seq)
    return (
        select(
            Stint.id,
            Stint.case_id,
            Stint.stage,
            before.stage.label("came_from"),
            first.started_on,
            Stint.due_on,
            Stint.provisional,
            Stint.policy_id,
            Stint.ended_on,
            Stint.seq,
        )
        .join(first, (first.case_id == Stint.case_id) & (first.seq == limited_by))
        .outerjoin(before, (before.case_id == Stint.case_id) & (before.seq == limited_by - 1))
        .where(*where)
        .order_by(Stint.id)
    )


def _read(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[RunningStint]:
    for row in session.execute(query):
        came_from = Stage(row.came_from) if row.came_from else None
        yield RunningStint(row.id, row.case_id, Stage(row.stage), came_from, *row[4:])


def stints(
    session: Session, court_id: int, case_ids: Sequence[int] | None = None
) -> Iterator[RunningStint]:
    """The open stints that have a limit: of these cases, or of the whole court."""
    limited = [str(stage) for stage in Stage if stage.limited]
    where = [Stint.court_id == court_id, Stint.ended_on.is_(None), Stint.stage.in_(limited)]
    for some in _parts(case_ids):
        narrower = [] if some is None else [Stint.case_id.in_(some)]
        yield from _read(session, _stints(*where, *narrower))


def all_stints(session: Session, case_id: int) -> Iterator[RunningStint]:
    """Every stay of a case that had a limit, those that have ended among them."""
    limited = [str(stage) for stage in Stage if stage.limited]
    yield from _read(session, _stints(Stint.case_id == case_id, Stint.stage.in_(limited)))


def expired(
    session: Session, court_id: int, since: date, case_ids: Sequence[int] | None = None
) -> Iterator[RunningStint]:
    """The stints that expired on ``since`` or later and posted points: of these cases, or of the
    whole court."""
    posted = select(Posting.id).where(Posting.stint_id == Stint.id, Posting.kind == "move")
    where = [
        Stint.court_id == court_id,
        Stint.exit_reason == str(Reason.EXPIRY),
        Stint.ended_on >= since,
        posted.exists(),
    ]
    for some in _parts(case_ids):
        narrower = [] if some is None else [Stint.case_id.in_(some)]
        yield from _read(session, _stints(*where, *narrower))


def statutory(
    session: Session, court_id: int, case_ids: Sequence[int] | None = None
) -> Iterator[StatutoryClock]:
    """The open cases' statutory clocks, dormant ones apart; each by the policy it began under."""
    now = aliased(Stint)
    limited = [str(stage) for stage in Stage if stage.limited]
    query = (
        _statutory()
        .join(now, (now.case_id == Case.id) & now.ended_on.is_(None))
        .where(now.court_id == court_id, now.stage.in_(limited))
    )
    for some in _parts(case_ids):
        narrower = query if some is None else query.where(Case.id.in_(some))
        for row in session.execute(narrower):
            yield StatutoryClock(*row)


def statutory_of(session: Session, case_id: int) -> Iterator[StatutoryClock]:
    """The statutory clock of one case, whether it still runs or not."""
    for row in session.execute(_statutory().where(Case.id == case_id)):
        yield StatutoryClock(*row)


def _statutory() -> Select[*tuple[Any, ...]]:
    first = aliased(Stint)
    return (
        select(
            Case.id,
            Case.filed_on,
            Case.cause,
            Case.statutory_due_on,
            Case.statutory_provisional,
            first.policy_id,
        )
        .join(first, (first.case_id == Case.id) & (first.seq == 1))
        .order_by(Case.id)
    )


@dataclass(frozen=True, slots=True)
class RunningCountdown:
    """A countdown that runs, with what its end is reckoned from."""

    id: int
    case_id: int
    policy_id: int
    row: str
    round: int
    first_at: datetime
    entered_on: date | None
    due_on: date | None
    provisional: bool


def countdowns(
    session: Session, court_id: int, case_ids: Sequence[int] | None = None
) -> Iterator[RunningCountdown]:
    """The countdowns that run: of these cases, or of the whole court."""
    one = CaseCountdown
    query = (
        select(
            one.id,
            one.case_id,
            one.policy_id,
            one.row,
            one.round,
            one.first_at,
            one.entered_on,
            one.due_on,
            one.provisional,
        )
        .where(one.court_id == court_id, one.met_at.is_(None), one.void_at.is_(None))
        .order_by(one.id)
    )
    for some in _parts(case_ids):
        narrower = query if some is None else query.where(one.case_id.in_(some))
        for row in session.execute(narrower):
            yield RunningCountdown(*row)


def _parts(case_ids: Sequence[int] | None) -> Iterator[Sequence[int] | None]:
    if case_ids is None:
        yield None
        return
    for start in range(0, len(case_ids), MANY):
        yield case_ids[start : start + MANY]
