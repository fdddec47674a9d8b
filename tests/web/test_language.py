"""Is the whole interface English for those who switch to it, and Chinese for all others?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from flask import Flask, url_for
from sqlalchemy import select
from werkzeug.routing import Rule

from linshu.rules.findings import HEADINGS
from linshu.rules.measures import Standing
from linshu.rules.origins import Origin
from linshu.rules.parties import NewAddress
from linshu.rules.watch import About
from linshu.services import (
    absences,
    alerts,
    attachments,
    care,
    claiming,
    correcting,
    digests,
    documents,
    imports,
    measures,
    orders,
    parties,
    pauses,
    property,
    recomputes,
    recording,
    requests,
    transfers,
)
from linshu.services.care import Consultation, Source
from linshu.services.edits import Downtime
from linshu.services.entrants import NewParty
from linshu.services.filling import NewDocument
from linshu.services.measures import NewMeasure
from linshu.services.orders import Deadline, NewOrder
from linshu.services.parties import Joining
from linshu.services.pauses import NewPause
from linshu.services.property import Done, NewHolding
from linshu.services.recording import NewAction
from linshu.store.batches import Batch
from linshu.store.books import LedgerImport, Reading, Seal
from linshu.store.cases import Action, Case, Party, Request, Text
from linshu.store.clocks import Pause, Recompute
from linshu.store.db import db
from linshu.store.figures import Look
from linshu.store.findings import FindingFile
from linshu.store.orders import Order
from linshu.store.papers import Attachment, AttachmentStrike
from linshu.store.parties import Address
from linshu.store.people import Person, Team
from linshu.store.resumptions import Resumption
from linshu.store.work import Holding, MeasureAct
from tests import closings
from tests.conftest import NOW, SQLITE
from tests.court import Court, at
from tests.test_ledger_import import ledger
from tests.test_resuming import applied, keepers, resumed, terminated
from tests.web.batched import batched
from tests.web.visits import Visitor, entered

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
CASE_NUMBER = re.compile(r"（20\d\d）鲁1329[\u4e00-\u9fff]{1,3}\d+号|鲁1329")
VOID = {"br", "hr", "img", "input", "link", "meta"}
SHOWN = {"aria-label", "title", "placeholder", "alt", "content"}
#: The columns that a file of results must have: their heads are Chinese.
HEADS = [names[0] for names in HEADINGS.values()]
#: The columns in which the database keeps what people typed: it is shown as it was written.
TYPED = (
    *(Person.name, Party.name, Party.id_number, Action.text, Text.text),
    *(Case.cause, Case.basis, Case.remark, Case.former_handler),
    *(Case.trial_court, Case.trial_team, Address.document, Party.ruling, Party.out_reason),
    *(Request.reason, Request.decision, LedgerImport.filename),
    *(Pause.document, Recompute.reason, Recompute.decision, Reading.words),
    *(Holding.name, Holding.undisposable, MeasureAct.document, Batch.text, FindingFile.filename),
    *(Resumption.clue, Resumption.review, Resumption.told),
    *(Order.text, Order.answer, Order.decision),
    *(Attachment.name, Attachment.words, AttachmentStrike.reason),
)
READERS = (
    *("one", "quick", "lead-one", "centre", "filing", "vice", "supervisor", "chief"),
    *("system", "audit", "admin"),
)


class Words(HTMLParser):
    """What a page says to its reader, apart from parts that are marked as Chinese."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.open: list[bool] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        marked = tag != "html" and (given.get("lang") or "").startswith("zh")
        foreign = marked or any(self.open)
        if tag not in VOID:
            self.open.append(foreign)
        if not foreign:
            self.said += [value or "" for name, value in attrs if name in SHOWN]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.said.append(data)


def chinese(page: str, typed: list[str]) -> set[str]:
    """The Chinese that a page says of itself: without case numbers and what people typed."""
    said = "\n".join(Words(page).said)
    for text in typed:
        said = said.replace(text, "")
    return set(CHINESE.findall(CASE_NUMBER.sub("", said)))


def english(visitor: Visitor, at: str = "/password") -> Visitor:
    """The visitor, having switched to English on that page."""
    visitor.post("/language", {"language": "en"}, at=at)
    return visitor


