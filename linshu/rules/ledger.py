"""Is this row a case? One row of a court's ledger -> a case, or every reason why it is none.

Columns go by their headings, in any order. A wrong check digit or an unclear side fact is a
warning and keeps no case out; a row with any fact is taken or rejected, never silently dropped.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linshu.rules import cells as read
from linshu.rules.columns import CLAIM_IN_WAN
from linshu.rules.numbers import (
    CaseNumber,
    IdKind,
    NumberFault,
    case_number,
    compact,
    credit_code_fits,
    fen,
    id_kind,
    id_number,
    identity_number_fits,
)

REASONS_ZH: Mapping[str, str] = {
    "case number": "案号缺失或不规范",
    "court code": "法院代字与本院不符",
    "filing date": "立案日期缺失、无法识别或不存在",
    "filing date in the future": "立案日期晚于导入日期",
    "no debtor": "没有被执行人",
    "claim amount": "执行标的额缺失、无法识别或不大于零",
    "same case, same facts": "案件重复,内容相同,已跳过",
    "same case, another claim amount": "案号重复,执行标的额不同",
    "same case, another filing date": "案号重复,立案日期不同",
    "same case, another debtor": "案号重复,被执行人不同",
    "same case, another applicant": "案号重复,申请执行人不同",
    "identity number check digit": "身份证号码或统一社会信用代码的校验位不对",
    "identity number form": "证件号码不是18位身份证号码或统一社会信用代码",
    "identity number count": "证件号码个数与被执行人个数不一致",
    "party name": "当事人名称中有空格,可能是多人",
    "case kind": "案件类型与案号不一致",
    "preserved unclear": "“是否已保全”无法识别,按否处理",
    "cooperative unclear": "“被执行人是否配合”无法识别,按否处理",
    "text too long": "文字过长,已截断",
}
SAME = "same case, same facts"
_ORDER = tuple(REASONS_ZH)[:6]
_LONGEST = {"cause": 80, "basis": 200, "handler": 40, "remark": 4000}
_LONGEST_NAME, _LONGEST_ID = 200, 40


@dataclass(frozen=True, slots=True)
class Debtor:
    """A debtor with the number that stood at its place; ``id_number`` may be empty."""

    name: str
    id_number: str
    id_kind: IdKind


@dataclass(frozen=True, slots=True)
class Facts:
    """What makes two rows the same case with the same facts. Debtors as (name, number)."""

    filed_on: date
    claim_fen: int
    applicants: tuple[str, ...]
    debtors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that is a case. ``row`` is the sheet's row number; claim in fen."""

    row: int
    number: CaseNumber
    cause: str
    filed_on: date
    applicants: tuple[str, ...]
    debtors: tuple[Debtor, ...]
    basis: str
    claim_fen: int
    preserved: bool
    cooperative: bool
    handler: str
    remark: str
    warnings: tuple[str, ...]

    @property
    def facts(self) -> Facts:
        debtors = tuple((debtor.name, debtor.id_number) for debtor in self.debtors)
        return Facts(self.filed_on, self.claim_fen, self.applicants, debtors)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is no case: the first reason, and every one. ``written`` is its case number."""

    row: int
    why: str
    all: tuple[str, ...]
    written: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row whose case is already there; a conflict when it says something else of it."""

    row: int
    number: CaseNumber
    why: str

    @property
    def conflict(self) -> bool:
        return self.why != SAME


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What becomes of a whole ledger."""

    good: tuple[GoodRow, ...]
    rejected: tuple[RejectedRow, ...]
    duplicates: tuple[Duplicate, ...]

    @property
    def claim_fen_total(self) -> int:
        return sum(row.claim_fen for row in self.good)

    @property
    def warned(self) -> tuple[tuple[int, str], ...]:
        """(row, why) for every warning of a row that is taken all the same."""
        return tuple((row.row, why) for row in self.good for why in row.warnings)

    @property
    def turned_away(self) -> dict[int, str]:
        """Row -> why in Chinese, for every row that is not taken, in the sheet's order."""
        reasons = {r.row: "；".join(REASONS_ZH[why] for why in r.all) for r in self.rejected}
        reasons |= {d.row: REASONS_ZH[d.why] for d in self.duplicates}
        return dict(sorted(reasons.items()))


def read_row(
    cells: Mapping[str, object], row: int, on: date, court: str, date1904: bool = False
) -> GoodRow | RejectedRow:
    """Reads one row: field -> cell as the sheet holds it. ``on`` is the day of the import.

    Rejected with every reason that holds, in the order of the table REASONS_ZH."""
    faults: dict[str, str] = {}
    number = _number(cells.get("number"), court, faults)
    filed_on = _filed_on(cells.get("filed_on"), on, date1904, faults)
    claim_fen = _claim(cells, faults)
    names = read.parties(cells.get("debtors"))
    if not names:
        faults["no debtor"] = ""
    if faults or number is None or filed_on is None or claim_fen is None:
        every = tuple(why for why in _ORDER if why in faults)
        return RejectedRow(row, every[0], every, read.text_of(cells.get("number")))
    return _good(cells, row, number, filed_on, claim_fen, names)


def _number(cell: object, court: str, faults: dict[str, str]) -> CaseNumber | None:
    try:
        return case_number(read.text_of(cell), (court,))
    except NumberFault as fault:
        faults[fault.code] = str(fault)
        return None


