"""归档: a closed case gets its archive number from whoever held it last."""

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.services import archiving
from linshu.store.db import SHANGHAI, db
from linshu.web.changes import back, show, tried
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow

bp = Blueprint("archiving", __name__, url_prefix="/cases/<int:case_id>/archive")
Answer = str | Response | tuple[str, int]


class ArchiveForm(FlaskForm):
    """The archive number and the day; the reason where an earlier entry is put right."""

    seq = IntegerField(validators=[InputRequired()])
    number = StringField(_l("归档号"), [InputRequired(), Length(max=100)])
    on = DateField(_l("归档日期"), [InputRequired()])
    reason = TextAreaField(_l("更正理由"), [InputRequired(), Length(max=4000)])


def _form(case_id: int) -> ArchiveForm:
    form, before = ArchiveForm(), archiving.archived(db.session(), case_id)
    if before is None:
        del form.reason
    if not form.is_submitted():
        form.number.data = before.text if before else ""
        form.on.data = before.happened_at.astimezone(SHANGHAI).date() if before else today()
    return form


@bp.get("")
@allow(Duty.RECORD, reads=Kind.CASE)
def new(case_id: int) -> Answer:
    """The form, with what was recorded where something was."""
    return show(case_id, _("归档"), _form(case_id))


@bp.post("")
@allow(Duty.RECORD, reads=Kind.CASE)
def done(case_id: int) -> Answer:
    """Records it, or puts it right."""
    form = _form(case_id)

    def act() -> None:
        told = (actor(), case_id, form.number.data, form.on.data)
        if form.reason:
            archiving.correct(*told, form.reason.data, when())
        else:
            archiving.archive(*told, when())

    if tried(form, act):
        return back(case_id, _("已归档。"))
    return show(case_id, _("归档"), form, 422)
