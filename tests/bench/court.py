"""Which court is measured? Tens of thousands of cases, filed and screened through the services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from sqlalchemy import select, text

from linshu.rules.numbers import CaseNumber
from linshu.rules.stages import FIRST
from linshu.rules.trail import Tag
from linshu.services import claiming, filing, recording
from linshu.services.filing import NewCase, NewParty
from linshu.services.flow import Flow
from linshu.services.recording import NewAction
from linshu.store.cases import Stint
from linshu.store.db import db, transaction
from linshu.store.writer import Doer
from tests.court import CODE, Court, at, founded

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玉兰红建国志文"
CHUNK = 4000
GROUP = 12_000  # cases that fall due on one day
FIRST_GROUP_ON = date(2026, 7, 20)  # screened as complex: three months in the centre


def names() -> Iterator[str]:
    """Invented names of two and three letters, as spread out as real ones."""
    for n in count():
        family, rest = SURNAMES[n % len(SURNAMES)], n // len(SURNAMES)
        first, second = GIVEN[rest % len(GIVEN)], GIVEN[rest // len(GIVEN) % len(GIVEN)]
        yield family + first + (second if n % 3 else "")


class BenchCourt:
    """A court that grows by groups; each group falls due on a day of its own."""

    def __init__(self) -> None:
        self.court: Court = founded()
        self.cases = 0
        self.moved_on = FIRST_GROUP_ON
        self._names = names()

    def grow(self, cases: int, on: date) -> None:
        """Files that many cases on a day and screens them as complex."""
        for start in range(0, cases, CHUNK):
            news = [self._new(on) for _ in range(min(CHUNK, cases - start))]
            with transaction() as session:
                flow, doer = Flow(session, self.court.id, at(on)), Doer("filing", "filing_clerk")
                filing.file_many(flow, news, doer, Tag.CASE_IMPORTED, screen=True)

    def _new(self, on: date) -> NewCase:
        self.cases += 1
        return NewCase(
            number=CaseNumber(on.year, CODE, FIRST, self.cases),
            cause="民间借贷纠纷",
            filed_on=on,
            applicants=[NewParty(next(self._names))],
            debtors=[NewParty(next(self._names))],
            basis="（2026）鲁1329民初1号民事判决书",
            claim_fen=100_000 + self.cases,
        )

    def group(self, number: int) -> date:
        """The day on which a group is filed; their due dates are days apart."""
        return FIRST_GROUP_ON + timedelta(days=5 * number)

    def runs_out(self) -> date:
        """The first day after the earliest limit: who sweeps then moves one group."""
        query = select(Stint.due_on).where(Stint.ended_on.is_(None), Stint.capped_on.is_(None))
        due_on = db.session.scalars(query.order_by(Stint.due_on).limit(1)).one()
        assert due_on is not None
        db.session.rollback()
        return due_on + timedelta(days=1)

    def worked(self, on: date) -> int:
        """Somebody claims what a desk holds and records in one case; returns that case."""
        who, when = self.court.who("one"), at(on, 15)
        mine = [claiming.claim_next(who, when) for _ in range(60)]
        for hour in range(9, 15):
            action = NewAction("call", "电话联系被执行人,称月底前给付部分款项。", at(on, hour).at)
            recording.record(who, mine[0], self.court.stint(mine[0]).seq, action, when)
        return mine[0]


def analyze() -> None:
    """PostgreSQL's autovacuum would do the same within a minute; SQLite is left as it is in use."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
