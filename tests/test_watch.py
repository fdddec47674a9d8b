"""Does the list over all cases say what the rule says of each, no more and no less?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from linshu.rules.policy import parse, published_text
from linshu.rules.stages import Stage
from linshu.rules.watch import About, Missing, Stay, Waits, missing
from linshu.services import claiming, orders, pauses, policies, recording, requests
from linshu.services.orders import Deadline, NewOrder
from linshu.services.pauses import NewPause
from linshu.services.recording import NewAction
from linshu.store import nodes, queries
from linshu.store.cases import Stint
from linshu.store.clocks import CaseCountdown
from linshu.store.countdowns import RUNS
from linshu.store.db import SHANGHAI, db
from linshu.store.people import PolicyVersion, Team
from linshu.store.warned import Asked, Line
from linshu.store.watch import PAGE, Watch
from tests.court import Court, at

SOON = 7
FILED = ("2026-03-02", "2026-05-20", "2026-07-01", "2026-08-20", "2026-10-24", "2026-11-19")
TODAY = date(2026, 11, 23)


@pytest.fixture
def lived(court: Court) -> Court:
    """Cases at every stage; some claimed and worked, one paused, one closed, two policies."""
    ids = []
    for on in FILED:
        if on == "2026-08-20":
            text = published_text().replace("linshu-2021", "newer").replace("2000-01-01", on)
            text = text.replace('quick     = ["003", "004"]', 'quick     = ["003", "005", "037"]')
            policies.adopt(court.who("system"), text, at("2026-08-19"))
        court.sweep(on)
        ids += court.file_many(2, on, simple=True) + court.file_many(2, on, simple=False)
    for case_id, login, kinds in (
        (ids[-1], "centre", ("notice", "network_search")),
        (ids[-4], "quick", ("field_begun", "clue")),
        (ids[-8], "quick", ()),
        (ids[-7], "quick", ("network_search",)),
    ):
        claiming.claim(court.who(login), case_id, None, at("2026-11-19"))
        for kind in kinds:
            new = NewAction(kind, "已办。", at("2026-11-19", 10).at)
            recording.record(court.who(login), case_id, None, new, at("2026-11-19", 11))
    stint = court.stint(ids[-8])
    new = NewPause("expertise", date(2026, 11, 20), None, "鉴委1号")
    asked = pauses.ask(court.who("quick"), ids[-8], stint.seq, new, "鉴定", at("2026-11-20"))
    requests.approve(court.who("quick-lead"), asked, "", at("2026-11-20", 10))
    court.close(ids[-7], "执行完毕", "2026-10-30", "quick")
    return court


def watch(court: Court, soon: int = SOON, teams: list[int] | None = None) -> Watch:
    db.session.rollback()
    ids = teams or list(db.session.scalars(select(Team.id).order_by(Team.id)))
    return Watch(db.session(), court.id, ids, TODAY, soon, whole=teams is None)


def by_rule(court: Court, soon: int = SOON) -> dict[int, tuple[Missing, ...]]:
    """Case by case, as the pure rule has it."""
    session = db.session()
    latest: dict[int, Stint] = {}
    for stint in session.scalars(select(Stint).order_by(Stint.case_id, Stint.seq)):
        latest[stint.case_id] = stint
    acts = nodes.acts(session, list(latest))
    paused = select(Stint.case_id).where(Stint.ended_on.is_(None), queries.stopped_on(TODAY))
    stopped = set(session.scalars(paused))
    return {
        id_: missing(TODAY, soon, _stay(stint, id_ in stopped), acts[id_], _running(id_))
        for id_, stint in latest.items()
    }


def _policy(policy_id: int):  # the version that a row keeps
    return parse(db.session.get_one(PolicyVersion, policy_id).document)


def _stay(stint: Stint, stopped: bool) -> Stay | None:
    if stint.ended_on:
        return None
    expected = _policy(stint.policy_id).nodes.get(Stage(stint.stage), ())
    return Stay(expected, stint.started_on, None if stopped else stint.due_on)


def _running(case_id: int) -> list[Waits]:
    query = select(CaseCountdown).where(CaseCountdown.case_id == case_id, *RUNS)
    return [
        Waits(
            one.id,
            one.row,
            frozenset(_policy(one.policy_id).countdowns[one.row].meets),
            one.started_at.astimezone(SHANGHAI).date(),
            one.due_on,
            one.earliest,
        )
        for one in db.session.scalars(query)
    ]


def flat(some: dict[int, tuple[Missing, ...]]) -> set[tuple[object, ...]]:
    return {
        (id_, one.about, one.key, one.countdown_id, one.since_on, one.due_on)
        for id_, found in some.items()
        for one in found
    }


def listed(lines: list[Line]) -> set[tuple[object, ...]]:
    found = [
        (one.case_id, one.about, one.key, one.countdown_id, one.since_on, one.due_on)
        for one in lines
    ]
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize("soon", [0, 7, 40])
def test_the_list_says_what_the_rule_says_of_each_case(lived: Court, soon: int) -> None:
    seen = watch(lived, soon)
    expected = flat(by_rule(lived, soon))
    assert listed(seen.lines(Asked(), 1000)) == expected and len(expected) > 10
    assert {about for _id, about, *_ in expected} == {About.COUNTDOWN, About.NODE}
    assert sum(one.all for one in seen.counts()) == len(expected)
    late = [row for row in expected if row[-1] < TODAY]
    assert sum(one.late for one in seen.counts()) == len(late)


def test_what_is_asked_for(lived: Court) -> None:
    seen = watch(lived)
    everything = seen.lines(Asked(), 1000)
    nodes_only = seen.lines(Asked(about=About.NODE), 1000)
    assert nodes_only == [one for one in everything if one.about is About.NODE]
    one_key = seen.lines(Asked(key="003"), 1000)
    assert one_key == [one for one in everything if one.key == "003"] and one_key
    late = seen.lines(Asked(late=True), 1000)
    assert late == [one for one in everything if one.due_on < TODAY] and late
    team = lived.team("速执团队")
    its = seen.lines(Asked(team_id=team.id), 1000)
    assert its == [one for one in everything if one.team == team.name] and its
    assert watch(lived, teams=[team.id]).lines(Asked(), 1000) == its
    assert seen.lines(Asked(team_id=999), 1000) == []
    asked = (Asked(), Asked(About.NODE), Asked(key="003"), Asked(late=True), Asked(late=False))
    for one in (*asked, Asked(About.NODE, "003", late=True)):
        assert seen.page(one, 1, seen.counts()).total == len(seen.lines(one, 1000))
    its_own = seen.page(Asked(team_id=team.id), 1, seen.counts(team.id))
    assert its_own.total == len(its)


def test_pages_follow_each_other(lived: Court) -> None:
    lived.file_many(60, "2026-11-19", simple=True)
    seen = watch(lived)
    everything = seen.lines(Asked(), 1000)
    counts = seen.counts()
    first, second = seen.page(Asked(), 1, counts), seen.page(Asked(), 2, counts)
    assert (len(first.rows), first.total) == (PAGE, len(everything))
    assert [*first.rows, *second.rows] == everything[: 2 * PAGE]
    assert seen.page(Asked(), 99, counts).page == first.pages


def test_what_an_order_stands_about_is_listed_with_the_orders(lived: Court) -> None:
    before = watch(lived).lines(Asked(), 1000)
    picked = [
        next(one for one in before if one.about is about) for about in (About.NODE, About.COUNTDOWN)
    ]
    given = []
    for one in picked:
        key = one.key if one.about is About.NODE else ""
        week = Deadline(working_days=5)
        new = NewOrder(one.case_id, one.about, "办。", week, key, one.countdown_id)
        given.append(orders.give(lived.who("supervisor"), new, at(TODAY)))
    after = watch(lived).lines(Asked(), 1000)
    assert after == [one for one in before if one not in picked]
    for id_ in given:
        orders.withdraw(lived.who("supervisor"), id_, "下错了", at(TODAY, 10))
    assert watch(lived).lines(Asked(), 1000) == before


def test_a_closed_case_waits_for_its_archive(lived: Court) -> None:
    (line,) = watch(lived, 40).lines(Asked(key="archive"), 10)
    assert (line.stage, line.team, line.due_on) == ("closed", "速执团队", date(2026, 11, 30))
