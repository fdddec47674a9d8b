"""Does the trail alone say what the tables say, and is every change to a table named?"""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.rules import replay as rules
from linshu.rules.differences import differences
from linshu.rules.measures import Standing
from linshu.rules.parties import NewAddress
from linshu.rules.trail import Tag
from linshu.rules.watch import About
from linshu.services import (
    attachments,
    claiming,
    documents,
    extensions,
    measures,
    orders,
    parties,
    pauses,
    property,
    recording,
    replay,
    requests,
    searching,
    transfers,
)
from linshu.services.actor import Actor
from linshu.services.entrants import NewParty
from linshu.services.filling import NewDocument
from linshu.services.measures import NewMeasure
from linshu.services.orders import Deadline, NewOrder
from linshu.services.parties import Joining
from linshu.services.pauses import NewPause
from linshu.services.property import NewHolding
from linshu.services.recording import NewAction
from linshu.services.replay import SHARES, share_of
from linshu.store.cases import Case, Party, Stint
from linshu.store.db import db, reading, transaction
from linshu.store.people import Team
from linshu.store.replayed import states, trails
from tests.court import ONE, Court, at
from tests.locks_off import behind_the_back

HANDS = {ONE: ("one", "lead-one")}


@pytest.fixture
def lived(court: Court) -> int:
    """A case with something of everything: moved at expiry, its points returned, claimed, money in,
    a pause, an extension of the statutory limit, a request that waits, an order."""
    case_id = court.brought_to("intensive", "2026-01-05")
    stint = court.stint(case_id)
    held_by = db.session.get_one(Team, stint.team_id).name
    member, lead = HANDS.get(held_by, ("two", "lead-two"))
    who = court.who(member)
    on = stint.started_on + timedelta(days=1)
    claiming.claim(who, case_id, None, at(on))
    recording.record(
        who, case_id, None, NewAction("receipt", "到账", at(on).at, 50_000), at(on, 10)
    )
    debtor = db.session.scalars(
        select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    ).one()
    property.found(who, case_id, None, NewHolding(debtor, "vehicle", "鲁Q00001"), at(on, 10))
    applicant = debtor - 1
    for one in (
        Joining(NewParty("赵律师"), "representative", "agent", "general", represents_id=applicant),
        Joining(NewParty("孙八"), "third", "outsider"),
        Joining(NewParty("周九"), "debtor", ruling="（2026）鲁1329执异1号"),
    ):
        newest = parties.add(who, case_id, None, one, at(on, 10))
    parties.leave(who, case_id, None, newest, "裁定撤销", on, at(on, 10))
    address = NewAddress("临沭县某街 1 号", on, "送达地址确认书")
    parties.confirm(who, case_id, None, debtor, address, at(on, 10))
    searched = NewMeasure(debtor, "asset_search", "(2026)查1号")
    measures.note(who, case_id, None, searched, Standing.DONE, on, at(on, 10))
    papers(who, case_id, on)
    searching.search(who, case_id, None, ["banks", "vehicles"], on, "均无", at(on, 10))
    early = stint.started_on - timedelta(days=3)  # before the expiry that it makes a wrong one
    for start, end in ((early, stint.started_on), (on, on)):
        new = NewPause("expertise", start, end, "鉴委1号")
        asked = pauses.ask(who, case_id, stint.seq, new, "鉴定", at(on, 11))
        requests.approve(court.who(lead), asked, "", at(on, 12))
    due = court.case(case_id).statutory_due_on
    assert due is not None
    seq = court.stint(case_id).seq
    extended = extensions.ask(who, case_id, seq, 2, "", "案情复杂", at(due))
    requests.approve(court.who("president"), extended, "", at(due, 10))
    transfers.ask(who, case_id, seq, "other", "理由", at(due, 11))
    new = NewOrder(case_id, About.MATTER, "请说明进展。", Deadline(working_days=5))
    orders.give(court.who("supervisor"), new, at(due, 12))
    return case_id


