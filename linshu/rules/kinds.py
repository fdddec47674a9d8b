"""Which actions can be recorded, and what belongs to each? The one table of kinds.

A kind's key, or what it acts as, is the event that the countdowns of the policy start from and
are met by.
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
#: The acts that tick a flow node (``nodes``), start or meet a countdown (domain.md § 2), by what
#: they concern.
NODES: Mapping[str, Mapping[str, str]] = {
    "通知、告知": {
        "notice": "发出执行通知书、报告财产令",
        "parties_told": "告知当事人承办人",
    },
    "财产调查": {
        "network_search": "网络查控",
        "field_begun": "启动传统查控",
        "field_done": "完成传统查控",
        "clue": "收到财产线索",
        "urgent_clue": "收到紧急财产线索",
        "clue_talk": "约谈执行线索",
        "clue_checked": "线索核查完毕",
        "poor_talk": "无财产启动约谈",
        "investigation_asked": "收到财产调查申请",
        "investigation_begun": "启动财产调查",
        "investigation_done": "完成财产调查",
        "with_property": "有财产案件进入程序",
        "without_property": "无财产案件进入程序",
    },
    "查封、扣押、冻结": {
        "seizure": "查封",
        "impounding": "扣押",
        "freezing": "冻结",
        "deposit_freezing": "银行存款冻结",
        "other_control": "其他控制财产",
        "seizure_renewed": "续行查封、扣押、冻结",
        "seizure_lifted": "解除查封、扣押、冻结",
    },
    "评估、拍卖、变卖": {
        "appraisal_begun": "启动评估",
        "appraisal_served": "送达评估报告",
        "appraisal_disputed": "评估异议提起",
        "appraisal_settled": "评估异议审查",
        "movables_announced": "发布拍卖公告(动产)",
        "estate_announced": "发布拍卖公告(不动产)",
        "auction": "拍卖",
        "auction_confirmed": "拍卖成功确认",
        "auction_second": "启动二拍",
        "auction_third": "启动三拍",
        "in_lieu": "确定以物抵债",
        "sale": "启动变卖",
        "handed_over": "拍卖、以物抵债移交",
    },
    "案款": {
        "deposit_transfer": "启动划拨",
        "payment_begun": "办理款物支付手续",
        "paid_out": "案款发放",
        "interest": "迟延履行利息",
        "paid_in_full": "有足额财产报结启动",
    },
    "制裁、终本": {
        "sanction": "启动执行制裁措施",
        "termination_begun": "启动终本程序",
    },
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
    "终本维护": {
        "dormant_search": "终本网络查控",
        "search_told": "告知申请人查控结果",
        "consultation": "来访来电咨询",
    },
}
#: What the services alone record, each with a decision of its own.
CARE: Mapping[str, str] = {
    "care_continued": "继续终本维护五年",
    "care_continued_year": "继续终本维护一年",
    "seizure_carried": "承接原案查封、扣押、冻结",
}
#: The one act in a case that is closed for good.
ARCHIVED = "archived"
KINDS: Mapping[str, str] = {
    **QUICK,
    **{key: name for one in NODES.values() for key, name in one.items()},
    ARCHIVED: "归档",
    **CARE,
}
#: Their document names the day on which it ends.
UNTIL = frozenset(
    {
        *("seizure", "impounding", "freezing", "deposit_freezing", "seizure_renewed"),
        *("seizure_carried", "detention"),
    }
)
#: What the countdowns take one kind of act for: the law lets a seizure lapse in whatever form.
ACTS_AS: Mapping[str, str] = dict.fromkeys(
    ("impounding", "freezing", "deposit_freezing", "seizure_carried"), "seizure"
)
#: They carry an amount: what came in, what was paid out, what is owed on top of the claim.
RECEIPT, PAID, INTEREST = "receipt", "paid_out", "interest"
MONEY = frozenset({RECEIPT, PAID, INTEREST})
#: To whom a pay-out may go (诉讼费用交纳办法 for the fee, 民诉法解释 art. 506 for the others who
#: share). Only what the applicants got settles what is owed to them.
APPLICANT = "applicant"
PAYEES: Mapping[str, str] = {
    APPLICANT: "申请执行人",
    "fee": "执行费(上缴国库)",
    "debtor": "退还被执行人",
    "sharer": "参与分配的其他债权人",
}
#: What the system itself notes: filed, a handler named, named in another's place, closed, 终本,
#: resumed under another number, an application for that received and reviewed.
FILED, HANDLER, HANDLER_CHANGED = "filed", "handler", "handler_changed"
CLOSED, DORMANT, RESUMED = "closed", "dormant", "resumed"
REOPENED = "reopened"  # nothing starts or is met by it
APPLIED, REVIEWED = "resuming_received", "resuming_reviewed"
EVENTS = frozenset(KINDS) | {FILED, HANDLER, HANDLER_CHANGED, CLOSED, DORMANT, RESUMED}
EVENTS |= {APPLIED, REVIEWED}
