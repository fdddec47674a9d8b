"""快速登记: how does an action come in, with its time, its money, the end its document names?"""

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from linshu.rules.kinds import APPLICANT, NODES, PAID, PAYEES, QUICK
from linshu.rules.numbers import NumberFault, fen
from linshu.services import desk
from linshu.services.errors import Invalid
from linshu.services.recording import NewAction
from linshu.store import countdowns
from linshu.store.db import SHANGHAI, db
from linshu.store.journey import CasePage
from linshu.store.people import Person
from linshu.web.asked import row_id
from linshu.web.clock import when
from linshu.web.guard import actor
from linshu.web.words import choices, options, word

NODE_CHOICES = [SelectChoice("", _l("以上行为"))] + [
    SelectChoice(key, lazy_gettext(name), optgroup=lazy_gettext(group))
    for group, some in NODES.items()
    for key, name in some.items()
]


class RecordForm(FlaskForm):
    """快速登记: what happened, when, the amount where money came in or went out, the end that a
    document names. ``node``: a kind beyond the quick ones, which goes before them."""

    seq = IntegerField(validators=[InputRequired()])
    kind = RadioField(_l("行为"), [InputRequired()], choices=options(QUICK), default="call")
    node = SelectField(_l("其他节点"), choices=NODE_CHOICES, default="")
    text = TextAreaField(_l("发生了什么"), [InputRequired(), Length(max=desk.MOST_TEXT)])
    happened_at = DateTimeLocalField(
        _l("发生时间"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )
    amount = StringField(_l("金额(元)"), [Length(max=40)])
    payee = SelectField(_l("收款方"), choices=options(PAYEES), default=APPLICANT)
    until_on = DateField(_l("期满日"), [Optional()])
    about = SelectField(_l("对应的期限"), coerce=row_id, validate_choice=False, default=0)
    behalf = SelectField(_l("代录"), coerce=row_id, validate_choice=False, default=0)

    def action(self) -> NewAction:
        """What was typed. Invalid for an amount that cannot be read."""
        kind = self.node.data or self.kind.data
        return NewAction(
            kind,
            self.text.data,
            self.happened_at.data.replace(tzinfo=SHANGHAI),
            amount_of(self.amount.data or ""),
            self.behalf.data or None,
            self.until_on.data,
            self.about.data or None,
            (self.payee.data or "") if kind == PAID else "",
        )

    def choose(self, page: CasePage) -> None:
        """Whom one may record for, and what the action may be about."""
        self.behalf.choices = behalves()
        rows = page.policy.countdowns
        of_money = {key for key, row in rows.items() if row.of_money}  # what is paid out first
        running = [
            one
            for one in countdowns.of_case(db.session(), page.case.id)
            if not one.met_at and one.row not in of_money
        ]
        about = ((one.id, _about(one)) for one in running)
        self.about.choices = choices([(0, _("最先届满的一项")), *about])

    def show_kind(self, kind: str) -> None:
        """Chooses a kind, in whichever of the two lists it stands."""
        self.kind.data = kind if kind in QUICK else "other"
        self.node.data = "" if kind in QUICK else kind


def _about(one: countdowns.Line) -> str:
    name = word(one.name)
    return f"{name} · {one.due_on:%Y-%m-%d}" if one.due_on else name


def amount_of(text: str) -> int:
    """An amount in yuan as fen; nothing is 0."""
    if not text.strip():
        return 0
    try:
        return fen(text)
    except NumberFault as fault:
        raise Invalid("amount", why=fault.said) from fault


def record_form(page: CasePage) -> RecordForm:
    """The quick-record form of a case."""
    form = RecordForm()
    if not form.is_submitted():
        form.seq.data = page.now.stint.seq
        form.happened_at.data = when().at.replace(tzinfo=None)
    form.choose(page)
    return form


def behalves() -> list[SelectChoice]:
    """代录: for whom one may record, oneself first."""
    return choices([(0, _("本人")), *((one.id, one.name) for one in colleagues())])


def colleagues() -> list[Person]:
    """Whom one may record for: the others of one's team."""
    who = actor()
    if who.team_id is None:
        return []
    query = db.session.query(Person).filter(
        Person.team_id == who.team_id, Person.active, Person.id != who.person_id
    )
    return query.order_by(Person.id).all()
