"""Does a pause stop the clocks it should, from its real start to its real end, and no other?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations, permutations

import pytest
from sqlalchemy import func, select

from linshu.rules.clock import Excluded
from linshu.rules.policy import Limit, parse, published_text
from linshu.services import dates, pauses, policies, reasons, requests, transfers
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from linshu.services.flow import Flow
from linshu.services.pauses import NewPause
from linshu.store import queries
from linshu.store.books import Posting, TrailEntry
from linshu.store.cases import Request, Stint
from linshu.store.clocks import Pause
from linshu.store.db import db, transaction
from linshu.store.people import CalendarDay, Team
from linshu.store.writer import Doer
from tests.court import ONE, TWO, Court, at
from tests.rules.plain import last_day

FILED = date(2026, 1, 5)
MONTH, HALF_YEAR = Limit(months=1), Limit(months=6)
BOTH = 'stops = ["stage", "statutory"]'
MEMBERS = {ONE: ("one", "lead-one"), TWO: ("two", "lead-two")}


def trail_of(case_id: int) -> list[dict]:
    query = select(TrailEntry.line).where(TrailEntry.case_id == case_id).order_by(TrailEntry.seq)
    return [json.loads(line) for line in db.session.scalars(query)]


def tags(case_id: int) -> list[str]:
    return [entry["tag"] for entry in trail_of(case_id)]


def hands(court: Court, case_id: int) -> tuple[str, str]:
    """The logins of somebody in the team that holds a case, and of its lead."""
    return MEMBERS[db.session.get_one(Team, court.stint(case_id).team_id).name]


def asked(
    court: Court,
    case_id: int,
    start: str,
    end: str | None = None,
    on: str = "",
    kind: str = "expertise",
) -> int:
    """A pause asked for on a day by the team that holds the case; the request's id."""
    new = NewPause(
        kind, date.fromisoformat(start), end and date.fromisoformat(end), "(2026)鉴委1号"
    )
    who, seq = court.who(hands(court, case_id)[0]), court.stint(case_id).seq
    return pauses.ask(who, case_id, seq, new, "委托鉴定", at(on or start, 10))


def approved(
    court: Court,
    case_id: int,
    start: str,
    end: str | None = None,
    on: str = "",
    kind: str = "expertise",
) -> int:
    """The same, approved at once by the team's lead; the pause's id."""
    lead = court.who(hands(court, case_id)[1])
    request_id = asked(court, case_id, start, end, on, kind)
    requests.approve(lead, request_id, "同意", at(on or start, 11))
    return db.session.scalars(select(Pause.id).where(Pause.request_id == request_id)).one()


def ended(court: Court, case_id: int, pause_id: int, last: str, on: str = "") -> None:
    who = court.who(hands(court, case_id)[0])
    pauses.end(who, case_id, pause_id, date.fromisoformat(last), "鉴定意见已收", at(on or last, 15))


def stage_due(court: Court, case_id: int) -> str | None:
    return dates.iso(court.stint(case_id).due_on)


def statutory_due(court: Court, case_id: int) -> str | None:
    return dates.iso(court.case(case_id).statutory_due_on)


def balances(court: Court) -> dict[str, int]:
    db.session.rollback()
    return {name: n for name, n in queries.balances(db.session(), court.id).items() if n}


@pytest.fixture
def at_intensive(court: Court) -> tuple[Court, int]:
    """A case filed 2026-01-05, at its first intensive stint from 04-08 to 05-08."""
    case_id = court.brought_to("intensive", "2026-01-05")
    stint = court.stint(case_id)
    assert (str(stint.started_on), str(stint.due_on)) == ("2026-04-08", "2026-05-08")
    return court, case_id


# Asked for, approved, ended ---------------------------------------------------------------------


