"""Has every due case moved exactly once, whatever happens to the sweep?"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError

from linshu.rules.stages import Stage
from linshu.services import people, recording, sweep
from linshu.services.recording import NewAction
from linshu.store.books import Posting, TrailEntry
from linshu.store.cases import Stint
from linshu.store.db import db, transaction
from linshu.store.people import PolicyVersion, Team
from tests import books
from tests.court import ONE, TWO, Court, at


def stays(case_id: int) -> list[tuple[str, date, date | None, str]]:
    query = (
        select(Stint.stage, Stint.started_on, Stint.due_on, Stint.exit_reason)
        .where(Stint.case_id == case_id)
        .order_by(Stint.seq)
    )
    return [tuple(row) for row in db.session.execute(query)]


WORKED = [  # domain.md § 1, the worked calendar: simple but unfinished; screened out at once
    (
        True,
        [
            ("intake", "2026-01-05", "2026-01-08"),
            ("quick", "2026-01-05", "2026-02-05"),
            ("centre", "2026-02-06", "2026-04-07"),
            ("intensive", "2026-04-08", "2026-05-08"),
            ("lateral", "2026-05-09", "2026-06-09"),
            ("team_lead", "2026-06-10", "2026-07-10"),
            ("bureau_chief", "2026-07-11", "2026-08-11"),
            ("vice_president", "2026-08-12", "2026-09-14"),
        ],
    ),
    (
        False,
        [
            ("intake", "2026-01-05", "2026-01-08"),
            ("centre", "2026-01-05", "2026-04-07"),
            ("intensive", "2026-04-08", "2026-05-08"),
            ("lateral", "2026-05-09", "2026-06-09"),
            ("team_lead", "2026-06-10", "2026-07-10"),
            ("bureau_chief", "2026-07-11", "2026-08-11"),
            ("vice_president", "2026-08-12", "2026-09-14"),
        ],
    ),
]


@pytest.mark.parametrize(("simple", "worked"), WORKED)
def test_the_worked_calendar(
    court: Court, simple: bool, worked: list[tuple[str, str, str]]
) -> None:
    case_id = court.file_many(1, "2026-01-05", simple=simple)[0]
    day = date(2026, 1, 6)
    while day <= date(2026, 10, 1):
        court.sweep(day)
        day += timedelta(days=1)
    seen = [(stage, str(start), str(due)) for stage, start, due, _ in stays(case_id)]
    assert seen == worked
    assert court.stint(case_id).capped_on == date(2026, 9, 15)
    assert court.case(case_id).statutory_due_on == date(2026, 7, 6)
    assert books.hold()


def test_the_whole_last_day_counts(court: Court) -> None:
    court.file_many(1, "2026-01-05", simple=True)
    assert court.sweep("2026-02-05").moved == 0
    assert court.sweep("2026-02-06").moved == 1


def test_a_resumed_case_passes_intake_at_once(court: Court) -> None:  # R2
    case_id = court.file("2026-01-05", resumed=True)
    assert [stage for stage, *_ in stays(case_id)] == ["intake", "intensive"]
    assert court.stint(case_id).hop == 0


def test_an_unscreened_case_leaves_for_the_centre_and_posts_nothing(court: Court) -> None:
    case_id = court.file("2026-01-05")
    report = court.sweep("2026-01-09")
    assert report.as_json()["by_stage"] == {"intake": 1}
    assert stays(case_id)[0][3] == "unscreened"
    assert (court.stint(case_id).stage, court.stint(case_id).due_on) == ("centre", date(2026, 4, 9))
    assert db.session.scalar(select(func.count()).select_from(Posting)) == 0


def test_a_second_sweep_changes_nothing(court: Court) -> None:
    court.file_many(30, "2026-01-05", simple=True)
    first, second = court.sweep("2026-02-06"), court.sweep("2026-02-06")
    assert (first.due, first.moved, second.due, second.moved) == (30, 30, 0, 0)
    assert books.hold()


def test_three_days_off_move_everything_once_from_the_day_of_the_move(court: Court) -> None:
    case_id = court.file_many(1, "2026-01-05", simple=True)[0]
    assert court.sweep("2026-02-09").moved == 1
    assert stays(case_id)[-1] == ("centre", date(2026, 2, 9), date(2026, 4, 9), "")


def test_two_sweeps_at_once_move_each_case_once(app: Flask, court: Court) -> None:
    court.file_many(300, "2026-01-05", simple=True)
    db.session.remove()
    reports, failures = [], []

    def run() -> None:
        with app.app_context():
            try:
                reports.append(sweep.expire_due(court.id, at("2026-02-06"), batch=20))
            except Exception as failure:
                failures.append(failure)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sum(report.moved for report in reports) == 300
    query = select(func.count()).select_from(Stint).where(Stint.stage == Stage.CENTRE)
    assert db.session.scalar(query) == 300
    assert books.hold()


def test_a_batch_that_fails_leaves_nothing_half_done(court: Court) -> None:
    court.file_many(10, "2026-01-05", simple=True)
    with pytest.raises(RuntimeError), transaction():
        court.sweep("2026-02-06")  # a transaction within a transaction is refused
    assert court.sweep("2026-02-06").moved == 10
    assert books.hold()


def test_a_case_that_cannot_be_decided_is_set_aside_and_blocks_nobody(court: Court) -> None:
    broken, fine = court.file_many(2, "2026-01-05", simple=True)
    with transaction() as session:
        current = session.scalars(select(PolicyVersion)).one()
        worse = PolicyVersion(
            court_id=court.id,
            version="broken",
            effective_on=date(1999, 1, 1),
            document="limits = 1",
            adopted_by="x",
            adopted_at=current.adopted_at,
        )
        session.add(worse)
        session.flush()
        query = update(Stint).where(Stint.case_id == broken, Stint.ended_on.is_(None))
        session.execute(query.values(policy_id=worse.id))
    report = court.sweep("2026-02-06")
    assert (report.due, report.moved, report.set_aside) == (2, 1, 1)
    assert court.stint(broken).set_aside_code == "policy_broken"
    assert court.stint(fine).stage == "centre"
    with transaction() as session:
        query = update(Stint).where(Stint.case_id == broken, Stint.ended_on.is_(None))
        session.execute(query.values(policy_id=current.id))
    assert court.sweep("2026-02-07").moved == 1  # tried again the next day
    assert books.hold()


def test_no_team_left_sets_aside_and_says_so_once(court: Court) -> None:
    case_id = court.file_many(1, "2026-01-05", simple=True)[0]
    centre = court.team("执行指挥中心")
    people.switch_team(court.who("system"), centre.id, False, at("2026-02-01"))
    for day in ("2026-02-06", "2026-02-07", "2026-02-08"):
        assert court.sweep(day).set_aside == 1
    said = select(func.count()).where(TrailEntry.tag == "case.set_aside")
    assert db.session.scalar(said) == 1
    people.switch_team(court.who("system"), centre.id, True, at("2026-02-08"))
    assert court.sweep("2026-02-09").moved == 1
    assert court.stint(case_id).stage == "centre"


def test_with_one_active_team_the_case_is_lifted_with_an_alert(court: Court) -> None:  # R8
    case_id = court.brought_to("intensive", "2026-01-05")
    held_by = db.session.get_one(Team, court.stint(case_id).team_id).name
    other = TWO if held_by == ONE else ONE
    people.switch_team(court.who("system"), court.team(other).id, False, at("2026-04-20"))
    court.sweep("2026-05-09")
    stint = court.stint(case_id)
    assert (stint.stage, stint.skipped_sideways) == ("team_lead", True)


def test_work_is_shared_evenly(court: Court) -> None:
    court.file_many(100, "2026-01-05", simple=False)
    court.sweep("2026-04-08")
    query = select(Stint.team_id).where(Stint.stage == "intensive")
    assert sorted(Counter(db.session.scalars(query)).values()) == [50, 50]


CHANGES = ["DELETE FROM {0}", "UPDATE {0} SET id = id", "wholesale"]
WHOLESALE = {
    "sqlite": "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
    "postgresql": "TRUNCATE {0} CASCADE",
}


@pytest.mark.parametrize("table", ["trail", "postings", "actions"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_books_refuse_to_be_changed(court: Court, table: str, change: str) -> None:  # R15
    court.file_many(2, "2026-01-05", simple=True)
    court.sweep("2026-02-06")
    case_id = court.brought_to("intensive", "2026-01-05")
    stint = court.stint(case_id)
    handler = court.who("one" if court.team(ONE).id == stint.team_id else "two")
    when = at(stint.started_on, 10)
    recording.record(handler, case_id, stint.seq, NewAction("call", "电话", when.at), when)
    wholesale = WHOLESALE[db.engine.dialect.name]
    statement = text((wholesale if change == "wholesale" else change).format(table))
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(statement)
