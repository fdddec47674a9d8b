"""Simple or complex? The suggestion that a named person confirms or overrules (R3)."""

from dataclasses import dataclass

from linshu.rules.origins import mediated
from linshu.rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Facts:
    """What screening looks at: facts from the trial side and the filing (R27). Claim in fen."""

    preserved: bool
    cooperative: bool
    claim_fen: int
    address_confirmed: bool
    basis: str
    basis_kind: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``met``: the criteria's keys that hold; ``deciding``: those of them that make it simple."""

    simple: bool
    met: tuple[str, ...]
    deciding: tuple[str, ...]


def suggest(facts: Facts, policy: Policy) -> Suggestion:
    """R3: simple when any of the policy's deciding criteria holds (default: preserved or
    cooperative). The other criteria are shown, and decide where a court's policy says so."""
    holds = {
        "preserved": facts.preserved,
        "cooperative": facts.cooperative,
        "small_claim": facts.claim_fen <= policy.small_claim_fen,
        "address_confirmed": facts.address_confirmed,
        "mediated": mediated(facts.basis_kind, facts.basis),
    }
    met = tuple(key for key in policy.criteria if holds[key])
    deciding = tuple(key for key in met if key in policy.simple_when_any)
    return Suggestion(bool(deciding), met, deciding)
