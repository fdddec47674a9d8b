"""What belongs to a person is masked; who asks for the whole number, and where does it appear?

It is asked for with a POST and comes in its answer alone: no address, no log line carries it.
"""

from flask import Blueprint, render_template, request

from linshu.rules.duties import Duty
from linshu.services import unmasking
from linshu.web import cases, htmx
from linshu.web.clock import when
from linshu.web.guard import actor, allow

bp = Blueprint("personal", __name__)


@bp.post("/cases/<int:case_id>/parties/<int:party_id>/reveal")
@allow(Duty.UNMASK)
def reveal(case_id: int, party_id: int) -> str:
    """The number named by ``field`` in full, in its place; the reading log has been told."""
    field, address = request.form.get("field", ""), request.remote_addr or ""
    unmasking.unmask(actor(), case_id, party_id, field, when(), address)
    found = cases.shown(case_id)
    seen = (party_id, field)
    if not htmx.wanted():
        return cases.render(found, "parties", None, revealed=seen)
    party = next(one for one in (*found.applicants, *found.debtors) if one.id == party_id)
    return render_template(
        "personal/_number.html", case=found.case, party=party, field=field, revealed=seen
    )
