"""What was found of a debtor's, what may be done with it, and how long may a seizure last?

Each act is recorded as an action of its own kind, so that it ticks its flow node and starts its
limit; here is what it makes of the thing, and from where (民诉法解释 art. 485; 查扣冻规定 art. 27).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from linshu.rules.said import Said


class Status(StrEnum):
    """What has become of a thing."""

    CLUE = "clue"
    FOUND = "found"
    CONTROLLED = "controlled"
    APPRAISED = "appraised"
    SOLD = "sold"
    IN_LIEU = "in_lieu"
    RELEASED = "released"
    NOTHING = "nothing"
    CARRIED = "carried"


STATUS_ZH: Mapping[Status, str] = {
    Status.CLUE: "线索",
    Status.FOUND: "已查明",
    Status.CONTROLLED: "已查控",
    Status.APPRAISED: "已评估",
    Status.SOLD: "已变现",
    Status.IN_LIEU: "以物抵债",
    Status.RELEASED: "已解除",
    Status.NOTHING: "查无",
    Status.CARRIED: "已转恢复案件",
}
#: Nothing more is to be done with these.
OVER = frozenset({Status.SOLD, Status.IN_LIEU, Status.RELEASED, Status.NOTHING, Status.CARRIED})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of property, and for how many years at most it may be seized at a time."""

    name: str
    years: int


KINDS: Mapping[str, Kind] = {
    "deposit": Kind("存款", 1),
    "movable": Kind("动产", 2),
    "vehicle": Kind("车辆", 2),
    "real_estate": Kind("不动产", 3),
    "securities": Kind("证券、股权", 3),
    "other": Kind("其他财产权", 3),
}
BALANCE = "deposit"


@dataclass(frozen=True, slots=True)
class Act:
    """What may be done: the kind of action it is recorded as, from which statuses, what it makes of
    the thing (None: leaves it as it is), whether its document names an end, or a value."""

    name: str
    action: str
    before: frozenset[Status]
    after: Status | None
    until: bool = False
    value: bool = False


_OPEN = frozenset({Status.FOUND, Status.APPRAISED, Status.RELEASED})
_HELD = frozenset({Status.CONTROLLED, Status.APPRAISED})
_ALL = frozenset({Status.FOUND, Status.CONTROLLED, Status.APPRAISED})
ACTS: Mapping[str, Act] = {
    "seize": Act("查封", "seizure", _OPEN, Status.CONTROLLED, until=True),
    "impound": Act("扣押", "impounding", _OPEN, Status.CONTROLLED, until=True),
    "freeze": Act("冻结", "freezing", _OPEN, Status.CONTROLLED, until=True),
    "freeze_deposit": Act("银行存款冻结", "deposit_freezing", _OPEN, Status.CONTROLLED, until=True),
    "renew": Act("续行查封、扣押、冻结", "seizure_renewed", _HELD, None, until=True),
    "release": Act("解除查封、扣押、冻结", "seizure_lifted", _HELD, Status.RELEASED),
    "appraise": Act("送达评估报告", "appraisal_served", _ALL, Status.APPRAISED, value=True),
    "sell": Act("拍卖成功确认", "auction_confirmed", _HELD, Status.SOLD, value=True),
    "transfer": Act("启动划拨", "deposit_transfer", _HELD, Status.SOLD, value=True),
    "give_in_lieu": Act("确定以物抵债", "in_lieu", _HELD, Status.IN_LIEU, value=True),
    "confirm": Act("线索核查完毕", "clue_checked", frozenset({Status.CLUE}), Status.FOUND),
    "dismiss": Act("线索核查完毕(查无)", "clue_checked", frozenset({Status.CLUE}), Status.NOTHING),
}


def possible(status: Status) -> tuple[str, ...]:
    """What may be done with a thing of this status, in order."""
    return tuple(key for key, act in ACTS.items() if status in act.before)


def latest_until(kind: str, happened_on: date) -> date:
    """The last day that a seizure of such a thing may name: deposits a year, movables two, real
    estate and other rights three (民诉法解释 art. 485)."""
    return happened_on + relativedelta(years=KINDS[kind].years)


def refusal(
    kind: str, status: Status, key: str, happened_on: date, until_on: date | None
) -> Said | None:
    """Why an act may not be done with a thing; None where it may."""
    act = ACTS[key]
    if status not in act.before:
        return Said(
            "财产为{status}状态,不能{act}", status=Said(STATUS_ZH[status]), act=Said(act.name)
        )
    if act.until and until_on is not None:
        most = latest_until(kind, happened_on)
        if until_on > most:
            law = "民诉法解释第四百八十五条"
            name = Said(KINDS[kind].name)
            return Said("{name}的期限最迟至 {most}({law})", name=name, most=most, law=law)
    return None
