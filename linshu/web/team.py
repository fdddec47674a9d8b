"""团队案件: what does a team hold, who takes which case, and who has it already?"""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import IntegerField
from wtforms.validators import InputRequired

from linshu.rules.duties import WHOLE_COURT, Duty, Holder, Role, leads
from linshu.rules.stages import TeamKind
from linshu.services import claiming, policies
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, NotFound
from linshu.store import arrivals, lists, queries
from linshu.store.db import db
from linshu.store.lists import Filter, Row
from linshu.store.people import Person, Team
from linshu.web.asked import IN_RANGE, row_id
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import spoken

bp = Blueprint("team", __name__)

TABS = {"claimable": _l("待认领"), "running": _l("在办")}


class ClaimForm(FlaskForm):
    """``seq``: the stint that was seen."""

    seq = IntegerField(validators=[InputRequired()])


class AssignForm(ClaimForm):
    """``to``: the member who is to have the case."""

    to = IntegerField(validators=[InputRequired(), IN_RANGE])


@dataclass(frozen=True, slots=True)
class Shown:
    """A team as its page shows it to somebody. ``lead``: he gives its cases out; ``own``: he
    belongs to it."""

    team: Team
    others: list[Team]
    own: bool
    lead: bool
    members: list[Person]

    @property
    def tabs(self) -> dict[str, Filter]:
        return {tab: Filter(team_id=self.team.id, unclaimed=tab == "claimable") for tab in TABS}


@bp.get("/team")
@allow(Duty.READ_TEAM)
def page() -> str:
    """One team: what waits to be claimed, what is running."""
    shown, on = shown_to(actor(), request.args.get("team", type=row_id)), today()
    session, scope = db.session(), lists.scope_of(db.session(), *_seat(actor()))
    tabs = shown.tabs
    counts = {tab: lists.count(session, scope, chosen, on) for tab, chosen in tabs.items()}
    tab = request.args.get("tab", "")
    tab = tab if tab in tabs else next((name for name in TABS if counts[name]), next(iter(TABS)))
    found = lists.open_cases(session, scope, tabs[tab], on, request.args.get("page", 1, int))
    days = policies.in_force(actor(), when()).claim_days
    return render_template(
        "team/page.html",
        shown=shown,
        tab=tab,
        counts=counts,
        page=found,
        today=on,
        claim_days=days,
        can_claim=actor().may(Duty.CLAIM),
        assignable=_assignable(found.rows, days) if shown.members else (),
    )


def _assignable(rows: tuple[Row, ...], claim_days: int) -> set[int]:
    """The cases that their lead may give out today: claimed, or unclaimed for the whole period."""
    calendar = queries.calendar(db.session())
    return {
        row.case_id
        for row in rows
        if row.handler_id or today() > calendar.add_working_days(row.started_on, claim_days)
    }


def _seat(who: Actor) -> tuple[int, str, int | None]:
    return who.court_id, who.role, who.team_id


def shown_to(who: Actor, team_id: int | None) -> Shown:
    """NotFound for a team that is not the asker's to see."""
    session = db.session()
    own = queries.own_team_ids(session, *_seat(who))
    query = select(Team).where(Team.court_id == who.court_id).order_by(Team.id)
    if Role(who.role) not in WHOLE_COURT:
        query = query.where(Team.id.in_(own))
    teams = {team.id: team for team in session.scalars(query)}
    chosen = team_id or next(iter([*own, *teams]), 0)
    if chosen not in teams:
        raise NotFound()
    team = teams[chosen]
    lead = who.may(Duty.ASSIGN) and leads(
        who.seat, Holder(team.id, TeamKind(team.kind), team.parent_id)
    )
    members = arrivals.members(session, team.id) if lead and not TeamKind(team.kind).is_post else []
    return Shown(team, list(teams.values()), team.id in own, lead, members)


@bp.post("/team/claim/<int:case_id>")
@allow(Duty.CLAIM)
def claim(case_id: int) -> Response | tuple[str, int]:
    """认领: the loser of a race learns who has it and since when, and is offered the next."""
    form = _filled(ClaimForm())
    try:
        claiming.claim(actor(), case_id, form.seq.data, when())
    except Conflict as conflict:
        if conflict.facts.get("handler_id") != actor().person_id:
            return _taken(conflict)
    flash(_("已认领。"), "success")
    return redirect(_back(), 303)


def _filled(form: ClaimForm) -> ClaimForm:
    if not form.validate_on_submit():
        abort(422)
    return form


def _taken(conflict: Conflict) -> tuple[str, int]:
    session = db.session()
    scope = lists.scope_of(session, *_seat(actor()))
    next_id = claiming.next_unclaimed(actor())
    found = lists.rows_of(session, scope, [next_id], today()) if next_id else ()
    page = render_template(
        "team/taken.html", conflict=conflict, next=found[0] if found else None, today=today()
    )
    return page, conflict.status


def _back() -> str:
    """Where the form stood: the desk, or a team's page."""
    team = request.form.get("team", type=row_id)
    return url_for("team.page", team=team) if team else url_for("desk.page", tab="unclaimed")


@bp.post("/team/claim-next")
@allow(Duty.CLAIM)
def claim_next() -> Response:
    """认领下一件: the unclaimed case that is due first; its page opens."""
    try:
        case_id = claiming.claim_next(actor(), when())
    except NotFound as nothing:
        flash(spoken(nothing), "info")
        return redirect(_back(), 303)
    flash(_("已认领,这是它的页面。"), "success")
    return redirect(url_for("cases.page", case_id=case_id), 303)


@bp.post("/team/assign/<int:case_id>")
@allow(Duty.ASSIGN)
def assign(case_id: int) -> Response:
    """指派: the lead gives a case to a member."""
    form = _filled(AssignForm())
    claiming.assign(actor(), case_id, form.seq.data, form.to.data, when())
    flash(_("已指派。"), "success")
    return redirect(_back(), 303)
