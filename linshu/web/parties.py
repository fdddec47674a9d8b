"""当事人: who comes in, who leaves, and where each is served."""

from datetime import date

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.parties import KINDS_ZH, MANDATES, ROLE_ZH, NewAddress
from linshu.services import parties
from linshu.services.entrants import NewParty
from linshu.services.errors import NotFound
from linshu.services.parties import Joining
from linshu.store.cases import Party
from linshu.web.asked import row_id
from linshu.web.cases import shown
from linshu.web.changes import FORGOTTEN, back, show, tried
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import choices, options, options_or_none

bp = Blueprint("parties", __name__, url_prefix="/cases/<int:case_id>/parties")
Answer = str | Response | tuple[str, int]
TAB = "parties"
NOBODY = (0, "—")


class JoiningForm(FlaskForm):
    """Somebody who comes into the case."""

    seq = IntegerField(validators=[InputRequired()])
    role = SelectField(_l("诉讼地位"), [InputRequired()], choices=options(ROLE_ZH))
    kind = SelectField(
        _l("类别"),
        choices=options_or_none(KINDS_ZH),
        default="",
        description=_l("第三方、代理人填写"),
    )
    name = StringField(_l("姓名或名称"), [InputRequired(), Length(max=200)])
    represents = SelectField(_l("代理"), coerce=row_id, validate_choice=False, default=0)
    mandate = SelectField(
        _l("代理权限"),
        choices=options_or_none(MANDATES),
        default="",
        description=_l("委托代理人填写"),
    )
    ruling = StringField(
        _l("裁定文号"), [Length(max=200)], description=_l("变更、追加申请执行人或者被执行人的填写")
    )
    replaces = SelectField(_l("承继"), coerce=row_id, validate_choice=False, default=0)
    id_number = StringField(_l("证件号码"), [Length(max=40)], render_kw=FORGOTTEN)
    phone = StringField(_l("电话"), [Length(max=40)], render_kw=FORGOTTEN)
    account = StringField(_l("银行账号"), [Length(max=60)], render_kw=FORGOTTEN)

    def choose(self, inside: list[Party]) -> None:
        """Whom of the case one may speak for or replace."""
        others = [(one.id, one.name) for one in inside if one.role != "representative"]
        self.represents.choices = self.replaces.choices = choices([NOBODY, *others])

    def joining(self) -> Joining:
        """What the form says."""
        numbers = (self.id_number.data or "", self.phone.data or "", self.account.data or "")
        return Joining(
            NewParty(self.name.data, *numbers),
            self.role.data,
            self.kind.data or "",
            self.mandate.data or "",
            self.ruling.data or "",
            self.represents.data or None,
            self.replaces.data or None,
        )


class LeaveForm(FlaskForm):
    """Somebody who leaves it."""

    seq = IntegerField(validators=[InputRequired()])
    out_on = DateField(_l("退出日期"), [InputRequired()])
    reason = TextAreaField(_l("退出理由(写明裁定文号)"), [InputRequired(), Length(max=4000)])


class AddressForm(FlaskForm):
    """送达地址确认."""

    seq = IntegerField(validators=[InputRequired()])
    address = StringField(_l("送达地址"), [InputRequired(), Length(max=200)], render_kw=FORGOTTEN)
    phone = StringField(_l("联系电话"), [Length(max=40)], render_kw=FORGOTTEN)
    electronic = StringField(_l("电子送达地址"), [Length(max=100)], render_kw=FORGOTTEN)
    confirmed_on = DateField(_l("确认日期"), [InputRequired()])
    document = StringField(_l("确认文书"), [InputRequired(), Length(max=200)])

    def new_address(self) -> NewAddress:
        """What the form says."""
        contact = (self.phone.data or "", self.electronic.data or "")
        day: date = self.confirmed_on.data
        return NewAddress(self.address.data, day, self.document.data, *contact)


def _joining_form(case_id: int) -> JoiningForm:
    form = JoiningForm()
    form.choose([one for one in shown(case_id).parties if one.out_on is None])
    return form


@bp.get("/new")
@allow(Duty.RECORD, reads=Kind.CASE)
def new(case_id: int) -> Answer:
    """The form for somebody who comes in."""
    return show(case_id, _("增加当事人"), _joining_form(case_id), note="party")


@bp.post("/new")
@allow(Duty.RECORD, reads=Kind.CASE)
def added(case_id: int) -> Answer:
    """Brings him in."""
    form = _joining_form(case_id)
    if tried(form, lambda: parties.add(actor(), case_id, form.seq.data, form.joining(), when())):
        return back(case_id, _("已登记。"), TAB)
    return show(case_id, _("增加当事人"), form, 422, note="party")


def _named(case_id: int, party_id: int) -> Party:
    for one in shown(case_id).parties:
        if one.id == party_id:
            return one
    raise NotFound()


@bp.get("/<int:party_id>/leave")
@allow(Duty.RECORD, reads=Kind.CASE)
def leave(case_id: int, party_id: int) -> Answer:
    """The form for somebody who leaves."""
    return show(case_id, _left(case_id, party_id), LeaveForm(out_on=today()), note="leave")


def _left(case_id: int, party_id: int) -> str:
    return _("%(name)s 退出", name=_named(case_id, party_id).name)


@bp.post("/<int:party_id>/leave")
@allow(Duty.RECORD, reads=Kind.CASE)
def left(case_id: int, party_id: int) -> Answer:
    """Lets him go."""
    form, title = LeaveForm(), _left(case_id, party_id)

    def act() -> None:
        facts = (party_id, form.reason.data, form.out_on.data, when())
        parties.leave(actor(), case_id, form.seq.data, *facts)

    if tried(form, act):
        return back(case_id, _("已登记。"), TAB)
    return show(case_id, title, form, 422, note="leave")


@bp.get("/<int:party_id>/address")
@allow(Duty.RECORD, reads=Kind.CASE)
def address(case_id: int, party_id: int) -> Answer:
    """The form for an address confirmed for service."""
    form = AddressForm(confirmed_on=today(), document="送达地址确认书")
    return show(case_id, _confirmed(case_id, party_id), form)


def _confirmed(case_id: int, party_id: int) -> str:
    return _("%(name)s 的送达地址", name=_named(case_id, party_id).name)


@bp.post("/<int:party_id>/address")
@allow(Duty.RECORD, reads=Kind.CASE)
def confirmed(case_id: int, party_id: int) -> Answer:
    """Keeps it."""
    form, title = AddressForm(), _confirmed(case_id, party_id)

    def act() -> None:
        parties.confirm(actor(), case_id, form.seq.data, party_id, form.new_address(), when())

    if tried(form, act):
        return back(case_id, _("已登记。"), TAB)
    return show(case_id, title, form, 422)