def papers(who: Actor, case_id: int, on: date) -> None:
    """A document, an attachment, and one that is struck out."""
    moved = NewDocument("handing_over", extras={"items": "卷宗一册"})
    documents.make(who, case_id, None, moved, at(on, 10))
    for content in (b"first", b"second"):
        named = (case_id, None, "other", "记录.txt", "")
        attachments.add(who, *named, content, at(on, 10))
    attachments.strike(who, case_id, None, 1, "传错了", at(on, 10))


def one_of(court: Court, case_id: int) -> replay.Compared:
    return next(iter(replay.compared(court.id, case_ids=[case_id])))


def test_the_trail_alone_gives_todays_state(court: Court, lived: int) -> None:
    found = one_of(court, lived)
    assert found.agrees, [str(said) for said in found.said]
    stint, case = court.stint(lived), court.case(lived)
    told = found.state
    assert (told["stage"], told["stint"], told["hop"]) == (stint.stage, stint.seq, stint.hop)
    assert told["due_on"] == str(stint.due_on)
    assert told["statutory_due_on"] == str(case.statutory_due_on)
    assert (told["claim_fen"], told["recovered_fen"]) == (100_000, 50_000)
    assert set(told["requests"].values()) == {"approved", "asked"}
    assert set(told["extensions"].values()) == {2}
    assert len(told["pauses"]) == 2
    assert len(told["postings"]) == 4  # moved, and returned
    assert set(rules.balance(told).values()) == {0}


