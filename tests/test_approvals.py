"""Does every kind of request go to whoever decides it, once and in time, and to nobody else?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from linshu.services import absences, extensions, pauses, requests, transfers
from linshu.services.errors import Conflict, Invalid, NotAllowed, Refused
from linshu.services.pauses import NewPause
from linshu.store import inbox
from linshu.store.absences import sitting
from linshu.store.alerts import Subject
from linshu.store.cases import Request
from linshu.store.clocks import Alert
from linshu.store.db import db
from linshu.store.people import Absence
from tests.court import Court, at
from tests.test_pauses import trail_of

ON = "2026-07-03"  # a Friday, within the last days of the statutory limit
FILED = "2026-01-05"


@pytest.fixture
def case_id(court: Court) -> int:
    """A case at its team lead's post; the team is 精执一团队 or 精执二团队."""
    found = court.file_many(1, FILED, simple=False)[0]
    for day in ("2026-04-08", "2026-05-09", "2026-06-10"):
        court.sweep(day)
    return found


def lead(court: Court, case_id: int) -> str:
    """The lead at whose post it is."""
    post = court.stint(case_id).team_id
    return "lead-one" if post == court.team("精执一团队·团队长").id else "lead-two"


def transfer(court: Court, case_id: int) -> int:
    who, seq = court.who(lead(court, case_id)), court.stint(case_id).seq
    return transfers.ask(who, case_id, seq, "other", "线索在外地。", at(ON))


def pause(court: Court, case_id: int) -> int:
    who, seq = court.who(lead(court, case_id)), court.stint(case_id).seq
    new = NewPause("expertise", date(2026, 7, 1), None, "(2026)鉴委1号")
    return pauses.ask(who, case_id, seq, new, "委托鉴定。", at(ON))


def extension(court: Court, case_id: int) -> int:
    who, seq = court.who(lead(court, case_id)), court.stint(case_id).seq
    return extensions.ask(who, case_id, seq, 1, "", "财产正在处置。", at(ON))


KINDS = [transfer, pause, extension]
DECIDER = {transfer: "chief", pause: "chief", extension: "president"}  # a lead's own goes up
STAFF = "one lead-one lead-two quick-lead chief vice president supervisor system audit".split()
VERBS = {
    "approved": lambda who, n: requests.approve(who, n, "同意。", at(ON, 10)),
    "refused": lambda who, n: requests.refuse(who, n, "不同意。", at(ON, 10)),
    "returned": lambda who, n: requests.send_back(who, n, "请补充文书。", at(ON, 10)),
}


def status(request_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Request, request_id).status


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", VERBS)
def test_each_kind_is_decided_by_whom_the_policy_names_and_by_nobody_else(
    court: Court, case_id: int, kind: Callable[[Court, int], int], verb: str
) -> None:
    number = kind(court, case_id)
    for login in STAFF:
        if login != DECIDER[kind]:
            with pytest.raises(NotAllowed):
                VERBS[verb](court.who(login), number)
            assert status(number) == "asked"
    VERBS[verb](court.who(DECIDER[kind]), number)
    assert status(number) == verb
    for again in VERBS.values():  # decided is decided, whatever it was
        with pytest.raises(Conflict):
            again(court.who(DECIDER[kind]), number)
    assert status(number) == verb


@pytest.mark.parametrize("kind", KINDS)
def test_refusing_and_returning_need_a_reason(
    court: Court, case_id: int, kind: Callable[[Court, int], int]
) -> None:
    number = kind(court, case_id)
    for act in (requests.refuse, requests.send_back):
        with pytest.raises(Invalid):
            act(court.who(DECIDER[kind]), number, " ", at(ON, 10))
    assert status(number) == "asked"


