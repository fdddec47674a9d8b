"""How do the entries about requests, approvals and supervision sheets read? Part of the table in
``sentences``: tag: (short name zh, short name en, sentence zh, sentence en)."""

from collections.abc import Mapping

from linshu.rules.trail import Tag

REQUEST_SENTENCES: Mapping[Tag, tuple[str, str, str, str]] = {
    Tag.REQUEST_ASKED: (
        "申请",
        "asked for",
        "申请{kind_zh}({ground_zh}),申请 #{request}。",
        "A {kind} was asked for (ground: {ground}), request #{request}.",
    ),
    Tag.REQUEST_REVIEWED: (
        "审查通过",
        "passed the gate",
        "结案报告(申请 #{request})通过审查,报请审批。",
        "The closing report (request #{request}) passed the gate and goes to its approver.",
    ),
    Tag.CASE_REOPENED: (
        "恢复办理",
        "reopened",
        "经批准恢复办理(原于 {before.closed_on} 结案:{before.closing_type}),"
        "由{after.team}办理,{after.due_on} 届满。",
        "Reopened as approved (was closed {before.closed_on}: {before.closing_type}), with "
        "{after.team}, due {after.due_on}.",
    ),
    Tag.REQUEST_APPROVED: (
        "批准",
        "approved",
        "批准申请 #{request}。",
        "Request #{request} was approved.",
    ),
    Tag.REQUEST_REFUSED: (
        "驳回",
        "refused",
        "驳回申请 #{request}。",
        "Request #{request} was refused.",
    ),
    Tag.REQUEST_CONFIRMED: (
        "接收确认",
        "confirmed",
        "接收方确认申请 #{request} 的理由。",
        "The receiving lead confirmed the ground of request #{request}.",
    ),
    Tag.REQUEST_DECLINED: (
        "接收方不认可",
        "declined",
        "接收方不认可申请 #{request} 的理由,案件不移交。",
        "The receiving lead declined request #{request}; the case stays.",
    ),
    Tag.REQUEST_LAPSED: (
        "申请失效",
        "lapsed",
        "案件已流转,申请 #{request} 失效。",
        "The case has moved; request #{request} lapsed.",
    ),
    Tag.REQUEST_RETURNED: (
        "退回补正",
        "returned for correction",
        "申请 #{request} 退回补正。",
        "Request #{request} was returned for correction.",
    ),
    Tag.REQUEST_RAISED: (
        "逾期上报",
        "passed up",
        "申请 #{request} 逾期未审批,由{from_zh}上报{to_zh},{due_on} 前审批。",
        "Request #{request} was not decided in time: from {from} up to {to}, due {due_on}.",
    ),
    Tag.HOLDING_FOUND: (
        "登记财产",
        "property noted",
        "登记财产 #{holding}({kind_zh}):{after.status_zh}。",
        "Property #{holding} ({kind}) was noted: {after.status}.",
    ),
    Tag.HOLDING_CHANGED: (
        "财产变动",
        "property changed",
        "财产 #{holding}({kind_zh}):{after.status_zh},期满日 {after.until_on}。",
        "Property #{holding} ({kind}): {after.status}, until {after.until_on}.",
    ),
    Tag.MEASURE_NOTED: (
        "执行措施",
        "measure",
        "{measure_zh}:{standing_zh}(文书 {document})。",
        "Measure {measure}: {standing} (document {document}).",
    ),
    Tag.SHEET_FILLED: (
        "填写监执单",
        "supervision sheet filled in",
        "填写监执单 #{sheet}。",
        "Supervision sheet #{sheet} was filled in.",
    ),
    Tag.SHEET_READ: (
        "阅监执单",
        "supervision sheet read",
        "接收方已阅监执单 #{sheet}。",
        "The receiving lead read supervision sheet #{sheet}.",
    ),
    Tag.PERSON_AWAY: (
        "指定代为审批",
        "substitute named",
        "{person} 自 {first_on} 至 {last_on} 不在岗,由 {substitute} 代为审批。",
        "{person} is away from {first_on} to {last_on}; {substitute} decides in the meantime.",
    ),
    Tag.PERSON_BACK: (
        "代为审批结束",
        "substitution ended",
        "{person} 提前返岗,{substitute} 不再代为审批,最后一日 {last_on}。",
        "{person} is back early; {substitute} decided in his place until {last_on}.",
    ),
}
