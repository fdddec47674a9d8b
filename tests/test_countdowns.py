"""Do the other countdowns start from what is recorded, and are they met by it, for years on end?"""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from sqlalchemy import event, func, select

from config import SHANGHAI
from linshu.rules.policy import published_text
from linshu.rules.trail import Tag
from linshu.services import (
    claiming,
    correcting,
    filing,
    pauses,
    policies,
    recording,
    requests,
)
from linshu.services.countdowns import Event, happened
from linshu.services.errors import Invalid
from linshu.services.flow import Flow
from linshu.services.pauses import NewPause
from linshu.services.recording import NewAction
from linshu.store import countdowns
from linshu.store.books import TrailEntry
from linshu.store.cases import Action
from linshu.store.clocks import CaseCountdown
from linshu.store.db import db, transaction
from linshu.store.writer import Doer
from tests.court import ONE, Court, at


def of(case_id: int, row: str | None = None) -> list[CaseCountdown]:
    """The countdowns of a case, or those of one row, as the database has them now."""
    db.session.rollback()
    query = select(CaseCountdown).where(CaseCountdown.case_id == case_id)
    query = query.where(CaseCountdown.row == row) if row else query
    return list(db.session.scalars(query.order_by(CaseCountdown.id)))


def dues(case_id: int, row: str) -> list[str]:
    """The ends of what runs, in the order it began."""
    return [str(o.due_on) for o in of(case_id, row) if not o.met_at and not o.void_at]


def said(case_id: int, verb: str) -> list[dict]:
    query = select(TrailEntry.line).where(
        TrailEntry.case_id == case_id, TrailEntry.tag == f"countdown.{verb}"
    )
    return [json.loads(line) for line in db.session.scalars(query.order_by(TrailEntry.seq))]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def old(court: Court) -> tuple[Court, int]:
    """A case that was filed in 2025 and entered on 2026-03-02: it may be terminated by now."""
    (case_id,) = court.file_many(1, "2026-03-02", simple=True, filed="2025-11-03")
    claiming.claim(court.who("quick"), case_id, None, at("2026-03-03"))
    return court, case_id


@pytest.fixture
def quick(court: Court) -> tuple[Court, int]:
    """A case filed on Monday 2026-03-02, at the quick team, handled since the next day."""
    (case_id,) = court.file_many(1, "2026-03-02", simple=True)
    claiming.claim(court.who("quick"), case_id, None, at("2026-03-03"))
    return court, case_id


def record(court: Court, case_id: int, kind: str, on: str, login: str = "quick", **more) -> int:
    """Records an action on its own day; returns its id."""
    new = NewAction(kind, f"{kind}。", at(on, more.pop("hour", 10)).at, **more)
    when = at(on, 17)
    return recording.record(court.who(login), case_id, None, new, when)


def correct(court: Court, case_id: int, action_id: int, kind: str, happened_on: str, **more) -> int:
    new = NewAction(kind, "更正后。", at(happened_on, 10).at, **more)
    actor, when = court.who("quick"), at("2026-03-27", 17)
    return correcting.correct_action(actor, case_id, None, action_id, new, "误录", when)


# Handlers -----------------------------------------------------------------------------------------


