"""流转: which cases moved today, from where to where, why, and for how many points?"""

from datetime import date, timedelta

from flask import Blueprint, render_template, request
from sqlalchemy import select

from linshu.rules.duties import Duty
from linshu.rules.transitions import Reason
from linshu.services.actor import Actor
from linshu.store import lists, moves
from linshu.store.db import db
from linshu.store.moves import Day
from linshu.store.people import Team
from linshu.web.asked import row_id
from linshu.web.clock import today
from linshu.web.guard import actor, allow

bp = Blueprint("moves", __name__)


@bp.get("/moves")
@allow(Duty.READ_MOVES)
def page() -> str:
    """The moves of one day in one's scope, the latest first."""
    who, session, day = actor(), db.session(), _asked()
    scope = lists.scope_of(session, who.court_id, who.role, who.team_id)
    return render_template(
        "moves/page.html",
        day=day,
        today=today(),
        before=day.on - timedelta(days=1),
        after=day.on + timedelta(days=1) if day.on < today() else None,
        reasons=moves.reasons(session, scope, day),
        page=moves.moves(session, scope, day, request.args.get("page", 1, int)),
        teams=_teams(who),
    )


def _asked() -> Day:
    """What the address asks for; what it cannot mean asks for nothing."""
    on = min(_day(request.args.get("on", "")) or today(), today())
    reason = request.args.get("reason", "")
    return Day(
        on,
        request.args.get("team", type=row_id),
        Reason(reason) if reason in set(Reason) else None,
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found > date.min else None  # the first day of all has none before it


def _teams(who: Actor) -> list[Team]:
    query = select(Team).where(Team.court_id == who.court_id).order_by(Team.id)
    return list(db.session.scalars(query))
