"""How do the entries about the care of terminated cases read? Part of the table in ``sentences``:
tag: (short name zh, short name en, sentence zh, sentence en)."""

from collections.abc import Mapping

from linshu.rules.trail import Tag

CARE_SENTENCES: Mapping[Tag, tuple[str, str, str, str]] = {
    Tag.CASE_RESUMED: (
        "恢复执行",
        "resumed",
        "恢复执行,另立新案 {after.resumed_as},由{team}办理;本案退出终本维护。",
        "Resumed as {after.resumed_as}, with {team}; this case leaves dormant care.",
    ),
    Tag.APPLICATION_RECEIVED: (
        "收到恢复执行申请",
        "application to resume",
        "{received_on} 收到恢复执行申请 #{application}({source_zh})。",
        "Application #{application} to resume was received on {received_on} ({source}).",
    ),
    Tag.APPLICATION_REVIEWED: (
        "审查恢复执行申请",
        "application reviewed",
        "审查恢复执行申请 #{application}:{after.status_zh}。",
        "Application #{application} to resume was reviewed: {after.application_status}.",
    ),
}
