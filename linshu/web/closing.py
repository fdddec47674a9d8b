"""扎口结案: what does the law still ask for, and what waits at the gate?"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from linshu.rules.duties import Duty
from linshu.rules.gate_facts import AGREEMENTS, ENTITLEMENTS, INVESTIGATIONS, Attested
from linshu.rules.looks import Kind
from linshu.rules.policy import Policy
from linshu.rules.stages import Stage
from linshu.services import gate, reopening
from linshu.services.actor import Actor
from linshu.services.errors import NotFound, Refused
from linshu.services.gate import LONGEST_RULING, Report
from linshu.store import inbox
from linshu.store.db import db
from linshu.store.journey import CasePage
from linshu.web.asked import TicksField
from linshu.web.cases import may_in, shown
from linshu.web.changes import Answer, ReasonForm, back, show, tried
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import choices, options, spoken, word

bp = Blueprint("closing", __name__)
#: Which check of a checklist needs which fields of the form.
FIELDS = {
    "investigated": ("investigated",),
    "looked_into": ("looked_into",),
    "talked": ("talked_on", "agreement"),
    "grounded": ("ground",),
    "ruled": ("ruling",),
    "alive": ("alive",),
    "fits": ("claim_fits",),
}


class ReportForm(ReasonForm):
    """报结: how the case is to be closed, and what its handler attests."""

    closing_type = HiddenField(validators=[InputRequired()])
    investigated = TicksField(_l("已采取的调查措施"), choices=options(INVESTIGATIONS))
    looked_into = TicksField(_l("已查明的其他财产"), choices=options(ENTITLEMENTS))
    talked_on = DateField(_l("终本约谈日期"), [Optional()])
    agreement = RadioField(
        _l("申请执行人意见"), [Optional()], choices=options(AGREEMENTS), validate_choice=False
    )
    ground = SelectField(
        _l("终结执行的法定情形"),
        description=_l("未发现财产本身不是理由;选其他情形的,在理由中写明具体事实。"),
        validate_choice=False,
    )
    ruling = StringField(_l("裁定书文号"), [Length(max=LONGEST_RULING)])
    alive = BooleanField(_l("未见被执行人死亡、终止"))
    claim_fits = BooleanField(_l("请求为金钱给付,适合终本"))

    def report(self) -> Report:
        """What was typed and ticked; what this type does not ask for is not there."""
        said = {name: self[name].data for name in self._fields if name in _ATTESTED}
        attested = Attested(
            frozenset(said.get("investigated") or ()),
            frozenset(said.get("looked_into") or ()),
            said.get("talked_on"),
            said.get("agreement") or "",
            said.get("ruling") or "",
            bool(said.get("alive")),
            bool(said.get("claim_fits")),
            said.get("ground") or "",
        )
        return Report(self.closing_type.data or "", self.reason.data or "", attested)


_ATTESTED = frozenset(name for names in FIELDS.values() for name in names)


def _form(kept: Policy, closing_type: str) -> ReportForm:
    """The form of a type: its checks alone say what is to be attested."""
    form = ReportForm()
    grounds = ((key, word(name)) for key, name in kept.gate.grounds.items())
    form.ground.choices = choices([("", _("请选择")), *grounds])
    asked = kept.gate.checks.get(closing_type, ())
    wanted = {name for check in asked for name in FIELDS.get(check, ())}
    for name in sorted(_ATTESTED - wanted):
        del form[name]
    if not form.is_submitted():
        form.closing_type.data = closing_type
    return form


@bp.get("/cases/<int:case_id>/closing")
@allow(Duty.CLOSE, reads=Kind.CASE)
def page(case_id: int) -> Answer:
    """The checklist of a closing type with what is known, and the form that reports it."""
    found = shown(case_id)
    types = gate.possible_types(found.policy, Stage(found.now.stint.stage))
    chosen = request.args.get("type", "")
    form = _form(found.policy, chosen if chosen in types else types[0])
    form.seq.data = found.now.stint.seq
    return _page(found, form)


def _page(found: CasePage, form: ReportForm, status: int = 200) -> Answer:
    session, stint, kept = db.session(), found.now.stint, found.policy
    types = gate.possible_types(kept, Stage(stint.stage))
    if form.closing_type.data not in types:
        form.closing_type.data = types[0]
    checks = gate.checked(session, found.case, stint, kept, form.report(), today())
    page = render_template(
        "closing/page.html",
        case=found.case,
        now=found.now,
        form=form,
        fields=[one for one in form if one.name in _ATTESTED],
        types=types,
        checks=checks,
        lacking=sum(not check.holds for check in checks),
        approver=kept.gate.approved_by[form.closing_type.data],
        reviewer=kept.gate.reviewed_by,
        waiting=inbox.report_of(session, found.case.id),
        writes=may_in(found).write,
    )
    return page, status


@bp.post("/cases/<int:case_id>/closing")
@allow(Duty.CLOSE, reads=Kind.CASE)
def reported(case_id: int) -> Answer:
    """Reports it; the gate reviews, then whoever the law names approves."""
    found = shown(case_id)
    form = _form(found.policy, request.form.get("closing_type", ""))
    done = tried(form, lambda: gate.report(actor(), case_id, form.seq.data, form.report(), when()))
    if done:
        return back(case_id, _("已报结,等待结案审查;审查期间阶段期限停止计算。"), "requests")
    return _page(found, form, 422)


@bp.get("/closings")
@allow(Duty.REVIEW_CLOSING)
def inbox_page() -> str:
    """What waits at the gate for me, and what I have reviewed."""
    return _inbox()


def _inbox(**failed: object) -> str:
    session, who = db.session(), actor()
    waiting = inbox.to_review(session, who.seat, who.court_id)
    return render_template(
        "closing/inbox.html",
        waiting=waiting,
        since=gate.since(session, who.court_id, [row.request for row in waiting], when()),
        reviewed=inbox.reviewed(session, who.seat),
        **failed,
    )


@bp.post("/closings/<int:request_id>/<verb>")
@allow(Duty.REVIEW_CLOSING)
def review(request_id: int, verb: str) -> Answer:
    """Passes a report on, or returns it with a reason."""
    reason = request.form.get("reason", "")
    try:
        if verb == "pass":
            gate.review(actor(), request_id, when())
        elif verb == "return":
            gate.send_back(actor(), request_id, reason, when())
        else:
            raise NotFound()
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return _inbox(failed=request_id, failure=spoken(refusal), typed=reason), 422
    flash(_("已处理申请 #%(n)s。", n=request_id), "success")
    return redirect(url_for("closing.inbox_page"), 303)


@bp.get("/cases/<int:case_id>/reopening")
@allow(Duty.ASK, reads=Kind.CASE)
def reopening_page(case_id: int) -> Answer:
    """The form that asks that a closed case be worked again."""
    return show(case_id, _("申请恢复办理"), ReasonForm(), note="reopening")


@bp.post("/cases/<int:case_id>/reopening")
@allow(Duty.ASK, reads=Kind.CASE)
def reopening_asked(case_id: int) -> Answer:
    """Asks; whoever the policy names decides."""
    form = ReasonForm()
    if tried(form, lambda: reopening.ask(actor(), case_id, form.reason.data, when())):
        return back(case_id, _("已提交申请,等待审批。"), "requests")
    return show(case_id, _("申请恢复办理"), form, 422, note="reopening")


def waiting(who: Actor) -> int:
    """How many reports wait at the gate for this person: the number in the navigation."""
    return len(inbox.to_review(db.session(), who.seat, who.court_id))
