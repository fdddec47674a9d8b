"""节点预警: what is about to be missed across the cases, what was ordered, what was done?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from linshu.rules import orders as rules
from linshu.rules.duties import WHOLE_COURT, Duty
from linshu.rules.looks import Kind
from linshu.rules.watch import About
from linshu.services import desk, orders, policies
from linshu.services.actor import Actor
from linshu.services.errors import Refused
from linshu.services.orders import Deadline, NewOrder
from linshu.store import alerts, queries
from linshu.store import orders as kept
from linshu.store.db import db
from linshu.store.lists import Page
from linshu.store.people import Team
from linshu.store.warned import Asked, Count
from linshu.store.watch import PAGE, Watch
from linshu.web.asked import NumberField, row_id
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow

bp = Blueprint("nodes", __name__)
Answer = str | Response | tuple[str, int]
OPEN, ORDERED, SETTLED = "open", "ordered", "settled"
STATES = (OPEN, ORDERED, SETTLED)
DAYS = 5  # working days that the form offers


class AboutForm(FlaskForm):
    """Which matter of one case an order is about; asked before the rest."""

    seq = IntegerField(validators=[InputRequired()])
    what = SelectField(_l("督办事项"), [InputRequired()])


class OrderForm(FlaskForm):
    """What is to be done, and by when: a day, else so many working days."""

    text = TextAreaField(_l("督办内容"), [InputRequired(), Length(max=desk.MOST_TEXT)])
    days = NumberField(
        _l("限几个工作日"), [Optional(), NumberRange(1, rules.MOST_DAYS)], default=DAYS
    )
    due_on = DateField(_l("或者限某日前"), [Optional()])

    def deadline(self) -> Deadline:
        """Until when."""
        return Deadline(self.due_on.data, self.days.data or 0)


@dataclass(frozen=True, slots=True)
class View:
    """What somebody asked for: which state, which warnings, which page."""

    state: str
    asked: Asked
    page: int

    def fits(self, line: kept.Line, on: date) -> bool:
        """Whether an order is asked for."""
        about, order = self.asked.about, line.order
        return (
            line.done is (self.state == SETTLED)
            and about in (None, order.about)
            and self.asked.key in ("", order.key)
            and self.asked.team_id in (None, line.team.id)
            and self.asked.late in (None, line.late(on))
        )


def _view() -> View:
    args = request.args
    state = args.get("state", OPEN)
    about = args.get("about", "")
    late = {"late": True, "soon": False}.get(args.get("due", ""))
    asked = Asked(
        About(about) if about in set(About) else None,
        args.get("key", "")[:40],
        args.get("team", None, row_id),
        late,
    )
    return View(state if state in STATES else OPEN, asked, args.get("page", 1, int))


def teams_of(who: Actor) -> dict[int, str]:
    """Whose cases somebody watches: those of his own team and posts, or the whole court's."""
    session = db.session()
    query = select(Team.id, Team.name).where(Team.court_id == who.court_id).order_by(Team.id)
    names = dict(session.execute(query).all())
    if who.role in WHOLE_COURT:
        return names
    own = queries.own_team_ids(session, who.court_id, who.role, who.team_id)
    return {id_: names[id_] for id_ in own}


def watch_of(who: Actor, teams: dict[int, str]) -> Watch:
    """The warnings of these teams, as far ahead as the policy counts as near."""
    soon_days = policies.in_force(who, when()).soon_days
    whole = who.role in WHOLE_COURT
    return Watch(db.session(), who.court_id, list(teams), today(), soon_days, whole)


@bp.get("/nodes")
@allow(Duty.READ_NODES, reads=Kind.LIST)
def page() -> str:
    """The list: what nobody has done anything about, what was ordered, what was done since."""
    return _page(OrderForm())


def _page(form: OrderForm, failed: Sequence[tuple[str, Refused]] = ()) -> str:
    who, view = actor(), _view()
    teams = teams_of(who)
    watch = watch_of(who, teams)
    standing = [line for line in kept.standing(db.session(), who.court_id) if line.team.id in teams]
    counts = watch.counts(view.asked.team_id)
    return render_template(
        "nodes/page.html",
        view=view,
        counts=counts,
        numbers=_numbers(counts, standing),
        page=_rows(view, watch, counts, standing),
        teams=teams,
        today=today(),
        form=form,
        failed=failed,
    )


def _rows(view: View, watch: Watch, counts: list[Count], standing: list[kept.Line]) -> Page[object]:
    if view.state == OPEN:
        found = watch.page(view.asked, view.page, counts)
        return Page(tuple(found.rows), found.total, found.page, found.size)
    fitting = [line for line in standing if view.fits(line, today())]
    number = min(max(1, view.page), max(1, -(-len(fitting) // PAGE)))
    return Page(tuple(fitting[(number - 1) * PAGE : number * PAGE]), len(fitting), number, PAGE)


def _numbers(counts: list[Count], standing: list[kept.Line]) -> dict[str, int]:
    done = sum(line.done for line in standing)
    return {
        OPEN: sum(one.all for one in counts),
        ORDERED: len(standing) - done,
        SETTLED: done,
    }


@bp.post("/nodes")
@allow(Duty.ORDER, reads=Kind.LIST)
def order() -> Answer:
    """督办 of everything that was ticked, one after the other; says what could not be ordered."""
    form, picked = OrderForm(), request.form.getlist("pick")[:PAGE]
    if form.validate_on_submit() and picked:
        news = [new for one in picked if (new := _new(one, form)) is not None]
        outcomes = orders.give_many(actor(), news, when())
        failed = _failed(outcomes)
        if len(outcomes) > len(failed):
            flash(_("已督办 %(n)s 件。", n=len(outcomes) - len(failed)), "success")
        if not failed:
            return redirect(url_for("nodes.page", state=ORDERED), 303)
        return _page(form, failed), 409
    if not picked:
        form.form_errors = [*form.form_errors, _("请先勾选要督办的预警。")]
    return _page(form), 422


def _new(pick: str, form: OrderForm) -> NewOrder | None:
    """What a tick names: about:case:countdown or about:case:node."""
    about, _colon, rest = pick.partition(":")
    case_id, _colon, key = rest.partition(":")
    try:
        case, text, until = row_id(case_id), form.text.data, form.deadline()
        if about == About.COUNTDOWN:
            return NewOrder(case, About.COUNTDOWN, text, until, countdown_id=row_id(key))
        return NewOrder(case, About(about), text, until, key=key) if key else None
    except ValueError:
        return None


def _failed(outcomes: list[orders.Outcome]) -> list[tuple[str, Refused]]:
    """What could not be ordered: the case's number and why."""
    failed = [(one.new.case_id, one.refusal) for one in outcomes if one.refusal is not None]
    numbers = alerts.numbers(db.session(), [case_id for case_id, _why in failed])
    return [(numbers.get(case_id, str(case_id)), why) for case_id, why in failed]