@pytest.mark.parametrize("verb", ["refused", "returned"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_turned_down_changes_nothing_and_may_be_asked_for_anew(
    court: Court, case_id: int, kind: Callable[[Court, int], int], verb: str
) -> None:
    before = court.stint(case_id)
    was = (before.seq, before.due_on, court.case(case_id).statutory_due_on)
    number = kind(court, case_id)
    VERBS[verb](court.who(DECIDER[kind]), number)
    after = court.stint(case_id)
    assert (after.seq, after.due_on, court.case(case_id).statutory_due_on) == was
    assert trail_of(case_id)[-1]["tag"] == f"request.{verb}"
    anew = kind(court, case_id)
    VERBS["approved"](court.who(DECIDER[kind]), anew)
    assert (status(number), status(anew)) == (verb, "approved")


def test_what_nobody_decides_in_time_goes_to_the_next_up(court: Court, case_id: int) -> None:
    number = pause(court, case_id)
    assert db.session.get_one(Request, number).due_on == date(2026, 7, 7)  # two working days
    assert requests.raise_overdue(court.id, at("2026-07-07")) == 0  # the whole last day counts
    assert requests.raise_overdue(court.id, at("2026-07-08")) == 1
    assert requests.raise_overdue(court.id, at("2026-07-08")) == 0
    with pytest.raises(NotAllowed):
        requests.approve(court.who("chief"), number, "", at("2026-07-08", 10))
    told = db.session.scalars(select(Alert).where(Alert.subject == Subject.REQUEST)).one()
    assert (told.person_id, told.case_id) == (court.who("vice").person_id, case_id)
    raised = trail_of(case_id)[-1]
    assert (raised["by"], raised["data"]["to_zh"]) == ("system", "分管副院长")
    assert requests.raise_overdue(court.id, at("2026-07-11")) == 1  # to the president
    assert requests.raise_overdue(court.id, at("2026-08-11")) == 0  # with whom it stays
    requests.approve(court.who("president"), number, "同意。", at("2026-08-11"))
    assert status(number) == "approved"


def away(court: Court, login: str, substitute: str, first: str = ON, last: str = ON) -> int:
    who, other = court.who(login), court.who(substitute)
    days = (date.fromisoformat(first), date.fromisoformat(last))
    return absences.note(who, who.person_id, other.person_id, *days, at(ON))


def test_a_substitute_decides_what_waits_already_and_both_names_show(
    court: Court, case_id: int
) -> None:  # steedos #2065, glpi #19626
    number = pause(court, case_id)
    other = court.who("quick-lead")
    assert not inbox.waiting(db.session(), sitting(db.session(), other.seat, at(ON).on), court.id)
    away(court, "chief", "quick-lead")
    here = sitting(db.session(), other.seat, at(ON).on)
    assert [row.request.id for row in inbox.waiting(db.session(), here, court.id)] == [number]
    told = db.session.scalars(select(Alert).where(Alert.subject == Subject.STANDS_IN)).one()
    assert told.person_id == other.person_id
    requests.approve(other, number, "同意。", at(ON, 10))
    approved = next(e for e in trail_of(case_id) if e["tag"] == "request.approved")
    assert (approved["by"], approved["behalf"]) == ("quick-lead", "chief")
    kept = db.session.get_one(Request, number, populate_existing=True)
    assert (kept.decided_by, kept.decided_for) == (other.person_id, court.who("chief").person_id)


def test_a_substitute_is_one_only_while_he_is(court: Court, case_id: int) -> None:
    number = pause(court, case_id)
    absence = away(court, "chief", "quick-lead", "2026-07-06", "2026-07-10")
    with pytest.raises(NotAllowed):  # not yet
        requests.approve(court.who("quick-lead"), number, "", at(ON, 10))
    absences.end(court.who("chief"), absence, at("2026-07-07"))
    with pytest.raises(NotAllowed):  # no longer
        requests.approve(court.who("quick-lead"), number, "", at("2026-07-07", 10))
    requests.approve(court.who("chief"), number, "", at("2026-07-07", 10))


def test_nobody_decides_his_own_request_in_somebody_else_s_place(
    court: Court, case_id: int
) -> None:
    number = pause(court, case_id)
    asker = lead(court, case_id)
    away(court, "chief", asker)
    with pytest.raises(NotAllowed, match="自己"):
        requests.approve(court.who(asker), number, "", at(ON, 10))
    assert status(number) == "asked"


@pytest.mark.parametrize(
    ("login", "substitute", "first", "last"),
    [
        ("chief", "chief", ON, ON),
        ("chief", "one", ON, ON),
        ("chief", "supervisor", ON, ON),
        ("president", "lead-one", ON, ON),
        ("chief", "vice", "2026-07-05", "2026-07-04"),
        ("chief", "vice", "2026-07-01", "2026-07-02"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    court: Court, login: str, substitute: str, first: str, last: str
) -> None:
    with pytest.raises(Invalid):
        away(court, login, substitute, first, last)
    assert db.session.scalars(select(Absence)).all() == []


def test_whose_absence_it_is_notes_it_or_the_security_administrator(court: Court) -> None:
    chief, vice = court.who("chief").person_id, court.who("vice").person_id
    day = date.fromisoformat(ON)
    for login in ("vice", "one", "system", "audit"):
        with pytest.raises(Refused):
            absences.note(court.who(login), chief, vice, day, day, at(ON))
    noted = absences.note(court.who("admin"), chief, vice, day, day, at(ON))
    with pytest.raises(Conflict):
        away(court, "chief", "quick-lead")
    with pytest.raises(NotAllowed):
        absences.end(court.who("vice"), noted, at(ON))
    absences.end(court.who("chief"), noted, at(ON))
    with pytest.raises(Conflict):
        absences.end(court.who("chief"), noted, at(ON))
