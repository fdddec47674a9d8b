"""Who comes into a case later, who leaves it, where is each served, and what is kept of it?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from linshu.rules.measures import Standing
from linshu.rules.parties import NewAddress
from linshu.rules.trail import Tag
from linshu.services import correcting, measures, parties, property, rekeying, replay, soundness
from linshu.services.entrants import NewParty
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.services.flow import Flow
from linshu.services.measures import NewMeasure
from linshu.services.parties import Joining
from linshu.services.property import NewHolding
from linshu.store import journey, lists, personal, vault
from linshu.store import measures as standing
from linshu.store.books import TrailEntry
from linshu.store.cases import Party
from linshu.store.db import db, transaction
from linshu.store.filters import Scope
from linshu.store.parties import Address, addresses_of, newest
from linshu.store.writer import Doer
from tests.court import Court, at

DAY = "2026-11-03"
RULING = "（2026）鲁1329执异1号"
LAWYER = NewParty("赵律师", "11010119900307447X", "13912345678")
ADDRESS = NewAddress("山东省临沭县某街 1 号", date(2026, 11, 3), "送达地址确认书", "13612345678")


@pytest.fixture
def case_id(court: Court) -> int:
    return court.file("2026-11-02", resumed=False, debtors=[NewParty("李四"), NewParty("王五")])


def party(case_id: int, name: str) -> Party:
    db.session.rollback()
    query = select(Party).where(Party.case_id == case_id, Party.name == name)
    return db.session.scalars(query).one()


def tags(case_id: int) -> list[str]:
    query = select(TrailEntry.tag).where(TrailEntry.case_id == case_id).order_by(TrailEntry.seq)
    return list(db.session.scalars(query))


def sound(court: Court, case_id: int) -> bool:
    """Trail and tables say the same, and the rule about parties finds nothing."""
    (found,) = replay.compared(court.id, case_ids=[case_id])
    assert found.agrees, [str(said) for said in found.said]
    (rule,) = [one for one in soundness.RULES if one.key == "parties"]
    assert list(rule.look(soundness.Court(court.id, at(DAY)))) == []
    return True


def add(court: Court, case_id: int, new: Joining, login: str = "centre") -> int:
    return parties.add(court.who(login), case_id, None, new, at(DAY))


def lawyer_of(court: Court, case_id: int, name: str = "李四") -> int:
    whom = party(case_id, name).id
    return add(court, case_id, Joining(LAWYER, "representative", "agent", "special", "", whom))


def test_a_representative_is_found_by_name_and_number_and_is_no_debtor(
    court: Court, case_id: int
) -> None:
    lawyer_of(court, case_id)
    add(court, case_id, Joining(NewParty("孙八"), "third", "outsider"))
    session = db.session()
    for pieces in (["赵律", "律师"], ["孙八"]):
        assert journey.found(session, court.id, pieces) == [case_id]
    assert personal.carrying(session, Scope(court.id), LAWYER.phone) == [case_id]
    page = journey.case_page(session, court.case(case_id))
    assert [one.name for one in page.debtors] == ["李四", "王五"]
    (row,) = lists.rows_of(session, Scope(court.id), [case_id], at(DAY).on)
    assert row.debtors == ("李四", "王五")
    debtors = {party(case_id, name).id for name in ("李四", "王五")}
    assert set(standing.standings(session, [case_id])[case_id]) == debtors
    assert tags(case_id)[-2:] == [Tag.PARTY_ADDED, Tag.PARTY_ADDED]
    assert sound(court, case_id)


def test_no_measure_and_no_property_of_who_owes_nothing(court: Court, case_id: int) -> None:
    who, lawyer = court.who("centre"), lawyer_of(court, case_id)
    gone = party(case_id, "王五").id
    parties.leave(who, case_id, None, gone, "裁定", date(2026, 11, 3), at(DAY))
    for one in (lawyer, gone):
        with pytest.raises(NotFound):
            property.found(who, case_id, None, NewHolding(one, "vehicle", "轿车"), at(DAY))
        new = NewMeasure(one, "asset_search", "文书")
        with pytest.raises(NotFound):
            measures.note(who, case_id, None, new, Standing.DONE, date(2026, 11, 3), at(DAY))


def test_a_debtor_comes_by_a_ruling_and_a_successor_in_another_s_place(
    court: Court, case_id: int
) -> None:
    new = Joining(NewParty("周九"), "debtor")
    with pytest.raises(Invalid, match="第二十八条"):
        add(court, case_id, new)
    old, lawyer = party(case_id, "李四").id, lawyer_of(court, case_id)
    heir = Joining(NewParty("周九"), "debtor", ruling=RULING, replaces_id=old)
    add(court, case_id, heir)
    parties.leave(
        court.who("centre"), case_id, None, old, "死亡,裁定变更", date(2026, 11, 3), at(DAY)
    )
    assert party(case_id, "周九").replaces_id == old and party(case_id, "周九").owes
    gone = party(case_id, "李四")
    assert (gone.out_on, gone.out_reason) == (date(2026, 11, 3), "死亡,裁定变更")
    assert db.session.get_one(Party, lawyer).out_on == gone.out_on  # with whom he spoke for
    assert tags(case_id)[-2:] == [Tag.PARTY_LEFT] * 2
    assert sound(court, case_id)


def test_refused_departures(court: Court, case_id: int) -> None:
    who, day = court.who("centre"), date(2026, 11, 3)

    def leave(name: str, reason: str = "理由", on: date = day) -> None:
        parties.leave(who, case_id, None, party(case_id, name).id, reason, on, at(DAY, 10))

    with pytest.raises(Invalid, match="最后一名申请执行人"):
        leave("张三")
    with pytest.raises(Invalid):
        leave("李四", " ")
    for on in (date(2026, 11, 4), date(2026, 11, 1)):
        with pytest.raises(Invalid):
            leave("李四", on=on)
    leave("李四")
    with pytest.raises(Conflict, match="退出"):
        leave("李四")
    with pytest.raises(Invalid, match="最后一名被执行人"):
        leave("王五")
    with pytest.raises(Conflict):
        lawyer_of(court, case_id)
    assert sound(court, case_id)


def test_only_who_holds_the_case_and_only_its_own_people(court: Court, case_id: int) -> None:
    other = court.file("2026-11-02")
    strange = party(other, "李四").id
    new = Joining(LAWYER, "representative", "legal", represents_id=strange)
    with pytest.raises(NotFound):
        add(court, case_id, new)
    for call in (
        lambda: parties.leave(
            court.who("centre"), case_id, None, strange, "x", at(DAY).on, at(DAY)
        ),
        lambda: parties.confirm(court.who("centre"), case_id, None, strange, ADDRESS, at(DAY)),
        lambda: add(court, case_id, Joining(LAWYER, "third", "outsider"), "one"),
    ):
        with pytest.raises(NotFound):
            call()
    for login in ("chief", "filing", "president"):
        with pytest.raises(NotAllowed):
            add(court, case_id, Joining(LAWYER, "third", "outsider"), login)
    before = tags(case_id)
    assert Tag.PARTY_ADDED not in before and Tag.PARTY_LEFT not in before


def test_an_address_is_kept_encrypted_the_newest_counts(court: Court, case_id: int) -> None:
    who, debtor = court.who("centre"), party(case_id, "李四").id
    assert not court.case(case_id).address_confirmed
    parties.confirm(who, case_id, None, debtor, ADDRESS, at(DAY))
    moved = NewAddress("临沂市兰山区另一街 2 号", date(2026, 11, 3), "电话记录")
    second = parties.confirm(who, case_id, None, debtor, moved, at(DAY, 10))
    assert court.case(case_id).address_confirmed
    found = addresses_of(db.session(), case_id)
    assert [one.address for one in found] == [ADDRESS.address, moved.address]
    assert newest(found)[debtor].id == second
    raw = " ".join(map(str, db.session.execute(text("SELECT * FROM addresses")).all()))
    assert "某街" not in raw and ADDRESS.phone not in raw
    assert tags(case_id)[-2:] == [Tag.ADDRESS_CONFIRMED] * 2
    assert sound(court, case_id)


def test_an_applicant_s_address_is_none_of_the_debtor_s(court: Court, case_id: int) -> None:
    who = court.who("centre")
    parties.confirm(who, case_id, None, party(case_id, "张三").id, ADDRESS, at(DAY))
    assert not court.case(case_id).address_confirmed and sound(court, case_id)


@pytest.mark.parametrize(
    "wrong",
    [
        NewAddress(" ", date(2026, 11, 3), "确认书"),
        NewAddress("某街", date(2026, 11, 3), " "),
        NewAddress("某街", date(2026, 11, 4), "确认书"),
        NewAddress("某街", date(2026, 11, 3), "确认书", phone="12"),
    ],
)
def test_what_is_no_address(court: Court, case_id: int, wrong: NewAddress) -> None:
    with pytest.raises(Invalid) as refused:
        debtor = party(case_id, "李四").id
        parties.confirm(court.who("centre"), case_id, None, debtor, wrong, at(DAY))
    assert "某街" not in refused.value.message


def test_a_new_key_takes_the_addresses_along(court: Court, case_id: int) -> None:
    debtor = party(case_id, "李四").id
    parties.confirm(court.who("centre"), case_id, None, debtor, ADDRESS, at(DAY))
    done = rekeying.rotate(Doer("command-line", "system_admin"), at(DAY))
    (sealed,) = db.session.scalars(text("SELECT address FROM addresses"))
    assert done.unreadable == 0 and vault.key_of(sealed) == done.key
    assert addresses_of(db.session(), case_id)[0].address == ADDRESS.address
    assert personal.unsound(db.session(), court.id) == []
    with transaction() as session:
        session.execute(text("UPDATE addresses SET phone = '13612345678'"))
    assert personal.unsound(db.session(), court.id) == [case_id]


def test_a_mandate_is_put_right(court: Court, case_id: int) -> None:
    lawyer, who = lawyer_of(court, case_id), court.who("centre")
    right = NewParty("赵律师")
    correcting.correct_party(
        who, case_id, None, lawyer, right, "笔误", at(DAY, 10), ("agent", "general")
    )
    assert party(case_id, "赵律师").mandate == "general" and sound(court, case_id)
    for odd in (("agent", ""), ("legal", "general"), ("outsider", "")):
        with pytest.raises(Invalid):
            correcting.correct_party(who, case_id, None, lawyer, right, "笔误", at(DAY, 11), odd)
    with pytest.raises(Invalid, match="没有改动"):
        same = ("agent", "general")
        correcting.correct_party(who, case_id, None, lawyer, right, "笔误", at(DAY, 11), same)
    correcting.correct_party(who, case_id, None, lawyer, NewParty("钱律师"), "笔误", at(DAY, 12))
    assert sound(court, case_id)


def test_the_people_of_a_case_come_along_into_another(court: Court, case_id: int) -> None:
    who = court.who("centre")
    lawyer = lawyer_of(court, case_id)
    gone = party(case_id, "王五").id
    add(court, case_id, Joining(NewParty("周九", ID), "debtor", ruling=RULING, replaces_id=gone))
    parties.leave(who, case_id, None, gone, "裁定", date(2026, 11, 3), at(DAY))
    for name in ("李四", "赵律师"):
        parties.confirm(who, case_id, None, party(case_id, name).id, ADDRESS, at(DAY))
    applicants, debtors = parties.sides(db.session(), case_id)
    assert [one.name for one in debtors] == ["李四", "周九"] and debtors[1].id_number == ID
    new_id = court.file(DAY, resumed=True, applicants=applicants, debtors=debtors)
    with transaction() as session:
        found = parties.copied(Flow(session, court.id, at(DAY, 12)), case_id, new_id, Doer())
    session: Session = db.session()
    people = {one.id: one for one in session.scalars(select(Party).where(Party.case_id == new_id))}
    assert sorted(one.name for one in people.values()) == ["周九", "张三", "李四", "赵律师"]
    copy = people[found[lawyer]]
    assert people[copy.represents_id or 0].name == "李四" and copy.mandate == "special"
    assert {
        people[one.party_id].name
        for one in session.scalars(select(Address).where(Address.case_id == new_id))
    } == {"李四", "赵律师"}
    assert court.case(new_id).address_confirmed
    assert sound(court, new_id) and sound(court, case_id)


ID = "371329199001011234"
