"""Which of the 37 flow nodes has a case gone through, and which did it miss? (执行流程节点)

Recorded acts tick them, measures that were taken, and what the system itself knows: screened,
handed to somebody, resumed, closed. What a stage should have brought is policy data; what a case
left undone as it moved on is written on its supervision sheet, and never blocks the move.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from linshu.rules.reading import Reader
from linshu.rules.said import Said

#: What the system knows without a recorded act.
SCREENED, HANDLED, RESUMED, ENDED = "screened", "handled", "resumed", "ended"


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its code in the court database, its name, what ticks it (any of these)."""

    code: str
    name: str
    ticked_by: frozenset[str]


#: A measure that was taken ticks as ``measure:`` with its key in the policy.
MEASURE = "measure:"
#: Which of the published measures are sanctions (制裁). [D]
SANCTIONS = ("fine", "detention", "referral")


def _taken(*measures: str) -> tuple[str, ...]:
    return tuple(MEASURE + key for key in measures)


def _node(code: str, name: str, *ticked_by: str) -> Node:
    return Node(code, name, frozenset(ticked_by))


#: The nodes of the court database (domain.md § 3), in the order of their codes.
NODES: tuple[Node, ...] = (
    _node("001", "立案审查", SCREENED),
    _node("002", "分案", HANDLED),
    _node("003", "发出执行通知书", "notice"),
    _node("004", "首次启动网络查控", "network_search"),
    _node("005", "首次启动传统查控", "field_begun"),
    _node("006", "完成传统查控", "field_done"),
    _node("007", "无财产启动约谈", "poor_talk"),
    _node("008", "约谈执行线索", "clue_talk"),
    _node("009", "线索核查", "clue_checked"),
    _node("010", "启动恢复执行", RESUMED),
    _node("011", "其他控制财产", "other_control"),
    _node("012", "查封", "seizure"),
    _node("013", "扣押", "impounding"),
    _node("014", "冻结", "freezing"),
    _node("015", "银行存款冻结", "deposit_freezing"),
    _node("016", "启动划拨", "deposit_transfer", *_taken("transfer")),
    _node("017", "启动评估", "appraisal_begun", *_taken("appraisal")),
    _node("018", "送达评估报告", "appraisal_served"),
    _node("019", "评估异议提起", "appraisal_disputed"),
    _node("020", "评估异议审查", "appraisal_settled"),
    _node(
        "021", "启动拍卖", "movables_announced", "estate_announced", "auction", *_taken("auction")
    ),
    _node("022", "拍卖成功确认", "auction_confirmed"),
    _node("023", "启动二拍", "auction_second"),
    _node("024", "启动三拍", "auction_third"),
    _node("025", "确定以物抵债", "in_lieu", *_taken("in_lieu")),
    _node("026", "启动变卖", "sale", *_taken("sale")),
    _node("027", "拍卖/以物抵债移交", "handed_over"),
    _node("028", "办理款物支付手续", "payment_begun"),
    _node("029", "完成款物支付手续", "paid_out"),
    _node("030", "启动执行制裁措施", "sanction", "detention", *_taken(*SANCTIONS)),
    _node("031", "结案", ENDED),
    _node("032", "归档", "archived"),
    _node("033", "有财产案件进入程序", "with_property"),
    _node("034", "无财产案件进入程序", "without_property"),
    _node("035", "启动终本程序", "termination_begun"),
    _node("036", "有足额财产报结启动", "paid_in_full"),
    _node("037", "网络查控次数", "network_search"),
)
BY_CODE: Mapping[str, Node] = {node.code: node for node in NODES}


@dataclass(frozen=True, slots=True)
class Tick:
    """A node that was gone through: first when, and how often."""

    first_on: date
    times: int = 1


class Standing(StrEnum):
    """How a node stands: done; late, while a limit for it has run out; missed, since a stage that
    should have brought it ended without; running, while a limit for it runs; or nothing yet."""

    DONE = "done"
    LATE = "late"
    MISSED = "missed"
    RUNNING = "running"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Line:
    """A node of one case. ``due_on``: the last day of the limit that runs for it."""

    node: Node
    standing: Standing
    tick: Tick | None = None
    due_on: date | None = None


def ticked(happened: Mapping[str, Tick]) -> Mapping[str, Tick]:
    """Code → tick, of the nodes gone through. ``happened``: what happened → when, how often."""
    found = {}
    for node in NODES:
        ticks = [happened[one] for one in node.ticked_by if one in happened]
        if ticks:
            first_on = min(tick.first_on for tick in ticks)
            found[node.code] = Tick(first_on, sum(tick.times for tick in ticks))
    return found


def missed(expected: Iterable[str], happened: Iterable[str]) -> tuple[str, ...]:
    """The codes that a stage should have brought (``expected``) and nothing that happened ticks, in
    the order of the codes."""
    known = set(happened)
    return tuple(code for code in sorted(expected) if not BY_CODE[code].ticked_by & known)


def lines(
    happened: Mapping[str, Tick],
    left_out: Iterable[str],
    running: Mapping[str, date | None],
    today: date,
) -> tuple[Line, ...]:
    """Every node of a case as it stands. ``left_out``: codes that ended stages left undone;
    ``running``: what a limit waits for (an act) → its last day, None while it is paused."""
    done, missing = ticked(happened), set(left_out)
    found = []
    for node in NODES:
        due = [running[act] for act in node.ticked_by if act in running]
        due_on = min((day for day in due if day), default=None)
        if node.code in done and not due:
            standing = Standing.DONE
        elif due_on is not None and due_on < today:
            standing = Standing.LATE
        elif node.code in missing and node.code not in done:
            standing = Standing.MISSED
        elif node.code in done:
            standing = Standing.DONE
        else:
            standing = Standing.RUNNING if due else Standing.NONE
        found.append(Line(node, standing, done.get(node.code), due_on))
    return tuple(found)


def read_nodes(reader: Reader, stages: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """The section ``nodes.expected``: stage → the codes that it should bring; a stage that it does
    not name brings none."""
    named = reader.take("nodes.expected", dict, {})
    strange = set(named) - set(stages)
    if strange:
        reader.faults.append(Said("{path}:只能用 {words}", path="nodes.expected", words=stages))
    known = tuple(BY_CODE)
    return {one: reader.words(f"nodes.expected.{one}", known) for one in named if one in stages}
