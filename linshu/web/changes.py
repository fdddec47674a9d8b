"""What changes in a case, apart from the quick record? 更正, 提前移交, 核验."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.parties import KINDS, MANDATES, PartyRole
from linshu.services import correcting, exports, transfers
from linshu.services.correcting import FACTS
from linshu.services.entrants import NewParty
from linshu.services.errors import NotFound, Refused
from linshu.store.cases import Action, Party
from linshu.store.db import SHANGHAI, db
from linshu.store.personal import SHOWN
from linshu.web.cases import shown
from linshu.web.clock import when
from linshu.web.guard import actor, allow
from linshu.web.record_form import RecordForm
from linshu.web.words import choices, options, options_or_none, spoken, word

bp = Blueprint("changes", __name__, url_prefix="/cases/<int:case_id>")
Answer = str | Response | tuple[str, int]
FORGOTTEN = {"autocomplete": "off"}  # by the browser: what belongs to a person stays on no machine


class ReasonForm(FlaskForm):
    """Whatever changes a case says why, and which stint was seen."""

    seq = IntegerField(validators=[InputRequired()])
    reason = TextAreaField(_l("理由"), [InputRequired(), Length(max=4000)])


class AskForm(ReasonForm):
    """提前移交."""

    ground = SelectField(_l("理由类别"), [InputRequired()], validate_choice=False)


class FactForm(ReasonForm):
    """更正 of a fact."""

    field = SelectField(_l("项目"), [InputRequired()], choices=options(FACTS))
    value = StringField(_l("更正为"), [Length(max=4000)])


class PartyForm(ReasonForm):
    """更正 of a party."""

    name = StringField(_l("姓名或名称"), [InputRequired(), Length(max=200)])
    id_number = StringField(_l("证件号码"), [Length(max=40)], render_kw=FORGOTTEN)
    phone = StringField(_l("电话"), [Length(max=40)], render_kw=FORGOTTEN)
    account = StringField(_l("银行账号"), [Length(max=60)], render_kw=FORGOTTEN)
    kind = SelectField(_l("类别"), choices=[])
    mandate = SelectField(_l("代理权限"), choices=options_or_none(MANDATES), default="")

    def choose(self, known: Party) -> None:
        """What may be put right of this one: who is no third party and no representative is of no
        kind, and has no mandate."""
        kinds = KINDS[PartyRole(known.role)]
        self.kind.choices = choices((key, word(name)) for key, name in kinds.items())
        if not kinds:
            del self.kind
        if known.role != PartyRole.REPRESENTATIVE:
            del self.mandate

    def standing(self, known: Party) -> tuple[str, str]:
        """The right kind and mandate, as far as they are asked for."""
        kind, mandate = self._fields.get("kind"), self._fields.get("mandate")
        return (
            kind.data or "" if kind else known.kind,
            mandate.data or "" if mandate else known.mandate,
        )

    def new_party(self) -> NewParty:
        """What the form says; a number left empty stays as it is."""
        numbers = (self.id_number.data or "", self.phone.data or "", self.account.data or "")
        return NewParty(self.name.data, *numbers)


class CorrectForm(RecordForm):
    """更正 of an action."""

    reason = TextAreaField(_l("更正理由"), [InputRequired(), Length(max=4000)])


def show(case_id: int, title: str, form: FlaskForm, status: int = 200, **facts: Any) -> Answer:
    found = shown(case_id)
    if not form.is_submitted():
        form.seq.data = found.now.stint.seq
    page = render_template(
        "changes/form.html", page=found, case=found.case, title=title, form=form, **facts
    )
    return page, status


def back(case_id: int, message: str, tab: str = "log") -> Response:
    flash(message, "success")
    return redirect(url_for("cases.page", case_id=case_id, tab=tab), 303)


def tried(form: FlaskForm, act: Callable[[], object]) -> bool:
    """Runs a service; what it finds wrong with the input is shown in the form."""
    if not form.validate_on_submit():
        return False
    try:
        act()
    except Refused as refusal:
        if refusal.status != 422:
            raise
        form.form_errors = [*form.form_errors, spoken(refusal)]
        return False
    return True


def _ask_form(case_id: int) -> AskForm:
    form = AskForm()
    grounds = shown(case_id).policy.grounds.values()
    form.ground.choices = choices((ground.key, word(ground.name)) for ground in grounds)
    return form


@bp.get("/ask")
@allow(Duty.ASK, reads=Kind.CASE)
def ask(case_id: int) -> Answer:
    """The form that asks for an early transfer."""
    return show(case_id, _("申请提前移交"), _ask_form(case_id), note="ask")


@bp.post("/ask")
@allow(Duty.ASK, reads=Kind.CASE)
def asked(case_id: int) -> Answer:
    """Asks; the lead of the giving team decides."""
    form = _ask_form(case_id)
    if tried(form, lambda: transfers.ask(actor(), case_id, *_seen(form), when())):
        return back(case_id, _("已提交申请,等待审批。"), "requests")
    return show(case_id, _("申请提前移交"), form, 422, note="ask")


def _seen(form: AskForm) -> tuple[int, str, str]:
    return form.seq.data, form.ground.data, form.reason.data


@bp.get("/facts")
@allow(Duty.CORRECT, reads=Kind.CASE)
def facts(case_id: int) -> Answer:
    """The form that puts a fact right."""
    return show(case_id, _("更正案件信息"), FactForm(), note="facts")


@bp.post("/facts")
@allow(Duty.CORRECT, reads=Kind.CASE)
def facts_corrected(case_id: int) -> Answer:
    """更正 of a fact by a new entry."""
    form = FactForm()
    done = tried(
        form,
        lambda: correcting.correct_fact(
            actor(),
            case_id,
            form.seq.data,
            form.field.data,
            form.value.data or "",
            form.reason.data,
            when(),
        ),
    )
    if done:
        return back(case_id, _("已更正。"))
    return show(case_id, _("更正案件信息"), form, 422, note="facts")


def _party(case_id: int, party_id: int) -> Party:
    found = shown(case_id)
    for party in found.parties:
        if party.id == party_id:
            return party
    raise NotFound()


@bp.get("/parties/<int:party_id>")
@allow(Duty.CORRECT, reads=Kind.CASE)
def party(case_id: int, party_id: int) -> Answer:
    """The form that puts a party right."""
    known = _party(case_id, party_id)
    form = _party_form(known, name=known.name, kind=known.kind, mandate=known.mandate)
    return show(case_id, _("更正当事人"), _hinted(form, known))


def _party_form(known: Party, **facts: str) -> PartyForm:
    form = PartyForm(**facts)
    form.choose(known)
    return form


def _hinted(form: PartyForm, known: Party) -> PartyForm:
    """What is known stands beside the fields, masked: nobody sees a number by correcting a name."""
    for field, mask in SHOWN.items():
        number = getattr(known, field)
        form[field].description = (
            _("现为 %(number)s;留空不变,写“无”删去。", number=mask(number)) if number else ""
        )
    return form


@bp.post("/parties/<int:party_id>")
@allow(Duty.CORRECT, reads=Kind.CASE)
def party_corrected(case_id: int, party_id: int) -> Answer:
    """更正 of a party by a new entry; search follows."""
    known = _party(case_id, party_id)
    form = _party_form(known)
    done = tried(
        form,
        lambda: correcting.correct_party(
            actor(),
            case_id,
            form.seq.data,
            party_id,
            form.new_party(),
            form.reason.data,
            when(),
            form.standing(known),
        ),
    )
    if done:
        return back(case_id, _("已更正。"), "parties")
    return show(case_id, _("更正当事人"), _hinted(form, _party(case_id, party_id)), 422)


def _correct_form(case_id: int, action_id: int) -> CorrectForm:
    action = db.session.get(Action, action_id)
    if action is None or action.case_id != shown(case_id).case.id:
        raise NotFound()
    form = CorrectForm(text=action.text)
    form.choose(shown(case_id))
    if not form.is_submitted():
        form.show_kind(action.kind)
        form.payee.data = action.payee or form.payee.default
        form.until_on.data = action.until_on
        form.happened_at.data = action.happened_at.astimezone(SHANGHAI).replace(tzinfo=None)
        form.amount.data = f"{action.amount_fen / 100:.2f}" if action.amount_fen else ""
        form.behalf.data = action.behalf_id or 0
    return form


@bp.get("/correct/<int:action_id>")
@allow(Duty.CORRECT, reads=Kind.CASE)
def correct(case_id: int, action_id: int) -> Answer:
    """The form that puts an action right."""
    return show(case_id, _("更正执行行为"), _correct_form(case_id, action_id))


@bp.post("/correct/<int:action_id>")
@allow(Duty.CORRECT, reads=Kind.CASE)
def corrected(case_id: int, action_id: int) -> Answer:
    """更正 of an action by a newer one; the old one stays readable."""
    form = _correct_form(case_id, action_id)
    done = tried(
        form,
        lambda: correcting.correct_action(
            actor(), case_id, form.seq.data, action_id, form.action(), form.reason.data, when()
        ),
    )
    if done:
        return back(case_id, _("已更正。"))
    return show(case_id, _("更正执行行为"), form, 422)


@bp.post("/verify")
@allow(Duty.READ_TRAIL)
def verify(case_id: int) -> Answer:
    """Checks the case's chain, link by link."""
    holds, entries = exports.verify_case(actor(), case_id)
    if holds:
        flash(_("核验通过:%(n)s 条留痕首尾相接,与链头相符。", n=entries), "success")
    else:
        flash(_("核验不通过:留痕与链头不符,请立即核查。"), "danger")
    return redirect(url_for("cases.page", case_id=case_id), 303)
