"""Does every door open to those whose duty it is, to nobody else, and never fall off its hinges?"""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import MetaData, func, select, text, update
from werkzeug.routing import Rule

from linshu.rules.duties import Duty, Role, may
from linshu.rules.parties import NewAddress
from linshu.rules.watch import About
from linshu.services import (
    absences,
    attachments,
    claiming,
    documents,
    imports,
    orders,
    parties,
    pauses,
    people,
    property,
    recomputes,
    requests,
)
from linshu.services.edits import Downtime
from linshu.services.errors import SENTENCES
from linshu.services.filling import NewDocument
from linshu.services.orders import Deadline, NewOrder
from linshu.services.pauses import NewPause
from linshu.services.people import NewPerson
from linshu.services.property import NewHolding
from linshu.services.recording import NewAction, record
from linshu.store.cases import Party
from linshu.store.clocks import Pause
from linshu.store.db import db, transaction
from linshu.store.people import Team
from linshu.store.writer import Doer, When
from linshu.web.doors import document
from tests.conftest import NOW
from tests.court import ONE, Court, at
from tests.web import doors
from tests.web.batched import batch_of, results_of
from tests.web.test_imports import NUMBERS, ledger
from tests.web.visits import HTMX, TOKEN, entered, said, stranger

SEATS = {
    Role.EXECUTOR: "one",
    Role.CLERK: "clerk",
    Role.FILING_CLERK: "filing",
    Role.CENTRE_STAFF: "centre",
    Role.TEAM_LEAD: "lead-one",
    Role.BUREAU_CHIEF: "chief",
    Role.VICE_PRESIDENT: "vice",
    Role.PRESIDENT: "president",
    Role.SUPERVISOR: "supervisor",
    Role.DORMANT_KEEPER: "keeper",
    Role.SYSTEM_ADMIN: "system",
    Role.SECURITY_ADMIN: "admin",
    Role.AUDIT_ADMIN: "audit",
}
PUBLIC = {"session.login", "session.entered", "session.demo", "session.language"}
BLANKED = re.compile(r'(name="csrf_token"[^>]*value="|class="digest">)[^"<]+')
NO_DUTY = SENTENCES["duty"]
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options")
HEADERS += ("Referrer-Policy", "Cross-Origin-Opener-Policy", "Cache-Control", "X-Request-ID")
HEADERS += ("Cross-Origin-Resource-Policy", "Permissions-Policy")


@pytest.fixture
def world(app: Flask, court: Court) -> dict[str, object]:
    """Something behind every door: a case that both intensive teams have held, with an action, one
    that waits to be screened, a previewed ledger, a recompute that waits. The keeper's team has
    held neither case."""
    new = NewPerson("keeper", "终本甲", "dormant_keeper", None)
    people.add_people(court.id, [new], Doer("admin", "security_admin"), at("2026-01-05"))
    case_id = court.brought_to("intensive", "2026-03-02")
    login = "one" if court.stint(case_id).team_id == court.team(ONE).id else "two"
    when = at(court.stint(case_id).started_on)
    claiming.claim(court.who(login), case_id, None, when)
    record(court.who(login), case_id, None, NewAction("call", "电话。", when.at), when)
    paused(court, case_id, login, when)
    debtor = db.session.scalars(
        select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    ).one()
    new = NewHolding(debtor, "vehicle", "鲁Q00001")
    holding = property.found(court.who(login), case_id, None, new, when)
    lives = NewAddress("某街 1 号", when.on, "送达地址确认书")
    address = parties.confirm(court.who(login), case_id, None, debtor, lives, when)
    for day in ("2026-07-20", "2026-08-30", "2026-10-10", "2026-11-20"):
        court.sweep(day)
    file = {"ledger": (ledger(*NUMBERS), "台账.xlsx")}
    entered(app, court, "filing").post("/imports", file, content_type="multipart/form-data")
    imports.run(1, NOW)
    behind = {"case_id": case_id, "action_id": 1, "party_id": 1, "import_id": 1, "look": "capped"}
    behind |= {"team_id": court.team(ONE).id, "person_id": court.who("one").person_id}
    behind |= {"waiting": court.file("2026-11-23"), "request_id": 1, "verb": "approve"}
    down = Downtime(NOW.date(), NOW.date())
    behind["recompute_id"] = recomputes.ask(court.who("system"), down, "停电。", at("2026-11-23"))
    away = {"first_on": NOW.date(), "last_on": NOW.date(), "when": at("2026-11-23")}
    chief, vice = court.who("chief"), court.who("vice").person_id
    behind["absence_id"] = absences.note(chief, chief.person_id, vice, **away)
    behind |= {
        "party_id": debtor,
        "key": "fine",
        "holding_id": holding,
        "address_id": address,
        "sheet_id": 1,
        "application_id": court.application(case_id),
        "alert_id": 1,
        "pause_id": db.session.scalars(select(Pause.id)).one(),
        "act": "answer",
    }
    behind |= papers_of(court, case_id)
    behind |= {"batch_id": batch_of(court), "file_id": results_of(court, app)}
    new = NewOrder(case_id, About.MATTER, "请说明进展。", Deadline(NOW.date()))
    behind["order_id"] = orders.give(court.who("supervisor"), new, at("2026-11-23"))
    return behind | {"visit_id": 1, "state": "on", "seq": 1, "version": 0}


