"""What leaves the house? The event log for process mining, and the trail with its proof."""

import csv
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from linshu.rules import trail
from linshu.rules.policy import Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason
from linshu.services import desk
from linshu.services.actor import Actor
from linshu.services.checking import fits, hold_still
from linshu.services.errors import NotFound
from linshu.store import writer
from linshu.store.books import TrailEntry
from linshu.store.cases import Case, Stint
from linshu.store.db import transaction
from linshu.store.people import Court, Person, Team
from linshu.store.writer import Doer, Draft, When

LOG_COLUMNS = (
    "case:concept:name",
    "concept:name",
    "time:timestamp",
    "org:group",
    "org:resource",
    "due_on",
    "exit_reason",
    "hop",
)


def export_log(court_id: int, out: Path, doer: Doer, when: When) -> int:
    """Writes the event log (CSV, UTF-8): one event per entry into a stage and one per closing,
    case by case in order. Returns the number of events; leaves a trail entry."""
    with transaction() as session:
        events = 0
        with out.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(LOG_COLUMNS)
            for row in _events(session, court_id):
                table.writerow([_plain(cell) for cell in row])
                events += 1
        data = {"events": events, "file": out.name}
        writer.write_trail(session, court_id, [Draft(None, Tag.LOG_EXPORTED, data)], doer, when)
        return events


def _plain(cell: Any) -> str:
    """A spreadsheet must not take a cell for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _events(session: Session, court_id: int) -> Iterator[tuple[Any, ...]]:
    handler = aliased(Person)
    query = (
        select(
            Case.number,
            Stint.stage,
            Stint.started_at,
            Team.name,
            handler.login,
            Stint.due_on,
            Stint.exit_reason,
            Stint.hop,
            Stint.ended_at,
            Case.closed_on,
        )
        .join(Case, Case.id == Stint.case_id)
        .join(Team, Team.id == Stint.team_id)
        .outerjoin(handler, handler.id == Stint.handler_id)
        .where(Stint.court_id == court_id)
        .order_by(Case.id, Stint.seq)
        .execution_options(yield_per=5000)
    )
    for number, stage, at, team, login, due_on, reason, hop, ended_at, closed_on in session.execute(
        query
    ):
        yield number, stage, _stamp(at), team, login, due_on, reason, hop
        if ended_at is not None and reason == Reason.CLOSED and closed_on is not None:
            closed = str(Stage.CLOSED)
            yield number, closed, _stamp(ended_at), team, login, None, reason, hop


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def export_trail(court_id: int, out: Path, doer: Doer, when: When) -> dict[str, Any]:
    """Writes the trail as canonical lines under a header that counts them and proves the heads.

    The export's own entry is written first, so that the file holds it. Returns entries, chains, ok
    (whether every chain written links up and ends in its stored head and count)."""
    with transaction() as session:
        draft = Draft(None, Tag.TRAIL_EXPORTED, {"file": out.name})
        writer.write_trail(session, court_id, [draft], doer, when)
    with transaction() as session:
        hold_still(session)
        heads = _heads(session, court_id)
        code = session.scalars(select(Court.code).where(Court.id == court_id)).one()
        with out.open("w", encoding="utf-8", newline="") as file:
            entries, ok = _write_entries(session, court_id, code, heads, file)
        return {"entries": entries, "chains": len(heads), "ok": ok}


def _heads(session: Session, court_id: int) -> list[tuple[str, int, str]]:
    cases = session.execute(
        select(Case.number, Case.trail_count, Case.trail_head).where(Case.court_id == court_id)
    )
    court = session.get_one(Court, court_id, populate_existing=True)
    own = (f"court:{court.code}", court.trail_count, court.trail_head)
    return sorted([own, *((number, count, head) for number, count, head in cases)])


def _write_entries(
    session: Session, court_id: int, code: str, heads: list[tuple[str, int, str]], file: TextIO
) -> tuple[int, bool]:
    entries = session.scalars(
        select(func.count()).select_from(TrailEntry).where(TrailEntry.court_id == court_id)
    ).one()
    file.write(trail.header(code, writer.algorithm(), entries, heads).decode() + "\n")
    lines = session.execute(
        select(TrailEntry.chain, TrailEntry.seq, TrailEntry.line)
        .where(TrailEntry.court_id == court_id)
        .order_by(TrailEntry.chain.collate(_byte_order(session)), TrailEntry.seq)
        .execution_options(yield_per=5000)
    )
    left = {chain: (count, head) for chain, count, head in heads}
    ok = True
    for chain, rows in groupby(lines, key=lambda row: row.chain):
        kept = [row.line for row in rows]
        file.writelines(line + "\n" for line in kept)
        ok = fits(kept, left.pop(chain, None)) and ok
    return entries, ok and not any(count for count, _head in left.values())


def _byte_order(session: Session) -> str:
    """Code-point order on both databases, whatever the database's language is."""
    return "BINARY" if session.get_bind().dialect.name == "sqlite" else "C"


def verify_case(actor: Actor, case_id: int) -> tuple[bool, int]:
    """Whether a case's chain holds, as stored: every link, and the head on its row; with the count.

    NotFound outside the scope."""
    with transaction() as session:
        case = session.get(Case, case_id)
        if case is None or case.court_id != actor.court_id:
            raise NotFound("not_yours")
        if not desk.in_scope(session, actor, case_id):
            raise NotFound("not_yours")
        query = (
            select(TrailEntry.line).where(TrailEntry.case_id == case_id).order_by(TrailEntry.seq)
        )
        kept = list(session.scalars(query))
        return fits(kept, (case.trail_count, case.trail_head)), case.trail_count
