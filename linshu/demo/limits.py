"""Which limits of the invented court stand still, and which run longer? Some, through the services.

Its dice are its own: what the rest of the replay throws stays as it was.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from linshu.rules.approvals import Sitting
from linshu.rules.policy import parse, published_text
from linshu.rules.stages import Stage
from linshu.rules.transitions import Lot
from linshu.services import extensions, pauses, requests
from linshu.services.actor import Actor
from linshu.services.errors import Refused
from linshu.services.pauses import NewPause
from linshu.store import inbox
from linshu.store.cases import Case, Stint
from linshu.store.clocks import Pause
from linshu.store.db import SHANGHAI, db
from linshu.store.writer import When

ASKED, ENDED, EXTENDED, DECIDED = 0.0015, 0.03, 0.1, 0.6  # a working day's chances
#: kind: the document, why, and after how many days it ends where that is known beforehand.
WANTED: Mapping[str, tuple[str, str, int | None]] = {
    "announcement": ("执行通知书公告", "被执行人下落不明,公告送达。", 60),
    "audit": ("委托评估函", "委托评估机构对房产估价。", None),
    "expertise": ("委托鉴定函", "对车辆损失委托鉴定。", None),
    "auction": ("网络拍卖公告", "房产进入网络拍卖。", 45),
    "settlement": ("执行和解协议", "双方达成和解,分期履行。", None),
    "suspension": ("中止执行裁定书", "案外人对执行标的提出异议。", None),
}
LAST_DAYS = timedelta(days=parse(published_text()).extension.last_days - 1)
Seat = tuple[int, int, Actor, date]


def work(court_id: int, actors: Mapping[str, Actor], day: date) -> None:
    """One working day: pauses are asked for and ended, extensions asked for; both decided."""
    lot = Lot(day.toordinal())
    seats = _seats(court_id, actors)
    for seat in seats.values():
        if lot.random() < ASKED:
            _pause(lot, seat, day)
    for pause_id, case_id in _open_pauses(court_id):
        if case_id in seats and lot.random() < ENDED:
            _end(lot, seats[case_id], pause_id, day)
    for case_id in _running_out(court_id, day):
        if case_id in seats and lot.random() < EXTENDED:
            _extend(seats[case_id], day)
    for login in ("president", "vice"):
        _decide(lot, actors[login], day)


def _at(day: date, hour: int, minute: int) -> When:
    instant = datetime.combine(day, time(hour, minute), SHANGHAI)
    return When(instant, instant)


def _seats(court_id: int, actors: Mapping[str, Actor]) -> dict[int, Seat]:
    """The open cases that somebody handles, with him and when they came."""
    by_id = {actor.person_id: actor for actor in actors.values()}
    query = select(Stint.case_id, Stint.seq, Stint.handler_id, Stint.started_on).where(
        Stint.court_id == court_id,
        Stint.ended_on.is_(None),
        Stint.handler_id.is_not(None),
        Stint.stage != str(Stage.DORMANT),
    )
    return {
        case_id: (case_id, seq, by_id[handler_id], started_on)
        for case_id, seq, handler_id, started_on in db.session.execute(query.order_by(Stint.id))
    }


def _pause(lot: Lot, seat: Seat, day: date) -> None:
    case_id, seq, actor, came_on = seat
    kind = lot.choice(list(WANTED))
    document, reason, days = WANTED[kind]
    start = max(came_on, day - timedelta(days=lot.randrange(4)))
    end = start + timedelta(days=days - 1) if days else None
    new = NewPause(kind, start, end, f"({day.year}){document}{lot.randrange(1, 900)}号")
    try:
        pauses.ask(actor, case_id, seq, new, reason, _at(day, 14, 40))
    except Refused:
        return


def _open_pauses(court_id: int) -> list[tuple[int, int]]:
    query = select(Pause.id, Pause.case_id).where(
        Pause.court_id == court_id, Pause.ends_on.is_(None)
    )
    return [(pause_id, case_id) for pause_id, case_id in db.session.execute(query)]


def _end(lot: Lot, seat: Seat, pause_id: int, day: date) -> None:
    case_id, _seq, actor, _came_on = seat
    last_on = day - timedelta(days=lot.randrange(2))
    try:
        pauses.end(actor, case_id, pause_id, last_on, "事由已经消除。", _at(day, 15, 10))
    except Refused:
        return


def _running_out(court_id: int, day: date) -> list[int]:
    query = select(Case.id).where(
        Case.court_id == court_id,
        Case.closed_on.is_(None),
        Case.statutory_due_on.between(day, day + LAST_DAYS),
    )
    return list(db.session.scalars(query.order_by(Case.id)))


def _extend(seat: Seat, day: date) -> None:
    case_id, seq, actor, _came_on = seat
    reason, report = "财产正在处置,期限届满前不能执结。", f"鲁1329执延报{case_id}号"
    try:
        extensions.ask(actor, case_id, seq, 3, report, reason, _at(day, 15, 20))
    except Refused:
        return


def _decide(lot: Lot, actor: Actor, day: date) -> None:
    """What is theirs to decide and no lead's: extensions, and the pauses of those above."""
    for row in inbox.waiting(db.session(), Sitting(actor.seat), actor.court_id):
        if row.request.kind in (pauses.KIND, extensions.KIND) and lot.random() < DECIDED:
            requests.approve(actor, row.request.id, "同意。", _at(day, 16, 20))
