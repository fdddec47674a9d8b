"""Where does a case go next? From what is known of it, to a move or a named refusal.

The flow (domain.md § 1): intake → quick or centre → intensive → sideways (lateral) → team lead →
bureau chief → vice president. An expiry needs nobody's will or approval (R13).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from linshu.rules.policy import Policy
from linshu.rules.said import Said
from linshu.rules.stages import HELD_BY, RESUMED, Stage, TeamKind


class Reason(StrEnum):
    """Why a stint ends; the ``exit_reason`` that the event log shows. ``RESUMED``: a case of type
    执恢 passes intake; ``RESUMED_ANEW``: the case before it leaves dormant care (R22)."""

    SCREENED_SIMPLE = "screened_simple"
    SCREENED_COMPLEX = "screened_complex"
    UNSCREENED = "unscreened"
    RESUMED = "resumed_enforcement"
    RESUMED_ANEW = "resumed_anew"
    EXPIRY = "expiry"
    EARLY_TRANSFER = "early_transfer"
    EXEMPT_TRANSFER = "exempt_transfer"
    REASSIGNED = "reassigned"
    CLOSED = "closed"
    DORMANT = "dormant"


class Undecidable(Exception):
    """No rule can say where the case goes; it is set aside and shown, never lost (R8)."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


#: Why no rule can say it, in words.
UNDECIDED_ZH: Mapping[str, str] = {
    "no_team": "没有启用的团队可以接收",
    "no_post": "承办团队没有团队长岗位",
    "transfer_from_intake": "案件还在立案甄别",
    "no_limit_here": "这一阶段没有期限",
    "policy_broken": "案件适用的规则版本无法读取",
    "no_override_here": "这一阶段的承办团队不能另行指定",
    "not_such_a_team": "只能指定同类、启用的另一个团队",
}


def undecided(code: str) -> Said:
    """A code of ``Undecidable`` as a sentence; one that is unknown as it is."""
    return Said(UNDECIDED_ZH.get(code, code))


class Lot(random.Random):
    """Draws again what it drew, given its seed: for what others shall check, never for a secret."""


