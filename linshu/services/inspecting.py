"""体检: what did the integrity checks find, when, for whom? Run every night and when asked for.

The checks read, one after the other; only their result is written, with an entry in the court's
trail. ``soundness`` has the rules.
"""

import logging
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules.duties import Duty
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services.actor import Actor
from linshu.services.checks import Court, Fault, Rule
from linshu.services.errors import Conflict
from linshu.services.soundness import RULES
from linshu.store import inspections, writer
from linshu.store.books import Inspection
from linshu.store.db import db, transaction
from linshu.store.inspections import Findings
from linshu.store.people import Person
from linshu.store.writer import Doer, Draft, When

MOST = 50  # cases named in a finding; the count is exact
log = logging.getLogger(__name__)


def inspect(court_id: int, when: When, doer: Doer | None = None) -> tuple[int, Findings]:
    """Runs every check now and keeps the result, in somebody's name or the system's own; returns
    the inspection's number and findings: by rule its count and the first cases that it names."""
    findings = _findings(Court(court_id, when))
    with transaction() as session:
        row = Inspection(court_id=court_id, asked_at=when.at, by=doer.login if doer else "")
        session.add(row)
        _keep(session, row, findings, doer or Doer(), when)
        return row.id, findings


def nightly(court_id: int, when: When) -> bool:
    """The inspection of the night, unless the day has had it; returns whether it ran."""
    last = inspections.last_nightly(db.session(), court_id)
    if last is not None and last.asked_at.date() == when.on:
        return False
    inspect(court_id, when)
    return True


def ask(actor: Actor, when: When) -> int:
    """Asks for an inspection, which a worker runs; returns its number. Conflict while one waits."""
    actor.needs(Duty.INSPECT)
    with transaction() as session:
        if inspections.waiting_ids(session, actor.court_id):
            raise Conflict("inspection_waiting")
        row = Inspection(court_id=actor.court_id, asked_at=when.at, by=actor.login, findings={})
        session.add(row)
        session.flush()
        return row.id


def run(inspection_id: int, when: When) -> None:
    """Runs what was asked for, in the name of who asked; nothing when it has run already."""
    asked = db.session.get(Inspection, inspection_id)
    if asked is None or asked.ran_at is not None:
        return
    findings = _findings(Court(asked.court_id, when))
    with transaction() as session:
        query = select(Inspection).where(Inspection.id == inspection_id).with_for_update()
        row = session.scalars(query.execution_options(populate_existing=True)).one()
        if row.ran_at is None:
            role = session.scalar(select(Person.role).where(Person.login == row.by))
            _keep(session, row, findings, Doer(row.by, role or writer.SYSTEM), when)


def _keep(session: Session, row: Inspection, findings: Findings, doer: Doer, when: When) -> None:
    row.ran_at, row.findings = when.at, findings
    session.flush()
    counts = {key: one["count"] for key, one in findings.items() if one["count"]}
    data = {"inspection": row.id, "rules": len(findings), "faults": sum(counts.values())}
    draft = Draft(None, Tag.INSPECTION_RUN, {**data, "counts": counts})
    writer.write_trail(session, row.court_id, [draft], doer, when)


def _findings(court: Court) -> Findings:
    return {rule.key: _finding(rule, court) for rule in RULES}


def _finding(rule: Rule, court: Court) -> dict[str, Any]:
    """What a rule finds. Whatever it stumbles over is a finding too: what was changed behind the
    application's back may be anything, and must not keep the other rules from looking."""
    try:
        return _counted(rule.look(court))
    except Exception as why:
        log.exception("the check %s could not be finished", rule.key)
        said = Said("检查未能完成:{why}", why=type(why).__name__)
        return _counted([Fault(None, "—", said)])


def _counted(faults: Iterable[Fault]) -> dict[str, Any]:
    count, cases = 0, list[dict[str, Any]]()
    for fault in faults:
        count += 1
        if len(cases) < MOST:
            cases.append({"case": fault.case_id, "name": fault.name, "said": fault.said.dumps()})
    return {"count": count, "cases": cases}
