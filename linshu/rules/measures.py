"""Which measures are there, within which bounds, and what was left out? (R5; domain.md § 3)

The list is policy data. The centre's five stand as a checklist for each debtor; a coercive measure
has its bounds in law and somebody who approves it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from linshu.rules.numbers import IdKind, id_kind, yuan
from linshu.rules.reading import Reader
from linshu.rules.said import Said

D = TypeVar("D")  # what a debtor is named by
LONGEST_KEY = 20
NOBODY = ""
APPROVERS = (NOBODY, "team_lead", "bureau_chief", "vice_president", "president")


class Standing(StrEnum):
    """How far a measure is against one debtor, the least done first."""

    BLANK = "blank"
    APPLIED = "applied"
    DONE = "done"
    NOT_APPLICABLE = "not_applicable"


STANDING_ZH: Mapping[Standing, str] = {
    Standing.BLANK: "未记载",
    Standing.APPLIED: "已申请",
    Standing.DONE: "已采取",
    Standing.NOT_APPLICABLE: "不适用",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. ``centre``: it is one of the five of the command centre; ``approved_by``: the
    role that approves it, empty where nobody has to; ``law``: its article. ``most_fen`` bounds a
    fine of a person, ``unit_fen`` (least, most) that of a unit; ``most_days`` a detention. Nulls
    and zeros bound nothing."""

    key: str
    name: str
    law: str
    centre: bool
    approved_by: str
    most_fen: int
    unit_fen: tuple[int, int]
    most_days: int

    @property
    def is_fine(self) -> bool:
        return self.most_fen > 0

    @property
    def is_detention(self) -> bool:
        return self.most_days > 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A measure as it is asked for against one debtor; ``unit``: he is a unit, not a person."""

    unit: bool
    amount_fen: int = 0
    days: int = 0


def read_measures(reader: Reader) -> Mapping[str, Measure]:
    """The section ``measures``, in its order."""
    return {
        key: _measure(reader, key, f"measures.{key}")
        for key in reader.sections("measures", LONGEST_KEY)
    }


def _measure(reader: Reader, key: str, path: str) -> Measure:
    least = reader.number(f"{path}.least_unit_fen", 0, 10**12, default=0)
    most = reader.number(f"{path}.most_unit_fen", 0, 10**12, default=0)
    if least > most:
        reader.faults.append(Said("{path}:单位罚款的下限高于上限", path=path))
    approver = reader.take(f"{path}.approved_by", str, NOBODY, optional=True)
    if approver not in APPROVERS:
        words = Said("{path}:只能用 {words}", path=f"{path}.approved_by", words=APPROVERS[1:])
        reader.faults.append(words)
    return Measure(
        key,
        reader.word(f"{path}.name"),
        reader.word(f"{path}.law"),
        reader.take(f"{path}.centre", bool, False, optional=True),
        approver,
        reader.number(f"{path}.most_fen", 0, 10**12, default=0),
        (least, most),
        reader.number(f"{path}.most_days", 0, 366, default=0),
    )


def refusal(measure: Measure, wanted: Wanted) -> Said | None:
    """Why the law forbids a measure as it is asked for, with the article; None where it does not.

    A fine is at most 100,000 yuan for a person and 50,000 to 1,000,000 for a unit, a detention at
    most 15 days and never of a unit (民诉法 arts. 118, 119): the numbers are the policy's."""
    said = _fine(measure, wanted) if measure.is_fine else None
    said = _detention(measure, wanted) if measure.is_detention else said
    return said and Said("{why}({law})", why=said, law=measure.law)


def _fine(measure: Measure, wanted: Wanted) -> Said | None:
    least, most = measure.unit_fen if wanted.unit else (1, measure.most_fen)
    if least <= wanted.amount_fen <= most:
        return None
    if wanted.unit:
        bounds = {"least": yuan(least), "most": yuan(most)}
        return Said("对单位的罚款为 {least} 元至 {most} 元", **bounds)
    return Said("对个人的罚款不超过 {most} 元", most=yuan(most))


def _detention(measure: Measure, wanted: Wanted) -> Said | None:
    if wanted.unit:
        return Said("拘留的对象只能是自然人,单位的应写明负责人")
    if 1 <= wanted.days <= measure.most_days:
        return None
    return Said("拘留不超过 {most} 日", most=measure.most_days)


_UNITS = ("公司", "厂", "店", "社", "中心", "医院", "学校", "委员会", "经营部", "商行", "集团")


def is_unit(name: str, id_number: str) -> bool:
    """Whether a debtor is a unit and no person: by his number, or without one by his name."""
    kind = id_kind(id_number)
    if kind is not IdKind.NONE:
        return kind is IdKind.CREDIT
    return name.endswith(_UNITS)


def least_done(standings: Iterable[Standing]) -> Standing:
    """What the case shows of a measure: the least done of its debtors; blank without any (R5)."""
    order = list(Standing)
    return min(standings, key=order.index, default=Standing.BLANK)


def omissions(
    measures: Mapping[str, Measure], standings: Mapping[D, Mapping[str, Standing]]
) -> tuple[tuple[str, D], ...]:
    """Which of the five are still blank as a case leaves the centre: (measure, debtor), in order.
    They are recorded and never block the move (R5). ``standings``: debtor → measure → standing."""
    return tuple(
        (key, debtor)
        for key, measure in measures.items()
        for debtor, known in standings.items()
        if measure.centre and known.get(key, Standing.BLANK) is Standing.BLANK
    )
