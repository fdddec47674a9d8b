"""What stands in this workbook? Ledgers and lists of people in, turned-away rows out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

import xlsxwriter

from linshu.rules import columns, ledger
from linshu.rules.cells import text_of
from linshu.rules.duties import ROLE_ZH, Role
from linshu.rules.numbers import compact
from linshu.services.opening import LedgerFault, Source
from linshu.services.sheets import Layout, Sheet, read_sheet

__all__ = [
    "LedgerFault",
    "PersonRow",
    "Sheet",
    "judge",
    "read_ledger",
    "read_people",
    "write_rejects",
]

MOST_ROWS = 100_000

# Ledgers --------------------------------------------------------------------------------------


LEDGER = Layout(
    columns.heading,
    {field: names[0] for field, names in columns.HEADINGS.items()},
    columns.REQUIRED,
    instead={"claim": columns.CLAIM_IN_WAN},
    unchecked=frozenset({"ordinal"}),
)


def read_ledger(source: Source, limit: int = MOST_ROWS) -> Sheet:
    """The entries of a court's ledger (a path or the bytes of an .xlsx), at most ``limit`` rows.

    LedgerFault when it cannot be read: see FAULTS_ZH."""
    return read_sheet(source, LEDGER, limit, columns.is_left_out)


def judge(
    sheet: Sheet, on: date, court: str, existing: Mapping[str, ledger.Facts]
) -> ledger.Verdicts:
    """What becomes of each entry on the day ``on``; ``existing`` as in rules.ledger.verdicts."""
    rows = (
        ledger.read_row(sheet.named(cells), row, on, court, sheet.date1904)
        for row, cells in sheet.rows
    )
    return ledger.verdicts(rows, existing)


def write_rejects(target: str | Path | IO[bytes], sheet: Sheet, reasons: Mapping[int, str]) -> int:
    """Writes the rows named in ``reasons`` (row number -> Chinese) as a workbook; returns how many.

    The cells stand as texts, so that a name like ``=1+1`` stays one; the reason is the last
    column, and the workbook can be mended and imported again."""
    book = xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target))
    page = book.add_worksheet("未导入")
    bold = book.add_format({"bold": True})
    turned_away = [(row, cells) for row, cells in sheet.rows if row in reasons]
    for column, title in enumerate((*sheet.headings, "原因", "原行号")):
        page.write_string(0, column, title, bold)
    for line, (row, cells) in enumerate(turned_away, 1):
        for column, cell in enumerate((*cells, reasons[row], row)):
            page.write_string(line, column, text_of(cell))
    page.freeze_panes(1, 0)
    page.set_column(len(sheet.headings), len(sheet.headings), 40)
    book.close()
    return len(turned_away)


# People ---------------------------------------------------------------------------------------

_PEOPLE = {"login": "登录名", "name": "姓名", "role": "角色", "team": "团队"}
_ROLES = {zh: role for role, zh in ROLE_ZH.items()} | {role.value: role for role in Role}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a list; ``team`` may be empty."""

    row: int
    login: str
    name: str
    role: Role
    team: str


def _people_field(cell: object) -> str | None:
    title = compact(text_of(cell)).strip("*:")
    return next((field for field, name in _PEOPLE.items() if name == title), None)


PEOPLE = Layout(_people_field, _PEOPLE, ("login", "name", "role"))


def read_people(source: Source, limit: int = 10_000) -> list[PersonRow]:
    """The people of a workbook with 登录名, 姓名, 角色 (Chinese, or its English code), 团队.

    LedgerFault "people" names every row that lacks something, has an unknown role or repeats a
    login."""
    sheet = read_sheet(source, PEOPLE, limit, _is_blank_person)
    seen: set[str] = set()
    people, faults = list[PersonRow](), list[str]()
    for row, cells in sheet.rows:
        said = {field: text_of(cell) for field, cell in sheet.named(cells).items()}
        role = _ROLES.get(compact(said["role"])) or _ROLES.get(compact(said["role"]).lower())
        if fault := _person_fault(said, role, seen):
            faults.append(f"第 {row} 行{fault}")
        elif role:
            people.append(PersonRow(row, said["login"], said["name"], role, said.get("team", "")))
        seen.add(said["login"].lower())
    if faults:
        raise LedgerFault("people", rows="；".join(faults[:20]))
    return people


def _is_blank_person(cells: Mapping[str, object], _: Sequence[object]) -> bool:
    return not any(text_of(cell) for cell in cells.values())


def _person_fault(said: Mapping[str, str], role: Role | None, seen: set[str]) -> str:
    if not said["login"] or not said["name"]:
        return "缺少登录名或姓名"
    if role is None:
        return f"角色“{said['role']}”无法识别"
    return f"登录名“{said['login']}”重复" if said["login"].lower() in seen else ""
