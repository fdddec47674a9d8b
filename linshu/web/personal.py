"""What belongs to a person is masked; who asks for the whole number, and where does it appear?

It is asked for with a POST and comes in its answer alone: no address, no log line carries it.
"""

from flask import Blueprint, render_template, request

from linshu.rules.duties import Duty
from linshu.services import unmasking
from linshu.store.db import db
from linshu.store.parties import Address
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
    party = next(one for one in found.parties if one.id == party_id)
    return render_template(
        "personal/_number.html", case=found.case, party=party, field=field, revealed=seen
    )


@bp.post("/cases/<int:case_id>/addresses/<int:address_id>/reveal")
@allow(Duty.UNMASK)
def reveal_address(case_id: int, address_id: int) -> str:
    """The same for what belongs to an address confirmed for service."""
    field, address = request.form.get("field", ""), request.remote_addr or ""
    unmasking.unmask_address(actor(), case_id, address_id, field, when(), address)
    found, seen = cases.shown(case_id), (address_id, field)
    if not htmx.wanted():
        return cases.render(found, "parties", None, revealed_address=seen)
    return render_template(
        "personal/_address.html",
        case=found.case,
        one=db.session.get(Address, address_id),
        field=field,
        revealed_address=seen,
    )
