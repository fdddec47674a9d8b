"""提醒: who must hear today that something runs out? Raised by the clock, read by people (R25).

Nothing here can be switched off by those who are told. Raising twice raises nothing twice; what a
downtime missed is raised at the next run, the most pressing one of each limit.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from linshu.rules.alerts import listeners, reached
from linshu.rules.deadlines import Told
from linshu.rules.duties import Role, Seat
from linshu.rules.policy import Policy
from linshu.rules.transitions import Undecidable
from linshu.services.actor import Actor
from linshu.services.errors import NotFound
from linshu.services.flow import Flow
from linshu.store import alerts, orders
from linshu.store.alerts import Ending, Subject
from linshu.store.clocks import Alert
from linshu.store.db import transaction
from linshu.store.writer import When


def raise_due(court_id: int, when: When, sends: bool = False) -> int:
    """Raises every alert that is due on ``when.on`` and has not been raised; returns how many.

    ``sends``: each is also queued for the court's message service. Invalid without a policy."""
    with transaction() as session:
        flow = Flow(session, court_id, when)
        seats = alerts.seats(session, court_id)
        rows = list(_rows(flow, seats))
        new = alerts.add(session, rows)
        if sends:
            alerts.queue_deliveries(session, court_id, "alert", new, when.at)
        return len(new)


def _rows(flow: Flow, seats: Sequence[Seat]) -> Iterator[dict[str, Any]]:
    on, court_id = flow.when.on, flow.court_id
    longest = max((*flow.current.alert_days, *_row_days(flow.current)), default=0)
    for ending in alerts.endings(flow.session, court_id, on, longest):
        days, tells = told_by(ending, policy_of(flow, ending))
        before = reached(ending.due_on, on, days)
        if before is None:
            continue
        for person_id in listeners(ending.running, seats, tells):
            yield _row(flow, person_id, ending, before)
    yield from _overdue_orders(flow, seats)
    if year := flow.calendar.missing_year(on):
        for seat in seats:
            if seat.role in (Role.BUREAU_CHIEF, Role.SYSTEM_ADMIN):
                last = date(year - 1, 12, 31)
                yield _row_of(flow, seat.person_id, Subject.CALENDAR, year, last)


def _overdue_orders(flow: Flow, seats: Sequence[Seat]) -> Iterator[dict[str, Any]]:
    """督办 that nobody answered in time: whoever stands above the handler hears of it, and whoever
    ordered it; once for each deadline."""
    for line in orders.overdue(flow.session, flow.court_id, flow.when.on):
        above = listeners(line.running, seats, (Told.LEAD,))
        for person_id in sorted({*above, line.order.by_id}):
            about = (Subject.ORDER_LATE, line.order.id, line.order.due_on)
            yield _row_of(flow, person_id, *about) | {"case_id": line.order.case_id}


def _row_days(policy: Policy) -> list[int]:
    return [count for row in policy.countdowns.values() for count in row.days]


def policy_of(flow: Flow, ending: Ending) -> Policy:
    """The version that says when to tell; today's where that one is broken, so that one bad case
    silences nobody."""
    try:
        return flow.policy(ending.policy_id)
    except Undecidable:
        return flow.current


def told_by(ending: Ending, policy: Policy) -> tuple[Sequence[int], Sequence[Told]]:
    """How many days before the limit, and who is told."""
    match ending.subject:
        case Subject.COUNTDOWN:
            row = policy.countdowns.get(ending.row)
            return (row.days, row.tells) if row else ((0,), (Told.HANDLER, Told.LEAD))
        case Subject.PAUSE:
            return (0,), (Told.HANDLER, Told.LEAD, Told.CHIEF)
        case _:
            return policy.alert_days, (Told.HANDLER, Told.LEAD)


def _row(flow: Flow, person_id: int, ending: Ending, before: int) -> dict[str, Any]:
    facts = _row_of(flow, person_id, ending.subject, ending.subject_id, ending.due_on)
    return facts | {"case_id": ending.case_id, "row": ending.row, "days_before": before}


def _row_of(
    flow: Flow, person_id: int, subject: Subject, subject_id: int, due_on: date
) -> dict[str, Any]:
    return {
        "court_id": flow.court_id,
        "person_id": person_id,
        "case_id": None,
        "subject": str(subject),
        "subject_id": subject_id,
        "row": "",
        "due_on": due_on,
        "days_before": 0,
        "raised_at": flow.when.at,
    }


def read(actor: Actor, alert_id: int | None, when: When) -> int:
    """Marks one of the actor's alerts, or all of them, as read; they stay in the inbox. Returns how
    many were not. NotFound for an alert that is not his."""
    with transaction() as session:
        if alert_id is not None:
            alert = session.get(Alert, alert_id)
            if alert is None or alert.person_id != actor.person_id:
                raise NotFound()
        return alerts.mark_read(session, actor.person_id, alert_id, when.at)
