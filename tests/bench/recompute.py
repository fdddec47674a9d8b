"""How many dates does a calendar edit move in a second, foreseen and done, and what would bare SQL
do for the same rows?

Each round publishes next year's list (preview, recompute), takes it back, and lets SQL write the
same dates from a table that knows them: the limit of this database, without rules, trail or Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from linshu.rules.calendar import Holiday
from linshu.services import recomputes
from linshu.services.edits import YearList
from linshu.store.clocks import Recompute
from linshu.store.db import db, transaction
from linshu.store.writer import When
from tests.bench.measure import line, seconds
from tests.court import Court, at

REPETITIONS = 3

#: Where the dates stand: the clock, the table, its date and its mark of provisional ones.
PLACES = (
    ("stage", "stints", "due_on", "provisional"),
    ("statutory", "cases", "statutory_due_on", "statutory_provisional"),
    ("countdown", "countdowns", "due_on", "provisional"),
)
KNOWN = """
CREATE TEMP TABLE known AS SELECT clock, subject_id, before_on, after_on
FROM date_changes WHERE recompute_id = :recompute
"""
WRITE = """
UPDATE {table} SET {due_on} = known.{side}, {provisional} = {unsure}
FROM known WHERE known.clock = '{clock}' AND {table}.id = known.subject_id
"""


def measure(court: Court, year: int) -> None:
    """Rounds on the open cases of a court, of which many have limits in that unpublished year."""
    on = at(date(year - 1, 11, 23))
    edit = YearList(year, "measured", [Holiday(date(year, 1, 1), date(year, 1, 7), False)])
    rounds = [_round(court, edit, on) for _ in range(REPETITIONS)]
    print(f"  a calendar edit that moves {rounds[0].dates:,} dates")
    limit = [one.dates / one.bare for one in rounds]
    for name, took in (
        ("preview", [one.preview for one in rounds]),
        ("recompute", [one.recompute for one in rounds]),
        ("take-back", [one.take_back for one in rounds]),
    ):
        ours = [one.dates / spent for one, spent in zip(rounds, took, strict=True)]
        line(name, "dates/s", ours, limit, "set-based SQL update, same rows")


@dataclass(frozen=True, slots=True)
class Round:
    """How many dates, and how many seconds each way took."""

    dates: int
    preview: float
    recompute: float
    take_back: float
    bare: float


def _round(court: Court, edit: YearList, on: When) -> Round:
    asker, chief, ids = court.who("system"), court.who("chief"), list[int]()
    preview = seconds(lambda: ids.append(recomputes.ask(asker, edit, "measured", on)))
    done = seconds(lambda: recomputes.approve(chief, ids[0], "", on))
    back = seconds(lambda: recomputes.take_back(chief, ids[0], "measured", on))
    dates = db.session.get_one(Recompute, ids[0]).counts["done"]["dates"]
    return Round(dates, preview, done, back, _in_sql(ids[0]))


def _in_sql(recompute: int) -> float:
    """How long SQL takes to write the dates that the recompute wrote; then all is as it was."""
    with transaction() as session:
        session.execute(text(KNOWN), {"recompute": recompute})
        took = seconds(lambda: _write("after_on", "false"))
        _write("before_on", "true")
        session.execute(text("DROP TABLE known"))
    return took


def _write(side: str, unsure: str) -> None:
    for clock, table, due_on, provisional in PLACES:
        places = {"clock": clock, "table": table, "due_on": due_on, "provisional": provisional}
        db.session.execute(text(WRITE.format(side=side, unsure=unsure, **places)))
