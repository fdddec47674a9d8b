"""Which of the team's cases is the same act to be done in? A list with boxes, and the act.

What was ticked on one page comes along to the next, hidden in the form; without scripts too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, DateTimeLocalField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from linshu.jobs import doorbell
from linshu.rules.duties import Duty
from linshu.rules.gate_facts import SEARCHES
from linshu.rules.kinds import KINDS, MONEY, UNTIL
from linshu.rules.looks import Kind
from linshu.services import batches, desk, policies
from linshu.services.batches import RECORD, SEARCH, Picked
from linshu.services.errors import NotAllowed, NotFound, Refused
from linshu.store import lists, queries
from linshu.store.db import SHANGHAI, db
from linshu.store.filters import Filter, Mine
from linshu.store.lists import Page, Row
from linshu.web import looking
from linshu.web.asked import TicksField, row_id
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.record_form import behalves
from linshu.web.search import DUE_ZH, scope
from linshu.web.words import options, spoken

bp = Blueprint("picking", __name__)
Answer = str | Response | tuple[str, int]
PAGE = 100
ASKED = ("act", "due", "mine", "unsearched")
SAME = {key: name for key, name in KINDS.items() if key not in MONEY | UNTIL}


class SearchForm(FlaskForm):
    """A network search in all picked cases. ``whole``: in all of the list."""

    whole = BooleanField()
    sources = TicksField(_l("查询来源"), choices=options(SEARCHES))
    on = DateField(_l("查询日期"), [InputRequired()])
    text = TextAreaField(_l("说明"), [Length(max=desk.MOST_TEXT)])

    def ask(self, picked: Picked) -> int:
        """Asks for it; returns the batch's id."""
        what = (self.sources.data or [], self.on.data, self.text.data or "")
        return batches.search(actor(), picked, *what, when())


class RecordForm(FlaskForm):
    """An action recorded in all picked cases."""

    whole = BooleanField()
    kind = SelectField(_l("行为"), [InputRequired()], choices=options(SAME))
    text = TextAreaField(_l("发生了什么"), [InputRequired(), Length(max=desk.MOST_TEXT)])
    happened_at = DateTimeLocalField(
        _l("发生时间"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    behalf = SelectField(_l("代录"), coerce=row_id, validate_choice=False, default=0)

    def ask(self, picked: Picked) -> int:
        """Asks for it; returns the batch's id."""
        happened_at = self.happened_at.data.replace(tzinfo=SHANGHAI)
        what = (self.kind.data, self.text.data, happened_at, self.behalf.data or None)
        return batches.record(actor(), picked, *what, when())


Form = SearchForm | RecordForm


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for: which act, and the filter as its form has it."""

    act: str
    may_search: bool
    said: Mapping[str, str]
    filter: Filter


def _asked(args: MultiDict[str, str]) -> Asked:
    """NotFound for a word that there is none of, NotAllowed for a search by a team that does not
    search for many."""
    who, session = actor(), db.session()
    may_search = batches.may_search(session, who)
    act = args.get("act") or (SEARCH if may_search else RECORD)
    due = args.get("due") or None
    if act not in batches.KINDS_ZH or (due and due not in lists.DUES):
        raise NotFound()
    if act == SEARCH and not may_search:
        raise NotAllowed("not_searcher")
    own = tuple(queries.own_team_ids(session, who.court_id, who.role, who.team_id))
    days = policies.in_force(who, when()).gate.search_days
    chosen = Filter(
        team_ids=own,
        due=due,
        mine=Mine(who.person_id) if args.get("mine") else None,
        unsearched_since=today() - timedelta(days=days) if args.get("unsearched") else None,
    )
    said = {name: args[name] for name in ASKED if args.get(name)} | {"act": act}
    return Asked(act, may_search, said, chosen)


def _form(asked: Asked) -> Form:
    form: Form = SearchForm() if asked.act == SEARCH else RecordForm()
    if isinstance(form, RecordForm):
        form.behalf.choices = behalves()
    if "csrf_token" not in request.form:  # as nobody has filled it in
        if isinstance(form, SearchForm):
            form.on.data, form.sources.data = today(), list(SEARCHES)
        else:
            form.happened_at.data = when().at.replace(tzinfo=None)
    return form


def _ticked() -> list[int]:
    """What was ticked on this page and on those before it."""
    try:
        marks = map(row_id, request.form.getlist("kept") + request.form.getlist("case"))
        return list(dict.fromkeys(marks))
    except ValueError as fault:
        raise NotFound() from fault


def _rows(asked: Asked, number: int) -> Page[Row]:
    return lists.open_cases(db.session(), scope(), asked.filter, today(), number, PAGE)


def _list(asked: Asked, form: Form, number: int, ticked: list[int]) -> str:
    found = _rows(asked, number)
    here = {row.case_id for row in found.rows}
    looking.tell(words=looking.in_chinese(lambda: _("批量办理选案")))
    return render_template(
        "batches/pick.html",
        asked=asked,
        form=form,
        page=found,
        ticked=set(ticked),
        kept=[case_id for case_id in ticked if case_id not in here],
        dues=DUE_ZH,
        search_days=policies.in_force(actor(), when()).gate.search_days,
        most=batches.MOST,
        today=today(),
    )


@bp.get("/batches/pick")
@allow(Duty.RECORD, reads=Kind.LIST)
def page() -> str:
    """The team's cases under a filter, none ticked."""
    asked = _asked(request.args)
    return _list(asked, _form(asked), request.args.get("page", 1, int), [])


@bp.post("/batches/pick")
@allow(Duty.RECORD, reads=Kind.LIST)
def turned() -> str:
    """Another page of them, with what was ticked and typed so far."""
    asked = _asked(request.form)
    return _list(asked, _form(asked), request.form.get("page", 1, int), _ticked())


@bp.post("/batches")
@allow(Duty.RECORD, reads=Kind.LIST)
def start() -> Answer:
    """Asks for the act in all that is ticked, or in all of the list, and rings for it."""
    asked, ticked = _asked(request.form), _ticked()
    form, number = _form(asked), request.form.get("here", 1, int)
    if not form.validate_on_submit():
        return _list(asked, form, number, ticked), 422
    whole = asked.filter if form.whole.data else None
    try:
        batch_id = form.ask(Picked(() if whole else tuple(ticked), whole))
    except Refused as refusal:
        if refusal.status != 422:
            raise
        form.form_errors = [*form.form_errors, spoken(refusal)]
        return _list(asked, form, number, ticked), 422
    doorbell.ring("run_batch", batch_id)
    flash(_("已发起,正在逐案办理。"), "info")
    return redirect(url_for("batches.item", batch_id=batch_id), 303)
