"""How does a case leave an invented court? Made ripe, reported, reviewed and approved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from linshu.rules.gate_facts import ENTITLEMENTS, SEARCHES, Attested
from linshu.rules.roles import Role
from linshu.services import asking, gate, measures, people, policies, recording, requests, searching
from linshu.services.gate import Report
from linshu.services.measures import NewMeasure
from linshu.services.people import NewPerson
from linshu.services.recording import NewAction
from linshu.store import inbox
from linshu.store.cases import Case, Party, Request, Stint
from linshu.store.db import db
from linshu.store.gate import facts
from linshu.store.people import Person, Team
from linshu.store.soundness import holder_of
from linshu.store.writer import Doer, When

if TYPE_CHECKING:
    from tests.court import Court

TERMINATION = "终结本次执行程序"
#: Everything that a handler can attest.
WHOLE = Attested(
    investigated=frozenset({"field"}),
    looked_into=frozenset(ENTITLEMENTS),
    agreement="signed",
    ruling="（2026）鲁1329执裁1号",
    alive=True,
    claim_fits=True,
    ground="withdrawn",
)
POSTS = {
    Role.BUREAU_CHIEF: "chief",
    Role.VICE_PRESIDENT: "vice",
    Role.PRESIDENT: "president",
}


def attested(when: When) -> Attested:
    """All of it, the talk held on the day."""
    return replace(WHOLE, talked_on=when.on)


def ripen(court: Court, case_id: int, closing_type: str, when: When, who: str) -> None:
    """Does what the law asks for before such a closing and nobody has done yet."""
    actor = court.who(who)
    db.session.rollback()
    policy = policies.in_force(actor, when)
    case = db.session.get_one(Case, case_id)
    known = facts(db.session(), case, policy, attested(when), when.on)
    checks, owed = policy.gate.checks[closing_type], known.outstanding_fen
    if "satisfied" in checks and owed:
        act(court, case_id, NewAction("receipt", "全部到账。", when.at, owed), when, who)
    held = known.held_fen + (owed if "satisfied" in checks else 0)
    if held:
        act(court, case_id, NewAction("paid_out", "全部发放。", when.at, held), when, who)
    if "noticed" in checks and not known.noticed_on:
        act(court, case_id, NewAction("notice", "通知书、报告令已发。", when.at), when, who)
    if "searched" in checks and set(known.searched_on) < set(SEARCHES):
        search(court, case_id, when, who)
    if "restricted" in checks:
        restrict(court, case_id, when, who)


def act(court: Court, case_id: int, new: NewAction, when: When, who: str) -> int:
    return recording.record(court.who(who), case_id, None, new, when)


def search(
    court: Court, case_id: int, when: When, who: str, sources: tuple[str, ...] = tuple(SEARCHES)
) -> None:
    """Searches sources for a case: nothing found."""
    searching.search(court.who(who), case_id, None, sources, when.on, "查无财产。", when)


def restrict(court: Court, case_id: int, when: When, who: str) -> None:
    """限制消费 against every debtor who is under none, signed by the president."""
    debtors = db.session.scalars(
        select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    )
    known = facts(db.session(), court.case(case_id), court.policy(when), attested(when), when.on)
    for party_id, debtor in zip(debtors.all(), known.debtors, strict=True):
        if not debtor.restricted:
            new = NewMeasure(party_id, "restriction", "（2026）鲁1329执1号限制消费令")
            number = measures.ask(court.who(who), case_id, None, new, "拒不履行。", when)
            requests.approve(court.who("president"), number, "", when)


def report(
    court: Court, case_id: int, closing_type: str, when: When, who: str, said: str = "已经了结"
) -> int:
    """Reports a case that is ripe, with everything attested; returns the request's id."""
    new = Report(closing_type, said, attested(when))
    return gate.report(court.who(who), case_id, court.stint(case_id).seq, new, when)


def reviewer(court: Court, request_id: int) -> str:
    """Somebody of the gate who has not reported it himself."""
    request = asked(request_id)
    if request.asked_by != court.who("centre").person_id:
        return "centre"
    if people.actor_by_login("centre-b") is None:
        new = NewPerson("centre-b", "中心乙", "centre_staff", None)
        people.add_people(court.id, [new], Doer("admin", "security_admin"), court.founded)
    return "centre-b"


def approver(court: Court, request_id: int) -> str:
    """Whoever approves it by the policy."""
    request = asked(request_id)
    team = db.session.get_one(Team, db.session.get_one(Stint, request.stint_id).team_id)
    seat = asking.asker(db.session(), request)
    role = inbox.question(request, seat, holder_of(team)).role
    if role in POSTS:
        return POSTS[role]
    lead = select(Person.login).where(Person.role == "team_lead", Person.team_id == team.id)
    return db.session.scalars(lead).one()


def asked(request_id: int) -> Request:
    """A request as the database has it now."""
    db.session.rollback()
    return db.session.get_one(Request, request_id)


def passed(court: Court, request_id: int, when: When) -> None:
    """Reviewed and approved."""
    gate.review(court.who(reviewer(court, request_id)), request_id, when)
    requests.approve(court.who(approver(court, request_id)), request_id, "", when)


def close(court: Court, case_id: int, closing_type: str, when: When, who: str, said: str) -> int:
    """The whole way out on one day; returns the request's id."""
    ripen(court, case_id, closing_type, when, who)
    number = report(court, case_id, closing_type, when, who, said)
    passed(court, number, when)
    return number
