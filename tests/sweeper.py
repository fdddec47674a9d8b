"""A sweep in a process of its own: begins when told to, and dies where it is told to.

python -m tests.sweeper DAY BATCH [WORDS NTH]: WORDS begin a statement; as its NTH is about to run,
the process kills itself, so that it ends in the middle of a batch.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import event

from app import create_app
from linshu.services import sweep
from linshu.store import queries
from linshu.store.db import db
from tests.court import at


def main(day: str, batch: str, words: str = "", nth: str = "0") -> None:
    with create_app().app_context():
        court_id = queries.court_ids()[0]
        db.session.remove()
        if words:
            die_at(words, int(nth))
        print("ready", flush=True)
        sys.stdin.readline()
        print(sweep.expire_due(court_id, at(day), int(batch)).moved, flush=True)


def die_at(words: str, nth: int) -> None:
    seen = 0

    def count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        nonlocal seen
        seen += statement.startswith(words)
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", count)


if __name__ == "__main__":
    main(*sys.argv[1:])
