"""Which numbers hold? The policy document (TOML) as frozen values, validated whole.

Every limit, list and number of the practice stands in a policy; ``policies/linshu-2021.toml`` is
the practice as published. A stint keeps the version it started under.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from linshu.rules.deadlines import (
    ApprovalRule,
    Countdown,
    ExtensionRule,
    PauseKind,
    read_approvals,
    read_countdowns,
    read_extension,
    read_pauses,
)
from linshu.rules.entry import EntryRules, read_entry
from linshu.rules.gate import Gate, read_gate
from linshu.rules.measures import Measure, read_measures
from linshu.rules.nodes import read_nodes
from linshu.rules.reading import Reader
from linshu.rules.said import Said
from linshu.rules.stages import Stage


class PolicyFault(ValueError):
    """The document is not a policy; ``faults`` says everything that is wrong."""

    def __init__(self, faults: list[Said]) -> None:
        super().__init__(";".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time in calendar months and days; either may be zero, not both."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Ground:
    """Why an early transfer is asked for; an exempt one posts no points once confirmed (R20)."""

    key: str
    name: str
    exempt: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the policy. Built by :func:`parse` alone, so that it is always valid."""

    version: str
    title: str
    effective_on: date
    limits: Mapping[Stage, Limit]
    centre_after_quick: Limit
    rolls: bool
    sideways_moves: int
    lifts: tuple[Stage, ...]
    base_points: int
    claim_days: int
    late_record_days: int
    simple_when_any: tuple[str, ...]
    criteria: Mapping[str, str]
    small_claim_fen: int
    statutory_first: Limit
    statutory_non_litigation: Limit
    non_litigation_causes: tuple[str, ...]
    grounds: Mapping[str, Ground]
    closing_types: tuple[str, ...]
    dormant_types: tuple[str, ...]
    gate: Gate
    measures: Mapping[str, Measure]
    nodes: Mapping[Stage, tuple[str, ...]]
    soon_days: int
    extension: ExtensionRule
    approvals: Mapping[str, ApprovalRule]
    pauses: Mapping[str, PauseKind]
    alert_days: tuple[int, ...]
    countdowns: Mapping[str, Countdown]
    entry: EntryRules

    def limit(self, stage: Stage, came_from: Stage | None) -> Limit:
        """How long a case may stay at ``stage``, having come from ``came_from`` (R6, R12).

        KeyError for ``dormant`` and ``closed``, which have none (R1)."""
        if stage is Stage.CENTRE and came_from is Stage.QUICK:
            return self.centre_after_quick
        return self.limits[stage]

    def statutory_limit(self, cause: str) -> Limit:
        """法定执行期限: 6 months, 3 for non-litigation cases (法发〔2006〕35号 art. 1)."""
        if cause in self.non_litigation_causes:
            return self.statutory_non_litigation
        return self.statutory_first


LIMITED = tuple(stage for stage in Stage if stage.limited)
_LIFTABLE = (Stage.TEAM_LEAD, Stage.BUREAU_CHIEF, Stage.VICE_PRESIDENT)


#: What a request and a case have room for.
LONGEST_KEY, LONGEST_TYPE = 20, 40
#: The criteria that screening knows how to read off a case.
CRITERIA = ("preserved", "cooperative", "small_claim", "address_confirmed", "mediated")


