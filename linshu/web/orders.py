"""督办 about one case: given, answered, settled or sent back; what waits for me."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from linshu.rules import nodes
from linshu.rules import orders as rules
from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.orders import Act
from linshu.rules.stages import Stage
from linshu.rules.watch import About
from linshu.services import desk, orders
from linshu.services.actor import Actor
from linshu.services.errors import NotFound, Refused
from linshu.services.orders import Deadline, NewOrder
from linshu.store import countdowns, queries
from linshu.store import nodes as stored
from linshu.store import orders as kept
from linshu.store.db import db
from linshu.store.orders import Line
from linshu.web import looking
from linshu.web.asked import NumberField, row_id
from linshu.web.cases import shown
from linshu.web.changes import back, show, tried
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.nodes import DAYS, AboutForm, OrderForm
from linshu.web.words import spoken, word

bp = Blueprint("orders", __name__)
Answer = str | Response | tuple[str, int]
TAB = "orders"


class NewForm(OrderForm, AboutForm):
    """What is to be done about what, and by when."""

    def new(self, case_id: int) -> NewOrder:
        """What was chosen and typed."""
        about, _colon, key = self.what.data.partition(":")
        told = (case_id, About(about), self.text.data, self.deadline())
        if about == About.COUNTDOWN:
            return NewOrder(*told, countdown_id=row_id(key))
        return NewOrder(*told, key=key)


class ActForm(FlaskForm):
    """What is said to an order: the answer, the reason; the new deadline of one sent back."""

    text = TextAreaField(_l("说明"), [Length(max=desk.MOST_TEXT)])
    days = NumberField(
        _l("限几个工作日"), [Optional(), NumberRange(1, rules.MOST_DAYS)], default=DAYS
    )
    due_on = DateField(_l("或者限某日前"), [Optional()])


def waiting(who: Actor) -> list[Line]:
    """The orders in which something is this person's to do: the number in the navigation."""
    session = db.session()
    own = queries.own_team_ids(session, who.court_id, who.role, who.team_id)
    return kept.waiting(session, who.seat, who.court_id, own)


def _form(case_id: int) -> NewForm:
    form = NewForm()
    form.what.choices = _choices(case_id)
    if not form.is_submitted():
        form.what.data = form.what.choices[0][0]
    return form


def _choices(case_id: int) -> list[tuple[str, str]]:
    """What an order can be about: what runs, what the stage should have brought, anything else."""
    page, session = shown(case_id), db.session()
    running = [
        one
        for one in countdowns.of_case(session, case_id)
        if not (one.met_at or one.earliest) and one.due_on
    ]
    found = [(f"countdown:{one.id}", f"{word(one.name)} · {one.due_on}") for one in running]
    expected = page.policy.nodes.get(Stage(page.now.stint.stage), ()) if page.open else ()
    left = nodes.missed(expected, stored.acts(session, [case_id])[case_id])
    found += [(f"node:{code}", f"{code} {word(nodes.BY_CODE[code].name)}") for code in left]
    return [*found, (f"{About.MATTER}:", word(orders.MATTER_ZH))]


@bp.get("/cases/<int:case_id>/orders")
@allow(Duty.ORDER, reads=Kind.CASE)
def new(case_id: int) -> Answer:
    """The form of an order about one case."""
    return show(case_id, _("督办"), _form(case_id))


@bp.post("/cases/<int:case_id>/orders")
@allow(Duty.ORDER, reads=Kind.CASE)
def given(case_id: int) -> Answer:
    """Gives it."""
    form = _form(case_id)
    if tried(form, lambda: orders.give(actor(), form.new(case_id), when())):
        return back(case_id, _("已督办,承办团队已收到提醒。"), TAB)
    return show(case_id, _("督办"), form, 422)


@bp.get("/orders/<int:order_id>")
@allow(Duty.READ_NODES, reads=Kind.CASE)
def item(order_id: int) -> Answer:
    """One order, with what this person may do about it."""
    return _page(order_id, ActForm(), 200)


def _page(order_id: int, form: ActForm, status: int) -> Answer:
    line = orders.seen(db.session(), actor(), order_id)
    looking.tell(line.order.case_id, words="")
    page = render_template(
        "orders/page.html",
        line=line,
        acts=rules.allowed(actor().seat, line.status, line.done, line.sides),
        form=form,
        today=today(),
    )
    return page, status


@bp.post("/orders/<int:order_id>/<act>")
@allow(Duty.RECORD, Duty.ORDER, reads=Kind.CASE)
def decide(order_id: int, act: str) -> Answer:
    """Answers, settles, sends back or withdraws."""
    if act not in set(Act):
        raise NotFound()
    form = ActForm()
    if form.validate_on_submit():
        try:
            _do(Act(act), order_id, form)
        except Refused as refusal:
            if refusal.status != 422:
                raise
            form.form_errors = [*form.form_errors, spoken(refusal)]
        else:
            flash(_("已处理督办 #%(n)s。", n=order_id), "success")
            return redirect(url_for("orders.item", order_id=order_id), 303)
    return _page(order_id, form, 422)


def _do(act: Act, order_id: int, form: ActForm) -> None:
    who, words, at = actor(), form.text.data or "", when()
    match act:
        case Act.ANSWER:
            orders.answer(who, order_id, words, at)
        case Act.SETTLE:
            orders.settle(who, order_id, words, at)
        case Act.WITHDRAW:
            orders.withdraw(who, order_id, words, at)
        case Act.RETURN:
            deadline = Deadline(form.due_on.data, form.days.data or 0)
            orders.send_back(who, order_id, words, deadline, at)
