"""期限与扣除: may the clock stand still or run longer, and why is it this date?"""

from datetime import date

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.services import extensions, pauses, policies, reasons
from linshu.services.errors import NotFound
from linshu.services.pauses import NewPause
from linshu.store import stops
from linshu.store.clocks import Pause
from linshu.store.db import db
from linshu.web.cases import shown
from linshu.web.changes import Answer, ReasonForm, back, show, tried
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import choices, word

bp = Blueprint("pauses", __name__, url_prefix="/cases/<int:case_id>")
TAB = "clocks"


class PauseForm(ReasonForm):
    """申请扣除."""

    kind = SelectField(_l("扣除事由"), [InputRequired()], validate_choice=False)
    ground = StringField(
        _l("法律依据"),
        [Length(max=200)],
        description=_l("不填则用该事由的通常依据;事由为其他的必须写明。"),
    )
    document = StringField(_l("文书名称或文号"), [InputRequired(), Length(max=200)])
    starts_on = DateField(
        _l("起始日期"),
        [InputRequired()],
        description=_l("当天即不计入;可以早于今天,不能晚于今天。"),
    )
    ends_on = DateField(
        _l("结束日期"),
        [Optional()],
        description=_l("最后一个不计入的日子;尚不知道的不填,届时办理结束扣除。"),
    )

    def pause(self) -> NewPause:
        """What was typed."""
        return NewPause(
            self.kind.data,
            self.starts_on.data,
            self.ends_on.data,
            self.document.data,
            self.ground.data or "",
        )


class EndForm(ReasonForm):
    """结束扣除."""

    last_on = DateField(
        _l("最后一天"),
        [InputRequired()],
        description=_l("这一天仍不计入,期限自次日恢复计算;不能晚于今天。"),
    )


class ExtensionForm(ReasonForm):
    """申请延长."""

    months = IntegerField(_l("延长月数"), [InputRequired()])
    report = StringField(
        _l("向高级人民法院报告的文号"), [Length(max=200)], description=_l("再次延长的必须填写。")
    )


def _pause_form(case_id: int) -> PauseForm:
    form = PauseForm()
    kinds = shown(case_id).policy.pauses.values()
    form.kind.choices = choices((kind.key, word(kind.name)) for kind in kinds)
    return form


@bp.get("/pauses/new")
@allow(Duty.ASK, reads=Kind.CASE)
def new(case_id: int) -> Answer:
    """The form that asks for a pause."""
    return show(case_id, _("申请扣除"), _pause_form(case_id), note="pause")


@bp.post("/pauses/new")
@allow(Duty.ASK, reads=Kind.CASE)
def asked(case_id: int) -> Answer:
    """Asks; whoever decides for the team approves, and only then the clock stands still."""
    form = _pause_form(case_id)
    done = tried(
        form,
        lambda: pauses.ask(actor(), case_id, form.seq.data, form.pause(), form.reason.data, when()),
    )
    if done:
        return back(case_id, _("已提交申请,等待审批;批准后期限才暂停。"), TAB)
    return show(case_id, _("申请扣除"), form, 422, note="pause")


def _pause(case_id: int, pause_id: int) -> Pause:
    for line in stops.pauses_of(db.session(), shown(case_id).case.id):
        if line.pause.id == pause_id:
            return line.pause
    raise NotFound()


@bp.get("/pauses/<int:pause_id>/end")
@allow(Duty.ASK, reads=Kind.CASE)
def end(case_id: int, pause_id: int) -> Answer:
    """The form that ends a pause."""
    form, pause = EndForm(last_on=today()), _pause(case_id, pause_id)
    return show(case_id, _("结束扣除"), form, note="end", pause=pause)


@bp.post("/pauses/<int:pause_id>/end")
@allow(Duty.ASK, reads=Kind.CASE)
def ended(case_id: int, pause_id: int) -> Answer:
    """Ends it: the clocks run on from the day after its last."""
    form, pause = EndForm(), _pause(case_id, pause_id)
    done = tried(
        form,
        lambda: pauses.end(actor(), case_id, pause_id, form.last_on.data, form.reason.data, when()),
    )
    if done:
        return back(case_id, _("扣除已结束,期限恢复计算。"), TAB)
    return show(case_id, _("结束扣除"), form, 422, note="end", pause=pause)


def _extension_facts(case_id: int) -> dict[str, object]:
    """What the form says: the days on which an extension may be asked for, and how long it is."""
    rule = policies.in_force(actor(), when()).extension
    due_on = shown(case_id).case.statutory_due_on
    window = extensions.window(due_on, rule.last_days) if due_on else None
    return {"note": "extension", "window": window, "rule": rule, "open_today": _open(window)}


def _open(window: tuple[date, date] | None) -> bool:
    return window is not None and window[0] <= today() <= window[1]


@bp.get("/extension")
@allow(Duty.ASK, reads=Kind.CASE)
def extension(case_id: int) -> Answer:
    """The form that asks for an extension of the statutory clock."""
    form = ExtensionForm(months=policies.in_force(actor(), when()).extension.most_months)
    return show(case_id, _("申请延长执行期限"), form, **_extension_facts(case_id))


@bp.post("/extension")
@allow(Duty.ASK, reads=Kind.CASE)
def extension_asked(case_id: int) -> Answer:
    """Asks; the president, or by setting the vice president, decides."""
    form = ExtensionForm()
    done = tried(form, lambda: extensions.ask(actor(), case_id, *_typed(form), when()))
    if done:
        return back(case_id, _("已提交申请,等待审批。"), TAB)
    return show(case_id, _("申请延长执行期限"), form, 422, **_extension_facts(case_id))


def _typed(form: ExtensionForm) -> tuple[int, int, str, str]:
    return form.seq.data, form.months.data, form.report.data or "", form.reason.data


@bp.get("/why")
@allow(Duty.READ_CASES, reads=Kind.CASE)
def why(case_id: int) -> str:
    """为什么是这一天: both clocks step by step, with the calendar they were counted on."""
    found = shown(case_id)
    return render_template(
        "pauses/why.html",
        case=found.case,
        reasons=reasons.reasons(db.session(), found.case, when()),
        today=today(),
    )
