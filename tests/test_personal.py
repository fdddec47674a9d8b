"""Is what belongs to people nowhere in plain, found by its exact text, under the newest key?"""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from linshu.rules.numbers import NumberFault, account, is_personal, phone
from linshu.rules.trail import Tag
from linshu.services import correcting, rekeying
from linshu.services.errors import Invalid
from linshu.services.filing import NewParty
from linshu.store import personal, vault
from linshu.store.books import TrailEntry
from linshu.store.cases import Party, Text
from linshu.store.db import db, transaction
from linshu.store.filters import Scope
from linshu.store.people import Person
from linshu.store.writer import Doer, digest_of
from tests.court import Court, at

ID, PHONE, ACCOUNT = "371329199001011234", "13812345678", "6222021234567890123"
OTHER_ID = "11010119900307447X"
DEBTOR = NewParty("李四", ID, "138-1234 5678", "6222 0212 3456 7890 123")


@pytest.fixture
def case_id(court: Court) -> int:
    return court.file("2026-11-02", debtors=[DEBTOR, NewParty("王五")])


def debtor(case_id: int) -> Party:
    db.session.rollback()
    return db.session.scalars(
        select(Party).where(Party.case_id == case_id, Party.name != "张三").order_by(Party.id)
    ).first()


@pytest.mark.parametrize(
    ("written", "kept"),
    {
        "138 1234-5678": PHONE,
        "+86 13812345678": PHONE,
        "008613812345678": PHONE,
        "(0539)6212345": "05396212345",
        "０５３９－６２１２３４５": "05396212345",
        "6212345": "6212345",
        "400-820-8820": "4008208820",
        "": "",
    }.items(),
)
def test_a_telephone_as_it_is_kept(written: str, kept: str) -> None:
    assert phone(written) == kept and phone(kept) == kept


@pytest.mark.parametrize("written", ["12", "12345678901", "138123456789", "电话", "1381234567x"])
def test_what_is_no_telephone(written: str) -> None:
    with pytest.raises(NumberFault):
        phone(written)


def test_an_account_as_it_is_kept() -> None:
    assert account(" 6222 0212-3456 7890 123 ") == ACCOUNT
    for written in ("1" * 11, "1" * 31, "62220212345678X"):
        with pytest.raises(NumberFault):
            account(written)


@pytest.mark.parametrize(
    "asked",
    [ID, OTHER_ID.lower(), "371329 19900101 1234", PHONE, "138-1234-5678", "+86 13812345678",
     "0539-6212345", ACCOUNT, "91371329MA3C1ABC2X", "371329900101123", "12345678-9", "G12345678"],
)  # fmt: skip
def test_what_looks_like_the_number_of_a_person(asked: str) -> None:
    assert is_personal(asked)


@pytest.mark.parametrize(
    "asked",
    ["", "123", "999999999", "张三", "（2026）鲁1329执2号", "2026鲁1329执20261号", "执恢20261",
     "ACME INTERNATIONAL", "临沭县第2建筑公司", "（2026）2"],
)  # fmt: skip
def test_what_does_not(asked: str) -> None:
    assert not is_personal(asked)


def test_a_party_s_numbers_are_kept_encrypted_with_their_digests(case_id: int) -> None:
    one = debtor(case_id)
    assert (one.id_number, one.phone, one.account) == (ID, PHONE, ACCOUNT)
    assert one.id_digest == vault.digest(ID, "party.id_number")
    assert one.phone_digest == vault.digest(PHONE, "party.phone")
    assert one.account_digest == vault.digest(ACCOUNT, "party.account")
    raw = db.session.execute(text("SELECT id_number, phone, account FROM parties")).all()
    assert all(not cell or vault.key_of(cell) in vault.ring().keys for row in raw for cell in row)


def test_a_number_that_cannot_be_one_is_refused_without_repeating_it(court: Court) -> None:
    for wrong in (NewParty("李四", phone="138123"), NewParty("李四", account="62220")):
        with pytest.raises(Invalid) as refused:
            court.file("2026-11-02", debtors=[wrong])
        assert "李四" in refused.value.message
        assert "138123" not in refused.value.message and "62220" not in refused.value.message


