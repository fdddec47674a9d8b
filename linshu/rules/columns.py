"""Which column is which, and which rows are entries? Headings in any order, with synonyms."""

import re
from collections.abc import Mapping, Sequence

from linshu.rules.cells import text_of
from linshu.rules.numbers import compact, round_brackets

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "ordinal": ("序号", "编号"),
    "number": ("案号", "执行案号", "执行案件案号"),
    "kind": ("案件类型", "执行类型", "类型", "案件类别"),
    "cause": ("案由", "执行案由"),
    "filed_on": ("立案日期", "立案时间", "执行立案日期", "执行立案时间"),
    "applicants": ("申请执行人", "申请人", "申请执行人姓名", "申请执行人名称"),
    "debtors": ("被执行人", "被执行人姓名", "被执行人名称", "被执行人姓名/名称"),
    "debtor_ids": (
        "被执行人证件号码",
        "被执行人证件号",
        "被执行人身份证号",
        "被执行人身份证号码",
        "证件号码",
        "身份证号码",
        "身份证号",
    ),
    "basis": ("执行依据", "执行依据文号", "执行依据案号"),
    "claim": (
        "执行标的额",
        "执行标的",
        "申请执行标的额",
        "申请执行标的",
        "申请标的额",
        "执行标的金额",
        "标的额",
        "标的金额",
    ),
    "preserved": ("是否已保全", "是否保全", "是否采取保全", "已保全"),
    "cooperative": ("被执行人是否配合", "是否配合", "被执行人配合"),
    "handler": ("承办人", "承办法官", "执行员", "原承办人"),
    "remark": ("备注", "说明"),
}
REQUIRED = (
    "number",
    "cause",
    "filed_on",
    "applicants",
    "debtors",
    "debtor_ids",
    "claim",
    "preserved",
    "cooperative",
)
CLAIM_IN_WAN = "claim_wan"
"""The field of a claim column whose heading counts in 万元."""

_TOTAL = re.compile(r"(?:本页)?(?:合计|总计|小计|共计|累计)[:：]?[0-9.,件元万人]*")
_ASIDE = re.compile(r"\(.*?\)|万?元$")


def bare(cell: object) -> str:
    """A heading without blanks, asterisks, unit and anything in brackets."""
    return _ASIDE.sub("", round_brackets(compact(text_of(cell)))).strip("*:")


def heading(cell: object) -> str | None:
    """The field that a heading names, tolerant of blanks, width and brackets; None if unknown."""
    plain = bare(cell)
    field = next((field for field, names in HEADINGS.items() if plain in names), None)
    in_wan = field == "claim" and "万" in text_of(cell)
    return CLAIM_IN_WAN if in_wan else field


def is_left_out(cells: Mapping[str, object], first: Sequence[object]) -> bool:
    """Whether a row is no entry at all: blank but for its ordinal, a total, the headings again.

    ``first`` are the leftmost cells of the row, where a total says that it is one."""
    facts = {field for field in cells if field != "ordinal" and not _is_blank(cells[field])}
    if not facts:
        return True
    words = [compact(text_of(cell)) for cell in first]
    if not facts & {"filed_on", "applicants", "debtors"}:
        return any(_TOTAL.fullmatch(word) for word in words)
    return all(heading(cells[field]) == field for field in facts)


def _is_blank(cell: object) -> bool:
    return not compact(text_of(cell))
