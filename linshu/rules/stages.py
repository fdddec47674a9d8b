"""Where can a case be, who holds it there, and which types of case are there? The names that every
policy shares."""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """Where a case can be; the values are the stage names other programs see."""

    INTAKE = "intake"
    QUICK = "quick"
    CENTRE = "centre"
    INTENSIVE = "intensive"
    LATERAL = "lateral"
    TEAM_LEAD = "team_lead"
    BUREAU_CHIEF = "bureau_chief"
    VICE_PRESIDENT = "vice_president"
    DORMANT = "dormant"
    CLOSED = "closed"

    @property
    def limited(self) -> bool:
        """R1: no stage is without a limit, ``dormant`` and ``closed`` apart."""
        return self not in (Stage.DORMANT, Stage.CLOSED)


class TeamKind(StrEnum):
    """What a team is for. A post is a team of one."""

    QUICK = "quick"
    CENTRE = "centre"
    INTENSIVE = "intensive"
    DORMANT = "dormant"
    TEAM_LEAD = "team_lead"
    BUREAU_CHIEF = "bureau_chief"
    VICE_PRESIDENT = "vice_president"

    @property
    def is_post(self) -> bool:
        return self in POSTS


POSTS = (TeamKind.TEAM_LEAD, TeamKind.BUREAU_CHIEF, TeamKind.VICE_PRESIDENT)

#: Which kind of team holds a case at a stage. The command centre does intake (domain.md § 4).
HELD_BY: Mapping[Stage, TeamKind] = {
    Stage.INTAKE: TeamKind.CENTRE,
    Stage.QUICK: TeamKind.QUICK,
    Stage.CENTRE: TeamKind.CENTRE,
    Stage.INTENSIVE: TeamKind.INTENSIVE,
    Stage.LATERAL: TeamKind.INTENSIVE,
    Stage.TEAM_LEAD: TeamKind.TEAM_LEAD,
    Stage.BUREAU_CHIEF: TeamKind.BUREAU_CHIEF,
    Stage.VICE_PRESIDENT: TeamKind.VICE_PRESIDENT,
    Stage.DORMANT: TeamKind.DORMANT,
}
STAGE_ZH: Mapping[Stage, str] = {
    Stage.INTAKE: "立案甄别",
    Stage.QUICK: "速执",
    Stage.CENTRE: "指挥中心",
    Stage.INTENSIVE: "精执",
    Stage.LATERAL: "监执(横向)",
    Stage.TEAM_LEAD: "团队长",
    Stage.BUREAU_CHIEF: "执行局局长",
    Stage.VICE_PRESIDENT: "分管副院长",
    Stage.DORMANT: "终本维护",
    Stage.CLOSED: "已结",
}

#: The teams of the practice that ``flask init`` founds: kind and name. Every intensive team brings
#: the post of its team lead.
FOUNDING_TEAMS: tuple[tuple[TeamKind, str], ...] = (
    (TeamKind.QUICK, "速执团队"),
    (TeamKind.CENTRE, "执行指挥中心"),
    (TeamKind.INTENSIVE, "精执一团队"),
    (TeamKind.INTENSIVE, "精执二团队"),
    (TeamKind.DORMANT, "终本维护团队"),
    (TeamKind.BUREAU_CHIEF, "执行局局长"),
    (TeamKind.VICE_PRESIDENT, "分管副院长"),
)

#: Case types (类型代字): first enforcement and resumed enforcement.
FIRST, RESUMED = "执", "执恢"