def _filed_on(cell: object, on: date, date1904: bool, faults: dict[str, str]) -> date | None:
    try:
        filed_on = read.day(cell, date1904)
    except NumberFault as fault:
        faults[fault.code] = str(fault)
        return None
    if filed_on > on:
        faults["filing date in the future"] = ""
    return filed_on


def _claim(cells: Mapping[str, object], faults: dict[str, str]) -> int | None:
    in_wan = "claim" not in cells
    try:
        return fen(cells.get(CLAIM_IN_WAN if in_wan else "claim"), 10_000 if in_wan else 1)
    except NumberFault as fault:
        faults[fault.code] = str(fault)
        return None


def _good(
    cells: Mapping[str, object],
    row: int,
    number: CaseNumber,
    filed_on: date,
    claim_fen: int,
    names: tuple[str, ...],
) -> GoodRow:
    warnings: list[str] = []
    applicants = read.parties(cells.get("applicants"))
    debtors = _debtors(names, cells.get("debtor_ids"), warnings)
    _warn_of_names((*applicants, *names), warnings)
    _warn_of_kind(cells.get("kind"), number.kind, warnings)
    return GoodRow(
        row,
        number,
        _short(cells, "cause", warnings),
        filed_on,
        tuple(name[:_LONGEST_NAME] for name in applicants),
        debtors,
        _short(cells, "basis", warnings),
        claim_fen,
        _yes(cells, "preserved", warnings),
        _yes(cells, "cooperative", warnings),
        _short(cells, "handler", warnings),
        _short(cells, "remark", warnings),
        tuple(dict.fromkeys(warnings)),
    )


def _debtors(names: Sequence[str], cell: object, warnings: list[str]) -> tuple[Debtor, ...]:
    """Numbers go to debtors by place. Where the counts differ the places say little: a warning."""
    texts = read.id_texts(cell, len(names))
    if texts and len(texts) != len(names):
        warnings.append("identity number count")
    numbers = [id_number(text)[:_LONGEST_ID] for text in texts]
    numbers = [*numbers, *[""] * len(names)][: len(names)]
    debtors = tuple(
        Debtor(name[:_LONGEST_NAME], number, id_kind(number))
        for name, number in zip(names, numbers, strict=True)
    )
    for debtor in debtors:
        _warn_of_id(debtor, warnings)
    return debtors


def _warn_of_id(debtor: Debtor, warnings: list[str]) -> None:
    match debtor.id_kind:
        case IdKind.LEGACY | IdKind.OTHER:
            warnings.append("identity number form")
        case IdKind.IDENTITY if not identity_number_fits(debtor.id_number):
            warnings.append("identity number check digit")
        case IdKind.CREDIT if not credit_code_fits(debtor.id_number):
            warnings.append("identity number check digit")


def _warn_of_names(names: Iterable[str], warnings: list[str]) -> None:
    for name in names:
        if re.search(r"[一-龥] [一-龥]", name):
            warnings.append("party name")
        if len(name) > _LONGEST_NAME:
            warnings.append("text too long")


def _warn_of_kind(cell: object, kind: str, warnings: list[str]) -> None:
    said = compact(read.text_of(cell))
    if ("恢" in said and kind != "执恢") or ("首" in said and kind != "执"):
        warnings.append("case kind")


def _yes(cells: Mapping[str, object], field: str, warnings: list[str]) -> bool:
    said = read.yes(cells.get(field))
    if said is None:
        warnings.append(f"{field} unclear")
    return bool(said)


def _short(cells: Mapping[str, object], field: str, warnings: list[str]) -> str:
    text = read.text_of(cells.get(field))
    if len(text) > _LONGEST[field]:
        warnings.append("text too long")
    return text[: _LONGEST[field]]


# The whole ledger -----------------------------------------------------------------------------


def verdicts(rows: Iterable[GoodRow | RejectedRow], existing: Mapping[str, Facts]) -> Verdicts:
    """Sorts a ledger's rows. ``existing``: facts by canonical number of the cases already there.

    The first row of a number stands; later ones are duplicates, and change nothing."""
    known = dict(existing)
    good, rejected, duplicates = list[GoodRow](), list[RejectedRow](), list[Duplicate]()
    for row in rows:
        if isinstance(row, RejectedRow):
            rejected.append(row)
        elif (before := known.get(row.number.text)) is not None:
            duplicates.append(Duplicate(row.row, row.number, compare(before, row.facts)))
        else:
            known[row.number.text] = row.facts
            good.append(row)
    return Verdicts(tuple(good), tuple(rejected), tuple(duplicates))


def compare(before: Facts, after: Facts) -> str:
    """The first difference between two accounts of a case; order and blanks of names are none."""
    if before.claim_fen != after.claim_fen:
        return "same case, another claim amount"
    if before.filed_on != after.filed_on:
        return "same case, another filing date"
    if _people(before.debtors) != _people(after.debtors):
        return "same case, another debtor"
    if _people((name,) for name in before.applicants) != _people(
        (name,) for name in after.applicants
    ):
        return "same case, another applicant"
    return SAME


def _people(people: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    return sorted(tuple(compact(word).upper() for word in person) for person in people)