def papers_of(court: Court, case_id: int) -> dict[str, int]:
    """A document and an attachment, made by whoever holds the case now."""
    who = court.who("vice" if court.stint(case_id).stage == "vice_president" else "chief")
    made = documents.make(who, case_id, None, NewDocument("sheet"), at("2026-11-23"))
    content = b"%PDF-1.7 nothing"
    named = (case_id, None, "other", "收据.pdf", "")
    brought = attachments.add(who, *named, content, at("2026-11-23"))
    return {"document_id": made, "attachment_id": brought}


def paused(court: Court, case_id: int, login: str, when: When) -> None:
    """A pause of the one day that does not count anyway."""
    new = NewPause("expertise", when.on, when.on, "(2026)鉴委1号")
    asked = pauses.ask(court.who(login), case_id, court.stint(case_id).seq, new, "鉴定", when)
    requests.approve(court.who(f"lead-{login}"), asked, "", when)


def rules(app: Flask, method: str) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return [rule for rule in found if rule.endpoint != "static"]


def address(app: Flask, rule: Rule, world: dict[str, object]) -> str:
    behind = world | {"case_id": world["waiting"]} if "screen" in rule.endpoint else world
    with app.test_request_context():
        return app.url_for(rule.endpoint, **{name: behind[name] for name in rule.arguments})


def duties(app: Flask, rule: Rule) -> tuple[Duty, ...] | None:
    return vars(app.view_functions[rule.endpoint])["duties"]


def one_who_may(app: Flask, rule: Rule) -> str:
    """The login of somebody whose duty a route is; who sees the whole court, if possible."""
    wanted = duties(app, rule) or ()
    whole = ("chief", "centre", "supervisor", "filing", "system", "admin", "audit", "one")
    roles = {login: role for role, login in SEATS.items()}
    return next(w for w in whole if not wanted or any(may(roles[w], duty) for duty in wanted))


def test_every_route_names_its_duty_or_is_the_door_itself(app: Flask) -> None:
    for rule in (*rules(app, "GET"), *rules(app, "POST")):
        view = app.view_functions[rule.endpoint]
        assert hasattr(view, "duties"), rule
        assert (view.duties is None) == (rule.endpoint in PUBLIC), rule


def test_each_role_gets_through_the_doors_of_its_duties_alone(
    app: Flask, court: Court, world: dict[str, object]
) -> None:
    written = doors.written()
    for role, login in SEATS.items():
        visitor = entered(app, court, login)
        for rule in rules(app, "GET"):
            answer = visitor.ask(address(app, rule, world))
            opens = written["GET", rule.rule][role]
            if role is Role.DORMANT_KEEPER and {"case_id", "team_id", "order_id"} & rule.arguments:
                opens = False  # his duty, and not his team's
            if {"batch_id", "file_id"} & rule.arguments and role is not Role.CENTRE_STAFF:
                opens = False
            allowed = (200, 303) if opens else (403, 404)
            assert answer.status_code in allowed, (role, rule, answer.status_code)
            assert all(name in answer.headers for name in HEADERS), rule


