"""我的待办: what do I have to do, and what runs out first?"""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.services import policies
from linshu.services.actor import Actor
from linshu.store import arrivals, countdowns, lists, queries
from linshu.store.db import db
from linshu.store.filters import Mine
from linshu.store.lists import Filter, Page, Row, Scope
from linshu.web import looking, orders
from linshu.web.asked import row_id
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow

bp = Blueprint("desk", __name__)

JUST_MOVED = 6
OTHERS = "others"
TABS = {
    "due": _l("按期限"),
    "soon": _l("今明须办"),
    "paused": _l("已暂停"),
    "unclaimed": _l("待认领"),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's desk: what he may see of the court, his own teams and posts, his lists, and
    whose other countdowns he looks after."""

    scope: Scope
    team_ids: tuple[int, ...]
    tabs: dict[str, Filter]
    others: Mine

    def page(self, tab: str, on: date, page: int) -> Page[Row]:
        return lists.open_cases(db.session(), self.scope, self.tabs[tab], on, page)

    def other_page(self, page: int) -> Page[countdowns.Line]:
        """其他期限: what else runs out in his cases."""
        return countdowns.on_desk(db.session(), self.scope.court_id, self.others, page)

    def counts(self, on: date) -> dict[str, int]:
        """How many stand under each tab; the same conditions as the lists."""
        session = db.session()
        counts = {
            tab: lists.count(session, self.scope, chosen, on) for tab, chosen in self.tabs.items()
        }
        return counts | {OTHERS: countdowns.count(session, self.scope.court_id, self.others)}


def desk_of(who: Actor) -> Desk:
    """The desk of whoever is asking."""
    session = db.session()
    seat = (who.court_id, who.role, who.team_id)
    own = tuple(queries.own_team_ids(session, *seat))
    mine = lists.desk_of(session, who.court_id, who.person_id, who.role, who.team_id)
    tabs = {
        "due": Filter(mine=mine),
        "soon": Filter(mine=mine, due="soon"),
        "paused": Filter(mine=mine, due="paused"),
        "unclaimed": Filter(team_ids=own, unclaimed=True),
    }
    others = countdowns.desk_of(session, who.court_id, who.person_id, who.role, who.team_id)
    return Desk(lists.scope_of(session, *seat), own, tabs, others)


@bp.get("/desk")
@allow(Duty.WORK_DESK)
def page() -> str:
    """The desk: one tab's cases, what waits for a hand, what has just moved."""
    desk, on = desk_of(actor()), today()
    tab, number = request.args.get("tab", "due"), request.args.get("page", 1, int)
    tab = tab if tab in desk.tabs or tab == OTHERS else "due"
    return render_template(
        "desk/page.html",
        tab=tab,
        counts=desk.counts(on),
        page=desk.other_page(number) if tab == OTHERS else desk.page(tab, on, number),
        now_at=when().at,
        **_beside(actor(), desk, on),
    )


def _beside(who: Actor, desk: Desk, on: date) -> dict[str, object]:
    session = db.session()
    calendar = queries.calendar(session)
    return {
        "today": on,
        "can_claim": who.may(Duty.CLAIM),
        "waiting": arrivals.waiting(session, desk.team_ids, calendar, on),
        "orders": orders.waiting(who),
        "claim_days": policies.in_force(who, when()).claim_days,
        "turns": arrivals.recent_turns(session, who.court_id, desk.team_ids, on, JUST_MOVED),
    }


@bp.get("/desk/sheet")
@allow(Duty.WORK_DESK, reads=Kind.SHEET)
def sheet() -> str:
    """打印外出单: the picked cases, or all that must be done by tomorrow, with room to write."""
    rows = _picked(desk_of(actor()))
    looking.tell(*(row.case_id for row in rows), words="")
    return render_template(
        "desk/sheet.html",
        rows=rows,
        parties=lists.parties_of(db.session(), [row.case_id for row in rows]),
        who=actor(),
        today=today(),
        printed_at=when().at,
    )


def _picked(desk: Desk) -> tuple[Row, ...]:
    picked = request.args.getlist("case", row_id)[: lists.PAGE]
    if picked:
        return lists.rows_of(db.session(), desk.scope, picked, today())
    soon = desk.page("soon", today(), 1).rows
    return soon or desk.page("due", today(), 1).rows
