"""What does a living court look like? Ten months of invented work, replayed through the services.

Nothing is inserted: a moving date files, screens, claims, records, asks, approves and closes what
the court's people would, and the sweep runs every night. The replay ends now.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from linshu.demo import closings, limits
from linshu.demo.people import CAUSES, SAID, STAFF, party
from linshu.rules import clock
from linshu.rules.calendar import Calendar
from linshu.rules.numbers import CaseNumber
from linshu.rules.policy import parse, published_text
from linshu.rules.stages import FIRST, RESUMED, Stage
from linshu.rules.transitions import Lot
from linshu.services import (
    alerts,
    claiming,
    digests,
    filing,
    people,
    recording,
    requests,
    screening,
    setup,
    sweep,
    transfers,
)
from linshu.services.actor import Actor
from linshu.services.errors import Refused
from linshu.services.filing import NewCase
from linshu.services.recording import NewAction
from linshu.store import queries
from linshu.store.cases import Request, Stint
from linshu.store.db import SHANGHAI, db
from linshu.store.writer import Doer, When

COURT = "鲁1329"
DAYS = 304  # ten months
CASES_A_DAY = 1.85  # on working days, which gives about 400 cases
#: How likely a case closes in a stint, and how likely the close is 终本.
CLOSES = {
    Stage.QUICK: (0.20, 0.0),
    Stage.CENTRE: (0.16, 0.1),
    Stage.INTENSIVE: (0.16, 0.5),
    Stage.LATERAL: (0.16, 0.5),
    Stage.TEAM_LEAD: (0.14, 0.6),
    Stage.BUREAU_CHIEF: (0.12, 0.6),
    Stage.VICE_PRESIDENT: (0.25, 0.6),
}


@dataclass(slots=True)
class Court:
    """The invented court on the day that is being played."""

    id: int
    calendar: Calendar
    lot: Lot
    actors: dict[str, Actor]
    serials: dict[tuple[int, str], int] = field(default_factory=dict)
    planned: dict[int, date] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    forgets: Lot = field(default_factory=lambda: Lot(17))


def replay(now: datetime) -> None:
    """Makes the demo court in an empty database, ending at ``now``; needs an app context."""
    today = now.astimezone(SHANGHAI).date()
    court = _found(today - timedelta(days=DAYS))
    for back in range(DAYS - 1, -1, -1):
        day = today - timedelta(days=back)
        if back or now.astimezone(SHANGHAI).time() > time(0, 6):
            sweep.expire_due(court.id, _at(day, 0, 5))
        if court.calendar.is_working(day) and (back or now.hour >= 17):
            _work(court, day, today)
        elif not back:
            _file(court, day, _at(day, 0, 10), 2)
    alerts.raise_due(court.id, When(now, now))
    digests.make(court.id, When(now, now))


def _at(day: date, hour: int, minute: int = 0) -> When:
    instant = datetime.combine(day, time(hour, minute), SHANGHAI)
    return When(instant, instant)


def _found(day: date) -> Court:
    court_id, _password = setup.found_court(COURT, _at(day, 0, 1))
    people.add_people(court_id, STAFF, Doer("admin", "security_admin"), _at(day, 0, 2))
    actors = {}
    for new in STAFF:
        actor = people.actor_by_login(new.login)
        if actor is not None:
            actors[new.login] = actor
    return Court(court_id, queries.calendar(db.session()), Lot(1329), actors)


def _work(court: Court, day: date, today: date) -> None:
    """One working day: the morning's filings, screening, claims, then the work itself."""
    _screen(court, _at(day, 9, 30))
    count = int(CASES_A_DAY) + (court.lot.random() < CASES_A_DAY % 1)
    _file(
        court, day, _at(day, 10, court.lot.randrange(50)), count + len(_wanted(court, day, today))
    )
    _screen_urgent(court, day, today)
    _claim(court, _at(day, 11))
    for case_id, stint in _open(court):
        _act(court, day, case_id, stint)
    limits.work(court.id, court.actors, day)
    _decide(court, _at(day, 16, 30))


