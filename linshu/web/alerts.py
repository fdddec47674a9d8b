"""提醒: what was I told, what have I not read yet, and what must I know this morning?"""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from linshu.rules.deadlines import Countdown
from linshu.services import alerts, policies
from linshu.services.errors import Refused
from linshu.store import alerts as kept
from linshu.store.db import db
from linshu.store.people import Person
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow

bp = Blueprint("alerts", __name__)
DIGESTS = 30


@bp.get("/alerts")
@allow()
def page() -> str:
    """The inbox: unread alerts, or all of them, the newest first. They cannot be switched off."""
    session, who = db.session(), actor()
    unread = request.args.get("tab", "unread") != "all"
    counts = {tab: kept.inbox(session, who.person_id, tab == "unread", 1).total for tab in TABS}
    return render_template(
        "alerts/page.html",
        tab="unread" if unread else "all",
        counts=counts,
        page=kept.inbox(session, who.person_id, unread, request.args.get("page", 1, int)),
        today=today(),
        rows=_rows(),
    )


def _rows() -> Mapping[str, Countdown]:
    """The countdowns' names; none where no policy is in force."""
    try:
        return policies.in_force(actor(), when()).countdowns
    except Refused:
        return {}


TABS = ("unread", "all")


@bp.post("/alerts/read")
@allow()
def read_all() -> Response:
    """Marks every alert as read."""
    marked = alerts.read(actor(), None, when())
    flash(_("已将 %(n)s 条提醒标为已读。", n=marked), "success")
    return redirect(url_for("alerts.page"), 303)


@bp.post("/alerts/<int:alert_id>/read")
@allow()
def read_one(alert_id: int) -> Response:
    """Marks one alert as read and stays in the inbox."""
    alerts.read(actor(), alert_id, when())
    return redirect(url_for("alerts.page"), 303)


@bp.get("/alerts/digest")
@allow()
def digest() -> str:
    """每日提要: today's, or an earlier day's."""
    who = actor()
    found = kept.digests(db.session(), who.person_id, DIGESTS)
    day = request.args.get("day", "")
    chosen = next((one for one in found if one.day.isoformat() == day), None)
    names = db.session.query(Person.id, Person.name).filter_by(court_id=who.court_id)
    return render_template(
        "alerts/digest.html",
        digests=found,
        shown=chosen or (found[0] if found else None),
        rows=_rows(),
        names={str(id_): name for id_, name in names.all()},
        today=today(),
    )
