"""What does a move cost? 前减后加: what the earlier node loses, the later one gains.

R17–R19: expiry from node n to n+1 posts −d and +d, d = base × hop, so that each node that fails
nets −base and the one that closes the case keeps all that was passed on.
"""

from dataclasses import dataclass

from linshu.rules.policy import Policy
from linshu.rules.transitions import Move

GIVE, RECEIVE = "give", "receive"


@dataclass(frozen=True, slots=True)
class Posting:
    """Points (an integer, negative for the giving side) posted to a team or post."""

    team_id: int
    side: str
    points: int


def postings(move: Move, policy: Policy) -> tuple[Posting, ...]:
    """The two postings of a move, which sum to zero; none where the move posts nothing (R20)."""
    if not move.posts:
        return ()
    points = policy.base_points * move.hop
    return (
        Posting(move.from_team_id, GIVE, -points),
        Posting(move.to_team_id, RECEIVE, points),
    )