def _wanted(court: Court, day: date, today: date) -> list[bool]:
    """So that some cases fall due today and tomorrow whatever the date: more are filed on the days
    whose limit at the quick team or in the centre ends then; True: simple, for the quick team."""
    policy = parse(published_text())
    ends = {
        simple: clock.due(day, policy.limits[stage], court.calendar, policy.rolls).on
        for simple, stage in ((True, Stage.QUICK), (False, Stage.CENTRE))
    }
    soon = (today, today + timedelta(days=1))
    return [simple for simple, end in ends.items() if end in soon for _ in range(4)]


def _file(court: Court, day: date, when: When, count: int) -> None:
    for _ in range(count):
        kind = RESUMED if court.lot.random() < 0.08 else FIRST
        serial = court.serials[day.year, kind] = court.serials.get((day.year, kind), 0) + 1
        lot = court.lot
        new = NewCase(
            number=CaseNumber(day.year, COURT, kind, serial),
            cause=lot.choice(CAUSES),
            filed_on=day,
            applicants=[party(lot)],
            debtors=[party(lot) for _ in range(lot.choice((1, 1, 1, 2)))],
            basis=_basis(day, lot),
            claim_fen=lot.randrange(200_000, 80_000_000, 100),
            preserved=lot.random() < 0.35,
            cooperative=lot.random() < 0.2,
            address_confirmed=lot.random() < 0.5,
        )
        filing.file_case(court.actors["filing"], new, when)


def _basis(day: date, lot: Lot) -> str:
    kind = lot.choice(("判决", "调解"))
    return f"（{day.year}）{COURT}民初{lot.randrange(1, 5000)}号民事{kind}书"


def _in_intake(court: Court) -> list[tuple[int, int, date]]:
    query = select(Stint.case_id, Stint.seq, Stint.started_on).where(
        Stint.court_id == court.id, Stint.ended_on.is_(None), Stint.stage == str(Stage.INTAKE)
    )
    return [tuple(row) for row in db.session.execute(query)]


def _screen(court: Court, when: When) -> None:
    """Most are screened the next morning; a few wait, and some are forgotten until the limit."""
    for case_id, seq, _started in _in_intake(court):
        if court.lot.random() < 0.85:
            _decide_screening(court, case_id, seq, when)


def _screen_urgent(court: Court, day: date, today: date) -> None:
    waiting = _in_intake(court)[::-1]
    for simple, (case_id, seq, _started) in zip(_wanted(court, day, today), waiting, strict=False):
        reasons = "被执行人当场表示愿意履行。" if simple else "被执行人下落不明,须先行查控。"
        screening.screen(court.actors["centre"], case_id, seq, simple, reasons, _at(day, 10, 55))
        court.planned[case_id] = date.max


def _decide_screening(court: Court, case_id: int, seq: int, when: When) -> None:
    actor = court.actors["centre"]
    simple = screening.suggested(actor, case_id, when)
    reasons = "与卷宗核对,情况属实。"
    if court.lot.random() < 0.08:
        simple, reasons = not simple, "经电话核实,与系统建议的情形不符。"
    screening.screen(actor, case_id, seq, simple, reasons, when)


def _open(court: Court) -> list[tuple[int, Stint]]:
    query = select(Stint).where(
        Stint.court_id == court.id,
        Stint.ended_on.is_(None),
        Stint.stage.not_in([str(Stage.INTAKE), str(Stage.DORMANT)]),
    )
    stints = list(db.session.scalars(query))
    db.session.expunge_all()
    return [(stint.case_id, stint) for stint in stints]


def _hands(court: Court) -> Iterator[Actor]:
    for login in (
        *("quick", "quick2", "centre", "centre2", "executor", "executor2"),
        *("executor3", "executor4", "lead", "lead2", "chief", "vice", "keeper"),
    ):
        yield court.actors[login]


def _claim(court: Court, when: When) -> None:
    """Everybody takes a case or two; what nobody took waits for the lead."""
    for actor in _hands(court):
        for _ in range(court.lot.choice((0, 1, 2))):
            try:
                claiming.claim_next(actor, when)
            except Refused:
                break


