"""How long does the list of warnings take? ``python -m tests.bench.watch [CASES]``, on SQLite.

Nine days' filings, so that a ninth of the cases nears its stage's limit; nobody has claimed any, so
that each has a limit that is long over: more warnings than a real court has.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from linshu.services import orders
from linshu.services.orders import Deadline, NewOrder
from linshu.store import orders as kept
from linshu.store.db import db
from linshu.store.warned import Asked
from linshu.store.watch import Watch
from linshu.web.nodes import teams_of
from tests.bench.court import BenchCourt
from tests.bench.measure import seconds
from tests.conftest import application, migrate
from tests.court import at

TODAY = date(2026, 11, 23)
ORDERS = 200


def main(cases: int) -> None:
    with tempfile.TemporaryDirectory(prefix="linshu-bench-") as place:
        folder, url = Path(place), f"sqlite:///{place}/watch.db"
        migrate(url, folder)
        with application(url, folder):
            bench = BenchCourt()
            for day in range(9):
                bench.grow(cases // 9, TODAY - timedelta(days=95 - 10 * day))
            measured(bench, cases)


def measured(bench: BenchCourt, cases: int) -> None:
    who = bench.court.who("supervisor")

    def watch() -> Watch:
        return Watch(db.session(), bench.court.id, list(teams_of(who)), TODAY, 7, whole=True)

    some = watch().lines(Asked(), ORDERS)
    week = Deadline(working_days=5)
    news = [NewOrder(o.case_id, o.about, "办。", week, o.key, o.countdown_id) for o in some]
    orders.give_many(who, news, at(TODAY))
    total = sum(one.all for one in watch().counts())
    print(f"{cases:,} cases, {total:,} warnings, {len(kept.standing(db.session(), 1))} orders")
    timed("counts of each node", lambda: watch().counts())
    timed("a page of 50", lambda: watch().lines(Asked(), 50))
    timed("the last page", lambda: watch().lines(Asked(), 50, total - 50))
    team = bench.court.team("速执团队").id
    timed("a page of one team", lambda: watch().lines(Asked(team_id=team), 50))
    timed("the orders that stand", lambda: kept.standing(db.session(), bench.court.id))


def timed(what: str, act: Callable[[], object]) -> None:
    some = [seconds(act) for _ in range(5)]
    print(
        f"{what:24} {1000 * median(some):8.0f} ms ({1000 * min(some):.0f}–{1000 * max(some):.0f})"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10_000)
