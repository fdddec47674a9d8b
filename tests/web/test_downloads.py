"""Does any file that somebody takes along calculate when it is opened? Not one cell of it."""

from __future__ import annotations

import csv
import io
import zipfile
from urllib.parse import urlencode

import openpyxl
import xlsxwriter
from flask import Flask

from linshu.rules.duties import Role
from linshu.services import imports
from linshu.services.filing import NewParty
from linshu.services.people import NewPerson, add_people
from linshu.store.writer import Doer
from tests.conftest import NOW
from tests.court import Court, at
from tests.fuzz.attack import Attack, Sent
from tests.web.test_doors import SEATS
from tests.web.test_imports import HEADINGS
from tests.web.visits import entered

FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", '=HYPERLINK("http://evil.example")')
CALCULATES = ("=", "+", "-", "@", "\t", "\r")


def calculating(name: str, content: bytes) -> list[str]:
    """The cells of a download that a spreadsheet would take for a formula."""
    if name.endswith(".docx"):
        return []  # no spreadsheet
    if content[:4] == b"PK\x03\x04" and not name.endswith(".zip"):
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
        return [cell.coordinate for cell in cells if cell.data_type == "f"]
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [c for one in archive.namelist() for c in calculating(one, archive.read(one))]
    if name.endswith(".csv"):
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
        cells = (cell for row in rows for cell in row)
        return [cell for cell in cells if cell.startswith(CALCULATES) and not _number(cell)]
    return []


def _number(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "", 1).isdecimal()


def test_the_check_sees_a_formula() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["B2"] = "=1+1"
    book.save(out)
    assert calculating("a.xlsx", out.getvalue()) == ["B2"]
    assert calculating("a.csv", b"1,=1+1,-5\r\n") == ["=1+1"]


def test_nothing_that_is_taken_along_calculates(app: Flask, court: Court) -> None:
    for nth, text in enumerate(FORMULAS):
        facts = {"cause": f"{text}案", "basis": text, "remark": text}
        parties = {"applicants": [NewParty(text)], "debtors": [NewParty(text)]}
        court.file("2026-11-02", **facts, **parties)
        new = NewPerson(f"formula{nth}", text, "executor", "速执团队")
        add_people(court.id, [new], Doer("admin", "security_admin"), at("2026-11-02"))
    file = {"ledger": (_ledger(), "=1+1.xlsx")}
    entered(app, court, "filing").post("/imports", file, content_type="multipart/form-data")
    imports.run(1, NOW)
    taken = downloads(app, court)
    print({name: len(content) for name, content in taken.items()})
    assert any(name.endswith(".xlsx") for name in taken)
    for name, content in taken.items():
        assert calculating(name, content) == [], name


def _ledger() -> io.BytesIO:
    """A ledger that is turned away row by row, a formula in every cell that may hold a text."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for line, text in enumerate(FORMULAS, 1):
            sheet.write_row(line, 0, [text] * len(HEADINGS))
    file.seek(0)
    return file


def downloads(app: Flask, court: Court) -> dict[str, bytes]:
    """Every file that anybody gets by opening an address, or by a button that asks for nothing."""
    logins = tuple(login for role, login in SEATS.items() if role is not Role.DORMANT_KEEPER)
    attack = Attack(app, court, logins)
    attack.look_round()
    offers = [(where, one) for where, pool in attack.known.items() for one in pool]
    plain = {
        (login, form.action): form
        for where, (login, form) in offers
        if form.method == "POST" and not form.action.startswith("/logout")
        if all(one.kind in ("hidden", "submit", "choice") for one in form.fields.values())
    }
    for (login, action), form in plain.items():
        fields = [(one.name, one.values[0]) for one in form.fields.values() if one.values]
        fields = [pair for pair in fields if pair[0] != "csrf_token"]
        said = urlencode([*fields, ("csrf_token", attack.token(login))])
        attack.send(Sent(login, "POST", action, said))
    attack.books.close()
    return attack.taken