def test_a_pause_is_asked_for_approved_and_ended(at_intensive) -> None:
    court, case_id = at_intensive
    request_id = asked(court, case_id, "2026-04-20", on="2026-04-22")
    assert stage_due(court, case_id) == "2026-05-08"  # what is only asked for stops nothing
    lead = court.who(hands(court, case_id)[1])
    requests.approve(lead, request_id, "同意", at("2026-04-23"))
    assert (stage_due(court, case_id), statutory_due(court, case_id)) == (None, None)
    pause = db.session.scalars(select(Pause)).one()
    ended(court, case_id, pause.id, "2026-04-29", on="2026-04-30")
    assert stage_due(court, case_id) == "2026-05-18"  # ten days were paused: 04-20 to 04-29
    assert statutory_due(court, case_id) == "2026-07-15"  # from 07-05, unrolled
    assert tags(case_id)[-7:] == [
        "request.approved",
        "case.paused",
        "case.due_changed",
        "case.statutory_changed",
        "case.pause_ended",
        "case.due_changed",
        "case.statutory_changed",
    ]
    assert trail_of(case_id)[-2]["before"] == {"due_on": None}
    assert trail_of(case_id)[-2]["after"] == {"due_on": "2026-05-18", "provisional": False}


def test_a_pause_keeps_what_it_rests_on_and_who_ended_it(at_intensive) -> None:
    court, case_id = at_intensive
    pause_id = approved(court, case_id, "2026-04-20", kind="settlement")
    ended(court, case_id, pause_id, "2026-04-21")
    pause = db.session.get_one(Pause, pause_id)
    assert (pause.kind, pause.name) == ("settlement", "和解或者担保后暂缓")
    assert (pause.ground, pause.document) == ("民事诉讼法第二百四十二条", "(2026)鉴委1号")
    assert pause.ended_by == court.who(hands(court, case_id)[0]).person_id
    assert pause.watch_on == date(2026, 4, 20) + timedelta(days=180)


def test_a_refused_pause_stops_nothing(at_intensive) -> None:
    court, case_id = at_intensive
    request_id = asked(court, case_id, "2026-04-20")
    lead = court.who(hands(court, case_id)[1])
    requests.refuse(lead, request_id, "不属于应当扣除的情形", at("2026-04-21"))
    assert stage_due(court, case_id) == "2026-05-08"
    assert db.session.scalar(select(func.count()).select_from(Pause)) == 0
    with pytest.raises(Conflict):
        requests.approve(lead, request_id, "", at("2026-04-22"))


def test_nobody_approves_his_own_pause(court: Court) -> None:
    case_id = court.brought_to("team_lead", "2026-01-05")
    lead = next(
        who for who in (court.who("lead-one"), court.who("lead-two"))
        if court.stint(case_id).team_id in queries.own_team_ids(
            db.session(), court.id, who.role, who.team_id)
    )  # fmt: skip
    on = at(court.stint(case_id).started_on, 10)
    new = NewPause("expertise", on.on, None, "(2026)鉴委1号")
    request_id = pauses.ask(lead, case_id, court.stint(case_id).seq, new, "委托鉴定", on)
    with pytest.raises(NotAllowed, match="自己"):
        requests.approve(lead, request_id, "", on)
    requests.approve(court.who("chief"), request_id, "", on)
    assert stage_due(court, case_id) is None


@pytest.mark.parametrize("login", ["other", "chief", "president", "one-of"])
def test_only_the_lead_of_the_team_that_asked_decides(at_intensive, login: str) -> None:
    court, case_id = at_intensive
    request_id = asked(court, case_id, "2026-04-20")
    mine = hands(court, case_id)
    other = next(pair for pair in MEMBERS.values() if pair != mine)
    who = {"other": other[1], "one-of": other[0]}.get(login, login)
    with pytest.raises(NotAllowed):
        requests.approve(court.who(who), request_id, "", at("2026-04-21"))


