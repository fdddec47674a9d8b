"""Who is there? Entering, leaving, the password, the language, and the demo's identities."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from linshu import web
from linshu.rules.duties import ROLE_ZH, Role
from linshu.services import people
from linshu.services.actor import Actor
from linshu.services.errors import Refused
from linshu.store.db import db
from linshu.store.people import Person
from linshu.web.clock import when
from linshu.web.guard import actor, allow, public
from linshu.web.words import spoken, word

bp = Blueprint("session", __name__)
Answer = str | Response | tuple[str, int]

DEMO_ROLES = (
    Role.EXECUTOR,
    Role.TEAM_LEAD,
    Role.CENTRE_STAFF,
    Role.BUREAU_CHIEF,
    Role.VICE_PRESIDENT,
    Role.SUPERVISOR,
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.AUDIT_ADMIN,
)


class LoginForm(FlaskForm):
    """Name and password."""

    login = StringField(_l("登录名"), [InputRequired(), Length(max=40)])
    password = PasswordField(_l("密码"), [InputRequired(), Length(max=200)])


class PasswordForm(FlaskForm):
    """The old password, and the new one twice."""

    old = PasswordField(_l("原密码"), [InputRequired(), Length(max=200)])
    new = PasswordField(_l("新密码"), [InputRequired(), Length(min=10, max=200)])
    again = PasswordField(
        _l("再输一次新密码"), [InputRequired(), EqualTo("new", _l("两次输入不同"))]
    )


@bp.get("/")
@allow()
def home() -> Response:
    """Where one's day begins."""
    return redirect(url_for(web.home_endpoint(actor())), 303)


@bp.get("/login")
@public
def login() -> Answer:
    """The door."""
    if current_user.is_authenticated:
        return redirect(url_for("session.home"), 303)
    return _door(LoginForm())


@bp.post("/login")
@public
def entered() -> Answer:
    """Checks name and password: one message for a wrong name and a wrong password."""
    form = LoginForm()
    if not form.validate_on_submit():
        return _door(form), 422
    try:
        who, _must_change = people.enter(form.login.data, form.password.data, when())
    except Refused as refusal:
        form.form_errors = [spoken(refusal)]
        return _door(form), 422
    return _enter(who)


def _enter(who: Actor) -> Response:
    kept = session.get("language")
    session.clear()
    if kept:
        session["language"] = kept
    person = db.session.get_one(Person, who.person_id)
    login_user(web.User(who, person.must_change))
    return redirect(_inside(request.args.get("next")), 303)


def _inside(target: str | None) -> str:
    """A path of this site, or the home page: a link must not lead somebody out of the house."""
    try:
        parts = urlsplit(target or "")
    except ValueError:  # brackets that no address has
        return url_for("session.home")
    outside = parts.scheme or parts.netloc or not parts.path.startswith("/")
    if not target or outside or "\\" in target or target.startswith("//"):
        return url_for("session.home")
    return target


def _door(form: LoginForm) -> str:
    roles = [{"key": role, "label": word(ROLE_ZH[role])} for role in DEMO_ROLES] if _demo() else []
    return render_template("session/login.html", form=form, demo_roles=roles)


def _demo() -> bool:
    """Only in demo mode, and only on this very machine."""
    listens = current_app.config.get("LINSHU_HOST", "127.0.0.1")
    return bool(
        current_app.config.get("LINSHU_DEMO")
        and _is_loopback(listens)
        and _is_loopback(request.remote_addr or "")
    )


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


@bp.post("/demo")
@public
def demo() -> Response:
    """Enters as the first person of a role."""
    if not _demo():
        abort(404)
    role = request.form.get("role", "")
    if role not in DEMO_ROLES:
        abort(404)
    query = select(Person).where(Person.role == role, Person.active).order_by(Person.id).limit(1)
    person = db.session.scalars(query).first()
    if person is None:
        abort(404)
    who = people.actor_of(person)
    people.note_entry(who, when())
    session["demo"] = True
    answer = _enter(who)
    session["demo"] = True
    return answer


@bp.post("/logout")
@allow()
def logout() -> Response:
    """Leaves."""
    people.leave(actor(), when())
    kept = session.get("language")
    logout_user()
    session.clear()
    if kept:
        session["language"] = kept
    return redirect(url_for("session.login"), 303)


@bp.post("/language")
@public
def language() -> Response:
    """Switches the language and stays on the page."""
    chosen = request.form.get("language", "")
    if chosen in web.LANGUAGES:
        session["language"] = chosen
    return redirect(_inside(request.form.get("next")), 303)


@bp.get("/password")
@allow()
def password() -> str:
    """The form for a new password."""
    return render_template("session/password.html", form=PasswordForm(), forced=_forced())


@bp.post("/password")
@allow()
def password_changed() -> Answer:
    """Changes one's own password."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            people.change_password(actor(), form.old.data, form.new.data, when())
        except Refused as refusal:
            form.old.errors = [spoken(refusal)]
        else:
            flash(_("密码已修改。"), "success")
            return redirect(url_for("session.home"), 303)
    return render_template("session/password.html", form=form, forced=_forced()), 422


def _forced() -> bool:
    return bool(current_user.must_change and not session.get("demo"))


def password_first() -> Any:
    """A one-time password opens nothing but the form that replaces it."""
    allowed = ("session.password", "session.password_changed", "session.logout")
    allowed += ("session.language", "static")
    if current_user.is_authenticated and _forced() and request.endpoint not in allowed:
        return redirect(url_for("session.password"), 303)
    return None
