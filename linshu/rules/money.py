"""What came in, what was paid out, what is still owed? 执行款, in fen; one place says each sum.

What comes in first is paid out first, whatever a pay-out says: a receipt's limit (法发〔2017〕6号)
is met by the pay-out that pays out the last of it. [D]
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from linshu.rules.numbers import yuan
from linshu.rules.said import Said


@dataclass(frozen=True, slots=True)
class Purse:
    """The money of one case, or of many together. ``claim``: what was asked for; ``interest``: the
    interest for delay that was entered; ``recovered``: what came in; ``paid``: what was paid out of
    it, ``diverted`` of that to others than the applicants; ``outstanding``: what is still to come
    in for them; ``surplus``: what came in beyond what is owed and has not gone elsewhere."""

    claim_fen: int = 0
    interest_fen: int = 0
    recovered_fen: int = 0
    paid_fen: int = 0
    diverted_fen: int = 0
    outstanding_fen: int = 0
    surplus_fen: int = 0

    @classmethod
    def of(
        cls,
        claim_fen: int,
        recovered_fen: int,
        paid_fen: int,
        interest_fen: int = 0,
        diverted_fen: int = 0,
    ) -> "Purse":
        """The purse of one case. What went to the state, to other creditors or back to the debtor
        settles nothing of what is owed to the applicants."""
        left = claim_fen + interest_fen - (recovered_fen - diverted_fen)
        sums = (claim_fen, interest_fen, recovered_fen, paid_fen, diverted_fen)
        return cls(*sums, max(0, left), max(0, -left))

    @property
    def owed_fen(self) -> int:
        """应执行: the claim with the interest."""
        return self.claim_fen + self.interest_fen

    @property
    def held_fen(self) -> int:
        """已到账未发放: what the court still holds."""
        return self.recovered_fen - self.paid_fen

    def __add__(self, other: "Purse") -> "Purse":
        return Purse(
            self.claim_fen + other.claim_fen,
            self.interest_fen + other.interest_fen,
            self.recovered_fen + other.recovered_fen,
            self.paid_fen + other.paid_fen,
            self.diverted_fen + other.diverted_fen,
            self.outstanding_fen + other.outstanding_fen,
            self.surplus_fen + other.surplus_fen,
        )


def refusal(recovered_fen: int, paid_fen: int) -> Said | None:
    """Why a case cannot have taken in and paid out these sums; None where it can: nothing is
    negative, and nobody pays out what has not come in."""
    if recovered_fen < 0 or paid_fen < 0:
        return Said("到位金额、已发放金额不能为负")
    if paid_fen > recovered_fen:
        sums = {"paid": yuan(paid_fen), "recovered": yuan(recovered_fen)}
        return Said("发放合计 {paid} 元超过到账合计 {recovered} 元", **sums)
    return None


@dataclass(frozen=True, slots=True)
class Sum:
    """A receipt or a pay-out as it stands now. ``entered``: the number of the entry that first told
    of it, which a correction keeps: it says which of two at one instant came first."""

    id: int
    at: datetime
    entered: int
    fen: int
    payee: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came in, and what of it still waits to be paid out. ``settled_by``: the pay-out that
    paid out the last of it."""

    receipt: Sum
    left_fen: int
    settled_by: Sum | None = None


def arrivals(receipts: Iterable[Sum], payouts: Iterable[Sum]) -> list[Arrival]:
    """What is left of each receipt, the oldest first: each pay-out pays out of the oldest money
    that is left. What was paid out beyond all that came in is of no receipt."""
    waiting, found = in_order(payouts), list[Arrival]()
    spare, last = 0, None
    for receipt in in_order(receipts):
        left = receipt.fen
        while left and (spare or waiting):
            if not spare:
                last = waiting.pop(0)
                spare = last.fen
            taken = min(left, spare)
            left, spare = left - taken, spare - taken
        found.append(Arrival(receipt, left, None if left else last))
    return found


def in_order(sums: Iterable[Sum]) -> list[Sum]:
    """The oldest first; of two at one instant the one that was entered first."""
    return sorted(sums, key=lambda one: (one.at, one.entered))
