"""What if a case was closed wrongly? It is worked again where it was, by an approval."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from linshu.services import people, reopening, replay, requests, soundness
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.services.people import NewPerson
from linshu.services.recording import NewAction
from linshu.store.cases import Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.db import db
from linshu.store.writer import Doer
from tests import books, closings
from tests.closings import TERMINATION
from tests.court import ONE, STAFF, TWO, Court, at
from tests.locks_off import behind_the_back
from tests.test_gate import holder, status
from tests.test_pauses import trail_of

FILED, CLOSED, BACK = "2026-01-05", "2026-04-20", "2026-05-18"


@pytest.fixture
def case_id(court: Court) -> int:
    """A case that an intensive team closed in time, with a petition that was still running."""
    found = court.brought_to("intensive", FILED)
    who = holder(court, found)
    closings.act(court, found, NewAction("petition", "来信。", at(CLOSED, 8).at), at(CLOSED), who)
    court.close(found, "销案", CLOSED, who, "误报")
    return found


def closer(court: Court, case_id: int) -> str:
    db.session.rollback()
    query = select(Stint.team_id).where(Stint.case_id == case_id).order_by(Stint.seq.desc())
    return "one" if db.session.scalars(query).first() == court.team(ONE).id else "two"


def ask(court: Court, case_id: int) -> int:
    return reopening.ask(court.who(closer(court, case_id)), case_id, "被执行人尚有财产。", at(BACK))


def running(case_id: int) -> dict[str, date | None]:
    db.session.rollback()
    query = select(CaseCountdown).where(
        CaseCountdown.case_id == case_id,
        CaseCountdown.met_at.is_(None),
        CaseCountdown.void_at.is_(None),
    )
    return {one.row: one.due_on for one in db.session.scalars(query)}


def test_it_goes_back_to_where_it_was_closed_with_a_full_limit(court: Court, case_id: int) -> None:
    db.session.rollback()
    query = select(Stint).where(Stint.case_id == case_id).order_by(Stint.seq.desc())
    before = db.session.scalars(query).first()
    assert before is not None and before.ended_on == date(2026, 4, 20)
    was = (before.seq, before.team_id, before.hop, before.sideways)
    assert set(running(case_id)) == {"archive"}
    points = books.balance()
    requests.approve(court.who("vice"), ask(court, case_id), "属实", at(BACK, 15))
    stint, case = court.stint(case_id), court.case(case_id)
    assert (stint.seq - 1, stint.team_id, stint.hop, stint.sideways) == was
    assert (stint.stage, stint.handler_id) == ("intensive", None)
    assert (stint.started_on, stint.due_on) == (date(2026, 5, 18), date(2026, 6, 18))
    assert (case.closed_on, case.closing_type, case.closing_reason) == (None, "", "")
    assert set(running(case_id)) >= {"petition_recorded", "petition_finished"}
    assert "archive" not in running(case_id)
    assert books.balance() == points and books.hold()


def test_the_trail_keeps_how_it_was_closed_and_replays(court: Court, case_id: int) -> None:
    requests.approve(court.who("vice"), ask(court, case_id), "属实", at(BACK, 15))
    (entry,) = [one for one in trail_of(case_id) if one["tag"] == "case.reopened"]
    assert (entry["before"]["closed_on"], entry["before"]["closing_type"]) == (CLOSED, "销案")
    assert (entry["by"], entry["after"]["stage"]) == ("vice", "intensive")
    assert agrees(court, case_id)
    court.close(case_id, "销案", "2026-06-18", closer(court, case_id))
    assert agrees(court, case_id)
    assert court.case(case_id).closed_on == date(2026, 6, 18)


def agrees(court: Court, case_id: int) -> bool:
    """Whether the trail alone says what the tables say."""
    (found,) = replay.compared(court.id, case_ids=[case_id])
    return found.agrees


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("closed_on", "UPDATE cases SET closed_on = '2026-04-20' WHERE id = 1"),
        ("closing_type", "UPDATE cases SET closing_type = '销案' WHERE id = 1"),
        ("due_on", "UPDATE stints SET due_on = '2026-07-20' WHERE ended_on IS NULL"),
        ("requests", "UPDATE requests SET status = 'refused' WHERE kind = 'reopening'"),
        ("countdowns", "UPDATE countdowns SET void_at = started_at WHERE met_at IS NULL"),
    ],
)
def test_what_is_changed_behind_its_back_is_named(
    court: Court, case_id: int, what: str, change: str
) -> None:
    requests.approve(court.who("vice"), ask(court, case_id), "属实", at(BACK, 15))
    behind_the_back(change)
    (found,) = replay.compared(court.id, case_ids=[case_id])
    assert what in {one.what for one in found.differences}


def test_a_request_to_reopen_is_sound_while_the_case_is_closed(court: Court, case_id: int) -> None:
    number = ask(court, case_id)
    here = soundness.Court(court.id, at(BACK))
    (look,) = [rule.look for rule in soundness.RULES if rule.key == "requests"]
    assert [*look(here)] == []
    behind_the_back("UPDATE cases SET closed_on = NULL WHERE id = 1")
    assert "所在阶段已经结束" in str(next(look(here)).said)
    with pytest.raises(Conflict, match="失效"):
        requests.approve(court.who("vice"), number, "", at(BACK, 15))


@pytest.mark.parametrize("verb", [requests.refuse, requests.send_back])
def test_what_is_turned_down_stays_closed_and_may_be_asked_for_anew(
    court: Court, case_id: int, verb: object
) -> None:
    number = ask(court, case_id)
    with pytest.raises(Conflict, match="待决"):
        ask(court, case_id)
    verb(court.who("vice"), number, "不属实", at(BACK, 15))
    assert court.case(case_id).closed_on == date(2026, 4, 20)
    assert status(ask(court, case_id)) == "asked" and status(number) != "approved"


@pytest.mark.parametrize("state", ["asked", "approved", "refused", "returned"])
def test_who_may_decide_it_in_every_state(court: Court, case_id: int, state: str) -> None:
    number = ask(court, case_id)
    acts = {
        "approved": lambda who: requests.approve(who, number, "", at(BACK, 15)),
        "refused": lambda who: requests.refuse(who, number, "不", at(BACK, 15)),
        "returned": lambda who: requests.send_back(who, number, "补", at(BACK, 15)),
    }
    if state != "asked":
        acts[state](court.who("vice"))
    for login in (person.login for person in STAFF):
        if login == "vice" and state == "asked":
            continue
        for act in acts.values():
            with pytest.raises((NotAllowed, Conflict)):
                act(court.who(login))
            assert status(number) == state


def test_only_the_team_that_closed_it_asks_with_a_reason(court: Court, case_id: int) -> None:
    who = closer(court, case_id)
    for login in ({"one", "two"} - {who}) | {"centre", "chief", "supervisor", "clerk", "president"}:
        with pytest.raises((NotAllowed, NotFound)):
            reopening.ask(court.who(login), case_id, "理由", at(BACK))
    with pytest.raises(Invalid, match="理由"):
        reopening.ask(court.who(who), case_id, " ", at(BACK))


def test_neither_an_open_case_nor_a_dormant_one_is_reopened(court: Court) -> None:
    open_, dormant = court.file_many(2, "2026-05-04", simple=True, filed="2026-01-05")
    court.close(dormant, TERMINATION, "2026-05-06", "quick")
    for case_id in (open_, dormant):
        with pytest.raises((Conflict, NotAllowed)):
            reopening.ask(court.who("quick"), case_id, "理由", at("2026-05-07"))


def test_a_team_that_is_no_more_is_replaced_by_the_least_loaded(court: Court, case_id: int) -> None:
    who = closer(court, case_id)
    number = ask(court, case_id)
    mine, other = (ONE, TWO) if who == "one" else (TWO, ONE)
    people.switch_team(court.who("system"), court.team(mine).id, False, at(BACK, 10))
    requests.approve(court.who("vice"), number, "", at(BACK, 15))
    assert court.stint(case_id).team_id == court.team(other).id


def test_the_exit_from_dormant_care_and_back(court: Court) -> None:  # R23
    keeper = NewPerson("keeper", "维护甲", "dormant_keeper", "终本维护团队")
    people.add_people(court.id, [keeper], Doer("admin", "security_admin"), at("2026-01-02"))
    (case_id,) = court.file_many(1, "2026-05-04", simple=True, filed="2026-01-05")
    court.close(case_id, TERMINATION, "2026-05-06", "quick", "穷尽措施")
    with pytest.raises(Invalid, match="只能报终结执行"):
        closings.report(court, case_id, "销案", at("2027-01-05"), "keeper")
    court.close(case_id, "终结执行", "2027-01-05", "keeper", "债务人死亡,无遗产")
    case = court.case(case_id)
    assert (case.closed_on, case.closing_type) == (date(2027, 1, 5), "终结执行")
    assert set(running(case_id)) == {"archive"}
    number = reopening.ask(court.who("keeper"), case_id, "发现遗产", at("2027-02-01"))
    requests.approve(court.who("vice"), number, "", at("2027-02-02"))
    stint, case = court.stint(case_id), court.case(case_id)
    assert (stint.stage, stint.due_on) == ("dormant", None)
    assert (case.closing_type, case.closing_reason) == (TERMINATION, "穷尽措施")
    assert "dormant_search" in running(case_id)
    assert agrees(court, case_id)
