"""积分: what stands on each account, and through which postings?"""

from datetime import date

from dateutil.relativedelta import relativedelta
from flask import Blueprint, render_template, request

from linshu.rules.duties import WHOLE_COURT, Duty, Role
from linshu.services.actor import Actor
from linshu.services.errors import NotFound
from linshu.store import accounts, queries
from linshu.store.db import db
from linshu.store.people import Team
from linshu.web.clock import today
from linshu.web.guard import actor, allow

bp = Blueprint("points", __name__)

MONTHS = 6


@bp.get("/points")
@allow(Duty.READ_POINTS)
def page() -> str:
    """The balances beside each account's own months, in the order of the flow: no ranking."""
    who, session = actor(), db.session()
    months = _months(today())
    return render_template(
        "points/page.html",
        today=today(),
        months=months,
        accounts=accounts.accounts(session, who.court_id, months, _own(who)),
        total=accounts.total(session, who.court_id),
        whole=_own(who) is None,
    )


def _months(on: date) -> tuple[date, ...]:
    first = on.replace(day=1)
    return tuple(first - relativedelta(months=back) for back in range(MONTHS - 1, -1, -1))


def _own(who: Actor) -> list[int] | None:
    """Whose accounts somebody may see: None for all of the court's."""
    if Role(who.role) in WHOLE_COURT:
        return None
    return queries.own_team_ids(db.session(), who.court_id, who.role, who.team_id)


@bp.get("/points/<int:team_id>")
@allow(Duty.READ_POINTS)
def account(team_id: int) -> str:
    """One account: its postings with the counter side, the newest first. NotFound for an account
    that is not the asker's to see."""
    who, own = actor(), _own(actor())
    team = db.session.get(Team, team_id)
    if team is None or team.court_id != who.court_id or (own is not None and team_id not in own):
        raise NotFound()
    found = accounts.lines(db.session(), team, request.args.get("page", 1, int))
    return render_template("points/account.html", team=team, page=found, own=own)
