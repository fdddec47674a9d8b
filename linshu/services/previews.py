"""What would an approval change? Both clocks of a case before and after, and the points it returns.

Reckoned by the same rules that the approval itself will ask; nothing is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from linshu.rules import clock
from linshu.rules.clock import Excluded
from linshu.rules.deadlines import STAGE_CLOCK, STATUTORY_CLOCK
from linshu.services import dates, extensions, pauses
from linshu.services.actor import Actor
from linshu.services.flow import Flow
from linshu.store import dates as stored
from linshu.store import running
from linshu.store.cases import Request
from linshu.store.stops import Stops
from linshu.store.writer import When


@dataclass(frozen=True, slots=True)
class Change:
    """A clock (``stage`` or ``statutory``): its last day now, and if the request is approved; None
    while it stands still."""

    clock: str
    before_on: date | None
    after_on: date | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What approving one request would do. ``returned``: expiries whose points come back."""

    changes: tuple[Change, ...]
    returned: int


def previews(
    session: Session, actor: Actor, requests: Iterable[Request], when: When
) -> dict[int, Preview]:
    """For each pause and extension among these requests, what its approval would do now."""
    asked = [one for one in requests if one.kind in (pauses.KIND, extensions.KIND)]
    if not asked:
        return {}
    flow = Flow(session, actor.court_id, when)
    return {one.id: _preview(flow, one) for one in asked}


def _preview(flow: Flow, request: Request) -> Preview:
    ids = [request.case_id]
    would = _with(flow.stops(ids)[request.case_id], request)
    changes = list[Change]()
    for stint in running.stints(flow.session, flow.court_id, ids):
        due = dates.Dues(flow).stage(stint, would)
        changes.append(Change(STAGE_CLOCK, stint.due_on, due.on))
    for one in running.statutory(flow.session, flow.court_id, ids):
        kept = flow.policy(one.policy_id)
        due = clock.statutory_due(
            one.filed_on, one.cause, kept, flow.calendar, would.statutory, would.extensions
        )
        changes.append(Change(STATUTORY_CLOCK, one.due_on, due.on))
    return Preview(tuple(changes), _returned(flow, ids, would))


def _with(now: Stops, request: Request) -> Stops:
    """The stops of a case as they would be."""
    asked = request.particulars
    if request.kind == extensions.KIND:
        return replace(now, extensions=(*now.extensions, clock.extension(asked["months"])))
    ends_on = date.fromisoformat(asked["ends_on"]) if asked["ends_on"] else None
    span = Excluded(date.fromisoformat(asked["starts_on"]), ends_on, asked["name"])
    return replace(
        now,
        stage=(*now.stage, span) if STAGE_CLOCK in asked["stops"] else now.stage,
        statutory=(*now.statutory, span) if STATUTORY_CLOCK in asked["stops"] else now.statutory,
    )


def _returned(flow: Flow, ids: list[int], would: Stops) -> int:
    stints = list(running.expired(flow.session, flow.court_id, date.min, ids))
    already = stored.returned_stints(flow.session, [one.id for one in stints])
    count, dues = 0, dates.Dues(flow)
    for one in stints:
        due = dues.stage(one, would).on
        wrong = due is None or (one.ended_on is not None and due >= one.ended_on)
        count += wrong and one.id not in already
    return count
