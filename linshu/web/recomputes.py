"""重算: which changes of many dates were asked for, what would they move, what did they?"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from linshu.rules import year_list
from linshu.rules.duties import WHOLE_COURT, Duty, Role
from linshu.services import edits, recomputes
from linshu.services.actor import Actor
from linshu.services.edits import Downtime, Edit, PolicyForRunning, YearList
from linshu.services.errors import NotFound, Refused
from linshu.store import recomputes as kept
from linshu.store.db import db
from linshu.store.people import PolicyVersion
from linshu.store.recomputes import Asked
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import choices, spoken

bp = Blueprint("recomputes", __name__)
Answer = str | Response | tuple[str, int]


class OutageForm(FlaskForm):
    """系统停用: the days, both included."""

    starts_on = DateField(_l("起"), [InputRequired()])
    ends_on = DateField(_l("止"), [InputRequired()])
    reason = TextAreaField(_l("理由"), [InputRequired(), Length(max=4000)])


class PolicyForm(FlaskForm):
    """A version for the stints that run under another."""

    policy = SelectField(_l("规则版本"), [InputRequired()], coerce=int)
    reason = TextAreaField(_l("理由"), [InputRequired(), Length(max=4000)])


@bp.get("/recomputes")
@allow(Duty.READ_RECOMPUTES)
def page() -> str:
    """Every recompute, those that wait first."""
    found = kept.listed(db.session(), actor().court_id, request.args.get("page", 1, int))
    return render_template("recomputes/page.html", page=found, title_of=_title_of)


def _title_of(one: Asked) -> str:
    return spoken(edits.of(one.row).title)


@bp.get("/recomputes/<int:recompute_id>")
@allow(Duty.READ_RECOMPUTES)
def item(recompute_id: int) -> str:
    """One recompute: its numbers, and for who may see the cases each date from what to what."""
    return _item(recompute_id)


def _item(recompute_id: int, **facts: object) -> str:
    session, who = db.session(), actor()
    one = kept.one(session, who.court_id, recompute_id)
    if one is None:
        raise NotFound()
    edit = edits.of(one.row)
    cases = None
    if _sees_cases(who):
        cases = kept.changes(session, recompute_id, request.args.get("page", 1, int))
    return render_template(
        "recomputes/item.html",
        one=one,
        row=one.row,
        title=spoken(edit.title),
        list=year_list.written(edit.spans) if isinstance(edit, YearList) else "",
        counts=one.row.counts.get("done") or one.row.counts["asked"],
        cases=cases,
        **facts,
    )


def _sees_cases(who: Actor) -> bool:
    """The system administrator sees numbers alone (domain.md § 4)."""
    return Role(who.role) in WHOLE_COURT


@bp.post("/recomputes/<int:recompute_id>/<any(approve, refuse, take_back):verb>")
@allow(Duty.DECIDE_RECOMPUTE, confirmed=True)
def decide(recompute_id: int, verb: str) -> Answer:
    """Approves, refuses or takes back; the last two need a reason."""
    reason = request.form.get("reason", "")
    acts = {
        "approve": recomputes.approve,
        "refuse": recomputes.refuse,
        "take_back": recomputes.take_back,
    }
    try:
        acts[verb](actor(), recompute_id, reason, when())
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
        return _item(recompute_id, failure=spoken(refusal), typed=reason), refusal.status
    flash(_("已处理重算 #%(n)s。", n=recompute_id), "success")
    return redirect(url_for("recomputes.item", recompute_id=recompute_id), 303)


@bp.route("/recomputes/outage", methods=["GET", "POST"])
@allow(Duty.ASK_RECOMPUTE)
def outage() -> Answer:
    """The form for days on which the system or the court was down."""
    form = OutageForm()
    if form.validate_on_submit():
        return _asked(form, Downtime(form.starts_on.data, form.ends_on.data))
    return _form(form), 422 if form.is_submitted() else 200


@bp.route("/recomputes/policy", methods=["GET", "POST"])
@allow(Duty.ASK_RECOMPUTE)
def policy() -> Answer:
    """The form for a version that shall hold for running stints too."""
    form, versions = PolicyForm(), _versions()
    form.policy.choices = choices(versions.items())
    if form.validate_on_submit():
        return _asked(form, PolicyForRunning(form.policy.data, versions[form.policy.data]))
    return _form(form), 422 if form.is_submitted() else 200


def _versions() -> dict[int, str]:
    """The versions in force by today, the newest first."""
    found = db.session.query(PolicyVersion).filter(
        PolicyVersion.court_id == actor().court_id, PolicyVersion.effective_on <= today()
    )
    newest = found.order_by(PolicyVersion.effective_on.desc(), PolicyVersion.id.desc())
    return {one.id: one.version for one in newest}


def _form(form: FlaskForm, failure: str = "") -> str:
    return render_template("recomputes/form.html", form=form, failure=failure)


def _asked(form: FlaskForm, edit: Edit) -> Answer:
    try:
        found = recomputes.ask(actor(), edit, form.reason.data, when())
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
        return _form(form, spoken(refusal)), refusal.status
    return redirect(url_for("recomputes.item", recompute_id=found), 303)