# The switch --------------------------------------------------------------------------------------


def test_the_switch_keeps_the_page_and_what_was_asked_for(app: Flask, court: Court) -> None:
    visitor = entered(app, court, "supervisor")
    asked = "/trail?person=one&tag=case.claimed"
    page = visitor.get(asked)
    assert '<html lang="zh-CN">' in page and f'name="next" value="{asked}"' in page
    answer = visitor.post("/language", {"language": "en", "next": asked})
    assert (answer.status_code, answer.location) == (303, asked)
    page = visitor.get(asked)
    assert '<html lang="en">' in page and "<h1>Trail</h1>" in page and 'value="one"' in page
    visitor.post("/language", {"language": "zh"})
    assert "<h1>留痕</h1>" in visitor.get(asked)


def test_the_choice_outlives_login_and_logout(app: Flask, court: Court) -> None:
    from linshu.services import people

    password = people.reset_password(
        court.who("admin"), court.who("one").person_id, at("2026-11-20")
    )
    visitor = english(Visitor(app.test_client()), at="/login")
    assert "Log in" in visitor.get("/login")
    visitor.post("/login", {"login": "one", "password": password}, at="/login")
    assert "Change password" in visitor.get("/password")
    visitor.post("/logout")
    assert "Log in" in visitor.get("/login")


def test_an_unknown_language_changes_nothing(client, court: Court) -> None:
    visitor = Visitor(client)
    visitor.post("/language", {"language": "fr"}, at="/login")
    assert '<html lang="zh-CN">' in visitor.get("/login")


def test_what_the_form_library_says_is_in_the_reader_s_language(app: Flask, court: Court) -> None:
    visitor = Visitor(app.test_client())
    assert "该字段是必填字段" in visitor.post("/login", at="/login").get_data(as_text=True)
    english(visitor, at="/login")
    assert "This field is required." in visitor.post("/login", at="/login").get_data(as_text=True)


# Refusals ----------------------------------------------------------------------------------------


