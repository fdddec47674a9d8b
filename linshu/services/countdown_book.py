"""How does an event change the countdowns of its cases? One book for a transaction, kept in bulk.

``countdowns`` says what each event does; here it is done to the rows, and said in the trail.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from linshu.rules import countdowns as rules
from linshu.rules.clock import Excluded
from linshu.rules.deadlines import Count, Countdown
from linshu.rules.kinds import CLOSED, DORMANT, PAID, REOPENED, RESUMED
from linshu.rules.policy import Policy
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.rules.transitions import Undecidable
from linshu.services.errors import Invalid
from linshu.services.flow import Flow
from linshu.store import countdowns as store
from linshu.store import writer
from linshu.store.clocks import CaseCountdown
from linshu.store.db import SHANGHAI
from linshu.store.stops import Stops
from linshu.store.writer import Doer, Draft

WHY_ZH = {
    CLOSED: "案件已结",
    DORMANT: "转入终本维护",
    RESUMED: "已恢复执行",
    REOPENED: "恢复办理",
    "correction": "更正",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened in a case. ``entered_on``: the end that its document names; ``about_id``:
    the countdown that is meant, where several could be met."""

    case_id: int
    name: str
    at: datetime
    action_id: int | None = None
    entered_on: date | None = None
    about_id: int | None = None


