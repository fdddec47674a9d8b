"""指定承办团队: shall a case be with another team than the rule chose?"""

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.services import overrides
from linshu.store.db import db
from linshu.store.people import Team
from linshu.web.asked import row_id
from linshu.web.cases import shown
from linshu.web.changes import Answer, ReasonForm, back, show, tried
from linshu.web.clock import when
from linshu.web.guard import actor, allow
from linshu.web.words import choices, word

bp = Blueprint("overrides", __name__, url_prefix="/cases/<int:case_id>")


class OverrideForm(ReasonForm):
    """To which team, and why."""

    team = SelectField(
        _l("指定团队"), [InputRequired()], coerce=row_id, description=_l("括号内为现有在办案件数")
    )


def _form(case_id: int) -> OverrideForm:
    form, found = OverrideForm(), shown(case_id)
    names = {team.id: word(team.name) for team in db.session.query(Team).filter_by(active=True)}
    able = overrides.able(db.session(), found.case, found.now.stint)
    form.team.choices = choices((one.id, f"{names[one.id]}({one.load})") for one in able)
    return form


@bp.get("/override")
@allow(Duty.ASK_OVERRIDE, reads=Kind.CASE)
def ask(case_id: int) -> Answer:
    """The form that asks for it."""
    return show(case_id, _("申请指定承办团队"), _form(case_id), note="override")


@bp.post("/override")
@allow(Duty.ASK_OVERRIDE, reads=Kind.CASE)
def asked(case_id: int) -> Answer:
    """Asks; whom the policy names decides, the bureau chief as a rule."""
    form = _form(case_id)

    def act() -> None:
        typed = (form.seq.data, form.team.data, form.reason.data)
        overrides.ask(actor(), case_id, *typed, when())

    if tried(form, act):
        return back(case_id, _("已提交申请,等待审批。"), "requests")
    return show(case_id, _("申请指定承办团队"), form, 422, note="override")