@dataclass(frozen=True, slots=True)
class TeamState:
    """A team or post as the rules see it: ``load`` is its number of open cases."""

    id: int
    kind: TeamKind
    active: bool
    load: int
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the rules know of a case: where it is, how it came there, who has held it.

    ``visited``: the intensive teams that held it in this round; ``hop``: expiry moves that posted;
    ``sideways``: sideways moves used up."""

    number: str
    kind: str
    stage: Stage
    team_id: int
    hop: int
    sideways: int
    visited: frozenset[int]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which team was chosen, and what makes the choice checkable: loads and the lot's seed."""

    team_id: int
    loads: tuple[tuple[int, int], ...] = ()
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A step of the flow. ``posts``: whether points move (R17); ``hop`` counts those that do."""

    from_stage: Stage
    from_team_id: int
    to_stage: Stage
    choice: Choice
    reason: Reason
    posts: bool
    hop: int
    sideways: int
    rules: tuple[str, ...]
    skipped_sideways: bool = False

    @property
    def to_team_id(self) -> int:
        return self.choice.team_id

    @property
    def keeps_limit(self) -> bool:
        """Whether the limit of the stint that ends runs on in the next one (R26)."""
        return self.reason is Reason.REASSIGNED

    def given_to(self, team_id: int) -> "Move | None":
        """The same move to a team that was named before; None where the rules rule it out now."""
        if team_id == self.to_team_id:
            return self
        able = {id_ for id_, _load in self.choice.loads}
        return replace(self, choice=Choice(team_id)) if team_id in able else None


def intake_team(teams: Sequence[TeamState]) -> int:
    """The team where a new case begins: the command centre does intake (domain.md § 4).

    Undecidable when there is none."""
    for team in teams:
        if team.kind is HELD_BY[Stage.INTAKE] and team.active:
            return team.id
    raise Undecidable("no_team", kind=str(HELD_BY[Stage.INTAKE]))


def screened(state: CaseState, simple: bool, policy: Policy, teams: Sequence[TeamState]) -> Move:
    """R3, R4: a first-time case leaves intake for ``quick`` when simple, else for ``centre``."""
    to, reason = (
        (Stage.QUICK, Reason.SCREENED_SIMPLE) if simple else (Stage.CENTRE, Reason.SCREENED_COMPLEX)
    )
    return _step(state, to, _least_loaded(state, teams, to), reason, ("R3" if simple else "R4",))


def passed_intake(
    state: CaseState,
    policy: Policy,
    teams: Sequence[TeamState],
    last_team_id: int | None = None,
) -> Move:
    """R2: a resumed case (执恢) goes to ``intensive`` at once, never to ``quick``. R22: not to the
    intensive team that held the case before it last (``last_team_id``), if there is another."""
    others = [team for team in teams if team.id != last_team_id]
    able = others if any(_takes(team, Stage.INTENSIVE) for team in others) else teams
    choice = _least_loaded(state, able, Stage.INTENSIVE)
    rules = ("R2",) if last_team_id is None else ("R2", "R22")
    return _step(state, Stage.INTENSIVE, choice, Reason.RESUMED, rules)


def expired(state: CaseState, policy: Policy, teams: Sequence[TeamState]) -> Move | None:
    """R4, R7–R11, R17: where a case goes when its stage limit has run out.

    None at the vice president's: there the case stays, flagged 超期(顶格), and posts nothing.
    Undecidable where no team can take it."""
    if state.stage is Stage.INTAKE:
        if state.kind == RESUMED:
            return passed_intake(state, policy, teams)
        choice = _least_loaded(state, teams, Stage.CENTRE)
        return _step(state, Stage.CENTRE, choice, Reason.UNSCREENED, ("R4",))
    return _onward(state, policy, teams, Reason.EXPIRY, posts=True)


def transferred(
    state: CaseState, exempt: bool, policy: Policy, teams: Sequence[TeamState]
) -> Move | None:
    """R20: an approved early transfer goes where expiry would send the case and uses up the
    sideways move; it posts and counts as a hop unless its ground is exempt and confirmed."""
    if state.stage is Stage.INTAKE:
        raise Undecidable("transfer_from_intake")
    reason = Reason.EXEMPT_TRANSFER if exempt else Reason.EARLY_TRANSFER
    return _onward(state, policy, teams, reason, posts=not exempt)


def reassignable(state: CaseState, teams: Sequence[TeamState]) -> list[TeamState]:
    """To which teams an override may give the case (R26): the others of its kind. None at a post,
    nor where no rule chose among teams."""
    if state.stage not in (Stage.QUICK, Stage.CENTRE, Stage.INTENSIVE, Stage.LATERAL):
        return []
    others = (team for team in teams if team.kind is HELD_BY[state.stage] and team.active)
    return [team for team in others if team.id != state.team_id]


def reassigned(state: CaseState, team_id: int, teams: Sequence[TeamState]) -> Move:
    """R26: an approved override puts right where the rule put the case: the same stage at a named
    other team, which has the rest of its time. It posts nothing, is no hop, and uses up no sideways
    move. [D] Undecidable where there is no such team."""
    able = reassignable(state, teams)
    if not able:
        raise Undecidable("no_override_here", stage=str(state.stage))
    if team_id not in {team.id for team in able}:
        raise Undecidable("not_such_a_team")
    loads = tuple(sorted((team.id, team.load) for team in teams if team.kind is able[0].kind))
    return _step(state, state.stage, Choice(team_id, loads), Reason.REASSIGNED, ("R26",))


def _onward(
    state: CaseState, policy: Policy, teams: Sequence[TeamState], reason: Reason, posts: bool
) -> Move | None:
    rules: tuple[str, ...]
    skipped = False
    sideways = state.sideways
    match state.stage:
        case Stage.QUICK:
            to, choice, rules = Stage.CENTRE, _least_loaded(state, teams, Stage.CENTRE), ("R4",)
        case Stage.CENTRE:
            to, rules = Stage.INTENSIVE, ("R7",)
            choice = _least_loaded(state, teams, Stage.INTENSIVE)
        case Stage.INTENSIVE | Stage.LATERAL:
            others = _sideways_candidates(state, teams)
            if sideways < policy.sideways_moves and others:
                to, choice, rules = Stage.LATERAL, _draw(state, others), ("R9", "R10")
                sideways += 1
            else:
                to, rules = policy.lifts[0], ("R11",)
                skipped = sideways < policy.sideways_moves
                choice = Choice(_lead_of(state.team_id, teams).id)
        case Stage.TEAM_LEAD | Stage.BUREAU_CHIEF:
            to, rules = policy.lifts[policy.lifts.index(state.stage) + 1], ("R11",)
            choice = _least_loaded(state, teams, to)
        case Stage.VICE_PRESIDENT:
            return None
        case _:
            raise Undecidable("no_limit_here", stage=str(state.stage))
    if skipped:
        rules = ("R8", *rules)
    rules = (*rules, "R17") if posts else (*rules, "R20")
    hop = state.hop + 1 if posts else state.hop
    return _step(state, to, choice, reason, rules, posts, hop, sideways, skipped)


def _step(
    state: CaseState,
    to: Stage,
    choice: Choice,
    reason: Reason,
    rules: tuple[str, ...],
    posts: bool = False,
    hop: int | None = None,
    sideways: int | None = None,
    skipped: bool = False,
) -> Move:
    return Move(
        state.stage,
        state.team_id,
        to,
        choice,
        reason,
        posts,
        state.hop if hop is None else hop,
        state.sideways if sideways is None else sideways,
        rules,
        skipped,
    )


def _least_loaded(state: CaseState, teams: Sequence[TeamState], stage: Stage) -> Choice:
    """The least loaded active team of the kind that holds ``stage``; ties by lot."""
    able = [team for team in teams if _takes(team, stage)]
    if not able:
        raise Undecidable("no_team", kind=str(HELD_BY[stage]))
    return _draw(state, able)


def _takes(team: TeamState, stage: Stage) -> bool:
    return team.kind is HELD_BY[stage] and team.active


def _sideways_candidates(state: CaseState, teams: Sequence[TeamState]) -> list[TeamState]:
    """R9: another intensive team, never one that has held the case while another has not."""
    others = [
        team
        for team in teams
        if team.kind is TeamKind.INTENSIVE and team.active and team.id != state.team_id
    ]
    fresh = [team for team in others if team.id not in state.visited]
    return fresh or others


def _lead_of(team_id: int, teams: Sequence[TeamState]) -> TeamState:
    """R11: the team lead of the holding team. A post exists whether or not anyone sits there."""
    for team in teams:
        if team.kind is TeamKind.TEAM_LEAD and team.parent_id == team_id:
            return team
    raise Undecidable("no_post", kind=str(TeamKind.TEAM_LEAD))


def _draw(state: CaseState, teams: Sequence[TeamState]) -> Choice:
    """Least loaded; a tie is broken by a lot whose seed is recorded, so that it can be checked:
    ``random.Random(seed).choice(the tied team ids in order)``."""
    least = min(team.load for team in teams)
    tied = sorted(team.id for team in teams if team.load == least)
    loads = tuple(sorted((team.id, team.load) for team in teams))
    if len(tied) == 1:
        return Choice(tied[0], loads)
    seed = f"{state.number}|{state.stage}|{state.hop}|{state.sideways}"
    return Choice(Lot(seed).choice(tied), loads, seed)
