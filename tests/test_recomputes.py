"""Does a change of many dates do what its preview said, once, and can it be taken back whole?"""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from linshu.rules import trail
from linshu.rules.calendar import Holiday
from linshu.rules.policy import published_text
from linshu.services import dates, pauses, policies, recomputes, requests
from linshu.services.edits import Downtime, Edit, PolicyForRunning, YearList
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from linshu.services.flow import Flow
from linshu.services.pauses import NewPause
from linshu.store import queries
from linshu.store import recomputes as kept
from linshu.store.books import Posting, TrailEntry
from linshu.store.cases import Case, Stint
from linshu.store.clocks import Recompute
from linshu.store.db import db, transaction
from linshu.store.people import PolicyVersion, Team
from tests.books import chains_hold
from tests.court import Court, at

ON = at("2026-12-04")
LATER = at("2026-12-07")


def day(text: str) -> date:
    return date.fromisoformat(text)


def off(start: str, end: str | None = None, name: str = "") -> Holiday:
    return Holiday(day(start), day(end or start), False, name)


def work(on: str) -> Holiday:
    return Holiday(day(on), day(on), True)


NEXT_YEAR = YearList(
    2027,
    "国办发明电〔2026〕7号",
    (
        off("2027-01-01", "2027-01-03", "元旦"),
        off("2027-05-01", "2027-05-05", "劳动节"),
        work("2027-05-08"),
        work("2027-05-09"),
    ),
)


def ask(court: Court, edit: Edit, when: Any = ON) -> int:
    return recomputes.ask(court.who("system"), edit, "照上级通知。", when)


def do(court: Court, edit: Edit, when: Any = ON) -> int:
    """Asked for and approved."""
    found = ask(court, edit, when)
    recomputes.approve(court.who("chief"), found, "", when)
    return found


def row(recompute_id: int) -> Recompute:
    db.session.rollback()
    return db.session.get_one(Recompute, recompute_id)


def changes(recompute_id: int) -> set[tuple[int, str, str, str, bool]]:
    found = kept.changes(db.session(), recompute_id).rows
    return {
        (one.case_id, one.clock, str(one.before_on), str(one.after_on), one.provisional)
        for one in found
    }


def everything() -> dict[str, Any]:
    """Every date, every policy of a stint, every point, every day of the calendar."""
    db.session.rollback()
    stints = select(Stint.id, Stint.due_on, Stint.provisional, Stint.policy_id)
    cases = select(Case.id, Case.statutory_due_on, Case.statutory_provisional)
    points = select(Posting.stint_id, Posting.team_id, func.sum(Posting.points))
    points = points.group_by(Posting.stint_id, Posting.team_id)
    calendar = queries.calendar(db.session())
    return {
        "stints": sorted(db.session.execute(stints).all()),
        "cases": sorted(db.session.execute(cases).all()),
        "points": sorted(row for row in db.session.execute(points).all() if row[2]),
        "balances": sorted(db.session.execute(select(Team.id, Team.balance)).all()),
        "calendar": (calendar.days_off, calendar.make_up_days, calendar.years),
    }


def settled(court: Court, when: Any = LATER) -> bool:
    """Whether no date is other than what the rules give, and no point is owed."""
    with transaction() as session:
        flow = Flow(session, court.id, when)
        return not dates.moved(flow) and not dates.unsettled(flow, date.min)


def entries(tag: str) -> list[dict[str, Any]]:
    db.session.rollback()
    query = select(TrailEntry.line).where(TrailEntry.tag == tag).order_by(TrailEntry.id)
    return [trail.json.loads(line) for line in db.session.scalars(query)]


def books_balance() -> bool:
    """Each posting and each reversal has its other side; a balance is the sum of its postings."""
    db.session.rollback()
    pairs = select(func.sum(Posting.points), func.count()).group_by(Posting.stint_id, Posting.kind)
    sums = select(Posting.team_id, func.sum(Posting.points)).group_by(Posting.team_id)
    of_team = dict(db.session.execute(sums).all())
    kept = db.session.execute(select(Team.id, Team.balance)).all()
    even = all(total == 0 and count == 2 for total, count in db.session.execute(pairs))
    return even and all(balance == of_team.get(team, 0) for team, balance in kept)


@pytest.fixture
def cases(court: Court) -> tuple[int, int]:
    """One whose stage and statutory limits end in the unpublished year, one whose statutory
    limit alone does."""
    (far,) = court.file_many(1, "2026-12-01", simple=True)
    (near,) = court.file_many(1, "2026-11-09", simple=True)
    return far, near


