"""Which cases may somebody see, and which does a list ask for? The conditions behind both.

A number on a screen and the list it opens ask the same function.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from linshu.rules.duties import WHOLE_COURT, Role
from linshu.rules.stages import Stage
from linshu.store import queries
from linshu.store.cases import Action, Case, Stint
from linshu.store.db import SHANGHAI
from linshu.store.reviews import under_review

#: The acts that begin a search of banks and registers.
SEARCHES = ("network_search", "dormant_search")
_RUNS = Stint.stage != str(Stage.DORMANT)
DUES = ("today", "soon", "week", "late", "capped", "aside", "unclaimed", "paused", "statutory")


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see: a court, or of it what ``team_ids`` hold or have held (R16)."""

    court_id: int
    team_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Mine:
    """What is on somebody's desk: cases he handles, and all at the posts or teams named."""

    person_id: int
    team_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which of the cases in scope. ``due`` is one of DUES; ``unsearched_since``: those with no
    network search begun on that day or later; what is None asks for nothing."""

    stage: Stage | None = None
    team_id: int | None = None
    team_ids: tuple[int, ...] | None = None
    handler_id: int | None = None
    mine: Mine | None = None
    due: str | None = None
    unclaimed: bool | None = None
    unsearched_since: date | None = None


def scope_of(session: Session, court_id: int, role: str, team_id: int | None) -> Scope:
    """What a person in this role and team may see: the whole court, or what the team holds or has
    held. Nothing for somebody with neither."""
    if Role(role) in WHOLE_COURT:
        return Scope(court_id)
    return Scope(court_id, tuple(queries.own_team_ids(session, court_id, role, team_id)))


_SEEN = aliased(Stint)  # made once: an alias costs more than the query it stands in


def in_scope(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions on a stint (and its case) that keep a query inside somebody's scope."""
    conditions: list[ColumnElement[bool]] = [Stint.court_id == scope.court_id]
    if scope.team_ids is not None:
        held = select(_SEEN.id).where(
            _SEEN.case_id == Stint.case_id, _SEEN.team_id.in_(scope.team_ids)
        )
        conditions.append(or_(Stint.team_id.in_(scope.team_ids), held.exists()))
    return conditions


def asked_for(chosen: Filter, today: date) -> list[ColumnElement[bool]]:
    """The conditions of a filter on an open stint and its case."""
    conditions: list[ColumnElement[bool]] = []
    if chosen.stage is not None:
        conditions.append(Stint.stage == str(chosen.stage))
    if chosen.team_id is not None:
        conditions.append(Stint.team_id == chosen.team_id)
    if chosen.team_ids is not None:
        conditions.append(Stint.team_id.in_(chosen.team_ids))
    if chosen.handler_id is not None:
        conditions.append(Stint.handler_id == chosen.handler_id)
    if chosen.mine is not None:
        conditions.append(_on_desk(chosen.mine))
    if chosen.unclaimed is not None:
        waits = and_(*due_is("unclaimed", today))
        conditions.append(waits if chosen.unclaimed else ~waits)
    if chosen.unsearched_since is not None:
        since = datetime.combine(chosen.unsearched_since, time.min, SHANGHAI)
        searched = select(Action.id).where(
            Action.case_id == Stint.case_id, Action.kind.in_(SEARCHES), Action.happened_at >= since
        )
        conditions.append(~searched.exists())
    return conditions + (due_is(chosen.due, today) if chosen.due else [])


def due_is(due: str, today: date) -> list[ColumnElement[bool]]:
    """What ``today``, ``soon`` (by tomorrow, what is late included), ``week`` (from today to
    Sunday), ``late``, ``capped`` 超期(顶格), ``aside``, ``unclaimed``, ``paused`` (the stage clock
    stands still) and ``statutory`` (beyond the statutory limit, which a dormant case has behind it)
    mean, for an open stint. What stands at the closing gate runs out on no day. KeyError for
    another word."""
    sunday = today + timedelta(days=6 - today.weekday())
    meanings: dict[str, list[ColumnElement[bool]]] = {
        "today": [Stint.due_on == today, ~under_review()],
        "soon": [Stint.due_on <= today + timedelta(days=1), ~under_review()],
        "week": [Stint.due_on >= today, Stint.due_on <= sunday, ~under_review()],
        "late": [Stint.due_on < today, ~under_review()],
        "capped": [Stint.capped_on.is_not(None)],
        "aside": [Stint.set_aside_on.is_not(None)],
        "unclaimed": [Stint.handler_id.is_(None), Stint.stage != str(Stage.INTAKE)],
        "paused": [_RUNS, queries.stopped_on(today)],
        "statutory": [_RUNS, Case.statutory_due_on < today],
    }
    return meanings[due]


def _on_desk(mine: Mine) -> ColumnElement[bool]:
    handled = Stint.handler_id == mine.person_id
    return or_(handled, Stint.team_id.in_(mine.team_ids)) if mine.team_ids else handled


def desk_of(
    session: Session, court_id: int, person_id: int, role: str, team_id: int | None
) -> Mine:
    """What is on somebody's desk: the cases he handles, all that is at his post, and for a clerk,
    who handles none, the team's."""
    own = queries.own_team_ids(session, court_id, role, team_id)
    at_post = [id_ for id_ in own if id_ != team_id or role == Role.CLERK]
    return Mine(person_id, tuple(at_post))
