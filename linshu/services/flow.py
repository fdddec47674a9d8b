"""How does a decided move become a record? Stints, points, requests and trail in one write.

``Flow`` is what one transaction knows of a court: its calendar, its policies, its teams' loads.
It decides case by case with the pure rules and writes whatever was decided in a handful of
statements: a single move is a batch of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from linshu.rules import clock, points, policy
from linshu.rules.clock import Excluded
from linshu.rules.policy import Policy
from linshu.rules.stages import Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import Move, Reason, TeamState, Undecidable
from linshu.services.errors import Invalid
from linshu.store import orders, queries, stops, writer
from linshu.store.cases import WAITING, Request, Stint
from linshu.store.people import PolicyVersion, Team
from linshu.store.stops import Stops
from linshu.store.writer import Doer, Draft, StintEnd, When

TAGS: Mapping[Reason, Tag] = {
    Reason.SCREENED_SIMPLE: Tag.CASE_SCREENED,
    Reason.SCREENED_COMPLEX: Tag.CASE_SCREENED,
    Reason.UNSCREENED: Tag.CASE_UNSCREENED,
    Reason.RESUMED: Tag.CASE_PASSED_INTAKE,
    Reason.EXPIRY: Tag.CASE_MOVED,
    Reason.EARLY_TRANSFER: Tag.CASE_TRANSFERRED,
    Reason.EXEMPT_TRANSFER: Tag.CASE_TRANSFERRED,
    Reason.REASSIGNED: Tag.CASE_REASSIGNED,
}
#: The kinds of requests that move a case out of the stint they were asked for in.
MOVING = ("transfer", "override", "closing")


@dataclass(frozen=True, slots=True)
class Step:
    """A decided move of one case, with the open stint it was decided on. ``kept``: what the next
    stint has of that one, where its limit runs on."""

    case_id: int
    stint_id: int
    seq: int
    due_on: str
    policy: Policy
    move: Move
    data: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)


class Flow:
    """One transaction's view of a court's flow."""

    def __init__(self, session: Session, court_id: int, when: When) -> None:
        self.session, self.court_id, self.when = session, court_id, when
        self.calendar = queries.calendar(session)
        version = queries.policy_on(session, court_id, when.on)
        if version is None:
            raise Invalid("policy_missing", on=when.on)
        self.version = version
        self.current = policy.parse(version.document)
        self._policies: dict[int, Policy | None] = {version.id: self.current}
        self._due: dict[tuple[Any, ...], clock.Due | None] = {}

    @cached_property
    def outages(self) -> Sequence[Excluded]:
        """The court's outages, for whoever reckons a date."""
        return stops.outages(self.session, self.court_id)

    @cached_property
    def names(self) -> Mapping[int, str]:
        """What the teams and posts are called."""
        rows = self.session.execute(
            select(Team.id, Team.name).where(Team.court_id == self.court_id)
        )
        return dict(rows.all())

    @cached_property
    def _teams(self) -> dict[int, TeamState]:
        return {team.id: team for team in queries.team_states(self.session, self.court_id)}

    @property
    def teams(self) -> Sequence[TeamState]:
        """The teams with their loads as they stand after what was decided so far."""
        return list(self._teams.values())

    def policy(self, policy_id: int) -> Policy:
        """The version a running stint keeps. Undecidable when it is broken."""
        if policy_id not in self._policies:
            row = self.session.get(PolicyVersion, policy_id)
            try:
                self._policies[policy_id] = policy.parse(row.document) if row else None
            except policy.PolicyFault:
                self._policies[policy_id] = None
        found = self._policies[policy_id]
        if found is None:
            raise Undecidable("policy_broken", policy=str(policy_id))
        return found

    def arrived(self, team_id: int, left: int | None = None) -> None:
        """Keeps the loads right while a batch is being decided."""
        for id_, change in ((team_id, 1), (left, -1)):
            if id_ is not None:
                team = self._teams[id_]
                self._teams[id_] = replace(team, load=team.load + change)

    def stops(self, case_ids: Iterable[int]) -> Mapping[int, Stops]:
        """Which days do not count for the clocks of these cases."""
        return stops.stops_of(self.session, case_ids, self.outages)

    def due(
        self, stage: Stage, came_from: Stage | None, excluded: tuple[Excluded, ...] = ()
    ) -> clock.Due | None:
        """The due date of a stint that starts now, under the policy in force; R14. ``excluded``:
        the case's pauses and outages, which a move carries along. Worked out once: day, policy and
        calendar are the same for the whole transaction."""
        key = (stage, came_from, excluded)
        if key not in self._due:
            limit = self.current.limit(stage, came_from) if stage.limited else None
            spans, rolls = excluded or self.outages, self.current.rolls
            self._due[key] = (
                clock.due(self.when.on, limit, self.calendar, rolls, spans) if limit else None
            )
        return self._due[key]

    def stint_row(
        self,
        case_id: int,
        seq: int,
        stage: Stage,
        team_id: int,
        came_from: Stage | None,
        excluded: tuple[Excluded, ...] = (),
    ) -> dict[str, Any]:
        """The column values of a stint that starts now."""
        due = self.due(stage, came_from, excluded)
        return {
            "court_id": self.court_id,
            "case_id": case_id,
            "seq": seq,
            "stage": str(stage),
            "team_id": team_id,
            "policy_id": self.version.id,
            "hop": 0,
            "sideways": 0,
            "started_on": self.when.on,
            "started_at": self.when.at,
            "due_on": due.on if due else None,
            "provisional": due.provisional if due else False,
            "skipped_sideways": False,
        }

    def step(self, stint: Stint, move: Move, data: Mapping[str, Any]) -> Step:
        """A decided move of the case whose open stint this is."""
        self.arrived(move.to_team_id, left=move.from_team_id)
        due_on = stint.due_on.isoformat() if stint.due_on else ""
        kept = self.policy(stint.policy_id)
        runs_on = _limit_of(stint) if move.keeps_limit else {}
        return Step(stint.case_id, stint.id, stint.seq, due_on, kept, move, data, runs_on)

    def perform(self, steps: Sequence[Step], doer: Doer) -> None:
        """Writes moves: ends the stints, begins the next, posts points, lapses open requests,
        leaves the trail. LostRace when a stint was no longer open: nothing is kept."""
        ends = [StintEnd(step.stint_id, str(step.move.reason)) for step in steps]
        writer.end_stints(self.session, ends, self.when)
        stopped = self.stops(step.case_id for step in steps)
        rows = [self._next_stint(step, stopped[step.case_id].stage) for step in steps]
        writer.begin_stints(self.session, rows)
        posted = [
            (step.case_id, step.stint_id, posting)
            for step in steps
            for posting in points.postings(step.move, step.policy)
        ]
        writer.post_points(self.session, self.court_id, posted, self.when)
        drafts = [self._draft(step, row) for step, row in zip(steps, rows, strict=True)]
        drafts += self._orders_go_along(steps)
        writer.write_trail(self.session, self.court_id, drafts, doer, self.when)
        self.lapse_left([step.stint_id for step in steps])

    def _orders_go_along(self, steps: Sequence[Step]) -> list[Draft]:
        """督办 stays with its case: the trail says to whom it went."""
        moves = {step.case_id: step.move for step in steps}
        return [
            Draft(
                order.case_id,
                Tag.ORDER_PASSED,
                {
                    "order": order.id,
                    "name": order.name,
                    "from_team": self.names[moves[order.case_id].from_team_id],
                    "team": self.names[moves[order.case_id].to_team_id],
                },
            )
            for order in orders.live_in(self.session, self.court_id, moves)
        ]

    def _next_stint(self, step: Step, excluded: tuple[Excluded, ...]) -> dict[str, Any]:
        move = step.move
        row = self.stint_row(
            step.case_id, step.seq + 1, move.to_stage, move.to_team_id, move.from_stage, excluded
        )
        row |= {
            "hop": move.hop,
            "sideways": move.sideways,
            "skipped_sideways": move.skipped_sideways,
            "limit_seq": None,
        }
        return {**row, **step.kept}

    def _draft(self, step: Step, row: Mapping[str, Any]) -> Draft:
        move = step.move
        moved = points.postings(move, step.policy)
        return Draft(
            step.case_id,
            TAGS[move.reason],
            before={
                "stage": str(move.from_stage),
                "team": self.names[move.from_team_id],
                "due_on": step.due_on,
                "stint": step.seq,
            },
            after={
                "stage": str(move.to_stage),
                "team": self.names[move.to_team_id],
                "due_on": row["due_on"].isoformat() if row["due_on"] else None,
                "provisional": row["provisional"],
                "stint": step.seq + 1,
                "hop": move.hop,
                "sideways": move.sideways,
            },
            data={
                "reason": str(move.reason),
                "rules": list(move.rules),
                "policy": step.policy.version,
                "points": moved[-1].points if moved else 0,
                "loads": {self.names[id_]: load for id_, load in move.choice.loads},
                "seed": move.choice.seed,
                "skipped_sideways": move.skipped_sideways,
                **step.data,
            },
        )

    def lapse_left(self, stint_ids: Sequence[int]) -> None:
        """Lapses what would move a case out of stints that have ended; a pause or an extension is
        about the case, and waits on."""
        self._lapse(Request.stint_id.in_(stint_ids), Request.kind.in_(MOVING))

    def lapse_all(self, case_id: int) -> None:
        """Lapses whatever is asked for in a case that has ended."""
        self._lapse(Request.case_id == case_id)

    def _lapse(self, *which: ColumnElement[bool]) -> None:
        open_requests = self.session.execute(
            select(Request.id, Request.case_id).where(Request.status.in_(WAITING), *which)
        ).all()
        if not open_requests:
            return
        ids = [row.id for row in open_requests]
        self.session.execute(update(Request).where(Request.id.in_(ids)).values(status="lapsed"))
        lapsed = {"request_status": "lapsed"}
        drafts = [
            Draft(row.case_id, Tag.REQUEST_LAPSED, {"request": row.id}, after=lapsed)
            for row in open_requests
        ]
        writer.write_trail(self.session, self.court_id, drafts, Doer(), self.when)


def _limit_of(stint: Stint) -> dict[str, Any]:
    """What a stint hands on to the one in which its limit runs on: its day, the policy that it was
    reckoned by, and from which stint on it counts."""
    return {
        "due_on": stint.due_on,
        "provisional": stint.provisional,
        "policy_id": stint.policy_id,
        "limit_seq": stint.limited_by,
    }
