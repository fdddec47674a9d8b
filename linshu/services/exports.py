"""What leaves the house? The event log for process mining, and the trail with its proof."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from linshu.rules import seals, trail
from linshu.rules.chains import ALL
from linshu.rules.duties import Duty
from linshu.rules.seals import Head
from linshu.rules.stages import Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason
from linshu.services import desk, sealing
from linshu.services.actor import Actor
from linshu.services.checking import ESCAPED, as_text, byte_order, fits, hold_still, stored_line
from linshu.services.errors import NotFound
from linshu.store import sealed, writer
from linshu.store.books import TrailEntry
from linshu.store.cases import Case, Stint
from linshu.store.db import SHANGHAI, transaction
from linshu.store.people import Person, Team
from linshu.store.writer import Doer, Draft, When

#: The last stay of a case ends for one of these.
ENDS = (Reason.CLOSED, Reason.RESUMED_ANEW)
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
                table.writerow([plain(cell) for cell in row])
                events += 1
        data = {"events": events, "file": out.name}
        writer.write_trail(session, court_id, [Draft(None, Tag.LOG_EXPORTED, data)], doer, when)
        return events


def plain(cell: Any) -> str:
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
        )
        .join(Case, Case.id == Stint.case_id)
        .join(Team, Team.id == Stint.team_id)
        .outerjoin(handler, handler.id == Stint.handler_id)
        .where(Stint.court_id == court_id)
        .order_by(Case.id, Stint.seq)
        .execution_options(yield_per=5000)
    )
    for number, stage, at, team, login, due_on, reason, hop, ended_at in session.execute(query):
        yield number, stage, _stamp(at), team, login, due_on, reason, hop
        if ended_at is not None and reason in ENDS:
            closed = str(Stage.CLOSED)
            yield number, closed, _stamp(ended_at), team, login, None, reason, hop


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def export_trail(
    court_id: int, out: Path, doer: Doer, when: When, seals_out: Path | None = None
) -> dict[str, Any]:
    """Writes the trail as canonical lines under a header that counts them and proves the heads,
    and with ``seals_out`` the seals that cover it.

    The export's own entry is written first, so that the file holds it, and what no seal covers is
    sealed. Returns entries, chains, ok (whether every chain written links up and ends in its stored
    head and count), seals. Invalid without a key to sign with."""
    with transaction() as session:
        draft = Draft(None, Tag.TRAIL_EXPORTED, {"file": out.name})
        writer.write_trail(session, court_id, [draft], doer, when)
    sealing.seal_now(court_id, when)
    with transaction() as session:
        hold_still(session)
        heads = sealed.heads(session, court_id)
        header = _header(session, court_id, _Range(heads), doer, when)
        with out.open("w", encoding="utf-8", errors=ESCAPED, newline="") as file:
            file.write(header + "\n")
            ok = _write_entries(session, court_id, heads, file)
        if seals_out:
            with seals_out.open("w", encoding="utf-8", newline="") as file:
                file.writelines(line + "\n" for line in sealing.lines(session, court_id))
        told = json.loads(header)
        return {"ok": ok, **{name: told[name] for name in ("entries", "chains", "seals")}}


def case_lines(
    session: Session, court_id: int, case: Case, doer: Doer, when: When
) -> Iterator[str]:
    """The trail of one case as an export (its lines without their ends): the header, then the
    entries. For a transaction that leaves its own entry; seal first (``sealing.seal_now``).
    Write them with the error handler ``checking.ESCAPED``, or what was tampered with cannot be."""
    head = (case.number, case.trail_count, case.trail_head)
    yield _header(session, court_id, _Range([head], case.id, case.number), doer, when)
    yield from _lines_of(session, case.id)


def _lines_of(session: Session, case_id: int) -> Iterator[str]:
    line = stored_line(session)
    query = select(line).where(TrailEntry.case_id == case_id).order_by(TrailEntry.seq)
    yield from map(as_text, session.scalars(query.execution_options(yield_per=5000)))


def export_seals(actor: Actor, out: Path, when: When) -> None:
    """Writes the court's seals, a line each. Who may read cases' trail gets every head by its
    name; who may read the court's own gets leaves in place of the cases' (三员分立), which check
    an export as well. NotAllowed without either duty; Invalid without a key."""
    if not actor.may(Duty.READ_TRAIL):
        actor.needs(Duty.READ_COURT_TRAIL)
    with transaction() as session:
        draft = Draft(None, Tag.SEALS_EXPORTED, {"file": out.name})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
    sealing.seal_now(actor.court_id, when)
    with transaction() as session:
        hold_still(session)
        code = sealed.code_of(session, actor.court_id)
        named = None if actor.may(Duty.READ_TRAIL) else f"court:{code}"
        with out.open("w", encoding="utf-8", newline="") as file:
            lines = sealing.lines(session, actor.court_id, named)
            file.writelines(line + "\n" for line in lines)


@dataclass(frozen=True, slots=True)
class _Range:
    """What an export holds: the heads, and the one case if it is not the whole court."""

    heads: list[Head]
    case_id: int | None = None
    name: str = ALL


def _header(session: Session, court_id: int, of: _Range, doer: Doer, when: When) -> str:
    """The first line: court, range, algorithm, public key, counts, and who took it away when."""
    days = select(func.count(), func.min(TrailEntry.happened_on), func.max(TrailEntry.happened_on))
    mine = days.where(TrailEntry.court_id == court_id)
    if of.case_id is not None:
        mine = days.where(TrailEntry.case_id == of.case_id)
    entries, first, last = session.execute(mine).one()
    key, seal = sealing.key_of(session, court_id), sealed.last(session, court_id)
    alg = writer.algorithm()
    said = {
        "format": trail.FORMAT,
        "court": sealed.code_of(session, court_id),
        "alg": alg,
        "range": {"of": of.name, "first": str(first or ""), "last": str(last or "")},
        "entries": entries,
        "chains": len(of.heads),
        "digest": trail.proof_of(alg, of.heads).hexdigest(),
        "seals": seal.seq if seal else 0,
        "seal": seal.hash if seal else trail.EMPTY_HEAD,
        "key": key.public,
        "exported": {
            "by": doer.login,
            "at": when.recorded.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        },
    }
    return trail.canonical(seals.signed(said, key.sign)).decode()


def _write_entries(session: Session, court_id: int, heads: list[Head], file: TextIO) -> bool:
    lines = session.execute(
        select(TrailEntry.chain, stored_line(session))
        .where(TrailEntry.court_id == court_id)
        .order_by(TrailEntry.chain.collate(byte_order(session)), TrailEntry.seq)
        .execution_options(yield_per=5000)
    )
    left = {chain: (count, head) for chain, count, head in heads}
    ok = True
    for chain, rows in groupby(lines, key=lambda row: row.chain):
        kept = [as_text(row.line) for row in rows]
        file.writelines(line + "\n" for line in kept)
        ok = fits(kept, left.pop(chain, None)) and ok
    return ok and not left


def verify_case(actor: Actor, case_id: int) -> tuple[bool, int]:
    """Whether a case's chain holds, as stored: every link, and the head on its row; with the count.

    NotFound outside the scope."""
    with transaction() as session:
        case = session.get(Case, case_id)
        if case is None or case.court_id != actor.court_id:
            raise NotFound("not_yours")
        if not desk.in_scope(session, actor, case_id):
            raise NotFound("not_yours")
        kept = list(_lines_of(session, case_id))
        return fits(kept, (case.trail_count, case.trail_head)), case.trail_count
