"""督办: who may order that something be done, who answers, who is satisfied? One table.

ordered → answered by whoever holds the case → settled by whoever ordered it, or back to ordered
with a reason and a new deadline; withdrawn with a reason at any time before that. That the missing
act was recorded is derived, never stored, and lets the orderer settle without further words. An
order goes along with its case and moves no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from linshu.rules.duties import Duty, Holder, Seat, holds, may

MOST_DAYS = 60  # working days that an order may leave


class Status(StrEnum):
    """How far an order is."""

    ORDERED = "ordered"
    ANSWERED = "answered"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What can be done with an order."""

    ANSWER = "answer"
    SETTLE = "settle"
    RETURN = "return"
    WITHDRAW = "withdraw"


#: What stands, until its orderer closes it.
LIVE = (Status.ORDERED, Status.ANSWERED)
AFTER: Mapping[Act, Status] = {
    Act.ANSWER: Status.ANSWERED,
    Act.SETTLE: Status.SETTLED,
    Act.RETURN: Status.ORDERED,
    Act.WITHDRAW: Status.WITHDRAWN,
}
STATUS_ZH: Mapping[Status, str] = {
    Status.ORDERED: "待办理",
    Status.ANSWERED: "已答复",
    Status.SETTLED: "已了结",
    Status.WITHDRAWN: "已撤回",
}


@dataclass(frozen=True, slots=True)
class Sides:
    """Who stands on either side of an order: who ordered it (None: no longer in office, then
    anybody who may order stands in), who holds the case, who answered."""

    orderer: Seat | None
    holder: Holder
    answered_by: int | None = None


def fits(act: Act, status: Status, done: bool) -> bool:
    """Whether an order as it stands allows for it. ``done``: the missing act has been recorded
    since it was last ordered."""
    match act:
        case Act.ANSWER:
            return status is Status.ORDERED
        case Act.SETTLE | Act.RETURN:
            return status is Status.ANSWERED or (status is Status.ORDERED and done)
        case Act.WITHDRAW:
            return status in LIVE


def concerns(seat: Seat, act: Act, sides: Sides) -> bool:
    """Whether it is this person's to do: the holder answers, the orderer does the rest."""
    if act is Act.ANSWER:
        return may(seat.role, Duty.RECORD) and holds(seat, sides.holder)
    if not may(seat.role, Duty.ORDER):
        return False
    return sides.orderer is None or sides.orderer.person_id == seat.person_id


def judges_himself(seat: Seat, act: Act, sides: Sides) -> bool:
    """Nobody is satisfied with an answer of his own; he may withdraw the order."""
    return act in (Act.SETTLE, Act.RETURN) and sides.answered_by == seat.person_id


def allowed(seat: Seat, status: Status, done: bool, sides: Sides) -> tuple[Act, ...]:
    """What this person may do with an order as it stands."""
    return tuple(
        act
        for act in Act
        if fits(act, status, done)
        and concerns(seat, act, sides)
        and not judges_himself(seat, act, sides)
    )
