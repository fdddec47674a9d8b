"""终本维护: which terminated case is searched next, who asked about it, is it to be resumed?"""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, DateTimeLocalField, IntegerField, RadioField, StringField
from wtforms import TextAreaField as LongText
from wtforms.validators import InputRequired, Length

from linshu.rules import care as rules
from linshu.rules.care import Source
from linshu.rules.deadlines import Countdown
from linshu.rules.duties import Duty
from linshu.rules.kinds import NODES
from linshu.rules.looks import Kind
from linshu.rules.stages import HELD_BY, Stage
from linshu.services import care, policies, recording
from linshu.services.actor import Actor
from linshu.services.care import Consultation
from linshu.services.errors import NotFound, Refused
from linshu.services.recording import NewAction
from linshu.store import care as kept
from linshu.store import resumptions
from linshu.store.db import SHANGHAI, db
from linshu.store.people import Team
from linshu.store.resumptions import Application
from linshu.web import search
from linshu.web.asked import row_id
from linshu.web.cases import shown
from linshu.web.changes import ReasonForm, back, show, tried
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import choices, options, spoken

bp = Blueprint("care", __name__)
Answer = str | Response | tuple[str, int]
TAB = "care"
MOST = 200  # cases that are recorded from the list at once
GROUP = "终本维护"
ACTS = {key: NODES[GROUP][key] for key in ("dormant_search", "search_told")}
PUT, DOWN = "put", "down"