LAST = "case_id = 1 AND ended_on IS NULL"
TAMPERED = {
    "stage": f"UPDATE stints SET stage = 'lateral' WHERE {LAST}",
    "team": f"UPDATE stints SET team_id = 1 WHERE {LAST}",
    "handler": f"UPDATE stints SET handler_id = 1 WHERE {LAST}",
    "hop": f"UPDATE stints SET hop = 7 WHERE {LAST}",
    "sideways": f"UPDATE stints SET sideways = 7 WHERE {LAST}",
    "due_on": f"UPDATE stints SET due_on = '2030-01-01' WHERE {LAST}",
    "provisional": f"UPDATE stints SET provisional = NOT provisional WHERE {LAST}",
    "capped_on": f"UPDATE stints SET capped_on = '2026-01-01' WHERE {LAST}",
    "set_aside": f"UPDATE stints SET set_aside_code = 'no_team' WHERE {LAST}",
    "statutory_due_on": "UPDATE cases SET statutory_due_on = '2030-01-01' WHERE id = 1",
    "statutory_provisional": "UPDATE cases SET statutory_provisional = true WHERE id = 1",
    "filed_on": "UPDATE cases SET filed_on = '2026-01-04' WHERE id = 1",
    "cause": "UPDATE cases SET cause = '行政' WHERE id = 1",
    "basis_kind": "UPDATE cases SET basis_kind = '调解书' WHERE id = 1",
    "trial_court": "UPDATE cases SET trial_court = '别的法院' WHERE id = 1",
    "trial_team": "UPDATE cases SET trial_team = '别的团队' WHERE id = 1",
    "effective_on": "UPDATE cases SET effective_on = '2020-01-01' WHERE id = 1",
    "preservation": "UPDATE cases SET preservation = '（2025）鲁1329财保9号' WHERE id = 1",
    "persons": "UPDATE parties SET name = '别人' WHERE id = 1",
    "addresses": "UPDATE addresses SET confirmed_on = '2020-01-01'",
    "basis": "UPDATE cases SET basis = '' WHERE id = 1",
    "remark": "UPDATE cases SET remark = '另有约定' WHERE id = 1",
    "claim_fen": "UPDATE cases SET claim_fen = 1 WHERE id = 1",
    "paid_fen": "UPDATE cases SET paid_fen = 1 WHERE id = 1",
    "measures": "UPDATE measure_acts SET standing = 'applied' WHERE id = 1",
    "holdings": "UPDATE holdings SET until_on = '2030-01-01' WHERE id = 1",
    "orders": "UPDATE orders SET status = 'settled' WHERE id = 1",
    "documents": "UPDATE documents SET number = '（2026）鲁1329执限9号' WHERE id = 1",
    "attachments": "DELETE FROM attachment_strikes WHERE id = 1",
    "searches": "UPDATE searches SET searched_on = '2026-12-31' WHERE source = 'banks'",
    "recovered_fen": "UPDATE cases SET recovered_fen = 50001 WHERE id = 1",
    "preserved": "UPDATE cases SET preserved = true WHERE id = 1",
    "cooperative": "UPDATE cases SET cooperative = true WHERE id = 1",
    "interest_fen": "UPDATE cases SET interest_fen = 5 WHERE id = 1",
    "diverted_fen": "UPDATE cases SET diverted_fen = 5 WHERE id = 1",
    "address_confirmed": "UPDATE cases SET address_confirmed = NOT address_confirmed WHERE id = 1",
    "simple": "UPDATE cases SET simple = true WHERE id = 1",
    "closed_on": "UPDATE cases SET closed_on = '2026-05-01' WHERE id = 1",
    "closing_type": "UPDATE cases SET closing_type = '执行完毕' WHERE id = 1",
    "resumed_from": "UPDATE cases SET resumed_from_id = 1 WHERE id = 1",
    "resumed_as": "UPDATE cases SET resumed_from_id = 1 WHERE id = 1",
    "applications": "INSERT INTO resumptions (court_id, case_id, source, clue, received_on, "
    "received_by, recorded_at, status, review, told) SELECT court_id, id, 'own', 'x', filed_on, "
    "1, '2026-05-01', 'waiting', '', '' FROM cases WHERE id = 1",
    "closing_reason": "UPDATE cases SET closing_reason = '已清偿' WHERE id = 1",
    "postings": "DELETE FROM postings WHERE id = (SELECT max(id) FROM postings)",
    "requests": "UPDATE requests SET status = 'approved' WHERE status = 'asked'",
    "pauses": "UPDATE pauses SET ends_on = '2026-12-31' WHERE id = 2",
    "extensions": "UPDATE extensions SET months = 3",
    "countdowns": "UPDATE countdowns SET due_on = '2030-01-01' WHERE id = "
    "(SELECT max(id) FROM countdowns WHERE met_at IS NULL AND due_at IS NULL)",
}
MORE = {
    "somebody out": ("persons", "UPDATE parties SET out_on = '2026-01-05' WHERE role = 'debtor'"),
    "somebody in again": ("persons", "UPDATE parties SET out_on = NULL"),
    "another represented": ("persons", "UPDATE parties SET represents_id = 2 WHERE kind = 'agent'"),
    "a mandate": ("persons", "UPDATE parties SET mandate = 'special' WHERE kind = 'agent'"),
    "another's address": ("addresses", "UPDATE addresses SET party_id = 1"),
    "an address by another document": ("addresses", "UPDATE addresses SET document = '别的'"),
    "a met countdown": (
        "countdowns",
        "UPDATE countdowns SET met_at = NULL WHERE met_at IS NOT NULL",
    ),
    "a void one": ("countdowns", "UPDATE countdowns SET void_at = started_at WHERE id = 1"),
    "a countdown gone": ("countdowns", "DELETE FROM countdowns WHERE id = 1"),
    "a request gone": ("requests", "DELETE FROM requests WHERE status = 'asked'"),
    "both sides of a move": ("postings", "DELETE FROM postings"),
    "points to another": ("postings", "UPDATE postings SET team_id = 1 WHERE side = 'receive'"),
    "an order's day": ("orders", "UPDATE orders SET due_on = '2030-01-01' WHERE id = 1"),
    "a search gone": ("searches", "DELETE FROM searches WHERE source = 'vehicles'"),
    "a pause gone": ("pauses", "DELETE FROM pauses WHERE id = 1"),
    "the stint ended": ("stage", f"UPDATE stints SET ended_on = started_on WHERE {LAST}"),
    "no stint left": ("stage", "DELETE FROM stints"),
    "renamed": ("number", "UPDATE cases SET number = '（2026）鲁1329执99号' WHERE id = 1"),
}


