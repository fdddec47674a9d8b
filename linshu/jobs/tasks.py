"""What runs without a person? Ids in, counts out; each may run twice.

Nothing here decides: a task reads the clock and calls the service that a command would call.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from linshu.jobs import doorbell, messages
from linshu.services import (
    alerts,
    batch_run,
    deliveries,
    digests,
    finding_files,
    imports,
    inspecting,
    requests,
)
from linshu.services import sweep as sweeping
from linshu.store import batches, findings, inspections, queries
from linshu.store.db import db
from linshu.store.writer import When

SHANGHAI = ZoneInfo("Asia/Shanghai")
DIGEST_HOUR = 6  # in the morning, before people come to their desks
INSPECTION_HOUR = 2  # at night, when nobody waits for the database


def tick() -> dict[str, int]:
    """Rings for every court's sweep, alerts and digest, and for what waits: imports, batches,
    messages.

    A second run in the same minute is harmless: its rings carry the same ids, and an id that is
    queued or running is not taken twice. Alerts are rung for each hour, digests and inspections for
    each day, so that the first tick after a downtime makes up for it.
    """
    now, courts = datetime.now(SHANGHAI), queries.court_ids()
    rings = {
        "sweeps": [doorbell.ring("sweep", court, f"{now:%Y%m%d%H%M}") for court in courts],
        "alerts": [doorbell.ring("alert", court, f"{now:%Y%m%d%H}") for court in courts],
        "imports": [doorbell.ring("run_import", one) for one in queries.waiting_import_ids()],
        "batches": [doorbell.ring("run_batch", one) for one in batches.waiting_ids(db.session())],
        "findings": [
            doorbell.ring("run_findings", one) for one in findings.waiting_ids(db.session())
        ],
        "messages": [doorbell.ring("deliver", "all")] if deliveries.waiting(now) else [],
        "digests": [
            doorbell.ring("digest", court, f"{now:%Y%m%d}")
            for court in courts
            if now.hour >= DIGEST_HOUR
        ],
        "inspections": [
            doorbell.ring("inspect", court, f"{now:%Y%m%d}")
            for court in courts
            if now.hour >= INSPECTION_HOUR
        ]
        + [doorbell.ring("run_inspection", one) for one in inspections.waiting_ids(db.session())],
    }
    return {what: sum(some) for what, some in rings.items()}


def sweep(court_id: int) -> dict[str, int]:
    """Moves every case of the court whose limit has run out by today.

    A second run is harmless: a move is a conditional write on an open stint that is due, and a
    stint that has ended is neither.
    """
    now = datetime.now(SHANGHAI)
    report = sweeping.expire_due(court_id, When(at=now, recorded=now))
    return {"due": report.due, "moved": report.moved, "set_aside": report.set_aside}


def alert(court_id: int) -> int:
    """Passes on what nobody decided in time, and raises the alerts that are due.

    A second run is harmless: a request that was passed on has a new day, and each alert is there
    once, by a rule of the database.
    """
    now = datetime.now(SHANGHAI)
    requests.raise_overdue(court_id, When(at=now, recorded=now))
    return alerts.raise_due(court_id, When(at=now, recorded=now), sends=messages.are_sent())


def digest(court_id: int) -> int:
    """Makes everybody's digest of the day.

    A second run is harmless: one digest a person and day, by a rule of the database.
    """
    now = datetime.now(SHANGHAI)
    return digests.make(court_id, When(at=now, recorded=now), sends=messages.are_sent())


def inspect(court_id: int) -> bool:
    """Runs the integrity checks of the night.

    A second run is harmless: the checks only read, and a day that has had its inspection gets no
    other; two at once are two results that say the same.
    """
    now = datetime.now(SHANGHAI)
    return inspecting.nightly(court_id, When(at=now, recorded=now))


def run_inspection(inspection_id: int) -> None:
    """Runs the integrity checks that a person asked for.

    A second run is harmless: the inspection's row says that it has run.
    """
    now = datetime.now(SHANGHAI)
    inspecting.run(inspection_id, When(at=now, recorded=now))


def deliver(_all: str) -> dict[str, int]:
    """Sends what waits for the court's message service.

    A second run is harmless: a message carries its id, and one that was delivered is not sent
    again; one whose answer got lost may come twice, and the id says so.
    """
    return messages.send_waiting(datetime.now(SHANGHAI))


def run_import(import_id: int) -> None:
    """Reads the ledger that a person uploaded, all of it or nothing.

    A second run is harmless: the import's row says that it is done, and rows already in are
    recognised as duplicates.
    """
    imports.run(import_id, now=datetime.now(SHANGHAI))


def run_batch(batch_id: int) -> None:
    """Does what is still open of a batch: the same act in many cases.

    A second run is harmless: an item is taken by a conditional write in the transaction of its act,
    and one that is done or failed is not taken again.
    """
    batch_run.run(batch_id, now=datetime.now(SHANGHAI))


def run_findings(file_id: int) -> None:
    """Reads a file of search results: looks it through, or lets it land case by case.

    A second run is harmless: a row that has landed on its case is known by its digest there, by a
    rule of the database, and the file's row says when it is done.
    """
    finding_files.run(file_id, now=datetime.now(SHANGHAI))