class AtForm(FlaskForm):
    """Something happened in a case at a time."""

    seq = IntegerField(validators=[InputRequired()])
    happened_at = DateTimeLocalField(
        _l("发生时间"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )

    def happens_now(self) -> None:
        """It happened just now, until somebody says otherwise."""
        if not self.is_submitted():
            self.happened_at.data = when().at.replace(tzinfo=None)


class SearchForm(AtForm):
    """A search, or that the applicant was told of it."""

    kind = RadioField(
        _l("行为"), [InputRequired()], choices=options(ACTS), default="dormant_search"
    )
    text = LongText(_l("查控结果或者告知情况"), [InputRequired(), Length(max=4000)])


class ConsultForm(AtForm):
    """来访来电咨询."""

    caller = RadioField(
        _l("咨询人"), [InputRequired()], choices=options(rules.CALLERS), default="applicant"
    )
    way = RadioField(_l("方式"), [InputRequired()], choices=options(rules.WAYS), default="call")
    question = LongText(_l("咨询事项"), [InputRequired(), Length(max=1800)])
    answer = LongText(_l("答复"), [InputRequired(), Length(max=1800)])

    def consultation(self) -> Consultation:
        """What was typed."""
        at = self.happened_at.data.replace(tzinfo=SHANGHAI)
        facts = (self.caller.data, self.way.data, self.question.data, self.answer.data)
        return Consultation(*facts, at)


class ApplicationForm(FlaskForm):
    """恢复执行申请."""

    seq = IntegerField(validators=[InputRequired()])
    source = RadioField(
        _l("来源"), [InputRequired()], choices=options(rules.SOURCE_ZH), default=Source.APPLICANT
    )
    received_on = DateField(_l("收到日期"), [InputRequired()])
    clue = LongText(_l("财产线索"), [InputRequired(), Length(max=4000)])


class ReviewForm(ReasonForm):
    """What the review came to."""

    verdict = RadioField(
        _l("审查意见"),
        [InputRequired()],
        choices=choices([(PUT, _l("准予,报批恢复执行")), (DOWN, _l("不予恢复"))]),
    )
    told = StringField(
        _l("如何告知申请人"), [Length(max=200)], description=_l("不予恢复的填写:何时、以何方式告知")
    )


class TermForm(ReasonForm):
    """继续终本维护."""

    term = RadioField(_l("继续维护"), [InputRequired()], choices=options(rules.TERMS))


# The lists ----------------------------------------------------------------------------------------


@bp.get("/dormant")
@allow(Duty.READ_CASES, reads=Kind.LIST)
def page() -> str:
    """The terminated cases in one's scope, the next search first."""
    return _page()


def _page(**facts: object) -> str:
    tab, words = request.args.get("tab", kept.DUE), request.args.get("q", "")[: search.MOST]
    ids = search.found_by(words) if words.strip() else None
    rows = _rows()
    soon = max((max(row.days, default=0) for row in rows), default=0)
    asked = kept.Asked(
        search.scope(),
        tab if tab in kept.TABS else kept.DUE,
        today(),
        today() + timedelta(days=soon),
        ids,
    )
    session, again = db.session(), {row.key: row.again for row in rows}
    counts = kept.counts(session, asked)
    return render_template(
        "care/page.html",
        tab=asked.tab,
        q=words,
        soon=soon,
        counts=counts,
        page=kept.page(session, asked, again, counts[asked.tab], request.args.get("page", 1, int)),
        today=today(),
        acts=ACTS,
        keeps=keeps(actor()),
        **facts,
    )


def keeps(who: Actor) -> bool:
    """Whether somebody's own team takes care of terminated cases, and he records in them."""
    place = db.session.get(Team, who.team_id) if who.team_id else None
    return place is not None and place.kind == HELD_BY[Stage.DORMANT] and who.may(Duty.RECORD)


def _rows() -> list[Countdown]:
    """The policy's rows that plan a search."""
    try:
        known = policies.in_force(actor(), when()).countdowns
    except Refused:
        return []
    return [known[key] for key in rules.SEARCHES if key in known]


@bp.post("/dormant/record")
@allow(Duty.RECORD)
def record_many() -> Answer:
    """Records the same search, or that its result was told, in the cases that were picked; what
    was refused is named with its reason."""
    kind, text = request.form.get("kind", ""), request.form.get("text", "")
    ids = _picked()
    if kind not in ACTS:
        raise NotFound()
    failed = []
    for case_id in ids:
        new = NewAction(kind, text, when().at)
        try:
            recording.record(actor(), case_id, None, new, when())
        except Refused as refusal:
            failed.append((case_id, spoken(refusal)))
    done = len(ids) - len(failed)
    if failed or not ids:
        numbers = kept.numbers(db.session(), search.scope(), [id_ for id_, _why in failed])
        named = [(numbers.get(id_, "—"), why) for id_, why in failed]
        return _page(failed=named, done=done, typed=text, nothing=not ids), 422
    flash(ngettext("已登记 %(num)s 件。", "已登记 %(num)s 件。", done), "success")
    return redirect(url_for("care.page", tab=request.args.get("tab", kept.DUE)), 303)


def _picked() -> list[int]:
    """The cases that were ticked."""
    try:
        return [row_id(one) for one in request.form.getlist("case")][:MOST]
    except ValueError as why:
        raise NotFound() from why


@bp.get("/dormant/consultations")
@allow(Duty.READ_CASES, reads=Kind.LIST)
def consultations() -> str:
    """The consultations about the terminated cases in one's scope, the newest first."""
    found = kept.consultations(db.session(), search.scope(), request.args.get("page", 1, int))
    return render_template("care/consultations.html", page=found)


# One case -----------------------------------------------------------------------------------------


def _answer(
    case_id: int, title: str, form: FlaskForm, act: Callable[[], None], **facts: object
) -> Answer:
    if request.method == "POST" and tried(form, act):
        return back(case_id, _("已登记。"), TAB)
    return show(case_id, title, form, 422 if form.is_submitted() else 200, **facts)


@bp.route("/cases/<int:case_id>/care/search", methods=["GET", "POST"])
@allow(Duty.RECORD, reads=Kind.CASE)
def searched(case_id: int) -> Answer:
    """A search with its result, or that the applicant was told of it."""
    form = SearchForm(kind=request.args.get("kind", "dormant_search"))
    form.happens_now()

    def act() -> None:
        at = form.happened_at.data.replace(tzinfo=SHANGHAI)
        new = NewAction(form.kind.data, form.text.data, at)
        recording.record(actor(), case_id, form.seq.data, new, when())

    return _answer(case_id, _("终本查控"), form, act)


@bp.route("/cases/<int:case_id>/care/consultation", methods=["GET", "POST"])
@allow(Duty.RECORD, reads=Kind.CASE)
def consulted(case_id: int) -> Answer:
    """Somebody asked about the case."""
    form = ConsultForm()
    form.happens_now()

    def act() -> None:
        care.consult(actor(), case_id, form.consultation(), when())

    return _answer(case_id, _("来访来电咨询"), form, act)


@bp.route("/cases/<int:case_id>/care/application", methods=["GET", "POST"])
@allow(Duty.RECORD, reads=Kind.CASE)
def applied(case_id: int) -> Answer:
    """An application to resume, or that the court itself found property."""
    form = ApplicationForm()
    if not form.is_submitted():
        form.received_on.data = today()

    def act() -> None:
        source, on = Source(form.source.data), form.received_on.data
        care.receive(actor(), case_id, source, form.clue.data, on, when())

    return _answer(case_id, _("恢复执行申请"), form, act)


@bp.route("/cases/<int:case_id>/care/application/<int:application_id>", methods=["GET", "POST"])
@allow(Duty.ASK, reads=Kind.CASE)
def reviewed(case_id: int, application_id: int) -> Answer:
    """The review of an application: put before whoever approves, or turned down."""
    form, found = ReviewForm(), _application(case_id, application_id)

    def act() -> None:
        facts = (actor(), found.one.id, form.seq.data, form.reason.data)
        if form.verdict.data == PUT:
            care.put_forward(*facts, when())
        else:
            care.turn_down(*facts, form.told.data or "", when())

    return _answer(case_id, _("审查恢复执行申请"), form, act, note="review", application=found)


def _application(case_id: int, application_id: int) -> Application:
    shown(case_id)
    for one in resumptions.of_case(db.session(), case_id):
        if one.one.id == application_id:
            return one
    raise NotFound()


@bp.route("/cases/<int:case_id>/care/term", methods=["GET", "POST"])
@allow(Duty.RECORD, reads=Kind.CASE)
def term(case_id: int) -> Answer:
    """The five years are over: care goes on, for a reason."""
    form = TermForm()

    def act() -> None:
        facts = (form.seq.data, form.term.data, form.reason.data)
        care.go_on(actor(), case_id, *facts, when())

    return _answer(case_id, _("继续终本维护"), form, act)
