"""A second court in the same database, with one of everything that an address can name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from linshu.rules.numbers import CaseNumber
from linshu.rules.parties import NewAddress
from linshu.rules.said import Said
from linshu.rules.stages import FIRST
from linshu.rules.watch import About
from linshu.services import (
    absences,
    alerts,
    attachments,
    batches,
    claiming,
    documents,
    filing,
    gate,
    imports,
    orders,
    parties,
    pauses,
    people,
    property,
    recomputes,
    requests,
    screening,
    setup,
    sweep,
    transfers,
    visits,
)
from linshu.services.batches import Picked
from linshu.services.edits import Downtime
from linshu.services.filing import NewCase, NewParty
from linshu.services.filling import NewDocument
from linshu.services.orders import Deadline, NewOrder
from linshu.services.pauses import NewPause
from linshu.services.people import NewPerson
from linshu.services.property import NewHolding
from linshu.services.recording import NewAction, record
from linshu.store.cases import Action, Party, Request
from linshu.store.clocks import Alert, Pause
from linshu.store.db import Base, db, transaction
from linshu.store.doors import Visit
from linshu.store.findings import FindingFile
from linshu.store.people import Person, Team
from linshu.store.work import SupervisionSheet
from linshu.store.writer import Doer, When
from tests.conftest import NOW
from tests.court import Court, at
from tests.web.test_imports import NUMBERS, ledger

CODE = "鲁1302"
#: What stands in every text of that court, and must never be seen in the first one.
MARK = "隔壁法院"
PEOPLE = (
    NewPerson("b-filing", f"{MARK}立案", "filing_clerk", None),
    NewPerson("b-one", f"{MARK}执行", "executor", "速执团队"),
    NewPerson("b-lead", f"{MARK}团队长", "team_lead", "速执团队"),
    NewPerson("b-chief", f"{MARK}局长", "bureau_chief", None),
    NewPerson("b-system", f"{MARK}系统", "system_admin", None),
)


@dataclass(frozen=True)
class OtherCourt:
    """``behind``: what stands there, by the name that addresses give it."""

    id: int
    behind: dict[str, int]


def founded(app: Flask) -> OtherCourt:
    """Founds it and works in it for a day."""
    court_id, _password = setup.found_court(CODE, at("2020-01-02"))
    people.add_people(court_id, PEOPLE, Doer("admin", "security_admin"), at("2020-01-02"))
    case_id, _waiting = _filed("2026-11-02", 1), _filed("2026-11-23", 2)
    when = at("2026-11-03")
    screening.screen(_who("b-filing"), case_id, 1, True, f"{MARK}理由", when)
    claiming.claim(_who("b-one"), case_id, None, when)
    for day in (1, 2):
        text = f"{MARK}电话{day}"
        record(_who("b-one"), case_id, None, NewAction("call", text, when.at), when)
    pause = NewPause("expertise", when.on, when.on, f"{MARK}鉴委1号")
    asked = pauses.ask(_who("b-one"), case_id, 2, pause, f"{MARK}鉴定", when)
    requests.approve(_who("b-lead"), asked, "", when)
    gone = gate.Report("销案", f"{MARK}撤回", gate.Attested(ruling=f"{MARK}裁定"))
    gate.report(_who("b-one"), case_id, 2, gone, when)
    transfers.ask(_who("b-one"), case_id, 2, "other", f"{MARK}移交", when)
    alerts.raise_due(court_id, at("2026-11-30"), sends=True)
    content, folder = (
        ledger(*(number.replace("鲁1329", CODE) for number in NUMBERS)),
        Path(app.config["LINSHU_INSTANCE"]) / "imports",
    )
    stream = BytesIO(content.getvalue())
    import_id = imports.upload(_who("b-filing"), f"{MARK}台账.xlsx", stream, folder, at(NOW.date()))
    imports.run(import_id, NOW)
    down = Downtime(date(2026, 11, 20), date(2026, 11, 20))
    recompute_id = recomputes.ask(_who("b-system"), down, f"{MARK}停电", at(NOW.date()))
    named = {"case_id": case_id, "import_id": import_id, "recompute_id": recompute_id}
    named |= {"person_id": _who("b-one").person_id, "team_id": _who("b-one").team_id or 0}
    named |= _worked(court_id, case_id, when)
    named |= _batched(case_id, folder)
    named |= {"action_id": _last(Action), "party_id": _last(Party), "request_id": _last(Request)}
    return OtherCourt(court_id, named | {"pause_id": _last(Pause), "alert_id": _last(Alert)})


def _worked(court_id: int, case_id: int, when: When) -> dict[str, int]:
    """Property, a supervision sheet, an absence, somebody inside."""
    _filed("2026-08-03", 3)
    for day in ("2026-08-07", "2026-11-10"):  # to the centre, and out of it
        sweep.expire_due(court_id, at(day))
    debtors = select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    debtor = db.session.scalars(debtors).one()
    lives = NewAddress(f"{MARK}某街", when.on, f"{MARK}确认书")
    address = parties.confirm(_who("b-one"), case_id, None, debtor, lives, when)
    new = NewHolding(debtor, "vehicle", f"{MARK}轿车")
    holding = property.found(_who("b-one"), case_id, None, new, when)
    lead, chief, day = _who("b-lead").person_id, _who("b-chief").person_id, NOW.date()
    away = absences.note(_who("b-lead"), lead, chief, day, day, at(day))
    with transaction() as session:
        person = session.get_one(Person, lead)
        visits.open_visit(session, person, visits.Door(), at(day), factored=True)
    clue = f"{MARK}新车"
    application = Court(court_id).application(case_id, clue, _who("b-chief").person_id)
    named = {"holding_id": holding, "absence_id": away, "sheet_id": _last(SupervisionSheet)}
    named |= {"address_id": address, "application_id": application}
    items = {"items": f"{MARK}卷宗"}
    moved = NewDocument("handing_over", extras=items)
    named["document_id"] = documents.make(_who("b-one"), case_id, None, moved, when)
    file = (case_id, None, "other", f"{MARK}.txt", "", MARK.encode())
    named["attachment_id"] = attachments.add(_who("b-one"), *file, when)
    matter = NewOrder(case_id, About.MATTER, f"{MARK}督办", Deadline(day))
    named["order_id"] = orders.give(_who("b-chief"), matter, at(day))
    return named | {"visit_id": _last(Visit)}


def _batched(case_id: int, folder: Path) -> dict[str, int]:
    """An action recorded in many cases, and a file of results that its team brought."""
    who, when = _who("b-one"), at(NOW.date())
    picked, text = Picked((case_id,)), f"{MARK}电话"
    batch_id = batches.record(who, picked, "call", text, when.at, None, when)
    with transaction() as session:
        row = {"court_id": who.court_id, "team_id": who.team_id, "by_id": who.person_id}
        row |= {"filename": f"{MARK}反馈.csv", "path": str(folder / "x"), "digest": "0" * 64}
        file = FindingFile(status="failed", result={}, uploaded_at=when.at, **row)
        file.failure = Said(f"{MARK}").dumps()
        session.add(file)
    return {"batch_id": batch_id, "file_id": _last(FindingFile)}


def _filed(day: str, serial: int) -> int:
    number = CaseNumber(2026, CODE, FIRST, serial)
    facts = {"cause": f"{MARK}纠纷", "basis": f"{MARK}判决", "claim_fen": 100_000}
    parties = {"applicants": [NewParty(f"{MARK}张三")], "debtors": [NewParty(f"{MARK}李四")]}
    new = NewCase(number=number, filed_on=date.fromisoformat(day), **facts, **parties)
    return filing.file_case(_who("b-filing"), new, at(day))


def _who(login: str) -> people.Actor:
    found = people.actor_by_login(login)
    assert found is not None
    return found


def _last(model: type[Base]) -> int:
    return db.session.scalars(select(func.max(model.id))).one()


def teams_of(court_id: int) -> set[int]:
    return set(db.session.scalars(select(Team.id).where(Team.court_id == court_id)))


def people_of(court_id: int) -> set[int]:
    return set(db.session.scalars(select(Person.id).where(Person.court_id == court_id)))
