"""Does nothing close that should not? Every check of every closing type, and what changes after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from linshu.rules.gate_facts import ENTITLEMENTS, SEARCHES, Attested
from linshu.services import correcting, gate, measures, property, requests
from linshu.services.errors import Conflict, Invalid
from linshu.services.gate import Report
from linshu.services.measures import NewMeasure
from linshu.services.property import NewHolding
from linshu.services.recording import NewAction
from linshu.store.cases import Action, Case, Party
from linshu.store.db import db, transaction
from linshu.store.writer import When
from tests import books, closings
from tests.closings import TERMINATION, attested
from tests.court import Court, at
from tests.test_pauses import hands, trail_of

FILED = "2026-01-05"
ON = at("2026-04-20")  # at an intensive team, in time, three months and a day after filing
SIX = ("执行完毕", TERMINATION, "终结执行", "销案", "不予执行", "驳回申请")


@pytest.fixture
def case_id(court: Court) -> int:
    return court.brought_to("intensive", FILED)


def holder(court: Court, case_id: int) -> str:
    return hands(court, case_id)[0]


def debtor(case_id: int) -> int:
    query = select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    return db.session.scalars(query).one()


def status(request_id: int) -> str:
    return closings.asked(request_id).status


def ripe(court: Court, case_id: int, closing_type: str = TERMINATION, when: When = ON) -> str:
    """Everything done that the law asks for; who holds it."""
    who = holder(court, case_id)
    closings.ripen(court, case_id, closing_type, when, who)
    return who


# 终本: each check failing in turn -----------------------------------------------------------------


def without(**missing: object) -> Callable[[When], Attested]:
    return lambda when: replace(attested(when), **missing)


ATTESTED = {
    "investigated": without(investigated=frozenset()),
    "looked_into": without(looked_into=frozenset(ENTITLEMENTS) - {"insurance"}),
    "talked": without(talked_on=None),
    "agreed": without(agreement=""),
    "ruled": without(ruling="  "),
    "alive": without(alive=False),
    "fits": without(claim_fits=False),
}


@pytest.mark.parametrize("what", ATTESTED)
def test_what_is_not_attested_bars_a_termination(court: Court, case_id: int, what: str) -> None:
    who = ripe(court, case_id)
    refused(court, case_id, who, Report(TERMINATION, "无财产", ATTESTED[what](ON)), what)
    assert closings.report(court, case_id, TERMINATION, ON, who)


LAW = {
    "waited": "立案超过三个月(立案于2026-01-21,最早可于2026-04-22终本;法〔2016〕373号第一条)",
    "noticed": "1 执行通知书、报告财产令(执行通知书:—;报告财产令:—;法〔2016〕373号第一条)",
    "searched": "2 网络查控(91 日内未查询:",
    "investigated": "3 调查、搜查、悬赏、审计(均未采取;法〔2016〕373号第三条)",
    "looked_into": "4 公积金、理财、保险、股息(未查明:保险;法〔2016〕373号第三条)",
    "clue": "5 财产线索均已核查(未核查的财产线索 1 条;法〔2016〕373号第三条)",
    "told_clue": "5 财产线索均已核查(未核查的财产线索 1 条;法〔2016〕373号第三条)",
    "holding": "6 没有可供处置的财产(可供处置的财产:鲁Q00001;法〔2016〕373号第四条)",
    "restricted": "7 限制消费令(未限制消费:李四;法〔2016〕373号第二条)",
    "talked": "8 终本约谈(约谈:—;申请执行人签名确认;民诉法解释第五百一十七条)",
    "agreed": "未经申请执行人签名或者合议庭评议;民诉法解释第五百一十七条",
    "outstanding": "9 尚有未到位金额(未到位 0.00 元;法〔2016〕373号第一条)",
    "ruled": "10 终本裁定(裁定书:—;法〔2016〕373号第六条)",
    "alive": "11 被执行人未死亡、未终止(未确认;民事诉讼法第二百六十八条)",
    "fits": "12 请求适合终本(未确认为金钱给付;法〔2016〕373号第一条)",
    "paid_out": "执行款发放完毕(已到账未发放 0.01 元;法发〔2017〕6号)",
}


def refused(court: Court, case_id: int, who: str, new: Report, what: str) -> None:
    """The report is refused with the line and its article alone; nothing is stored half."""
    before = books.everything()
    with pytest.raises(Invalid) as why:
        gate.report(court.who(who), case_id, None, new, ON)
    assert LAW[what] in why.value.message and len(why.value.facts["why"]) == 1, why.value.message
    assert books.everything() == before


def changed_filing(court: Court, case_id: int, who: str) -> None:
    with transaction() as session:
        case = session.get_one(Case, case_id)
        case.filed_on = date(2026, 1, 21)


def noticed_not(court: Court, case_id: int, who: str) -> None:
    """The notice turns out to have been something else."""
    db.session.rollback()
    query = select(Action).where(Action.case_id == case_id, Action.kind == "notice")
    act = db.session.scalars(query).one()
    new = NewAction("service", "送达的是传票。", ON.at)
    correcting.correct_action(court.who(who), case_id, None, act.id, new, "误记", ON)


def told_clue(court: Court, case_id: int, who: str) -> None:
    closings.act(court, case_id, NewAction("clue", "有车一辆。", ON.at), ON, who)


def noted(clue: bool) -> Callable[[Court, int, str], None]:
    def note(court: Court, case_id: int, who: str) -> None:
        new = NewHolding(debtor(case_id), "vehicle", "鲁Q00001", 3_000_000, clue=clue)
        property.found(court.who(who), case_id, None, new, ON)

    return note


def free_again(court: Court, case_id: int, who: str) -> None:
    lifted = NewMeasure(debtor(case_id), "restriction", reason="已解除")
    standing = measures.Standing.NOT_APPLICABLE
    measures.note(court.who(who), case_id, None, lifted, standing, ON.on, ON)


def all_came_in(court: Court, case_id: int, who: str) -> None:
    owed = court.case(case_id).claim_fen
    for kind in ("receipt", "paid_out"):
        closings.act(court, case_id, NewAction(kind, f"{kind}。", ON.at, owed), ON, who)


def came_in(court: Court, case_id: int, who: str) -> None:
    closings.act(court, case_id, NewAction("receipt", "一分。", ON.at, 1), ON, who)


RECORDED: dict[str, Callable[[Court, int, str], None]] = {
    "waited": changed_filing,
    "noticed": noticed_not,
    "clue": noted(clue=True),
    "told_clue": told_clue,
    "holding": noted(clue=False),
    "restricted": free_again,
    "outstanding": all_came_in,
    "paid_out": came_in,
}


@pytest.mark.parametrize("what", RECORDED)
def test_what_the_record_says_bars_a_termination(court: Court, case_id: int, what: str) -> None:
    who = ripe(court, case_id)
    RECORDED[what](court, case_id, who)
    refused(court, case_id, who, Report(TERMINATION, "无财产", attested(ON)), what)


@pytest.mark.parametrize("left_out", SEARCHES)
def test_a_search_that_is_missing_or_old_bars_a_termination(
    court: Court, case_id: int, left_out: str
) -> None:
    who, long_ago = holder(court, case_id), at(ON.on - timedelta(days=92))
    closings.act(court, case_id, NewAction("notice", "已发。", ON.at), ON, who)
    closings.restrict(court, case_id, ON, who)
    new = Report(TERMINATION, "无财产", attested(ON))
    closings.search(court, case_id, ON, who, tuple(set(SEARCHES) - {left_out}))
    refused(court, case_id, who, new, "searched")
    closings.search(court, case_id, long_ago, who, (left_out,))
    refused(court, case_id, who, new, "searched")
    closings.search(court, case_id, at(long_ago.on + timedelta(days=1)), who, (left_out,))
    assert gate.report(court.who(who), case_id, None, new, ON)


# The six types ------------------------------------------------------------------------------------


@pytest.mark.parametrize("closing_type", SIX)
def test_each_type_is_reported_reviewed_approved_and_only_then_closes(
    court: Court, case_id: int, closing_type: str
) -> None:
    who = ripe(court, case_id, closing_type)
    stint, points = court.stint(case_id).seq, books.balance()
    number = closings.report(court, case_id, closing_type, ON, who)
    assert (status(number), court.stint(case_id).seq) == ("reviewing", stint)
    gate.review(court.who("centre"), number, ON)
    assert (status(number), court.case(case_id).closing_type) == ("asked", "")
    requests.approve(court.who(closings.approver(court, number)), number, "同意", at(ON.on, 15))
    case = court.case(case_id)
    assert (status(number), case.closing_type, case.closing_reason) == (
        *("approved", closing_type),
        "已经了结",
    )
    assert case.closed_on == (None if closing_type == TERMINATION else ON.on)
    (ended,) = [one for one in trail_of(case_id) if one["tag"] in ENDED]
    approver = closings.approver(court, number)
    assert (ended["by"], ended["data"]["reported_by"]) == (approver, who)
    assert ended["data"]["request"] == number and books.balance() == points


ENDED = ("case.closed", "case.made_dormant")
APPROVER = {
    "执行完毕": "lead",
    TERMINATION: "president",
    "终结执行": "vice",
    "销案": "chief",
    "不予执行": "president",
    "驳回申请": "president",
}


@pytest.mark.parametrize("closing_type", SIX)
def test_the_law_names_who_approves(court: Court, case_id: int, closing_type: str) -> None:
    who = ripe(court, case_id, closing_type)
    number = closings.report(court, case_id, closing_type, ON, who)
    named = APPROVER[closing_type]
    lead = hands(court, case_id)[1]
    assert closings.approver(court, number) == (lead if named == "lead" else named)


@pytest.mark.parametrize("closing_type", SIX)
def test_money_that_is_not_paid_out_bars_every_type(
    court: Court, case_id: int, closing_type: str
) -> None:
    who = ripe(court, case_id, closing_type)
    came_in(court, case_id, who)
    refused(court, case_id, who, Report(closing_type, "理由", attested(ON)), "paid_out")


@pytest.mark.parametrize("ground", ["", "未发现可供执行的财产", "nothing"])
def test_that_nothing_was_found_is_no_ground_of_a_final_termination(
    court: Court, case_id: int, ground: str
) -> None:  # R23
    who = holder(court, case_id)
    new = Report("终结执行", "未发现可供执行的财产。", replace(attested(ON), ground=ground))
    with pytest.raises(Invalid, match="民事诉讼法第二百六十八条" if not ground else "没有这种类型"):
        gate.report(court.who(who), case_id, None, new, ON)


@pytest.mark.parametrize("ground", ["withdrawn", "revoked", "deceased", "destitute", "other"])
def test_the_ground_of_the_law_is_kept_with_the_report(
    court: Court, case_id: int, ground: str
) -> None:
    who = holder(court, case_id)
    new = Report("终结执行", "具体事实。", replace(attested(ON), ground=ground))
    number = gate.report(court.who(who), case_id, None, new, ON)
    name = court.policy(ON).gate.grounds[ground]
    assert closings.asked(number).particulars["ground"] == name
    blank = replace(new, reason=" ")
    gate.send_back(court.who("centre"), number, "补正", ON)
    with pytest.raises(Invalid, match="理由"):
        gate.report(court.who(who), case_id, None, blank, ON)


def test_what_cannot_be_is_not_attested(court: Court, case_id: int) -> None:
    who = ripe(court, case_id)
    for change, why in (
        ({"talked_on": ON.on + timedelta(days=1)}, "不能晚于现在"),
        ({"talked_on": date(2026, 1, 4)}, "不能早于立案日期"),
        ({"investigated": frozenset({"spying"})}, "没有这种类型"),
        ({"agreement": "他同意"}, "没有这种类型"),
        ({"ruling": "长" * 201}, "过长"),
    ):
        with pytest.raises(Invalid, match=why):
            new = Report(TERMINATION, "无财产", replace(attested(ON), **change))
            gate.report(court.who(who), case_id, None, new, ON)


# What the approver sees, and what has changed since -----------------------------------------------


def test_the_snapshot_is_frozen_and_what_changed_since_is_told(court: Court, case_id: int) -> None:
    who = ripe(court, case_id)
    number = closings.report(court, case_id, TERMINATION, ON, who)
    lines = closings.asked(number).snapshot["checklist"]
    assert len(lines) == 14 and all(line["holds"] and line["law"] for line in lines)

    def told() -> gate.Since:
        row = closings.asked(number)
        return gate.since(db.session(), court.id, [row], ON)[number]

    assert (told().changed, told().lacking) == (False, [])
    noted(clue=True)(court, case_id, who)
    assert told().changed and "5 财产线索均已核查" in str(told().lacking[0])
    assert closings.asked(number).snapshot["checklist"] == lines


@pytest.mark.parametrize("what", [one for one in RECORDED if one != "waited"])
@pytest.mark.parametrize("reviewed", [False, True])
def test_a_case_that_changed_since_is_neither_passed_nor_closed(
    court: Court, case_id: int, what: str, reviewed: bool
) -> None:
    who = ripe(court, case_id)
    number = closings.report(court, case_id, TERMINATION, ON, who)
    if reviewed:
        gate.review(court.who("centre"), number, ON)
    RECORDED[what](court, case_id, who)
    before = books.everything()
    with pytest.raises(Conflict, match="现在依法不能结案"):
        if reviewed:
            requests.approve(court.who("president"), number, "", ON)
        else:
            gate.review(court.who("centre"), number, ON)
    assert books.everything() == before
    assert court.stint(case_id).stage == "intensive"
