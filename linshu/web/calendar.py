"""日历: on which days does the court work, and what shall the next year's list be?"""

from calendar import Calendar as Months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from linshu.rules import year_list
from linshu.rules.calendar import Calendar, Holiday, YearFault
from linshu.rules.duties import Duty
from linshu.rules.year_list import Line
from linshu.services import recomputes, year_file
from linshu.services.edits import YearList
from linshu.services.errors import Refused
from linshu.store import queries
from linshu.store import recomputes as kept
from linshu.store.db import db
from linshu.web.asked import NumberField, takes_file
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import spoken

bp = Blueprint("calendar", __name__)
Answer = str | Response | tuple[str, int]
FIRST, LAST = 2000, 2100


class YearForm(FlaskForm):
    """A year's list as the State Council publishes it, replacing that year's whole."""

    year = NumberField(_l("年份"), [InputRequired(), NumberRange(FIRST, LAST)])
    source = StringField(_l("出处(文号)"), [InputRequired(), Length(max=80)])
    lines = TextAreaField(_l("清单,一行一段"), [Length(max=20_000)])
    file = FileField(_l("或上传文件(CSV 或 .xlsx)"))
    reason = TextAreaField(_l("理由"), [InputRequired(), Length(max=4000)])


@dataclass(frozen=True, slots=True)
class Square:
    """A day of the picture: ``kind`` is rest, off, work or plain; None outside the month."""

    on: date
    kind: str
    name: str


@bp.get("/calendar")
@allow(Duty.READ_POLICY)
def page() -> str:
    """A year's list and its twelve months; the published years to choose from."""
    session = db.session()
    calendar, published = queries.calendar(session), kept.years(session)
    year = _asked_year(today().year)
    days = kept.days_of(session, year)
    return render_template(
        "calendar/page.html",
        year=year,
        years=published,
        missing=calendar.missing_year(today()),
        source=kept.source_of(session, year),
        spans=year_list.spans_of(days),
        months=_months(year, calendar, {day: name for day, (_works, name) in days.items()}),
        today=today(),
    )


def _asked_year(otherwise: int) -> int:
    year = request.args.get("year", otherwise, int)
    return year if FIRST <= year <= LAST else otherwise


def _months(
    year: int, calendar: Calendar, names: dict[date, str]
) -> list[list[list[Square | None]]]:
    """Twelve months of weeks from Monday to Sunday."""
    return [
        [
            [_square(on, calendar, names) if on.month == month else None for on in week]
            for week in Months().monthdatescalendar(year, month)
        ]
        for month in range(1, 13)
    ]


def _square(on: date, calendar: Calendar, names: dict[date, str]) -> Square:
    weekend = on.weekday() >= 5
    if calendar.is_working(on):
        kind = "work" if weekend else "plain"
    else:
        kind = "off" if not weekend or names.get(on) else "rest"
    return Square(on, kind, names.get(on, ""))


@bp.get("/calendar/draft")
@allow(Duty.ASK_RECOMPUTE)
def draft() -> str:
    """The form for a year's list, filled with the one that holds."""
    session = db.session()
    next_year = queries.calendar(session).missing_year(today()) or today().year + 1
    year = _asked_year(next_year)
    form = YearForm(formdata=None, year=year, source=kept.source_of(session, year))
    form.lines.data = year_list.written(year_list.spans_of(kept.days_of(session, year)))
    return _draft(form)


def _draft(form: YearForm, faults: Sequence[str] = ()) -> str:
    return render_template("calendar/draft.html", form=form, faults=faults)


@bp.post("/calendar/draft")
@takes_file(2 * year_file.MOST_BYTES)  # what is too large by a little is told by the form
@allow(Duty.ASK_RECOMPUTE)
def ask() -> Answer:
    """Asks for the list: its preview is the next page, nothing changes before it is approved."""
    form = YearForm()
    if not form.validate_on_submit():
        return _draft(form), 422
    try:
        found = recomputes.ask(actor(), _said(form), form.reason.data, when())
    except YearFault as fault:
        return _draft(form, [spoken(one) for one in fault.faults]), 422
    except Refused as refusal:
        return _draft(form, [spoken(refusal)]), refusal.status
    return redirect(url_for("recomputes.item", recompute_id=found), 303)


def _said(form: YearForm) -> YearList:
    """The list that the form brings. YearFault names the lines that will not do."""
    year, spans = form.year.data, _spans(form.year.data, _lines(form))
    return YearList(year, form.source.data, spans)


def _lines(form: YearForm) -> list[Line]:
    sent = form.file.data
    content = sent.read(year_file.MOST_BYTES + 1) if sent else b""
    return year_file.read(content) if content else year_list.read_text(form.lines.data or "")


def _spans(year: int, lines: Sequence[Line]) -> tuple[Holiday, ...]:
    year_list.checked(year, lines)
    return tuple(line.span for line in lines)
