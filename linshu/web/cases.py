"""案件: where is it, when does it run out, what was done? One case's page, search, quick record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from linshu.rules import journey as rules
from linshu.rules.duties import Duty, Holder, holds
from linshu.rules.looks import Kind
from linshu.rules.stages import Stage, TeamKind
from linshu.services import desk, overrides, recording, standing
from linshu.services.errors import NotFound, Refused
from linshu.store import (
    inbox,
    journey,
    queries,
    resumptions,
)
from linshu.store.cases import Case
from linshu.store.db import db
from linshu.store.journey import CasePage
from linshu.store.people import Team
from linshu.web import case_tabs, clocks, htmx, ribbon
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.record_form import RecordForm, record_form
from linshu.web.words import spoken

bp = Blueprint("cases", __name__)
Answer = str | Response | tuple[str, int]


def shown(case_id: int) -> CasePage:
    """A case in the asker's scope. NotFound otherwise."""
    who, session = actor(), db.session()
    case = session.get(Case, case_id)
    if case is None or case.court_id != who.court_id or not desk.in_scope(session, who, case_id):
        raise NotFound("not_yours")
    return journey.case_page(session, case)


@dataclass(frozen=True, slots=True)
class May:
    """What the asker may do in this case now. ``late``: his team gave it up just now (R16);
    ``archive``: it is closed for good, and was his team's; ``reopen``: he may ask to work it
    again."""

    write: bool
    late: bool
    archive: bool = False
    reopen: bool = False

    @property
    def record(self) -> bool:
        return (self.write or self.late) and actor().may(Duty.RECORD)


def may_in(page: CasePage) -> May:
    """Whether the asker's team holds the case, or may still record what came before its move."""
    who, session = actor(), db.session()
    if not page.open:
        theirs = holds(who.seat, _holder(page))
        return May(False, False, theirs and who.may(Duty.RECORD), theirs and who.may(Duty.ASK))
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
@allow(Duty.READ_CASES, reads=Kind.CASE)
def page(case_id: int) -> str:
    """One case: both clocks, what happens at expiry, the journey, and one tab."""
    tab = request.args.get("tab", "log")
    return render(shown(case_id), tab if tab in case_tabs.FACTS else "log", None)


def render(found: CasePage, tab: str, form: RecordForm | None, **facts: object) -> str:
    """The page of a case with one tab open; ``facts``: what else its templates are to know."""
    return render_template(
        "cases/page.html",
        page=found,
        case=found.case,
        now=found.now,
        tab=tab,
        tabs=case_tabs.tabs(found),
        today=today(),
        may_case=may_in(found),
        may_override=_may_override(found),
        form=form or record_form(found),
        kin=resumptions.kin(db.session(), found.case),
        **_clocks(found),
        **case_tabs.facts(found, tab),
        **facts,
    )


def _may_override(found: CasePage) -> bool:
    """Whether the asker may ask that it be with another team, and there is one."""
    held = desk.Held(found.case, found.now.stint, found.now.team)
    if not found.open or not overrides.may_ask(db.session(), actor(), held):
        return False
    return bool(overrides.able(db.session(), found.case, found.now.stint))


def _clocks(found: CasePage) -> dict[str, object]:
    """Both clocks and what lies ahead. Overdue is derived here, never stored."""
    stint, case = found.now.stint, found.case
    session, stints = db.session(), [stay.stint for stay in found.stays]
    stand, calendar = standing.clocks_of(session, case, stints, today()), queries.calendar(session)
    until = None if stand.pausing else stint.due_on
    statutory = None if stand.statutory.pause else case.statutory_due_on
    running = found.open and Stage(stint.stage).limited
    ahead = _ahead(found) if running else []
    report = inbox.report_of(session, case.id) if found.open else None
    return {
        "clocks": stand,
        "due_on": until,
        "left": (until - today()).days if running and until and not report else None,
        "report": report,
        "share": _share(found.counted_from, until) if until else None,
        "statutory_on": statutory,
        "statutory_left": (statutory - today()).days if running and statutory else None,
        "statutory_share": _share(case.filed_on, statutory) if statutory else None,
        "why": clocks.stage_limit(found, calendar),
        "statutory_why": clocks.statutory_limit(found, calendar),
        "running": running,
        "ahead": ahead,
        "steps": ribbon.past(found, stand.pausing, bool(report))
        + (ribbon.future(ahead) if until and not report else []),
        "teams": dict(session.query(Team.id, Team.name).filter_by(court_id=case.court_id).all()),
    }


def _share(start: date, end: date) -> int:
    whole = max(1, (end - start).days)
    return round(100 * min(max((today() - start).days, 0), whole) / whole)


def _ahead(found: CasePage) -> list[rules.Ahead]:
    session = db.session()
    until = found.now.stint.due_on or today()  # paused: where it would go, whenever that is
    teams = queries.team_states(session, found.case.court_id)
    return rules.ahead(found.state, until, found.policy, teams, queries.calendar(session))


@bp.get("/cases/<int:case_id>/log")
@allow(Duty.READ_CASES, reads=Kind.CASE)
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
@allow(Duty.RECORD, reads=Kind.CASE)
def record(case_id: int) -> Answer:
    """快速登记: records an action; with htmx the box and the log come back."""
    form = record_form(shown(case_id))
    status = _tried(case_id, form)
    if status == 200:
        return _recorded(case_id)
    if htmx.wanted():
        return _box(shown(case_id), form, ()), status
    return render(shown(case_id), "log", form), status


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
    fresh.choose(found)
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
