"""网络查控: which sources were searched for a case, and what came of it? One case's form."""

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length

from linshu.rules.duties import Duty
from linshu.rules.gate import SEARCHES
from linshu.rules.looks import Kind
from linshu.services import searching
from linshu.web.asked import TicksField
from linshu.web.changes import Answer, back, show, tried
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import options

bp = Blueprint("searches", __name__)
TAB = "searches"


class SearchForm(FlaskForm):
    """The sources that were searched, on which day, with what result."""

    seq = IntegerField(validators=[InputRequired()])
    sources = TicksField(_l("查询来源"), choices=options(SEARCHES))
    on = DateField(_l("查询日期"), [InputRequired()])
    text = TextAreaField(_l("查询结果"), [InputRequired(), Length(max=4000)])


@bp.get("/cases/<int:case_id>/searches")
@allow(Duty.RECORD, reads=Kind.CASE)
def new(case_id: int) -> Answer:
    """The form for a search, today's and of all sources unless something else is put in."""
    return show(case_id, _("登记网络查控"), SearchForm(on=today(), sources=list(SEARCHES)))


@bp.post("/cases/<int:case_id>/searches")
@allow(Duty.RECORD, reads=Kind.CASE)
def search(case_id: int) -> Answer:
    """Records it."""
    form = SearchForm()

    def act() -> None:
        what = (form.sources.data or [], form.on.data, form.text.data)
        searching.search(actor(), case_id, form.seq.data, *what, when())

    if tried(form, act):
        return back(case_id, _("已登记。"), TAB)
    return show(case_id, _("登记网络查控"), form, 422)