def _act(court: Court, day: date, case_id: int, stint: Stint) -> None:
    if stint.handler_id is None:
        return
    actor = next(a for a in court.actors.values() if a.person_id == stint.handler_id)
    if stint.id not in court.seen:
        court.seen.add(stint.id)
        _plan_the_end(court, day, stint)
        _tell(court, actor, stint, _at(day, 11, 30))
    roll = court.lot.random()
    if court.planned.get(case_id) == day:
        _close(court, actor, stint, _at(day, 15, 40))
    elif roll < 0.035:
        _record(court, actor, stint, _at(day, 17, 5))
    elif roll < 0.0365 and stint.stage in (Stage.QUICK, Stage.CENTRE, Stage.INTENSIVE):
        _ask(court, actor, stint, _at(day, 14, 20))


def _tell(court: Court, actor: Actor, stint: Stint, when: When) -> None:
    """The first handler sends the notice, the next ones tell the parties; a few forget."""
    changed = stint.case_id in court.told
    court.told.add(stint.case_id)
    if court.forgets.random() < 0.93:
        kind = "parties_told" if changed else "notice"
        text = "电话告知双方当事人承办人变更。" if changed else "执行通知书、报告财产令已发出。"
        new = NewAction(kind, text, when.at)
        recording.record(actor, stint.case_id, stint.seq, new, when)


def _plan_the_end(court: Court, day: date, stint: Stint) -> None:
    chance, _ = CLOSES[Stage(stint.stage)]
    if stint.case_id in court.planned or court.lot.random() > chance:
        return
    planned = day + timedelta(days=court.lot.randrange(6, 26))
    court.planned[stint.case_id] = court.calendar.roll(planned)[0]


def _record(court: Court, actor: Actor, stint: Stint, when: When) -> None:
    kind = court.lot.choice(list(SAID))
    happened = when.at - timedelta(hours=court.lot.randrange(1, 5), minutes=court.lot.randrange(50))
    text = court.lot.choice(SAID[kind])
    new = NewAction(kind, text, max(happened, stint.started_at))
    recording.record(actor, stint.case_id, stint.seq, new, when)


def _close(court: Court, actor: Actor, stint: Stint, when: When) -> None:
    _, dormant = CLOSES[Stage(stint.stage)]
    ends = court.lot.random() < dormant and closings.may_end(stint.case_id, when.on)
    kind = closings.TERMINATION if ends else closings.FULL
    closings.report(actor, court.actors["president"], stint, kind, when)


def _ask(court: Court, actor: Actor, stint: Stint, when: When) -> None:
    ground = court.lot.choice(("recusal", "other", "other"))
    reason = {
        "recusal": "本人与被执行人系亲属,申请回避。",
        "other": "被执行人财产线索均在外地,需精执团队集中查控。",
    }[ground]
    try:
        transfers.ask(actor, stint.case_id, stint.seq, ground, reason, when)
    except Refused:
        return


def _decide(court: Court, when: When) -> None:
    """The leads look into their inbox; what they leave waits for tomorrow."""
    closings.review([court.actors["centre"], court.actors["centre2"]], when)
    for login in ("quick-lead", "centre-lead", "lead", "lead2", "chief", "vice", "president"):
        actor = court.actors[login]
        for request in queries.waiting_requests(db.session(), actor.court_id):
            likely = 0.9 if closings.is_closing(request) else 0.4
            if court.lot.random() < likely:
                _decide_one(court, actor, request, when)


def _decide_one(court: Court, actor: Actor, request: Request, when: When) -> None:
    likely = 0.95 if closings.is_closing(request) else 0.6
    try:
        if request.status == "confirming":
            requests.confirm(actor, request.id, when)
        elif court.lot.random() < likely:
            requests.approve(actor, request.id, "同意。", when)
        else:
            requests.refuse(actor, request.id, "本团队仍有措施可用,请继续办理。", when)
    except Refused:
        return
