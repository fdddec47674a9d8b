"""证据包: everything of one case in one zip, for whoever looks into it (一案双查)."""

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, current_app, send_file

from linshu.rules.duties import ROLE_ZH, Duty, Role
from linshu.rules.looks import Kind
from linshu.services import desk, packs
from linshu.web import looking
from linshu.web.cases import shown
from linshu.web.clock import when
from linshu.web.guard import actor, allow

bp = Blueprint("packs", __name__)


@bp.post("/cases/<int:case_id>/pack")
@allow(Duty.PACK, reads=Kind.PACK, confirmed=True)
def make(case_id: int) -> Response:
    """Makes the pack of a case and hands it over; the case's trail says so."""
    who, number = actor(), shown(case_id).case.number
    name = f"{who.name}({ROLE_ZH[Role(who.role)]})"
    order = packs.Order(who.court_id, case_id, desk.doer(who), name, when())
    with TemporaryDirectory(dir=current_app.config["LINSHU_INSTANCE"]) as place:
        out = Path(place) / packs.name_of(number, when())
        packs.make(order, out)
        # The name goes with the folder; what is open can still be read.
        answer = send_file(
            out.open("rb"), "application/zip", as_attachment=True, download_name=out.name
        )
    looking.tell(case_id, words="")
    answer.headers["Cache-Control"] = "no-store"
    return answer
