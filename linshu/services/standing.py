"""How do a case's two clocks stand today? Stopped by what, since when; how many days did not count.

Cheap enough for every look at a case: the stored dates are shown, not reckoned again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from linshu.rules import clock, policy
from linshu.rules.clock import DAY, Excluded
from linshu.rules.policy import Limit
from linshu.rules.stages import Stage
from linshu.store import stops
from linshu.store.cases import Case, Stint
from linshu.store.clocks import Extension, Pause
from linshu.store.people import PolicyVersion
from linshu.store.stops import PauseLine


@dataclass(frozen=True, slots=True)
class Standing:
    """One clock: ``pause`` stops it today, ``since`` when it has stood still without a break;
    ``excluded_days`` so far; ``months`` by which it was extended."""

    pause: Pause | None
    since: date | None
    excluded_days: int
    months: int = 0


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks of a case, and all that ever stopped or lengthened them, the latest first."""

    stage: Standing
    statutory: Standing
    pauses: list[PauseLine]
    extensions: list[tuple[Extension, str | None]]

    @property
    def pausing(self) -> bool:
        """Whether the stage clock stands still: then there is no due date and no countdown."""
        return self.stage.pause is not None


def clocks_of(session: Session, case: Case, stints: Sequence[Stint], today: date) -> Clocks:
    """How the clocks of a case stand, at its last stint; for a closed case when it was closed."""
    lines = stops.pauses_of(session, case.id)
    extensions = stops.extensions_of(session, case.id)
    outages = stops.outages(session, case.court_id)
    stint, day = stints[-1], min(today, case.closed_on or today)
    first = stints[stint.limited_by - 1]  # from whose start the limit counts
    stage = [line.pause for line in lines if line.pause.stops_stage]
    statutory = [line.pause for line in lines if line.pause.stops_statutory]
    longer = [clock.extension(one.months) for one, _by in reversed(extensions)]
    running = Stage(stint.stage).limited and not case.closed_on
    return Clocks(
        _standing(first.started_on, _stage_limits(session, stints), stage, outages, day, running),
        _standing(
            case.filed_on,
            [_statutory_limit(session, case, stints[0]), *longer],
            statutory,
            (),
            day,
            running,
        ),
        lines,
        extensions,
    )


def _standing(
    start: date,
    limits: Sequence[Limit],
    pauses: Sequence[Pause],
    outages: Sequence[Excluded],
    day: date,
    running: bool,
) -> Standing:
    spans = [Excluded(one.starts_on, one.ends_on, one.name) for one in pauses]
    union = clock.merged((*spans, *outages))
    n = (clock.plain_end(start, limits[0], limits[1:]) - start).days if limits else 0
    end = clock.nth_counted(start, n, union) or day
    until = min(day, end)
    days = 0
    for first, last in union:
        first, last = max(first, start + DAY), min(last or until, until)
        days += max(0, (last - first).days + 1)
    since = clock.stopped_since(spans, day) if running else None
    going_on = [
        one for one in pauses if since and since <= one.starts_on <= day and _lasts(one, day)
    ]
    months = sum(one.months for one in limits[1:])
    return Standing(going_on[-1] if going_on else None, since, days, months)


def _lasts(one: Pause, day: date) -> bool:
    return one.ends_on is None or one.ends_on >= day


def _stage_limits(session: Session, stints: Sequence[Stint]) -> list[Limit]:
    stint, before = stints[-1], stints[: stints[-1].limited_by - 1]
    stage = Stage(stint.stage)
    if not stage.limited:
        return []
    came_from = Stage(before[-1].stage) if before else None
    return [_policy(session, stint).limit(stage, came_from)]


def _statutory_limit(session: Session, case: Case, first: Stint) -> Limit:
    return _policy(session, first).statutory_limit(case.cause)


def _policy(session: Session, stint: Stint) -> policy.Policy:
    return policy.parse(session.get_one(PolicyVersion, stint.policy_id).document)
