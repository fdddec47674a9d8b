"""A court with something behind every door, beside another one; and the fuzz let loose on it."""

from __future__ import annotations

from datetime import date

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import select

from linshu.services import claiming, pauses, requests
from linshu.services.pauses import NewPause
from linshu.store.batches import Batch
from linshu.store.books import LedgerImport
from linshu.store.cases import Action, Case, Party, Request
from linshu.store.clocks import Alert, Pause, Recompute
from linshu.store.db import db
from linshu.store.doors import Visit
from linshu.store.findings import FindingFile
from linshu.store.orders import Order
from linshu.store.papers import Attachment, Document
from linshu.store.parties import Address
from linshu.store.people import Absence, Person, Team
from linshu.store.resumptions import Resumption
from linshu.store.work import Holding, SupervisionSheet
from tests import closings
from tests.court import Court, at
from tests.fuzz.attack import FILES, WHIMS, Attack, Whim
from tests.web import other_court
from tests.web.test_doors import SEATS

KINDS = {
    "case_id": Case,
    "action_id": Action,
    "party_id": Party,
    "request_id": Request,
    "pause_id": Pause,
    "alert_id": Alert,
    "import_id": LedgerImport,
    "recompute_id": Recompute,
    "person_id": Person,
    "team_id": Team,
    "holding_id": Holding,
    "sheet_id": SupervisionSheet,
    "address_id": Address,
    "order_id": Order,
    "absence_id": Absence,
    "visit_id": Visit,
    "document_id": Document,
    "attachment_id": Attachment,
    "batch_id": Batch,
    "file_id": FindingFile,
    "application_id": Resumption,
}
UPLOADS = (("imports.upload", "ledger"), ("calendar.draft", "file"), ("findings.upload", "results"))
ODD_IDS = [0, 999_999, 2**31 - 1]
OTHERS = ("quick", "quick-lead", "b-filing", "b-lead", "stranger")


def fuzzed(app: Flask, court: Court, world: dict[str, object], requests: int) -> Attack:
    """So many requests, and what was found."""
    attack = prepared(app, court, world)

    @settings(
        max_examples=requests,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(WHIMS)
    def let_loose(whim: Whim) -> None:
        attack.send(attack.made(whim))

    let_loose()
    for login in SEATS.values():
        for endpoint, name in UPLOADS:
            for content in FILES:
                with app.test_request_context():
                    url = app.url_for(endpoint)
                attack.send_file(login, url, name, content, "../台账<b>.xlsx")
    attack.books.close()
    return attack


def prepared(app: Flask, court: Court, world: dict[str, object]) -> Attack:
    """Two courts with work in them, and everybody has looked round."""
    other_court.founded(app)
    first, *_others = court.file_many(6, "2026-11-16", simple=True)
    claiming.claim(court.who("quick"), first, None, at("2026-11-17"))
    new = NewPause("expertise", date(2026, 11, 18), None, "（2026）鉴委9号")
    asked = pauses.ask(court.who("quick"), first, 2, new, "鉴定", at("2026-11-18"))
    requests.approve(court.who("quick-lead"), asked, "", at("2026-11-18"))
    reported, closed = court.file_many(2, "2026-11-17", simple=True)
    closings.ripen(court, reported, "销案", at("2026-11-18"), "quick")
    closings.report(court, reported, "销案", at("2026-11-18"), "quick")
    court.close(closed, "销案", "2026-11-18", "quick")
    court.file_many(4, "2026-11-20")
    attack = Attack(app, court, (*SEATS.values(), *OTHERS), (other_court.MARK,), _ids(world))
    attack.look_round()
    attack.look_at("quick", f"/cases/{closed}")
    for tab in ("clocks", "log", "measures"):  # of a case that stands still
        attack.look_at("quick", f"/cases/{first}?tab={tab}")
    return attack


def _ids(world: dict[str, object]) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {
        name: [*db.session.scalars(select(model.id).order_by(model.id).limit(40)), *ODD_IDS]
        for name, model in KINDS.items()
    }
    words = {name: [value] for name, value in world.items() if name not in found}
    db.session.rollback()
    return {**words, **found}
