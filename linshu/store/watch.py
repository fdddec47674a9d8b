"""节点预警 over many cases: what ``rules.watch`` says of each, asked of the database at once.

It starts from the limits that run out soonest (the indexes of running countdowns and of open stints
by their last day), so that its cost goes with what is near, not with the court. What an order
stands about already is not listed here: its state is the order's (``store.orders``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from linshu.rules.kinds import CLOSED
from linshu.rules.nodes import BY_CODE
from linshu.rules.policy import Policy, PolicyFault, parse
from linshu.rules.stages import Stage
from linshu.rules.watch import About
from linshu.store import nodes, orders, queries
from linshu.store.cases import Case, Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.countdowns import RUNS
from linshu.store.db import SHANGHAI
from linshu.store.lists import Page
from linshu.store.orders import Order
from linshu.store.people import Person, PolicyVersion, Team
from linshu.store.warned import Asked, Count, Line

PAGE = 50
_Query = Select[*tuple[Any, ...]]


@dataclass
class Watch:
    """The warnings of some teams (and posts) of a court on a day, ``soon_days`` ahead. ``whole``:
    these are all that the court has, so that a case need not be asked whose it is."""

    session: Session
    court_id: int
    team_ids: Sequence[int]
    today: date
    soon_days: int
    whole: bool = False

    def page(self, asked: Asked, number: int, counts: Sequence[Count]) -> Page[Line]:
        """A page of them, what runs out first first; ``counts``: those of the same team."""
        total = sum(one.number(asked) for one in counts)
        number = min(max(1, number), max(1, -(-total // PAGE)))
        return Page(tuple(self.lines(asked, PAGE, (number - 1) * PAGE)), total, number, PAGE)

    def lines(self, asked: Asked, most: int, skip: int = 0) -> list[Line]:
        """So many of them, with their names."""
        found = self._union(asked)
        if found is None:
            return []
        some = found.subquery()
        order = (some.c.due_on, some.c.case_id, some.c.about, some.c.key, some.c.countdown_id)
        chosen = select(some).order_by(*order).limit(most).offset(skip).subquery()
        query = (
            select(chosen, Case.number, Case.closed_on, Stint, Team.name, Person.name)
            .join(Case, Case.id == chosen.c.case_id)
            .join(Stint, Stint.id == chosen.c.stint_id)
            .join(Team, Team.id == Stint.team_id)
            .outerjoin(Person, Person.id == Stint.handler_id)
            .add_columns(CaseCountdown.started_at)
            .outerjoin(CaseCountdown, CaseCountdown.id == chosen.c.countdown_id)
            .order_by(*(chosen.c[column.key] for column in order))
        )
        return [self._line(*row) for row in self.session.execute(query)]

    def counts(self, team_id: int | None = None) -> list[Count]:
        """How many a team has (or all) of each countdown and node, the most first."""
        found = self._union(Asked(team_id=team_id))
        if found is None:
            return []
        some = found.subquery()
        late = func.sum(case((some.c.due_on < self.today, 1), else_=0))
        query = (
            select(some.c.about, some.c.key, func.count(), late)
            .group_by(some.c.about, some.c.key)
            .order_by(func.count().desc(), some.c.about, some.c.key)
        )
        return [
            Count(About(about), key, self.name_of(About(about), key), count, int(run_out))
            for about, key, count, run_out in self.session.execute(query)
        ]

    def name_of(self, about: About, key: str) -> str:
        """What a countdown or node is called."""
        if about is About.NODE:
            return BY_CODE[key].name
        rows = (one.countdowns.get(key) for one in self.policies.values())
        return next((row.name for row in rows if row), key)

    @cached_property
    def policies(self) -> Mapping[int, Policy]:
        """Every version of the court that reads, the newest first."""
        query = select(PolicyVersion.id, PolicyVersion.document).where(
            PolicyVersion.court_id == self.court_id
        )
        return dict(_read(self.session.execute(query.order_by(PolicyVersion.id.desc())).all()))

    # The two kinds of warnings ----------------------------------------------------------------

    def _union(self, asked: Asked) -> CompoundSelect[Any] | None:
        parts = list[_Query]()
        if self.team_ids and asked.about is not About.NODE:
            parts += [self._countdowns(asked), self._of_closed(asked)]
        if self.team_ids and asked.about is not About.COUNTDOWN:
            codes = [code for code in self._expected() if asked.key in ("", code)]
            parts += [self._nodes(code, asked) for code in codes]
        return union_all(*parts) if parts else None

    def _countdowns(self, asked: Asked) -> _Query:
        """Of cases that are open."""
        return self._of(asked).where(Stint.ended_on.is_(None))

    def _of_closed(self, asked: Asked) -> _Query:
        """What a closing starts: who held the case last is to do it."""
        newest = aliased(Stint)
        latest = select(func.max(newest.seq)).where(newest.case_id == Stint.case_id)
        rows = {
            id_: tuple(key for key, row in policy.countdowns.items() if CLOSED in row.starts)
            for id_, policy in self.policies.items()
        }
        return self._of(asked).where(
            Stint.ended_on.is_not(None),
            Stint.seq == latest.correlate(Stint).scalar_subquery(),
            _among(CaseCountdown.policy_id, CaseCountdown.row, rows),
        )

    def _of(self, asked: Asked) -> _Query:
        one = CaseCountdown
        named = [one.row == asked.key] if asked.key else []
        return (
            select(
                literal(str(About.COUNTDOWN)).label("about"),
                one.row.label("key"),
                one.id.label("countdown_id"),
                one.case_id.label("case_id"),
                Stint.id.label("stint_id"),
                one.due_on.label("due_on"),
            )
            .join(Stint, Stint.case_id == one.case_id)
            .where(
                one.court_id == self.court_id,
                *self._near(one.due_on, asked.late),
                one.earliest.is_(False),
                *RUNS,
                *self._held_case(asked),
                one.id.not_in(self._ordered(Order.countdown_id, Order.about == "countdown")),
                *named,
            )
        )

    def _nodes(self, code: str, asked: Asked) -> _Query:
        ordered = self._ordered(Order.case_id, Order.about == "node", Order.key == code)
        return select(
            literal(str(About.NODE)).label("about"),
            literal(code).label("key"),
            cast(null(), Integer).label("countdown_id"),
            Stint.case_id.label("case_id"),
            Stint.id.label("stint_id"),
            Stint.due_on.label("due_on"),
        ).where(
            Stint.ended_on.is_(None),
            *self._near(Stint.due_on, asked.late),
            *self._held(asked),
            _among(Stint.policy_id, Stint.stage, self._expected()[code]),
            ~nodes.is_ticked(Stint.case_id, code),
            ~self._told(code),
            Stint.case_id.not_in(ordered),
            ~queries.stopped_on(self.today),
        )

    def _ordered(self, column: Any, *where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
        """What orders stand about: few, and read once for all the rows."""
        return select(column).where(Order.court_id == self.court_id, orders.live(), *where)

    def _told(self, code: str) -> ColumnElement[bool]:
        """Whether a countdown of the case warns of the same act already."""
        by = BY_CODE[code].ticked_by
        rows: dict[int, tuple[str, ...]] = {
            id_: tuple(key for key, row in policy.countdowns.items() if by & set(row.meets))
            for id_, policy in self.policies.items()
        }
        one = CaseCountdown
        return (
            select(one.id)
            .where(
                one.case_id == Stint.case_id,
                *self._near(one.due_on, None),
                one.earliest.is_(False),
                *RUNS,
                _among(one.policy_id, one.row, rows),
            )
            .exists()
        )

    def _expected(self) -> Mapping[str, Mapping[int, tuple[str, ...]]]:
        """Code → policy → the stages that should bring it."""
        found: dict[str, dict[int, tuple[str, ...]]] = {}
        for id_, policy in self.policies.items():
            for stage, codes in policy.nodes.items():
                for code in codes:
                    known = found.setdefault(code, {}).get(id_, ())
                    found[code][id_] = (*known, str(stage))
        return found

    def _near(self, due_on: Any, late: bool | None) -> list[ColumnElement[bool]]:
        near: list[ColumnElement[bool]] = [due_on <= self.today + timedelta(days=self.soon_days)]
        if late is not None:
            near.append(due_on < self.today if late else due_on >= self.today)
        return near

    def _held(self, asked: Asked) -> list[ColumnElement[bool]]:
        own = [id_ for id_ in self.team_ids if asked.team_id in (None, id_)]
        return [Stint.team_id.in_(own)]

    def _held_case(self, asked: Asked) -> list[ColumnElement[bool]]:
        """The same, of a case that is known already: nothing is asked where it can only be so."""
        return [] if self.whole and asked.team_id is None else self._held(asked)

    def _line(self, *row: Any) -> Line:
        about, key, countdown_id, case_id, _stint, due_on, number, closed_on, stint, *rest = row
        team, handler, started_at = rest
        return Line(
            about=About(about),
            key=key,
            name=self.name_of(About(about), key),
            countdown_id=countdown_id,
            case_id=case_id,
            number=number,
            stage=Stage.CLOSED if closed_on else Stage(stint.stage),
            team=team,
            handler=handler,
            since_on=_day(started_at) if started_at else stint.started_on,
            due_on=due_on,
        )


def _among(
    policy_id: Any, column: Any, words: Mapping[int, tuple[str, ...]]
) -> ColumnElement[bool]:
    """Whether a row's word is one of those that its policy names; policies that name the same are
    asked together."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for id_, some in words.items():
        if some:
            alike.setdefault(some, []).append(id_)
    among = [and_(policy_id.in_(ids), column.in_(some)) for some, ids in alike.items()]
    return or_(*among) if among else false()


def _read(found: Sequence[Any]) -> Iterator[tuple[int, Policy]]:
    for id_, document in found:
        try:
            yield id_, parse(document)
        except PolicyFault:
            continue  # a version that does not read expects nothing; soundness names its cases


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
