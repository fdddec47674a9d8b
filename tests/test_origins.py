"""What comes from the trial side with a case, and does what was preserved run out in sight?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from linshu.rules.measures import Standing
from linshu.rules.origins import Origin, Seized
from linshu.rules.parties import NewAddress
from linshu.rules.stages import Stage
from linshu.rules.trail import Tag
from linshu.rules.trial_link import Sent, total
from linshu.services import correcting, measures, property, replay, screening
from linshu.services.entrants import NewParty
from linshu.services.errors import Invalid
from linshu.services.measures import NewMeasure
from linshu.services.property import Done
from linshu.store import trial_link
from linshu.store.books import TrailEntry
from linshu.store.cases import Action, Case, Party
from linshu.store.clocks import CaseCountdown
from linshu.store.db import db
from linshu.store.parties import addresses_of
from linshu.store.trial_link import Period
from linshu.store.work import Holding
from tests.court import Court, at

FILED = "2026-11-02"
ORIGIN = Origin(
    "调解书", "临沭县人民法院", "民一庭 周法官", date(2026, 10, 1), "[2026]鲁1329财保7号"
)
CAR = Seized("vehicle", "鲁Q00001 轿车", date(2027, 3, 1), 8_000_000)
ACCOUNT = Seized("deposit", "某行账户", date(2026, 12, 1), 500_000, queue=1, of="王五")
ADDRESS = NewAddress("临沭县某街 1 号", date(2026, 10, 8), "送达地址确认书", of="李四")
DEBTORS = [NewParty("李四"), NewParty("王五")]


def file(court: Court, **facts: Any) -> int:
    usual: dict[str, Any] = {"origin": ORIGIN, "debtors": DEBTORS}
    return court.file(FILED, **(usual | facts))


def holdings(case_id: int) -> list[Holding]:
    query = select(Holding).where(Holding.case_id == case_id).order_by(Holding.id)
    return list(db.session.scalars(query))


def running(case_id: int) -> list[CaseCountdown]:
    query = select(CaseCountdown).where(
        CaseCountdown.case_id == case_id, CaseCountdown.row == "seizure"
    )
    return list(db.session.scalars(query.order_by(CaseCountdown.due_on)))


def agrees(court: Court, case_id: int) -> bool:
    (found,) = replay.compared(court.id, case_ids=[case_id])
    return found.agrees


def test_what_was_preserved_is_under_control_and_runs_out_in_sight(court: Court) -> None:
    case_id = file(court, seized=[CAR, ACCOUNT])
    car, account = holdings(case_id)
    owner = {one.id: one.name for one in db.session.scalars(select(Party))}
    assert (car.status, car.until_on, car.queue) == ("controlled", date(2027, 3, 1), 0)
    assert (owner[car.party_id], owner[account.party_id]) == ("李四", "王五")
    assert (account.queue, account.value_fen) == (1, 500_000)
    assert [one.due_on for one in running(case_id)] == [date(2026, 12, 1), date(2027, 3, 1)]
    case = court.case(case_id)
    assert case.preserved and case.preservation == "（2026）鲁1329财保7号"
    kinds = set(db.session.scalars(select(Action.kind).where(Action.case_id == case_id)))
    assert kinds == {"seizure", "deposit_freezing"}
    query = select(TrailEntry.tag).where(TrailEntry.case_id == case_id)
    assert list(db.session.scalars(query)).count(Tag.HOLDING_FOUND) == 2
    assert agrees(court, case_id)


def test_a_seizure_that_was_taken_over_is_renewed_by_its_own_countdown(court: Court) -> None:
    case_id = file(court, seized=[CAR, ACCOUNT])
    account = holdings(case_id)[1].id
    done = Done("renew", "续冻裁定", at("2026-11-20").at, date(2027, 11, 1))
    property.act(court.who("centre"), case_id, account, done, at("2026-11-20"))
    open_ones = [one.due_on for one in running(case_id) if one.met_at is None]
    assert open_ones == [date(2027, 3, 1), date(2027, 11, 1)] and agrees(court, case_id)


def test_a_resumed_case_takes_over_as_well(court: Court) -> None:
    case_id = file(court, resumed=True, seized=[CAR], addresses=[ADDRESS])
    assert court.stint(case_id).stage == Stage.INTENSIVE
    assert len(running(case_id)) == 1 and agrees(court, case_id)


def test_an_address_is_confirmed_and_the_case_says_so(court: Court) -> None:
    case_id = file(court, addresses=[ADDRESS])
    assert [one.address for one in addresses_of(db.session(), case_id)] == [ADDRESS.address]
    assert court.case(case_id).address_confirmed and agrees(court, case_id)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"seized": [Seized("deposit", "账户", date(2027, 11, 3))]}, "第四百八十五条"),
        ({"seized": [Seized("vehicle", "轿车", date(2026, 11, 1))]}, "早于立案日期"),
        ({"seized": [Seized("cattle", "牛", date(2027, 1, 1))]}, "没有这种类型"),
        ({"seized": [Seized("vehicle", " ", date(2027, 1, 1))]}, "财产名称"),
        ({"seized": [Seized("vehicle", "轿车", date(2027, 1, 1), of="陌生人")]}, "陌生人"),
        ({"seized": [Seized("vehicle", "轿车", date(2027, 1, 1), -1)]}, "不能为负"),
        ({"addresses": [NewAddress("某街", date(2026, 10, 8), "x", of="陌生人")]}, "陌生人"),
        ({"origin": Origin("判词")}, "没有这种类型"),
        ({"origin": Origin(preservation="财保7号")}, "保全案号不规范"),
        ({"origin": Origin(effective_on=date(2026, 11, 3))}, "生效日期"),
    ],
)
def test_what_the_trial_side_cannot_have_said(
    court: Court, facts: dict[str, Any], why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        file(court, **facts)
    db.session.rollback()
    assert db.session.scalars(select(Case)).all() == []  # all of it or nothing


def test_mediation_counts_for_the_screening_by_the_kind_of_the_basis(court: Court) -> None:
    by_kind = file(court, basis="（2026）鲁1329民初1号")
    by_text = file(court, basis="民事调解书", origin=Origin())
    judged = file(court, basis="民事调解书", origin=Origin("判决书"))
    found = [screening.facts_of(court.case(one)) for one in (by_kind, by_text, judged)]
    assert [one.basis_kind for one in found] == ["调解书", "", "判决书"]
    who = court.who("centre")
    for one in (by_kind, by_text, judged):
        screening.screen(who, one, 1, False, "理由", at(FILED, 10))
    query = select(TrailEntry.line).where(TrailEntry.tag == str(Tag.CASE_SCREENED))
    lines = list(db.session.scalars(query.order_by(TrailEntry.case_id)))
    assert ["mediated" in line for line in lines] == [True, True, False]


def test_a_fact_of_the_trial_side_is_put_right(court: Court) -> None:
    case_id, who = file(court), court.who("centre")
    right = {
        "basis_kind": ("判决书", "判决书"),
        "trial_team": ("民二庭", "民二庭"),
        "trial_court": ("", ""),
        "effective_on": ("2026-09-30", date(2026, 9, 30)),
        "preservation": ("(2026)鲁1329财保8", "（2026）鲁1329财保8号"),
    }
    for field, (value, kept) in right.items():
        correcting.correct_fact(who, case_id, None, field, value, "笔误", at(FILED, 10))
        assert getattr(court.case(case_id), field) == kept
    correcting.correct_fact(who, case_id, None, "effective_on", "", "笔误", at(FILED, 11))
    assert court.case(case_id).effective_on is None and agrees(court, case_id)
    for field, wrong in (("basis_kind", "判词"), ("preservation", "财保"), ("effective_on", "x")):
        with pytest.raises(Invalid):
            correcting.correct_fact(who, case_id, None, field, wrong, "笔误", at(FILED, 12))


# The report back ----------------------------------------------------------------------------------


def sent(court: Court, first: str = "2026-01-01", last: str = "2026-12-31") -> dict[Any, Sent]:
    db.session.rollback()
    period = Period(court.id, date.fromisoformat(first), date.fromisoformat(last))
    return trial_link.sent(db.session(), period)


def quick(court: Court, **facts: Any) -> int:
    """A simple case with the quick team."""
    case_id = file(court, **facts)
    screening.screen(court.who("centre"), case_id, 1, True, "简案", at(FILED, 10))
    return case_id


def test_the_report_counts_what_came_and_what_became_of_it(court: Court) -> None:
    source = ("临沭县人民法院", "民一庭 周法官", "调解书")
    by_itself, coerced, terminated = quick(court), quick(court), quick(court)
    file(court, seized=[CAR], origin=Origin("判决书", "", "民二庭"))
    file(court, resumed=True)  # is no new case
    who, day = court.who("quick"), date(2026, 11, 3)
    for case_id, measure in ((coerced, "transfer"), (by_itself, "asset_search")):
        debtor = db.session.scalars(
            select(Party.id).where(Party.case_id == case_id, Party.name == "李四")
        ).one()
        new = NewMeasure(debtor, measure, "文书")
        measures.note(who, case_id, None, new, Standing.DONE, day, at("2026-11-03"))
    for one in (by_itself, coerced):
        court.close(one, "执行完毕", "2026-11-04", "quick")
    court.close(terminated, "终结执行", "2026-11-04", "quick")
    found = sent(court)
    assert found[source] == Sent(3, 3, 3, 3, 2, 1)
    assert found["", "民二庭", "判决书"] == Sent(cases=1, preserved=1)
    assert total(found.values()).cases == 4
    assert sent(court, "2026-11-03") == {} == sent(court, last="2026-11-01")


def test_another_court_s_cases_are_not_counted(court: Court) -> None:
    file(court)
    assert trial_link.sent(db.session(), Period(court.id + 1, date(2026, 1, 1), date.max)) == {}
