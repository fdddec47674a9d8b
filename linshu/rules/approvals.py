"""Who decides what is asked for, and who in his place? (domain.md § 4)

The policy says for each kind of request which role decides and in how many working days; after
that it goes to the next up. Nobody decides what he asked for himself, nobody below the holder
decides at all, and a substitute decides for whom he stands in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from linshu.rules.duties import Holder, Role, Seat, leads
from linshu.rules.stages import TeamKind

#: From the one who decides first to the one with whom it ends.
LADDER = (Role.TEAM_LEAD, Role.BUREAU_CHIEF, Role.VICE_PRESIDENT, Role.PRESIDENT)
#: The lowest rung that may decide about what a post itself holds.
_ABOVE = {TeamKind.TEAM_LEAD: 1, TeamKind.BUREAU_CHIEF: 2, TeamKind.VICE_PRESIDENT: 3}


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be decided: who asked, who held the case then, the role that the policy names, how
    often nobody decided in time, and who passed it on at the gate."""

    asker: Seat
    holder: Holder
    needed: Role
    raised: int = 0
    reviewer_id: int | None = None

    @property
    def role(self) -> Role:
        """The role that decides now: the named one, or the first above the holder's post and above
        the asker; each time nobody decided in time the next up, to the president at most."""
        rung = max(LADDER.index(self.needed), _ABOVE.get(self.holder.kind, 0))
        if self.asker.role in LADDER:
            rung = max(rung, LADDER.index(self.asker.role) + 1)
        return LADDER[min(rung + self.raised, len(LADDER) - 1)]


def decides(seat: Seat, question: Question) -> bool:
    """Whether this person decides it. Nobody decides his own, or what he has reviewed; a lead only
    for his team or post."""
    if seat.person_id in (question.asker.person_id, question.reviewer_id):
        return False
    if seat.role is not question.role:
        return False
    return seat.role is not Role.TEAM_LEAD or leads(seat, question.holder)


@dataclass(frozen=True, slots=True)
class Review:
    """What waits at the gate: who reported it, the role that the policy has review it, and how
    often nobody did in time."""

    reporter: Seat
    by: Role
    raised: int = 0

    @property
    def roles(self) -> tuple[Role, ...]:
        """Who reviews it: the gate; once nobody did in time, the bureau chief too. [D]"""
        return (self.by, Role.BUREAU_CHIEF) if self.raised else (self.by,)


def reviews(seat: Seat, review: Review) -> bool:
    """Whether this person reviews it. Nobody reviews his own."""
    return seat.person_id != review.reporter.person_id and seat.role in review.roles


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody at work on one day: his own seat, and those of the absent whose substitute he is."""

    own: Seat
    stands_for: tuple[Seat, ...] = ()

    def decides(self, question: Question) -> Seat | None:
        """In whose seat he decides; None where he does not. What he asked for himself he decides in
        nobody's place."""
        if self.own.person_id == question.reviewer_id:
            return None
        return self._first(question.asker, lambda seat: decides(seat, question))

    def receives(self, receiver: Holder, asker: Seat) -> Seat | None:
        """In whose seat he confirms for the receiving team or post; None where he does not."""
        return self._first(asker, lambda seat: seat != asker and leads(seat, receiver))

    def _first(self, asker: Seat, may: Callable[[Seat], bool]) -> Seat | None:
        if self.own.person_id == asker.person_id:
            return None
        return next((seat for seat in (self.own, *self.stands_for) if may(seat)), None)


def may_stand_in(absent: Role, substitute: Role) -> bool:
    """Whether somebody of the one role may be the substitute of the other: only those who decide
    have one, and only they are one; nobody stands in for somebody two rungs above him."""
    if absent not in LADDER or substitute not in LADDER:
        return False
    return LADDER.index(absent) - LADDER.index(substitute) <= 1
