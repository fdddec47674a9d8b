"""What is known of a case that is to be closed? What the records say, and what is attested."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

#: The network searches that a termination rests on, the other means of investigation, and what a
#: debtor may have besides (domain.md § 3, checks 2 to 4).
SEARCHES: Mapping[str, str] = {
    "banks": "银行存款",
    "securities": "证券",
    "internet_banks": "互联网银行",
    "vehicles": "车辆",
    "real_estate": "不动产",
    "business_register": "工商登记",
}
INVESTIGATIONS: Mapping[str, str] = {
    "field": "实地调查",
    "house_search": "搜查",
    "reward": "悬赏",
    "audit": "审计",
}
ENTITLEMENTS: Mapping[str, str] = {
    "provident_fund": "公积金",
    "wealth": "理财",
    "insurance": "保险",
    "dividends": "股息",
}
#: What a termination rests on (民诉法解释 art. 517): the applicant signs, or a panel reviewed it.
AGREEMENTS: Mapping[str, str] = {"signed": "申请执行人签名确认", "panel": "经合议庭评议"}


@dataclass(frozen=True, slots=True)
class Holding:
    """Something of a debtor's that was found. ``balance``: money on an account, which may be
    ignored when small; ``undisposable``: why nothing can be done with it; empty where it can."""

    name: str
    value_fen: int
    balance: bool = False
    undisposable: str = ""


@dataclass(frozen=True, slots=True)
class Debtor:
    """A debtor as the gate sees him: is a 限制消费令 in force?"""

    name: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case on the day on which it is to be closed. Amounts in fen.

    ``outstanding_fen``, ``held_fen``: as the case's purse has them; ``searched_on``: the last
    search of each kind;
    ``investigated``, ``looked_into``: keys of INVESTIGATIONS and ENTITLEMENTS; ``agreement``: one
    of AGREEMENTS; ``alive``: that no debtor is known dead or dissolved; ``claim_fits``: the claim
    is for money or what money can stand for; ``ground``: of 民诉法 art. 268, as it is called."""

    filed_on: date
    on: date
    claim_fen: int
    outstanding_fen: int
    held_fen: int = 0
    noticed_on: date | None = None
    property_ordered_on: date | None = None
    searched_on: Mapping[str, date] = field(default_factory=dict)
    investigated: frozenset[str] = frozenset()
    looked_into: frozenset[str] = frozenset()
    open_clues: int = 0
    holdings: tuple[Holding, ...] = ()
    debtors: tuple[Debtor, ...] = ()
    talked_on: date | None = None
    agreement: str = ""
    ruling: str = ""
    alive: bool = True
    claim_fits: bool = True
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Attested:
    """What no record can say and the handler therefore states: see ``Facts``. ``ground`` is a key
    of the policy's grounds."""

    investigated: frozenset[str] = frozenset()
    looked_into: frozenset[str] = frozenset()
    talked_on: date | None = None
    agreement: str = ""
    ruling: str = ""
    alive: bool = False
    claim_fits: bool = False
    ground: str = ""

    def as_json(self) -> dict[str, Any]:
        """As a request's particulars keep it."""
        return {
            "investigated": sorted(self.investigated),
            "looked_into": sorted(self.looked_into),
            "talked_on": self.talked_on.isoformat() if self.talked_on else None,
            "agreement": self.agreement,
            "ruling": self.ruling,
            "alive": self.alive,
            "claim_fits": self.claim_fits,
            "ground": self.ground,
        }

    @staticmethod
    def of(kept: Mapping[str, Any]) -> "Attested":
        """What ``as_json`` kept."""
        talked_on = kept["talked_on"]
        return Attested(
            frozenset(kept["investigated"]),
            frozenset(kept["looked_into"]),
            date.fromisoformat(talked_on) if talked_on else None,
            *(kept[key] for key in ("agreement", "ruling", "alive", "claim_fits", "ground")),
        )
