"""Does the trail hold, as it is stored? Every link of every chain, and each head on its row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, cast, select, text
from sqlalchemy.orm import Session

from linshu.rules import trail
from linshu.rules.duties import Duty
from linshu.services.actor import Actor
from linshu.store.books import TrailEntry
from linshu.store.cases import Case
from linshu.store.db import transaction
from linshu.store.people import Court

ESCAPED = "surrogateescape"  # how bytes that are no text get through, and out again


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked, and the names of the chains that do not hold, in order."""

    chains: int
    entries: int
    broken: tuple[str, ...]


def verify_court(actor: Actor) -> Checked:
    """Whether the court's chains hold (R15). Who may not read the cases' trail checks the court's
    own chain alone. NotAllowed without either duty; trail.AlgorithmMissing when a digest cannot be
    computed here, so that nothing can be said."""
    whole = actor.may(Duty.READ_TRAIL)
    if not whole:
        actor.needs(Duty.READ_COURT_TRAIL)
    with transaction() as session:
        hold_still(session)
        heads, entries = _heads(session, actor.court_id, whole), 0
        chains, broken = len(heads), list[str]()
        for chain, lines in _chains(session, actor.court_id, whole):
            entries += len(lines)
            if not fits(lines, heads.pop(chain, None)):
                broken.append(chain)
    broken += [chain for chain, (count, _head) in heads.items() if count]
    return Checked(chains, entries, tuple(sorted(broken)))


def hold_still(session: Session) -> None:
    """First in a transaction: all that it reads is of one moment, heads and entries alike, though
    a sweep may be writing. (On SQLite a transaction holds the writer's lock.)"""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def byte_order(session: Session) -> str:
    """Code-point order on both databases, whatever the database's language is."""
    return "BINARY" if session.get_bind().dialect.name == "sqlite" else "C"


def stored_line(session: Session) -> ColumnElement[Any]:
    """The column of the entries' lines, in a way that can be read whatever somebody put there:
    SQLite keeps as text what is none. ``as_text`` makes text of it."""
    if session.get_bind().dialect.name == "sqlite":
        return cast(TrailEntry.line, LargeBinary).label("line")
    return TrailEntry.line.label("line")


def as_text(stored: str | bytes) -> str:
    """A stored line; bytes that are no text stand in it as ``surrogateescape`` has them."""
    return stored if isinstance(stored, str) else stored.decode("utf-8", ESCAPED)


def fits(lines: Sequence[str], head: tuple[int, str] | None) -> bool:
    """Whether a chain's lines link up and end in the stored count and head."""
    try:
        return trail.check_chain(lines) == head
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _heads(session: Session, court_id: int, whole: bool) -> dict[str, tuple[int, str]]:
    court = session.get_one(Court, court_id, populate_existing=True)
    heads = {f"court:{court.code}": (court.trail_count, court.trail_head)}
    if whole:
        query = select(Case.number, Case.trail_count, Case.trail_head)
        for number, count, head in session.execute(query.where(Case.court_id == court_id)):
            heads[number] = (count, head)
    return heads


def _chains(session: Session, court_id: int, whole: bool) -> Iterable[tuple[str, list[str]]]:
    line = stored_line(session)
    query = select(TrailEntry.chain, line).where(TrailEntry.court_id == court_id)
    if not whole:
        query = query.where(TrailEntry.case_id.is_(None))
    query = query.order_by(TrailEntry.chain, TrailEntry.seq)
    rows = session.execute(query.execution_options(yield_per=5000))
    for chain, group in groupby(rows, key=lambda row: row.chain):
        yield chain, [as_text(row.line) for row in group]
