"""What does a recompute change? A year's list of working days, an outage, a policy for running
stints: each checks itself, writes itself, and can be undone.

Which dates follow is asked of ``dates`` once the edit is written; ``recomputes`` leads the way.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from sqlalchemy import update
from sqlalchemy.orm import Session

from linshu.rules.calendar import Holiday, YearFault, checked_year
from linshu.rules.clock import merged
from linshu.rules.said import Said
from linshu.rules.year_list import LONGEST_NAME
from linshu.services import desk
from linshu.services.errors import Conflict, Invalid, NotFound
from linshu.store import recomputes as kept
from linshu.store import stops
from linshu.store.clocks import Outage, Recompute
from linshu.store.people import PolicyVersion
from linshu.store.writer import When


class Edit(ABC):
    """A change that moves many dates at once."""

    kind: ClassVar[str]

    @property
    @abstractmethod
    def title(self) -> Said:
        """What it is called."""

    @abstractmethod
    def payload(self) -> dict[str, Any]:
        """What is kept of it; ``read`` reads it back. Invalid for a text that will not do."""

    @classmethod
    @abstractmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """The edit that a payload says."""

    @abstractmethod
    def check(self, session: Session, court_id: int, when: When) -> None:
        """Invalid when it will not do; Conflict when it changes nothing."""

    @abstractmethod
    def write(self, session: Session, row: Recompute) -> None:
        """Makes it so, and keeps in the row's payload what stood before."""

    @abstractmethod
    def undo(self, session: Session, row: Recompute) -> None:
        """Puts back what stood before."""

    @abstractmethod
    def since(self, row: Recompute, today: date) -> date:
        """The first day on which an expiry may no longer hold because of it."""

    @abstractmethod
    def rests_on(self, earlier: "Edit") -> bool:
        """Whether that earlier edit of its kind cannot be undone before this one is."""


@dataclass(frozen=True, slots=True)
class YearList(Edit):
    """放假安排: a year's days off and make-up working days, replacing that year's list whole."""

    kind = "calendar"
    year: int
    source: str
    spans: Sequence[Holiday]

    @property
    def title(self) -> Said:
        return Said("{year} 年放假安排", year=str(self.year))

    def payload(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "source": desk.words(self.source, Said("出处"), 80),
            "spans": [[str(one.start), str(one.end), one.works, _name(one)] for one in self.spans],
        }

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        return cls(payload["year"], payload["source"], _holidays(payload["spans"]))

    def check(self, session: Session, court_id: int, when: When) -> None:
        try:
            checked_year(self.year, self.spans)
        except YearFault as fault:
            raise Invalid("year_list", why=fault.faults, faults=fault.faults) from fault
        before = kept.source_of(session, self.year), kept.days_of(session, self.year)
        if before == (self.source, self._days()):
            raise Conflict("year_same", year=self.year)

    def _days(self) -> kept.Days:
        return {day: (span.works, span.name) for span in self.spans for day in span.days}

    def write(self, session: Session, row: Recompute) -> None:
        before = [
            [day.isoformat(), works, name]
            for day, (works, name) in sorted(kept.days_of(session, self.year).items())
        ]
        source = kept.source_of(session, self.year)
        row.payload = {**row.payload, "before": {"source": source, "days": before}}
        kept.replace_year(session, self.year, self.source, self._days())

    def undo(self, session: Session, row: Recompute) -> None:
        before = row.payload["before"]
        days = {date.fromisoformat(day): (works, name) for day, works, name in before["days"]}
        kept.replace_year(session, self.year, before["source"], days)

    def since(self, row: Recompute, today: date) -> date:
        return date(self.year, 1, 1)

    def rests_on(self, earlier: Edit) -> bool:
        return isinstance(earlier, YearList) and earlier.year == self.year


def _name(span: Holiday) -> str:
    return desk.words(span.name, Said("名称"), LONGEST_NAME, needed=False)


def _holidays(spans: Sequence[Any]) -> tuple[Holiday, ...]:
    return tuple(
        Holiday(date.fromisoformat(start), date.fromisoformat(end), works, name)
        for start, end, works, name in spans
    )


@dataclass(frozen=True, slots=True)
class Downtime(Edit):
    """系统停用: days, both included, that count for no stage clock then open."""

    kind = "outage"
    starts_on: date
    ends_on: date

    @property
    def title(self) -> Said:
        if self.ends_on == self.starts_on:
            return Said("系统停用 {day}", day=str(self.starts_on))
        return Said("系统停用 {start} 至 {end}", start=str(self.starts_on), end=str(self.ends_on))

    def payload(self) -> dict[str, Any]:
        return {"starts_on": self.starts_on.isoformat(), "ends_on": self.ends_on.isoformat()}

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        return cls(*(date.fromisoformat(payload[end]) for end in ("starts_on", "ends_on")))

    def check(self, session: Session, court_id: int, when: When) -> None:
        if self.ends_on < self.starts_on:
            raise Invalid("pause_backwards")
        if self.ends_on > when.on:
            raise Invalid("outage_future")
        for start, end in merged(stops.outages(session, court_id)):
            if start <= self.starts_on and (end is None or self.ends_on <= end):
                raise Conflict("outage_known")

    def write(self, session: Session, row: Recompute) -> None:
        session.add(
            Outage(
                court_id=row.court_id,
                recompute_id=row.id,
                starts_on=self.starts_on,
                ends_on=self.ends_on,
            )
        )

    def undo(self, session: Session, row: Recompute) -> None:
        session.execute(update(Outage).where(Outage.recompute_id == row.id).values(taken_back=True))

    def since(self, row: Recompute, today: date) -> date:
        return self.starts_on

    def rests_on(self, earlier: Edit) -> bool:
        return False  # days of two outages count once, in whichever order they come and go


@dataclass(frozen=True, slots=True)
class PolicyForRunning(Edit):
    """An adopted version of the policy, applied to the stints that run under another."""

    kind = "policy"
    policy_id: int
    version: str = ""

    @property
    def title(self) -> Said:
        return Said("规则 {version} 适用于在办阶段", version=self.version)

    def payload(self) -> dict[str, Any]:
        return {"policy_id": self.policy_id, "version": self.version}

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        return cls(payload["policy_id"], payload["version"])

    def check(self, session: Session, court_id: int, when: When) -> None:
        found = session.get(PolicyVersion, self.policy_id)
        if found is None or (found.court_id, found.version) != (court_id, self.version):
            raise NotFound()
        if found.effective_on > when.on:
            raise Conflict("policy_not_yet", version=self.version, on=found.effective_on)
        if not kept.runs_elsewhere(session, court_id, self.policy_id):
            raise Conflict("policy_applied", version=self.version)

    def write(self, session: Session, row: Recompute) -> None:
        kept.switch_policy(session, row.court_id, row.id, self.policy_id)

    def undo(self, session: Session, row: Recompute) -> None:
        kept.switch_back(session, row.id)

    def since(self, row: Recompute, today: date) -> date:
        # No stint that has ended changes its version; taken back, those since then may.
        return row.decided_at.date() if row.decided_at else today + timedelta(days=1)

    def rests_on(self, earlier: Edit) -> bool:
        return True


EDITS: Mapping[str, type[Edit]] = {one.kind: one for one in (YearList, Downtime, PolicyForRunning)}


def of(row: Recompute) -> Edit:
    """The edit that a recompute is about."""
    return EDITS[row.kind].read(row.payload)