@pytest.mark.parametrize(
    ("kind", "start", "end", "document", "ground", "why"),
    [
        ("holiday", "2026-04-20", None, "令1号", "", "没有这种类型"),
        ("expertise", "2026-04-20", None, "  ", "", "文书"),
        ("expertise", "2026-04-23", None, "令1号", "", "晚于今天"),
        ("expertise", "2026-04-20", "2026-04-19", "令1号", "", "早于起始"),
        ("expertise", "2026-01-04", None, "令1号", "", "立案日期"),
        ("other", "2026-04-20", None, "令1号", "", "法律依据"),  # its kind has no ground of its own
        ("expertise", "2026-04-20", None, "令" * 201, "", "过长"),
    ],
)
def test_what_cannot_be_paused(at_intensive, kind, start, end, document, ground, why) -> None:
    court, case_id = at_intensive
    new = NewPause(
        kind, date.fromisoformat(start), end and date.fromisoformat(end), document, ground
    )
    who = court.who(hands(court, case_id)[0])
    with pytest.raises(Invalid, match=why):
        pauses.ask(who, case_id, 3, new, "理由", at("2026-04-22"))
    assert db.session.scalar(select(func.count()).select_from(Request)) == 0


def test_a_pause_cannot_begin_when_every_limit_it_stops_has_run_out(court: Court) -> None:
    case_id = court.brought_to("vice_president", "2025-01-06")
    due_on = court.stint(case_id).due_on
    assert due_on is not None
    late = at(due_on + timedelta(days=1), 10)
    new = NewPause("expertise", late.on, None, "令1号")
    with pytest.raises(Invalid, match="届满"):
        pauses.ask(court.who("vice"), case_id, court.stint(case_id).seq, new, "理由", late)
    earlier = NewPause("expertise", due_on, None, "令1号")  # began on the last day: in time
    pauses.ask(court.who("vice"), case_id, court.stint(case_id).seq, earlier, "理由", late)


def test_one_pause_is_asked_for_at_a_time_and_only_by_the_holder(at_intensive) -> None:
    court, case_id = at_intensive
    asked(court, case_id, "2026-04-20")
    with pytest.raises(Conflict, match="待决"):
        asked(court, case_id, "2026-04-21")
    other = next(pair for pair in MEMBERS.values() if pair != hands(court, case_id))
    with pytest.raises(Refused):
        new = NewPause("expertise", date(2026, 4, 20), None, "令1号")
        pauses.ask(court.who(other[0]), case_id, 3, new, "理由", at("2026-04-22"))


def test_a_pause_ends_once_and_not_before_its_start_nor_in_the_future(at_intensive) -> None:
    court, case_id = at_intensive
    pause_id = approved(court, case_id, "2026-04-20")
    for last, why in (("2026-04-19", "早于起始"), ("2026-04-26", "晚于今天")):
        with pytest.raises(Invalid, match=why):
            ended(court, case_id, pause_id, last, on="2026-04-25")
    ended(court, case_id, pause_id, "2026-04-24", on="2026-04-25")
    with pytest.raises(Conflict, match="已于2026-04-24结束"):
        ended(court, case_id, pause_id, "2026-04-25")
    other = court.brought_to("intensive", "2026-01-06")
    with pytest.raises(NotFound):
        ended(court, other, pause_id, "2026-05-01")


# Counting -----------------------------------------------------------------------------------------


def test_overlapping_pauses_count_once(at_intensive) -> None:
    court, case_id = at_intensive
    approved(court, case_id, "2026-04-10", "2026-04-14", on="2026-04-20")
    approved(court, case_id, "2026-04-13", "2026-04-16", on="2026-04-20", kind="suspension")
    assert stage_due(court, case_id) == "2026-05-15"  # seven days, 04-10 to 04-16
    assert statutory_due(court, case_id) == "2026-07-13"  # 07-12 is a Sunday