def test_refusals_are_told_in_english_with_their_facts(app: Flask, court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-11-20", simple=True)
    claiming.claim(court.who("quick"), case_id, None, at("2026-11-20", 9, 15))
    lead = english(entered(app, court, "quick-lead"))
    lost = lead.post(f"/team/claim/{case_id}", {"seq": 2}).get_data(as_text=True)
    assert "速执甲 claimed this case on 2026-11-20 09:15." in lost
    moved = lead.post(f"/cases/{case_id}/facts", {"seq": 2, "field": "filed_on", "value": "x"})
    assert "This field is required." in moved.get_data(as_text=True)
    told = {"seq": 2, "field": "filed_on", "value": "x", "reason": "录错"}
    answer = lead.post(f"/cases/{case_id}/facts", told).get_data(as_text=True)
    assert "Please give: a date (such as 2026-01-05)." in answer
    other = english(entered(app, court, "lead-one"))
    answer = other.post(f"/team/assign/{case_id}", {"seq": 2, "to": 1}).get_data(as_text=True)
    assert "This case is not within what you may see." in answer


def test_every_fault_of_new_rules_is_told_in_english(app: Flask, court: Court) -> None:
    visitor = english(entered(app, court, "system"))
    page = visitor.post("/policy/draft", {"document": 'version = "1"\n[limits]\nintake = 3'})
    told = page.get_data(as_text=True)
    assert "limits.intake: missing, or of the wrong type" in told
    assert "lifted to the team lead, the bureau chief, the vice president" in told
    assert "screening.criteria: must be exactly preserved, cooperative" in told
    assert chinese(told, ["系统甲"]) == set()


def test_a_case_number_that_is_none_is_told_in_english(app: Flask, court: Court) -> None:
    page = english(entered(app, court, "supervisor")).get("/trail?case=x&tag=")
    assert "Not a case number; it should read like （2021）鲁1329执123号" in page


# Every page --------------------------------------------------------------------------------------


def lived(court: Court, folder: Path) -> None:
    """A court with cases at every turn, and with what people type into them."""
    court.brought_to("vice_president", "2025-11-03")
    late, asked, closed, dormant = court.file_many(4, "2026-08-03", simple=False)
    court.sweep("2026-11-04")
    quick, gone = court.file_many(2, "2026-10-22", simple=True)
    worker, when = court.who("quick"), at("2026-11-09", 16)
    for case_id in (quick, gone):
        claiming.claim(worker, case_id, None, at("2026-10-23"))
    new = NewAction("receipt", "收到第一笔。", at("2026-11-06", 9).at, 50_000)
    action = recording.record(worker, quick, None, new, when)
    correcting.correct_action(worker, quick, None, action, new, "写错了", when)
    correcting.correct_fact(worker, quick, None, "preserved", "否", "补充材料", when)
    correcting.correct_fact(worker, quick, None, "remark", "房屋一处", "补充材料", when)
    for case_id, ground in ((late, "other"), (asked, "recusal")):
        holder = "one" if court.team("精执一团队").id == court.stint(case_id).team_id else "two"
        claiming.claim(court.who(holder), case_id, None, at("2026-11-05"))
        number = transfers.ask(court.who(holder), case_id, 3, ground, "身体原因", when)
        if ground == "other":
            requests.approve(court.who(f"lead-{holder}"), number, "同意移交", at("2026-11-20"))
    for case_id, kind in ((closed, "执行完毕"), (dormant, "终结本次执行程序")):
        holder = "one" if court.team("精执一团队").id == court.stint(case_id).team_id else "two"
        court.close(case_id, kind, "2026-11-19", holder)
    closings.report(court, gone, "销案", at("2026-11-20"), "quick")
    cared_for(court, dormant)
    court.sweep("2026-11-23")
    court.file("2026-11-20", preserved=True, basis="（2020）鲁1329民初2号民事调解书")
    court.file("2026-11-20", resumed=True)
    uploads(court, folder)
    clocks(court, quick)
    worked(court, quick)
    batched(court, quick, folder)
    peopled(court, quick)


def peopled(court: Court, case_id: int) -> None:
    """Somebody of every standing, one who left, an address; what the trial side handed over."""
    quick, when = court.who("quick"), at("2026-11-20", 16)
    debtor = db.session.scalars(
        select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    ).one()
    for new in (
        Joining(NewParty("赵律师"), "representative", "agent", "special", "", debtor),
        Joining(NewParty("孙八"), "third", "outsider"),
        Joining(NewParty("周九"), "debtor", ruling="追加裁定"),
    ):
        last = parties.add(quick, case_id, None, new, when)
    parties.leave(quick, case_id, None, last, "裁定撤销", when.on, when)
    lives = NewAddress("Some Street 1", when.on, "地址确认书", "13812345678", "li@example.com")
    parties.confirm(quick, case_id, None, debtor, lives, when)
    origin = Origin("判决书", "某某法院", "民一庭", date(2026, 11, 1), "(2026)鲁1329财保1号")
    court.file("2026-11-20", origin=origin)


def cared_for(court: Court, case_id: int) -> None:
    """A terminated case, searched, asked about, to be resumed; another one that was."""
    keepers(court)
    keeper, when = court.who("keeper"), at("2026-11-20", 9)
    recording.record(keeper, case_id, None, NewAction("dormant_search", "查无", when.at), when)
    asked = Consultation("applicant", "call", "何时", "下月", when.at)
    care.consult(keeper, case_id, asked, when)
    applied(court, case_id, "2026-11-20", Source.COURT)
    resumed(court, terminated(court), "2026-11-20")


def worked(court: Court, case_id: int) -> None:
    """Property at two turns, measures done, asked for and returned, somebody away."""
    quick, when = court.who("quick"), at("2026-11-20", 15)
    debtor = db.session.scalars(
        select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    ).one()
    for name in ("轿车一辆", "房屋一处"):
        new = NewHolding(debtor, "vehicle", name, 500_000, clue=name == "房屋一处")
        number = property.found(quick, case_id, None, new, when)
        if name == "轿车一辆":
            act = Done("seize", "（2026）裁字一号", when.at, date(2027, 1, 5), 1)
            property.act(quick, case_id, number, act, when)
            property.set_aside(quick, case_id, number, "车辆下落不明", when)
    searched = NewMeasure(debtor, "asset_search", "（2026）查字一号")
    measures.note(quick, case_id, None, searched, Standing.DONE, when.on, when)
    seq = court.stint(case_id).seq
    fine = NewMeasure(debtor, "fine", "(2026) F 1", amount_fen=100_000)
    asked = measures.ask(quick, case_id, seq, fine, "拒不报告", when)
    requests.send_back(court.who("president"), asked, "请附笔录", when)
    measures.ask(quick, case_id, seq, fine, "已附笔录", when)
    new = NewOrder(case_id, About.MATTER, "请说明进展", Deadline(date(2026, 11, 27)))
    number = orders.give(court.who("supervisor"), new, when)
    orders.answer(quick, number, "已经查封", when)
    again = Deadline(date(2026, 11, 26))
    orders.send_back(court.who("supervisor"), number, "请附照片", again, when)
    papers(court, case_id, debtor)
    lead, away = court.who("lead-one"), (date(2026, 11, 23), date(2026, 11, 24))
    absences.note(lead, lead.person_id, court.who("chief").person_id, *away, when)


def papers(court: Court, case_id: int, debtor: int) -> None:
    """A document, an attachment that stands and one that is struck out."""
    quick, when = court.who("quick"), at("2026-11-20", 15)
    notice = NewDocument("notice", debtor, {"duty": "还款", "term": "三日"})
    documents.make(quick, case_id, None, notice, when)
    for name in ("收据.txt", "流水.txt"):
        named = (case_id, None, "evidence", name, "申请人提交")
        attachments.add(quick, *named, name.encode(), when)
    attachments.strike(quick, case_id, None, 1, "传错了", when)


def clocks(court: Court, case_id: int) -> None:
    """A case whose clocks stand still, a recompute that was done and one that waits, alerts."""
    quick, lead, system = court.who("quick"), court.who("quick-lead"), court.who("system")
    when = at("2026-11-20")
    new = NewPause("audit", date(2026, 11, 10), None, "审计委托书")
    seq = court.stint(case_id).seq
    requests.approve(lead, pauses.ask(quick, case_id, seq, new, "委托审计", when), "同意", when)
    for day in (9, 16):
        down = Downtime(date(2026, 11, day), date(2026, 11, day))
        asked = recomputes.ask(system, down, "停电", when)
        if day == 9:
            recomputes.approve(court.who("chief"), asked, "属实", when)
    alerts.raise_due(court.id, at("2026-11-23", 1))
    digests.make(court.id, at("2026-11-23", 6))


def uploads(court: Court, folder: Path) -> None:
    """A ledger that was imported but for a row, and a file that is none."""
    filing, one = court.who("filing"), "（2026）鲁1329执900号"
    good = ledger(folder / "a.xlsx", one, one, "x").read_bytes()
    for content in (good, b"hello"):
        number = imports.upload(
            filing, "台账.xlsx", BytesIO(content), folder / "in", at("2026-11-20")
        )
        imports.run(number, NOW)


#: Files that are handed out in Chinese.
FILES = ("imports.rejects", "findings.rejects", "papers.document", "papers.attachment")
FILES += ("paper_templates.download",)
WORK_TABS = ("property", "searches", "measures", "nodes", "sheets", "orders", "papers", "care")


def addresses(app: Flask) -> dict[str, list[str]]:
    """Every address that a GET answers, by endpoint, for everything the database knows."""
    known: dict[str, list[dict[str, object]]] = {
        "case_id": [{"case_id": one} for one in db.session.scalars(select(Case.id))],
        "party_id": rows(
            select(Party.case_id, Party.id.label("party_id")).where(Party.role == "debtor")
        ),
        "action_id": rows(select(Action.case_id, Action.id.label("action_id"))),
        "team_id": rows(select(Team.id.label("team_id"))),
        "person_id": rows(select(Person.id.label("person_id")))[:2],
        "import_id": rows(select(LedgerImport.id.label("import_id"))),
        "pause_id": rows(select(Pause.case_id, Pause.id.label("pause_id"))),
        "recompute_id": rows(select(Recompute.id.label("recompute_id"))),
        "seq": rows(select(Seal.seq)),
        "look": [{"look": str(look)} for look in Look],
        "key": [
            {"case_id": one.case_id, "party_id": one.id, "key": key}
            for one in db.session.scalars(select(Party).where(Party.role == "debtor"))
            for key in ("fine", "asset_search")
        ],
        "batch_id": rows(select(Batch.id.label("batch_id"))),
        "file_id": rows(select(FindingFile.id.label("file_id"))),
        "application_id": rows(select(Resumption.case_id, Resumption.id.label("application_id"))),
        "attachment_id": rows(select(Attachment.case_id, Attachment.id.label("attachment_id"))),
        "holding_id": rows(select(Holding.case_id, Holding.id.label("holding_id"))),
        "order_id": rows(select(Order.id.label("order_id"))),
    }
    found: dict[str, list[str]] = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint not in ("static", *FILES):
                found[rule.endpoint] = [url_for(rule.endpoint, **v) for v in values(rule, known)]
    for name in (*("parties", "points", "requests", "clocks", "countdowns"), *WORK_TABS):
        found[f"tab {name}"] = [f"{url}?tab={name}" for url in found["cases.page"]]
    found["more"] = ["/desk?tab=soon", "/desk?tab=unclaimed", "/team?tab=running", "/trail?tag="]
    found["more"] += ["/desk?tab=paused", "/desk?tab=others", "/alerts?tab=all"]
    found["more"] += ["/calendar?year=2027", "/batches/pick?act=record"]
    found["more"] += ["/nodes?state=ordered", "/nodes?state=settled"]
    types = ("终结本次执行程序", "终结执行", "不予执行")
    found["more"] += [f"{url}/closing?type={one}" for url in found["cases.page"] for one in types]
    found["more"] += [
        "/cases?q=李四",
        "/cases?q=李",
        "/cases?q=没有",
        "/nowhere",
        "/moves?on=2026-11-04",
    ]
    return found


def rows(query) -> list[dict[str, object]]:
    return [dict(row) for row in db.session.execute(query).mappings()]


def values(rule: Rule, known: dict[str, list[dict[str, object]]]) -> Iterator[dict[str, object]]:
    asked = [
        name
        for name in (
            *("key", "attachment_id", "holding_id", "application_id"),
            *("party_id", "action_id", "pause_id"),
        )
        if name in rule.arguments
    ]
    names = asked or sorted(rule.arguments)
    yield from known[names[0]] if names else [{}]


@SQLITE
def test_every_page_is_english_for_everybody(app: Flask, court: Court, tmp_path: Path) -> None:
    lived(court, tmp_path)
    typed = [text for column in TYPED for text in db.session.scalars(select(column)) if text]
    typed = sorted({*typed, closings.WHOLE.ruling}, key=len, reverse=True)
    pages, seen, left = addresses(app), set[str](), dict[str, set[str]]()
    for login in READERS:
        visitor = english(entered(app, court, login))
        for name, urls in pages.items():
            for url in urls:
                answer = visitor.ask(url)
                assert answer.status_code < 500, url
                seen |= {name} if answer.status_code in (200, 303) else set()
                theirs = HEADS if url.startswith("/batches/results") else []
                if found := chinese(answer.get_data(as_text=True), [*typed, *theirs]):
                    left.setdefault(f"{login} {url}", set()).update(found)
                if answer.status_code == 403:
                    break  # the door is shut to this reader, whatever is behind it
    assert left == {}, left
    assert set(pages) == seen  # somebody may open each of them


@SQLITE
def test_the_walk_would_find_a_word_left_over(app: Flask, court: Court) -> None:
    find = partial(chinese, typed=["张三"])
    assert find('<p title="期限">Due</p>') == {"期限"}
    assert find('<p>Due<input placeholder="案号"> 张三 （2026）鲁1329执1号</p>') == {"案号"}
    assert find('<p>Due <b lang="zh-CN">期<i>限</i></b></p>') == set()
    assert find(entered(app, court, "one").get("/desk")) >= {"我的待办"}
