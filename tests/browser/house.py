"""Which court do the browser tests walk through? One with cases at every stage, really served.

Ten months of it are worked through the services in the order in which they happened. What a test
changes are cases of its own, so that tests run side by side and in any order.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select
from werkzeug.serving import WSGIRequestHandler, make_server

from linshu.jobs import doorbell
from linshu.rules.parties import NewAddress
from linshu.rules.watch import About
from linshu.services import (
    alerts,
    attachments,
    batch_run,
    batches,
    care,
    claiming,
    correcting,
    digests,
    documents,
    finding_files,
    imports,
    measures,
    orders,
    parties,
    pauses,
    people,
    property,
    recomputes,
    recording,
    requests,
    transfers,
)
from linshu.services.batches import Picked
from linshu.services.care import Consultation, Source
from linshu.services.edits import Downtime
from linshu.services.entrants import NewParty
from linshu.services.filling import NewDocument
from linshu.services.measures import NewMeasure
from linshu.services.orders import Deadline, NewOrder
from linshu.services.parties import Joining
from linshu.services.pauses import NewPause
from linshu.services.people import NewPerson
from linshu.services.property import Done, NewHolding
from linshu.services.recording import NewAction
from linshu.store.cases import Action, Party, Request, Stint
from linshu.store.clocks import Pause
from linshu.store.db import db
from linshu.store.people import Person
from linshu.store.writer import Doer
from tests import closings
from tests.conftest import NOW
from tests.court import ONE, TWO, Court, at
from tests.web.visits import visiting

TODAY = NOW.date()
HEADINGS = ("案号", "案由", "立案日期", "申请执行人", "被执行人", "被执行人证件号码", "执行标的额")
HEADINGS += ("是否已保全", "被执行人是否配合")
#: Filed when, how many, simple or complex: they end up at every stage on the tests' day.
FILED = (
    ("2026-01-05", 3, False),  # at the vice president beyond his limit
    ("2026-03-16", 2, False),
    ("2026-04-20", 2, False),
    ("2026-05-18", 2, False),
    ("2026-06-22", 4, False),
    ("2026-07-20", 4, False),
    ("2026-09-07", 45, False),  # more than a page in the centre
    ("2026-10-23", 3, True),  # due today in the quick team
    ("2026-10-26", 3, True),
    ("2026-11-16", 4, True),
)


@dataclass
class House:
    """A court with its server. ``samples``: what the walks over all screens look at, by name."""

    app: Flask
    court: Court
    url: str = ""
    redis_url: str = ""
    samples: dict[str, int] = field(default_factory=dict)

    def ticket(self, login: str, language: str) -> str:
        """The cookie of somebody who has entered and has a password of his own."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)
        identity = visiting(self.app, self.court.who(login).person_id)
        return str(serializer.dumps({**identity, "language": language}))

    def case(
        self, team: str, handler: str | None = None, on: str = "2026-11-16", **facts: object
    ) -> int:
        """A case of its own for one test: at its first stage in that team, claimed if so named."""
        while True:
            if team in (ONE, TWO):
                case_id = self.court.file(on, resumed=True, **facts)
            else:
                case_id = self.court.file_many(1, on, simple=True)[0]
            if self.court.stint(case_id).team_id == self.court.team(team).id:
                break  # the lot may have given it to the other team
        if handler:
            claiming.claim(self.court.who(handler), case_id, None, at(on, 11))
        return case_id

    def number(self, case_id: int) -> str:
        return self.court.case(case_id).number

    def newcomer(self, login: str, role: str = "executor", team: str | None = ONE) -> str:
        """Somebody new; returns the one-time password."""
        new = NewPerson(login, f"新{login[-4:]}", role, team)
        doer = Doer("admin", "security_admin")
        return people.add_people(self.court.id, [new], doer, at(TODAY))[0][1]


