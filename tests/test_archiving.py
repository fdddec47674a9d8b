"""归档: the one act of a closed case; once, by whoever held it last, in time."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from linshu.services import alerts, archiving, claiming, recording, replay
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.services.recording import NewAction
from linshu.store import nodes as stored
from linshu.store.clocks import Alert, CaseCountdown
from linshu.store.db import db
from linshu.store.people import Person
from tests.court import Court, at

NUMBER = "2026-执-0012卷"


@pytest.fixture
def closed(court: Court) -> tuple[Court, int]:
    """A case of the quick team, closed on 2026-03-06."""
    case_id = court.file_many(1, "2026-03-02", simple=True)[0]
    claiming.claim(court.who("quick"), case_id, None, at("2026-03-02"))
    court.close(case_id, "执行完毕", "2026-03-06", "quick")
    return court, case_id


def limit(case_id: int) -> CaseCountdown:
    db.session.rollback()
    query = select(CaseCountdown).where(
        CaseCountdown.case_id == case_id, CaseCountdown.row == "archive"
    )
    return db.session.scalars(query).one()


def archive(court: Court, case_id: int, on: str, now: str, who: str = "quick") -> int:
    return archiving.archive(court.who(who), case_id, NUMBER, date.fromisoformat(on), at(now))


def test_it_ticks_its_node_and_meets_its_limit(closed) -> None:
    court, case_id = closed
    assert (limit(case_id).due_on, limit(case_id).met_at) == (date(2026, 4, 7), None)
    archive(court, case_id, "2026-03-10", "2026-03-11")
    assert limit(case_id).met_at.date() == date(2026, 3, 10)
    assert "archived" in stored.happened(db.session(), court.case(case_id))
    action = archiving.archived(db.session(), case_id)
    assert action is not None and action.text == NUMBER
    (compared,) = replay.compared(court.id, case_ids=[case_id])
    assert compared.agrees, compared.said


def test_a_case_that_is_closed_and_reminded_of(closed) -> None:
    court, case_id = closed
    alerts.raise_due(court.id, at("2026-04-07"))
    query = select(Person.login).join(Alert, Alert.person_id == Person.id)
    told = set(db.session.scalars(query.where(Alert.row == "archive", Alert.case_id == case_id)))
    assert told == {"quick", "quick-lead"}


def test_once_and_put_right_with_a_reason(closed) -> None:
    court, case_id = closed
    archive(court, case_id, "2026-03-10", "2026-03-11")
    with pytest.raises(Conflict, match="2026-03-10"):
        archive(court, case_id, "2026-03-10", "2026-03-12")
    right = ("2026-执-0013卷", date(2026, 3, 9))
    with pytest.raises(Invalid, match="更正理由"):
        archiving.correct(court.who("quick"), case_id, *right, " ", at("2026-03-12"))
    archiving.correct(court.who("quick"), case_id, *right, "写错卷号", at("2026-03-12"))
    action = archiving.archived(db.session(), case_id)
    assert action is not None and action.text == right[0]
    assert limit(case_id).met_at.date() == right[1]
    (compared,) = replay.compared(court.id, case_ids=[case_id])
    assert compared.agrees, compared.said


def test_what_is_refused(closed) -> None:
    court, case_id = closed
    with pytest.raises(Invalid, match="2026-03-06"):
        archive(court, case_id, "2026-03-05", "2026-03-10")
    with pytest.raises(Invalid):
        archive(court, case_id, "2026-03-11", "2026-03-10")
    with pytest.raises(NotAllowed):
        archive(court, case_id, "2026-03-10", "2026-03-10", who="centre")
    with pytest.raises(NotAllowed):
        archive(court, case_id, "2026-03-10", "2026-03-10", who="supervisor")
    with pytest.raises(NotFound):
        archive(court, case_id, "2026-03-10", "2026-03-10", who="one")
    with pytest.raises(Invalid):
        archiving.correct(
            court.who("quick"), case_id, NUMBER, date(2026, 3, 9), "没有归档过", at("2026-03-10")
        )
    assert archiving.archived(db.session(), case_id) is None


def test_an_open_case_is_not_archived(court: Court) -> None:
    case_id = court.file_many(1, "2026-03-02", simple=True)[0]
    with pytest.raises(Invalid, match="尚未结案"):
        archive(court, case_id, "2026-03-03", "2026-03-03")
    new = NewAction("archived", NUMBER, at("2026-03-03").at)
    with pytest.raises(Invalid, match="尚未结案"):
        recording.record(court.who("quick"), case_id, None, new, at("2026-03-03"))