@pytest.mark.parametrize("what", [*TAMPERED, *MORE])
def test_whatever_is_changed_behind_its_back_is_named(court: Court, lived: int, what: str) -> None:
    name, statement = MORE.get(what) or (what, TAMPERED[what])
    behind_the_back(statement)
    found = one_of(court, lived)
    assert name in {one.what for one in found.differences}
    assert any(rules.NAMES[name] in str(said) for said in found.said)


def test_every_name_has_its_tampering() -> None:
    assert set(TAMPERED) | {name for name, _ in MORE.values()} >= set(rules.NAMES) - {"stint"}


#: What is told in a case's trail and changes nothing of what is rebuilt.
OF_A_CASE = {"case", "countdown", "request", "points", "measure", "holding", "sheet", "order"}
OF_A_CASE |= {"document", "attachment", "party", "address", "application"}
CHANGES_NOTHING = {"case.packed", "order.passed", "request.raised", "sheet.filled", "sheet.read"}


def test_every_entry_of_a_case_is_read_or_known_to_change_nothing() -> None:
    told = {tag for tag in Tag if tag.split(".")[0] in OF_A_CASE}
    assert told - set(rules.TELL) == CHANGES_NOTHING


def test_a_trail_that_no_case_can_have_is_said_to_be_one(court: Court, lived: int) -> None:
    for statement in (
        "UPDATE trail SET line = '{' WHERE case_id = 1 AND seq = 5",
        "DELETE FROM trail WHERE case_id = 1 AND seq = 1",
        "DELETE FROM trail WHERE case_id = 1",
    ):
        behind_the_back(statement)
        assert [str(said) for said in one_of(court, lived).said] == ["留痕无法重放"]


def test_an_older_trail_is_not_blamed_for_what_it_never_told(court: Court, lived: int) -> None:
    with reading() as session:
        lines, kept = trails(session, [lived])[lived], states(session, [lived])[lived]
    entries = [json.loads(line) for line in lines]
    otherwise = kept | {"remark": "另有约定", "postings": []}
    found = differences(rules.replayed(entries), otherwise)
    assert {one.what for one in found} == {"remark", "postings"}
    for entry in entries:
        entry["after"].pop("remark", None)
        if entry["tag"] == Tag.POINTS_RETURNED:
            entry["data"].pop("stint")  # it named the stint by its row alone
    assert differences(rules.replayed(entries), otherwise) == []


def test_each_case_has_its_turn_within_a_week(court: Court) -> None:
    ids = court.file_many(20, "2026-01-05")
    seen = []
    for n in range(SHARES):
        share = share_of(date(2026, 11, 23) + timedelta(days=n))
        seen += [one.case_id for one in replay.compared(court.id, share)]
    assert sorted(seen) == sorted(ids)


def test_nobody_waits_for_a_reader(app: Flask, court: Court) -> None:
    court.file_many(3, "2026-01-05")
    with reading() as session:
        assert len(session.scalars(select(Case.id)).all()) == 3
        with db.engine.connect() as other:
            other.execution_options(linshu_write=True)
            other.execute(Stint.__table__.update().values(hop=5))
            other.commit()
        assert set(session.scalars(select(Stint.hop))) == {0}  # as it was when it began to read
        with pytest.raises(RuntimeError):
            transaction().__enter__()
    with transaction(), pytest.raises(RuntimeError):
        reading().__enter__()
