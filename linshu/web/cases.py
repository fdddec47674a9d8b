"""案件: where is it, when does it run out, what was done? One case's page, search, quick record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import (
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from linshu.rules import journey as rules
from linshu.rules.duties import Duty, Holder, holds
from linshu.rules.numbers import NumberFault, fen
from linshu.rules.policy import STAGE_ZH, Stage, TeamKind
from linshu.services import desk, recording
from linshu.services.errors import Invalid, NotFound, Refused
from linshu.services.recording import KINDS, NewAction
from linshu.store import inbox, journey, queries
from linshu.store.cases import Case
from linshu.store.db import SHANGHAI, db
from linshu.store.journey import CasePage
from linshu.store.people import Person, Team
from linshu.web import clocks, htmx
from linshu.web.asked import row_id
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import options, spoken, word

bp = Blueprint("cases", __name__)
Answer = str | Response | tuple[str, int]
TABS = ("log", "parties", "points", "requests")


class RecordForm(FlaskForm):  # type: ignore[misc]
    """快速登记: what happened, when, and the amount where money came in."""

    seq = IntegerField(validators=[InputRequired()])
    kind = RadioField(_l("行为"), [InputRequired()], choices=options(KINDS), default="call")
    text = TextAreaField(_l("发生了什么"), [InputRequired(), Length(max=desk.MOST_TEXT)])
    happened_at = DateTimeLocalField(
        _l("发生时间"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    amount = StringField(_l("到账金额(元)"), [Length(max=40)])
    behalf = SelectField(_l("代录"), coerce=row_id, validate_choice=False, default=0)

    def action(self) -> NewAction:
        """What was typed. Invalid for an amount that cannot be read."""
        return NewAction(
            self.kind.data,
            self.text.data,
            self.happened_at.data.replace(tzinfo=SHANGHAI),
            amount_of(self.amount.data or ""),
            self.behalf.data or None,
        )


def amount_of(text: str) -> int:
    """An amount in yuan as fen; nothing is 0."""
    if not text.strip():
        return 0
    try:
        return fen(text)
    except NumberFault as fault:
        raise Invalid("amount", why=fault.said) from fault


def record_form(page: CasePage | None = None) -> RecordForm:
    """The quick-record form, with the people one may record for."""
    form = RecordForm()
    if page is not None and not form.is_submitted():
        form.seq.data = page.now.stint.seq
        form.happened_at.data = when().at.replace(tzinfo=None)
    form.behalf.choices = [(0, _("本人"))] + [(p.id, p.name) for p in _colleagues()]
    return form


def _colleagues() -> list[Person]:
    who = actor()
    if who.team_id is None:
        return []
    query = db.session.query(Person).filter(
        Person.team_id == who.team_id, Person.active, Person.id != who.person_id
    )
    return query.order_by(Person.id).all()


def shown(case_id: int) -> CasePage:
    """A case in the asker's scope. NotFound otherwise."""
    who, session = actor(), db.session()
    case = session.get(Case, case_id)
    if case is None or case.court_id != who.court_id or not desk.in_scope(session, who, case_id):
        raise NotFound("not_yours")
    return journey.case_page(session, case)


@dataclass(frozen=True, slots=True)
class May:
    """What the asker may do in this case now. ``late``: his team gave it up just now (R16)."""

    write: bool
    late: bool

    @property
    def record(self) -> bool:
        return (self.write or self.late) and actor().may(Duty.RECORD)


def may_in(page: CasePage) -> May:
    """Whether the asker's team holds the case, or may still record what came before its move."""
    who, session = actor(), db.session()
    if not page.open:
        return May(False, False)
    if holds(who.seat, _holder(page)):
        return May(True, False)
    mine = set(queries.own_team_ids(session, who.court_id, who.role, who.team_id))
    given = [s for s in page.stays if s.stint.ended_on and s.team.id in mine]
    if not given or not who.may(Duty.RECORD):
        return May(False, False)
    last = queries.calendar(session).add_working_days(
        given[-1].stint.ended_on or date.max, page.policy.late_record_days
    )
    return May(False, today() <= last)


def _holder(page: CasePage) -> Holder:
    team = page.now.team
    return Holder(team.id, TeamKind(team.kind), team.parent_id)


@bp.get("/cases/<int:case_id>")
@allow(Duty.READ_CASES)
def page(case_id: int) -> str:
    """One case: both clocks, what happens at expiry, the journey, and one tab."""
    tab = request.args.get("tab", "log")
    return _page(shown(case_id), tab if tab in TABS else "log", None)


def _page(found: CasePage, tab: str, form: RecordForm | None) -> str:
    return render_template(
        "cases/page.html",
        page=found,
        case=found.case,
        now=found.now,
        tab=tab,
        tabs=_tabs(found, tab),
        today=today(),
        may_case=may_in(found),
        form=form or record_form(found),
        **_clocks(found),
        **_tab_facts(found, tab),
    )


def _tabs(found: CasePage, tab: str) -> list[dict[str, object]]:
    url = url_for("cases.page", case_id=found.case.id)
    parties = len(found.applicants) + len(found.debtors)
    return [
        {"key": "log", "label": _("办案日志"), "count": found.case.trail_count, "url": url},
        {"key": "parties", "label": _("当事人"), "count": parties, "url": f"{url}?tab=parties"},
        {"key": "points", "label": _("积分"), "url": f"{url}?tab=points"},
        {"key": "requests", "label": _("审批"), "url": f"{url}?tab=requests"},
    ]