def test_a_pause_whose_end_is_known_shows_as_a_pause_and_moves_the_dates(at_intensive) -> None:
    court, case_id = at_intensive
    approved(court, case_id, "2026-04-20", "2026-05-19", on="2026-04-20")
    assert stage_due(court, case_id) == "2026-06-08"  # 06-07 is a Sunday
    found = reasons.reasons(db.session(), court.case(case_id), at("2026-05-01"))
    assert [(one.due_on, str(one.stopped_since)) for one in found] == [(None, "2026-04-20")] * 2
    after = reasons.reasons(db.session(), court.case(case_id), at("2026-05-20"))
    assert [str(one.due_on) for one in after] == ["2026-06-08", "2026-08-04"]


def test_ended_early_and_late(at_intensive) -> None:
    court, case_id = at_intensive
    early = approved(court, case_id, "2026-04-10", "2026-04-30", on="2026-04-10")
    assert stage_due(court, case_id) == "2026-05-29"
    ended(court, case_id, early, "2026-04-14", on="2026-04-15")
    assert stage_due(court, case_id) == "2026-05-13"  # five days
    late = approved(court, case_id, "2026-04-20")
    ended(court, case_id, late, "2026-04-21", on="2026-05-25")  # told a month after it ended
    assert stage_due(court, case_id) == "2026-05-15"
    court.sweep("2026-05-25")
    assert court.stint(case_id).stage == "lateral"


@pytest.mark.parametrize("stops", [["stage"], ["statutory"], ["stage", "statutory"]])
def test_each_kind_stops_the_clocks_that_the_policy_says(court: Court, stops: list[str]) -> None:
    adopted(court, "2026-01-02", lambda text: text.replace(BOTH, f"stops = {json.dumps(stops)}"))
    kinds = parse(published_text()).pauses
    for kind, case_id in zip(
        kinds, court.file_many(len(kinds), FILED.isoformat(), False), strict=True
    ):
        court.sweep("2026-04-08")
        new = NewPause(kind, date(2026, 4, 20), None, "令1号", "院长批准")
        who, lead = map(court.who, hands(court, case_id))
        request_id = pauses.ask(who, case_id, 3, new, "理由", at("2026-04-20"))
        requests.approve(lead, request_id, "", at("2026-04-20"))
        assert stage_due(court, case_id) == (None if "stage" in stops else "2026-05-08")
        assert statutory_due(court, case_id) == (None if "statutory" in stops else "2026-07-06")


def adopted(court: Court, on: str, edit: Callable[[str], str]) -> None:
    """A policy in force from a day, the published one with an edit."""
    text = edit(published_text())
    text = text.replace('version = "linshu-2021"', f'version = "court-{on}"')
    text = text.replace("effective_on = 2000-01-01", f"effective_on = {on}")
    policies.adopt(court.who("system"), text, at(on))


# Late approval, points -------------------------------------------------------------------------


def test_one_approved_after_its_stint_expired_moves_nothing_back_and_returns_the_points(
    at_intensive,
) -> None:
    court, case_id = at_intensive
    before = balances(court)
    request_id = asked(court, case_id, "2026-04-20", on="2026-04-30")
    lead = court.who(hands(court, case_id)[1])
    court.sweep("2026-05-09")
    assert court.stint(case_id).stage == "lateral"
    moved = balances(court)
    assert moved != before
    requests.approve(lead, request_id, "同意", at("2026-05-11"))
    stint = court.stint(case_id)
    assert (stint.stage, stint.due_on) == ("lateral", None)  # where it is, and it stands still
    assert balances(court) == before
    expired = db.session.scalars(
        select(Stint.id).where(Stint.case_id == case_id, Stint.stage == "intensive")
    ).one()
    postings = db.session.scalars(select(Posting).where(Posting.stint_id == expired)).all()
    assert sorted(one.kind for one in postings) == ["move", "move", "reversal", "reversal"]
    assert sum(one.points for one in postings) == 0
    assert "points.returned" in tags(case_id)
    refresh(court, case_id, "2026-05-12")  # a second time returns nothing more
    assert balances(court) == before
    assert tags(case_id).count("points.returned") == 1