def test_each_role_sends_the_forms_of_its_duties_alone(
    app: Flask, court: Court, world: dict[str, object]
) -> None:
    written, before = doors.written(), everything()
    forms = [rule for rule in rules(app, "POST") if rule.endpoint not in PUBLIC]
    for role, login in SEATS.items():
        visitor = entered(app, court, login)
        token = visitor.token()
        for rule in (one for one in forms if not written["POST", one.rule][role]):
            answer = visitor.send(address(app, rule, world), {**token, "reason": "理由"})
            assert answer.status_code == 403, (role, rule, answer.status_code)
            assert NO_DUTY in said(answer), (role, rule)
    assert everything() == before
    for role, login in SEATS.items():
        for rule in (one for one in forms if written["POST", one.rule][role]):
            visitor = entered(app, court, login)
            answer = visitor.send(address(app, rule, world), visitor.token())
            assert answer.status_code < 500 and NO_DUTY not in said(answer), (role, rule)


def test_the_table_of_doors_is_what_the_routes_say(app: Flask) -> None:
    assert doors.PATH.read_text("utf-8") == document(app), "make doors"
    written = doors.written()
    for rule in (*rules(app, "GET"), *rules(app, "POST")):
        for method in {"GET", "POST"} & (rule.methods or set()):
            wanted = duties(app, rule)
            opens = {role: not wanted or any(may(role, one) for one in wanted) for role in Role}
            assert written[method, rule.rule] == opens


def test_a_stranger_gets_no_further_than_the_door(app: Flask, world: dict[str, object]) -> None:
    for rule in rules(app, "GET"):
        answer = stranger(app).ask(address(app, rule, world))
        if rule.endpoint in PUBLIC:
            assert answer.status_code == 200
        else:
            assert answer.location.startswith("/login"), rule
    assert stranger(app).ask("/nowhere").status_code == 404


def test_no_form_is_taken_without_its_token(
    app: Flask, court: Court, world: dict[str, object]
) -> None:
    inside = {login: entered(app, court, login) for login in SEATS.values()}
    before = everything()
    for rule in rules(app, "POST"):
        visitor = inside[one_who_may(app, rule)]
        for token in ({}, {"csrf_token": "forged"}):
            with app.app_context():
                answer = visitor.client.post(
                    address(app, rule, world), data={"reason": "x", "seq": "1", **token}
                )
            assert answer.status_code == 400, rule
            assert all(name in answer.headers for name in HEADERS), rule
    assert everything() == before


#: Who looked, was refused a look, or was seen, is noted whatever comes of it.
NOTED = {"readings", "visits"}


def everything() -> dict[str, int]:
    """How many rows each table holds, but for those that note every step."""
    db.session.rollback()
    tables = MetaData()
    tables.reflect(db.engine)
    count = select(func.count())
    return {
        name: db.session.scalar(count.select_from(table)) or 0
        for name, table in tables.tables.items()
        if name not in NOTED
    }


def test_an_address_answers_htmx_like_anybody(
    app: Flask, court: Court, world: dict[str, object]
) -> None:
    for rule in rules(app, "GET"):
        visitor, url = entered(app, court, one_who_may(app, rule)), address(app, rule, world)
        if rule.endpoint in ("imports.rejects", "findings.rejects"):
            continue  # a workbook carries the second it was made in
        if rule.endpoint == "readings.page":
            url += "?until=2026-11-22"  # today's page grows by each look at it
        plain, asked = visitor.ask(url), visitor.ask(url, headers=HTMX)
        assert plain.status_code == asked.status_code and "Vary" not in _vary(asked), rule
        assert BLANKED.sub(r"\1", said(plain)) == BLANKED.sub(r"\1", said(asked)), rule
    for url in ("/cases/999999", "/nowhere", "/trail"):
        visitor = entered(app, court, "chief")
        plain, asked = visitor.ask(url), visitor.ask(url, headers=HTMX)
        assert BLANKED.sub(r"\1", said(plain)) == BLANKED.sub(r"\1", said(asked))


def _vary(answer) -> str:
    return answer.headers.get("Vary", "").replace("Cookie", "")


WEIRD = ("\0", "9" * 5000, "-1", "'; DROP TABLE cases; --😀\u202e", "0001-01-01", "[")
ODD = ("999999", str(2**31), "9" * 5000, "-1", "%ED%A0%80%00")
ASKED = "q page tab team stage due on reason person case tag since until next endpoint _anchor year"
FIELDS = (
    "login password old new again language next role name team active number cause filed_on basis "
    "claim applicants debtors remark seq decision reasons case kind text happened_at amount behalf "
    "starts_on ends_on last_on months report reason ground closing_type field value id_number "
    "document to verb screen year source lines policy "
    "caller way question answer clue received_on verdict told term "
    "code confirm_password confirm_code certificate "
    "act mine unsearched kept here whole sources on form page"
)


