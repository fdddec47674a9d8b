"""Is an act for many cases done in each exactly once, whoever dies, moves or leaves meanwhile?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config import ROOT
from linshu.rules.said import Said
from linshu.services import batch_run, batches, people
from linshu.services.batches import Picked
from linshu.services.errors import Invalid, NotAllowed, NotFound
from linshu.services.people import NewPerson
from linshu.store import batches as kept
from linshu.store.batches import Batch, BatchItem
from linshu.store.books import TrailEntry
from linshu.store.cases import Action
from linshu.store.db import db, transaction
from linshu.store.filters import Filter
from linshu.store.people import Person
from linshu.store.searches import Search
from linshu.store.writer import Doer
from tests import books
from tests.conftest import NOW
from tests.court import Court, at
from tests.test_pauses import trail_of

MANY, DAY = 200, date(2026, 11, 20)
WHEN = at("2026-11-23")
SOURCES = ("banks", "vehicles")


@pytest.fixture
def cases(court: Court) -> list[int]:
    """A few cases at the command centre."""
    return court.file_many(5, "2026-11-02", simple=False)


def searched(court: Court, cases: Sequence[int], who: str = "centre") -> int:
    """A network search that was asked for in these cases."""
    picked = Picked(tuple(cases))
    return batches.search(court.who(who), picked, SOURCES, DAY, "", WHEN)


def statuses(batch_id: int) -> dict[int, tuple[str, str]]:
    db.session.rollback()
    query = select(BatchItem).where(BatchItem.batch_id == batch_id).order_by(BatchItem.id)
    return {
        one.case_id: (one.status, str(Said.loads(one.why)) if one.why else "")
        for one in db.session.scalars(query)
    }


def court_trail(tag: str) -> list[dict[str, object]]:
    db.session.rollback()
    query = select(TrailEntry.line).where(TrailEntry.tag == tag).order_by(TrailEntry.id)
    return [json.loads(line) for line in db.session.scalars(query)]


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_search_is_started_in_every_case_and_its_entry_names_the_batch(
    court: Court, cases: list[int]
) -> None:
    batch = searched(court, cases)
    assert set(statuses(batch).values()) == {("waiting", "")}
    for _ in range(2):
        batch_run.run(batch, NOW)
    assert set(statuses(batch).values()) == {("done", "")}
    assert (count(Action), count(Search)) == (5, 0)  # begun: nothing is found out yet
    for case_id in cases:
        entry = trail_of(case_id)[-1]
        assert (entry["by"], entry["data"]["batch"]) == ("centre", batch)
        assert "sources" not in entry["data"]
    (asked,), (finished,) = court_trail("batch.asked"), court_trail("batch.finished")
    assert (asked["by"], asked["data"]["cases"]) == ("centre", 5)
    assert (finished["by"], finished["data"]["done"], finished["data"]["failed"]) == (
        *("system", 5),
        0,
    )
    assert db.session.get_one(Batch, batch).status == "done"
    assert kept.waiting_ids(db.session()) == [] and books.hold()


def test_what_moved_or_closed_meanwhile_is_told_and_blocks_nobody(
    court: Court, cases: list[int]
) -> None:
    moved = court.file_many(1, "2026-08-03", simple=False)[0]
    batch = searched(court, [*cases, moved])
    court.sweep("2026-11-23")  # the older one's three months are over
    court.close(cases[1], "执行完毕", "2026-11-23", "centre")
    batch_run.run(batch, NOW)
    told = statuses(batch)
    assert [told[id_][0] for id_ in (*cases, moved)] == ["done", "failed", *("done",) * 3, "failed"]
    assert "已于2026-11-23结案" in told[cases[1]][1] and "流转到精执" in told[moved][1]
    assert court_trail("batch.finished")[0]["data"]["failed"] == 2


def test_an_action_is_recorded_in_many_cases_with_both_names_and_both_times(
    court: Court, cases: list[int]
) -> None:
    staff = NewPerson("centre-b", "中心乙", "centre_staff", None)
    people.add_people(court.id, [staff], Doer("admin", "security_admin"), at("2026-01-05"))
    other, happened = court.who("centre-b").person_id, at(DAY, 15, 30).at
    who = court.who("centre")
    batch = batches.record(who, Picked(tuple(cases)), "service", "已送达", happened, other, WHEN)
    batch_run.run(batch, NOW)
    rows = db.session.scalars(select(Action)).all()
    assert len(rows) == 5
    assert {(row.kind, row.text, row.happened_at) for row in rows} == {
        ("service", "已送达", happened)
    }
    assert {(row.by_id, row.behalf_id, row.recorded_at) for row in rows} == {
        (who.person_id, other, NOW)
    }
    entry = trail_of(cases[0])[-1]
    assert (entry["by"], entry["behalf"], entry["data"]["batch"]) == ("centre", "centre-b", batch)
    again = batches.record(who, Picked((cases[0],)), "service", "已送达", happened, other, WHEN)
    batch_run.run(again, NOW)
    assert "完全相同" in statuses(again)[cases[0]][1]


def test_it_runs_as_who_asked_and_only_while_he_is_there(court: Court, cases: list[int]) -> None:
    first, second = searched(court, cases[:2]), searched(court, cases[2:])
    other = court.team("速执团队").id
    with transaction() as session:
        session.query(Person).filter_by(login="centre").one().team_id = other
    batch_run.run(first, NOW)
    with transaction() as session:
        session.query(Person).filter_by(login="centre").one().active = False
    batch_run.run(second, NOW)
    assert {why for _, why in statuses(first).values()} == {"发起人中心甲已不在发起时的团队。"}
    assert {why for _, why in statuses(second).values()} == {"发起人中心甲已停用。"}
    assert count(Action) == 0


def test_a_case_that_breaks_is_told_and_the_others_go_on(
    court: Court, cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, plain = searched(court, cases), batch_run.recording.record_within

    def broken(flow, actor, case_id, *rest):
        if case_id == cases[2]:
            raise ZeroDivisionError
        return plain(flow, actor, case_id, *rest)

    monkeypatch.setattr(batch_run.recording, "record_within", broken)
    batch_run.run(batch, NOW)
    assert [one[0] for one in statuses(batch).values()] == [
        "done",
        "done",
        "failed",
        "done",
        "done",
    ]
    assert count(Action) == 4


def test_who_may_ask_and_for_which_cases(court: Court, cases: list[int]) -> None:
    elsewhere = court.file_many(1, "2026-11-02", simple=True)[0]
    for who, picked, refusal in (
        ("quick", (elsewhere,), NotAllowed),  # no team that searches for many
        ("supervisor", tuple(cases), NotAllowed),
        ("centre", (), Invalid),
        ("centre", (999_999,), NotFound),
        ("centre", tuple(range(1, 1002)), Invalid),
    ):
        with pytest.raises(refusal):
            searched(court, picked, who)
    quick, happened = court.who("quick"), at(DAY).at
    with pytest.raises(NotFound):  # another team's case is not to be seen
        batches.record(quick, Picked(tuple(cases)), "call", "电话", happened, None, WHEN)
    for kind in ("receipt", "seizure", "nothing"):
        with pytest.raises(Invalid):
            batches.record(quick, Picked((elsewhere,)), kind, "x", happened, None, WHEN)
    with pytest.raises(Invalid):
        batches.record(quick, Picked((elsewhere,)), "call", "x", at("2026-11-24").at, None, WHEN)
    assert count(Batch) == 0


def test_all_of_a_list_without_ticking_each(court: Court, cases: list[int]) -> None:
    centre = court.who("centre")
    whole = Filter(team_ids=(centre.team_id or 0,))
    batch = batches.search(centre, Picked(whole=whole), SOURCES, DAY, "", WHEN)
    assert sorted(statuses(batch)) == sorted(cases)
    batch_run.run(batch, NOW)
    unsearched = Filter(team_ids=(centre.team_id or 0,), unsearched_since=DAY)
    with pytest.raises(Invalid):
        batches.search(centre, Picked(whole=unsearched), SOURCES, DAY, "", WHEN)


# Real processes ----------------------------------------------------------------------------------


@contextmanager
def worker(
    database_url: str, instance: Path, task: str, about: int, *words: str
) -> Iterator[subprocess.Popen[str]]:
    """A process that is ready to do a task; ended with the block, whatever became of it."""
    environment = os.environ | {
        "LINSHU_DATABASE_URL": database_url,
        "LINSHU_INSTANCE": str(instance),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.batcher", task, str(about), *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout and process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


# As the item is taken, as the action is written, before the commit of the last.
DEATHS = [("UPDATE batch_items", 81), ("INSERT INTO actions", 40), ("UPDATE cases", 121)]


@pytest.mark.parametrize(("words", "nth"), DEATHS)
def test_killed_half_way_and_resumed_no_case_twice_and_none_lost(
    court: Court, database_url: str, tmp_path: Path, words: str, nth: int
) -> None:
    cases = court.file_many(MANY, "2026-11-02", simple=False)
    batch = searched(court, cases)
    db.session.remove()
    with worker(database_url, tmp_path, "run_batch", batch, words, str(nth)) as process:
        said, _ = process.communicate("go\n", timeout=120)
        assert (said, process.returncode) == ("", -9)
    done = sum(status == "done" for status, _why in statuses(batch).values())
    assert 0 < done < MANY and count(Action) == done
    assert kept.waiting_ids(db.session()) == [batch]
    db.session.remove()
    with worker(database_url, tmp_path, "run_batch", batch) as process:
        assert process.communicate("go\n", timeout=120)[0] == "done\n"
    assert [one[0] for one in statuses(batch).values()] == ["done"] * MANY
    per_case = select(func.count()).select_from(Action).group_by(Action.case_id)
    assert list(db.session.scalars(per_case)) == [1] * MANY
    assert books.hold()
    assert len(court_trail("batch.finished")) == 1


def test_two_workers_at_once_do_each_case_once(
    court: Court, database_url: str, tmp_path: Path
) -> None:
    batch = searched(court, court.file_many(60, "2026-11-02", simple=False))
    db.session.remove()
    how = (database_url, tmp_path, "run_batch", batch)
    with worker(*how) as first, worker(*how) as second:
        for process in (first, second):
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [one.communicate(timeout=120)[0] for one in (first, second)] == ["done\n"] * 2
    assert [one[0] for one in statuses(batch).values()] == ["done"] * 60
    assert count(Action) == 60
    assert len(court_trail("batch.finished")) == 1
