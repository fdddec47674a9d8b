"""审执衔接: what does the bureau tell the trial side of a period's cases?"""

from datetime import date

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from linshu.rules import trial_link as rules
from linshu.rules.duties import Duty
from linshu.store import trial_link
from linshu.store.db import db
from linshu.store.trial_link import Period
from linshu.web.clock import today
from linshu.web.guard import actor, allow

bp = Blueprint("trial_link", __name__)
Answer = str | tuple[str, int]


@bp.get("/trial-link")
@allow(Duty.READ_TRIAL_LINK)
def page() -> Answer:
    """The cases of a period by where they came from; this year's, unless two days are named."""
    fault, first_on, last_on = "", today().replace(month=1, day=1), today()
    try:
        first_on = _day("first_on", first_on)
        last_on = _day("last_on", last_on)
    except ValueError:
        fault = _("日期写作 2026-01-05。")
    if not fault and last_on < first_on:
        fault = _("截止日期不能早于起始日期。")
    found = {} if fault else trial_link.sent(db.session(), _period(first_on, last_on))
    answer = render_template(
        "trial_link/page.html",
        rows=found,
        total=rules.total(found.values()),
        rules=rules,
        first_on=first_on,
        last_on=last_on,
        today=today(),
        fault=fault,
    )
    return (answer, 422) if fault else answer


def _day(name: str, otherwise: date) -> date:
    text = request.args.get(name, "").strip()
    return date.fromisoformat(text) if text else otherwise


def _period(first_on: date, last_on: date) -> Period:
    return Period(actor().court_id, first_on, last_on)
