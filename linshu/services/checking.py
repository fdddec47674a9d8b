"""Does the trail hold, as it is stored? Every link of every chain, and each head on its row."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from linshu.rules import trail
from linshu.rules.duties import Duty
from linshu.services.actor import Actor
from linshu.store.books import TrailEntry
from linshu.store.cases import Case
from linshu.store.db import reading
from linshu.store.people import Court


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
    with reading() as session:
        return check(session, actor.court_id, whole)


def check(session: Session, court_id: int, whole: bool = True) -> Checked:
    """The court's chains as they are at one moment: every link, and each head on its row. Not
    ``whole``: the court's own chain alone."""
    heads, entries = _heads(session, court_id, whole), 0
    chains, broken = len(heads), list[str]()
    for chain, lines in _chains(session, court_id, whole):
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


def fits(lines: Sequence[str], head: tuple[int, str] | None) -> bool:
    """Whether a chain's lines link up and end in the stored count and head."""
    try:
        return trail.check_chain(lines) == head
    except (json.JSONDecodeError, KeyError, TypeError):
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
    query = select(TrailEntry.chain, TrailEntry.line).where(TrailEntry.court_id == court_id)
    if not whole:
        query = query.where(TrailEntry.case_id.is_(None))
    query = query.order_by(TrailEntry.chain, TrailEntry.seq)
    rows = session.execute(query.execution_options(yield_per=5000))
    for chain, group in groupby(rows, key=lambda row: row.chain):
        yield chain, [row.line for row in group]
