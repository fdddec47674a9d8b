"""案款台账: what came in, what was paid out, what lies too long?"""

from flask import Blueprint, render_template, request

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.services import policies
from linshu.services.errors import Refused
from linshu.store import lists
from linshu.store.db import db
from linshu.store.money import HELD, TABS, Register
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow

bp = Blueprint("money", __name__)


@bp.get("/money")
@allow(Duty.READ_CASES, reads=Kind.LIST)
def page() -> str:
    """The register: money that waits to be paid out, what is late, every case with money."""
    session, tab = db.session(), request.args.get("tab", HELD)
    tab, kept = tab if tab in TABS else HELD, register()
    return render_template(
        "money/page.html",
        tab=tab,
        counts={one: kept.count(session, one) for one in TABS},
        page=kept.page(session, tab, request.args.get("page", 1, int)),
        sums=kept.sum(session, tab),
        payees=kept.payees(session, tab),
        today=today(),
    )


def register() -> Register:
    """The register within what this person may see."""
    who = actor()
    scope = lists.scope_of(db.session(), who.court_id, who.role, who.team_id)
    return Register(scope, pay_out_rows(), today())


def pay_out_rows() -> list[str]:
    """The limits that what came in begins: to be paid out."""
    try:
        rows = policies.in_force(actor(), when()).countdowns
    except Refused:
        return []
    return [key for key, row in rows.items() if row.of_money]