def test_a_pause_that_ended_before_it_mattered_gives_the_points_back_again(court: Court) -> None:
    case_id = court.brought_to("intensive", "2026-01-05")
    request_id = asked(court, case_id, "2026-05-01", on="2026-05-06")
    lead = court.who(hands(court, case_id)[1])
    court.sweep("2026-05-20")  # the machine stood still from 05-09 on
    moved = balances(court)
    requests.approve(lead, request_id, "同意", at("2026-05-21"))
    assert balances(court) != moved
    pause = db.session.scalars(select(Pause)).one()
    ended(court, case_id, pause.id, "2026-05-03", on="2026-05-22")  # due 05-11: it holds again
    assert balances(court) == moved
    assert tags(case_id).count("points.restored") == 1
    assert db.session.scalar(select(func.sum(Posting.points))) == 0


def refresh(court: Court, case_id: int, on: str) -> None:
    """The dates of a case brought up to what the rules give now."""
    with transaction() as session:
        dates.refresh(Flow(session, court.id, at(on)), [case_id], Doer(), {"why": "test"})


def calendar():
    return queries.calendar(db.session())


# The sweep --------------------------------------------------------------------------------------


def test_the_sweep_passes_paused_cases_by_and_moves_them_the_day_after_they_are_due(
    at_intensive,
) -> None:
    court, case_id = at_intensive
    pause_id = approved(court, case_id, "2026-05-07")
    for day in ("2026-05-09", "2026-06-09", "2026-07-31"):
        assert court.sweep(day).moved == 0
    ended(court, case_id, pause_id, "2026-07-31")
    due_on = last_day(
        date(2026, 4, 8),
        [MONTH],
        calendar(),
        True,
        [Excluded(date(2026, 5, 7), date(2026, 7, 31))],
    )
    assert court.stint(case_id).due_on == due_on == date(2026, 8, 3)  # 08-02 is a Sunday
    assert court.sweep("2026-08-03").moved == 0
    assert court.sweep("2026-08-04").moved == 1
    assert court.stint(case_id).stage == "lateral"


def test_a_case_that_stands_at_the_end_of_the_line_loses_its_flag_while_paused(
    court: Court,
) -> None:
    case_id = court.brought_to("vice_president", "2025-01-06")
    due_on = court.stint(case_id).due_on
    assert due_on is not None
    new = NewPause("expertise", due_on - timedelta(days=9), None, "令1号")
    vice, president = court.who("vice"), court.who("president")
    request_id = pauses.ask(vice, case_id, court.stint(case_id).seq, new, "理由", at(due_on, 9))
    court.sweep(due_on + timedelta(days=1))
    assert court.stint(case_id).capped_on is not None
    requests.approve(president, request_id, "", at(due_on + timedelta(days=1), 10))
    stint = court.stint(case_id)
    assert (stint.capped_on, stint.due_on) == (None, None)


# Every combination ------------------------------------------------------------------------------

#: What can happen to a case while it is paused.
HAPPENS = ("moved", "policy", "calendar", "overlap")
ORDERS = list(
    dict.fromkeys(
        [order for n in range(5) for order in combinations(HAPPENS, n)] + [*permutations(HAPPENS)]
    )
)
DAYS = ("2026-04-22", "2026-04-24", "2026-04-27", "2026-04-29")
DAYS_OFF = [date(2026, 5, 11) + timedelta(days=n) for n in (0, 1, 2, 7, 8, 28, 29, 65, 66, 67)]
ENDINGS = ("执行完毕", "终本", "ended")


