"""Who may do what? One table, default deny (domain.md § 4); who decides what: ``approvals``.

A duty is what a route or a service asks for; whether it holds for this very case is asked of
``holds``: only the team or post that holds a case may write in it (R16).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from linshu.rules.roles import Role as Role
from linshu.rules.stages import TeamKind

ROLE_ZH: Mapping[Role, str] = {
    Role.EXECUTOR: "执行员",
    Role.CLERK: "书记员",
    Role.FILING_CLERK: "立案人员",
    Role.CENTRE_STAFF: "指挥中心人员",
    Role.TEAM_LEAD: "团队长",
    Role.BUREAU_CHIEF: "执行局局长",
    Role.VICE_PRESIDENT: "分管副院长",
    Role.PRESIDENT: "院长",
    Role.SUPERVISOR: "监督人员",
    Role.DORMANT_KEEPER: "终本维护人员",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
}


class Duty(StrEnum):
    """What somebody may do. READ_CASES is what the actor's scope shows, never more; UNMASK is to
    see a person's whole number there, EXPORT_LIST to take a list of it along: both recorded."""

    READ_OVERVIEW = "read_overview"
    READ_CASES = "read_cases"
    WORK_DESK = "work_desk"
    READ_TEAM = "read_team"
    FILE = "file"
    SCREEN = "screen"
    IMPORT = "import"
    UNMASK = "unmask"
    EXPORT_LIST = "export_list"
    CLAIM = "claim"
    ASSIGN = "assign"
    RECORD = "record"
    CORRECT = "correct"
    ASK = "ask"
    APPROVE = "approve"
    CLOSE = "close"
    READ_MOVES = "read_moves"
    READ_POINTS = "read_points"
    READ_TRAIL = "read_trail"
    READ_COURT_TRAIL = "read_court_trail"
    READ_READINGS = "read_readings"
    PACK = "pack"
    EXPORT = "export"
    READ_POLICY = "read_policy"
    CHANGE_POLICY = "change_policy"
    READ_RECOMPUTES = "read_recomputes"
    ASK_RECOMPUTE = "ask_recompute"
    DECIDE_RECOMPUTE = "decide_recompute"
    READ_PEOPLE = "read_people"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_TEAMS = "manage_teams"
    INSPECT = "inspect"


_D = Duty
_SEE = {_D.READ_CASES, _D.UNMASK, _D.EXPORT_LIST, _D.READ_POLICY}
_READ = _SEE | {_D.READ_MOVES, _D.READ_POINTS}
_WORK = _READ | {_D.WORK_DESK, _D.READ_TEAM, _D.RECORD}
_HANDLE = _WORK | {_D.CLAIM, _D.CORRECT, _D.ASK, _D.CLOSE}
_LEAD = _HANDLE | {_D.READ_OVERVIEW, _D.ASSIGN, _D.APPROVE, _D.READ_PEOPLE}
_INTAKE = {_D.FILE, _D.SCREEN, _D.IMPORT}

DUTIES: Mapping[Role, frozenset[Duty]] = {
    Role.EXECUTOR: frozenset(_HANDLE),
    Role.CLERK: frozenset(_WORK),
    Role.FILING_CLERK: frozenset(_SEE | _INTAKE),
    Role.CENTRE_STAFF: frozenset(_HANDLE | _INTAKE | {_D.READ_OVERVIEW}),
    Role.TEAM_LEAD: frozenset(_LEAD),
    Role.BUREAU_CHIEF: frozenset(
        _LEAD | {_D.EXPORT, _D.PACK, _D.READ_RECOMPUTES, _D.DECIDE_RECOMPUTE}
    ),
    Role.VICE_PRESIDENT: frozenset(_LEAD | {_D.EXPORT, _D.PACK}),
    Role.PRESIDENT: frozenset(
        _READ | {_D.READ_OVERVIEW, _D.APPROVE, _D.READ_PEOPLE, _D.READ_TEAM, _D.EXPORT, _D.PACK}
    ),
    Role.SUPERVISOR: frozenset(
        _READ
        | {_D.READ_OVERVIEW, _D.READ_TEAM, _D.READ_TRAIL, _D.READ_COURT_TRAIL, _D.READ_READINGS}
        | {_D.EXPORT, _D.PACK, _D.READ_PEOPLE, _D.READ_RECOMPUTES, _D.INSPECT}
    ),
    Role.DORMANT_KEEPER: frozenset(_WORK | {_D.CLAIM, _D.CORRECT, _D.ASK}),
    Role.SYSTEM_ADMIN: frozenset(
        {_D.READ_POLICY, _D.CHANGE_POLICY, _D.READ_PEOPLE, _D.MANAGE_TEAMS}
        | {_D.READ_RECOMPUTES, _D.ASK_RECOMPUTE, _D.INSPECT}
    ),
    Role.SECURITY_ADMIN: frozenset({_D.READ_POLICY, _D.READ_PEOPLE, _D.MANAGE_PEOPLE}),
    Role.AUDIT_ADMIN: frozenset({_D.READ_POLICY, _D.READ_COURT_TRAIL, _D.READ_READINGS}),
}

#: A request that has waited for longer than this many days is stuck. [D]
REQUEST_DAYS = 15

#: Roles that see every case of their court; the others see what their team holds or has held (R16).
WHOLE_COURT = frozenset(
    {
        Role.FILING_CLERK,
        Role.CENTRE_STAFF,
        Role.BUREAU_CHIEF,
        Role.VICE_PRESIDENT,
        Role.PRESIDENT,
        Role.SUPERVISOR,
    }
)
#: Roles that belong to a team, and those whose post is the court's.
IN_A_TEAM = frozenset(
    {Role.EXECUTOR, Role.CLERK, Role.CENTRE_STAFF, Role.TEAM_LEAD, Role.DORMANT_KEEPER}
)


@dataclass(frozen=True, slots=True)
class Seat:
    """A person as the rules see them: role and team."""

    person_id: int
    role: Role
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Holder:
    """The team or post that holds a case; ``parent_id`` of a team lead's post is the team."""

    team_id: int
    kind: TeamKind
    parent_id: int | None = None


def may(role: str, duty: Duty) -> bool:
    """Whether the role has the duty at all. Default deny."""
    return duty in DUTIES.get(Role(role), frozenset())


def holds(seat: Seat, holder: Holder) -> bool:
    """Whether this person belongs to the team or post that holds the case (R16)."""
    match holder.kind:
        case TeamKind.TEAM_LEAD:
            return seat.role is Role.TEAM_LEAD and seat.team_id == holder.parent_id
        case TeamKind.BUREAU_CHIEF:
            return seat.role is Role.BUREAU_CHIEF
        case TeamKind.VICE_PRESIDENT:
            return seat.role is Role.VICE_PRESIDENT
        case _:
            return seat.role in IN_A_TEAM and seat.team_id == holder.team_id


def leads(seat: Seat, holder: Holder) -> bool:
    """Whether this person is the lead of the holder: who assigns, and who confirms a receipt."""
    if holder.kind.is_post:
        return holds(seat, holder)
    return seat.role is Role.TEAM_LEAD and seat.team_id == holder.team_id
