"""How do moves, postings and trail entries get written? Here and nowhere else, in bulk.

The caller holds the lock on the case rows (``queries`` locks what it returns); a chain's head
and count stand on the row it belongs to, so a sweep never queues for one global chain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from linshu.rules import trail
from linshu.rules.points import Posting as PointPosting
from linshu.rules.trail import Tag
from linshu.store.books import Posting, TrailEntry
from linshu.store.bulk import insert_rows, update_rows
from linshu.store.cases import Case, Stint, Text
from linshu.store.db import SHANGHAI
from linshu.store.people import Court, Team

SYSTEM = "system"


class LostRace(RuntimeError):
    """A conditional write met another state than the one it was decided on; nothing is kept."""


@dataclass(frozen=True, slots=True)
class Doer:
    """Who acts, in what role, for whom: what the trail says of them."""

    login: str = SYSTEM
    role: str = SYSTEM
    behalf: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A trail entry before it is linked. ``case_id`` None: it goes to the court's own chain."""

    case_id: int | None
    tag: Tag
    data: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class When:
    """``at``: the instant of the business day it happened on; ``recorded``: the real clock."""

    at: datetime
    recorded: datetime

    @property
    def on(self) -> date:
        return self.at.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class StintEnd:
    """The end of an open stint; refused (LostRace) when it is no longer open."""

    stint_id: int
    reason: str


_ALGORITHM = {"name": "sm3"}


def use_algorithm(name: str) -> None:
    """Which digest new entries are chained with; each entry names its own."""
    trail.digest(name, b"")
    _ALGORITHM["name"] = name


def algorithm() -> str:
    """The digest that new entries are chained with."""
    return _ALGORITHM["name"]


def digest_of(text: str) -> str:
    """What the trail holds in place of a free text or a person's data."""
    return trail.text_digest(algorithm(), text)


def keep_text(session: Session, case_id: int, text: str) -> str:
    """Keeps a free text beside the trail and returns the digest that the trail holds of it."""
    digest = digest_of(text)
    if text:
        session.merge(Text(case_id=case_id, digest=digest, text=text))
    return digest


def write_trail(
    session: Session, court_id: int, drafts: Sequence[Draft], doer: Doer, when: When
) -> None:
    """Links the drafts to their chains, in order, and moves the chains' heads along."""
    if not drafts:
        return
    heads = _heads(session, court_id, drafts)
    rows = [_link(court_id, draft, heads[draft.case_id], doer, when) for draft in drafts]
    insert_rows(session, TrailEntry, rows)
    court = heads.pop(None, None)
    if court:
        session.execute(
            update(Court)
            .where(Court.id == court_id)
            .values(trail_head=court.head, trail_count=court.count)
        )
    _move_heads(session, heads)


@dataclass(slots=True)
class _Head:
    chain: str
    head: str
    count: int


def _heads(session: Session, court_id: int, drafts: Sequence[Draft]) -> dict[int | None, _Head]:
    found: dict[int | None, _Head] = {}
    ids = sorted({draft.case_id for draft in drafts if draft.case_id is not None})
    for start in range(0, len(ids), 5000):
        query = select(Case.id, Case.number, Case.trail_head, Case.trail_count).where(
            Case.id.in_(ids[start : start + 5000])
        )
        for id_, number, head, count in session.execute(query):
            found[id_] = _Head(number, head, count)
    if any(draft.case_id is None for draft in drafts):
        code, head, count = session.execute(
            select(Court.code, Court.trail_head, Court.trail_count)
            .where(Court.id == court_id)
            .with_for_update()
        ).one()
        found[None] = _Head(f"court:{code}", head, count)
    return found


def _link(court_id: int, draft: Draft, head: _Head, doer: Doer, when: When) -> dict[str, Any]:
    at = (draft.at or when.at).astimezone(SHANGHAI)
    head.count += 1
    entry: dict[str, Any] = {
        "alg": algorithm(),
        "chain": head.chain,
        "seq": head.count,
        "tag": str(draft.tag),
        "at": at.isoformat(timespec="seconds"),
        "recorded": when.recorded.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "by": doer.login,
        "role": doer.role,
        "behalf": doer.behalf,
        "before": dict(draft.before),
        "after": dict(draft.after),
        "data": dict(draft.data),
        "prev": head.head,
    }
    head.head, line = trail.linked(entry)
    return {
        "court_id": court_id,
        "case_id": draft.case_id,
        "chain": head.chain,
        "seq": head.count,
        "tag": entry["tag"],
        "happened_on": at.date(),
        "by": doer.login,
        "line": line,
    }


def _move_heads(session: Session, heads: Mapping[int | None, _Head]) -> None:
    rows = [
        {"id": id_, "trail_head": head.head, "trail_count": head.count}
        for id_, head in heads.items()
    ]
    update_rows(session, Case, rows)


def end_stints(session: Session, ends: Sequence[StintEnd], when: When) -> None:
    """Ends open stints, each only if it is still open. LostRace when one is not."""
    rows = [{"id": end.stint_id, "exit_reason": end.reason} for end in ends]
    same = {"ended_on": when.on, "ended_at": when.at}
    if update_rows(session, Stint, rows, same, only_where_null="ended_on") != len(rows):
        raise LostRace("a stint was no longer open")


def begin_stints(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts new open stints (rows of column values); one open stint per case is the database's
    own rule."""
    insert_rows(session, Stint, rows)


def post_points(
    session: Session,
    court_id: int,
    posted: Sequence[tuple[int, int, PointPosting]],
    when: When,
) -> None:
    """Writes postings given as (case id, stint id that ended, posting), with the balances."""
    rows = [
        {
            "court_id": court_id,
            "case_id": case_id,
            "stint_id": stint_id,
            "team_id": posting.team_id,
            "side": posting.side,
            "kind": "move",
            "points": posting.points,
            "posted_on": when.on,
        }
        for case_id, stint_id, posting in posted
    ]
    post_rows(session, court_id, rows)


def mark_simple(session: Session, decided: Sequence[tuple[int, bool]]) -> None:
    """Keeps the outcome of screening on the case: (case id, simple)."""
    update_rows(session, Case, [{"id": id_, "simple": simple} for id_, simple in decided])


def post_rows(session: Session, court_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes postings and moves the running balances along."""
    changes: dict[int, int] = {}
    for row in rows:
        changes[row["team_id"]] = changes.get(row["team_id"], 0) + row["points"]
    insert_rows(session, Posting, rows)
    for team_id in sorted(changes):  # one order everywhere, so that two sweeps cannot deadlock
        session.execute(
            update(Team)
            .where(Team.id == team_id, Team.court_id == court_id)
            .values(balance=Team.balance + changes[team_id])
            .execution_options(synchronize_session=False)
        )
