"""规则: which numbers hold, where do they come from, and what would a new version change?"""

import hashlib

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from linshu.rules.duties import Duty
from linshu.rules.policy import LIMITED
from linshu.services import policies
from linshu.services.errors import Refused
from linshu.store import queries
from linshu.store.db import db
from linshu.store.people import PolicyVersion
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import spoken

bp = Blueprint("policy", __name__)
Answer = str | Response | tuple[str, int]


class PolicyForm(FlaskForm):
    """The text of a new version."""

    document = TextAreaField(_l("新版全文"), [InputRequired(), Length(max=100_000)])
    seen = HiddenField()

    @property
    def digest(self) -> str:
        """Of the text as it stands; ``seen`` is that of the text whose difference was shown."""
        return hashlib.sha256(self.document.data.encode()).hexdigest()


@bp.get("/policy")
@allow(Duty.READ_POLICY)
def page() -> str:
    """The policy in force, with its sources, and every version."""
    who = actor()
    version = queries.policy_on(db.session(), who.court_id, today())
    versions = db.session.query(PolicyVersion).filter_by(court_id=who.court_id)
    return render_template(
        "policy/page.html",
        version=version,
        policy=policies.in_force(who, when()),
        stages=LIMITED,
        versions=versions.order_by(PolicyVersion.id.desc()).all(),
        today=today(),
    )


@bp.get("/policy/draft")
@allow(Duty.CHANGE_POLICY)
def draft() -> str:
    """The form for a new version, filled with the one in force."""
    version = queries.policy_on(db.session(), actor().court_id, today())
    return _draft(PolicyForm(document=version.document if version else ""))


def _draft(form: PolicyForm, faults: list[str] | None = None, **facts: object) -> str:
    return render_template("policy/draft.html", form=form, faults=faults or [], **facts)


@bp.post("/policy/draft")
@allow(Duty.CHANGE_POLICY)
def preview() -> Answer:
    """Checks a new version and shows the difference; nothing is saved."""
    form = PolicyForm()
    if not form.validate_on_submit():
        return _draft(form), 422
    return _previewed(form)


def _previewed(form: PolicyForm, faults: list[str] | None = None) -> Answer:
    try:
        new, difference = policies.preview(actor(), form.document.data, when())
    except Refused as refusal:
        return _draft(form, _faults(refusal)), 422
    form.seen.data = form.digest
    page = _draft(form, faults, difference=difference, new=new)
    return (page, 409) if faults else page


def _faults(refusal: Refused) -> list[str]:
    """Every fault of the document for itself, or the one that refused it."""
    return [spoken(fault) for fault in refusal.facts.get("faults", [refusal])]


@bp.post("/policy/adopt")
@allow(Duty.CHANGE_POLICY, confirmed=True)
def adopt() -> Answer:
    """Adopts what was previewed, from its effective date; a text changed since is shown first."""
    form = PolicyForm()
    if not form.validate_on_submit():
        return _draft(form), 422
    if form.seen.data != form.digest:
        return _previewed(form, [_("全文在预览之后有改动,尚未采用;请再看一遍差异。")])
    try:
        new = policies.adopt(actor(), form.document.data, when())
    except Refused as refusal:
        return _draft(form, _faults(refusal)), 422
    flash(
        _("已采用规则版本 %(v)s,自 %(on)s 起生效。", v=new.version, on=new.effective_on), "success"
    )
    return redirect(url_for("policy.page"), 303)
