"""What else may be done to a case: its clocks stopped and lengthened, its facts put right, whole
days taken out. And after each step: the trail alone says what the tables say.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, multiple, rule
from sqlalchemy import select
from sqlalchemy.orm import aliased

from config import SHANGHAI
from linshu.services import (
    claiming,
    correcting,
    extensions,
    inspecting,
    pauses,
    recomputes,
    recording,
    replay,
)
from linshu.services.edits import Downtime
from linshu.services.pauses import NewPause
from linshu.services.recording import NewAction
from linshu.store.cases import Action, Case
from linshu.store.clocks import Pause, Recompute
from linshu.store.db import db
from linshu.store.people import Person
from tests.journeys import Journeys

WHAT = st.sampled_from(
    "clue clue_checked notice petition petition_recorded receipt paid_out seizure "
    "seizure_lifted detention family_told released".split()
)
FACTS = st.sampled_from(
    [
        ("claim_fen", "2000.00"),
        ("claim_fen", "0.01"),
        ("preserved", "是"),
        ("preserved", "否"),
        ("cooperative", "是"),
        ("address_confirmed", "是"),
        ("basis", "另一份判决"),
        ("remark", ""),
        ("remark", "已约谈"),
        ("cause", "行政非诉执行"),
        ("cause", "民间借贷纠纷"),
    ]
)


#: What a court may bring about itself: a machine that was off, a team switched off, a request that
#: nobody decides, a handler who was given another seat.
DISTURBED = {"unswept", "set_aside", "teams", "requests", "handlers"}


class ClockedJourneys(Journeys):
    """A court that also pauses, extends, corrects, reassigns, and takes days out."""

    @initialize(
        target=Journeys.cases,
        start=st.dates(date(2020, 2, 1), date(2026, 12, 20)),
        sideways=st.integers(0, 3),
    )
    def a_court_begins(self, start: date, sideways: int) -> object:
        """With a few cases, at the stages where most is done to them."""
        self.instant = datetime.combine(start, time(9), SHANGHAI)
        self.adopts(sideways)
        filed = [self.court.file(start.isoformat(), resumed=resumed) for resumed in (True, False)]
        self.screens(filed[1], simple=True)
        for case in filed:
            self.claims(case)
        return multiple(*filed)

    @rule(
        target=Journeys.asked,
        case=Journeys.cases,
        kind=st.sampled_from(["expertise", "settlement", "suspension", "auction"]),
        back=st.integers(0, 40),
        days=st.none() | st.integers(0, 60),
        by=st.sampled_from(["lead", "chief"]),
    )
    def pauses(self, case: int, kind: str, back: int, days: int | None, by: str) -> object:
        start = self.instant.date() - timedelta(days=back)
        end = None if days is None else start + timedelta(days=days)
        new, seq, actor = (
            NewPause(kind, start, end, "裁定书", "法"),
            self.seq(case),
            self.member(case),
        )
        made = self.tries(lambda: pauses.ask(actor, case, seq, new, "理由", self.when))
        if made:
            self.approves(made, by)
        return multiple() if made is None else made

    @rule(case=Journeys.cases, back=st.integers(0, 5))
    def goes_on(self, case: int, back: int) -> None:
        query = select(Pause.id).where(Pause.case_id == case).order_by(Pause.id.desc())
        last, actor = self.instant.date() - timedelta(days=back), self.member(case)
        if (pause := db.session.scalar(query)) is not None:
            self.tries(lambda: pauses.end(actor, case, pause, last, "理由", self.when))

    @rule(
        target=Journeys.asked, case=Journeys.cases, months=st.integers(1, 3), granted=st.booleans()
    )
    def extends(self, case: int, months: int, granted: bool) -> object:
        """On the last day on which it may be asked for, if that is still to come."""
        due = db.session.get_one(Case, case).statutory_due_on
        if due and due > self.instant.date():
            self.instant = datetime.combine(due, time(9), SHANGHAI)
        actor, seq = self.member(case), self.seq(case)
        made = self.tries(
            lambda: extensions.ask(actor, case, seq, months, "〔2026〕1号", "理由", self.when)
        )
        if made and granted:
            self.approves(made, "president")
        return multiple() if made is None else made

    @rule(case=Journeys.cases, what=WHAT, fen=st.sampled_from([1, 100]))
    def acts(self, case: int, what: str, fen: int) -> None:
        self.tries(
            lambda: recording.record(self.member(case), case, None, self.act(what, fen), self.when)
        )

    def act(self, what: str, fen: int) -> NewAction:
        amount = fen if what in recording.MONEY else 0
        until = self.instant.date() + timedelta(days=9) if what in recording.UNTIL else None
        return NewAction(what, f"{what}{self.instant}", self.instant, amount, until_on=until)

    @rule(case=Journeys.cases, what=WHAT, fen=st.sampled_from([1, 100]))
    def corrects_an_action(self, case: int, what: str, fen: int) -> None:
        newer = aliased(Action)
        query = select(Action.id).where(
            Action.case_id == case, ~select(newer.id).where(newer.corrects_id == Action.id).exists()
        )
        old, actor = db.session.scalar(query.order_by(Action.id.desc())), self.member(case)
        if old is not None:
            new = self.act(what, fen)
            self.tries(
                lambda: correcting.correct_action(actor, case, None, old, new, "录错", self.when)
            )

    @rule(case=Journeys.cases, fact=FACTS)
    def corrects_a_fact(self, case: int, fact: tuple[str, str]) -> None:
        actor = self.member(case)
        self.tries(lambda: correcting.correct_fact(actor, case, None, *fact, "录错", self.when))

    @rule(case=Journeys.cases, back=st.integers(1, 40))
    def was_filed_earlier(self, case: int, back: int) -> None:
        day = db.session.get_one(Case, case).filed_on - timedelta(days=back)
        self.corrects_a_fact(case, ("filed_on", day.isoformat()))

    @rule(case=Journeys.cases, to=st.sampled_from(["one", "one-b", "two", "quick", "centre"]))
    def assigns(self, case: int, to: str) -> None:
        chosen = db.session.scalars(select(Person.id).where(Person.login == to)).one()
        actor, seq = self.lead(case), self.seq(case)
        self.tries(lambda: claiming.assign(actor, case, seq, chosen, self.when))

    @rule(back=st.integers(0, 40), days=st.integers(0, 9), taken_back=st.booleans())
    def was_down(self, back: int, days: int, taken_back: bool) -> None:
        start = self.instant.date() - timedelta(days=back)
        edit = Downtime(start, min(start + timedelta(days=days), self.instant.date()))
        made = self.tries(lambda: recomputes.ask(self.who("system"), edit, "停电", self.when))
        if made:
            self.tries(lambda: recomputes.approve(self.who("chief"), made, "", self.when))
        if made and taken_back and db.session.get_one(Recompute, made).status == "done":
            self.tries(lambda: recomputes.take_back(self.who("chief"), made, "未停", self.when))

    def teardown(self) -> None:
        """At the end of each journey: sound in all that no act of the court may disturb."""
        findings = inspecting.inspect(self.court.id, self.when)[1]
        wrong = {key: one for key, one in findings.items() if one["count"]}
        assert set(wrong) <= DISTURBED, wrong

    @invariant()
    def the_trail_says_what_the_tables_say(self) -> None:
        for one in replay.compared(self.court.id):
            assert one.agrees, [str(said) for said in one.said]
