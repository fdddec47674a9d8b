"""Does the whole flow hold on a real ledger, with nobody acting?"""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from linshu.rules import verify
from linshu.rules.calendar import Calendar
from linshu.rules.policy import Limit
from linshu.services import exports, sweep
from linshu.services.ledgers import import_ledger
from linshu.store import queries
from linshu.store.books import Posting
from linshu.store.cases import Case, Stint
from linshu.store.db import db
from linshu.store.writer import Doer
from tests.court import Court, at
from tests.rules.test_clock import plainly

SAMPLE = Path(__file__).parent / "data" / "ledger-sample.xlsx"
ENTERED, LAST = date(2021, 6, 30), date(2022, 4, 30)
MONTH = Limit(months=1)


def expected(kind: str, simple: bool | None, calendar: Calendar) -> list[tuple[str, date, date]]:
    """The journey of a case on which nobody acts, said plainly (R2, R4, R6, R7, R9–R12)."""
    stages = [("intake", Limit(days=3))]
    if kind == "执" and simple:
        stages += [("quick", MONTH), ("centre", Limit(months=2))]
    elif kind == "执":
        stages += [("centre", Limit(months=3))]
    lifts = ("intensive", "lateral", "team_lead", "bureau_chief", "vice_president")
    stages += [(stage, MONTH) for stage in lifts]
    journey, start = [], ENTERED
    for stage, limit in stages:
        end = plainly(start, limit, calendar)
        journey.append((stage, start, end))
        start = ENTERED if stage == "intake" else end + timedelta(days=1)
    return journey


@pytest.fixture
def swept(court: Court) -> Court:
    import_ledger(court.who("filing"), SAMPLE, at(ENTERED), dry_run=False, screen=True)
    day = ENTERED
    while day < LAST:
        day += timedelta(days=1)
        court.sweep(day)
    return court


def test_the_sample_ledger_with_nobody_acting(swept: Court, tmp_path: Path) -> None:
    calendar = queries.calendar(db.session())
    plain = {
        (kind, simple): expected(kind, simple, calendar)
        for kind, simple in (("执", True), ("执", False), ("执恢", None))
    }
    assert every_case_went_as(plain) == 2954
    assert db.session.scalar(select(func.sum(Posting.points))) == 0
    assert_log_tells_it(swept, tmp_path / "log.csv")
    assert_trail_holds(swept, tmp_path / "trail.jsonl")


def every_case_went_as(plain: dict) -> int:
    journeys: dict[int, list] = {}
    rows = db.session.execute(
        select(Stint.case_id, Stint.stage, Stint.started_on, Stint.due_on, Stint.team_id).order_by(
            Stint.case_id, Stint.seq
        )
    )
    for case_id, stage, start, due, team in rows:
        journeys.setdefault(case_id, []).append((stage, start, due, team))
    for case in db.session.scalars(select(Case)):
        journey = journeys[case.id]
        assert [stay[:3] for stay in journey] == plain[case.kind, case.simple], case.number
        teams = {stage: team for stage, _, _, team in journey}
        assert teams["intensive"] != teams["lateral"], case.number
    return len(journeys)


def assert_log_tells_it(court: Court, file: Path) -> None:
    events = exports.export_log(court.id, file, Doer(), at(LAST))
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    stints = db.session.scalar(select(func.count()).select_from(Stint))
    assert len(rows) == events == stints
    assert {row["exit_reason"] for row in rows if row["concept:name"] == "quick"} == {"expiry"}
    assert all(row["time:timestamp"].endswith("+08:00") for row in rows)


def assert_trail_holds(court: Court, file: Path) -> None:
    said = exports.export_trail(court.id, file, Doer(), at(LAST))
    assert said["ok"] and said["chains"] == 2955
    with file.open("rb") as lines:
        verdict = verify.verify(lines)
    assert verdict.holds and (verdict.entries, verdict.chains) == (said["entries"], said["chains"])


def test_the_business_day_and_the_recording_time_both_stand(court: Court) -> None:
    when = at("2021-06-30")
    late = type(when)(at=when.at, recorded=at("2026-11-23").at)
    import_ledger(court.who("filing"), SAMPLE, late, dry_run=False, screen=False)
    case = db.session.scalars(select(Case).limit(1)).one()
    stint = db.session.scalars(select(Stint).where(Stint.case_id == case.id, Stint.seq == 1)).one()
    assert stint.started_on == date(2021, 6, 30) and case.trail_count >= 1
    assert sweep.expire_due(court.id, at("2021-07-06")).moved > 2000
    line = exports.TrailEntry.line
    entry = json.loads(db.session.scalars(select(line).where(exports.TrailEntry.seq == 1)).first())
    assert entry["recorded"][:10] in ("2026-11-23", "2020-01-02")
