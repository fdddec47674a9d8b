"""审批: what waits for me to decide, what became of what I asked for?"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from linshu.rules.approvals import Sitting
from linshu.rules.duties import Duty
from linshu.services import gate, previews, requests
from linshu.services.errors import NotFound, Refused
from linshu.store import inbox
from linshu.store.absences import sitting
from linshu.store.db import db
from linshu.store.people import Person
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import spoken

bp = Blueprint("requests", __name__)
Answer = str | Response | tuple[str, int]
VERBS = ("approve", "refuse", "return", "confirm", "decline")


@bp.get("/requests")
@allow(Duty.APPROVE, Duty.ASK)
def page() -> str:
    """The inbox, my own requests, and what I have decided."""
    return _page()


def _page(**failed: object) -> str:
    session, who = db.session(), actor()
    decides = who.may(Duty.APPROVE)
    here = sitting(session, who.seat, today())
    waiting = inbox.waiting(session, here, who.court_id) if decides else []
    return render_template(
        "requests/page.html",
        decides=decides,
        waiting=waiting,
        absent=_absent(waiting, here),
        previews=previews.previews(session, who, [row.request for row in waiting], when()),
        since=gate.since(session, who.court_id, [row.request for row in waiting], when()),
        mine=inbox.mine(session, who.seat),
        decided=inbox.decided(session, who.seat) if decides else [],
        **failed,
    )


def _absent(waiting: list[inbox.Asked], here: Sitting) -> dict[int, str]:
    """The names of the absent in whose place requests are this person's to decide, by request."""
    seats = {row.request.id: inbox.waits_for(row, here) for row in waiting}
    names = {seat: db.session.get_one(Person, seat.person_id).name for seat in here.stands_for}
    return {id_: names[seat] for id_, seat in seats.items() if seat in names}


@bp.post("/requests/<int:request_id>/<verb>")
@allow(Duty.APPROVE)
def decide(request_id: int, verb: str) -> Answer:
    """Approves, refuses, returns for correction, confirms or declines; all but the first and the
    confirmation need a reason."""
    if verb not in VERBS:
        raise NotFound()
    reason = request.form.get("reason", "")
    try:
        _act(verb, request_id, reason)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return _page(failed=request_id, failure=spoken(refusal), typed=reason), 422
    flash(_("已处理申请 #%(n)s。", n=request_id), "success")
    return redirect(url_for("requests.page"), 303)


def _act(verb: str, request_id: int, reason: str) -> None:
    if verb == "confirm":
        requests.confirm(actor(), request_id, when())
        return
    act = {
        "approve": requests.approve,
        "refuse": requests.refuse,
        "return": requests.send_back,
        "decline": requests.decline,
    }
    act[verb](actor(), request_id, reason, when())