@dataclass(slots=True)
class Book:
    """The countdowns of some cases, all that ever ran, and what is to be said of them."""

    flow: Flow
    case_ids: Collection[int]
    kept: dict[int, list[CaseCountdown]] = field(init=False)
    dormant: set[int] = field(init=False)
    versions: Sequence[tuple[date, int]] = field(init=False)
    stops: Mapping[int, Stops] | None = None
    said: list[tuple[Tag, CaseCountdown, dict[str, Any], date | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        session = self.flow.session
        self.kept = store.all_of(session, self.case_ids)
        self.dormant = store.in_dormant_care(session, self.case_ids)
        self.versions = store.versions(session, self.flow.court_id)

    def of(self, event: Event) -> list[CaseCountdown]:
        """What has not fallen away in the event's case."""
        return [one for one in self.kept[event.case_id] if one.void_at is None]

    def running(self, event: Event) -> list[CaseCountdown]:
        return [one for one in self.of(event) if one.met_at is None]

    def runs_from(self, one: CaseCountdown, event: str) -> bool:
        row = self.row(one)
        return row is not None and event in row.starts

    # What an event does

    def fall_away(self, event: Event) -> None:
        """A case that ends takes with it what the law no longer wants."""
        if event.name not in (CLOSED, DORMANT, RESUMED):
            return
        for one in self.running(event):
            row = self.row(one)
            if event.name != DORMANT or row is None or not row.dormant:
                self.void(one, event.name)

    def meet(self, event: Event, meant: int | None = None) -> list[CaseCountdown]:
        """Meets what the event meets; the next round of what comes again begins."""
        met = self.chosen(event, meant)
        for one in met:
            row = self.row(one)
            if row and row.earliest and one.due_on and event.at.date() < one.due_on:
                raise Invalid("countdown_early", name=Said(row.name), on=one.due_on)
            late = event.at > one.due_at if one.due_at else _late(one.due_on, event.at.date())
            one.met_at, one.met_action_id = event.at, event.action_id
            self.say(Tag.COUNTDOWN_MET, one, met_on=event.at.date().isoformat(), late=late)
            if row and one.round < row.again:
                self.come_again(one, row, event)
        return met

    def chosen(self, event: Event, meant: int | None) -> list[CaseCountdown]:
        """Which running ones the event meets, by the rules; never what the same act has started."""
        running_now = self.running(event)
        if any(one.id is None for one in running_now):  # begun a moment ago
            self.flush()
        able = {one.id: one for one in running_now}
        rows = {id_: self.row(one) for id_, one in able.items()}
        running = [
            rules.Open(id_, row, able[id_].started_at.date(), able[id_].due_on)
            for id_, row in rows.items()
            if row and (event.action_id is None or able[id_].action_id != event.action_id)
        ]
        running = [one for one in running if not (one.row.of_money and event.name == PAID)]
        about = event.about_id or meant
        found = rules.met_by(running, event.name, event.at.date(), about)
        if event.about_id and event.about_id not in {one.id for one in found}:
            raise Invalid("countdown_unfit")
        return [able[one.id] for one in found]

    def come_again(self, one: CaseCountdown, row: Countdown, event: Event) -> None:
        """The next round begins, unless a corrected act met this one and it has begun already."""
        if not self.later(one, self.of(event)):
            again = Event(one.case_id, event.name, event.at)
            self.run(again, row, one.policy_id, one.round + 1, one.first_at)

    def of_money(self, one: CaseCountdown) -> bool:
        row = self.row(one)
        return row is not None and row.of_money

    def later(self, one: CaseCountdown, among: Iterable[CaseCountdown]) -> list[CaseCountdown]:
        """The rounds after this one."""
        first = (one.row, one.first_at)
        return [o for o in among if (o.row, o.first_at) == first and o.round > one.round]

    def start(self, event: Event, kept: Collection[str] = ()) -> None:
        """Starts what the event starts, by the policy of its day; ``kept``: what runs already."""
        policy_id, policy = self.policy_on(event.at.date())
        for row in rules.started_by(policy.countdowns, event.name):
            idle = event.case_id in self.dormant and not row.dormant
            once = row.count is Count.ONCE and self.has(event, row.key)
            one = row.count is Count.ONE and self.has(event, row.key, running=True)
            if not (idle or once or one or row.key in kept):
                self.run(event, row, policy_id, 1, event.at)

    def has(self, event: Event, key: str, running: bool = False) -> bool:
        some = self.running(event) if running else self.kept[event.case_id]
        return any(one.row == key for one in some)

    # What a correction does

    def restart(self, event: Event, started: Iterable[CaseCountdown]) -> set[str]:
        """What still starts runs from the corrected event; the rest falls away. The rows kept."""
        kept = set()
        for one in started:
            row = self.row(one)
            if row is None or event.name not in row.starts:
                self.void(one, "correction")
                continue
            kept.add(row.key)
            before = (one.due_on, one.due_at, one.provisional)
            one.action_id, one.entered_on = event.action_id, event.entered_on
            one.started_at = one.first_at = event.at
            self.reckon(one, row)
            if before != (one.due_on, one.due_at, one.provisional):
                why = {"why": "correction", "why_zh": WHY_ZH["correction"]}
                self.said.append((Tag.COUNTDOWN_CHANGED, one, why, before[0]))
        return kept

    def meet_anew(self, event: Event, old_action_id: int) -> None:
        """What the old action met runs again, unless the new one meets it too."""
        before = [
            one
            for one in self.of(event)
            if one.met_action_id == old_action_id and not self.of_money(one)
        ]
        for one in before:
            one.met_at = one.met_action_id = None
        met = self.meet(event, before[0].id if before else None)
        for one in before:
            if one not in met:
                self.reopen(one, event)

    def reopen(self, one: CaseCountdown, event: Event) -> None:
        row = self.row(one)
        for later in self.later(one, self.running(event)):
            self.void(later, "correction")
        if row is None or (one.case_id in self.dormant and not row.dormant):
            self.void(one, DORMANT)
            return
        self.reckon(one, row)
        self.say(Tag.COUNTDOWN_REOPENED, one)

    def revive(self, one: CaseCountdown) -> None:
        """It had fallen away with the closing of a case that is open again."""
        row = self.row(one)
        if row is not None:
            one.void_at = None
            self.reckon(one, row)
            self.say(Tag.COUNTDOWN_REOPENED, one)

    # One countdown

    def run(
        self, event: Event, row: Countdown, policy_id: int, round_: int, first_at: datetime
    ) -> None:
        one = CaseCountdown(
            court_id=self.flow.court_id,
            case_id=event.case_id,
            policy_id=policy_id,
            row=row.key,
            earliest=row.earliest,
            round=round_,
            first_at=first_at,
            started_at=event.at,
            action_id=event.action_id,
            entered_on=event.entered_on if row.unit == "entered" else None,
        )
        self.reckon(one, row)
        self.kept[event.case_id].append(one)
        self.say(Tag.COUNTDOWN_STARTED, one, since=event.at.date().isoformat(), round=round_)

    def reckon(self, one: CaseCountdown, row: Countdown) -> None:
        stops = self.stopped(one.case_id) if row.pausable else ()
        try:
            end = rules.end(row, one.first_at, self.flow.calendar, stops, one.entered_on, one.round)
        except rules.EndMissing as why:
            raise Invalid("until_needed", name=Said(row.name)) from why
        except rules.EndUnlikely as why:
            raise Invalid("until_unlikely", name=Said(row.name), most=row.most_days) from why
        one.due_on, one.due_at, one.provisional = end.on, end.at, end.provisional

    def stopped(self, case_id: int) -> Sequence[Excluded]:
        """The pauses of a law's clock, asked for once for all the cases."""
        if self.stops is None:
            self.stops = self.flow.stops(self.case_ids)
        return self.stops[case_id].statutory

    def void(self, one: CaseCountdown, why: str) -> None:
        one.void_at = self.flow.when.at
        self.say(Tag.COUNTDOWN_VOID, one, why=why, why_zh=WHY_ZH[why])

    def row(self, one: CaseCountdown) -> Countdown | None:
        """Its row in the policy that it started under; None when that has become unreadable."""
        return self.policy(one.policy_id).countdowns.get(one.row)

    def policy(self, policy_id: int) -> Policy:
        try:
            return self.flow.policy(policy_id)
        except Undecidable:
            return self.flow.current

    def policy_on(self, on: date) -> tuple[int, Policy]:
        """The version in force on a day; today's for a day before any, or an unreadable one."""
        ids = [id_ for effective_on, id_ in self.versions if effective_on <= on]
        try:
            return ids[-1], self.flow.policy(ids[-1])
        except (IndexError, Undecidable):
            return self.flow.version.id, self.flow.current

    # The record

    def say(self, tag: Tag, one: CaseCountdown, **data: Any) -> None:
        self.said.append((tag, one, data, one.due_on))

    def keep(self, doer: Doer) -> None:
        """Writes all of it, each change with its entry in the case's trail."""
        self.flush()
        session = self.flow.session
        drafts = [self._draft(*said) for said in self.said]
        writer.write_trail(session, self.flow.court_id, drafts, doer, self.flow.when)

    def flush(self) -> None:
        self.flow.session.add_all(one for some in self.kept.values() for one in some)
        self.flow.session.flush()

    def _draft(
        self, tag: Tag, one: CaseCountdown, data: dict[str, Any], before: date | None
    ) -> Draft:
        row = self.row(one)
        told = {"countdown": one.id, "row": one.row, "name": row.name if row else one.row, **data}
        due = {"due_on": _end(one)}
        if tag in (Tag.COUNTDOWN_MET, Tag.COUNTDOWN_VOID):
            return Draft(one.case_id, tag, told, before=due)
        draft = Draft(one.case_id, tag, told, after={**due, "provisional": one.provisional})
        if tag is Tag.COUNTDOWN_CHANGED:
            was = {"due_on": before.isoformat() if before else None}
            draft = replace(draft, data={**told, "subject": one.id}, before=was)
        return draft


def _late(due_on: date | None, on: date) -> bool:
    return due_on is not None and on > due_on


def _end(one: CaseCountdown) -> str | None:
    if one.due_at:
        return f"{one.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return one.due_on.isoformat() if one.due_on else None
