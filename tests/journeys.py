"""What may a court do to its cases, in any order, and what must hold after every step?

The acts go through the real services as the people of tests/court.py; whatever is refused must
have changed nothing. The machine is run by test_journeys.py, and for longer by proof/.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from shutil import rmtree

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)
from sqlalchemy import func, select

from config import SHANGHAI
from linshu.rules.policy import published_text
from linshu.rules.stages import HELD_BY, Stage, TeamKind
from linshu.services import (
    claiming,
    gate,
    overrides,
    people,
    policies,
    recording,
    requests,
    screening,
    transfers,
)
from linshu.services.actor import Actor
from linshu.services.errors import Refused
from linshu.services.recording import NewAction
from linshu.store import signing
from linshu.store.books import TrailEntry
from linshu.store.cases import Case, Stint
from linshu.store.clocks import Pause
from linshu.store.db import db
from linshu.store.people import Team
from linshu.store.reviews import under_review
from linshu.store.writer import When
from tests import books, closings
from tests.court import ONE, TWO, Court, third_team
from tests.rules.test_clock import PUBLISHED

THREE = "精执三团队"
HANDS = {
    "速执团队": ("quick", "quick-lead"),
    "执行指挥中心": ("centre", "centre-lead"),
    ONE: ("one", "lead-one"),
    TWO: ("two", "lead-two"),
    THREE: ("three", "lead-three"),
    f"{ONE}·团队长": ("lead-one", "lead-one"),
    f"{TWO}·团队长": ("lead-two", "lead-two"),
    f"{THREE}·团队长": ("lead-three", "lead-three"),
    "执行局局长": ("chief", "chief"),
    "分管副院长": ("vice", "vice"),
    "终本维护团队": ("supervisor", "supervisor"),  # nobody sits there: whoever tries is refused
}
ROUTE = re.compile(
    r"intake( quick)?( centre)?( intensive( lateral)*"
    r"( team_lead( bureau_chief( vice_president)?)?)?)?( dormant)?"
)
GROUNDS = st.sampled_from(["other", "other", "recusal", "reorganisation"])
ENDS = st.sampled_from(["执行完毕", "终结本次执行程序", "中止"])
DAYS = st.sampled_from([1, 2, 3, 20, 31, 33, 62, 95])


class Journeys(RuleBasedStateMachine):
    """A court of three intensive teams, from its first case on."""

    cases: Bundle[int] = Bundle("cases")
    asked: Bundle[int] = Bundle("asked")
    reported: Bundle[int] = Bundle("reported")

    def __init__(self, anew: Callable[[], Court]) -> None:
        super().__init__()
        self.court = anew()
        rmtree(signing.place().folder, ignore_errors=True)  # those of the court before
        third_team(self.court, THREE)
        self.people: dict[str, Actor] = {}
        self.versions = 0
        self.seen: dict[int, int] = {}

    @initialize(start=st.dates(date(2020, 2, 1), date(2026, 12, 20)), sideways=st.integers(0, 3))
    def a_court_begins(self, start: date, sideways: int) -> None:
        self.instant = datetime.combine(start, time(9), SHANGHAI)
        self.adopts(sideways)

    # Acts -------------------------------------------------------------------------------------

    @rule(target=cases, resumed=st.booleans(), preserved=st.booleans(), many=st.integers(1, 3))
    def files(self, resumed: bool, preserved: bool, many: int) -> object:
        on = self.instant.date().isoformat()
        how = {"resumed": resumed, "preserved": preserved}
        filed = [self.tries(lambda: self.court.file(on, **how)) for _ in range(many)]
        return multiple(*(case for case in filed if case is not None))

    @rule(case=cases, simple=st.booleans())
    def screens(self, case: int, simple: bool) -> None:
        seq = self.seq(case)
        self.tries(
            lambda: screening.screen(self.who("centre"), case, seq, simple, "理由", self.when)
        )

    @rule(case=cases)
    def claims(self, case: int) -> None:
        self.tries(lambda: claiming.claim(self.member(case), case, None, self.when))

    @rule(case=cases, fen=st.sampled_from([0, 100]))
    def records(self, case: int, fen: int) -> None:
        new = NewAction("receipt" if fen else "call", "经过", self.instant, fen)
        self.tries(lambda: recording.record(self.member(case), case, None, new, self.when))

    @rule(target=asked, case=cases, ground=GROUNDS, by_lead=st.booleans(), approved=st.booleans())
    def asks(self, case: int, ground: str, by_lead: bool, approved: bool) -> object:
        actor = self.lead(case) if by_lead else self.member(case)
        seq = self.seq(case)
        made = self.tries(lambda: transfers.ask(actor, case, seq, ground, "理由", self.when))
        if made and approved:
            self.approves(made, "chief" if by_lead else "lead")
        return multiple() if made is None else made

    @rule(target=asked, case=cases, team=st.sampled_from([ONE, TWO, THREE]), by=st.booleans())
    def overrides(self, case: int, team: str, by: bool) -> object:
        actor, seq, to = self.who("centre-lead") if by else self.lead(case), self.seq(case), team
        made = self.tries(
            lambda: overrides.ask(actor, case, seq, self.court.team(to).id, "理由", self.when)
        )
        if made:
            self.approves(made, "chief")
        return multiple() if made is None else made

    @rule(request=asked, by=st.sampled_from(["lead", "chief", "vice"]))
    def approves(self, request: int, by: str) -> None:
        actor = self.lead(self.about(request)) if by == "lead" else self.who(by)
        self.tries(lambda: requests.approve(actor, request, "", self.when))

    @rule(request=asked)
    def refuses(self, request: int) -> None:
        actor = self.lead(self.about(request))
        self.tries(lambda: requests.refuse(actor, request, "不宜", self.when))

    @rule(request=asked)
    def confirms(self, request: int) -> None:
        actor = self.receiver(request)
        self.tries(lambda: requests.confirm(actor, request, self.when))

    @rule(request=asked)
    def declines(self, request: int) -> None:
        actor = self.receiver(request)
        self.tries(lambda: requests.decline(actor, request, "不接收", self.when))

    @rule(target=reported, case=cases, how=ENDS, ripe=st.booleans())
    def reports(self, case: int, how: str, ripe: bool) -> object:
        seq, who = self.seq(case), HANDS[self.holder(case)][0]
        if ripe and how != "中止":
            self.tries(lambda: closings.ripen(self.court, case, how, self.when, who))
        new = gate.Report(how, "理由", closings.attested(self.when))
        made = self.tries(lambda: gate.report(self.who(who), case, seq, new, self.when))
        return multiple() if made is None else made

    @rule(request=reported, passed=st.booleans())
    def reviews(self, request: int, passed: bool) -> None:
        actor = self.who(closings.reviewer(self.court, request))
        if passed:
            self.tries(lambda: gate.review(actor, request, self.when))
        else:
            self.tries(lambda: gate.send_back(actor, request, "补正", self.when))

    @rule(request=reported, granted=st.booleans(), by_the_right_one=st.booleans())
    def decides_a_closing(self, request: int, granted: bool, by_the_right_one: bool) -> None:
        right = closings.approver(self.court, request)
        actor = self.who(right if by_the_right_one else "two")
        if granted:
            self.tries(lambda: requests.approve(actor, request, "", self.when))
        else:
            self.tries(lambda: requests.refuse(actor, request, "不准", self.when))

    @rule(name=st.sampled_from([ONE, TWO, THREE, "速执团队", "执行指挥中心"]), active=st.booleans())
    def switches(self, name: str, active: bool) -> None:
        team = self.court.team(name).id
        self.tries(lambda: people.switch_team(self.who("system"), team, active, self.when))

    @rule(sideways=st.integers(0, 3))
    def adopts(self, sideways: int) -> None:
        self.versions += 1
        document = published_text().replace("linshu-2021", f"v{self.versions}")
        document = document.replace("effective_on = 2000-01-01", f"effective_on = {self.when.on}")
        document = document.replace("sideways_moves = 1", f"sideways_moves = {sideways}")
        self.tries(lambda: policies.adopt(self.who("system"), document, self.when))

    @rule(days=DAYS)
    def the_machine_is_off(self, days: int) -> None:
        self.instant = datetime.combine(
            self.instant.date() + timedelta(days=days), time(9), SHANGHAI
        )

    @rule(days=DAYS)
    def days_pass_and_it_sweeps(self, days: int) -> None:
        self.the_machine_is_off(days)
        stints = books.count(Stint)
        report = self.court.sweep(self.when.on)
        assert books.count(Stint) - stints == report.moved
        assert self.nothing_due_is_left()
        again = self.court.sweep(self.when.on)
        assert (again.due, again.moved, again.capped) == (0, 0, 0)

    # Who, when, and what if not ---------------------------------------------------------------

    @property
    def when(self) -> When:
        return When(self.instant, self.instant)

    def who(self, login: str) -> Actor:
        if login not in self.people:
            self.people[login] = self.court.who(login)
        return self.people[login]

    def member(self, case: int) -> Actor:
        return self.who(HANDS[self.holder(case)][0])

    def lead(self, case: int) -> Actor:
        return self.who(HANDS[self.holder(case)][1])

    def holder(self, case: int) -> str:
        """The team that has, or had, the case last."""
        query = select(Team.name).join(Stint).where(Stint.case_id == case)
        return db.session.scalars(query.order_by(Stint.seq.desc())).first() or ""

    def seq(self, case: int) -> int:
        return db.session.scalar(select(func.max(Stint.seq)).where(Stint.case_id == case)) or 0

    def about(self, request: int) -> int:
        return db.session.get_one(requests.Request, request).case_id

    def receiver(self, request: int) -> Actor:
        team = db.session.get_one(requests.Request, request).to_team_id
        name = db.session.get_one(Team, team).name if team else ONE
        return self.who(HANDS[name][1])

    def tries(self, act: Callable[[], int | None]) -> int | None:
        """An act that is done leaves a trail (R15); one that is refused leaves nothing at all."""
        self.instant += timedelta(minutes=1)
        before = books.everything()
        try:
            done = act()
        except Refused:
            assert books.everything() == before
            return None
        assert books.count(TrailEntry) > before["trail"]
        return done

    def nothing_due_is_left(self) -> bool:
        query = select(func.count(Stint.id)).where(
            Stint.ended_on.is_(None),
            Stint.capped_on.is_(None),
            Stint.due_on < self.when.on,
            Stint.set_aside_on.is_distinct_from(self.when.on),
            ~under_review(),
        )
        return db.session.scalar(query) == 0

    # What holds after every step --------------------------------------------------------------

    @invariant()
    def the_books_balance(self) -> None:
        db.session.rollback()
        assert books.balance()
        assert books.chains_hold()
        assert books.every_move_is_told()

    @invariant()
    def every_case_is_where_it_should_be(self) -> None:
        teams = {team.id: team for team in db.session.scalars(select(Team))}
        versions = books.versions()
        stays: dict[int, list[Stint]] = {}
        for stint in db.session.scalars(select(Stint).order_by(Stint.case_id, Stint.seq)):
            stays.setdefault(stint.case_id, []).append(stint)
        stopped = set(db.session.scalars(select(Pause.case_id)))
        for case in db.session.scalars(select(Case)):
            journey = stays[case.id]
            a_journey_is_whole(case, journey, case.id in stopped)
            for left, entered in pairwise(journey[max(0, self.seen.get(case.id, 0) - 1) :]):
                the_right_team_took_it(journey, left, entered, teams)
                most = versions[left.policy_id].sideways_moves
                assert entered.sideways <= max(left.sideways, most)  # R10
            self.seen[case.id] = len(journey)


def a_journey_is_whole(case: Case, journey: list[Stint], stopped: bool) -> None:
    """One open stint or none, no gap, the stages in order, a working day at the end (R1, R11)."""
    assert [stint.seq for stint in journey] == list(range(1, len(journey) + 1))
    assert all(stint.ended_on is not None for stint in journey[:-1])
    assert (journey[-1].ended_on is None) == (case.closed_on is None)
    for left, entered in pairwise(journey):
        assert left.started_on <= entered.started_on == left.ended_on
    assert all((stint.ended_on is None) == (stint.exit_reason == "") for stint in journey)
    again = {left.seq + 1 for left in journey if left.exit_reason == "reassigned"}
    stages = " ".join(stint.stage for stint in journey if stint.seq not in again)
    assert ROUTE.fullmatch(stages), stages
    assert not (case.kind == "执恢" and {"quick", "centre"} & set(stages.split()))
    for stint in journey:
        endless = stint.due_on is None
        assert endless == (stint.stage == Stage.DORMANT) or (endless and stopped)
        assert stint.due_on is None or PUBLISHED.is_working(stint.due_on)


def the_right_team_took_it(
    journey: list[Stint], left: Stint, entered: Stint, teams: dict[int, Team]
) -> None:
    """A move of this very step went to an active team of the right kind; sideways never back to
    one that has held the case while another is free (R9); a lift to the holder's own lead."""
    team = teams[entered.team_id]
    assert team.kind == HELD_BY[Stage(entered.stage)] and team.active
    if left.exit_reason == "reassigned":
        it_was_given_to_another(left, entered)
        return
    if entered.stage == Stage.TEAM_LEAD:
        assert team.parent_id == left.team_id
    if entered.stage == Stage.LATERAL:
        seen = {
            s.team_id for s in journey[: entered.seq - 1] if s.stage in ("intensive", "lateral")
        }
        active = {t.id for t in teams.values() if t.kind == TeamKind.INTENSIVE and t.active}
        assert entered.team_id != left.team_id
        assert entered.team_id not in seen or not active - seen


def it_was_given_to_another(left: Stint, entered: Stint) -> None:
    """An override changes the team and nothing else: the rest of the time goes along (R26)."""
    assert entered.team_id != left.team_id and entered.handler_id is None
    for name in ("stage", "due_on", "provisional", "policy_id", "hop", "sideways", "limited_by"):
        assert getattr(entered, name) == getattr(left, name), name
