"""财产: what is known of it in a case, and the register of what lapses next (财产查控台账)."""

from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from linshu.rules.duties import Duty
from linshu.rules.kinds import UNTIL
from linshu.rules.looks import Kind
from linshu.rules.property import ACTS, KINDS, Status, possible
from linshu.services import policies
from linshu.services import property as things
from linshu.services.errors import NotFound, Refused
from linshu.services.property import Done, NewHolding
from linshu.store import lists
from linshu.store import property as kept
from linshu.store.db import SHANGHAI, db
from linshu.store.property import LAPSING, TABS
from linshu.store.work import Holding
from linshu.web.asked import NumberField, row_id
from linshu.web.cases import shown
from linshu.web.changes import back, show, tried
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.record_form import amount_of, behalves
from linshu.web.words import choices, word

bp = Blueprint("property", __name__)
Answer = str | Response | tuple[str, int]
TAB = "property"


class FoundForm(FlaskForm):
    """A clue, or what was found."""

    seq = IntegerField(validators=[InputRequired()])
    party = SelectField(_l("被执行人"), [InputRequired()], coerce=row_id, validate_choice=False)
    kind = SelectField(_l("财产种类"), [InputRequired()])
    name = StringField(_l("财产名称"), [InputRequired(), Length(max=200)])
    value = StringField(_l("价值(元)"), [Length(max=40)])
    clue = BooleanField(_l("这是线索,尚待核查"))
    urgent = BooleanField(_l("情况紧急(三日内核查)"))
    behalf = SelectField(_l("代录"), coerce=row_id, validate_choice=False, default=0)


class ActForm(FlaskForm):
    """What was done with a thing."""

    seq = IntegerField(validators=[InputRequired()])
    act = SelectField(_l("行为"), [InputRequired()])
    document = StringField(_l("文书名称或文号"), [InputRequired(), Length(max=200)])
    happened_at = DateTimeLocalField(
        _l("发生时间"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    until_on = DateField(_l("期满日"), [Optional()], description=_l("查封、扣押、冻结和续行的填写"))
    queue = NumberField(_l("轮候顺位"), [Optional(), NumberRange(0, 99)], default=0)
    value = StringField(_l("价值或者价款(元)"), [Length(max=40)])
    behalf = SelectField(_l("代录"), coerce=row_id, validate_choice=False, default=0)

    def done(self) -> Done:
        """What was typed. Invalid for an amount that cannot be read."""
        return Done(
            self.act.data,
            self.document.data,
            self.happened_at.data.replace(tzinfo=SHANGHAI),
            self.until_on.data,
            self.queue.data or 0,
            amount_of(self.value.data or ""),
            self.behalf.data or None,
        )


class AsideForm(FlaskForm):
    """Why nothing can be done with it."""

    seq = IntegerField(validators=[InputRequired()])
    reason = TextAreaField(_l("不能处置的理由"), [Length(max=4000)])


@bp.get("/property")
@allow(Duty.READ_CASES, reads=Kind.LIST)
def page() -> str:
    """The register: what lapses within sixty days, what is seized, clues, all that is open."""
    who, session = actor(), db.session()
    scope = lists.scope_of(session, who.court_id, who.role, who.team_id)
    tab = request.args.get("tab", LAPSING)
    tab, soon = tab if tab in TABS else LAPSING, _soon()
    return render_template(
        "property/page.html",
        tab=tab,
        counts={one: kept.count(session, scope, one, soon) for one in TABS},
        page=kept.page(session, scope, tab, soon, request.args.get("page", 1, int)),
        today=today(),
    )


def _soon() -> date:
    """Until when what lapses is lapsing: as early as the policy tells of it."""
    try:
        rows = policies.in_force(actor(), when()).countdowns.values()
    except Refused:
        return today()
    days = [max(row.days) for row in rows if UNTIL & set(row.starts)]
    return today() + timedelta(days=max(days, default=0))


def _found_form(case_id: int) -> FoundForm:
    form = FoundForm()
    form.party.choices = choices((one.id, one.name) for one in shown(case_id).debtors)
    form.kind.choices = choices((key, word(kind.name)) for key, kind in KINDS.items())
    form.behalf.choices = behalves()
    return form


@bp.get("/cases/<int:case_id>/property")
@allow(Duty.RECORD, reads=Kind.CASE)
def new(case_id: int) -> Answer:
    """The form for a clue or for what was found."""
    return show(case_id, _("登记财产"), _found_form(case_id))


@bp.post("/cases/<int:case_id>/property")
@allow(Duty.RECORD, reads=Kind.CASE)
def found(case_id: int) -> Answer:
    """Notes it."""
    form = _found_form(case_id)

    def act() -> None:
        value = amount_of(form.value.data or "")
        facts = (form.party.data, form.kind.data, form.name.data, value)
        clue = (form.clue.data or form.urgent.data, form.urgent.data)
        new = NewHolding(*facts, *clue, form.behalf.data or None)
        things.found(actor(), case_id, form.seq.data, new, when())

    if tried(form, act):
        return back(case_id, _("已登记。"), TAB)
    return show(case_id, _("登记财产"), form, 422)


def _holding(case_id: int, holding_id: int) -> Holding:
    shown(case_id)
    holding = db.session.get(Holding, holding_id)
    if holding is None or holding.case_id != case_id:
        raise NotFound()
    return holding


def _act_form(holding: Holding) -> ActForm:
    form = ActForm()
    able = possible(Status(holding.status))
    form.act.choices = choices((key, word(ACTS[key].name)) for key in able)
    form.behalf.choices = behalves()
    if not form.is_submitted():
        form.happened_at.data = when().at.replace(tzinfo=None)
    return form


@bp.get("/cases/<int:case_id>/property/<int:holding_id>")
@allow(Duty.RECORD, reads=Kind.CASE)
def item(case_id: int, holding_id: int) -> Answer:
    """The form for what is done with a thing."""
    holding = _holding(case_id, holding_id)
    return show(case_id, holding.name, _act_form(holding))


@bp.post("/cases/<int:case_id>/property/<int:holding_id>")
@allow(Duty.RECORD, reads=Kind.CASE)
def done(case_id: int, holding_id: int) -> Answer:
    """Does it."""
    holding = _holding(case_id, holding_id)
    form = _act_form(holding)
    if tried(form, lambda: things.act(actor(), case_id, holding_id, form.done(), when())):
        return back(case_id, _("已登记。"), TAB)
    return show(case_id, holding.name, form, 422)


@bp.get("/cases/<int:case_id>/property/<int:holding_id>/aside")
@allow(Duty.RECORD, reads=Kind.CASE)
def aside(case_id: int, holding_id: int) -> Answer:
    """The form that says why nothing can be done with a thing."""
    holding = _holding(case_id, holding_id)
    return show(case_id, holding.name, AsideForm(reason=holding.undisposable))


@bp.post("/cases/<int:case_id>/property/<int:holding_id>/aside")
@allow(Duty.RECORD, reads=Kind.CASE)
def put_aside(case_id: int, holding_id: int) -> Answer:
    """Says it."""
    form, holding = AsideForm(), _holding(case_id, holding_id)
    reason = form.reason.data or ""
    if tried(form, lambda: things.set_aside(actor(), case_id, holding_id, reason, when())):
        return back(case_id, _("已登记。"), TAB)
    return show(case_id, holding.name, form, 422)
