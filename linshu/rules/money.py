"""What came in, what was paid out, what is still owed? 执行款, in fen; one place says each sum."""

from dataclasses import dataclass

from linshu.rules.numbers import yuan
from linshu.rules.said import Said


@dataclass(frozen=True, slots=True)
class Purse:
    """The money of one case, or of many together. ``claim``: what was asked for; ``recovered``:
    what came in; ``paid``: what was paid out of it; ``outstanding``: what is still to come in."""

    claim_fen: int
    recovered_fen: int
    paid_fen: int
    outstanding_fen: int

    @classmethod
    def of(cls, claim_fen: int, recovered_fen: int, paid_fen: int) -> "Purse":
        """The purse of one case. More may come in than was claimed (interest for delay): then
        nothing is outstanding."""
        return cls(claim_fen, recovered_fen, paid_fen, max(0, claim_fen - recovered_fen))

    @property
    def held_fen(self) -> int:
        """已到账未发放: what the court still holds."""
        return self.recovered_fen - self.paid_fen

    def __add__(self, other: "Purse") -> "Purse":
        return Purse(
            self.claim_fen + other.claim_fen,
            self.recovered_fen + other.recovered_fen,
            self.paid_fen + other.paid_fen,
            self.outstanding_fen + other.outstanding_fen,
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
