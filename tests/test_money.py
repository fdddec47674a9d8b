"""Do case, list and sum agree on the money, and is nothing paid out that has not come in?"""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.rules.kinds import PAID, RECEIPT
from linshu.rules.money import Purse
from linshu.services import claiming, correcting, recording
from linshu.services.errors import Invalid
from linshu.services.recording import NewAction
from linshu.store import lists
from linshu.store.cases import Action, Case
from linshu.store.db import db
from linshu.store.money import ALL, HELD, LATE, Register
from tests.court import Court, at
from tests.test_pauses import trail_of
from tests.web.visits import entered, plain, row_of


@pytest.fixture
def case_id(court: Court) -> int:
    """A case of 1,000.00 yuan at quick, with its officer."""
    (found,) = court.file_many(1, "2026-11-02", simple=True)
    claiming.claim(court.who("quick"), found, None, at("2026-11-03"))
    return found


def did(court: Court, case_id: int, kind: str, fen: int, on: str = "2026-11-05") -> int:
    new = NewAction(kind, f"{kind} {fen}", at(on).at, fen)
    return recording.record(court.who("quick"), case_id, None, new, at(on))


def sums(court: Court, case_id: int) -> tuple[int, int]:
    case = court.case(case_id)
    return case.recovered_fen, case.paid_fen


def test_what_comes_in_is_held_until_it_is_paid_out(court: Court, case_id: int) -> None:
    did(court, case_id, RECEIPT, 40_000)
    did(court, case_id, PAID, 15_000, "2026-11-06")
    assert sums(court, case_id) == (40_000, 15_000)
    after = trail_of(case_id)[-2:]
    sums_said = {"recovered_fen": 40_000, "paid_fen": 15_000, "interest_fen": 0, "diverted_fen": 0}
    assert sums_said in [entry["after"] for entry in after]


def test_nobody_pays_out_what_has_not_come_in(court: Court, case_id: int) -> None:
    did(court, case_id, RECEIPT, 40_000)
    with pytest.raises(Invalid, match=r"发放合计 400\.01 元超过到账合计 400\.00 元"):
        did(court, case_id, PAID, 40_001)
    paid = did(court, case_id, PAID, 40_000)
    assert sums(court, case_id) == (40_000, 40_000)
    receipt = db.session.scalars(select(Action.id).where(Action.kind == RECEIPT)).one()
    less = NewAction(RECEIPT, "少记了。", at("2026-11-05").at, 30_000)
    with pytest.raises(Invalid, match="超过到账"):  # a correction cannot take it away either
        correcting.correct_action(
            court.who("quick"), case_id, None, receipt, less, "写错了", at("2026-11-06")
        )
    right = NewAction(PAID, "发放。", at("2026-11-05").at, 25_000)
    correcting.correct_action(
        court.who("quick"), case_id, None, paid, right, "写错了", at("2026-11-06")
    )
    assert sums(court, case_id) == (40_000, 25_000)


def test_case_list_and_sum_agree(court: Court) -> None:
    ids = court.file_many(3, "2026-11-02", simple=True)
    for n, case_id in enumerate(ids, 1):
        claiming.claim(court.who("quick"), case_id, None, at("2026-11-03"))
        did(court, case_id, RECEIPT, n * 60_000)
    did(court, ids[0], PAID, 60_000)
    did(court, ids[1], PAID, 20_000)
    who = court.who("quick")
    scope = lists.scope_of(db.session(), court.id, who.role, who.team_id)
    kept = Register(scope, ["pay_out"], date(2026, 11, 23))
    for tab in (HELD, LATE, ALL):
        rows = kept.page(db.session(), tab, 1).rows
        total = kept.sum(db.session(), tab)
        assert kept.count(db.session(), tab) == len(rows)
        assert sum((row.purse for row in rows), Purse()) == total
    assert {row.case_id for row in kept.page(db.session(), HELD, 1).rows} == set(ids[1:])
    everything = kept.sum(db.session(), ALL)
    cases = db.session.scalars(select(Case).where(Case.id.in_(ids))).all()
    assert everything.held_fen == sum(case.recovered_fen - case.paid_fen for case in cases)
    assert everything.outstanding_fen == 40_000  # 1,000 yuan each; two were paid in full or more


def test_what_lies_too_long_is_late(court: Court, case_id: int) -> None:
    did(court, case_id, RECEIPT, 40_000)
    who = court.who("quick")
    scope = lists.scope_of(db.session(), court.id, who.role, who.team_id)
    due = date(2026, 12, 7)  # thirty days end on Saturday 5 December
    assert Register(scope, ["pay_out"], due).count(db.session(), LATE) == 0
    assert Register(scope, ["pay_out"], date(2026, 12, 8)).count(db.session(), LATE) == 1
    (line,) = Register(scope, ["pay_out"], due).page(db.session(), HELD, 1).rows
    assert (line.due_on, line.purse.held_fen) == (due, 40_000)


def test_the_register_shows_what_one_may_see(app: Flask, court: Court, case_id: int) -> None:
    did(court, case_id, RECEIPT, 40_000)
    did(court, case_id, PAID, 10_000)
    page = entered(app, court, "quick").get("/money")
    row = row_of(page, court.case(case_id).number)
    assert "400.00" in row and "100.00" in row and "300.00" in row and "600.00" in row
    assert "合计 1 件" in plain(page)
    assert "待发放 300.00" in plain(entered(app, court, "quick").get(f"/cases/{case_id}"))
    other = plain(entered(app, court, "one").get("/money?tab=all"))
    assert "还没有到账的案件" in other and court.case(case_id).number not in other
    assert court.case(case_id).number in entered(app, court, "supervisor").get("/money")
    entered(app, court, "system").get("/money", 403)
