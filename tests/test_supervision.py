"""Does every expiry move open its sheet, and is it filled in and read by those who should?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from linshu.services import claiming, recording, supervision
from linshu.services.errors import Conflict, NotAllowed, NotFound, Refused
from linshu.services.recording import NewAction
from linshu.store.db import db
from linshu.store.work import SupervisionSheet
from tests.court import ONE, Court, at
from tests.test_pauses import trail_of


def sheets(case_id: int) -> list[SupervisionSheet]:
    db.session.rollback()
    query = select(SupervisionSheet).where(SupervisionSheet.case_id == case_id)
    return list(db.session.scalars(query.order_by(SupervisionSheet.id)))


@pytest.fixture
def moved(court: Court) -> tuple[Court, int]:
    """A case that the centre could not finish: it moved to an intensive team on 2026-04-08."""
    case_id = court.file_many(1, "2026-01-05", simple=False)[0]
    claiming.claim(court.who("centre"), case_id, None, at("2026-01-06"))
    for kind in ("notice", "network_search"):
        recording.record(
            court.who("centre"),
            case_id,
            None,
            NewAction(kind, "已办。", at("2026-01-07").at),
            at("2026-01-07"),
        )
    court.sweep("2026-04-08")
    return court, case_id


def giver_and_lead(court: Court, case_id: int) -> tuple[str, str]:
    own = court.stint(case_id).team_id == court.team(ONE).id
    return ("one", "lead-one") if own else ("two", "lead-two")


def test_an_expiry_move_opens_a_sheet_with_what_was_missed(moved) -> None:
    court, case_id = moved
    (sheet,) = sheets(case_id)
    assert sheet.missed == ["005", "030"]
    assert (sheet.opened_on, sheet.due_on) == (date(2026, 4, 8), date(2026, 4, 10))
    assert (sheet.team_id, sheet.to_team_id) == (
        court.team("执行指挥中心").id,
        court.stint(case_id).team_id,
    )
    move = next(entry for entry in trail_of(case_id) if entry["tag"] == "case.moved")
    assert move["data"]["missed"] == ["005", "030"]


def test_each_expiry_has_its_own_and_nothing_else_opens_one(moved) -> None:
    court, case_id = moved
    court.sweep("2026-04-08")  # a second run is harmless
    assert len(sheets(case_id)) == 1
    for day in ("2026-05-09", "2026-06-10", "2026-07-13"):
        court.sweep(day)
    assert [len(sheet.missed) for sheet in sheets(case_id)] == [2, 1, 1, 1]
    unscreened = court.file("2026-11-02")
    court.sweep("2026-11-06")  # from intake to the centre: no node was due there
    assert sheets(unscreened) == []


def test_the_giving_team_fills_it_in_and_the_receiving_lead_reads_it(moved) -> None:
    court, case_id = moved
    (sheet,) = sheets(case_id)
    _giver, lead = giver_and_lead(court, case_id)
    when = at("2026-04-10", 17)
    supervision.fill(court.who("centre"), sheet.id, "被执行人下落不明。", "先查外地房产。", when)
    supervision.read(court.who(lead), sheet.id, at("2026-04-10", 18))
    (after,) = sheets(case_id)
    assert (after.reasons, after.hints) == ("被执行人下落不明。", "先查外地房产。")
    assert after.filled_by == court.who("centre").person_id
    assert after.read_by == court.who(lead).person_id
    assert [entry["tag"] for entry in trail_of(case_id)][-2:] == ["sheet.filled", "sheet.read"]
    with pytest.raises(Conflict):
        supervision.fill(court.who("centre"), sheet.id, "再写一次。", "", when)
    with pytest.raises(Conflict):
        supervision.read(court.who(lead), sheet.id, when)


def test_after_two_working_days_it_stays_as_it_is(moved) -> None:  # R16
    court, case_id = moved
    (sheet,) = sheets(case_id)
    with pytest.raises(Conflict, match="2026-04-10"):
        supervision.fill(court.who("centre"), sheet.id, "太晚。", "", at("2026-04-11"))
    _giver, lead = giver_and_lead(court, case_id)
    supervision.read(court.who(lead), sheet.id, at("2026-04-13"))


def test_nobody_else_fills_it_in_or_reads_it(moved) -> None:
    court, case_id = moved
    (sheet,) = sheets(case_id)
    giver, _lead = giver_and_lead(court, case_id)
    when = at("2026-04-09")
    with pytest.raises(NotAllowed):
        supervision.fill(court.who(giver), sheet.id, "不是我的。", "", when)
    with pytest.raises(NotFound):  # not in the scope of a team that never held it
        supervision.fill(court.who("quick"), sheet.id, "不是我的。", "", when)
    for login in ("supervisor", "system", "filing"):
        with pytest.raises(Refused):
            supervision.fill(court.who(login), sheet.id, "不是我的。", "", when)
    for login in (giver, "centre-lead", "chief", "centre"):
        with pytest.raises(Refused):
            supervision.read(court.who(login), sheet.id, when)
    with pytest.raises(Refused):
        supervision.fill(court.who("centre"), sheet.id, " ", "", when)
    assert sheets(case_id)[0].filled_at is None