@pytest.mark.parametrize("order", ORDERS, ids=["-".join(order) or "nothing" for order in ORDERS])
def test_a_pause_counts_right_through_whatever_happens_meanwhile(court: Court, order) -> None:
    ids = court.file_many(len(ENDINGS), "2026-01-05", simple=False)
    court.sweep("2026-04-08")
    limits = dict.fromkeys(ids, MONTH)
    for id_ in ids:
        approved(court, id_, "2026-04-15", on="2026-04-17")
    in_force = MONTH
    for day, what in zip(DAYS, order, strict=False):
        if what == "policy":
            adopted(court, day, longer_stays)
            in_force = Limit(months=2)
        elif what == "calendar":
            edit_calendar(court, ids, day)
        for id_ in ids:
            if what == "moved":
                transferred(court, id_, day)
                limits[id_] = in_force
            elif what == "overlap":
                approved(court, id_, "2026-04-18", "2026-05-30", on=day, kind="suspension")
        assert {(stage_due(court, id_), statutory_due(court, id_)) for id_ in ids} == {(None, None)}
    how = dict(zip(ids, ENDINGS, strict=True))
    for id_ in ids:
        if how[id_] == "ended":
            first = db.session.scalars(
                select(Pause.id).where(Pause.case_id == id_).order_by(Pause.id)
            ).first()
            ended(court, id_, first or 0, "2026-05-20", on="2026-05-21")
        else:
            closed(court, id_, how[id_], "2026-05-20")
        span = [Excluded(date(2026, 4, 15), date(2026, 5, 20))]
        if "overlap" in order and how[id_] == "ended":
            span.append(Excluded(date(2026, 4, 18), date(2026, 5, 30)))
        stint = last_limited(id_)
        plainly = last_day(stint.started_on, [limits[id_]], calendar(), True, span)
        assert stint.due_on == plainly, how[id_]
        plainly = last_day(FILED, [HALF_YEAR], calendar(), True, span)
        assert court.case(id_).statutory_due_on == plainly, how[id_]
    moved_on_time(court, ids[-1])
    assert db.session.scalar(select(func.sum(Posting.points))) == 0


def longer_stays(text: str) -> str:
    for stage in ("intensive     ", "lateral       "):
        text = text.replace(f"{stage} = {{ months = 1 }}", f"{stage} = {{ months = 2 }}")
    return text


def edit_calendar(court: Court, ids: list[int], day: str) -> None:
    """The court enters more days off; every open date is brought up to them."""
    with transaction() as session:
        for off in DAYS_OFF:
            session.merge(CalendarDay(day=off, works=False, name="补假"))
        session.flush()
        flow = Flow(session, court.id, at(day))
        dates.refresh(flow, ids, Doer("system", "system_admin"), {"why": "calendar"})


def transferred(court: Court, case_id: int, day: str) -> None:
    """An early transfer, asked for and approved."""
    who, lead = map(court.who, hands(court, case_id))
    seq = court.stint(case_id).seq
    request_id = transfers.ask(who, case_id, seq, "other", "财产在外地", at(day, 12))
    requests.approve(lead, request_id, "", at(day, 13))
    assert court.stint(case_id).stage == "lateral"


def closed(court: Court, case_id: int, how: str, day: str) -> None:
    kind = "终结本次执行程序" if how == "终本" else how
    court.close(case_id, kind, at(day, 16), hands(court, case_id)[0])
    ends = db.session.scalars(select(Pause.ends_on).where(Pause.case_id == case_id)).all()
    assert set(ends) == {date.fromisoformat(day)}


def last_limited(case_id: int) -> Stint:
    db.session.rollback()
    query = select(Stint).where(Stint.case_id == case_id, Stint.stage != "dormant")
    return db.session.scalars(query.order_by(Stint.seq.desc()).limit(1)).one()


def moved_on_time(court: Court, case_id: int) -> None:
    """The sweep leaves a case where it is on its last day, and moves it the day after."""
    stint = court.stint(case_id)
    assert stint.due_on is not None
    court.sweep(stint.due_on)
    assert court.stint(case_id).id == stint.id
    court.sweep(stint.due_on + timedelta(days=1))
    assert court.stint(case_id).seq == stint.seq + 1
