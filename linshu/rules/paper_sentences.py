"""How does the trail tell of documents, attachments and the templates that documents come from?"""

from collections.abc import Mapping

from linshu.rules.trail import Tag

#: As in ``sentences``: short name zh, short name en, sentence zh, sentence en.
PAPER_SENTENCES: Mapping[Tag, tuple[str, str, str, str]] = {
    Tag.DOCUMENT_MADE: (
        "制作文书",
        "document made",
        "制作{kind_zh},编号{number}。",
        "{kind} was made, number {number}.",
    ),
    Tag.ATTACHMENT_ADDED: (
        "上传附件",
        "attachment added",
        "上传附件 #{attachment}({kind_zh},{type})。",
        "Attachment #{attachment} was added ({kind}, {type}).",
    ),
    Tag.ATTACHMENT_STRUCK: (
        "作废附件",
        "attachment struck out",
        "作废附件 #{attachment},文件保留。",
        "Attachment #{attachment} was struck out; its file stays.",
    ),
    Tag.TEMPLATE_ADOPTED: (
        "更换文书模板",
        "template adopted",
        "采用{kind_zh}的第 {version} 版模板。",
        "Version {version} of the template of {kind} was adopted.",
    ),
    Tag.TEMPLATE_RESTORED: (
        "恢复文书模板",
        "template restored",
        "{kind_zh}恢复使用系统自带的模板(第 {version} 版)。",
        "The template of {kind} is the shipped one again (version {version}).",
    ),
}