# A year's calendar -------------------------------------------------------------------------------


def test_the_next_years_list_settles_provisional_dates(
    court: Court, cases: tuple[int, int]
) -> None:
    far, near = cases
    assert court.stint(far).provisional and court.case(near).statutory_provisional
    recompute = ask(court, NEXT_YEAR)
    foreseen = {
        (far, "stage", "2027-01-01", "2027-01-04", False),  # rolls over the new holiday
        (far, "statutory", "2027-06-01", "2027-06-01", False),  # was right, and is sure now
        (near, "statutory", "2027-05-10", "2027-05-09", False),  # that Sunday is worked
    }
    assert changes(recompute) == foreseen
    assert row(recompute).counts["asked"] == {
        "cases": 2, "dates": 3, "stage": 1, "statutory": 2,
        "later": 1, "earlier": 1, "settled": 1, "returned": 0, "restored": 0,
    }  # fmt: skip
    assert court.stint(far).due_on == day("2027-01-01")  # a preview changes nothing
    assert 2027 not in queries.calendar(db.session()).years
    recomputes.approve(court.who("chief"), recompute, "", ON)
    assert changes(recompute) == foreseen
    done = row(recompute)
    assert (done.status, done.counts["done"]) == ("done", done.counts["asked"])
    assert (court.stint(far).due_on, court.stint(far).provisional) == (day("2027-01-04"), False)
    assert court.case(near).statutory_due_on == day("2027-05-09")
    assert settled(court) and chains_hold()


def test_one_step_leaves_one_entry_a_date_and_one_in_the_courts_chain(
    court: Court, cases: tuple[int, int]
) -> None:
    recompute = do(court, NEXT_YEAR)
    moved = entries("case.due_changed") + entries("case.statutory_changed")
    assert len(moved) == 3
    for entry in moved:
        assert entry["data"]["recompute"] == recompute
        assert entry["data"]["why_zh"] == "2027 年放假安排"
        assert (entry["by"], entry["role"]) == ("chief", "bureau_chief")
    (asked,), (done,) = entries("recompute.asked"), entries("recompute.done")
    assert (asked["by"], done["by"]) == ("system", "chief")
    assert asked["data"]["cases"] == done["data"]["cases"] == 2
    assert "照上级通知" not in str(asked)


def test_taking_back_restores_every_date(court: Court, cases: tuple[int, int]) -> None:
    before = everything()
    recompute = do(court, NEXT_YEAR)
    assert everything() != before
    recomputes.take_back(court.who("chief"), recompute, "清单有误。", LATER)
    assert everything() == before
    assert row(recompute).status == "taken_back"
    assert len(entries("recompute.taken_back")) == 1
    with pytest.raises(Conflict, match="没有执行,或已撤回"):
        recomputes.take_back(court.who("chief"), recompute, "再撤一次。", LATER)
    assert chains_hold()


def test_a_year_is_replaced_whole_and_its_former_list_comes_back(
    court: Court, cases: tuple[int, int]
) -> None:
    do(court, NEXT_YEAR)
    before = everything()
    shorter = YearList(2027, NEXT_YEAR.source, (off("2027-01-04", name="元旦"),))
    second = do(court, shorter, LATER)
    assert kept.days_of(db.session(), 2027) == {day("2027-01-04"): (False, "元旦")}
    assert court.stint(cases[0]).due_on == day("2027-01-01")
    assert court.case(cases[1]).statutory_due_on == day("2027-05-10")
    recomputes.take_back(court.who("chief"), second, "恢复原清单。", LATER)
    assert everything() == before


def test_a_list_that_a_later_one_rests_on_is_not_taken_back_first(court: Court) -> None:
    first = do(court, NEXT_YEAR)
    second = do(court, YearList(2027, "更正", NEXT_YEAR.spans), LATER)
    other = do(court, YearList(2028, "预发", (off("2028-01-01"),)), LATER)
    with pytest.raises(Conflict, match=f"请先撤回 #{second}"):
        recomputes.take_back(court.who("chief"), first, "撤回。", LATER)
    for recompute in (second, first, other):
        recomputes.take_back(court.who("chief"), recompute, "撤回。", LATER)
    assert max(queries.calendar(db.session()).years) == 2026


