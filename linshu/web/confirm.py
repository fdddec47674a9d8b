"""再次验证: is it still the same person? Asked before a dangerous act, and nothing typed is lost.

The act's form comes along hidden and goes on to where it was going, together with the password. A
file cannot come along: then one confirms first and sends the form again.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from linshu.services import entering
from linshu.services.errors import Refused
from linshu.web import htmx, limits, proxy
from linshu.web.clock import when
from linshu.web.guard import Unconfirmed, allow, inside, is_dangerous
from linshu.web.session import inside_the_house
from linshu.web.words import spoken

bp = Blueprint("confirm", __name__)
Answer = str | tuple[str, int] | Response


class ConfirmForm(FlaskForm):
    """The password again, and a code where there is a second factor; among the act's fields."""

    confirm_password = PasswordField(_l("密码"), [InputRequired(), Length(max=200)])
    confirm_code = StringField(_l("验证码"), [Length(max=40)])


PASSWORD, CODE = "confirm_password", "confirm_code"
OURS = {PASSWORD, CODE, "csrf_token"}


def init_app(app: Flask) -> None:
    """A confirmation that comes along with an act is looked at before the act."""
    app.before_request(_confirmed_along)
    app.register_error_handler(Unconfirmed, _ask)


def _confirmed_along() -> None:
    given = request.method == "POST" and PASSWORD in request.form
    if given and is_dangerous() and current_user.is_authenticated:
        _confirm()


def _confirm() -> None:
    who = inside()
    limits.knock(who.actor.login)
    password, code = request.form[PASSWORD], request.form.get(CODE, "")
    try:
        entering.confirm(who.actor, who.visit_id, password, code, proxy.door(), when())
    except Refused as refusal:
        raise Unconfirmed(refusal) from refusal
    g.confirmed = True


def _ask(asked: Unconfirmed) -> Answer:
    """The page that asks: 409, for the act waits for what only its doer can settle; 422 when what
    he gave is wrong."""
    form = ConfirmForm(formdata=None)
    form.form_errors = [spoken(asked.refusal)] if asked.refusal else []
    facts = _along() | {"form": form, "has_code": inside().has_code}
    status = 422 if asked.refusal else 409
    if htmx.wanted():
        return htmx.whole(render_template("confirm/_form.html", **facts), status)
    return render_template("confirm/page.html", **facts), status


def _along() -> dict[str, Any]:
    """Where the form goes, and what it carries."""
    has_file = any(file.filename for file in request.files.values())
    back = inside_the_house(
        request.referrer and request.referrer.removeprefix(request.host_url[:-1])
    )
    carried = [pair for pair in request.form.items(multi=True) if pair[0] not in OURS]
    here = request.full_path.rstrip("?")
    if request.method == "POST" and not has_file and request.endpoint != "confirm.give":
        action, given = here, carried
    else:
        target = here if request.method == "GET" else request.form.get("next", back)
        action, given = url_for("confirm.give"), [("next", inside_the_house(target))]
    return {"action": action, "carried": given, "has_file": has_file, "back": back}


def _back() -> str:
    """The page on which the act was asked for."""
    came = urlsplit(request.referrer or "")
    path = f"{came.path}?{came.query}" if came.query else came.path
    return inside_the_house(path if came.netloc == request.host else None)


@bp.post("/confirm")
@allow(confirmed=True)
def give() -> Answer:
    """Confirms before an act that cannot wait hidden in a form."""
    flash(_("身份已验证。"), "success")
    return redirect(inside_the_house(request.form.get("next")), 303)
