"""What does enforcement tell the trial side? How many cases it sent, and what became of them (R27).

One function for each figure; 0/0 is None and reads —. What stands under a number on a screen or in
a workbook is said here too: ``BASES``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from linshu.rules.stages import Stage

FULFILLED = "执行完毕"
#: Before these are left, nobody but the debtor has brought a case to its end. [D]
EARLY = frozenset({Stage.INTAKE, Stage.QUICK})
#: To look for property coerces nobody; every other measure of a policy does. [D]
NO_COERCION = "asset_search"


def by_itself(closing_type: str, closed_in: Stage, coerced: bool) -> bool:
    """自动履行: fully enforced, in screening or with the quick team, and no coercive measure was
    ever done against anybody of the case. [D] (Preservation by the trial side is none of ours.)"""
    return closing_type == FULFILLED and closed_in in EARLY and not coerced


@dataclass(frozen=True, slots=True)
class Sent:
    """First-time cases (执) filed in a period: how many; of them, how many had been preserved, were
    mediated, are closed by now, were fully enforced, were fulfilled by themselves."""

    cases: int = 0
    preserved: int = 0
    mediated: int = 0
    closed: int = 0
    fulfilled: int = 0
    by_itself: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(
            self.cases + other.cases,
            self.preserved + other.preserved,
            self.mediated + other.mediated,
            self.closed + other.closed,
            self.fulfilled + other.fulfilled,
            self.by_itself + other.by_itself,
        )


def total(rows: Iterable[Sent]) -> Sent:
    """Several together."""
    return sum(rows, Sent())


def self_fulfilment(sent: Sent) -> Fraction | None:
    """自动履行率: fulfilled by themselves ÷ closed."""
    return _share(sent.by_itself, sent.closed)


def mediation(sent: Sent) -> Fraction | None:
    """调解率: mediated ÷ all that came."""
    return _share(sent.mediated, sent.cases)


def preservation(sent: Sent) -> Fraction | None:
    """保全率: preserved before filing ÷ all that came."""
    return _share(sent.preserved, sent.cases)


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def percent(share: Fraction | None) -> str:
    """A share as people read it: 33.3%; — where there is none."""
    if share is None:
        return "—"
    tenths = int(share * 1000 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}%"


#: What each figure is reckoned from, as it stands under the number.
BASES: Mapping[str, str] = {
    "cases": "期间内立案的首次执行案件;执恢案件不计",
    "self_fulfilment": "自动履行 ÷ 已结;自动履行指在立案甄别或者速执阶段执行完毕,"
    "且未采取强制措施(查控财产除外)",
    "mediation": "以调解书为执行依据 ÷ 期间内立案;未填种类的,看执行依据文字",
    "preservation": "立案前已保全 ÷ 期间内立案",
}
