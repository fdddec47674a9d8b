"""Why this date? Both clocks of a case with the steps that led to them, as a reader wants them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules import clock
from linshu.rules.clock import Due, Excluded
from linshu.rules.picture import Count, Fold, Month, picture
from linshu.rules.policy import Limit
from linshu.rules.stages import STAGE_ZH, Stage
from linshu.rules.why import Step, length, told, why
from linshu.services.dates import iso
from linshu.services.flow import Flow
from linshu.store import running
from linshu.store.cases import Case
from linshu.store.db import SHANGHAI
from linshu.store.people import CalendarDay
from linshu.store.reviews import reported
from linshu.store.running import RunningStint, StatutoryClock
from linshu.store.stops import Stops
from linshu.store.writer import When

STATUTORY_SOURCE = "法发〔2006〕35号第一条"


@dataclass(frozen=True, slots=True)
class Reason:
    """One clock (``stage``: where, for the stage clock): from when, how long, its last day, the
    steps and their picture; ``stopped_since`` while a pause goes on, when it has no last day;
    ``reviewed_since`` while the case is at the closing gate: the stage clock stands still, its last
    day stays what it is (R13)."""

    clock: str
    title: str
    stage: Stage | None
    limit: Limit
    starts_on: date
    due: Due
    steps: tuple[Step, ...]
    stopped_since: date | None
    reviewed_since: date | None
    picture: tuple[Month | Fold, ...]

    @property
    def due_on(self) -> date | None:
        """The last day; None while the clock stands still."""
        return None if self.stopped_since else self.due.on

    def as_json(self) -> dict[str, Any]:
        """For other programs: the steps with their dates, and each step's sentence."""
        return {
            "clock": self.clock,
            "starts_on": self.starts_on.isoformat(),
            "due_on": iso(self.due_on),
            "paused_since": iso(self.stopped_since),
            "reviewed_since": iso(self.reviewed_since),
            "provisional": self.due.provisional,
            "steps": [{**step.as_json(), "text": told(step)} for step in self.steps],
        }


def reasons(session: Session, case: Case, when: When) -> list[Reason]:
    """The stage clock (while the case is at a stage with a limit) and the statutory clock of a
    case, reckoned now by the rules; none for a closed case."""
    flow, ids = Flow(session, case.court_id, when), [case.id]
    stops = flow.stops(ids)[case.id]
    stages = running.stints(session, case.court_id, ids)
    statutory = running.statutory(session, case.court_id, ids)
    at = reported(session, ids).get(case.id)
    since = at.astimezone(SHANGHAI).date() if at else None
    return [
        *(replace(_stage(flow, stops, one), reviewed_since=since) for one in stages),
        *(_statutory(flow, stops, one) for one in statutory),
    ]


@dataclass(frozen=True, slots=True)
class Kept:
    """A clock that ran or runs: why its last day is that day by all that is known now, beside the
    last day that was kept (``kept_on``; None while it stood still) and when the stay ended."""

    reason: Reason
    kept_on: date | None
    ended_on: date | None


def every(session: Session, case: Case, when: When) -> list[Kept]:
    """Every clock that a case ever had: of each stay, and the statutory one; a pause that came
    after a stay had run out makes the two dates differ."""
    flow = Flow(session, case.court_id, when)
    stops = flow.stops([case.id])[case.id]
    stays = list(running.all_stints(session, case.id))
    found = [Kept(_stage(flow, stops, one), one.due_on, one.ended_on) for one in stays]
    for clock_ in running.statutory_of(session, case.id):
        found.append(Kept(_statutory(flow, stops, clock_), clock_.due_on, case.closed_on))
    return found


def _stage(flow: Flow, stops: Stops, stint: RunningStint) -> Reason:
    kept = flow.policy(stint.policy_id)
    limit = kept.limit(stint.stage, stint.came_from)
    title = f"{STAGE_ZH[stint.stage]}({length(limit)})"
    source = f"规则 {kept.version}"
    asked = _Asked("stage", title, stint.stage, stint.started_on, limit, source, kept.rolls)
    pauses = tuple(one for one in stops.stage if one not in flow.outages)
    return _reason(flow, asked, stops.stage, (), pauses)


def _statutory(flow: Flow, stops: Stops, one: StatutoryClock) -> Reason:
    limit = flow.policy(one.policy_id).statutory_limit(one.cause)
    title = f"法定执行期限({length(limit)})"
    asked = _Asked("statutory", title, None, one.filed_on, limit, STATUTORY_SOURCE, True)
    return _reason(flow, asked, stops.statutory, stops.extensions, stops.statutory)


@dataclass(frozen=True, slots=True)
class _Asked:
    clock: str
    title: str
    stage: Stage | None
    starts_on: date
    limit: Limit
    source: str
    rolls: bool


def _reason(
    flow: Flow,
    asked: _Asked,
    excluded: tuple[Excluded, ...],
    extensions: tuple[Limit, ...],
    pauses: tuple[Excluded, ...],
) -> Reason:
    names = holiday_names(flow.session)
    due, steps = why(
        asked.starts_on,
        asked.limit,
        flow.calendar,
        asked.rolls,
        excluded,
        extensions,
        asked.source,
        names,
    )
    outages = [one for one in excluded if one not in pauses]
    drawn = Count(asked.starts_on, due, flow.calendar, pauses, outages, flow.when.on)
    stopped = clock.stopped_since(pauses, flow.when.on)
    return Reason(
        asked.clock,
        asked.title,
        asked.stage,
        asked.limit,
        asked.starts_on,
        due,
        steps,
        stopped,
        None,
        picture(drawn),
    )


def holiday_names(session: Session) -> dict[date, str]:
    """What the days off are called, as far as the lists say."""
    query = select(CalendarDay.day, CalendarDay.name).where(CalendarDay.name != "")
    return dict(session.execute(query).all())
