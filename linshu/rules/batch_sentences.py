"""How does the trail tell of acts in many cases, and of results that came back by file?"""

from collections.abc import Mapping

from linshu.rules.trail import Tag

#: As in ``sentences``: short name zh, short name en, sentence zh, sentence en.
BATCH_SENTENCES: Mapping[Tag, tuple[str, str, str, str]] = {
    Tag.BATCH_ASKED: (
        "批量办理",
        "batch asked for",
        "发起{kind_zh} #{batch},共 {cases} 件。",
        "Batch #{batch} ({kind}) was asked for in {cases} cases.",
    ),
    Tag.BATCH_FINISHED: (
        "批量办结",
        "batch finished",
        "批量办理 #{batch} 完成:办成 {done} 件,未办成 {failed} 件。",
        "Batch #{batch} finished: {done} done, {failed} failed.",
    ),
    Tag.BATCH_EXPORTED: (
        "导出查控文件",
        "search file exported",
        "导出批量办理 #{batch} 的查控文件 {file}:{cases} 件,{rows} 人,含完整证件号码。",
        "The search file {file} of batch #{batch} was exported: {cases} cases, {rows} persons, "
        "with their whole identity numbers.",
    ),
    Tag.FINDINGS_LANDED: (
        "导入查控结果",
        "search results taken in",
        "导入查控结果 {file}:查到 {things} 项,查无 {nothing} 项,重复 {again} 项,"
        "退回 {rejected} 行。",
        "Search results {file}: {things} found, {nothing} with nothing found, {again} known "
        "already, {rejected} rows turned away.",
    ),
}
