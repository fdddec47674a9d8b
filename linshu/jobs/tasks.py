"""What runs without a person? Ids in, counts out; each may run twice.

Nothing here decides: a task reads the clock and calls the service that a command would call.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from linshu.jobs import doorbell
from linshu.services import imports
from linshu.services import sweep as sweeping
from linshu.store import queries
from linshu.store.writer import When

SHANGHAI = ZoneInfo("Asia/Shanghai")


def tick() -> dict[str, int]:
    """Rings for every court's sweep and for every import that waits.

    A second run in the same minute is harmless: its rings carry the same ids, and an id that is
    queued or running is not taken twice.
    """
    minute = datetime.now(SHANGHAI).strftime("%Y%m%d%H%M")
    courts = [doorbell.ring("sweep", court, bucket=minute) for court in queries.court_ids()]
    imports_ = [doorbell.ring("run_import", one) for one in queries.waiting_import_ids()]
    return {"sweeps": sum(courts), "imports": sum(imports_)}


def sweep(court_id: int) -> dict[str, int]:
    """Moves every case of the court whose limit has run out by today.

    A second run is harmless: a move is a conditional write on an open stint that is due, and a
    stint that has ended is neither.
    """
    now = datetime.now(SHANGHAI)
    report = sweeping.expire_due(court_id, When(at=now, recorded=now))
    return {"due": report.due, "moved": report.moved, "set_aside": report.set_aside}


def run_import(import_id: int) -> None:
    """Reads the ledger that a person uploaded, all of it or nothing.

    A second run is harmless: the import's row says that it is done, and rows already in are
    recognised as duplicates.
    """
    imports.run(import_id, now=datetime.now(SHANGHAI))
