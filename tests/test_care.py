"""Is a terminated case searched, told of, asked about, and decided when its five years are over?"""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from linshu.rules.policy import parse, published_text
from linshu.services import care, recording, replay, requests
from linshu.services.care import Consultation
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from linshu.services.recording import NewAction
from linshu.store import care as kept
from linshu.store import countdowns, lists
from linshu.store.cases import Action, Case
from linshu.store.db import db
from tests.court import Court, at
from tests.test_resuming import ON, applied, keepers, put, running, terminated

AGAIN = {key: row.again for key, row in parse(published_text()).countdowns.items()}


@pytest.fixture
def dormant(court: Court) -> int:
    keepers(court)
    return terminated(court)


def search(court: Court, case_id: int, on: str, kind: str = "dormant_search") -> None:
    new = NewAction(kind, f"{on} 查控", at(on).at)
    recording.record(court.who("keeper"), case_id, None, new, at(on, 10))


def asked(court: Court, tab: str, today: str = ON, login: str = "keeper", **facts) -> kept.Asked:
    who, on = court.who(login), date.fromisoformat(today)
    scope = lists.scope_of(db.session(), court.id, who.role, who.team_id)
    return kept.Asked(scope, tab, on, date.fromordinal(on.toordinal() + 30), **facts)


def listed(court: Court, tab: str, today: str = ON, **facts) -> list[int]:
    db.session.rollback()
    wanted = asked(court, tab, today, **facts)
    total = kept.counts(db.session(), wanted)[tab]
    page = kept.page(db.session(), wanted, AGAIN, total, 1)
    assert len(page.rows) == total
    return [line.case_id for line in page.rows]


def line(court: Court, case_id: int, today: str = ON) -> kept.Line:
    db.session.rollback()
    page = kept.page(db.session(), asked(court, kept.ALL, today), AGAIN, 3, 1)
    return next(one for one in page.rows if one.case_id == case_id)


def test_a_search_begins_the_next_and_that_the_applicant_is_told(
    court: Court, dormant: int
) -> None:
    assert running(dormant)["dormant_search"] == date(2026, 12, 15)
    assert "search_told" not in running(dormant)
    search(court, dormant, "2026-11-20")
    assert running(dormant)["dormant_search"] == date(2027, 6, 15)  # from the first start
    assert running(dormant)["search_told"] == date(2026, 11, 30)
    search(court, dormant, "2026-11-21", "search_told")
    assert "search_told" not in running(dormant)
    assert (line(court, dormant).done, line(court, dormant).planned) == (1, 10)


def test_a_consultation_is_in_the_log_and_on_the_list(court: Court, dormant: int) -> None:
    who = court.who("keeper")
    new = Consultation("applicant", "call", "有无进展?", "尚无财产。", at(ON).at)
    care.consult(who, dormant, new, at(ON, 10))
    (action,) = db.session.scalars(select(Action).where(Action.kind == "consultation"))
    assert action.text == "申请执行人 · 电话\n问:有无进展?\n答:尚无财产。"
    assert line(court, dormant).consulted_at == at(ON).at
    scope = asked(court, kept.ALL).scope
    (row,) = kept.consultations(db.session(), scope, 1).rows
    assert (row.action.case_id, row.by) == (dormant, "终本甲")
    (compared,) = replay.compared(court.id, case_ids=[dormant])
    assert compared.agrees


@pytest.mark.parametrize(
    "wrong",
    [
        Consultation("nobody", "call", "问", "答", at(ON).at),
        Consultation("other", "fax", "问", "答", at(ON).at),
        Consultation("other", "call", " ", "答", at(ON).at),
        Consultation("other", "call", "问", " ", at(ON).at),
        Consultation("other", "call", "问", "答", at("2026-11-24").at),
    ],
)
def test_a_consultation_that_cannot_be(court: Court, dormant: int, wrong: Consultation) -> None:
    with pytest.raises(Invalid):
        care.consult(court.who("keeper"), dormant, wrong, at(ON))
    assert not db.session.scalars(select(Action).where(Action.kind == "consultation")).all()


def test_each_tab_has_what_it_says(court: Court, dormant: int) -> None:
    late = terminated(court, "2026-02-10", filed="2025-10-10")
    later = terminated(court, "2026-10-12")
    assert listed(court, kept.DUE) == [late, dormant]  # 08-10, 12-15
    assert listed(court, kept.ALL) == [late, dormant, later]
    assert listed(court, kept.APPLIED) == [] == listed(court, kept.OVER)
    applied(court, dormant)
    assert listed(court, kept.APPLIED) == [dormant]
    assert listed(court, kept.OVER, "2031-06-16") == [late, dormant]
    assert listed(court, kept.ALL, ids=[later]) == [later]
    counts = kept.counts(db.session(), asked(court, kept.ALL))
    assert counts == {"due": 2, "all": 3, "applied": 1, "over": 0, "unplanned": 0}
    one = line(court, late)
    assert (one.next_on, one.dormant_on) == (date(2026, 8, 10), date(2026, 2, 10))
    assert (one.debtors, one.outstanding_fen) == (("李四", "王五"), 100_000)


