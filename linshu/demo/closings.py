"""How does a case leave the invented court? By the gate: ripe, reported, reviewed, approved."""

from datetime import date, timedelta

from sqlalchemy import select

from linshu.rules.gate import first_termination_on
from linshu.rules.gate_facts import ENTITLEMENTS, SEARCHES, Attested
from linshu.services import gate, measures, recording, requests
from linshu.services.actor import Actor
from linshu.services.errors import Refused
from linshu.services.measures import NewMeasure
from linshu.services.recording import NewAction
from linshu.store import queries
from linshu.store.cases import Case, Party, Request, Stint
from linshu.store.db import db, transaction
from linshu.store.searches import Search
from linshu.store.writer import When

TERMINATION, FULL = "终结本次执行程序", "执行完毕"
_REASONS = {
    TERMINATION: "穷尽财产调查措施,未发现可供执行的财产,申请执行人同意终本。",
    FULL: "被执行人已履行全部义务,案款已发放。",
}


def may_end(case_id: int, on: date) -> bool:
    """Whether a case is old enough for 终本."""
    filed_on = db.session.scalar(select(Case.filed_on).where(Case.id == case_id)) or on
    return on >= first_termination_on(filed_on, 3)


def report(actor: Actor, president: Actor, stint: Stint, kind: str, when: When) -> None:
    """The handler does what is still missing, a little before, and reports; what cannot be reported
    stays open."""
    case_id, seq = stint.case_id, stint.seq
    before = When(when.at - timedelta(minutes=30), when.at - timedelta(minutes=30))
    try:
        if kind == TERMINATION:
            _searched(actor, case_id, before)
            _restricted(actor, president, case_id, before)
        else:
            _paid(actor, case_id, before)
        attested = Attested(
            frozenset({"field"}),
            frozenset(ENTITLEMENTS),
            when.on,
            "signed",
            f"（{when.on.year}）鲁1329执{case_id}号之一",
            alive=True,
            claim_fits=True,
        )
        gate.report(actor, case_id, seq, gate.Report(kind, _REASONS[kind], attested), when)
    except Refused:
        return


def _searched(actor: Actor, case_id: int, when: When) -> None:
    """The notice once more, for the few that forgot it, and a search of every source."""
    notice = NewAction("notice", "执行通知书、报告财产令补充送达。", when.at)
    recording.record(actor, case_id, None, notice, when)
    search = NewAction("network_search", "总对总查询反馈,未见可供执行的财产。", when.at)
    action_id = recording.record(actor, case_id, None, search, when)
    row = {"court_id": actor.court_id, "case_id": case_id, "action_id": action_id}
    with transaction() as session:
        for source in SEARCHES:
            found = Search(**row, source=source, searched_on=when.on, recorded_at=when.at)
            session.add(found)


def _restricted(actor: Actor, president: Actor, case_id: int, when: When) -> None:
    debtors = select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    for party_id in db.session.scalars(debtors).all():
        new = NewMeasure(party_id, "restriction", "限制消费令")
        number = measures.ask(actor, case_id, None, new, "未按通知履行义务。", when)
        requests.approve(president, number, "同意。", when)


def _paid(actor: Actor, case_id: int, when: When) -> None:
    case = db.session.get_one(Case, case_id)
    owed, held = case.claim_fen - case.recovered_fen, case.recovered_fen - case.paid_fen
    said = {"receipt": "被执行人将全部案款汇入案款专户。", "paid_out": "案款已全部发放申请执行人。"}
    for kind, amount in (("receipt", owed), ("paid_out", owed + held)):
        if amount > 0:
            new = NewAction(kind, said[kind], when.at, amount)
            recording.record(actor, case_id, None, new, when)


def review(gatekeepers: list[Actor], when: When) -> None:
    """The centre looks through what was reported: whoever did not report it passes it on."""
    for request in queries.waiting_requests(db.session(), gatekeepers[0].court_id):
        if request.status == "reviewing":
            _reviewed(gatekeepers, request.id, when)


def _reviewed(gatekeepers: list[Actor], request_id: int, when: When) -> None:
    for actor in gatekeepers:
        try:
            gate.review(actor, request_id, when)
        except Refused:
            continue
        return


def is_closing(request: Request) -> bool:
    """Whether it was the gate that let it come this far."""
    return request.kind == gate.KIND