def test_a_handler_within_seven_days_then_the_notice_within_three(court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-03-02", simple=True)
    assert dues(case_id, "handler_named") == ["2026-03-09"]
    claiming.claim(court.who("quick"), case_id, None, at("2026-03-03"))
    (named,) = of(case_id, "handler_named")
    assert named.met_at == at("2026-03-03").at and dues(case_id, "handler_named") == []
    assert dues(case_id, "enforcement_notice") == ["2026-03-06"]
    record(court, case_id, "notice", "2026-03-06")
    assert dues(case_id, "enforcement_notice") == []
    met = said(case_id, "met")
    assert [entry["data"]["row"] for entry in met] == ["handler_named", "enforcement_notice"]
    assert [entry["data"]["late"] for entry in met] == [False, False]
    assert said(case_id, "started")[0]["after"]["due_on"] == "2026-03-09"


def test_one_who_comes_later_is_met_late(court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-03-02", simple=True)
    chosen = court.who("quick").person_id
    claiming.assign(court.who("quick-lead"), case_id, 2, chosen, at("2026-03-10"))
    assert said(case_id, "met")[0]["data"]["late"] is True
    line = countdowns.of_case(db.session(), case_id)[-1]
    assert line.row == "handler_named" and line.late(at("2026-03-10").at)


def test_a_new_handler_tells_the_parties_and_sends_no_second_notice(quick) -> None:
    court, case_id = quick
    record(court, case_id, "notice", "2026-03-04")
    court.sweep("2026-04-03")  # to the centre: nobody handles it, nothing starts
    assert dues(case_id, "handler_told") == [] and dues(case_id, "handler_named") == []
    claiming.claim(court.who("centre-lead"), case_id, None, at("2026-04-03"))
    assert dues(case_id, "handler_told") == ["2026-04-09"]  # 清明 between
    assert dues(case_id, "enforcement_notice") == []
    record(court, case_id, "parties_told", "2026-04-08", "centre-lead")
    assert dues(case_id, "handler_told") == []
    other = court.who("centre-lead").person_id
    claiming.assign(court.who("centre-lead"), case_id, 3, other, at("2026-04-09"))
    assert dues(case_id, "handler_told") == []  # the same hand


def test_changing_hands_twice_tells_the_parties_once_by_the_first_day(court: Court) -> None:
    case_id = court.brought_to("intensive", "2026-01-05")
    stint = court.stint(case_id)
    at_one = stint.team_id == court.team(ONE).id
    first, second, lead = ("one", "one-b", "lead-one") if at_one else ("two", *["lead-two"] * 2)
    day = str(date.fromordinal(stint.started_on.toordinal() + 1))
    claiming.claim(court.who(first), case_id, None, at(day))
    for login, when in ((second, at(day, 14)), (first, at("2026-04-20"))):
        claiming.assign(court.who(lead), case_id, stint.seq, court.who(login).person_id, when)
    told = of(case_id, "handler_told")
    assert len(told) == 1 and told[0].started_at == at(day, 14).at
    assert len(of(case_id, "enforcement_notice")) == 1


def test_the_sweep_starts_nothing(court: Court) -> None:
    court.file_many(5, "2026-03-02", simple=True)
    before = db.session.scalar(select(func.count()).select_from(CaseCountdown))
    assert court.sweep("2026-04-03").moved == 5
    assert db.session.scalar(select(func.count()).select_from(CaseCountdown)) == before == 5


# Imports ------------------------------------------------------------------------------------------


def test_an_old_case_comes_with_what_is_long_overdue(court: Court) -> None:
    news = [court.new(day) for day in ("2024-02-05", "2025-09-26", "2026-11-20")]
    with transaction() as session:
        flow = Flow(session, court.id, at("2026-11-23"))
        filed = filing.file_many(flow, news, Doer("filing", "filing_clerk"), Tag.CASE_IMPORTED)
    found = [dues(one.case_id, "handler_named") for one in filed]
    assert found == [
        ["2024-02-18"],
        ["2025-10-09"],
        ["2026-11-27"],
    ]  # 2024-02-12 is 春节; 02-18 is worked
    (entry,) = said(filed[0].case_id, "started")
    assert entry["data"]["since"] == "2024-02-05" and entry["recorded"][:10] == "2026-11-23"


def test_a_corrected_filing_day_moves_what_runs_from_it(court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-03-02", simple=True)
    args = (case_id, None, "filed_on", "2026-02-27", "收案登记为准", at("2026-03-04"))
    correcting.correct_fact(court.who("quick-lead"), *args)
    assert dues(case_id, "handler_named") == ["2026-03-06"]
    (entry,) = said(case_id, "changed")
    assert (entry["before"]["due_on"], entry["after"]["due_on"]) == ("2026-03-09", "2026-03-06")


# Actions ------------------------------------------------------------------------------------------


def test_a_clue_an_urgent_one_and_one_check(quick) -> None:
    court, case_id = quick
    record(court, case_id, "clue", "2026-03-09")
    record(court, case_id, "urgent_clue", "2026-03-10")
    record(court, case_id, "clue_checked", "2026-03-12")
    assert dues(case_id, "urgent_clue_check") == []  # the first to end
    assert dues(case_id, "clue_check") == ["2026-03-16"]
    record(court, case_id, "clue_checked", "2026-03-18")
    assert [entry["data"]["late"] for entry in said(case_id, "met")[1:]] == [False, True]


def test_what_is_meant_goes_before_what_ends_first(quick) -> None:
    court, case_id = quick
    for on, until in (("2026-03-09", date(2027, 3, 8)), ("2026-03-10", date(2029, 3, 9))):
        record(court, case_id, "seizure", on, until_on=until)
    house = of(case_id, "seizure")[1]
    record(court, case_id, "seizure_lifted", "2026-03-20", about_id=house.id)
    assert dues(case_id, "seizure") == ["2027-03-08"]
    record(court, case_id, "receipt", "2026-03-20", amount_fen=1)
    with pytest.raises(Invalid, match="与所选的期限不符"):
        record(court, case_id, "paid_out", "2026-03-23", amount_fen=1, about_id=house.id)
    assert db.session.scalar(select(func.count()).where(Action.kind == "paid_out")) == 0


def test_a_renewal_meets_the_seizure_and_begins_the_next(quick) -> None:
    court, case_id = quick
    record(court, case_id, "seizure", "2026-03-09", until_on=date(2026, 3, 31))
    record(court, case_id, "seizure_renewed", "2026-03-26", until_on=date(2027, 3, 31))
    assert dues(case_id, "seizure") == ["2027-03-31"]
    assert [str(one.entered_on) for one in of(case_id, "seizure")] == ["2026-03-31", "2027-03-31"]


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        ("seizure", {}, "请填写期满日"),
        ("detention", {"until_on": date(2026, 3, 25)}, "15 日"),  # 民诉法 art. 118
        ("seizure", {"until_on": date(2206, 3, 9)}, "1096 日"),
        ("seizure", {"until_on": date(2026, 3, 8)}, "不能早于起始日"),
        ("call", {"until_on": date(2026, 3, 25)}, "只有查封、扣押、冻结、续行和拘留"),
        ("paid_out", {}, "到账、案款发放、迟延履行利息须填写金额"),
        ("clue", {"amount_fen": 5}, "其他行为不填金额"),
        ("filed", {}, "没有这种类型"),
    ],
)
def test_what_cannot_be_is_refused_whole(quick, kind: str, more: dict, why: str) -> None:
    court, case_id = quick
    before = len(of(case_id))
    with pytest.raises(Invalid, match=why):
        record(court, case_id, kind, "2026-03-09", **more)
    assert len(of(case_id)) == before
    assert db.session.scalar(select(func.count()).select_from(Action)) == 0


def test_a_receipt_s_thirty_days_end_when_the_last_of_it_is_paid_out(quick) -> None:
    court, case_id = quick
    for on, amount in (("2026-03-03", 100), ("2026-03-09", 200), ("2026-03-10", 50)):
        record(court, case_id, "receipt", on, hour=11, amount_fen=amount)
    assert dues(case_id, "pay_out") == ["2026-04-02", "2026-04-08", "2026-04-09"]
    record(court, case_id, "paid_out", "2026-03-12", amount_fen=95)  # the rest keeps its day
    assert dues(case_id, "pay_out") == ["2026-04-02", "2026-04-08", "2026-04-09"]
    record(court, case_id, "paid_out", "2026-03-13", amount_fen=5, payee="fee")
    assert dues(case_id, "pay_out") == ["2026-04-08", "2026-04-09"]
    record(court, case_id, "paid_out", "2026-03-13", amount_fen=250)  # both in one sum
    assert dues(case_id, "pay_out") == []
    assert court.case(case_id).recovered_fen == 350  # what goes out was not recovered again


def test_no_auction_before_the_notice_has_stood_its_days(quick) -> None:
    court, case_id = quick
    record(court, case_id, "movables_announced", "2026-03-05")
    with pytest.raises(Invalid, match="动产拍卖公告期满须满期限:2026-03-20之前不能进行"):
        record(court, case_id, "auction", "2026-03-19")
    record(court, case_id, "auction", "2026-03-20")
    assert dues(case_id, "auction_movables") == []


def test_a_detention_tells_the_family_by_the_hour_and_ends_as_printed(quick) -> None:
    court, case_id = quick
    record(court, case_id, "detention", "2026-03-06", hour=15, until_on=date(2026, 3, 21))
    (told,), (ends,) = of(case_id, "family_told"), of(case_id, "detention_end")
    assert told.due_at == moment("2026-03-07T16:00") and str(ends.due_on) == "2026-03-21"
    assert said(case_id, "started")[-1]["after"]["due_on"] == "2026-03-07 16:00"
    record(court, case_id, "family_told", "2026-03-07", hour=17)
    record(court, case_id, "released", "2026-03-21")
    assert [entry["data"]["late"] for entry in said(case_id, "met")[1:]] == [True, False]


def test_the_giving_team_records_late_and_meets_it_all_the_same(quick) -> None:
    court, case_id = quick
    court.sweep("2026-04-03")
    new = NewAction("notice", "移交前已发出。", at("2026-03-05").at)
    recording.record(court.who("quick"), case_id, None, new, at("2026-04-07"))
    (notice,) = of(case_id, "enforcement_notice")
    assert notice.met_at == at("2026-03-05").at and not said(case_id, "met")[-1]["data"]["late"]


# Corrections --------------------------------------------------------------------------------------


def test_a_corrected_day_moves_the_end(quick) -> None:
    court, case_id = quick
    clue = record(court, case_id, "clue", "2026-03-10")
    fixed = correct(court, case_id, clue, "clue", "2026-03-09")
    assert dues(case_id, "clue_check") == ["2026-03-16"] and len(of(case_id, "clue_check")) == 1
    assert of(case_id, "clue_check")[0].action_id == fixed
    correct(court, case_id, fixed, "urgent_clue", "2026-03-09")
    assert dues(case_id, "clue_check") == [] and dues(case_id, "urgent_clue_check") == [
        "2026-03-12"
    ]
    assert said(case_id, "void")[-1]["data"]["why_zh"] == "更正"


def test_a_corrected_document_moves_the_seizure(quick) -> None:
    court, case_id = quick
    seized = record(court, case_id, "seizure", "2026-03-09", until_on=date(2027, 3, 8))
    correct(court, case_id, seized, "seizure", "2026-03-09", until_on=date(2027, 3, 6))
    assert dues(case_id, "seizure") == ["2027-03-06"]


def test_what_a_wrong_action_met_runs_again(quick) -> None:
    court, case_id = quick
    sent = record(court, case_id, "notice", "2026-03-05")
    fixed = correct(court, case_id, sent, "call", "2026-03-05")
    assert dues(case_id, "enforcement_notice") == ["2026-03-06"]
    assert said(case_id, "reopened")[0]["after"]["due_on"] == "2026-03-06"
    correct(court, case_id, fixed, "notice", "2026-03-09")
    (notice,) = of(case_id, "enforcement_notice")
    assert notice.met_at == at("2026-03-09", 10).at and said(case_id, "met")[-1]["data"]["late"]


def test_a_corrected_amount_pays_out_fewer(quick) -> None:
    court, case_id = quick
    for on in ("2026-03-09", "2026-03-10"):
        record(court, case_id, "receipt", on, amount_fen=100)
    paid = record(court, case_id, "paid_out", "2026-03-12", amount_fen=200)
    assert dues(case_id, "pay_out") == []
    correct(court, case_id, paid, "paid_out", "2026-03-12", amount_fen=100)
    assert dues(case_id, "pay_out") == ["2026-04-09"]
    assert court.case(case_id).recovered_fen == 200


def test_a_corrected_renewal_stays_one(quick) -> None:
    court, case_id = quick
    record(court, case_id, "seizure", "2026-03-09", until_on=date(2026, 3, 31))
    new = record(court, case_id, "seizure_renewed", "2026-03-26", until_on=date(2027, 3, 31))
    correct(court, case_id, new, "seizure_renewed", "2026-03-26", until_on=date(2027, 3, 25))
    assert dues(case_id, "seizure") == ["2027-03-25"] and len(of(case_id, "seizure")) == 2


# Pauses and policies ------------------------------------------------------------------------------


def test_a_pause_moves_what_it_can_stop(quick) -> None:
    court, case_id = quick
    for kind, more in (("clue", {}), ("receipt", {"amount_fen": 100})):
        record(court, case_id, kind, "2026-03-09", **more)
    new = NewPause("expertise", date(2026, 3, 11), None, "鉴定委托书")
    asked = pauses.ask(court.who("quick"), case_id, 2, new, "须鉴定", at("2026-03-12"))
    requests.approve(court.who("quick-lead"), asked, "", at("2026-03-12"))
    assert dues(case_id, "clue_check") == ["None"] and dues(case_id, "pay_out") == ["2026-04-08"]
    (pause_id,) = db.session.scalars(select(pauses.Pause.id))
    last = date(2026, 3, 20)
    pauses.end(court.who("quick"), case_id, pause_id, last, "鉴定完毕", at("2026-03-20"))
    assert dues(case_id, "clue_check") == ["2026-03-26"]  # 03-16 and ten days
    assert {entry["data"]["name"] for entry in said(case_id, "changed")} >= {"核查财产线索"}


def test_each_keeps_the_policy_of_the_day_it_began(quick) -> None:
    court, case_id = quick
    text = published_text().replace("linshu-2021", "short-2026").replace("2000-01-01", "2026-03-20")
    text = text.replace("limit = 30                        # L; a court", "limit = 15  # a court")
    policies.adopt(court.who("system"), text, at("2026-03-10"))
    for on, amount in (("2026-03-18", 1), ("2026-03-23", 2)):
        record(court, case_id, "receipt", on, amount_fen=amount)
    late = NewAction("receipt", "补录。", at("2026-03-19").at, 3)  # recorded under the newer one
    recording.record(court.who("quick"), case_id, None, late, at("2026-03-24"))
    assert dues(case_id, "pay_out") == ["2026-04-17", "2026-04-07", "2026-04-20"]


# The end of a case --------------------------------------------------------------------------------


def test_a_closed_case_has_none_but_for_the_archive(quick) -> None:
    court, case_id = quick
    record(court, case_id, "petition", "2026-03-09")
    court.close(case_id, "执行完毕", "2026-03-12", "quick")
    assert [one.row for one in of(case_id) if not (one.met_at or one.void_at)] == ["archive"]
    assert dues(case_id, "archive") == ["2026-04-13"]  # thirty days end on a Saturday
    voided = said(case_id, "void")
    assert {entry["data"]["row"] for entry in voided} == {
        "enforcement_notice",
        "petition_recorded",
        "petition_finished",
    }
    assert voided[0]["data"]["why_zh"] == "案件已结"


def test_dormant_care_searches_every_six_months_for_five_years(court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-06-15", simple=True, filed="2026-03-02")
    claiming.claim(court.who("quick"), case_id, None, at("2026-06-15"))
    record(court, case_id, "petition", "2026-06-16")
    record(court, case_id, "seizure", "2026-06-17", until_on=date(2029, 6, 16))
    record(court, case_id, "investigation_begun", "2026-06-18")
    court.close(case_id, "终结本次执行程序", "2026-06-30", "quick")
    assert dues(case_id, "enforcement_notice") == dues(case_id, "investigation") == []
    assert dues(case_id, "petition_finished") and dues(case_id, "seizure") == ["2029-06-16"]
    ends = ["2026-12-30", "2027-06-30", "2027-12-30", "2028-06-30", "2029-01-01", "2029-07-02",
            "2029-12-31", "2030-07-01", "2030-12-30", "2031-06-30"]  # fmt: skip
    for due_on in ends:
        assert dues(case_id, "dormant_search") == [due_on]
        searched(court, case_id, due_on)
    assert dues(case_id, "dormant_search") == [] and len(of(case_id, "dormant_search")) == 10
    assert not any(entry["data"]["late"] for entry in said(case_id, "met")[-10:])


def searched(court: Court, case_id: int, on: str) -> None:
    with transaction() as session:
        flow = Flow(session, court.id, at(on))
        happened(flow, [Event(case_id, "dormant_search", at(on).at)], Doer())


def test_a_search_that_is_late_makes_the_next_no_later(old) -> None:
    court, case_id = old
    court.close(case_id, "终结本次执行程序", "2026-03-31", "quick")
    searched(court, case_id, "2027-05-06")
    assert dues(case_id, "dormant_search") == ["2027-03-31"]  # from the first start: late already
    begun = [
        one["data"] for one in said(case_id, "started") if one["data"]["row"] == "dormant_search"
    ]
    assert begun[-1]["round"] == 2


def test_in_dormant_care_a_keeper_names_no_handler_to_the_parties(old) -> None:
    court, case_id = old
    court.close(case_id, "终结本次执行程序", "2026-03-31", "quick")
    with transaction() as session:
        flow = Flow(session, court.id, at("2026-04-01"))
        for name in ("handler", "handler_changed", "petition"):
            happened(flow, [Event(case_id, name, at("2026-04-01").at)], Doer())
    assert dues(case_id, "handler_told") == dues(case_id, "enforcement_notice") == []
    assert dues(case_id, "petition_recorded") == ["2026-04-09"]


# In bulk ------------------------------------------------------------------------------------------


def test_many_cases_cost_no_more_statements_than_few(court: Court) -> None:
    few, many = (statements(court, count) for count in (3, 60))
    assert many <= few


def statements(court: Court, count: int) -> int:
    ids, seen = court.file_many(count, "2026-03-02", simple=True), []
    with transaction() as session:
        flow = Flow(session, court.id, at("2026-03-03"))

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            if not statement.startswith("INSERT INTO countdowns"):  # SQLite takes them one by one
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        happened(flow, [Event(id_, "handler", at("2026-03-03").at) for id_ in ids], Doer())
        event.remove(db.engine, "before_cursor_execute", note)
    assert all(dues(id_, "enforcement_notice") == ["2026-03-06"] for id_ in ids)
    return len(seen)
