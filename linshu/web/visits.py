"""登录会话: who is inside, from where? One's own visits, everybody's, the names that are locked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import LoginManager, UserMixin, current_user, login_user
from werkzeug.wrappers import Response

from linshu.rules.duties import Duty
from linshu.rules.entry import Ending
from linshu.services import attempts, policies, visits
from linshu.services.actor import Actor
from linshu.services.visits import Inside
from linshu.store import entries, queries
from linshu.store.db import db
from linshu.web import htmx, proxy
from linshu.web.clock import when
from linshu.web.guard import actor, allow, inside

bp = Blueprint("visits", __name__)

#: What opens whatever is still owed: leaving, the language, files.
ALWAYS = {"session.logout", "session.language", "static"}
FACTOR = ("factor.page", "factor.shown")
PASSWORD = ("session.password", "session.password_changed")
SET_UP = ("factor.own", "factor.set_up", "factor.picture")


@dataclass(frozen=True)
class User(UserMixin):
    """Somebody who has entered, as Flask-Login wants him."""

    token: str
    inside: Inside

    @property
    def actor(self) -> Actor:
        return self.inside.actor

    def get_id(self) -> str:
        return self.token


def init_app(app: Flask) -> None:
    """Who is asking is looked up by the cookie's token; what is owed comes before anything else."""
    login = LoginManager(app)
    login.user_loader(_user)
    login.unauthorized_handler(htmx.to_login)
    app.before_request(first_things_first)


def _user(token: str) -> User | None:
    found = visits.look(token, when())
    if isinstance(found, Ending):
        g.turned_away = found
    if not isinstance(found, Inside) or (found.demo and not proxy.in_demo()):
        return None
    return User(token, found)


def owed(one: Inside) -> tuple[str, ...]:
    """The endpoints that open before all others do; none: everything opens that a duty opens."""
    if one.shows_factor:
        return FACTOR
    if one.must_change:
        return PASSWORD
    return SET_UP if one.sets_factor else ()


def first_things_first() -> Response | None:
    """A second factor, a password of one's own, a factor to set up: in this order, and nothing but
    that."""
    if request.endpoint in ALWAYS or not current_user.is_authenticated:
        return None
    opens = owed(current_user.inside)
    if not opens or request.endpoint in opens:
        return None
    return redirect(url_for(opens[0]), 303)


def let_in(token: str) -> Inside | None:
    """A cookie of its own for every entry: of an earlier one the language alone goes along."""
    start_afresh()
    found = _user(token)
    if found is None:
        return None
    login_user(found)
    return found.inside


def start_afresh() -> None:
    """Empties the cookie; the language stays."""
    kept = session.get("language")
    session.clear()
    if kept:
        session["language"] = kept


def why_turned_away() -> str:
    """Why somebody who was inside is before the door again; empty for all others."""
    over = g.get("turned_away")
    if over is None:
        return ""
    rules = policies.entry_rules(db.session(), queries.first_court(db.session()), when())
    return {
        Ending.IDLE: _("闲置超过 %(n)s 分钟,已自动退出,请重新登录。", n=rules.idle_minutes),
        Ending.EXPIRED: _("登录已满 %(n)s 小时,请重新登录。", n=rules.most_hours),
        Ending.ENDED: _("这次登录已被结束,请重新登录。"),
    }.get(over, "")


@bp.get("/visits")
@allow()
def own() -> str:
    """From where one is logged in oneself."""
    who = actor()
    found = entries.open_visits(db.session(), who.court_id, _alive(), who.person_id)
    return render_template("visits/own.html", visits=found, this=inside().visit_id)


def _alive() -> datetime:
    """A visit seen no later than this is over."""
    rules = policies.entry_rules(db.session(), actor().court_id, when())
    return when().at - timedelta(minutes=rules.idle_minutes)


@bp.post("/visits/<int:visit_id>/end")
@allow()
def end(visit_id: int) -> Response:
    """Ends one visit: one's own, or another's where that is one's duty."""
    visits.end(actor(), visit_id, when())
    flash(_("已结束该登录会话。"), "success")
    return redirect(url_for("visits.everybody" if "all" in request.form else "visits.own"), 303)


@bp.post("/visits/others")
@allow()
def end_others() -> Response:
    """Ends one's own visits but this one."""
    count = visits.end_others(actor(), inside().visit_id, when())
    flash(ngettext("已结束 %(num)s 个登录会话。", "已结束 %(num)s 个登录会话。", count), "success")
    return redirect(url_for("visits.own"), 303)


@bp.get("/visits/all")
@allow(Duty.MANAGE_PEOPLE)
def everybody() -> str:
    """Everybody's visits, and the names that are locked."""
    court, session_ = actor().court_id, db.session()
    return render_template(
        "visits/all.html",
        visits=entries.open_visits(session_, court, _alive()),
        locked=entries.locked(session_, court, when().at),
        this=inside().visit_id,
    )


@bp.post("/visits/unlock")
@allow(Duty.MANAGE_PEOPLE, confirmed=True)
def unlock() -> Response:
    """Lets a locked name try again."""
    attempts.unlock(actor(), request.form.get("login", ""), when())
    flash(_("已解锁。"), "success")
    return redirect(url_for("visits.everybody"), 303)
