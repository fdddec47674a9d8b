"""督办 through the services: given, answered, settled, along with the case, told, never twice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from linshu.rules.measures import Standing
from linshu.rules.watch import About
from linshu.services import alerts, claiming, correcting, measures, orders, recording
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from linshu.services.measures import NewMeasure
from linshu.services.orders import Deadline, NewOrder
from linshu.services.recording import NewAction
from linshu.store import orders as kept
from linshu.store.cases import Party
from linshu.store.clocks import Alert, CaseCountdown
from linshu.store.db import db, transaction
from linshu.store.orders import Line
from linshu.store.people import Person
from tests.court import ONE, TWO, Court, at
from tests.test_pauses import trail_of

DAY = "2026-03-04"
WEEK = Deadline(working_days=5)


@pytest.fixture
def quick(court: Court) -> tuple[Court, int]:
    """A case of the quick team, claimed: its notice is due on 2026-03-05."""
    case_id = court.file_many(1, "2026-03-02", simple=True)[0]
    claiming.claim(court.who("quick"), case_id, None, at("2026-03-02"))
    return court, case_id


def notice_of(case_id: int) -> int:
    query = select(CaseCountdown.id).where(
        CaseCountdown.case_id == case_id, CaseCountdown.row == "enforcement_notice"
    )
    return db.session.scalars(query).one()


def the_notice(case_id: int, deadline: Deadline = WEEK) -> NewOrder:
    return NewOrder(
        case_id, About.COUNTDOWN, "尽快发出。", deadline, countdown_id=notice_of(case_id)
    )


def node(case_id: int, code: str = "004", text: str = "尽快办理。") -> NewOrder:
    return NewOrder(case_id, About.NODE, text, WEEK, key=code)


def matter(case_id: int, text: str = "请说明情况。") -> NewOrder:
    return NewOrder(case_id, About.MATTER, text, WEEK)


def line(court: Court, order_id: int) -> Line:
    db.session.rollback()
    found = kept.one(db.session(), court.id, order_id)
    assert found is not None
    return found


def act(court: Court, case_id: int, kind: str, on: str, who: str = "quick") -> int:
    new = NewAction(kind, f"{kind} {on}", at(on).at)
    return recording.record(court.who(who), case_id, None, new, at(on))


def told(subject: str) -> set[tuple[str, date]]:
    db.session.rollback()
    query = select(Person.login, Alert.due_on).join(Alert, Alert.person_id == Person.id)
    return set(db.session.execute(query.where(Alert.subject == subject)).all())


def test_from_the_order_to_its_settlement(quick) -> None:
    court, case_id = quick
    supervisor, due_on = court.who("supervisor"), court.stint(case_id).due_on
    id_ = orders.give(supervisor, the_notice(case_id), at(DAY))
    given = line(court, id_)
    assert (given.order.name, given.order.due_on) == (
        "发出执行通知书、报告财产令",
        date(2026, 3, 11),
    )
    assert told("order") == {("quick", date(2026, 3, 11)), ("quick-lead", date(2026, 3, 11))}
    assert not given.done and given.status == "ordered"
    act(court, case_id, "notice", "2026-03-05")
    assert line(court, id_).done  # derived from what was recorded
    orders.answer(court.who("quick"), id_, "已送达。", at("2026-03-05", 15))
    assert told("order_answer") == {("supervisor", date(2026, 3, 11))}
    orders.settle(supervisor, id_, "", at("2026-03-06"))
    after = line(court, id_)
    assert (after.status, after.answerer, after.decider) == ("settled", "速执甲", "监督甲")
    tags = [entry["tag"] for entry in trail_of(case_id) if entry["tag"].startswith("order.")]
    assert tags == ["order.given", "order.answered", "order.settled"]
    assert court.stint(case_id).due_on == due_on  # an order moves no clock


def test_the_act_alone_lets_the_orderer_settle(quick) -> None:
    court, case_id = quick
    id_ = orders.give(court.who("chief"), node(case_id), at(DAY))
    with pytest.raises(Conflict):
        orders.settle(court.who("chief"), id_, "", at(DAY, 10))
    act(court, case_id, "network_search", "2026-03-04")
    orders.settle(court.who("chief"), id_, "很好。", at("2026-03-05"))
    assert line(court, id_).status == "settled"


def test_a_measure_that_was_taken_is_the_missing_act_too(quick) -> None:
    court, case_id = quick
    id_ = orders.give(court.who("chief"), node(case_id, "017"), at(DAY))
    debtor = db.session.scalars(
        select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    ).one()
    new = NewMeasure(debtor, "appraisal", "评字1号")
    measures.note(
        court.who("quick"), case_id, None, new, Standing.APPLIED, date(2026, 3, 4), at(DAY, 10)
    )
    assert not line(court, id_).done
    measures.note(
        court.who("quick"), case_id, None, new, Standing.DONE, date(2026, 3, 4), at(DAY, 11)
    )
    assert line(court, id_).done


def test_a_correction_takes_the_act_away_again(quick) -> None:
    court, case_id = quick
    id_ = orders.give(court.who("supervisor"), the_notice(case_id), at(DAY))
    action = act(court, case_id, "notice", "2026-03-05")
    wrong = NewAction("call", "只是电话。", at("2026-03-05").at)
    correcting.correct_action(
        court.who("quick"), case_id, None, action, wrong, "录错", at("2026-03-05", 12)
    )
    assert not line(court, id_).done


def test_sent_back_it_is_to_be_done_anew(quick) -> None:
    court, case_id = quick
    who, id_ = court.who("supervisor"), orders.give(court.who("supervisor"), node(case_id), at(DAY))
    act(court, case_id, "network_search", "2026-03-05")
    orders.answer(court.who("quick"), id_, "查过了。", at("2026-03-05", 12))
    with pytest.raises(Invalid, match="理由"):
        orders.send_back(who, id_, " ", WEEK, at("2026-03-06"))
    with pytest.raises(Invalid):
        orders.send_back(who, id_, "不全。", Deadline(date(2026, 3, 5)), at("2026-03-06"))
    orders.send_back(who, id_, "只查了银行。", Deadline(date(2026, 3, 10)), at("2026-03-06"))
    again = line(court, id_)
    assert (again.status, again.order.due_on, again.done) == ("ordered", date(2026, 3, 10), False)
    assert ("quick", date(2026, 3, 10)) in told("order")
    act(court, case_id, "network_search", "2026-03-09")
    assert line(court, id_).done


@pytest.mark.parametrize("login", ["centre", "quick", "quick-lead", "one", "president", "system"])
def test_nobody_else_orders(quick, login: str) -> None:
    court, case_id = quick
    with pytest.raises(NotAllowed):
        orders.give(court.who(login), matter(case_id), at(DAY))


@pytest.mark.parametrize(
    ("login", "refusal"),
    [
        ("one", NotFound),  # out of the scope of a team that never held it
        ("centre", NotAllowed),
        ("chief", NotAllowed),
        ("supervisor", NotAllowed),
        ("president", NotAllowed),
    ],
)
def test_nobody_else_answers(quick, login: str, refusal: type[Refused]) -> None:
    court, case_id = quick
    id_ = orders.give(court.who("supervisor"), matter(case_id), at(DAY))
    with pytest.raises(refusal):
        orders.answer(court.who(login), id_, "已办。", at(DAY))


@pytest.mark.parametrize("login", ["quick", "quick-lead", "chief", "vice", "president"])
def test_nobody_else_judges(quick, login: str) -> None:
    court, case_id = quick
    id_ = orders.give(court.who("supervisor"), matter(case_id), at(DAY))
    orders.answer(court.who("quick"), id_, "已办。", at(DAY, 10))
    for verb in (orders.settle, orders.withdraw):
        with pytest.raises(NotAllowed, match="监督甲"):
            verb(court.who(login), id_, "好", at(DAY, 11))


def test_who_has_left_office_is_stood_in_for(quick) -> None:
    court, case_id = quick
    id_ = orders.give(court.who("supervisor"), matter(case_id), at(DAY))
    orders.answer(court.who("quick"), id_, "已办。", at(DAY, 10))
    gone = court.who("supervisor").person_id
    with transaction() as session:
        session.get_one(Person, gone).active = False
    orders.settle(court.who("chief"), id_, "", at(DAY, 11))
    assert line(court, id_).decider == "局长甲"


def test_what_cannot_be_ordered(quick) -> None:
    court, case_id = quick
    who = court.who("supervisor")
    cases = [
        (node(case_id, text=" "), Invalid),
        (NewOrder(case_id, About.NODE, "办。", Deadline(), "004"), Invalid),
        (NewOrder(case_id, About.NODE, "办。", Deadline(working_days=61), "004"), Invalid),
        (NewOrder(case_id, About.NODE, "办。", Deadline(date(2026, 3, 3)), "004"), Invalid),
        (node(case_id, "099"), NotFound),
        (NewOrder(case_id, About.COUNTDOWN, "办。", WEEK, countdown_id=999), NotFound),
        (matter(case_id + 99), NotFound),
    ]
    for new, refusal in cases:
        with pytest.raises(refusal):
            orders.give(who, new, at(DAY))
    act(court, case_id, "notice", DAY)
    for new in (the_notice(case_id), node(case_id, "003")):
        with pytest.raises(Invalid, match="不需要督办"):
            orders.give(who, new, at(DAY, 12))
    assert kept.of_case(db.session(), case_id) == []


def test_one_order_about_one_thing_at_a_time(quick) -> None:
    court, case_id = quick
    first = orders.give(court.who("supervisor"), node(case_id), at(DAY))
    with pytest.raises(Conflict, match=f"#{first}"):
        orders.give(court.who("chief"), node(case_id, text="也办。"), at(DAY, 10))
    orders.withdraw(court.who("supervisor"), first, "下错了。", at(DAY, 11))
    orders.give(court.who("chief"), node(case_id), at(DAY, 12))


def test_many_at_once_each_for_itself(quick) -> None:
    court, case_id = quick
    other = court.file_many(1, "2026-03-02", simple=True)[0]
    orders.give(court.who("supervisor"), node(case_id), at(DAY))
    news = [node(case_id), node(other), node(999)]
    outcomes = orders.give_many(court.who("supervisor"), news, at(DAY, 10))
    assert [one.refusal and one.refusal.code for one in outcomes] == [
        "order_open",
        None,
        "not_yours",
    ]
    assert len(kept.of_case(db.session(), other)) == 1


def test_it_goes_along_with_the_case(quick) -> None:
    court, case_id = quick
    id_ = orders.give(court.who("supervisor"), matter(case_id), at(DAY))
    due_on = court.stint(case_id).due_on
    court.sweep(date.fromordinal(due_on.toordinal() + 1))
    assert line(court, id_).team.name == "执行指挥中心"
    passed = [entry for entry in trail_of(case_id) if entry["tag"] == "order.passed"]
    assert [entry["data"]["team"] for entry in passed] == ["执行指挥中心"]
    with pytest.raises(NotAllowed):
        orders.answer(court.who("quick"), id_, "不归我了。", at("2026-04-10"))
    orders.answer(court.who("centre"), id_, "已办。", at("2026-04-10"))


def test_after_the_closing_the_last_holder_answers(quick) -> None:
    court, case_id = quick
    id_ = orders.give(court.who("supervisor"), matter(case_id), at(DAY))
    court.close(case_id, "执行完毕", "2026-03-06", "quick")
    assert [one.order.id for one in kept.live_of(db.session(), case_id)] == [id_]
    orders.answer(court.who("quick"), id_, "已结案。", at("2026-03-09"))
    orders.settle(court.who("supervisor"), id_, "", at("2026-03-10"))


def test_overdue_is_told_once_for_each_deadline(quick) -> None:
    court, case_id = quick
    late = date(2026, 3, 11)
    id_ = orders.give(court.who("supervisor"), matter(case_id), at(DAY))
    alerts.raise_due(court.id, at(late))
    assert told("order_late") == set()  # the whole last day counts
    assert not line(court, id_).late(late)
    for day in ("2026-03-12", "2026-03-13"):
        alerts.raise_due(court.id, at(day))
        assert told("order_late") == {("quick-lead", late), ("supervisor", late)}
    assert line(court, id_).late(date(2026, 3, 12))
    orders.answer(court.who("quick"), id_, "办了。", at("2026-03-13"))
    again = Deadline(date(2026, 3, 16))
    orders.send_back(court.who("supervisor"), id_, "没办完。", again, at("2026-03-13", 10))
    alerts.raise_due(court.id, at("2026-03-17"))
    assert ("quick-lead", date(2026, 3, 16)) in told("order_late")


def test_whose_turn_it_is(quick) -> None:
    court, case_id = quick

    def wait(login: str) -> int:
        db.session.rollback()
        who = court.who(login)
        own = [court.team("速执团队").id] if login.startswith("quick") else []
        return len(kept.waiting(db.session(), who.seat, court.id, own))

    id_ = orders.give(court.who("supervisor"), matter(case_id), at(DAY))
    assert (wait("quick"), wait("quick-lead"), wait("supervisor"), wait("chief")) == (1, 1, 0, 0)
    orders.answer(court.who("quick"), id_, "办了。", at(DAY, 10))
    assert (wait("quick"), wait("supervisor"), wait("chief")) == (0, 1, 0)
    orders.settle(court.who("supervisor"), id_, "", at(DAY, 11))
    assert wait("supervisor") == 0


def test_another_team_does_not_see_it(court: Court) -> None:
    case_id = court.brought_to("intensive", "2026-01-05")
    other = "two" if court.stint(case_id).team_id == court.team(ONE).id else "one"
    id_ = orders.give(court.who("vice"), matter(case_id), at("2026-05-01"))
    assert {ONE, TWO} >= {line(court, id_).team.name}
    with pytest.raises(NotFound):
        orders.seen(db.session(), court.who(other), id_)
