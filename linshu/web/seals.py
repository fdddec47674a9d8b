"""封印: which seals are there, and how does one leave the house on paper or as a file?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request, send_file
from flask_babel import gettext as _

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.seals import fingerprint, grouped
from linshu.services import exports, sealing
from linshu.services.errors import Refused
from linshu.store import sealed
from linshu.store.books import Seal
from linshu.store.db import db
from linshu.store.people import Court
from linshu.web import looking
from linshu.web.clock import when
from linshu.web.guard import actor, allow

bp = Blueprint("seals", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A seal with what it says, its fingerprints as people compare them. ``facts`` are None for
    one that says nothing any more."""

    row: Seal
    facts: Mapping[str, Any] | None

    @property
    def key(self) -> str:
        return grouped(self.row.key)

    @property
    def hash(self) -> str:
        return grouped(self.row.hash)

    @property
    def before(self) -> str:
        return grouped(self.facts["prev"]) if self.facts else ""

    @property
    def next_key(self) -> str:
        key = self.facts["next"] if self.facts else ""
        return grouped(fingerprint(key)) if key else ""


def _shown(row: Seal) -> Shown:
    try:
        return Shown(row, sealing.facts(row))
    except Refused:
        return Shown(row, None)


@bp.get("/seals")
@allow(Duty.READ_TRAIL, Duty.READ_COURT_TRAIL)
def page() -> str:
    """The court's seals, the newest first, and whose key signed them."""
    found = sealed.page(db.session(), actor().court_id, request.args.get("page", 1, int))
    return render_template("seals/page.html", page=found, rows=[_shown(row) for row in found.rows])


@bp.get("/seals/<int:seq>")
@allow(Duty.READ_TRAIL, Duty.READ_COURT_TRAIL)
def slip(seq: int) -> str:
    """封印单: one seal on paper, to be signed and put away."""
    row = sealed.numbered(db.session(), actor().court_id, seq)
    if row is None:
        abort(404)
    court = db.session.get_one(Court, actor().court_id)
    shown = Shown(row, sealing.facts(row))
    return render_template("seals/slip.html", seal=shown, court_name=court.name, at=when().at)


@bp.post("/seals/download")
@allow(Duty.READ_TRAIL, Duty.READ_COURT_TRAIL, reads=Kind.EXPORT, confirmed=True)
def download() -> Response:
    """The file of seals; without cases' names for who may not know of them."""
    who = actor()
    code = db.session.get_one(Court, who.court_id).code
    name = f"seals-{code}-{when().at:%Y%m%d-%H%M%S}.jsonl"
    with TemporaryDirectory(dir=current_app.config["LINSHU_INSTANCE"]) as folder:
        out = Path(folder) / name
        exports.export_seals(who, out, when())
        # The name goes with the folder; what is open can still be read.
        answer = send_file(
            out.open("rb"), "application/x-ndjson", as_attachment=True, download_name=name
        )
    looking.tell(words=looking.in_chinese(lambda: _("封印")))
    answer.headers["Cache-Control"] = "no-store"
    return answer
