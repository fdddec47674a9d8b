"""Which actions can be recorded, and what belongs to each? The one table of kinds.

A kind's key is the event that the countdowns of the policy start from and are met by.
"""

from collections.abc import Mapping

#: The kinds of the quick-record box. Money that came in is an action with an amount.
QUICK: Mapping[str, str] = {
    "call": "电话",
    "talk": "约谈",
    "visit": "走访",
    "search": "查询财产",
    "service": "送达",
    "receipt": "到账",
    "other": "其他",
}
#: What starts or meets a countdown (domain.md § 2), by what it concerns.
NODES: Mapping[str, Mapping[str, str]] = {
    "通知、告知": {
        "notice": "发出执行通知书、报告财产令",
        "parties_told": "告知当事人承办人",
    },
    "财产调查": {
        "clue": "收到财产线索",
        "urgent_clue": "收到紧急财产线索",
        "clue_checked": "线索核查完毕",
        "investigation_asked": "收到财产调查申请",
        "investigation_begun": "启动财产调查",
        "investigation_done": "完成财产调查",
        "dormant_search": "终本网络查控",
    },
    "查封、扣押、冻结": {
        "seizure": "查封、扣押、冻结",
        "seizure_renewed": "续行查封、扣押、冻结",
        "seizure_lifted": "解除查封、扣押、冻结",
    },
    "拍卖": {
        "movables_announced": "发布拍卖公告(动产)",
        "estate_announced": "发布拍卖公告(不动产)",
        "auction": "拍卖",
    },
    "案款": {"paid_out": "案款发放"},
    "信访": {
        "petition": "收到信访",
        "petition_recorded": "信访登记",
        "petition_finished": "信访办结",
    },
    "拘留": {
        "detention": "拘留",
        "family_told": "通知被拘留人家属",
        "released": "解除拘留",
    },
}
KINDS: Mapping[str, str] = {
    **QUICK,
    **{key: name for one in NODES.values() for key, name in one.items()},
}
#: Their document names the day on which it ends.
UNTIL = frozenset({"seizure", "seizure_renewed", "detention"})
#: They carry an amount; only what came in adds to the amount recovered.
RECEIPT, MONEY = "receipt", frozenset({"receipt", "paid_out"})
#: What the system itself notes: filed, a handler named, named in another's place, closed, 终本.
FILED, HANDLER, HANDLER_CHANGED = "filed", "handler", "handler_changed"
CLOSED, DORMANT = "closed", "dormant"
EVENTS = frozenset(KINDS) | {FILED, HANDLER, HANDLER_CHANGED, CLOSED, DORMANT}
