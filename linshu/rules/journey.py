"""What lies ahead if nobody acts? The stages to come with their dates, by the rules of today."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from linshu.rules import clock
from linshu.rules.calendar import Calendar
from linshu.rules.points import postings
from linshu.rules.policy import Policy
from linshu.rules.stages import Stage
from linshu.rules.transitions import CaseState, Move, TeamState, Undecidable, expired


@dataclass(frozen=True, slots=True)
class Ahead:
    """A stage to come: from when to when, and the points that would move into it."""

    stage: Stage
    team_id: int
    starts_on: date
    due_on: date
    points: int
    skipped_sideways: bool


def ahead(
    state: CaseState,
    due_on: date,
    policy: Policy,
    teams: Sequence[TeamState],
    calendar: Calendar,
) -> list[Ahead]:
    """The stages after this one if every limit runs out: each starts the day after the last ended
    (domain.md § 1, the worked calendar). Ends where the rules end, or cannot decide."""
    found: list[Ahead] = []
    while (move := _next(state, policy, teams)) is not None:
        start = due_on + timedelta(days=1)
        limit = policy.limit(move.to_stage, move.from_stage)
        ends_on = clock.due(start, limit, calendar, policy.rolls).on
        if ends_on is None:
            break
        due_on = ends_on
        paid = postings(move, policy)
        gained = paid[-1].points if paid else 0
        step = Ahead(move.to_stage, move.to_team_id, start, due_on, gained, move.skipped_sideways)
        found.append(step)
        state = _arrived(state, move)
    return found


def _next(state: CaseState, policy: Policy, teams: Sequence[TeamState]) -> Move | None:
    try:
        return expired(state, policy, teams)
    except Undecidable:
        return None


def _arrived(state: CaseState, move: Move) -> CaseState:
    intensive = move.to_stage in (Stage.INTENSIVE, Stage.LATERAL)
    seen = state.visited | {move.to_team_id} if intensive else state.visited
    return replace(
        state,
        stage=move.to_stage,
        team_id=move.to_team_id,
        hop=move.hop,
        sideways=move.sideways,
        visited=seen,
    )