@pytest.mark.parametrize(
    "asked", [ID, "371329 19900101 1234", PHONE, "+86-138 1234 5678", ACCOUNT, ACCOUNT + " "]
)
def test_found_by_the_exact_number_within_the_scope(court: Court, case_id: int, asked: str) -> None:
    court.file("2026-11-02", debtors=[NewParty("李四", OTHER_ID)])
    session, intake = db.session(), court.team("执行指挥中心").id
    assert personal.carrying(session, Scope(court.id), asked) == [case_id]
    assert personal.carrying(session, Scope(court.id, (intake,)), asked) == [case_id]
    assert personal.carrying(session, Scope(court.id, (court.team("速执团队").id,)), asked) == []
    assert personal.carrying(session, Scope(court.id + 1), asked) == []
    assert personal.carrying(session, Scope(court.id), asked[:-2]) == []


# The trail ----------------------------------------------------------------------------------------


def test_the_trail_proves_a_number_and_tells_it_to_nobody(case_id: int) -> None:
    (entry,) = db.session.scalars(
        select(TrailEntry.line).where(TrailEntry.tag == str(Tag.CASE_FILED))
    )
    kept = db.session.execute(select(Text.digest, Text.text).where(Text.case_id == case_id)).all()
    said = {digest: words for digest, words in kept if digest in entry}
    (words,) = said.values()
    assert [digest_of(words)] == list(said)
    one = debtor(case_id)
    assert words.splitlines()[0] == "applicant|张三||"
    assert words.splitlines()[1] == (
        f"debtor|李四|371329********1234|{one.id_digest}"
        f"|phone:138****5678|{one.phone_digest}|account:6222***********0123|{one.account_digest}"
    )
    guesses = (f"debtor|李四|{ID}", f"debtor|李四|371329********1234|{digest_of(ID)[-64:]}")
    assert not any(digest_of(guess) in entry or guess in words for guess in guesses)


@pytest.mark.parametrize("name", ["李四", "a|b|c", "x:1|y", "|||", "李\n四"])
def test_the_text_of_a_party_reads_as_people_read_it(app: Flask, name: str) -> None:
    row = personal.row(1, "debtor", name, id_number=ID, phone=PHONE)
    assert personal.shown(personal.said(row)) == f"{name} 371329********1234 138****5678"
    assert personal.shown(personal.said(personal.row(1, "debtor", name))) == name
    assert personal.shown(f"{name}, frei geschrieben") == ""


def corrected(court: Court, right: NewParty) -> Callable[[int], None]:
    def correct(case_id: int) -> None:
        party = debtor(case_id).id
        who = court.who("centre")
        correcting.correct_party(who, case_id, None, party, right, "笔误", at("2026-11-03"))

    return correct


def test_what_is_not_given_stays_and_what_is_taken_away_goes(court: Court, case_id: int) -> None:
    corrected(court, NewParty("李思", "", "0539-6212345", "无"))(case_id)
    one = debtor(case_id)
    assert (one.name, one.id_number, one.phone, one.account) == ("李思", ID, "05396212345", "")
    assert one.account_digest == "" and one.phone_digest == vault.digest(one.phone, "party.phone")
    assert personal.unsound(db.session(), court.id) == []
    with pytest.raises(Invalid):
        corrected(court, NewParty("李思", ID, "", ""))(case_id)


# Keys ---------------------------------------------------------------------------------------------


OPERATOR = Doer("command-line", "system_admin")


def give_everybody_a_second_factor(court: Court) -> None:
    with transaction() as session:
        for person in session.scalars(select(Person)):
            person.totp_secret = f"SECRET{person.id}"


class Killed(Exception):
    """The machine went down."""