def _tab_facts(found: CasePage, tab: str) -> dict[str, object]:
    session, case_id = db.session(), found.case.id
    match tab:
        case "points":
            return {"postings": journey.postings(session, case_id)}
        case "requests":
            return {"asked": inbox.of_case(session, case_id)}
        case "log":
            return {"log": journey.log(session, case_id)}
        case _:
            return {}


def _clocks(found: CasePage) -> dict[str, object]:
    """Both clocks and what lies ahead. Overdue is derived here, never stored."""
    stint, case = found.now.stint, found.case
    until, calendar = stint.due_on, queries.calendar(db.session())
    open_ = found.open and until is not None
    ahead = _ahead(found) if open_ and until is not None else []
    return {
        "left": (until - today()).days if open_ and until else None,
        "share": _share(stint.started_on, until) if until else None,
        "statutory_left": (case.statutory_due_on - today()).days,
        "statutory_share": _share(case.filed_on, case.statutory_due_on),
        "why": clocks.stage_limit(found, calendar),
        "statutory_why": clocks.statutory_limit(found, calendar),
        "ahead": ahead,
        "steps": _past(found) + _future(ahead),
        "teams": dict(db.session.query(Team.id, Team.name).all()),
    }


def _share(start: date, end: date) -> int:
    whole = max(1, (end - start).days)
    return round(100 * min(max((today() - start).days, 0), whole) / whole)


def _ahead(found: CasePage) -> list[rules.Ahead]:
    session = db.session()
    until = found.now.stint.due_on
    if until is None:
        return []
    teams = queries.team_states(session, found.case.court_id)
    return rules.ahead(found.state, until, found.policy, teams, queries.calendar(session))


def _past(found: CasePage) -> list[dict[str, object]]:
    return [_step(stay, found) for stay in found.stays] + _end(found)


def _step(stay: journey.Stay, found: CasePage) -> dict[str, object]:
    stint = stay.stint
    expired = stint.exit_reason == "expiry"
    start, end = f"{stint.started_on:%m-%d}", stint.ended_on
    if end is None and stint.due_on:
        note = f"{start} → {stint.due_on:%m-%d}"
    else:
        how = _("期满") if expired else ""
        note = f"{start} → {end:%m-%d} {how}" if end else start
    stage = Stage(stint.stage)
    title = word(STAGE_ZH[stage] if stage in (Stage.INTAKE, Stage.DORMANT) else stay.team.name)
    if stage is Stage.LATERAL:
        title = _("监执 · %(team)s", team=title)
    return {
        "title": title,
        "note": note,
        "state": "now" if end is None else "late" if expired else "done",
        "points": [n for n in (stay.received, stay.given) if n],
    }


def _end(found: CasePage) -> list[dict[str, object]]:
    on = found.case.closed_on
    if on is None:
        return []
    note = f"{on:%m-%d} {word(found.case.closing_type or '')}"
    return [{"title": _("已结"), "note": note, "state": "end", "points": []}]


def _future(ahead: Sequence[rules.Ahead]) -> list[dict[str, object]]:
    return [
        {
            "title": word(STAGE_ZH[step.stage]),
            "note": f"{step.starts_on:%m-%d} → {step.due_on:%m-%d}",
            "state": "next",
            "points": [],
        }
        for step in ahead
    ]


@bp.get("/cases/<int:case_id>/log")
@allow(Duty.READ_CASES)
def log(case_id: int) -> str:
    """The log alone, for htmx to swap in."""
    found = shown(case_id)
    return render_template(
        "cases/_log.html",
        case=found.case,
        log=journey.log(db.session(), case_id),
        may_case=may_in(found),
    )


@bp.post("/cases/<int:case_id>/record")
@allow(Duty.RECORD)
def record(case_id: int) -> Answer:
    """快速登记: records an action; with htmx the box and the log come back."""
    form = record_form()
    status = _tried(case_id, form)
    if status == 200:
        return _recorded(case_id)
    if htmx.wanted():
        return _box(shown(case_id), form, ()), status
    return _page(shown(case_id), "log", form), status


def _tried(case_id: int, form: RecordForm) -> int:
    """Records; a refusal stands in the form, with what was typed, where the form can stay."""
    if not form.validate_on_submit():
        return 422
    try:
        recording.record(actor(), case_id, form.seq.data, form.action(), when())
    except Refused as refusal:
        if refusal.status != 422 and not htmx.wanted():
            raise
        form.form_errors = [*form.form_errors, spoken(refusal)]
        return refusal.status
    return 200


def _recorded(case_id: int) -> Answer:
    if not htmx.wanted():
        flash(_("已登记。"), "success")
        return redirect(url_for("cases.page", case_id=case_id), 303)
    found = shown(case_id)
    fresh = RecordForm(formdata=None, seq=found.now.stint.seq, kind="call")
    fresh.happened_at.data = when().at.replace(tzinfo=None)
    fresh.behalf.choices = [(0, _("本人"))] + [(p.id, p.name) for p in _colleagues()]
    return _box(found, fresh, journey.log(db.session(), case_id))


def _box(found: CasePage, form: RecordForm, log: Sequence[journey.LogLine]) -> str:
    return render_template(
        "cases/_record.html",
        case=found.case,
        form=form,
        may_case=may_in(found),
        log=log,
        swapped=bool(log),
    )
