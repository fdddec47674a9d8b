"""第二验证: the code after the password; setting an authenticator up, and doing without."""

from io import BytesIO
from typing import Any

import segno
from flask import Blueprint, Response, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from linshu.services import codes, entering, factors
from linshu.services.errors import Refused
from linshu.store import entries
from linshu.store.db import db
from linshu.store.people import Court, Person
from linshu.web import limits
from linshu.web.clock import when
from linshu.web.guard import actor, allow, inside
from linshu.web.session import inside_the_house
from linshu.web.words import short, spoken

bp = Blueprint("factor", __name__)
Answer = str | AnyResponse | tuple[str, int]
PROPOSED = "factor"  # the cookie's place for a secret that is not set up yet, sealed


class CodeForm(FlaskForm):
    """A code of the authenticator, or a recovery code."""

    code = StringField(_l("验证码"), [InputRequired(), Length(max=40)])


@bp.get("/factor")
@allow()
def page() -> Answer:
    """Asks for the second factor of somebody whose password was right."""
    if not inside().shows_factor:
        return redirect(url_for("session.home"), 303)
    return _asked(CodeForm())


def _asked(form: CodeForm) -> str:
    return render_template("factor/page.html", form=form, has_code=inside().has_code)


@bp.post("/factor")
@allow()
def shown() -> Answer:
    """Looks at the code; goes on to where one was going."""
    form, who = CodeForm(), actor()
    if not form.validate_on_submit():
        return _asked(form), 422
    limits.knock(who.login)
    try:
        entering.show_code(who, inside().visit_id, form.code.data, when())
    except Refused as refusal:
        return _asked(_refused(form, refusal)), 422
    return redirect(inside_the_house(session.pop("onward", None)), 303)


def _refused(form: CodeForm, why: Refused) -> CodeForm:
    form.code.data, form.code.errors = "", [spoken(why)]
    return form


@bp.get("/factor/own")
@allow()
def own() -> str:
    """One's own second factor: how it stands, or how it is set up."""
    return _own(CodeForm())


def _own(form: CodeForm, **facts: Any) -> str:
    person = db.session.get_one(Person, actor().person_id)
    return render_template(
        "factor/own.html",
        form=form,
        inside=inside(),
        person=person,
        secret=_secret(),
        left=len(entries.unused_codes(db.session(), person.id)),
        **facts,
    )


def _secret() -> str:
    """The secret that is proposed, the same until it is set up."""
    secret = factors.proposed(session.get(PROPOSED, ""))
    if secret is None:
        session[PROPOSED] = factors.propose()
        secret = factors.proposed(session[PROPOSED]) or ""
    return secret


@bp.get("/factor/picture.svg")
@allow()
def picture() -> Response:
    """The QR code of the secret that is proposed."""
    court = db.session.get_one(Court, actor().court_id)
    said = codes.address(_secret(), actor().login, f"{short(court.name)}执行")
    drawn = BytesIO()
    segno.make(said, error="m", micro=False).save(
        drawn, kind="svg", scale=4, border=2, light="#fff"
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@bp.post("/factor/own")
@allow(confirmed=True)
def set_up() -> Answer:
    """Sets the authenticator up once a code of it is right; shows the recovery codes this once."""
    form, who = CodeForm(), actor()
    if not form.validate_on_submit():
        return _own(form), 422
    limits.knock(who.login)
    sealed = session.get(PROPOSED, "")
    try:
        made = factors.set_up(who, inside().visit_id, sealed, form.code.data, when())
    except Refused as refusal:
        return _own(_refused(form, refusal)), 422
    session.pop(PROPOSED, None)
    return _codes(made, _("第二验证已启用。"))


def _codes(made: list[str], done: str) -> str:
    return render_template("factor/codes.html", codes=made, done=done)


@bp.post("/factor/codes")
@allow(confirmed=True)
def renewed() -> Answer:
    """New recovery codes, shown this once."""
    made = factors.renew_codes(actor(), when())
    return _codes(made, _("备用码已重新生成,原来的全部作废。"))


@bp.post("/factor/remove")
@allow(confirmed=True)
def removed() -> Answer:
    """Does without, where the role may."""
    factors.remove(actor(), when())
    flash(_("已停用第二验证。"), "success")
    return redirect(url_for("factor.own"), 303)
