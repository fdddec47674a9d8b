"""代为审批: who is away, and who decides in his place?"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired

from linshu.rules.approvals import LADDER
from linshu.rules.duties import ROLE_ZH, Duty, Role
from linshu.services import absences
from linshu.services.errors import Refused
from linshu.store import absences as kept
from linshu.store.db import db
from linshu.store.people import Person
from linshu.web.asked import row_id
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import choices, spoken, word

bp = Blueprint("absences", __name__)
Answer = str | Response | tuple[str, int]


class AbsenceForm(FlaskForm):
    """Who is away, who decides meanwhile, from when to when."""

    person = SelectField(_l("不在岗的人"), [InputRequired()], coerce=row_id, validate_choice=False)
    substitute = SelectField(
        _l("代为审批的人"), [InputRequired()], coerce=row_id, validate_choice=False
    )
    first_on = DateField(_l("自"), [InputRequired()])
    last_on = DateField(_l("至"), [InputRequired()])


@bp.get("/absences")
@allow(Duty.APPROVE, Duty.MANAGE_PEOPLE)
def page() -> str:
    """The absences that go on or are to come, and a new one."""
    return _page(_choices(AbsenceForm(first_on=today())))


@bp.post("/absences")
@allow(Duty.APPROVE, Duty.MANAGE_PEOPLE)
def note() -> Answer:
    """Notes an absence: one's own, or anybody's for the security administrator."""
    form = _choices(AbsenceForm())
    if not form.validate_on_submit():
        return _page(form), 422
    days = (form.first_on.data, form.last_on.data)
    try:
        absences.note(actor(), form.person.data, form.substitute.data, *days, when())
    except Refused as refusal:
        form.form_errors = [*form.form_errors, spoken(refusal)]
        return _page(form), refusal.status
    flash(_("已登记,代为审批的人会收到提醒。"), "success")
    return redirect(url_for("absences.page"), 303)


@bp.post("/absences/<int:absence_id>/end")
@allow(Duty.APPROVE, Duty.MANAGE_PEOPLE)
def end(absence_id: int) -> Response:
    """Back early."""
    absences.end(actor(), absence_id, when())
    flash(_("已结束代为审批。"), "success")
    return redirect(url_for("absences.page"), 303)


def _page(form: AbsenceForm) -> str:
    who = actor()
    rows = kept.of_court(db.session(), who.court_id, today())
    return render_template("absences/page.html", form=form, rows=rows, own_id=who.person_id)


def _choices(form: AbsenceForm) -> AbsenceForm:
    who = actor()
    query = select(Person).where(Person.court_id == who.court_id, Person.active)
    deciders = db.session.scalars(query.where(Person.role.in_(LADDER)).order_by(Person.id))
    named = [(one.id, f"{one.name} · {word(ROLE_ZH[Role(one.role)])}") for one in deciders]
    anybody = who.may(Duty.MANAGE_PEOPLE)
    form.person.choices = choices(one for one in named if anybody or one[0] == who.person_id)
    others = (one for one in named if anybody or one[0] != who.person_id)
    form.substitute.choices = choices(others)
    return form
