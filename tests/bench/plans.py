"""Does each named read find its rows by an index? PostgreSQL says how it would go about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from sqlalchemy import event
from sqlalchemy.orm import Session

from linshu.services import filing
from linshu.store import journey, lists, moves, queries, trail_search
from linshu.store.db import db
from linshu.store.filters import Filter, Mine, Scope
from linshu.store.trail_search import Asked
from tests.court import Court


def show(court: Court, on: date, moved_on: date) -> None:
    """For every statement of a named read: the indexes it uses and the tables it reads whole."""
    session, scope = db.session(), Scope(court.id)
    one, who = court.team("精执一团队").id, court.who("one")
    reads: dict[str, Callable[[], object]] = {
        "due": lambda: queries.due(session, court.id, on, 1000),
        "desk": lambda: lists.open_cases(session, scope, Filter(mine=Mine(who.person_id)), on),
        "claimable": lambda: lists.open_cases(
            session, Scope(court.id, (one,)), Filter(team_id=one, unclaimed=True), on
        ),
        "trail search": lambda: trail_search.search(
            session, court.id, Asked(("one",), None, None, None, None), 1
        ),
        "search by name": lambda: journey.found(session, court.id, filing.grams(["王伟"])),
        "moves of a day": lambda: moves.moves(session, scope, moves.Day(moved_on)),
    }
    for name, read in reads.items():
        print(f"  {name:<16} {'; '.join(plan(session, each) for each in statements(read))}")
    session.rollback()


def statements(read: Callable[[], object]) -> list[tuple[str, object]]:
    """What the read sends to the database."""
    sent: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, facts: object, *_rest: object):
        sent.append((statement, facts))

    event.listen(db.engine, "before_cursor_execute", note)
    read()
    event.remove(db.engine, "before_cursor_execute", note)
    return sent


def plan(session: Session, sent: tuple[str, object]) -> str:
    """The indexes of its plan, and tables of cases that it would read from end to end."""
    rows = session.connection().exec_driver_sql(f"EXPLAIN {sent[0]}", sent[1])
    told = "\n".join(row[0] for row in rows)
    indexes = re.findall(r"Index(?: Only)? Scan(?: Backward)?(?: using| on) (\w+)", told)
    whole = re.findall(r"Seq Scan on (stints|cases|trail|postings|grams|parties|actions)\b", told)
    parts = [*dict.fromkeys(indexes), *(f"{table} WHOLE" for table in dict.fromkeys(whole))]
    return ", ".join(parts) or "a few rows of small tables"