def test_what_is_done_is_what_holds_then_and_not_what_was_foreseen(
    court: Court, cases: tuple[int, int]
) -> None:
    recompute = ask(court, NEXT_YEAR)
    (new,) = court.file_many(1, "2026-12-02", simple=True)
    (late,) = court.file_many(1, "2026-11-05", simple=True)
    court.sweep("2026-12-08")  # the last one moves on to a limit in the next year
    before = everything()
    recomputes.approve(court.who("chief"), recompute, "", at("2026-12-08"))
    done = changes(recompute)
    assert {case_id for case_id, *_ in done} == {*cases, new, late}
    assert (new, "stage", "2027-01-04", "2027-01-04", False) in done
    counts = row(recompute).counts
    assert (counts["asked"]["cases"], counts["done"]["cases"]) == (2, 4)
    recomputes.take_back(court.who("chief"), recompute, "撤回。", at("2026-12-08", 10))
    assert everything() == before


@pytest.mark.parametrize(
    ("spans", "why"),
    [
        ([], "清单是空的"),
        ([off("2027-01-01", "2027-12-31")], "没有工作日"),
        ([off("2027-01-01"), off("2027-01-01", "2027-01-03")], "2027-01-01:列了两次"),
        ([off("2027-05-01", "2027-05-09"), work("2027-05-08")], "2027-05-08:既放假又上班"),
        ([work("2027-05-06")], "2027-05-06:调休上班日应是周六或周日"),
        ([off("2026-12-31", "2027-01-02")], "2026-12-31:不在 2027 年内"),
        ([off("2027-01-03", "2027-01-01")], "起止日期不对"),
    ],
)
def test_a_list_nobody_can_count_by_is_refused(
    court: Court, spans: list[Holiday], why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        ask(court, YearList(2027, "通知", spans))
    assert db.session.scalar(select(func.count()).select_from(Recompute)) == 0


def test_a_list_tells_everything_that_is_wrong_at_once(court: Court) -> None:
    with pytest.raises(Invalid) as caught:
        ask(court, YearList(2027, "通知", [work("2027-05-06"), off("2028-01-01")]))
    assert len(caught.value.facts["faults"]) == 2


def test_a_list_says_where_it_comes_from_in_words_that_can_be_kept(court: Court) -> None:
    for source, why in ((" \u200b", "请写明出处"), ("长" * 81, "出处过长")):
        with pytest.raises(Invalid, match=why):
            ask(court, YearList(2027, source, NEXT_YEAR.spans))
    do(court, YearList(2027, " 通知\0 ", (off("2027-01-01", name="元\0旦"),)))
    assert kept.source_of(db.session(), 2027) == "通知"
    assert kept.days_of(db.session(), 2027) == {day("2027-01-01"): (False, "元旦")}


def test_the_same_is_not_asked_for_twice(court: Court) -> None:
    first = ask(court, NEXT_YEAR)
    with pytest.raises(Conflict, match=f"#{first} 正等待批准"):
        ask(court, NEXT_YEAR)
    recomputes.approve(court.who("chief"), first, "", ON)
    with pytest.raises(Conflict, match="与现行的完全相同"):
        ask(court, NEXT_YEAR)


# An outage ---------------------------------------------------------------------------------------

DOWN = Downtime(day("2026-12-01"), day("2026-12-02"))


@pytest.fixture
def struck(court: Court) -> tuple[int, int]:
    """One that ran out while the system was down and was moved on, one that still runs."""
    (moved_on,) = court.file_many(1, "2026-11-02", simple=True)
    (running,) = court.file_many(1, "2026-11-10", simple=True)
    court.sweep("2026-12-03")
    assert court.stint(moved_on).stage == "centre"
    return moved_on, running


def test_an_outage_returns_points_and_moves_nothing_back(
    court: Court, struck: tuple[int, int]
) -> None:
    moved_on, running = struck
    assert court.team("速执团队").balance == -1
    centre = court.stint(moved_on).due_on
    recompute = ask(court, DOWN)
    assert row(recompute).counts["asked"]["returned"] == 1
    assert changes(recompute) == {
        (running, "stage", "2026-12-10", "2026-12-14", False),  # two days on is a Saturday
        (moved_on, "points", "None", "None", False),
    }
    recomputes.approve(court.who("chief"), recompute, "", ON)
    db.session.rollback()
    assert (court.team("速执团队").balance, court.team("执行指挥中心").balance) == (0, 0)
    assert (court.stint(moved_on).stage, court.stint(moved_on).due_on) == ("centre", centre)
    assert court.stint(running).due_on == day("2026-12-14")
    assert court.case(running).statutory_due_on == day("2027-05-10")  # the stage clock alone
    assert [entry["data"]["points"] for entry in entries("points.returned")] == [1]
    assert settled(court) and books_balance() and chains_hold()


def test_points_come_back_once_however_many_outages(court: Court, struck: tuple[int, int]) -> None:
    do(court, DOWN)
    longer = do(court, Downtime(day("2026-11-30"), day("2026-12-02")))
    assert row(longer).counts["done"]["returned"] == 0
    assert court.team("速执团队").balance == 0
    assert court.stint(struck[1]).due_on == day("2026-12-14")  # three days on is a Sunday
    assert books_balance()


def test_taking_back_an_outage_takes_the_points_again(
    court: Court, struck: tuple[int, int]
) -> None:
    before = everything()
    for _ in range(3):  # over and over: each time the books say the same
        recompute = do(court, DOWN)
        assert court.team("速执团队").balance == 0
        recomputes.take_back(court.who("chief"), recompute, "并未停用。", LATER)
        assert everything() == before
    assert [len(entries(f"points.{end}")) for end in ("returned", "restored")] == [3, 3]
    assert books_balance() and chains_hold()


def test_of_two_outages_over_the_same_days_either_may_go_first(
    court: Court, struck: tuple[int, int]
) -> None:
    before = everything()
    first = do(court, DOWN)
    second = do(court, Downtime(day("2026-12-02"), day("2026-12-03")))
    recomputes.take_back(court.who("chief"), first, "撤回。", LATER)
    assert court.stint(struck[1]).due_on == day("2026-12-14")  # two days still
    assert court.team("速执团队").balance == 0  # ran out on a day that still does not count
    recomputes.take_back(court.who("chief"), second, "撤回。", LATER)
    assert everything() == before


def test_a_pause_and_an_outage_over_the_same_days_count_once(
    court: Court, struck: tuple[int, int]
) -> None:
    running = struck[1]
    pause = NewPause("expertise", day("2026-11-30"), day("2026-12-01"), "委托鉴定函")
    who = court.who("quick")
    asked = pauses.ask(who, running, court.stint(running).seq, pause, "待鉴定。", ON)
    requests.approve(court.who("quick-lead"), asked, "", ON)
    assert court.stint(running).due_on == day("2026-12-14")  # 12-12 is a Saturday
    do(court, Downtime(day("2026-12-01"), day("2026-12-04")))
    assert court.stint(running).due_on == day("2026-12-15")  # five days in all
    assert settled(court)


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [("2026-12-04", "2026-12-05", "不能晚于今天"), ("2026-12-03", "2026-12-02", "不能早于")],
)
def test_an_outage_that_cannot_be(court: Court, start: str, end: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        ask(court, Downtime(day(start), day(end)))


def test_days_that_do_not_count_already_are_not_asked_for_again(court: Court) -> None:
    first = do(court, DOWN)
    with pytest.raises(Conflict, match="已作为系统停用扣除过"):
        ask(court, Downtime(day("2026-12-02"), day("2026-12-02")))
    recomputes.take_back(court.who("chief"), first, "撤回。", LATER)
    do(court, DOWN)


# A policy for running stints ---------------------------------------------------------------------


def adopted(court: Court, version: str, *changes: tuple[str, str]) -> PolicyForRunning:
    """A version that differs from the published one, adopted and in force on that day."""
    text = published_text()
    for old, new in (("2000-01-01", "2026-12-04"), ("linshu-2021", version), *changes):
        assert old in text
        text = text.replace(old, new, 1)
    policies.adopt(court.who("system"), text, ON)
    query = select(PolicyVersion.id).where(PolicyVersion.version == version)
    return PolicyForRunning(db.session.scalars(query).one(), version)


TWO_MONTHS = (
    ("quick          = { months = 1 }", "quick = { months = 2 }"),
    ("rolls_over_days_off = true", "rolls_over_days_off = false"),
)


def test_running_stints_keep_their_policy_until_it_is_applied(
    court: Court, cases: tuple[int, int]
) -> None:
    near = cases[1]
    edit = adopted(court, "two-months", *TWO_MONTHS)
    assert settled(court)
    assert court.stint(near).due_on == day("2026-12-09")
    recompute = ask(court, edit)
    assert (near, "stage", "2026-12-09", "2027-01-09", True) in changes(recompute)
    assert court.stint(near).policy_id != edit.policy_id
    recomputes.approve(court.who("chief"), recompute, "", ON)
    assert court.stint(near).due_on == day("2027-01-09")  # a Saturday: it does not roll
    assert court.stint(near).policy_id == edit.policy_id
    assert court.case(near).statutory_due_on == day("2027-05-10")  # the law's own clock
    assert settled(court) and chains_hold()


def test_a_policy_that_is_taken_back_leaves_each_stint_its_own(
    court: Court, cases: tuple[int, int]
) -> None:
    edit = adopted(court, "two-months", *TWO_MONTHS)
    before = everything()
    recompute = do(court, edit)
    with pytest.raises(Conflict, match="已全部适用"):
        ask(court, edit)
    recomputes.take_back(court.who("chief"), recompute, "撤回。", LATER)
    assert everything() == before


def test_an_expiry_under_a_policy_taken_back_costs_nobody_points(court: Court) -> None:
    """A month less, applied and taken back: who ran out by it alone gets the points again."""
    (case_id,) = court.file_many(1, "2026-10-09", simple=False)  # three months in the centre
    recompute = do(
        court,
        adopted(court, "one-month", ("centre         = { months = 3 }", "centre = { months = 1 }")),
    )
    assert court.stint(case_id).due_on == day("2026-11-09")
    court.sweep("2026-12-05")
    assert court.stint(case_id).stage == "intensive"
    recomputes.take_back(court.who("chief"), recompute, "撤回。", LATER)
    assert court.stint(case_id).stage == "intensive"  # nothing moves back
    assert court.team("执行指挥中心").balance == 0
    assert settled(court) and books_balance()


def test_a_version_is_applied_once_it_is_in_force(court: Court) -> None:
    court.file_many(1, "2026-11-09", simple=True)
    edit = adopted(court, "later", ("2026-12-04", "2026-12-10"))
    with pytest.raises(Conflict, match="自 2026-12-10 起才生效"):
        ask(court, edit)
    with pytest.raises(NotFound):
        ask(court, PolicyForRunning(999, "none"))


# Who may, and who was first ----------------------------------------------------------------------


def test_who_asks_and_who_decides(court: Court) -> None:
    for login in ("chief", "supervisor", "lead-one", "president", "audit"):
        with pytest.raises(NotAllowed):
            recomputes.ask(court.who(login), NEXT_YEAR, "理由", ON)
    recompute = ask(court, NEXT_YEAR)
    for login in ("system", "vice", "supervisor", "lead-one", "president"):
        for act in (recomputes.approve, recomputes.refuse, recomputes.take_back):
            with pytest.raises(NotAllowed):
                act(court.who(login), recompute, "理由", ON)
    with pytest.raises(Invalid, match="请写明理由"):
        recomputes.refuse(court.who("chief"), recompute, " ", ON)
    with pytest.raises(NotFound):
        recomputes.approve(court.who("chief"), 999, "", ON)
    recomputes.refuse(court.who("chief"), recompute, "清单有误。", ON)
    assert (row(recompute).status, row(recompute).decision) == ("refused", "清单有误。")
    assert len(entries("recompute.refused")) == 1
    with pytest.raises(Conflict, match="已由局长甲于2026-12-04"):
        recomputes.approve(court.who("chief"), recompute, "", ON)
    ask(court, NEXT_YEAR)  # refused once, it may be asked for again


def test_nobody_decides_what_he_asked_for(court: Court) -> None:
    recompute, chief = ask(court, NEXT_YEAR), court.who("chief")
    with transaction() as session:  # the administrator has become the chief since
        session.get_one(Recompute, recompute).asked_by = chief.person_id
    with pytest.raises(NotAllowed, match="不能审批自己的申请"):
        recomputes.approve(chief, recompute, "", ON)


def test_two_approvals_at_once(app: Flask, court: Court, cases: tuple[int, int]) -> None:
    recompute, who = ask(court, NEXT_YEAR), court.who("chief")
    db.session.remove()
    done, refused = list[int](), list[str]()

    def run() -> None:
        with app.app_context():
            try:
                recomputes.approve(who, recompute, "", ON)
                done.append(1)
            except Refused as refusal:
                refused.append(refusal.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), refused) == (1, ["recompute_decided"] * 2)
    assert len(entries("case.due_changed")) == 1 and chains_hold()


def test_who_writes_while_dates_move_goes_by_the_new_calendar(app: Flask, court: Court) -> None:
    """A case filed during the recompute is reckoned by the list that it writes, never the old."""
    recompute, who = ask(court, NEXT_YEAR), court.who("chief")
    court.serial = 500
    db.session.remove()

    def approve() -> None:
        with app.app_context():
            recomputes.approve(who, recompute, "", ON)
            db.session.remove()

    def file() -> None:
        with app.app_context():
            court.file_many(5, "2026-12-01", simple=True)
            db.session.remove()

    threads = [threading.Thread(target=target) for target in (approve, file)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.session.scalar(select(func.count()).select_from(Case)) == 5
    assert not db.session.scalar(select(func.count()).where(Stint.provisional)) and settled(court)
