"""每日提要: what must one person know this morning? Made once a day, for everybody.

The handler reads what ends today and tomorrow or has ended; a lead the same of his whole team, by
handler; president, vice president and supervisors what has reached the end of the line (顶格).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from linshu.rules.alerts import listeners
from linshu.rules.duties import Role, Seat
from linshu.services.alerts import policy_of, told_by
from linshu.services.dates import iso
from linshu.services.flow import Flow
from linshu.store import alerts
from linshu.store.alerts import Ending
from linshu.store.db import transaction
from linshu.store.writer import When

MOST = 100  # a digest is read in a minute; the counts say how many there are
READS_CAPPED = frozenset({Role.VICE_PRESIDENT, Role.PRESIDENT, Role.SUPERVISOR})


def make(court_id: int, when: When, sends: bool = False) -> int:
    """Makes the day's digest of everybody for whom there is anything; returns how many are new.

    A second run on the same day makes none. ``sends``: each is also queued for the court's
    message service."""
    with transaction() as session:
        flow = Flow(session, court_id, when)
        seats = alerts.seats(session, court_id)
        endings = _by_listener(flow, seats)
        numbers = alerts.numbers(
            session, sorted({e.case_id for some in endings.values() for e in some})
        )
        capped = alerts.capped(session, court_id)
        rows = [
            {"court_id": court_id, "person_id": seat.person_id, "day": when.on, "content": content}
            for seat in seats
            if (content := _content(seat, endings[seat.person_id], numbers, capped, when.on))
        ]
        new = alerts.add_digests(session, rows)
        if sends:
            alerts.queue_deliveries(session, court_id, "digest", new, when.at)
        return len(new)


def _by_listener(flow: Flow, seats: Sequence[Seat]) -> Mapping[int, list[Ending]]:
    found: dict[int, list[Ending]] = defaultdict(list)
    for ending in alerts.endings(flow.session, flow.court_id, flow.when.on, within=1):
        _days, tells = told_by(ending, policy_of(flow, ending))
        for person_id in listeners(ending.running, seats, tells):
            found[person_id].append(ending)
    return found


def _content(
    seat: Seat,
    endings: Sequence[Ending],
    numbers: Mapping[int, str],
    capped: Sequence[tuple[int, str, date]],
    today: date,
) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if endings:
        content["counts"] = dict(Counter(_when(ending.due_on, today) for ending in endings))
        content["ends"] = [_item(one, numbers) for one in sorted(endings, key=_order)[:MOST]]
    if seat.role is Role.TEAM_LEAD and endings:
        handlers = Counter(str(one.running.handler_id or "") for one in endings)
        content["handlers"] = dict(handlers)
    if seat.role in READS_CAPPED and capped:
        content["capped"] = [
            {"case_id": id_, "number": number, "since": iso(on)}
            for id_, number, on in capped[:MOST]
        ]
        content["capped_count"] = len(capped)
    return content


def _when(due_on: date, today: date) -> str:
    if due_on < today:
        return "late"
    return "today" if due_on == today else "tomorrow"


def _order(ending: Ending) -> tuple[date, str, int]:
    return ending.due_on, str(ending.subject), ending.subject_id


def _item(ending: Ending, numbers: Mapping[int, str]) -> dict[str, Any]:
    return {
        "case_id": ending.case_id,
        "number": numbers[ending.case_id],
        "subject": str(ending.subject),
        "row": ending.row,
        "due_on": iso(ending.due_on),
        "handler_id": ending.running.handler_id,
    }