@lru_cache(maxsize=32)
def parse(text: str) -> Policy:
    """The policy that a TOML document says. PolicyFault naming every fault.

    Kept by its text, which is all it depends on: every page asks for the policy in force."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers and nesting beyond all measure
        raise PolicyFault([Said("不是有效的 TOML:{why}", why=str(error))]) from error
    reader = Reader(_completed(document))
    policy = _read(reader)
    _cross_check(policy, reader)
    if reader.faults:
        raise PolicyFault(reader.faults)
    return policy


def _read(reader: Reader) -> Policy:
    return Policy(
        version=reader.take("version", str, ""),
        title=reader.take("title", str, ""),
        effective_on=reader.take("effective_on", date, date.min),
        limits={stage: _limit(reader, f"limits.{stage}") for stage in LIMITED},
        centre_after_quick=_limit(reader, "limits.centre_after_quick"),
        rolls=reader.take("limits.rolls_over_days_off", bool, True),
        sideways_moves=reader.number("route.sideways_moves", 0, 9),
        lifts=_lifts(reader),
        base_points=reader.number("points.base", 1, 1000),
        claim_days=reader.number("working_days.claim", 1, 30),
        late_record_days=reader.number("working_days.late_record", 0, 30),
        simple_when_any=reader.words("screening.simple_when_any"),
        criteria=_criteria(reader),
        small_claim_fen=reader.number("screening.numbers.small_claim_fen", 0, 10**13),
        statutory_first=_limit(reader, "statutory.first"),
        statutory_non_litigation=_limit(reader, "statutory.non_litigation"),
        non_litigation_causes=reader.words("statutory.non_litigation_causes"),
        grounds=_grounds(reader),
        closing_types=reader.words("closing.types"),
        dormant_types=reader.words("closing.dormant_types"),
        gate=read_gate(reader, reader.words("closing.types")),
        measures=read_measures(reader),
        nodes={Stage(key): codes for key, codes in read_nodes(reader, LIMITED).items()},
        soon_days=reader.number("countdown.soon_days", 0, 60),
        extension=read_extension(reader),
        approvals=read_approvals(reader),
        pauses=read_pauses(reader),
        alert_days=reader.days("alerts.days"),
        countdowns=read_countdowns(reader),
        entry=read_entry(reader),
    )


def _limit(reader: Reader, path: str) -> Limit:
    raw = reader.take(path, dict, {"days": 1})
    months, days = raw.get("months", 0), raw.get("days", 0)
    fits = type(months) is int and type(days) is int and 0 <= months <= 120 and 0 <= days <= 3650
    if not fits or months + days == 0 or set(raw) - {"months", "days"}:
        reader.faults.append(
            Said("{path}:期限应写作 {{ months = 1 }} 或 {{ days = 3 }},且大于零", path=path)
        )
        return Limit(days=1)
    return Limit(months, days)


def _lifts(reader: Reader) -> tuple[Stage, ...]:
    if reader.words("route.lifts") != tuple(str(stage) for stage in _LIFTABLE):
        fault = Said("route.lifts:上提依次为团队长、执行局局长、分管副院长,不得跳过(R11)")
        reader.faults.append(fault)
    return _LIFTABLE


def _criteria(reader: Reader) -> Mapping[str, str]:
    raw = reader.take("screening.criteria", dict, {})
    if set(raw) != set(CRITERIA):
        reader.faults.append(Said("screening.criteria:应恰有 {keys}", keys=CRITERIA))
    return {key: str(name) for key, name in raw.items()}


def _grounds(reader: Reader) -> Mapping[str, Ground]:
    path = "transfer.grounds"
    return {
        key: Ground(
            key,
            reader.word(f"{path}.{key}.name"),
            reader.take(f"{path}.{key}.exempt", bool, False),
        )
        for key in reader.sections(path, LONGEST_KEY)
    }


def _cross_check(policy: Policy, reader: Reader) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", policy.version):
        reader.faults.append(Said("version:1 至 40 个字母、数字、点或连字符"))
    if not set(policy.simple_when_any) <= set(policy.criteria):
        reader.faults.append(Said("screening.simple_when_any:只能用 criteria 中的项目"))
    if not set(policy.dormant_types) <= set(policy.closing_types):
        reader.faults.append(Said("closing.dormant_types:只能用 types 中的结案方式"))
    if set(policy.dormant_types) & set(policy.gate.from_dormant):
        reader.faults.append(Said("gate.from_dormant:不能用 dormant_types 中的结案方式"))
    if not policy.closing_types or any(len(one) > LONGEST_TYPE for one in policy.closing_types):
        reader.faults.append(Said("closing.types:至少一项,每项不超过 {most} 字", most=LONGEST_TYPE))


#: Sections that documents adopted before they existed leave out: they hold as published.
_ADDED = (
    *("gate", "measures", "nodes", "approvals"),
    *("extension", "pauses", "alerts", "countdowns", "entry"),
)


def _completed(document: Mapping[str, Any]) -> Mapping[str, Any]:
    missing = [section for section in _ADDED if section not in document]
    published = tomllib.loads(published_text()) if missing else {}
    added = {section: published[section] for section in missing}
    named = document.get("extension", {})
    if "approvals" in added and isinstance(named, dict) and "approved_by" in named:
        # where documents said it before there was a section for all kinds
        added["approvals"]["extension"]["approved_by"] = named["approved_by"]
    return {**document, **added}


def published_text() -> str:
    """The text of the practice as published (linshu-2021)."""
    return resources.files(__package__).joinpath("policies/linshu-2021.toml").read_text("utf-8")
