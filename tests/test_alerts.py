"""Is everybody told in time, once, whatever happened to the machine meanwhile?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from linshu.services import alerts, claiming, digests, pauses, recording, requests
from linshu.services.errors import NotFound
from linshu.services.pauses import NewPause
from linshu.services.recording import NewAction
from linshu.store import alerts as kept
from linshu.store.alerts import Subject
from linshu.store.clocks import Alert, Delivery, Digest
from linshu.store.db import db, transaction
from linshu.store.people import CalendarYear
from tests.court import ONE, Court, at


def told(court: Court, login: str, subject: Subject = Subject.STAGE) -> list[tuple[int, str]]:
    """The alerts somebody has, as (days before, last day), in the order they came."""
    query = select(Alert.days_before, Alert.due_on).where(
        Alert.person_id == court.who(login).person_id, Alert.subject == str(subject)
    )
    return [(days, str(on)) for days, on in db.session.execute(query.order_by(Alert.id))]


def day_by_day(court: Court, first: str, last: str) -> None:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        alerts.raise_due(court.id, at(day, 1))
        day += timedelta(days=1)


@pytest.fixture
def case_id(court: Court) -> int:
    """A case of the quick team, handled and its notice sent, due on 2026-02-05."""
    return noticed(court, "2026-01-05", "2026-01-06")


def noticed(court: Court, on: str, claimed_on: str) -> int:
    """A case whose first countdowns are met, so that its two clocks alone are told."""
    case_id, quick = court.file_many(1, on, simple=True)[0], court.who("quick")
    claiming.claim(quick, case_id, None, at(claimed_on))
    notice = NewAction("notice", "发出执行通知书、报告财产令。", at(claimed_on, 10).at)
    recording.record(quick, case_id, None, notice, at(claimed_on, 11))
    return case_id


def test_seven_three_one_and_no_days_before_once_each(court: Court, case_id: int) -> None:
    day_by_day(court, "2026-01-06", "2026-02-05")
    once = [(days, "2026-02-05") for days in (7, 3, 1, 0)]
    assert told(court, "quick") == once and told(court, "quick-lead") == once
    assert told(court, "one") == told(court, "chief") == []


def test_twice_raises_nothing_twice(court: Court, case_id: int) -> None:
    assert alerts.raise_due(court.id, at("2026-02-02")) > 0
    assert alerts.raise_due(court.id, at("2026-02-02", 17)) == 0


def test_a_downtime_loses_nothing_and_stampedes_nobody(court: Court, case_id: int) -> None:
    alerts.raise_due(court.id, at("2026-02-04"))  # down since before the seventh day
    assert told(court, "quick") == [(1, "2026-02-05")]
    alerts.raise_due(court.id, at("2026-02-05"))
    assert told(court, "quick") == [(1, "2026-02-05"), (0, "2026-02-05")]


def test_while_nobody_handles_it_the_team_is_told(court: Court) -> None:
    court.file_many(1, "2026-01-05", simple=True)
    alerts.raise_due(court.id, at("2026-02-02"))
    assert told(court, "quick") == told(court, "quick-lead") == [(3, "2026-02-05")]


def test_a_moved_case_is_its_new_holder_s(court: Court, case_id: int) -> None:
    court.sweep("2026-02-06")
    alerts.raise_due(court.id, at("2026-02-06"))
    assert told(court, "centre") == []
    alerts.raise_due(court.id, at("2026-03-31"))
    assert told(court, "centre") == [(7, "2026-04-07")] and told(court, "quick") == []


def test_the_statutory_limit_is_told_too(court: Court, case_id: int) -> None:
    for stage_end in ("2026-02-06", "2026-04-08", "2026-05-09"):
        court.sweep(stage_end)
    alerts.raise_due(court.id, at("2026-07-03"))
    stint = court.stint(case_id)
    holder, other = ("one", "two") if stint.team_id == court.team(ONE).id else ("two", "one")
    assert stint.stage == "lateral"
    assert told(court, f"lead-{holder}", Subject.STATUTORY) == [(3, "2026-07-06")]
    assert told(court, f"lead-{other}", Subject.STATUTORY) == []


def test_next_year_s_list_is_asked_for_from_november(court: Court) -> None:
    with transaction() as session:
        session.execute(delete(CalendarYear).where(CalendarYear.year == 2026))
    alerts.raise_due(court.id, at("2025-10-31"))
    assert told(court, "system", Subject.CALENDAR) == []
    alerts.raise_due(court.id, at("2025-11-01"))
    alerts.raise_due(court.id, at("2025-11-02"))
    assert told(court, "system", Subject.CALENDAR) == [(0, "2025-12-31")]
    assert told(court, "chief", Subject.CALENDAR) == [(0, "2025-12-31")]


def test_reading_keeps_them_and_is_one_s_own(court: Court, case_id: int) -> None:
    alerts.raise_due(court.id, at("2026-02-02"))
    quick, lead = court.who("quick"), court.who("quick-lead")
    mine = kept.inbox(db.session(), quick.person_id, True, 1).rows[0].alert.id
    with pytest.raises(NotFound):
        alerts.read(lead, mine, at("2026-02-02"))
    assert alerts.read(quick, mine, at("2026-02-02")) == 1
    assert kept.unread(db.session(), quick.person_id) == 0
    assert kept.inbox(db.session(), quick.person_id, False, 1).total == 1
    assert kept.unread(db.session(), lead.person_id) == 1


def test_messages_are_queued_only_where_they_are_sent(court: Court, case_id: int) -> None:
    alerts.raise_due(court.id, at("2026-02-02"))
    assert db.session.scalars(select(Delivery)).all() == []
    new = alerts.raise_due(court.id, at("2026-02-04"), sends=True)
    assert len(db.session.scalars(select(Delivery)).all()) == new == 2


def test_the_digest_of_a_day_is_made_once(court: Court, case_id: int) -> None:
    assert digests.make(court.id, at("2026-02-04", 6)) == 2
    assert digests.make(court.id, at("2026-02-04", 7)) == 0
    quick = court.who("quick").person_id
    digest = db.session.scalars(select(Digest).where(Digest.person_id == quick)).one()
    assert digest.content["counts"] == {"tomorrow": 1}
    assert [item["case_id"] for item in digest.content["ends"]] == [case_id]


def test_a_lead_s_digest_counts_by_handler(court: Court, case_id: int) -> None:
    court.file_many(2, "2026-01-05", simple=True)
    digests.make(court.id, at("2026-02-05", 6))
    lead = court.who("quick-lead").person_id
    digest = db.session.scalars(select(Digest).where(Digest.person_id == lead)).one()
    assert digest.content["counts"] == {"today": 3, "late": 2}  # late: a handler to be named
    assert digest.content["handlers"] == {str(court.who("quick").person_id): 1, "": 4}


def test_the_end_of_the_line_stands_in_the_digests_above(court: Court) -> None:
    case_id = court.brought_to("vice_president", "2025-01-06")
    due_on = court.stint(case_id).due_on
    assert due_on is not None
    day = due_on + timedelta(days=1)
    court.sweep(day)
    digests.make(court.id, at(day, 6))
    for login in ("vice", "president", "supervisor"):
        mine = select(Digest).where(Digest.person_id == court.who(login).person_id)
        assert db.session.scalars(mine).one().content["capped"][0]["case_id"] == case_id


def test_a_pause_is_told_of_when_it_has_gone_on_too_long_and_not_before(
    court: Court, case_id: int
) -> None:
    quick, when, seq = court.who("quick"), at("2026-01-12"), court.stint(case_id).seq
    new = NewPause("expertise", date(2026, 1, 12), None, "委托鉴定书")
    asked = pauses.ask(quick, case_id, seq, new, "委托鉴定", when)
    requests.approve(court.who("quick-lead"), asked, "", when)
    alerts.raise_due(court.id, at("2026-01-13"))
    assert digests.make(court.id, at("2026-01-13", 6)) == 0
    assert told(court, "quick", Subject.PAUSE) == []
    alerts.raise_due(court.id, at("2026-03-16"))
    assert [days for days, _on in told(court, "quick", Subject.PAUSE)] == [0]
    assert [days for days, _on in told(court, "chief", Subject.PAUSE)] == [0]
