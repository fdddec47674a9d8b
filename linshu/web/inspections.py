"""体检: is the court's record sound? The newest inspection, green or a list, and those before."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from linshu.jobs import doorbell
from linshu.rules.duties import Duty
from linshu.rules.said import Said
from linshu.services import inspecting
from linshu.services.errors import NotFound
from linshu.services.soundness import RULES
from linshu.store import inspections
from linshu.store.db import db
from linshu.store.inspections import Run
from linshu.web.clock import when
from linshu.web.guard import actor, allow
from linshu.web.words import spoken

bp = Blueprint("inspections", __name__)


@bp.get("/inspections")
@allow(Duty.INSPECT)
def page() -> str:
    """One run (``run``; else the newest) rule by rule, and the list of runs. Who sees into no cases
    reads rules, counts and numbers; the others the reasons too, with links."""
    who, session = actor(), db.session()
    asked = request.args.get("run", type=int)
    found = inspections.one(session, who.court_id, asked)
    if asked is not None and found is None:
        raise NotFound()
    return render_template(
        "inspections/page.html",
        run=found,
        found=_by_rule(found) if found else [],
        runs=inspections.runs(session, who.court_id, request.args.get("page", 1, int)),
        waiting=inspections.waiting_ids(session, who.court_id),
        sees_cases=who.may(Duty.READ_CASES),
    )


def _by_rule(run: Run) -> list[dict[str, object]]:
    """What each rule of today found then; a rule that the run did not know is left out."""
    findings = run.row.findings
    return [
        {
            "name": rule.name,
            "count": findings[rule.key]["count"],
            "cases": [
                {**one, "said": spoken(Said.loads(one["said"]))}
                for one in findings[rule.key]["cases"]
            ],
        }
        for rule in RULES
        if rule.key in findings
    ]


@bp.post("/inspections")
@allow(Duty.INSPECT)
def ask() -> Response:
    """Asks for a run now; a worker does it."""
    doorbell.ring("run_inspection", inspecting.ask(actor(), when()))
    flash(_("体检已开始,完成后刷新本页可见结果。"), "info")
    return redirect(url_for("inspections.page"), 303)
