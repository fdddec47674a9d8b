"""What happens when limits run out? All that is due moves, once, in batches; nobody is asked (R13).

The row is the timer: a due stint is locked, decided by the rules, and ended by a conditional
write, so that a second sweep, a sweep beside it or one that was killed changes nothing twice.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import update

from linshu.rules import transitions
from linshu.rules.trail import Tag
from linshu.rules.transitions import Undecidable
from linshu.services import sealing, supervision
from linshu.services.errors import Invalid
from linshu.services.flow import Flow, Step
from linshu.store import queries, writer
from linshu.store.books import Sweep
from linshu.store.cases import Stint
from linshu.store.db import transaction
from linshu.store.queries import DueStint
from linshu.store.writer import Doer, Draft, When

BATCH = 5000


@dataclass(slots=True)
class Report:
    """What a sweep did. ``due`` = ``moved`` + ``set_aside``; ``by_stage`` counts the moved by the
    stage they left; ``capped``: newly flagged 超期(顶格) at the vice president's."""

    due: int = 0
    moved: int = 0
    set_aside: int = 0
    capped: int = 0
    by_stage: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Report") -> None:
        self.due += other.due
        self.moved += other.moved
        self.set_aside += other.set_aside
        self.capped += other.capped
        self.by_stage.update(other.by_stage)

    def as_json(self) -> dict[str, Any]:
        return {
            "due": self.due,
            "moved": self.moved,
            "set_aside": self.set_aside,
            "capped": self.capped,
            "by_stage": dict(sorted(self.by_stage.items())),
        }


@dataclass(slots=True)
class _Decided:
    steps: list[Step] = field(default_factory=list)
    capped: list[DueStint] = field(default_factory=list)
    aside: list[tuple[DueStint, Undecidable]] = field(default_factory=list)


def expire_due(court_id: int, when: When, batch: int = BATCH) -> Report:
    """Moves every case of the court whose stage limit ran out before ``when.on`` (R4, R7–R12, R17).

    The first sweep of a day seals the trail of the day before.
    Each batch is a transaction of its own. Cases locked by others are passed over at first and
    waited for at the end. A case the rules cannot decide is set aside with its reason and tried
    again the next day; it blocks nobody. Returns what was done; Invalid without a policy."""
    sealing.close_days(court_id, when)
    report, sweep_id = Report(), None
    wait = False
    while True:
        with transaction() as session:
            flow = Flow(session, court_id, when)
            rows = queries.due(session, court_id, when.on, batch, wait)
            if rows:
                sweep_id = sweep_id or _begin(flow)
                report.add(_expire(flow, rows, sweep_id))
                _note(flow, sweep_id, report)
        if not rows and wait:
            break
        wait = not rows
    if sweep_id:
        _finish(court_id, sweep_id, report, when)
    return report


def through(court_id: int, first: When, last: date, instants: Sequence[When]) -> Report:
    """Sweeps day after day (``instants``, oldest first), as if the machine had run all along."""
    if last < first.on:
        raise Invalid("date_future", on=first.on)
    total = Report()
    for when in instants:
        total.add(expire_due(court_id, when))
    return total


def _expire(flow: Flow, rows: Sequence[DueStint], sweep_id: int) -> Report:
    decided = _decide(flow, rows, sweep_id)
    steps = supervision.noted(flow, decided.steps)
    flow.perform(steps, Doer())
    supervision.open_sheets(flow, steps)
    _cap(flow, decided.capped, sweep_id)
    _set_aside(flow, decided.aside, sweep_id)
    return Report(
        due=len(decided.steps) + len(decided.aside),
        moved=len(decided.steps),
        set_aside=len(decided.aside),
        capped=len(decided.capped),
        by_stage=Counter(str(step.move.from_stage) for step in decided.steps),
    )


def _decide(flow: Flow, rows: Sequence[DueStint], sweep_id: int) -> _Decided:
    decided = _Decided()
    for row in rows:
        try:
            kept = flow.policy(row.policy_id)
            move = transitions.expired(row.state, kept, flow.teams)
        except Undecidable as why:
            decided.aside.append((row, why))
            continue
        if move is None:
            decided.capped.append(row)
            continue
        flow.arrived(move.to_team_id, left=move.from_team_id)
        step = Step(
            row.case_id,
            row.stint_id,
            row.seq,
            row.due_on.isoformat(),
            kept,
            move,
            {"sweep": sweep_id},
        )
        decided.steps.append(step)
    return decided


def _cap(flow: Flow, rows: Sequence[DueStint], sweep_id: int) -> None:
    """After the vice president's limit the case stays there, flagged 超期(顶格); no points move."""
    if not rows:
        return
    flow.session.execute(
        update(Stint)
        .where(Stint.id.in_([row.stint_id for row in rows]))
        .values(capped_on=flow.when.on)
    )
    drafts = [
        Draft(
            row.case_id,
            Tag.CASE_CAPPED,
            {"due_on": row.due_on.isoformat(), "sweep": sweep_id, "rules": ["R12"]},
            after={"capped_on": flow.when.on.isoformat()},
        )
        for row in rows
    ]
    writer.write_trail(flow.session, flow.court_id, drafts, Doer(), flow.when)


def _set_aside(flow: Flow, rows: Sequence[tuple[DueStint, Undecidable]], sweep_id: int) -> None:
    drafts = []
    for row, why in rows:
        flow.session.execute(
            update(Stint)
            .where(Stint.id == row.stint_id)
            .values(set_aside_on=flow.when.on, set_aside_code=why.code)
        )
        if row.set_aside_code != why.code:  # said once, not every day
            data = {"why": why.code, "sweep": sweep_id, **why.facts}
            drafts.append(Draft(row.case_id, Tag.CASE_SET_ASIDE, data))
    writer.write_trail(flow.session, flow.court_id, drafts, Doer(), flow.when)


def _begin(flow: Flow) -> int:
    row = Sweep(court_id=flow.court_id, swept_on=flow.when.on, started_at=flow.when.recorded)
    flow.session.add(row)
    flow.session.flush()
    return row.id


def _note(flow: Flow, sweep_id: int, report: Report) -> None:
    counts = report.as_json()
    counts.pop("by_stage")
    flow.session.execute(update(Sweep).where(Sweep.id == sweep_id).values(**counts))


def _finish(court_id: int, sweep_id: int, report: Report, when: When) -> None:
    with transaction() as session:
        draft = Draft(None, Tag.SWEEP_FINISHED, {"sweep": sweep_id, **report.as_json()})
        writer.write_trail(session, court_id, [draft], Doer(), when)