@contextmanager
def served(app: Flask, court: Court, redis_url: str) -> Iterator[House]:
    """The house with its people at work, behind a real server on a free port."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600  # a visitor asks for each file once
    house = House(app, court, redis_url=redis_url)
    _worked(house)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    house.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield house
    server.shutdown()
    thread.join()


def _worked(house: House) -> None:
    court = house.court
    keeper = NewPerson("dormant", "终本甲", "dormant_keeper", "终本维护团队")
    people.add_people(court.id, [keeper], Doer("admin", "security_admin"), at("2026-01-04"))
    for on, count, simple in FILED:
        _pass_time(court, date.fromisoformat(on))
        court.file_many(count, on, simple)
    _pass_time(court, TODAY)
    _teams_at_work(house)
    _intake(house)
    _ledgers(house)
    _batched(house)
    _told(house)


def _paused(house: House, case_id: int) -> int:
    """A case whose clocks stand still, asked for by its executor; one more pause waits."""
    one, lead = house.court.who("one"), house.court.who("lead-one")
    new = NewPause("expertise", TODAY, None, "(2026)鉴委1号")
    asked = pauses.ask(one, case_id, house.court.stint(case_id).seq, new, "委托鉴定", at(TODAY))
    requests.approve(lead, asked, "同意", at(TODAY))
    pauses.ask(one, case_id, house.court.stint(case_id).seq, new, "再次委托", at(TODAY))
    return db.session.scalars(select(Pause.id).where(Pause.request_id == asked)).one()


def _pass_time(court: Court, until: date) -> None:
    """Nobody acts until that day: the sweep moves what runs out."""
    query = select(func.min(Stint.due_on)).where(
        Stint.ended_on.is_(None), Stint.capped_on.is_(None)
    )
    while (due := db.session.scalar(query)) is not None and due < until:
        court.sweep(due + timedelta(days=1))


def _teams_at_work(house: House) -> None:
    for team, handler, lead in ((ONE, "one", "lead-one"), (TWO, "two", "lead-two")):
        for on in ("2026-10-23", "2026-10-26", "2026-11-09"):  # due today, on the 26th, later
            house.case(team, handler, on)
        house.case(team, on="2026-11-18")  # waits for its lead to give it out
        house.case(team, handler=lead)
    court, samples = house.court, house.samples
    samples["case"] = house.case(ONE, "one", basis="（2025）鲁1329民初12号民事判决书")
    _recorded(house, samples["case"])
    samples["reported"] = house.case(ONE, "one")
    closings.ripen(court, samples["reported"], "销案", at(TODAY), "one")
    closings.report(court, samples["reported"], "销案", at(TODAY), "one")
    samples["closed"] = house.case(ONE, "one")
    court.close(samples["closed"], "执行完毕", at(TODAY), "one")
    _terminated(house)
    for ground, decide in (
        ("other", None),
        ("recusal", requests.approve),
        ("other", requests.refuse),
    ):
        asked = house.case(ONE, "one")
        request = transfers.ask(court.who("one"), asked, 2, ground, "与当事人相识。", at(TODAY))
        if decide:
            decide(court.who("lead-one"), request, "已核实。", at(TODAY))
    samples["request"] = db.session.scalars(select(Request.id)).first() or 0
    samples["paused"] = house.case(ONE, "one")
    samples["pause"] = _paused(house, samples["paused"])
    stage = select(Stint.case_id).where(Stint.ended_on.is_(None))
    for name in ("vice_president", "lateral", "centre"):
        samples[name] = db.session.scalars(stage.where(Stint.stage == name)).first() or 0
    samples["team"], samples["two"] = court.team(ONE).id, court.team(TWO).id
    samples["quick"] = court.team("速执团队").id
    samples["person"] = db.session.scalars(select(Person.id).where(Person.login == "one")).one()


def _terminated(house: House) -> None:
    """A case in dormant care, searched, asked about, to be resumed perhaps."""
    court, samples = house.court, house.samples
    case_id = samples["dormant"] = house.case(ONE, "one", filed="2026-08-03")
    keeper = court.who("dormant")
    court.close(case_id, "终结本次执行程序", at(TODAY), "one", "未发现可供执行的财产。")
    searched = NewAction("dormant_search", "网络查控,查无财产。", at(TODAY).at)
    recording.record(keeper, case_id, None, searched, at(TODAY))
    asked = Consultation("applicant", "call", "有无进展?", "下次查控在明年五月。", at(TODAY).at)
    care.consult(keeper, case_id, asked, at(TODAY))
    samples["application"] = care.receive(
        keeper, case_id, Source.APPLICANT, "名下新购车辆。", TODAY, at(TODAY)
    )


def _recorded(house: House, case_id: int) -> None:
    who, clerk = house.court.who("one"), house.court.who("clerk")
    said = (
        NewAction("call", "电话联系被执行人,称月底前给付。", at("2026-11-17", 9).at),
        NewAction("receipt", "被执行人汇来第一笔款。", at("2026-11-18", 15).at, 36_050),
        NewAction("talk", "约谈被执行人,笔录已附卷。", at("2026-11-19", 9).at),
    )
    for new in said:
        recording.record(who, case_id, None, new, at("2026-11-19", 17))
    on_behalf = NewAction("service", "送达执行通知书。", at("2026-11-20", 9).at, 0, who.person_id)
    recording.record(clerk, case_id, None, on_behalf, at("2026-11-20", 16))
    action = db.session.scalars(select(Action.id).where(Action.case_id == case_id)).first() or 0
    better = NewAction("call", "电话联系被执行人,称本周内给付。", at("2026-11-17", 9).at)
    correcting.correct_action(who, case_id, None, action, better, "听错了日期。", at(TODAY))
    house.samples["action"] = db.session.scalars(
        select(Action.id).where(Action.case_id == case_id).order_by(Action.id.desc())
    ).first()
    house.samples["party"] = db.session.scalars(
        select(Party.id).where(Party.case_id == case_id)
    ).first()
    _pursued(house, case_id)


def _pursued(house: House, case_id: int) -> None:
    """A car that is seized, and a measure that is asked for."""
    who, when = house.court.who("one"), at("2026-11-20", 10)
    query = select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    debtor = house.samples["debtor"] = db.session.scalars(query).one()
    lawyer = Joining(NewParty("赵律师"), "representative", "agent", "special", "", debtor)
    house.samples["lawyer"] = parties.add(who, case_id, None, lawyer, when)
    lives = NewAddress("山东省临沭县某街 1 号", when.on, "送达地址确认书", "13812345678")
    parties.confirm(who, case_id, None, debtor, lives, when)
    new = NewHolding(debtor, "vehicle", "鲁Q00001 轿车", 5_000_000)
    holding = house.samples["holding"] = property.found(who, case_id, None, new, when)
    seized = Done("seize", "(2026)裁1号", when.at, date(2027, 1, 5), 1)
    property.act(who, case_id, holding, seized, when)
    notice = {"duty": "支付货款 1,000 元。", "term": "三日"}
    documents.make(who, case_id, None, NewDocument("notice", debtor, notice), when)
    named = (case_id, None, "evidence", "银行流水.pdf", "申请人提交")
    house.samples["attachment"] = attachments.add(who, *named, b"%PDF-1.7 statement", when)
    fine = NewMeasure(debtor, "fine", "(2026)罚1号", amount_fen=1_000_000)
    seq = house.court.stint(case_id).seq
    measures.ask(who, case_id, seq, fine, "拒不报告财产。", when)
    new = NewOrder(case_id, About.MATTER, "请于本周内约谈被执行人。", Deadline(TODAY))
    house.samples["order"] = orders.give(house.court.who("supervisor"), new, when)


def _told(house: House) -> None:
    """What runs out has been told, and a recompute waits for the chief."""
    court = house.court
    alerts.raise_due(court.id, at(TODAY, 1))
    digests.make(court.id, at(TODAY, 6))
    down = Downtime(date(2026, 11, 20), date(2026, 11, 20))
    house.samples["recompute"] = recomputes.ask(court.who("system"), down, "停电。", at(TODAY))


def _intake(house: House) -> None:
    for facts in ({"preserved": True}, {"claim_fen": 9_000_000_00}, {"cooperative": True}):
        house.samples["intake"] = house.court.file("2026-11-23", **facts)


def _ledgers(house: House) -> None:
    """One ledger taken in, and the same once more: its preview has nothing but duplicates."""
    who, folder = house.court.who("centre"), Path(house.app.config["LINSHU_INSTANCE"]) / "imports"
    for name in ("done", "previewed"):
        ledger = BytesIO(ledger_of(2019))
        house.samples[name] = imports.upload(who, "历史台账.xlsx", ledger, folder, at(TODAY))
        imports.run(house.samples[name], NOW)
        if name == "done":
            imports.confirm(who, house.samples[name], True, at(TODAY))
            imports.run(house.samples[name], NOW)


def _batched(house: House) -> None:
    """A search for many that is done, and a file of its results, looked through."""
    court = house.court
    centre, cases = court.who("centre"), court.file_many(3, "2026-11-16", simple=False)
    picked = Picked(tuple(cases))
    house.samples["batch"] = batches.search(centre, picked, ["banks"], TODAY, "", at(TODAY))
    batch_run.run(house.samples["batch"], NOW)
    content = "案号,被执行人,查询来源,财产种类,财产名称,余额,查询日期\n" + "".join(
        f"{number},李四,工商银行,存款,6222001,12.50,2026-11-20\n"
        for number in (*map(house.number, cases), "老王")
    )
    folder = Path(house.app.config["LINSHU_INSTANCE"]) / "imports"
    stream = BytesIO(content.encode("gb18030"))
    house.samples["results"] = finding_files.upload(centre, "反馈.csv", stream, folder, at(TODAY))
    finding_files.run(house.samples["results"], NOW)


def ledger_of(year: int) -> bytes:
    """A ledger of that year: three cases, one of them twice, and a row whose number is none."""
    book, content = Workbook(), BytesIO()
    book.active.append(HEADINGS)
    for serial in (1, 2, 3, 3, 0):
        number = f"({year})鲁1329执{serial}号" if serial else "待补"
        facts = ("民间借贷纠纷", f"{year}-03-04", "张三", "王五", "", "1.2万元", "是", "否")
        book.active.append((number, *facts))
    book.save(content)
    return content.getvalue()


class _Quiet(WSGIRequestHandler):
    """A server that does not tell of every request; faults are told by the application."""

    def log_request(self, code: object = "-", size: object = "-") -> None:
        pass


def listening(house: House) -> None:
    """Hangs the doorbell at the house's own Valkey: another application may have moved it."""
    doorbell.hang(house.redis_url)
