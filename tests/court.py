"""An invented court for tests: founded, staffed, and worked through the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import select

from config import SHANGHAI
from linshu.rules.duties import Role
from linshu.rules.numbers import CaseNumber
from linshu.rules.policy import Policy
from linshu.rules.stages import FIRST, RESUMED, TeamKind
from linshu.rules.trail import Tag
from linshu.services import filing, people, policies, setup, sweep
from linshu.services.actor import Actor
from linshu.services.filing import NewCase, NewParty
from linshu.services.flow import Flow
from linshu.services.people import NewPerson
from linshu.store.cases import Case, Stint
from linshu.store.db import db, transaction
from linshu.store.people import Person, Team
from linshu.store.resumptions import Resumption
from linshu.store.writer import Doer, When
from tests import closings

CODE = "鲁1329"
ONE, TWO = "精执一团队", "精执二团队"
STAFF = (
    NewPerson("filing", "立案甲", "filing_clerk", None),
    NewPerson("centre", "中心甲", "centre_staff", None),
    NewPerson("centre-lead", "中心长", "team_lead", "执行指挥中心"),
    NewPerson("quick", "速执甲", "executor", "速执团队"),
    NewPerson("quick-lead", "速执长", "team_lead", "速执团队"),
    NewPerson("one", "精一甲", "executor", ONE),
    NewPerson("one-b", "精一乙", "executor", ONE),
    NewPerson("clerk", "书记甲", "clerk", ONE),
    NewPerson("lead-one", "精一长", "team_lead", ONE),
    NewPerson("two", "精二甲", "executor", TWO),
    NewPerson("lead-two", "精二长", "team_lead", TWO),
    NewPerson("chief", "局长甲", "bureau_chief", None),
    NewPerson("vice", "副院甲", "vice_president", None),
    NewPerson("president", "院长甲", "president", None),
    NewPerson("supervisor", "监督甲", "supervisor", None),
    NewPerson("system", "系统甲", "system_admin", None),
    NewPerson("audit", "审计甲", "audit_admin", None),
)


def at(day: str | date, hour: int = 9, minute: int = 0) -> When:
    """That hour of a day, recorded at once."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    instant = datetime.combine(on, time(hour, minute), SHANGHAI)
    return When(instant, instant)


@dataclass
class Court:
    """A court with its people; cases come by ``file``."""

    id: int
    serial: int = 0
    founded: When = field(default_factory=lambda: at("2020-01-02"))

    def who(self, login: str) -> Actor:
        actor = people.actor_by_login(login)
        assert actor is not None, login
        return actor

    def team(self, name: str) -> Team:
        return db.session.scalars(select(Team).where(Team.name == name)).one()

    def new(self, on: str, resumed: bool = False, **facts: object) -> NewCase:
        self.serial += 1
        number = CaseNumber(int(on[:4]), CODE, RESUMED if resumed else FIRST, self.serial)
        if resumed and self._taken(number):  # by a terminated case that goes on
            return self.new(on, resumed, **facts)
        usual = {
            "cause": "民间借贷纠纷",
            "applicants": [NewParty("张三")],
            "debtors": [NewParty("李四")],
            "basis": "（2020）鲁1329民初1号民事判决书",
            "claim_fen": 100_000,
        }
        return NewCase(number=number, filed_on=date.fromisoformat(on), **(usual | facts))

    def _taken(self, number: CaseNumber) -> bool:
        there = select(Case.id).where(Case.court_id == self.id, Case.number == number.text)
        return db.session.scalar(there) is not None

    def file(self, on: str, resumed: bool = False, filed: str = "", **facts: object) -> int:
        """Files one case on a day; returns its id. ``filed``: it is older than its entry."""
        new = self.new(filed or on, resumed, **facts)
        return filing.file_case(self.who("filing"), new, at(on))

    def file_many(
        self, count: int, on: str, simple: bool | None = None, filed: str = ""
    ) -> list[int]:
        """Files many cases at once; screened as simple or complex unless None. ``filed``: they are
        older than their entry."""
        news = [self.new(filed or on, preserved=bool(simple)) for _ in range(count)]
        with transaction() as session:
            flow = Flow(session, self.id, at(on))
            filed = filing.file_many(
                flow, news, Doer("filing", "filing_clerk"), Tag.CASE_IMPORTED, simple is not None
            )
        return [one.case_id for one in filed]

    def sweep(self, on: str | date) -> sweep.Report:
        return sweep.expire_due(self.id, at(on, 0, 5))

    def stint(self, case_id: int) -> Stint:
        """The open stint of a case as the database has it now."""
        db.session.rollback()
        query = select(Stint).where(Stint.case_id == case_id, Stint.ended_on.is_(None))
        return db.session.scalars(query).one()

    def case(self, case_id: int) -> Case:
        db.session.rollback()
        return db.session.get_one(Case, case_id)

    def close(
        self, case_id: int, closing_type: str, on: str | When, who: str, said: str = "已经了结"
    ) -> int:
        """Closes a case of the team of ``who`` through the gate, all on one day, having done before
        what the law asks for; returns the number of the report."""
        when = on if isinstance(on, When) else at(on)
        return closings.close(self, case_id, closing_type, when, who, said)

    def policy(self, when: When) -> Policy:
        """The policy in force on a day."""
        return policies.in_force(self.who("vice"), when)

    def application(
        self, case_id: int, clue: str = "名下新购车辆", received_by: int | None = None
    ) -> int:
        """An application to resume that waits in a case, wherever the case is; returns its id."""
        facts = {"source": "applied", "clue": clue, "received_on": date(2026, 11, 20)}
        one = Resumption(
            court_id=self.id,
            case_id=case_id,
            received_by=received_by or self.who("chief").person_id,
            recorded_at=at("2026-11-20").at,
            status="waiting",
            **facts,
        )
        with transaction() as session:
            session.add(one)
            session.flush()
            return one.id

    def brought_to(self, stage: str, on: str) -> int:
        """A case at a stage, brought there by nobody acting; filed on ``on``."""
        case_id = self.file_many(1, on, simple=False)[0]
        for _ in range(9):
            stint = self.stint(case_id)
            if stint.stage == stage:
                return case_id
            assert stint.due_on is not None
            self.sweep(date.fromordinal(stint.due_on.toordinal() + 1))
        raise AssertionError(f"never came to {stage}")


def founded(on: str = "2020-01-02") -> Court:
    """A court on the database of the current application."""
    court_id, _password = setup.found_court(CODE, at(on))
    people.add_people(court_id, STAFF, Doer("admin", "security_admin"), at(on))
    return Court(court_id)


def third_team(court: Court, name: str) -> None:
    """One more intensive team with its post, an executor and a lead; nobody enters by password."""
    with transaction() as session:
        team = Team(court_id=court.id, kind=str(TeamKind.INTENSIVE), name=name)
        session.add(team)
        session.flush()
        post = {"kind": str(TeamKind.TEAM_LEAD), "name": f"{name}·团队长", "parent_id": team.id}
        session.add(Team(court_id=court.id, **post))
        for login, role in (("three", Role.EXECUTOR), ("lead-three", Role.TEAM_LEAD)):
            seat = {"login": login, "name": login, "role": str(role), "team_id": team.id}
            since = at("2020-01-02").at
            session.add(Person(court_id=court.id, **seat, password_hash="!", created_at=since))
