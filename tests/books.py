"""Do the books agree with one another? Asked of the whole database, whatever was done to it."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache

from sqlalchemy import func, select

from linshu.rules import trail
from linshu.rules.policy import Policy, parse
from linshu.store.books import Posting, TrailEntry
from linshu.store.cases import Action, Case, Request, Stint
from linshu.store.db import Base, db
from linshu.store.people import Court, PolicyVersion, Team

MOVED = ("case.moved", "case.transferred", "case.reassigned", "case.screened", "case.unscreened")
MOVED += ("case.passed_intake", "case.closed", "case.made_dormant", "case.resumed")


def count(table: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def everything() -> dict[str, object]:
    """What must be the same after a refusal: how much there is, how it stands."""
    db.session.rollback()
    tables = (Case, Stint, Action, Request, Posting, TrailEntry, PolicyVersion)
    found: dict[str, object] = {table.__tablename__: count(table) for table in tables}
    found["open"] = db.session.execute(
        select(Stint.id, Stint.handler_id).where(Stint.ended_on.is_(None)).order_by(Stint.id)
    ).all()
    found["teams"] = db.session.execute(
        select(Team.id, Team.active, Team.balance).order_by(Team.id)
    ).all()
    found["requests"] = db.session.execute(select(Request.id, Request.status)).all()
    return found


def balance() -> bool:
    """Each ended stint has no posting or one pair of the move that sums to zero, and so does every
    pair that returned it; the hop it led to says what was paid; a team's balance is the sum of its
    postings (R17–R19)."""
    rows = db.session.execute(
        select(Posting.stint_id, Posting.kind, Posting.side, Posting.points).order_by(
            Posting.stint_id
        )
    )
    pairs: dict[tuple[int, str], dict[str, int]] = {}
    for stint_id, kind, side, points in rows:
        pair = pairs.setdefault((stint_id, kind), {})
        if side in pair:
            return False
        pair[side] = points
    moves = {stint_id: pair for (stint_id, kind), pair in pairs.items() if kind == "move"}
    even = all(pair["give"] == -pair["receive"] for pair in pairs.values())
    paid = all(pair["give"] < 0 for pair in moves.values())
    return even and paid and _paid_by_hop(moves) and _balances_are_sums()


def _paid_by_hop(pairs: dict[int, dict[str, int]]) -> bool:
    bases = {id_: policy.base_points for id_, policy in versions().items()}
    hop: Counter[int] = Counter()
    for stint in db.session.scalars(select(Stint).order_by(Stint.case_id, Stint.seq)):
        if stint.hop != hop[stint.case_id]:
            return False
        if stint.id in pairs:
            hop[stint.case_id] += 1
            if pairs[stint.id]["receive"] != bases[stint.policy_id] * hop[stint.case_id]:
                return False
    return True


_parsed = lru_cache(parse)


def versions() -> dict[int, Policy]:
    """Every version of the policy but broken ones."""
    query = select(PolicyVersion).where(PolicyVersion.version != "broken")
    return {version.id: _parsed(version.document) for version in db.session.scalars(query)}


def _balances_are_sums() -> bool:
    kept = dict(db.session.execute(select(Team.id, Team.balance)).all())
    query = select(Posting.team_id, func.sum(Posting.points)).group_by(Posting.team_id)
    sums = dict(db.session.execute(query).all())
    return sum(kept.values()) == 0 and all(kept[team] == sums.get(team, 0) for team in kept)


def chains_hold() -> bool:
    """Every chain, the court's too, links up to the head and count on its row."""
    lines: dict[int | None, list[str]] = {}
    query = select(TrailEntry.case_id, TrailEntry.line).order_by(TrailEntry.chain, TrailEntry.seq)
    for case_id, line in db.session.execute(query):
        lines.setdefault(case_id, []).append(line)
    heads = [
        (None, court.trail_count, court.trail_head) for court in db.session.scalars(select(Court))
    ]
    heads += db.session.execute(select(Case.id, Case.trail_count, Case.trail_head)).all()
    return all(trail.check_chain(lines.pop(id_, [])) == (n, head) for id_, n, head in heads)


def every_move_is_told() -> bool:
    """One trail entry for every stint that ended, and none for one that did not (R15)."""
    query = select(TrailEntry.case_id, TrailEntry.tag, TrailEntry.line)
    told: Counter[tuple[int | None, int]] = Counter()
    for case_id, _tag, line in db.session.execute(query.where(TrailEntry.tag.in_(MOVED))):
        told[case_id, json.loads(line)["before"]["stint"]] += 1
    ended = select(Stint.case_id, Stint.seq).where(Stint.ended_on.is_not(None))
    return told == Counter(tuple(row) for row in db.session.execute(ended))


def one_open_stint_each() -> bool:
    """Exactly one for an open case, none for a closed one (R1)."""
    query = (
        select(Case.closed_on, func.count(Stint.id))
        .outerjoin(Stint, (Stint.case_id == Case.id) & Stint.ended_on.is_(None))
        .group_by(Case.id)
    )
    return all(n == (closed is None) for closed, n in db.session.execute(query))


def hold() -> bool:
    """All of it."""
    db.session.rollback()
    return balance() and chains_hold() and every_move_is_told() and one_open_stint_each()
