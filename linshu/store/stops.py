"""Which days do not count for a case's clocks? Its pauses and extensions, the court's outages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from linshu.rules import clock
from linshu.rules.clock import Excluded
from linshu.rules.policy import Limit
from linshu.store.cases import Request, Stint
from linshu.store.clocks import Extension, Outage, Pause
from linshu.store.people import Person

OUTAGE_ZH = "系统停用"
MANY = 5000


@dataclass(frozen=True, slots=True)
class Stops:
    """What lengthens the clocks of one case: days that count for neither or for one of them, and
    extensions of the statutory clock, in the order approved."""

    stage: tuple[Excluded, ...] = ()
    statutory: tuple[Excluded, ...] = ()
    extensions: tuple[Limit, ...] = ()


@dataclass(slots=True)
class _Kept:
    stage: list[Excluded] = field(default_factory=list)
    statutory: list[Excluded] = field(default_factory=list)
    extensions: list[Limit] = field(default_factory=list)


def stops_of(
    session: Session, case_ids: Iterable[int], outages: Sequence[Excluded]
) -> Mapping[int, Stops]:
    """The stops of each of these cases. ``outages``: the court's, which stop every stage clock."""
    ids = list(case_ids)
    pauses, longer = select(Pause), select(Extension)
    if len(ids) <= MANY:  # to name more would cost more than to read them all
        pauses = pauses.where(Pause.case_id.in_(ids))
        longer = longer.where(Extension.case_id.in_(ids))
    kept: dict[int, _Kept] = {}
    for pause in session.scalars(pauses.order_by(Pause.starts_on, Pause.id)):
        one = kept.setdefault(pause.case_id, _Kept())
        span = Excluded(pause.starts_on, pause.ends_on, pause.name, pause.ground)
        if pause.stops_stage:
            one.stage.append(span)
        if pause.stops_statutory:
            one.statutory.append(span)
    for extension in session.scalars(longer.order_by(Extension.id)):
        one = kept.setdefault(extension.case_id, _Kept())
        one.extensions.append(clock.extension(extension.months))
    nothing = Stops(tuple(outages))
    return {id_: _stops(kept[id_], outages) if id_ in kept else nothing for id_ in ids}


def _stops(one: _Kept, outages: Sequence[Excluded]) -> Stops:
    return Stops((*one.stage, *outages), tuple(one.statutory), tuple(one.extensions))


def outages(session: Session, court_id: int) -> tuple[Excluded, ...]:
    """The court's outages that have not been taken back."""
    query = (
        select(Outage)
        .where(Outage.court_id == court_id, Outage.taken_back.is_(False))
        .order_by(Outage.starts_on)
    )
    return tuple(Excluded(one.starts_on, one.ends_on, OUTAGE_ZH) for one in session.scalars(query))


@dataclass(frozen=True, slots=True)
class PausedNow:
    """A pause that goes on: what it is called, since when, until when if that is known, and whether
    it stops the statutory clock too."""

    name: str
    since: date
    until: date | None
    statutory: bool


def paused_now(session: Session, case_ids: Iterable[int], today: date) -> dict[int, PausedNow]:
    """The pause of the stage clock that goes on today, by case; the one that began first."""
    query = (
        select(Pause)
        .where(
            Pause.case_id.in_(list(case_ids)),
            Pause.stops_stage,
            Pause.starts_on <= today,
            or_(Pause.ends_on.is_(None), Pause.ends_on >= today),
        )
        .order_by(Pause.starts_on.desc(), Pause.id.desc())
    )
    return {
        pause.case_id: PausedNow(pause.name, pause.starts_on, pause.ends_on, pause.stops_statutory)
        for pause in session.scalars(query)
    }


def watched(today: date) -> ColumnElement[bool]:
    """Whether a pause of a stint's case goes on today, and has for longer than its kind should."""
    pause = select(Pause.id).where(
        Pause.case_id == Stint.case_id,
        Pause.watch_on <= today,
        or_(Pause.ends_on.is_(None), Pause.ends_on >= today),
    )
    return pause.exists()


@dataclass(frozen=True, slots=True)
class PauseLine:
    """A pause as the case's page shows it, with names."""

    pause: Pause
    approver: str | None
    ended_by: str | None

    def going_on(self, today: date) -> bool:
        """Whether today is one of its days."""
        end = self.pause.ends_on
        return self.pause.starts_on <= today and (end is None or end >= today)


def pauses_of(session: Session, case_id: int) -> list[PauseLine]:
    """The pauses of a case, the latest first."""
    approver, ender = aliased(Person), aliased(Person)
    query = (
        select(Pause, approver.name, ender.name)
        .join(Request, Request.id == Pause.request_id)
        .outerjoin(approver, approver.id == Request.decided_by)
        .outerjoin(ender, ender.id == Pause.ended_by)
        .where(Pause.case_id == case_id)
        .order_by(Pause.starts_on.desc(), Pause.id.desc())
    )
    return [PauseLine(*row) for row in session.execute(query)]


def extensions_of(session: Session, case_id: int) -> list[tuple[Extension, str | None]]:
    """The extensions of a case with who approved them, the latest first."""
    query = (
        select(Extension, Person.name)
        .join(Request, Request.id == Extension.request_id)
        .outerjoin(Person, Person.id == Request.decided_by)
        .where(Extension.case_id == case_id)
        .order_by(Extension.id.desc())
    )
    return [(extension, name) for extension, name in session.execute(query)]