@pytest.mark.parametrize("survived", range(5))
def test_a_rotation_that_is_killed_goes_on_where_it_was(
    app: Flask, court: Court, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    monkeypatch.setattr(rekeying, "BATCH", 3)
    cases = [court.file("2026-11-02", debtors=[DEBTOR]) for _ in range(5)]
    give_everybody_a_second_factor(court)
    old, steps = vault.ring().newest.name, 0

    def dies(_rows: int) -> None:
        nonlocal steps
        steps += 1
        if steps > survived:
            raise Killed

    with pytest.raises(Killed):
        rekeying.rotate(OPERATOR, at("2026-11-23"), dies)
    new = vault.ring().newest.name
    assert list(vault.ring().keys) == [old, new] != [new, old]
    scope = Scope(court.id)
    assert sorted(personal.carrying(db.session(), scope, PHONE)) == cases  # meanwhile, too
    cases.append(court.file("2026-11-02", debtors=[DEBTOR]))

    done = rekeying.rotate(OPERATOR, at("2026-11-23"))
    assert (done.key, done.forgotten, done.unreadable) == (new, 1, 0)
    assert list(vault.ring().keys) == [new]
    assert personal.unsound(db.session(), court.id) == []
    assert sorted(personal.carrying(db.session(), scope, ACCOUNT)) == cases
    assert {debtor(case_id).phone for case_id in cases} == {PHONE}
    people = db.session.execute(select(Person.id, Person.totp_secret)).all()
    assert all(secret == f"SECRET{id_}" for id_, secret in people)
    (line,) = db.session.scalars(
        select(TrailEntry.line).where(TrailEntry.tag == str(Tag.DATA_KEY_ROTATED))
    )
    assert new in line

    again = rekeying.rotate(OPERATOR, at("2026-11-23"))
    assert again.key not in (old, new) and again.rows == 6 * 3 + len(people)


def test_everybody_works_while_the_key_is_changed(
    app: Flask, court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekeying, "BATCH", 2)
    first = court.file("2026-11-02", debtors=[DEBTOR])
    cases = [first, *(court.file("2026-11-02", debtors=[DEBTOR]) for _ in range(5))]

    def works(_rows: int) -> None:
        if len(cases) < 12:
            cases.append(court.file("2026-11-02", debtors=[DEBTOR]))
            corrected(court, NewParty("李四", OTHER_ID, f"1391234{len(cases):04}", ""))(first)

    done = rekeying.rotate(OPERATOR, at("2026-11-23"), works)
    assert list(vault.ring().keys) == [done.key] and len(cases) == 12
    assert personal.unsound(db.session(), court.id) == []
    scope = Scope(court.id)
    assert sorted(personal.carrying(db.session(), scope, ID)) == cases[1:]
    assert personal.carrying(db.session(), scope, "13912340012") == [first]


def test_what_no_key_opens_stays_and_is_named(app: Flask, court: Court, case_id: int) -> None:
    other = court.file("2026-11-02", debtors=[DEBTOR])
    assert personal.unsound(db.session(), court.id) == []
    with transaction() as session:
        broken = update(Party).where(Party.case_id == other, Party.name == "李四")
        session.execute(broken.values(phone_digest="0" * 64))
    assert personal.unsound(db.session(), court.id) == [other]
    with transaction() as session:
        session.execute(
            text("UPDATE parties SET account = 'k9-ffffff:AAAA' WHERE case_id = :case"),
            {"case": case_id},
        )
    assert personal.unsound(db.session(), court.id) == [case_id, other]
    done = rekeying.rotate(OPERATOR, at("2026-11-23"))
    assert done.unreadable == 3 and done.forgotten == 1
    assert personal.unsound(db.session(), court.id) == [case_id]  # the digest was put right


def test_every_secret_column_of_the_models_is_rotated() -> None:
    named = {f"{place.table.name}.{place.column.name}" for place in personal.places()}
    assert named == {
        "parties.id_number",
        "parties.phone",
        "parties.account",
        "addresses.address",
        "addresses.phone",
        "addresses.electronic",
        "people.totp_secret",
    }


def test_the_command(app: Flask, court: Court, case_id: int) -> None:
    result = app.test_cli_runner().invoke(args=["rotate-data-key", "--json"])
    assert result.exit_code == 0, result.output
    assert f'"key": "{vault.ring().newest.name}"' in result.output
    assert '"rows": 3' in result.output and '"forgotten": 1' in result.output
    assert ID not in result.output


# Nowhere in plain ---------------------------------------------------------------------------------


def everything() -> str:
    """Every cell of every table, as the database has it."""
    db.session.rollback()
    found = []
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            found += map(str, row)
    return "\n".join(found)


def test_a_database_error_repeats_nothing(
    app: Flask, case_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    nobody_s = Party(case_id=999_999, role="debtor", name="李四光", id_number=ID)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(IntegrityError) as failed, transaction() as session:
        session.add(nobody_s)
    assert "李四光" not in str(failed.value) and ID not in str(failed.value) + caplog.text


def test_no_table_holds_a_number_in_plain(court: Court, case_id: int) -> None:
    corrected(court, NewParty("李四", OTHER_ID, "13987654321", ""))(case_id)
    whole = everything()
    assert "李四" in whole and "371329********1234" in whole
    for number in (ID, OTHER_ID, PHONE, "13987654321", ACCOUNT):
        assert number not in whole, number