def test_whatever_an_address_asks_for_the_house_stands(
    app: Flask, court: Court, world: dict[str, object]
) -> None:
    for rule in rules(app, "GET"):
        visitor, url = entered(app, court, one_who_may(app, rule)), address(app, rule, world)
        for odd in ODD if re.search(r"\d", url) else ():
            status = visitor.ask(re.sub(r"\d+", odd, url)).status_code
            assert status in (400, 404), (rule, odd[:20])
        for odd in () if re.search(r"\d", url) else WEIRD:
            answer = visitor.ask(url, query_string=dict.fromkeys(ASKED.split(), odd))
            assert answer.status_code < 500, (rule, odd[:20])
        assert visitor.ask(f"{url}?q=%ED%A0%80&page=%FF&case=%ED%B0%80").status_code < 500, rule


def test_whatever_a_form_holds_the_house_stands(
    app: Flask, court: Court, world: dict[str, object]
) -> None:
    for rule in rules(app, "POST"):
        visitor, url = entered(app, court, one_who_may(app, rule)), address(app, rule, world)
        token = TOKEN.search(visitor.get("/password"))
        assert token is not None
        for odd in WEIRD:
            data = {**dict.fromkeys(FIELDS.split(), odd), "csrf_token": token[1]}
            with app.app_context():
                answer = visitor.client.post(url, data=data)
            assert answer.status_code < 500, (rule, odd[:20])


# What does not work, says so ---------------------------------------------------------------------


def is_of_the_house(page: str) -> bool:
    return 'class="door card"' in page and "Traceback" not in page and "linshu.css" in page


def test_refusals_are_pages_of_the_house(app: Flask, court: Court) -> None:
    (case_id,) = court.file_many(1, "2026-10-12", simple=True)
    court.sweep("2026-11-13")
    quick = entered(app, court, "quick")
    pages = {
        404: quick.get("/nowhere", 404),
        403: quick.get("/trail", 403),
        405: quick.get("/team/claim-next", 405),
        409: quick.sent(f"/cases/{case_id}/facts", {"seq": 2, "reason": "x"}, 422) and quick.sent(
            f"/cases/{case_id}/facts",
            {"seq": 2, "reason": "x", "field": "cause", "value": "y"},
            409,
        ),
        422: quick.sent(f"/team/claim/{case_id}", {"seq": "x"}, 422),
        400: said(quick.client.post("/team/claim-next")),
    }  # fmt: skip
    for status, page in pages.items():
        assert is_of_the_house(page) and str(status) in page, status


def test_a_fault_is_a_page_of_the_house_with_a_number_to_quote(app: Flask, court: Court) -> None:
    with transaction() as session:
        session.execute(update(Team).values(kind="nothing"))
    page = entered(app, court, "chief").get("/overview", 500)
    assert is_of_the_house(page) and "编号" in page and "ValueError" not in page
    answer = stranger(app).ask("/login")
    assert answer.status_code == 200


def test_a_database_that_is_away_is_a_page_of_the_house(app: Flask, court: Court) -> None:
    visitor = entered(app, court, "chief")
    with transaction() as session:
        session.execute(text("ALTER TABLE courts RENAME TO elsewhere"))
    answer = visitor.ask("/overview")
    assert answer.status_code in (500, 503) and is_of_the_house(said(answer))
    assert all(name in answer.headers for name in HEADERS)
    assert "elsewhere" not in said(answer) and "courts" not in said(answer)


def test_what_is_too_large_is_a_page_of_the_house(app: Flask, court: Court) -> None:
    visitor, form = entered(app, court, "filing"), {"content_type": "multipart/form-data"}
    file = {"ledger": (BytesIO(b"x" * 2 * 2**20), "x.xlsx")}
    answer = visitor.post("/intake/file", file, **form)
    assert answer.status_code == 413 and is_of_the_house(said(answer))
    file = {"ledger": (BytesIO(b"x" * 2 * 2**20), "x.xlsx")}
    assert visitor.post("/imports", file, **form).status_code == 303  # a file is expected there
    file = {"ledger": (BytesIO(b"x" * 2 * 2**20), "x.xlsx")}
    assert stranger(app).client.post("/imports", data=file, **form).status_code == 413
