"""Which documents does the court write, what does each need, and what may its template say? (文书)

Templates speak Chinese: ``{{ 案号 }}``. What they may name are the fields of this file, nothing
else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from linshu.rules.numbers import CaseNumber


class Typed(StrEnum):
    """What is typed into an extra field of a document."""

    TEXT = "text"
    LINES = "lines"
    DAY = "day"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Extra:
    """Something that only a person can say. ``field``: what templates call it; money stands there
    twice, in yuan and (…大写) in capitals."""

    field: str
    label: str
    typed: Typed = Typed.TEXT


EXTRAS: Mapping[str, Extra] = {
    "duty": Extra("义务内容", "应履行的义务", Typed.LINES),
    "term": Extra("履行期限", "履行期限"),
    "cause": Extra("事由", "事由", Typed.LINES),
    "from_on": Extra("开始日期", "开始日期", Typed.DAY),
    "until_on": Extra("期满日期", "期满日期", Typed.DAY),
    "property": Extra("财产", "财产", Typed.LINES),
    "manner": Extra("方式", "方式(查封、扣押、冻结)"),
    "term_of": Extra("期限", "期限"),
    "findings": Extra("查明情况", "经查明的情况", Typed.LINES),
    "ground": Extra("法律依据", "法律依据"),
    "amount": Extra("金额", "金额(元)", Typed.MONEY),
    "account": Extra("账户", "账户", Typed.LINES),
    "items": Extra("移交材料", "移交材料", Typed.LINES),
    "served": Extra("送达文书", "送达的文书", Typed.LINES),
    "place": Extra("地点", "地点"),
    "moment": Extra("时间", "时间"),
    "helper": Extra("协助单位", "协助单位"),
    "help": Extra("协助事项", "协助事项", Typed.LINES),
}
#: The end of an act that has one (``kinds.UNTIL``), and when it began.
UNTIL, FROM = "until_on", "from_on"


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of document. ``code``: how its numbers read; ``party``: whom it is for ("" nobody);
    ``full``: it has to carry identity numbers in full; ``measure``: it orders this measure, which
    must have been approved; ``acts_as``: the action that making it records, if wanted."""

    key: str
    name: str
    code: str
    party: str = ""
    full: bool = False
    extras: tuple[str, ...] = ()
    measure: str = ""
    acts_as: str = ""


DEBTOR, ANYBODY = "debtor", "any"
DETENTION, MOVED, SHEET = "detention", "handing_over", "sheet"
_RULING, _ENDING, _ENDED = "执行裁定书", "终结本次执行程序", "termination_begun"
_SEIZED, _DETAINED = ("manner", "property", "term_of"), ("cause", FROM, UNTIL)
_ALL = (
    Paper("notice", "执行通知书", "执通", DEBTOR, False, ("duty", "term"), acts_as="notice"),
    Paper("property_order", "报告财产令", "执报", DEBTOR, False, ("term",)),
    Paper("consumption", "限制消费令", "执限", DEBTOR, True, ("cause",), "restriction", "sanction"),
    Paper("fine", "罚款决定书", "执罚", DEBTOR, True, ("cause", "term"), "fine", "sanction"),
    Paper(DETENTION, "拘留决定书", "执拘", DEBTOR, True, _DETAINED, "detention", "detention"),
    Paper("house_search", "搜查令", "执搜", DEBTOR, True, ("place",), "house_search", "sanction"),
    Paper("seizure_ruling", f"{_RULING}(查封、扣押、冻结)", "执封", DEBTOR, False, _SEIZED),
    Paper("transfer_ruling", f"{_RULING}(扣划)", "执扣", DEBTOR, False, ("amount", "account")),
    Paper("assistance", "协助执行通知书", "执协", DEBTOR, True, ("helper", "help")),
    Paper("summons", "传票", "执传", ANYBODY, False, ("cause", "moment", "place")),
    Paper("round_ruling", f"{_RULING}({_ENDING})", "执终本", "", False, ("findings",), "", _ENDED),
    Paper("end_ruling", f"{_RULING}(终结执行)", "执终", extras=("findings", "ground")),
    Paper(MOVED, "移交清单", "执移", extras=("items",)),
    Paper(SHEET, "监执单", "执监"),
    Paper("service", "送达回证", "执送", ANYBODY, False, ("served", "place"), acts_as="service"),
)
KINDS: Mapping[str, Paper] = {paper.key: paper for paper in _ALL}

#: What every template may say, with what it is.
FIELDS: Mapping[str, str] = {
    "法院": "法院全称",
    "案号": "案号",
    "文书编号": "本文书的编号",
    "文书名称": "本文书的名称",
    "案由": "案由",
    "执行依据": "执行依据",
    "立案日期": "立案日期",
    "申请执行人": "全部申请执行人",
    "被执行人": "全部被执行人",
    "当事人": "每个当事人一行,含证件号码",
    "对象": "本文书针对的当事人",
    "对象身份": "申请执行人或者被执行人",
    "对象证件": "其证件号码,依文书种类完整或者隐去中间各位",
    "标的元": "申请执行标的额(元)",
    "标的大写": "同上,大写",
    "到位元": "已到位金额(元)",
    "未到位元": "尚未到位金额(元)",
    "未到位大写": "同上,大写",
    "承办人": "承办人",
    "团队": "承办团队",
    "日期": "制作日期,汉字",
    "制作日期": "制作日期,数字",
}
#: What only the documents of an approved measure, of a move, of a supervision sheet can say.
MEASURE_FIELDS: Mapping[str, str] = {
    "罚款元": "批准的罚款金额(元)",
    "罚款大写": "同上,大写",
    "拘留天数": "批准的拘留天数",
    "批准日期": "批准日期",
}
MOVE_FIELDS: Mapping[str, str] = {
    "移出单位": "移出的团队",
    "移出阶段": "移出的阶段",
    "接收单位": "接收的团队",
    "接收阶段": "接收的阶段",
    "移交日期": "移交的日期",
}
SHEET_FIELDS: Mapping[str, str] = {
    "遗漏节点": "移出阶段没有完成的节点",
    "未办措施": "指挥中心没有办理的措施",
    "原因": "移出方说明的原因",
    "提示": "给接收方的提示",
    "填写人": "填写人",
}


def fields_of(paper: Paper) -> Mapping[str, str]:
    """What the template of this kind may say: the name of each field, and what it is."""
    found = dict(FIELDS)
    if paper.measure:
        found |= MEASURE_FIELDS
    if paper.key in (MOVED, SHEET):
        found |= MOVE_FIELDS
    if paper.key == SHEET:
        found |= SHEET_FIELDS
    for key in paper.extras:
        extra = EXTRAS[key]
        money = extra.typed is Typed.MONEY
        told = {f"{extra.field}元": extra.label, f"{extra.field}大写": "同上,大写"}
        found |= told if money else {extra.field: extra.label}
    return found


def number_of(paper: Paper, court_code: str, year: int, serial: int) -> str:
    """How the number of a document reads: （2026）鲁1329执通12号."""
    return str(CaseNumber(year, court_code, paper.code, serial))


# 附件 ---------------------------------------------------------------------------------------------

ATTACHMENTS: Mapping[str, str] = {
    "record": "笔录",
    "evidence": "证据材料",
    "receipt": "送达回执",
    "reply": "查询、协助执行的回复",
    "submitted": "当事人提交的材料",
    "photo": "现场照片",
    "other": "其他",
}
MOST_ATTACHMENT = 20 * 2**20
KEPT, STRUCK = "kept", "struck"
