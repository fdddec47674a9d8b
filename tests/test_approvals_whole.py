"""Who may do what with a request: every kind, every role, every status? And who hears of it."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from linshu.rules.duties import Role
from linshu.rules.measures import Standing
from linshu.rules.trail import Tag
from linshu.services import absences, asking, claiming, desk, measures, packs, recording, requests
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, NotAllowed
from linshu.services.flow import Flow
from linshu.services.measures import NewMeasure
from linshu.services.recording import NewAction
from linshu.store.alerts import Subject
from linshu.store.cases import Party, Request
from linshu.store.clocks import Alert
from linshu.store.db import db, transaction
from linshu.store.people import Person, Team
from linshu.store.writer import Doer
from tests.asked_for import FILED, HAND, MAKERS, ON, Asked, holder, lead_of
from tests.court import ONE, TWO, Court, at
from tests.test_pauses import trail_of
from tests.web.visits import entered, plain

#: Who decides what a lead of an intensive team asks for.
DECIDER = {
    "transfer": "chief",
    "pause": "chief",
    "extension": "president",
    "measure": "president",
    "closing": "president",
    "reopening": "vice",
    "resuming": "chief",
    "override": "chief",
}
#: Somebody of every role, and the leads of other teams.
ONE_OF_EACH = (
    *("one", "clerk", "filing", "centre", "lead-one", "lead-two", "quick-lead", "centre-lead"),
    *("chief", "vice", "president", "supervisor", "system", "admin", "audit", "keeper"),
)
APPROVING = {Role.TEAM_LEAD, Role.BUREAU_CHIEF, Role.VICE_PRESIDENT, Role.PRESIDENT}
VERBS = {
    "approve": ("asked", "approved"),
    "refuse": ("asked", "refused"),
    "return": ("asked", "returned"),
    "confirm": ("confirming", "approved"),
    "decline": ("confirming", "refused"),
}
STATUSES = ("asked", "confirming", "approved", "refused", "returned", "lapsed")


def act(court: Court, login: str, number: int, verb: str, on: str = ON) -> None:
    who, when = court.who(login), at(on, 11)
    if verb == "confirm":
        requests.confirm(who, number, when)
        return
    do = {"approve": requests.approve, "refuse": requests.refuse, "return": requests.send_back}
    {**do, "decline": requests.decline}[verb](who, number, "理由。", when)


def status(number: int) -> str:
    db.session.rollback()
    return db.session.get_one(Request, number).status


def put(number: int, **columns: object) -> None:
    """The request as it stands in some status, nobody having decided it."""
    with transaction() as session:
        session.execute(update(Request).where(Request.id == number).values(**columns))


def asked_of(court: Court, kind: str) -> tuple[int, str, int]:
    """A request of a kind by the lead of the team that holds the case: number, asker, case."""
    case_id = court.brought_to("intensive", FILED)
    login = lead_of(court, case_id)
    actor = court.who(login)
    if kind == "reopening":  # of a closed case alone
        court.close(case_id, "执行完毕", ON, login)
    with transaction() as session:
        find = desk.closed if kind == "reopening" else _held
        found = find(session, actor, case_id)
        by = "president" if kind in ("measure", "closing") else ""
        wanted = asking.Wanted(kind, "other", "其他", {}, by)
        number = asking.submit(Flow(session, court.id, at(ON)), actor, found, wanted, "理由。")
    return number, login, case_id


def _held(session: Session, actor: Actor, case_id: int) -> Held:
    return desk.held(session, actor, case_id, None)


def keeper(court: Court) -> None:
    """Somebody who keeps dormant cases: the one role that the invented court has not."""
    with transaction() as session:
        team = session.scalars(select(Team).where(Team.name == "终本维护团队")).one()
        seat = {"login": "keeper", "name": "维护甲", "role": "dormant_keeper", "team_id": team.id}
        person = Person(court_id=court.id, **seat, password_hash="!", created_at=at(FILED).at)
        session.add(person)


def expected(court: Court, kind: str, what: tuple[str, str, str], asker: str) -> type | None:
    """What must come of it; None: it is done."""
    login, verb, now = what
    if Role(court.who(login).role) not in APPROVING:
        return NotAllowed
    if now != VERBS[verb][0]:
        return Conflict
    receiver = "lead-two" if asker == "lead-one" else "lead-one"
    decider = receiver if now == "confirming" else DECIDER[kind]
    return None if login == decider else NotAllowed


@pytest.mark.parametrize("kind", asking.KINDS_ZH)
def test_every_kind_every_role_every_status(court: Court, kind: str) -> None:
    keeper(court)
    number, asker, case_id = asked_of(court, kind)
    assert {court.who(login).role for login in ONE_OF_EACH} == set(Role)
    to = court.team(TWO if asker == "lead-one" else ONE).id
    for now, verb, login in product(STATUSES, VERBS, ONE_OF_EACH):
        if now == "confirming" and kind != "transfer":
            continue  # nothing else waits for a receiver
        put(number, status=now, to_team_id=to if now == "confirming" else None)
        outcome = expected(court, kind, (login, verb, now), asker)
        if outcome is not None:
            with pytest.raises(outcome):
                act(court, login, number, verb)
            assert status(number) == now, (now, verb, login)
        elif verb in ("refuse", "return", "decline"):
            act(court, login, number, verb)
            assert status(number) == VERBS[verb][1]
    told = [one for one in trail_of(case_id) if one["data"].get("request") == number]
    assert told and all("approved" not in entry["tag"] for entry in told)


@pytest.mark.parametrize("kind", MAKERS)
def test_an_approved_one_is_carried_out_once(court: Court, kind: str) -> None:
    asked = MAKERS[kind](court)
    assert asked.decider == DECIDER[kind]
    before = len(trail_of(asked.case_id))
    act(court, asked.decider, asked.number, "approve", asked.on)
    assert status(asked.number) == "approved" and len(trail_of(asked.case_id)) > before + 1
    for verb in VERBS:
        with pytest.raises(Conflict):
            act(court, asked.decider, asked.number, verb, asked.on)


@pytest.mark.parametrize(("kind", "verb"), [*product(MAKERS, ("refuse", "return"))])
def test_what_was_turned_down_shows_nowhere_as_approved(
    app: Flask, court: Court, kind: str, verb: str, tmp_path: Path
) -> None:  # glpi #24399
    asked = MAKERS[kind](court)
    act(court, asked.decider, asked.number, verb, asked.on)
    tags = [entry["tag"] for entry in trail_of(asked.case_id)]
    granted = {Tag.REQUEST_APPROVED, Tag.CASE_TRANSFERRED, Tag.CASE_PAUSED, Tag.CASE_EXTENDED}
    assert not {*granted, Tag.MEASURE_NOTED, Tag.CASE_REASSIGNED} & set(tags)
    out = tmp_path / "pack.zip"
    order = packs.Order(
        court.id, asked.case_id, Doer("chief", "bureau_chief"), "局长甲", at(ON, 12)
    )
    packs.make(order, out)
    with ZipFile(out) as pack:
        shown = [plain(pack.read("03-申请审批.html").decode())]
    for login in (asked.asker, asked.decider):
        visitor = entered(app, court, login)
        shown += [plain(visitor.get("/requests"))]
        shown += [plain(visitor.get(f"/cases/{asked.case_id}?tab=requests"))]
    for page in shown:
        assert {"refuse": "已驳回", "return": "退回补正"}[verb] in page
        assert "已批准" not in page


@pytest.mark.parametrize("kind", MAKERS)
def test_each_kind_goes_to_the_next_up_when_nobody_decides_in_time(court: Court, kind: str) -> None:
    asked = MAKERS[kind](court)
    last = "2026-04-15" if asked.on == ON else "2026-07-07"  # two working days
    after = last.replace("15", "16").replace("07-07", "07-08")
    assert requests.raise_overdue(court.id, at(last, 23)) == 0
    raised = 0 if asked.decider == "president" else 1  # with whom it stays
    assert requests.raise_overdue(court.id, at(after)) == raised
    if raised:
        with pytest.raises(NotAllowed):
            act(court, "chief", asked.number, "refuse", after)
    act(court, "vice" if raised else "president", asked.number, "refuse", after)


def away(court: Court, login: str, on: str) -> None:
    """The vice president stands in for somebody on a day."""
    who, other, day = court.who(login), court.who("vice").person_id, date.fromisoformat(on)
    absences.note(who, who.person_id, other, day, day, at(on, 8))


def told(subject: Subject) -> list[Alert]:
    db.session.rollback()
    return list(db.session.scalars(select(Alert).where(Alert.subject == str(subject))))


@pytest.mark.parametrize("kind", MAKERS)
def test_a_substitute_hears_of_what_comes_and_both_names_are_in_every_entry(
    app: Flask, court: Court, kind: str
) -> None:
    on = "2026-07-03" if kind == "extension" else ON
    decider = DECIDER[kind]
    away(court, decider, on)
    asked = MAKERS[kind](court)
    (alert,) = told(Subject.SUBSTITUTE)
    assert (alert.person_id, alert.subject_id, alert.case_id) == (
        court.who("vice").person_id,
        asked.number,
        asked.case_id,
    )
    before = len(trail_of(asked.case_id))
    act(court, "vice", asked.number, "approve", on)
    caused = trail_of(asked.case_id)[before:]
    assert len(caused) > 1
    assert {(e["by"], e["behalf"]) for e in caused if e["tag"] != "request.lapsed"} == {
        ("vice", decider)
    }
    absent = court.who(decider).name
    for login in (asked.asker, "vice"):
        assert f"副院甲 (代 {absent})" in plain(
            entered(app, court, login).get("/requests")
        ).replace("副院甲(", "副院甲 (")


def test_a_substitute_is_told_how_many_wait_already(app: Flask, court: Court) -> None:
    MAKERS["pause"](court)
    MAKERS["override"](court)
    MAKERS["measure"](court)  # the president's
    away(court, "chief", ON)
    (alert,) = told(Subject.STANDS_IN)
    assert (alert.person_id, alert.row) == (court.who("vice").person_id, "2")
    assert "已有 2 件待审批" in plain(entered(app, court, "vice").get("/alerts"))


def test_a_request_that_is_raised_reaches_the_substitute_too(court: Court) -> None:
    asked = MAKERS["pause"](court)
    who, day = court.who("vice"), date(2026, 4, 16)
    absences.note(who, who.person_id, court.who("president").person_id, day, day, at(ON))
    assert requests.raise_overdue(court.id, at("2026-04-16")) == 1
    (alert,) = told(Subject.SUBSTITUTE)
    assert alert.person_id == court.who("president").person_id
    act(court, "president", asked.number, "approve", "2026-04-16")


def changed_since(court: Court, asked: Asked) -> None:
    """Money comes in, after a pause was asked for."""
    who = court.who(HAND[holder(court, asked.case_id)])
    claiming.claim(who, asked.case_id, None, at(ON, 10))
    came = NewAction("receipt", "到账", at(ON, 10).at, 30_000)
    recording.record(who, asked.case_id, None, came, at(ON, 10))


def test_the_approver_is_told_what_changed(app: Flask, court: Court) -> None:
    asked = MAKERS["pause"](court)
    page = plain(entered(app, court, "chief").get("/requests"))
    assert "提出申请之后案件有变化" not in page
    changed_since(court, asked)
    page = plain(entered(app, court, "chief").get("/requests"))
    assert "提出申请之后案件有变化" in page and "到位金额(元) 0.00 → 300.00" in page
    due = court.stint(asked.case_id).due_on
    court.sweep(date.fromordinal((due or date.max).toordinal() + 1))
    page = plain(entered(app, court, "chief").get("/requests"))
    assert (
        "阶段 精执 → 监执" in page and "承办团队 精执" in page and "阶段届满日 2026-05-08 →" in page
    )
    act(court, "chief", asked.number, "refuse", "2026-05-11")
    assert "案件有变化" not in plain(entered(app, court, "chief").get("/requests"))


def test_a_measure_that_was_done_meanwhile_is_named(app: Flask, court: Court) -> None:
    asked = MAKERS["pause"](court)
    debtor = db.session.query(Party.id).filter_by(case_id=asked.case_id, role="debtor").scalar()
    who, new = court.who(asked.asker), NewMeasure(debtor, "asset_search", "(2026)查1号")
    measures.note(who, asked.case_id, None, new, Standing.DONE, date.fromisoformat(ON), at(ON, 10))
    assert "查控财产 · 李四 未记载 →" in plain(entered(app, court, "chief").get("/requests"))
