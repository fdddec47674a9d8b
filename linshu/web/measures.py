"""执行措施: the checklist of a case, one measure against one debtor noted or asked for."""

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.measures import STANDING_ZH, Measure, Standing
from linshu.services import measures, policies
from linshu.services.errors import NotFound
from linshu.services.measures import NewMeasure
from linshu.store import measures as kept
from linshu.store.cases import Party
from linshu.store.db import db
from linshu.web.asked import NumberField, row_id
from linshu.web.cases import shown
from linshu.web.changes import ReasonForm, back, show, tried
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.record_form import amount_of, behalves
from linshu.web.words import choices, word

bp = Blueprint("measures", __name__, url_prefix="/cases/<int:case_id>/measures")
Answer = str | Response | tuple[str, int]
ASK, TAB = "ask", "measures"


class MeasureForm(ReasonForm):
    """How far a measure is, or that it is asked for."""

    standing = RadioField(_l("情况"), [InputRequired()])
    document = StringField(_l("文书名称或文号"), [Length(max=200)])
    amount = StringField(_l("罚款金额(元)"), [Length(max=40)])
    days = NumberField(_l("拘留天数"), [Optional(), NumberRange(0, 366)])
    happened_on = DateField(_l("日期"), [InputRequired()])
    behalf = SelectField(_l("代录"), coerce=row_id, validate_choice=False, default=0)

    def measure(self, party_id: int, key: str) -> NewMeasure:
        """What was typed. Invalid for an amount that cannot be read."""
        amount = amount_of(self.amount.data or "") if "amount" in self else 0
        days = (self.days.data or 0) if "days" in self else 0
        told = (self.document.data or "", self.reason.data, amount, days, self.behalf.data or None)
        return NewMeasure(party_id, key, *told)


def _named(case_id: int, party_id: int, key: str) -> tuple[Measure, Party]:
    page = shown(case_id)
    measure = policies.in_force(actor(), when()).measures.get(key)
    party = next((one for one in page.debtors if one.id == party_id), None)
    if measure is None or party is None:
        raise NotFound()
    return measure, party


def _form(measure: Measure) -> MeasureForm:
    form = MeasureForm()
    able = (Standing.APPLIED, Standing.NOT_APPLICABLE)
    named = [(str(one), word(STANDING_ZH[one])) for one in able]
    first = (ASK, _("申请批准")) if measure.approved_by else _done()
    form.standing.choices = choices([first, *named])
    form.behalf.choices = behalves()
    if not measure.is_fine:
        del form.amount
    if not measure.is_detention:
        del form.days
    if not form.is_submitted():
        form.standing.data, form.happened_on.data = first[0], today()
    return form


def _done() -> tuple[str, str]:
    return str(Standing.DONE), word(STANDING_ZH[Standing.DONE])


@bp.get("/<int:party_id>/<key>")
@allow(Duty.RECORD, reads=Kind.CASE)
def new(case_id: int, party_id: int, key: str) -> Answer:
    """The form for one measure against one debtor, with what was noted so far."""
    return _page(case_id, party_id, key, None)


@bp.post("/<int:party_id>/<key>")
@allow(Duty.RECORD, reads=Kind.CASE)
def noted(case_id: int, party_id: int, key: str) -> Answer:
    """Notes it, or asks for it where the law wants an approval."""
    measure, _party = _named(case_id, party_id, key)
    form = _form(measure)

    def act() -> None:
        what = form.measure(party_id, key)
        if form.standing.data == ASK:
            measures.ask(actor(), case_id, form.seq.data, what, form.reason.data, when())
            return
        standing = Standing(form.standing.data)
        measures.note(
            actor(), case_id, form.seq.data, what, standing, form.happened_on.data, when()
        )

    if tried(form, act):
        asked = form.standing.data == ASK
        return back(case_id, _("已提交申请,等待审批。") if asked else _("已登记。"), TAB)
    return _page(case_id, party_id, key, form)


def _page(case_id: int, party_id: int, key: str, form: MeasureForm | None) -> Answer:
    measure, party = _named(case_id, party_id, key)
    return show(
        case_id,
        f"{word(measure.name)} · {party.name}",
        form or _form(measure),
        422 if form else 200,
        note="measure",
        measure=measure,
        acts=kept.acts_of(db.session(), case_id, party_id, key),
    )
