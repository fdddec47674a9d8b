"""Does a terminated case go on as another one, once, with all that belongs to it? (R22)"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from linshu.rules.property import Status
from linshu.services import care, people, property, recording, reopening, replay, requests
from linshu.services.care import Source
from linshu.services.errors import Conflict, Invalid, NotAllowed, Refused
from linshu.services.filing import NewParty
from linshu.services.people import NewPerson
from linshu.services.property import Done, NewHolding
from linshu.services.recording import NewAction
from linshu.store import countdowns, personal, resumptions
from linshu.store.cases import Case, Party
from linshu.store.db import db
from linshu.store.people import Team
from linshu.store.resumptions import Resumption
from linshu.store.work import Holding
from linshu.store.writer import Doer
from tests import books
from tests.court import ONE, TWO, Court, at, third_team
from tests.test_pauses import trail_of

CARE = "终本维护团队"
CLOSED, ON = "2026-06-15", "2026-11-23"
HANDS = {ONE: "one", TWO: "two"}


def keepers(court: Court) -> None:
    """A keeper and the lead of the dormant team."""
    new = (
        NewPerson("keeper", "终本甲", "dormant_keeper", CARE),
        NewPerson("keeper-lead", "终本长", "team_lead", CARE),
    )
    people.add_people(court.id, new, Doer("admin", "security_admin"), at("2026-01-05"))


def handler_of(court: Court, case_id: int) -> str:
    return HANDS[db.session.get_one(Team, court.stint(case_id).team_id).name]


def terminated(court: Court, on: str = CLOSED, **facts: object) -> int:
    """A case that an intensive team held, now in dormant care."""
    who = [NewParty("李四", "37132919900101123X", "13800138000"), NewParty("王五")]
    entered = date.fromisoformat(on) - timedelta(days=5)
    facts = {"filed": "2026-01-05", "debtors": who} | facts
    case_id = court.file(entered.isoformat(), resumed=True, **facts)
    court.close(case_id, "终结本次执行程序", on, handler_of(court, case_id))
    return case_id


@pytest.fixture
def dormant(court: Court) -> int:
    keepers(court)
    return terminated(court)


def applied(court: Court, case_id: int, on: str = ON, source: Source = Source.APPLICANT) -> int:
    who = court.who("keeper")
    return care.receive(who, case_id, source, "发现新车", date.fromisoformat(on), at(on))


def put(court: Court, case_id: int, application: int, on: str = ON) -> int:
    """The request that puts an application before the chief."""
    seq = court.stint(case_id).seq
    return care.put_forward(court.who("keeper"), application, seq, "线索属实", at(on))


def resumed(court: Court, case_id: int, on: str = ON) -> int:
    """The id of the case that goes on from this one."""
    request = put(court, case_id, applied(court, case_id, on), on)
    requests.approve(court.who("chief"), request, "同意", at(on))
    return db.session.scalars(select(Case.id).where(Case.resumed_from_id == case_id)).one()


def last_team(court: Court, case_id: int) -> str:
    return db.session.get_one(Team, resumptions.last_intensive(db.session(), case_id)).name


def test_an_approved_application_opens_a_new_case(court: Court, dormant: int) -> None:
    before, old = last_team(court, dormant), court.case(dormant)
    balances = {team.name: team.balance for team in db.session.scalars(select(Team))}
    new_id = resumed(court, dormant)
    new, stint = court.case(new_id), court.stint(new_id)
    assert (new.kind, new.year, new.serial) == ("执恢", 2026, old.serial + 1)
    assert (new.filed_on, new.claim_fen, new.recovered_fen) == (date(2026, 11, 23), 100_000, 0)
    assert (new.cause, new.basis) == (old.cause, old.basis)
    assert (stint.stage, stint.hop, stint.due_on) == ("intensive", 0, date(2026, 12, 23))
    assert new.statutory_due_on == date(2027, 5, 24)
    assert db.session.get_one(Team, stint.team_id).name != before
    old = court.case(dormant)
    assert (old.closed_on, old.closing_type) == (date(2026, 11, 23), "终结本次执行程序")
    assert {team.name: team.balance for team in db.session.scalars(select(Team))} == balances
    assert running(dormant) == {}
    assert "handler_named" in running(new_id)
    assert books.hold()


def running(case_id: int) -> dict[str, date | None]:
    db.session.rollback()
    lines = countdowns.of_case(db.session(), case_id)
    return {line.row: line.due_on for line in lines if line.met_at is None}


def test_each_chain_names_the_other_and_replays(court: Court, dormant: int) -> None:
    new_id = resumed(court, dormant)
    filed = next(one for one in trail_of(new_id) if one["tag"] == "case.filed")
    left = next(one for one in trail_of(dormant) if one["tag"] == "case.resumed")
    assert filed["after"]["resumed_from"] == court.case(dormant).number
    assert left["after"]["resumed_as"] == court.case(new_id).number
    passed = next(one for one in trail_of(new_id) if one["tag"] == "case.passed_intake")
    assert set(passed["data"]["loads"]) == {
        db.session.get_one(Team, court.stint(new_id).team_id).name
    }
    assert passed["data"]["rules"] == ["R2", "R22"]
    for one in replay.compared(court.id, case_ids=[dormant, new_id]):
        assert one.agrees, [str(said) for said in one.said]


def test_the_parties_go_along_encrypted_and_are_found(court: Court, dormant: int) -> None:
    new_id = resumed(court, dormant)
    old, new = (resumptions.parties(db.session(), id_) for id_ in (dormant, new_id))
    assert [(one.role, one.name, one.id_number, one.phone) for one in old] == [
        (one.role, one.name, one.id_number, one.phone) for one in new
    ]
    assert not personal.unsound(db.session(), court.id)
    sealed = db.session.scalars(
        select(next(personal.places()).sealed).where(Party.case_id.in_([dormant, new_id]))
    ).all()
    assert len({one for one in sealed if one}) == 2 and "37132919900101123X" not in str(sealed)


def test_what_is_seized_goes_along_and_runs_on_there(court: Court) -> None:
    keepers(court)
    case_id = court.file("2026-06-10", resumed=True, filed="2026-01-05")
    who = court.who(handler_of(court, case_id))
    debtor = db.session.scalars(
        select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    ).one()
    car, gone = (
        property.found(who, case_id, None, NewHolding(debtor, "vehicle", name, 5), at("2026-06-10"))
        for name in ("车一", "车二")
    )
    when = at("2026-06-11")
    for holding in (car, gone):
        seized = Done("seize", "裁1号", when.at, date(2027, 6, 1), 2)
        property.act(who, case_id, holding, seized, when)
    property.act(who, case_id, gone, Done("release", "裁2号", when.at), at("2026-06-11", 10))
    property.set_aside(who, case_id, car, "车辆下落不明", at("2026-06-12"))
    court.close(case_id, "终结本次执行程序", CLOSED, who.login)
    clue = NewHolding(debtor, "vehicle", "线索", 5, clue=True)
    property.found(court.who("keeper"), case_id, None, clue, at("2026-07-01"))
    new_id = resumed(court, case_id)
    old = {one.name: one for one in holdings(case_id)}
    new = {one.name: one for one in holdings(new_id)}
    assert set(new) == {"车一", "线索"}
    assert (new["车一"].status, new["车一"].until_on, new["车一"].queue) == (
        *("controlled", date(2027, 6, 1)),
        2,
    )
    assert new["车一"].carried_from_id == car and new["车一"].value_fen == 5
    assert {one.status for one in old.values()} == {Status.CARRIED, Status.RELEASED}
    assert old["车一"].until_on is None
    assert running(new_id)["seizure"] == date(2027, 6, 1)
    assert "clue_check" in running(new_id) and "seizure" not in running(case_id)
    officer = court.who(handler_of(court, new_id))
    later = at(ON, 15)
    renewed = Done("renew", "裁3号", later.at, date(2028, 6, 1))
    property.act(officer, new_id, new["车一"].id, renewed, later)
    assert running(new_id)["seizure"] == date(2028, 6, 1)
    for one in replay.compared(court.id, case_ids=[case_id, new_id]):
        assert one.agrees, [str(said) for said in one.said]


def holdings(case_id: int) -> list[Holding]:
    db.session.rollback()
    return list(db.session.scalars(select(Holding).where(Holding.case_id == case_id)))


def test_terminated_and_resumed_again_makes_a_chain(court: Court, dormant: int) -> None:
    second = resumed(court, dormant)
    for _ in range(2):  # sideways, then up: a termination needs three months
        due_on = court.stint(second).due_on
        court.sweep(due_on + timedelta(days=1))
    team = db.session.get_one(Team, court.stint(second).team_id).name.removesuffix("·团队长")
    lead = {"精执一团队": "lead-one", "精执二团队": "lead-two"}[team]
    court.close(second, "终结本次执行程序", "2027-02-24", lead)
    third = resumed(court, second, "2027-03-01")
    found = resumptions.kin(db.session(), court.case(second))
    assert found.before == (dormant, court.case(dormant).number)
    assert found.after == (third, court.case(third).number)
    assert (court.case(third).year, court.case(third).serial) == (2027, 1)  # a year of its own
    for one in replay.compared(court.id, case_ids=[dormant, second, third]):
        assert one.agrees, [str(said) for said in one.said]


def test_a_resumed_case_is_not_reopened_under_its_old_number(court: Court, dormant: int) -> None:
    resumed(court, dormant)
    with pytest.raises(Conflict, match="不能恢复办理"):
        reopening.ask(court.who("keeper-lead"), dormant, "误结", at("2026-11-24"))


def test_with_one_intensive_team_it_goes_back_there(court: Court, dormant: int) -> None:
    before = last_team(court, dormant)
    other = court.team(TWO if before == ONE else ONE)
    other.active = False
    db.session.commit()
    new_id = resumed(court, dormant)
    assert db.session.get_one(Team, court.stint(new_id).team_id).name == before


def test_the_choice_is_recorded_with_its_counts(court: Court, dormant: int) -> None:
    third_team(court, "精执三团队")
    new_id = resumed(court, dormant)
    passed = next(one for one in trail_of(new_id) if one["tag"] == "case.passed_intake")
    assert set(passed["data"]["loads"]) == {ONE, TWO, "精执三团队"} - {last_team(court, dormant)}


def test_only_what_is_outstanding_is_claimed(court: Court, dormant: int) -> None:
    who = court.who("keeper")
    for kind, day in (("receipt", "2026-07-01"), ("paid_out", "2026-07-02")):
        recording.record(who, dormant, None, NewAction(kind, "款", at(day).at, 30_000), at(day))
    new_id = resumed(court, dormant)
    assert (court.case(new_id).claim_fen, court.case(new_id).recovered_fen) == (70_000, 0)


def test_money_that_is_not_paid_out_stands_in_the_way(court: Court, dormant: int) -> None:
    who, day = court.who("keeper"), "2026-07-01"
    recording.record(who, dormant, None, NewAction("receipt", "款", at(day).at, 30_000), at(day))
    with pytest.raises(Conflict, match="尚未发放完毕"):
        put(court, dormant, applied(court, dormant))
    recording.record(who, dormant, None, NewAction("paid_out", "款", at(ON).at, 30_000), at(ON))
    asked = put(court, dormant, resumptions.of_case(db.session(), dormant)[0].one.id)
    rest = NewAction("receipt", "余款", at(ON, 10).at, 70_000)
    recording.record(who, dormant, None, rest, at(ON, 10))
    with pytest.raises(Conflict, match="没有未执行的金额"):  # it changed meanwhile
        requests.approve(court.who("chief"), asked, "", at(ON, 11))
    assert court.stint(dormant).stage == "dormant"
    assert resumptions.kin(db.session(), court.case(dormant)).after is None


def test_nobody_but_the_keepers_asks_and_nobody_below_the_chief_approves(
    court: Court, dormant: int
) -> None:
    seq, application = court.stint(dormant).seq, applied(court, dormant)
    with pytest.raises(NotAllowed):
        care.put_forward(court.who("chief"), application, seq, "理由", at(ON))
    with pytest.raises(Refused):
        care.receive(court.who("one"), dormant, Source.APPLICANT, "线索", at(ON).on, at(ON))
    asked = put(court, dormant, application)
    for login in ("keeper-lead", "vice", "president"):
        with pytest.raises(NotAllowed):
            requests.approve(court.who(login), asked, "", at(ON))


def test_refused_by_the_chief_it_is_the_keepers_again(court: Court, dormant: int) -> None:
    application = applied(court, dormant)
    asked = put(court, dormant, application)
    with pytest.raises(Conflict, match="已经审查"):
        put(court, dormant, application)
    requests.refuse(court.who("chief"), asked, "线索不实", at(ON))
    (found,) = resumptions.of_case(db.session(), dormant)
    assert found.open and found.to_review
    seq = court.stint(dormant).seq
    with pytest.raises(Invalid, match="如何告知"):
        care.turn_down(court.who("keeper"), application, seq, "线索不实", " ", at(ON))
    care.turn_down(court.who("keeper"), application, seq, "线索不实", "电话告知", at(ON))
    (found,) = resumptions.of_case(db.session(), dormant)
    assert (found.open, found.one.told, court.stint(dormant).stage) == (
        False,
        "电话告知",
        "dormant",
    )
    assert applied(court, dormant) != application  # another may come


def test_one_application_at_a_time_reviewed_in_time(court: Court, dormant: int) -> None:
    application = applied(court, dormant, "2026-11-20")
    with pytest.raises(Conflict, match=f"#{application}"):
        applied(court, dormant)
    assert running(dormant)["resuming_review"] == date(2026, 12, 7)  # 12-05, a Saturday
    put(court, dormant, application)
    assert "resuming_review" not in running(dormant)


@pytest.mark.parametrize("on", ["2026-11-24", "2026-01-04"])
def test_a_day_that_cannot_be(court: Court, dormant: int, on: str) -> None:
    with pytest.raises(Invalid):
        care.receive(
            court.who("keeper"), dormant, Source.COURT, "线索", date.fromisoformat(on), at(ON)
        )
    assert db.session.scalar(select(func.count()).select_from(Resumption)) == 0


def test_a_case_that_runs_is_not_resumed(court: Court) -> None:
    keepers(court)
    case_id = court.file("2026-01-05", resumed=True)
    with pytest.raises(Conflict, match="不在终本维护中"):
        care.receive(
            court.who(handler_of(court, case_id)),
            *(case_id, Source.COURT, "线索", at("2026-01-06").on, at("2026-01-06")),
        )
