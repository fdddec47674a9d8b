"""立案甄别: what has come in, is it simple, and who says so?"""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length

from linshu.rules import screening as rules
from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.policy import Policy
from linshu.rules.screening import Suggestion
from linshu.rules.stages import Stage
from linshu.services import filing, policies, screening
from linshu.services.errors import Conflict, NotFound, Refused
from linshu.services.screening import Outcome
from linshu.store import lists
from linshu.store.db import db
from linshu.store.lists import Filter, Row, Scope
from linshu.store.people import Court
from linshu.web.asked import row_id
from linshu.web.clock import today, when
from linshu.web.filing_form import FilingForm
from linshu.web.guard import actor, allow
from linshu.web.words import choices, spoken

bp = Blueprint("intake", __name__)

Answer = str | Response | tuple[str, int]


class ScreenForm(FlaskForm):
    """The decision of one case; ``seq`` is the stint that was seen."""

    seq = IntegerField(validators=[InputRequired()])
    decision = RadioField(
        _l("决定"),
        [InputRequired()],
        choices=choices([("simple", _l("简案(速执)")), ("complex", _l("繁案(指挥中心)"))]),
    )
    reasons = TextAreaField(_l("理由"), [Length(max=4000)])


class ScreenManyForm(FlaskForm):
    """One decision for the ticked cases, each ``<case id>:<seen stint>``."""

    case = SelectMultipleField(validate_choice=False)
    decision = RadioField(
        _l("决定"),
        [InputRequired()],
        choices=choices(
            [
                ("suggested", _l("按建议确认")),
                ("simple", _l("均为简案")),
                ("complex", _l("均为繁案")),
            ]
        ),
        default="suggested",
    )
    reasons = TextAreaField(_l("理由"), [Length(max=4000)])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that waits to be screened, with what the system suggests."""

    row: Row
    suggestion: Suggestion


def _suggested(row: Row, policy: Policy) -> Candidate:
    facts = rules.Facts(
        row.preserved,
        row.cooperative,
        row.claim_fen,
        row.address_confirmed,
        row.basis,
        row.basis_kind,
    )
    return Candidate(row, rules.suggest(facts, policy))


def _scope() -> Scope:
    who = actor()
    return lists.scope_of(db.session(), who.court_id, who.role, who.team_id)


@bp.get("/intake")
@allow(Duty.FILE, Duty.SCREEN)
def page() -> str:
    """What waits to be screened, fewest days left first."""
    return _list(ScreenManyForm(), ())


def _list(form: ScreenManyForm, failed: tuple[tuple[Row, Refused], ...]) -> str:
    asked = request.args.get("page", 1, int)
    found = lists.open_cases(db.session(), _scope(), Filter(stage=Stage.INTAKE), today(), asked)
    policy = policies.in_force(actor(), when())
    return render_template(
        "intake/page.html",
        page=found,
        waiting=[_suggested(row, policy) for row in found.rows],
        policy=policy,
        form=form,
        failed=failed,
        today=today(),
        may_screen=actor().may(Duty.SCREEN),
        may_file=actor().may(Duty.FILE),
        may_import=actor().may(Duty.IMPORT),
    )


@bp.post("/intake")
@allow(Duty.SCREEN)
def screen_many() -> Answer:
    """Screens the ticked cases one by one; those that were refused are shown with the reason."""
    form = ScreenManyForm()
    picked = [_picked(mark) for mark in form.case.data or []]
    if not form.validate_on_submit() or not picked:
        flash(_("请先勾选案件,并选择决定。"), "warning")
        return _list(form, ()), 422
    simple = {"suggested": None, "simple": True, "complex": False}[form.decision.data]
    outcomes = screening.screen_many(actor(), picked, when(), simple, form.reasons.data or "")
    return _screened(form, outcomes)


def _picked(mark: str) -> tuple[int, int]:
    case_id, _colon, seq = mark.partition(":")
    try:
        return row_id(case_id), row_id(seq)
    except ValueError as fault:
        raise NotFound() from fault


def _screened(form: ScreenManyForm, outcomes: list[Outcome]) -> Answer:
    refused = {one.item: one.refusal for one in outcomes if one.refusal}
    done = len(outcomes) - len(refused)
    if done:
        flash(_("已甄别 %(n)s 件。", n=done), "success")
    if not refused:
        return redirect(url_for("intake.page"), 303)
    rows = lists.rows_of(db.session(), _scope(), refused, today())
    return _list(form, tuple((row, refused[row.case_id]) for row in rows)), 422


@bp.get("/intake/screen/<int:case_id>")
@allow(Duty.SCREEN, reads=Kind.CASE)
def screen(case_id: int) -> str:
    """One case: its facts, the criteria it meets, the suggestion; the decision is a person's."""
    candidate = _candidate(case_id)
    form = ScreenForm(
        seq=candidate.row.seq, decision="simple" if candidate.suggestion.simple else "complex"
    )
    return _one(candidate, form)


def _candidate(case_id: int) -> Candidate:
    found = lists.rows_of(db.session(), _scope(), [case_id], today())
    if not found:
        raise NotFound()
    if found[0].stage is not Stage.INTAKE:
        raise Conflict("not_in_intake")
    return _suggested(found[0], policies.in_force(actor(), when()))


def _one(candidate: Candidate, form: ScreenForm) -> str:
    case_id = candidate.row.case_id
    return render_template(
        "intake/screen.html",
        candidate=candidate,
        form=form,
        policy=policies.in_force(actor(), when()),
        parties=lists.parties_of(db.session(), [case_id])[case_id],
        today=today(),
    )


@bp.post("/intake/screen/<int:case_id>")
@allow(Duty.SCREEN, reads=Kind.CASE)
def screened(case_id: int) -> Answer:
    """Takes the decision down; overruling the suggestion needs reasons."""
    form = ScreenForm()
    if form.validate_on_submit():
        simple = form.decision.data == "simple"
        try:
            screening.screen(
                actor(), case_id, form.seq.data, simple, form.reasons.data or "", when()
            )
        except Refused as refusal:
            if refusal.status != 422:
                raise
            form.reasons.errors = [*form.reasons.errors, spoken(refusal)]
        else:
            flash(_("已甄别为简案。") if simple else _("已甄别为繁案。"), "success")
            return redirect(url_for("intake.page"), 303)
    return _one(_candidate(case_id), form), 422


@bp.get("/intake/file")
@allow(Duty.FILE)
def file() -> str:
    """The form for one case."""
    return render_template("intake/file.html", form=FilingForm(filed_on=today()), today=today())


@bp.post("/intake/file")
@allow(Duty.FILE)
def filed() -> Answer:
    """Files one case, or shows the form again with everything that is wrong."""
    form = FilingForm()
    form.today = today()
    form.court_codes = (db.session.get_one(Court, actor().court_id).code,)
    if form.validate_on_submit():
        try:
            case_id = filing.file_case(actor(), form.new_case(), when())
        except Refused as refusal:
            if refusal.status == 422:
                form.form_errors = [*form.form_errors, spoken(refusal)]
            else:
                form.number.errors = [*form.number.errors, spoken(refusal)]
        else:
            flash(_("已立案 %(number)s。", number=form.new_case().number.text), "success")
            for warning in form.warnings():
                flash(warning, "warning")
            return redirect(url_for("cases.page", case_id=case_id), 303)
    return render_template("intake/file.html", form=form, today=today()), 422
