"""Who is there? Entering, leaving, the password, the language, and the demo's identities."""

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from linshu import web
from linshu.rules.duties import ROLE_ZH, Role
from linshu.services import entering, passwords, policies
from linshu.services import visits as services
from linshu.services.entering import Entry
from linshu.services.errors import Refused
from linshu.store.db import db
from linshu.store.people import Person
from linshu.web import limits, navigation, proxy, visits
from linshu.web.clock import when
from linshu.web.guard import actor, allow, inside, public
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
    new = PasswordField(_l("新密码"), [InputRequired(), Length(max=200)])
    again = PasswordField(
        _l("再输一次新密码"), [InputRequired(), EqualTo("new", _l("两次输入不同"))]
    )


@bp.get("/")
@allow()
def home() -> Response:
    """Where one's day begins."""
    return redirect(url_for(navigation.home_endpoint(actor())), 303)


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
    limits.knock(form.login.data)
    try:
        entry = entering.enter(form.login.data, form.password.data, proxy.door(), when())
    except Refused as refusal:
        form.form_errors = [spoken(refusal)]
        return _door(form), 422
    return _enter(entry)


def _enter(entry: Entry) -> Response:
    onward = inside_the_house(request.args.get("next"))
    if current_user.is_authenticated:  # the browser's visit of before goes with its cookie
        services.leave(actor(), inside().visit_id, when())
    found = visits.let_in(entry.token)
    if found is not None and found.shows_factor:
        session["onward"] = onward
    return redirect(onward, 303)


def inside_the_house(target: str | None) -> str:
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
    roles = (
        [{"key": role, "label": word(ROLE_ZH[role])} for role in DEMO_ROLES]
        if proxy.in_demo()
        else []
    )
    turned_away = visits.why_turned_away() if request.method == "GET" else ""
    return render_template(
        "session/login.html", form=form, demo_roles=roles, turned_away=turned_away
    )


@bp.post("/demo")
@public
def demo() -> Response:
    """Enters as the first person of a role."""
    if not proxy.in_demo():
        abort(404)
    role = request.form.get("role", "")
    if role not in DEMO_ROLES:
        abort(404)
    query = select(Person).where(Person.role == role, Person.active).order_by(Person.id).limit(1)
    person = db.session.scalars(query).first()
    if person is None:
        abort(404)
    return _enter(entering.enter_demo(person.id, proxy.door(), when()))


@bp.post("/logout")
@allow()
def logout() -> Response:
    """Leaves."""
    services.leave(actor(), inside().visit_id, when())
    logout_user()
    visits.start_afresh()
    return redirect(url_for("session.login"), 303)


@bp.post("/language")
@public
def language() -> Response:
    """Switches the language and stays on the page."""
    chosen = request.form.get("language", "")
    if chosen in web.LANGUAGES:
        session["language"] = chosen
    return redirect(inside_the_house(request.form.get("next")), 303)


@bp.get("/password")
@allow()
def password() -> str:
    """The form for a new password."""
    return _password(PasswordForm())


def _password(form: PasswordForm) -> str:
    rules = policies.entry_rules(db.session(), actor().court_id, when())
    return render_template("session/password.html", form=form, inside=inside(), rules=rules)


@bp.post("/password")
@allow()
def password_changed() -> Answer:
    """Changes one's own password."""
    form = PasswordForm()
    if form.validate_on_submit():
        limits.knock(actor().login)
        try:
            passwords.change(actor(), form.old.data, form.new.data, inside().visit_id, when())
        except Refused as refusal:
            form.old.errors = [spoken(refusal)]
        else:
            flash(_("密码已修改。"), "success")
            return redirect(url_for("session.home"), 303)
    return _password(form), 422