def test_others_see_what_their_scope_shows(court: Court, dormant: int) -> None:
    court.file("2026-11-20", resumed=True)  # not in care
    for login, seen in (("chief", 1), ("supervisor", 1), ("keeper-lead", 1), ("quick", 0)):
        assert kept.counts(db.session(), asked(court, kept.ALL, login=login))["all"] == seen


def whole_plan(court: Court, case_id: int) -> str:
    """All ten searches, each on its last day; returns the last day of the five years."""
    while (due := running(case_id).get("dormant_search")) is not None:
        search(court, case_id, str(due))
    return str(running(case_id)["dormant_five_years"])


def test_when_five_years_are_over_somebody_decides(court: Court, dormant: int) -> None:
    with pytest.raises(Conflict, match="请先登记"):
        care.go_on(court.who("keeper"), dormant, None, "care_continued", "理由", at(ON))
    over = whole_plan(court, dormant)
    assert over == "2031-06-16"  # 06-15, a Sunday
    assert listed(court, kept.OVER, over) == [dormant] == listed(court, kept.UNPLANNED, over)
    who = court.who("keeper")
    mine = countdowns.desk_of(db.session(), court.id, who.person_id, who.role, who.team_id)
    rows = countdowns.on_desk(db.session(), court.id, mine).rows
    assert "dormant_five_years" in {row.row for row in rows}  # asked on the desk as well
    with pytest.raises(Invalid, match="理由"):
        care.go_on(who, dormant, None, "care_continued", " ", at(over))
    care.go_on(who, dormant, None, "care_continued", "仍有履行可能", at(over))
    now = running(dormant)
    assert now["dormant_five_years"] == date(2036, 6, 16)
    assert now["dormant_search"] == date(2031, 12, 16)
    assert (line(court, dormant, over).done, line(court, dormant, over).planned) == (0, 10)
    (compared,) = replay.compared(court.id, case_ids=[dormant])
    assert compared.agrees


def test_another_year_is_two_searches_and_asks_again(court: Court, dormant: int) -> None:
    over = whole_plan(court, dormant)
    care.go_on(court.who("keeper"), dormant, None, "care_continued_year", "再看一年", at(over))
    now = running(dormant)
    assert "dormant_five_years" not in now
    assert now["dormant_another_year"] == date(2032, 6, 16)
    assert now["dormant_search_year"] == date(2031, 12, 16)
    search(court, dormant, "2031-12-16")
    search(court, dormant, "2032-06-16")
    assert "dormant_search_year" not in running(dormant)
    care.go_on(court.who("keeper"), dormant, None, "care_continued", "再看", at("2032-06-16", 12))
    assert running(dormant)["dormant_search"] == date(2032, 12, 16)
    assert "dormant_another_year" not in running(dormant)


def test_only_whoever_holds_it_writes(court: Court, dormant: int) -> None:
    new = Consultation("other", "call", "问", "答", at(ON).at)
    for login in ("chief", "supervisor", "quick"):
        with pytest.raises((NotAllowed, NotFound)):
            care.consult(court.who(login), dormant, new, at(ON))
        with pytest.raises((NotAllowed, NotFound)):
            care.go_on(court.who(login), dormant, None, "care_continued", "理由", at(ON))


def both(app: Flask, act) -> list[str]:
    """What two who do the same at once are told."""
    start, said = Barrier(2), []

    def one(place: int) -> None:
        with app.app_context():
            start.wait()
            try:
                act(place)
                said.append("done")
            except Refused as refused:
                said.append(refused.code)
            finally:
                db.session.remove()

    threads = [Thread(target=one, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_two_approvals_at_once_open_one_case(app: Flask, court: Court, dormant: int) -> None:
    request = put(court, dormant, applied(court, dormant))
    chief = court.who("chief")
    db.session.rollback()
    said = both(app, lambda _place: requests.approve(chief, request, "", at(ON)))
    assert said == ["done", "request_decided"]
    anew = select(func.count()).where(Case.resumed_from_id == dormant)
    assert db.session.scalar(anew) == 1


def test_two_cases_resumed_at_once_have_two_numbers(app: Flask, court: Court, dormant: int) -> None:
    cases = [dormant, terminated(court)]
    asked_for = [put(court, id_, applied(court, id_)) for id_ in cases]
    chief, highest = court.who("chief"), court.serial
    db.session.rollback()
    said = both(app, lambda place: requests.approve(chief, asked_for[place], "", at(ON)))
    assert said == ["done", "done"]
    serials = select(Case.serial).where(Case.resumed_from_id.in_(cases)).order_by(Case.serial)
    assert list(db.session.scalars(serials)) == [highest + 1, highest + 2]
    for one in replay.compared(court.id):
        assert one.agrees, [str(said) for said in one.said]


def test_two_applications_at_once_are_one(app: Flask, court: Court, dormant: int) -> None:
    court.who("keeper")
    db.session.rollback()
    assert both(app, lambda _place: applied(court, dormant)) == ["application_open", "done"]
