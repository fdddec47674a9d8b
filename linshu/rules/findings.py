"""What did a network search find? One row of a search system's file → a finding, or why it is none.

Columns go by their headings, in any order; sources and kinds of property by words that they hold,
so that a bank's own name is read as a bank. A row is taken or turned away with every reason.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linshu.rules import cells as read
from linshu.rules.columns import bare
from linshu.rules.gate_facts import SEARCHES
from linshu.rules.numbers import (
    NumberFault,
    case_number,
    compact,
    fen,
    id_number,
    round_brackets,
)

_HEADINGS = {
    "number": "案号 执行案号 执行案件案号 案件案号",
    "debtor": "被执行人 被执行人姓名 被执行人名称 被执行人姓名/名称 被查询人 被查控人 被查询人名称 "
    "被查控人名称 查询对象 姓名",
    "debtor_id": "证件号码 证件号 身份证号 身份证号码 被执行人证件号码 被执行人证件号 "
    "被执行人身份证号 被执行人身份证号码 统一社会信用代码",
    "source": "查询来源 来源 查控来源 数据来源 查询单位 协查单位 反馈单位 查询渠道 查询机构 "
    "查询项目 协助单位",
    "found": "财产种类 财产类型 财产类别 查到财产 查控财产 财产",
    "result": "查询结果 查控结果 反馈结果 结果 有无财产 是否有财产",
    "name": "财产名称 名称 账号/车牌 账号或车牌 账号、车牌 账号 银行账号 账户 卡号 车牌 "
    "车牌号 车牌号码 号牌号码 权证号 不动产权证号 财产标识 财产信息 财产描述 坐落",
    "bank": "开户行 开户银行 账户开户行",
    "amount": "金额 余额 账户余额 存款余额 可用余额 价值 财产金额 数额",
    "searched_on": "查询日期 查询时间 查控日期 查控时间 反馈日期 反馈时间 查询日 日期",
}
HEADINGS: Mapping[str, tuple[str, ...]] = {
    field: tuple(names.split()) for field, names in _HEADINGS.items()
}
REQUIRED = ("number", "debtor", "source", "found", "searched_on")
INSTEAD = {"debtor": "debtor_id", "found": "result"}
IN_WAN = "amount_wan"
"""The field of an amount column whose heading counts in 万元."""

REASONS_ZH: Mapping[str, str] = {
    "case number": "案号缺失或不规范",
    "no such case": "没有这件案件",
    "case closed": "案件已结案",
    "not ours": "案件不由您的团队承办",
    "debtor": "没有写明被执行人",
    "debtor unknown": "不是本案的被执行人",
    "debtor twice": "本案有同名的被执行人,请填写证件号码",
    "debtor id": "证件号码与被执行人不符",
    "source": "查询来源缺失或无法识别",
    "found": "没有写明查到什么,或无法识别",
    "contradiction": "写明查无,又写了财产或金额",
    "name": "没有写明财产名称、账号或车牌",
    "name long": "财产名称过长",
    "amount": "金额无法识别",
    "searched day": "查询日期缺失、无法识别或不存在",
    "searched day in the future": "查询日期晚于今天",
    "searched before filing": "查询日期早于立案日期",
}
#: Which words tell a source, looked for in this order: 互联网银行 is no bank, 工商银行 is one.
_SOURCES = {
    "internet_banks": "互联网 网络银行 网商 微众 支付宝 财付通 微信 网络资金",
    "banks": "银行 信用社 农商 存款 农信",
    "securities": "证券 中登 中国结算 基金 股票 期货",
    "vehicles": "车",
    "real_estate": "不动产 房 国土 土地 自然资源",
    "business_register": "工商 市场监管 市场监督 企业 股权 登记",
}
_KINDS = {
    "real_estate": "不动产 房 土地 车位 车库 宅基地 林权",
    "vehicle": "车",
    "securities": "证券 股 基金 债券 期货 出资",
    "deposit": "存款 账户 账号 资金 现金 余额 钱包 银行",
    "movable": "动产 设备 机器 船 航空器",
    "other": "其他 理财 保险 公积金 知识产权 商标 专利 债权 收益",
}
#: What the sources hold where a row names no kind.
_USUAL = {
    "banks": "deposit",
    "internet_banks": "deposit",
    "securities": "securities",
    "vehicles": "vehicle",
    "real_estate": "real_estate",
    "business_register": "securities",
}
_NOTHING = frozenset(
    "无 查无 无财产 查无财产 无可供执行财产 未查到 未查到财产 未查询到 未查询到财产 未发现 "
    "未发现财产 无信息 查无信息 无结果 查询无果 没有 没有财产 无记录 否".split()
)
_NO_NAME = read.NOTHING | _NOTHING
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that says what a source held of a debtor on a day. ``kind`` "" and no name: nothing;
    ``value_fen`` None: not said."""

    row: int
    number: str
    debtor: str
    debtor_id: str
    source: str
    kind: str
    name: str
    value_fen: int | None
    searched_on: date

    def digest(self, party_id: int) -> str:
        """By what the same row is known again, in whatever file and place it comes."""
        facts = [self.number, party_id, self.source, self.kind, compact(self.name), self.value_fen]
        said = json.dumps([*facts, self.searched_on.isoformat()], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A row that is no finding: every reason, in the order of REASONS_ZH; ``written``: its case
    number as it stands there."""

    row: int
    why: tuple[str, ...]
    written: str


def heading(cell: object) -> str | None:
    """The field that a heading names, tolerant of blanks, width and brackets; None if unknown."""
    plain = bare(cell)
    field = next((field for field, names in HEADINGS.items() if plain in names), None)
    return IN_WAN if field == "amount" and "万" in read.text_of(cell) else field


def is_left_out(cells: Mapping[str, object], _first: Sequence[object]) -> bool:
    """Whether a row is no entry at all: blank, or the headings again."""
    facts = [field for field, cell in cells.items() if compact(read.text_of(cell))]
    return not facts or all(heading(cells[field]) == field for field in facts)


def read_row(
    cells: Mapping[str, object], row: int, on: date, court: str, date1904: bool = False
) -> Finding | TurnedAway:
    """Reads one row: field -> cell as the sheet holds it. ``on`` is the day of the upload; a case
    number of another court is one of no such case."""
    faults: set[str] = set()
    number = _number(cells.get("number"), court, faults)
    debtor = _plain(cells.get("debtor"))
    debtor_id = id_number(_plain(cells.get("debtor_id")))
    if not debtor and not debtor_id:
        faults.add("debtor")
    source = _among(_SOURCES, read.text_of(cells.get("source")))
    if not source:
        faults.add("source")
    value_fen = _amount(cells, faults)
    kind, name = _thing(cells, source, value_fen, faults)
    searched_on = _day(cells.get("searched_on"), on, date1904, faults)
    if faults or searched_on is None:
        why = tuple(one for one in REASONS_ZH if one in faults)
        return TurnedAway(row, why, read.text_of(cells.get("number")))
    return Finding(row, number, debtor, debtor_id, source, kind, name, value_fen, searched_on)


def _plain(cell: object) -> str:
    text = read.text_of(cell)
    return "" if compact(text) in read.NOTHING else text


def _number(cell: object, court: str, faults: set[str]) -> str:
    try:
        return case_number(read.text_of(cell), (court,)).text
    except NumberFault as fault:
        faults.add("no such case" if fault.code == "court code" else "case number")
        return ""


def _among(table: Mapping[str, str], text: str) -> str:
    plain = compact(text)
    if plain in SEARCHES:
        return plain
    found = (key for key, words in table.items() if any(one in plain for one in words.split()))
    return next(found, "")


def _amount(cells: Mapping[str, object], faults: set[str]) -> int | None:
    """In fen; None where the row says none. Nought is one."""
    in_wan = "amount" not in cells
    cell = cells.get(IN_WAN if in_wan else "amount")
    text = compact(read.text_of(cell))
    if text in read.NOTHING:
        return None
    if re.fullmatch(r"[¥￥]?0+(\.0*)?元?", text):
        return 0
    try:
        return fen(cell, 10_000 if in_wan else 1)
    except NumberFault:
        faults.add("amount")
        return None


def _thing(
    cells: Mapping[str, object], source: str, value_fen: int | None, faults: set[str]
) -> tuple[str, str]:
    """The kind and the name of what was found; two empty texts where nothing was."""
    found, result = (compact(read.text_of(cells.get(one))) for one in ("found", "result"))
    name = _name(cells)
    if found in _NOTHING or (found in read.NOTHING and result in _NOTHING):
        if name or value_fen:
            faults.add("contradiction")
        return "", ""
    kind = _among(_KINDS, found) or ("" if found else _among(_KINDS, result))
    if not kind and not found and (name or value_fen):
        kind = _USUAL.get(source, "")
    if not kind:
        faults.add("found")
    elif not name:
        faults.add("name")
    if len(name) > _LONGEST_NAME:
        faults.add("name long")
    return kind, name


def _name(cells: Mapping[str, object]) -> str:
    """The thing's name, after the bank that keeps it where that has a column of its own."""
    name, bank = (" ".join(read.text_of(cells.get(one)).split()) for one in ("name", "bank"))
    if compact(name) in _NO_NAME:
        return ""
    return f"{bank} {name}" if compact(bank) not in _NO_NAME else name


def _day(cell: object, on: date, date1904: bool, faults: set[str]) -> date | None:
    try:
        found = read.day(cell, date1904)
    except NumberFault:
        faults.add("searched day")
        return None
    if found > on:
        faults.add("searched day in the future")
    return found


# Whose it is --------------------------------------------------------------------------------------


def party_of(finding: Finding, debtors: Iterable[tuple[int, str, str]]) -> int | str:
    """Which of a case's debtors (row, name, identity number) a finding is about; the reason where
    it is none of them, or where that cannot be told."""
    name = _same(finding.debtor)
    fits = [one for one in debtors if not name or _same(one[1]) == name]
    if not fits:
        return "debtor unknown"
    if finding.debtor_id:
        exact = [one for one in fits if id_number(one[2]) == finding.debtor_id]
        open_ = [one for one in fits if not one[2]] if name else []
        fits = exact or open_
        if not fits:
            return "debtor id" if name else "debtor unknown"
    return fits[0][0] if len(fits) == 1 else "debtor twice"


def _same(name: str) -> str:
    return round_brackets(compact(name)).upper()


def same_thing(one: str, other: str) -> bool:
    """Whether two names are one thing's: blanks, width and case are no difference."""
    return compact(one).upper() == compact(other).upper()
