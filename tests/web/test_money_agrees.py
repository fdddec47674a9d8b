"""Does every screen, list, report and file say the same of the same money?"""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from functools import reduce
from io import BytesIO
from operator import add
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest
from flask import Flask
from openpyxl import load_workbook

from linshu.rules.kinds import INTEREST, PAID, PAYEES, RECEIPT
from linshu.rules.money import Purse
from linshu.rules.numbers import yuan
from linshu.services import claiming, packs, recording
from linshu.services.errors import Refused
from linshu.services.recording import NewAction
from linshu.store import lists
from linshu.store.db import db
from linshu.store.money import ALL, Register, arrivals_of, sums_of
from linshu.store.writer import Doer
from tests.court import Court, at
from tests.web.visits import Visitor, entered, plain, row_of

TODAY = at("2026-11-23")


@pytest.fixture
def ids(court: Court) -> list[int]:
    """Seven cases with whatever money came in, went out, to whom, with whatever interest."""
    lot, found = Random(20261123), court.file_many(7, "2026-11-02", simple=True)
    for case_id in found:
        claiming.claim(court.who("quick"), case_id, None, at("2026-11-03"))
        for n in range(lot.randrange(3, 9)):
            kind = lot.choice([RECEIPT, RECEIPT, PAID, PAID, INTEREST])
            payee = lot.choice([*PAYEES]) if kind == PAID else ""
            happened = at("2026-11-04").at + timedelta(days=lot.randrange(15), minutes=n)
            fen = lot.randrange(1, 90_000)
            new = NewAction(kind, f"第 {n} 笔", happened, fen, payee=payee)
            try:
                recording.record(court.who("quick"), case_id, None, new, TODAY)
            except Refused:  # more than has come in
                continue
    return found


def purse(case_id: int) -> Purse:
    """Reckoned once more, from the entries alone: 1,000.00 yuan were claimed in each."""
    entries = sums_of(db.session(), [case_id])[case_id]
    fen = {kind: sum(one.fen for one in some) for kind, some in entries.items()}
    away = sum(one.fen for one in entries.get(PAID, ()) if one.payee != "applicant")
    sums = (fen.get(PAID, 0), fen.get(INTEREST, 0), away)
    return Purse.of(100_000, fen.get(RECEIPT, 0), *sums)


def money(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02}"


def test_case_and_register(app: Flask, court: Court, ids: list[int]) -> None:
    visitor = entered(app, court, "quick")
    register = visitor.get("/money?tab=all")
    for case_id in ids:
        one, case = purse(case_id), court.case(case_id)
        assert case.purse == one
        page = plain(visitor.get(f"/cases/{case_id}?tab=money"))
        for label, fen in (
            ("应执行合计", one.owed_fen),
            ("迟延履行利息", one.interest_fen),
            ("到账合计", one.recovered_fen),
            ("已发放合计", one.paid_fen),
            ("待发放", one.held_fen),
            ("未到位", one.outstanding_fen),
        ):
            assert f"{label} {money(fen)} 元" in page
        assert ("应退还被执行人" in page) == (one.surplus_fen > 0)
        if one.recovered_fen:
            row = row_of(register, case.number)
            sums = (one.owed_fen, one.recovered_fen, one.paid_fen, one.held_fen)
            assert all(money(fen) in row for fen in (*sums, one.outstanding_fen))
            left = sum(a.left_fen for a in arrivals_of(db.session(), [case_id])[case_id])
            assert left == one.held_fen


def test_the_total_is_the_sum_of_the_cases(app: Flask, court: Court, ids: list[int]) -> None:
    who = court.who("quick")
    scope = lists.scope_of(db.session(), court.id, who.role, who.team_id)
    kept = Register(scope, ["pay_out"], TODAY.on)
    some = [id_ for id_ in ids if purse(id_).recovered_fen]
    total, whole = kept.sum(db.session(), ALL), reduce(add, map(purse, some))
    for field in fields(Purse):
        assert getattr(total, field.name) == getattr(whole, field.name), field.name
    payees = kept.payees(db.session(), ALL)
    assert sum(payees.values()) == total.paid_fen
    assert total.paid_fen - payees.get("applicant", 0) == total.diverted_fen
    page = plain(entered(app, court, "quick").get("/money?tab=all"))
    assert all(money(fen) in page for fen in (whole.held_fen, whole.outstanding_fen))


def exported(visitor: Visitor, data: dict[str, str]) -> dict[str, tuple]:
    """A list as a workbook: its rows by case number."""
    answer = visitor.post("/lists/export", data)
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.data)).active
    return {row[1]: row for row in sheet.iter_rows(min_row=4, values_only=True)}


def test_lists_and_their_workbooks(app: Flask, court: Court, ids: list[int]) -> None:
    visitor = entered(app, court, "quick")
    listing = visitor.get("/cases/list")
    book = exported(visitor, {"list": "cases"})
    for case_id in ids:
        one, number = purse(case_id), court.case(case_id).number
        assert money(one.outstanding_fen) in row_of(listing, number)
        assert book[number][4:6] == (one.claim_fen / 100, one.outstanding_fen / 100)


def test_the_evidence_pack(court: Court, ids: list[int], tmp_path: Path) -> None:
    for case_id in ids[:3]:
        out, one = tmp_path / f"{case_id}.zip", purse(case_id)
        doer = Doer("supervisor", "supervisor")
        packs.make(packs.Order(court.id, case_id, doer, "监督甲", TODAY), out)
        with ZipFile(out) as pack:
            cover = plain(pack.read(packs.COVER).decode())
        for label, fen in (
            ("到位金额(元)", one.recovered_fen),
            ("迟延履行利息(元)", one.interest_fen),
            ("已发放(元)", one.paid_fen),
            ("未到位(元)", one.outstanding_fen),
            ("待发放(元)", one.held_fen),
        ):
            assert f"{label} {yuan(fen)}" in cover
