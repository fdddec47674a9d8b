"""How are changed dates and returned points written? In bulk, each by its own row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from linshu.rules.points import GIVE
from linshu.store import writer
from linshu.store.books import Posting
from linshu.store.bulk import update_rows
from linshu.store.cases import Case, Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.db import Base
from linshu.store.writer import When


@dataclass(frozen=True, slots=True)
class DateMove:
    """A date that changes: ``clock`` is stage, statutory or countdown; ``subject_id`` its stint,
    case or countdown; ``name``: what a countdown is called."""

    clock: str
    case_id: int
    subject_id: int
    before_on: date | None
    after_on: date | None
    provisional: bool
    name: str = ""


#: Where the date of each clock stands: the model, its date and its mark of provisional dates.
_DATES: Mapping[str, tuple[type[Base], str, str]] = {
    "stage": (Stint, "due_on", "provisional"),
    "statutory": (Case, "statutory_due_on", "statutory_provisional"),
    "countdown": (CaseCountdown, "due_on", "provisional"),
}


def move_dates(session: Session, moves: Sequence[DateMove], when: When) -> None:
    """Writes changed dates. A stint that had reached the end of the line (顶格) and has days left
    again loses that flag."""
    for which, (model, due_on, provisional) in _DATES.items():
        rows = [
            {"id": move.subject_id, due_on: move.after_on, provisional: move.provisional}
            for move in moves
            if move.clock == which
        ]
        update_rows(session, model, rows)
    lifted = [
        move.subject_id
        for move in moves
        if move.clock == "stage" and (move.after_on is None or move.after_on >= when.on)
    ]
    for start in range(0, len(lifted), 5000):
        session.execute(
            update(Stint)
            .where(Stint.id.in_(lifted[start : start + 5000]), Stint.capped_on.is_not(None))
            .values(capped_on=None)
            .execution_options(synchronize_session=False)
        )


def returned_stints(session: Session, stint_ids: Sequence[int]) -> set[int]:
    """The stints among these whose points were returned, and not taken back again."""
    kinds: dict[int, Counter[str]] = {}
    for start in range(0, len(stint_ids), 5000):
        query = select(Posting.stint_id, Posting.kind).where(
            Posting.stint_id.in_(stint_ids[start : start + 5000]), Posting.side == GIVE
        )
        for stint_id, kind in session.execute(query):
            kinds.setdefault(stint_id, Counter())[_BACK.get(kind, kind)] += 1
    return {id_ for id_, some in kinds.items() if some["reversal"] > some["restored"]}


#: A posting comes back by ``reversal`` and stands again by ``restored``; a second time numbered.
_BACK = {f"{kind}{n}": kind for kind in ("reversal", "restored") for n in range(2, 10)}


def return_points(
    session: Session, court_id: int, stints: Sequence[tuple[int, bool]], when: When
) -> dict[int, int]:
    """Posts the reversal of each stint's points (True), or restores them (False); the two sides
    sum to zero as the move's did. Returns the points by stint."""
    ids = [stint_id for stint_id, _back in stints]
    posted: dict[int, list[Posting]] = {}
    for start in range(0, len(ids), 5000):
        query = select(Posting).where(Posting.stint_id.in_(ids[start : start + 5000]))
        for one in session.scalars(query.order_by(Posting.id)):
            posted.setdefault(one.stint_id, []).append(one)
    rows: list[dict[str, Any]] = []
    for stint_id, back in stints:
        kind = "reversal" if back else "restored"
        times = sum(_BACK.get(one.kind, one.kind) == kind for one in posted[stint_id]) // 2
        for one in posted[stint_id]:
            if one.kind == "move":
                points = -one.points if back else one.points
                label = f"{kind}{times + 1}" if times else kind
                rows.append(_posting_row(one, points, label, when))
    writer.post_rows(session, court_id, rows)
    return {id_: abs(posted[id_][0].points) for id_ in ids}


def _posting_row(moved: Posting, points: int, kind: str, when: When) -> dict[str, Any]:
    return {
        "court_id": moved.court_id,
        "case_id": moved.case_id,
        "stint_id": moved.stint_id,
        "team_id": moved.team_id,
        "side": moved.side,
        "kind": kind,
        "points": points,
        "posted_on": when.on,
    }
