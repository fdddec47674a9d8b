"""How many cases move in a second, and what would bare SQL do for the same rows?

The baseline writes what a sweep writes (stints ended and begun, two postings, one trail row of the
same width, chain heads, balances) set by set, in transactions of the same size, without rules,
digests or Python between the rows: the physical limit of this database on this machine.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import text

from linshu.services import sealing, sweep
from linshu.store.db import db, transaction
from tests.bench.court import GROUP, BenchCourt
from tests.bench.measure import line, seconds
from tests.court import at

REPETITIONS = 3

PICK = """
CREATE TEMP TABLE picked AS
SELECT s.id, s.case_id, s.seq, s.team_id, s.policy_id, s.due_on, c.number, c.trail_count
FROM stints s JOIN cases c ON c.id = s.case_id
WHERE s.court_id = :court AND s.ended_on IS NULL AND s.capped_on IS NULL AND s.due_on < :on
ORDER BY s.due_on, s.id LIMIT :batch
"""
LOCK = """
SELECT 1 FROM picked p JOIN stints s ON s.id = p.id JOIN cases c ON c.id = p.case_id
FOR UPDATE OF s, c
"""
WRITE = (
    """UPDATE stints SET ended_on = :on, ended_at = :at, exit_reason = 'expiry'
    FROM picked WHERE stints.id = picked.id AND stints.ended_on IS NULL""",
    """INSERT INTO stints (court_id, case_id, seq, stage, team_id, policy_id, hop, sideways,
    started_on, started_at, due_on, provisional, skipped_sideways, set_aside_code, exit_reason)
    SELECT :court, case_id, seq + 1, 'intensive', :team, policy_id, 1, 0, :on, :at, :due, false,
    false, '', '' FROM picked""",
    """INSERT INTO postings (court_id, case_id, stint_id, team_id, side, kind, points, posted_on)
    SELECT :court, case_id, id, team_id, 'give', 'move', -1, :on FROM picked""",
    """INSERT INTO postings (court_id, case_id, stint_id, team_id, side, kind, points, posted_on)
    SELECT :court, case_id, id, :team, 'receive', 'move', 1, :on FROM picked""",
    """INSERT INTO trail (court_id, case_id, chain, seq, tag, happened_on, "by", line)
    SELECT :court, case_id, number, trail_count + 1, 'case.moved', :on, 'system', :line
    FROM picked""",
    """UPDATE cases SET trail_head = :head, trail_count = cases.trail_count + 1
    FROM picked WHERE cases.id = picked.case_id""",
    """UPDATE teams SET balance = balance + (SELECT count(*) FROM picked) WHERE id = :team""",
    "DROP TABLE picked",
)


def measure(bench: BenchCourt) -> None:
    """Sweeps a group, then lets bare SQL move the next, in turns."""
    ours, limit = list[float](), list[float]()
    for _ in range(REPETITIONS):
        ours.append(_speed(bench, _sweep))
        limit.append(_speed(bench, _in_sql))
    line("sweep", "moves/s", ours, limit, "set-based SQL, same rows and batches")


def _speed(bench: BenchCourt, way: Callable[[BenchCourt, date], None]) -> float:
    on = bench.runs_out()
    sealing.close_days(bench.court.id, at(on, 0, 5))  # once a day; papers.py takes its time
    return GROUP / seconds(lambda: way(bench, on))


def _sweep(bench: BenchCourt, on: date) -> None:
    report = sweep.expire_due(bench.court.id, at(on, 0, 5))
    assert report.moved == GROUP, report
    bench.moved_on = on


def _in_sql(bench: BenchCourt, on: date) -> None:
    one, line_text = bench.court.team("精执一团队").id, _line_of_usual_width()
    facts = {
        "court": bench.court.id,
        "on": on,
        "at": at(on).at,
        "due": date(2026, 12, 31),
        "team": one,
        "batch": sweep.BATCH,
        "line": line_text,
        "head": "0" * 64,
    }
    moved = 0
    while moved < GROUP:
        with transaction() as session:
            session.execute(text(PICK), facts)
            if db.engine.dialect.name == "postgresql":
                session.execute(text(LOCK))
            for statement in WRITE:
                done = session.execute(text(statement), facts)
                moved += done.rowcount if statement is WRITE[0] else 0


def _line_of_usual_width() -> str:
    query = "SELECT line FROM trail WHERE tag = 'case.moved' ORDER BY id DESC LIMIT 1"
    return str(db.session.execute(text(query)).scalar_one())
