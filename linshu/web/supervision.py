"""监执单: what was left undone as a case moved on, to be explained and to be read."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from linshu.rules.duties import Duty, Role
from linshu.services import desk, supervision
from linshu.services.actor import Actor
from linshu.services.errors import Refused
from linshu.store import queries, sheets
from linshu.store.db import db
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import spoken

bp = Blueprint("supervision", __name__)
Answer = str | Response | tuple[str, int]


class SheetForm(FlaskForm):
    """Why it was left undone, and hints for whoever has the case now."""

    reasons = TextAreaField(_l("原因"), [InputRequired(), Length(max=desk.MOST_TEXT)])
    hints = TextAreaField(_l("对下一环节的提示"), [Length(max=desk.MOST_TEXT)])


@bp.get("/supervision")
@allow(Duty.RECORD)
def page() -> str:
    """What my team has to fill in, and what I have to read as the receiving lead."""
    return _page(request.args.get("tab", ""), SheetForm(), None)


def _page(tab: str, form: SheetForm, failed: int | None) -> str:
    session, which = db.session(), lists_of(actor())
    tab = tab if tab in which else "fill"
    found = sheets.page(session, which[tab], request.args.get("page", 1, int))
    return render_template(
        "supervision/page.html",
        tab=tab,
        counts={one: sheets.count(session, some) for one, some in which.items()},
        page=found,
        form=form,
        failed=failed,
    )


def lists_of(who: Actor) -> dict[str, ColumnElement[bool]]:
    """The lists that are this person's: to fill in, and for a lead or a post to read."""
    mine = queries.own_team_ids(db.session(), who.court_id, who.role, who.team_id)
    found = {"fill": sheets.to_fill(mine, today())}
    if who.role in (Role.TEAM_LEAD, Role.BUREAU_CHIEF, Role.VICE_PRESIDENT):
        found["read"] = sheets.to_read(mine, today())
    return found


def waiting(who: Actor) -> int:
    """How many sheets wait for this person: the number in the navigation."""
    return sum(sheets.count(db.session(), some) for some in lists_of(who).values())


@bp.post("/supervision/<int:sheet_id>")
@allow(Duty.RECORD)
def fill(sheet_id: int) -> Answer:
    """Fills a sheet in."""
    form = SheetForm()
    if form.validate_on_submit():
        try:
            supervision.fill(actor(), sheet_id, form.reasons.data, form.hints.data or "", when())
        except Refused as refusal:
            if refusal.status != 422:
                raise
            form.form_errors = [*form.form_errors, spoken(refusal)]
        else:
            flash(_("监执单已填写。"), "success")
            return redirect(url_for("supervision.page"), 303)
    supervision.seen(actor(), sheet_id)
    return _page("fill", form, sheet_id), 422


@bp.post("/supervision/<int:sheet_id>/read")
@allow(Duty.RECORD)
def read(sheet_id: int) -> Response:
    """The receiving lead has read it."""
    supervision.read(actor(), sheet_id, when())
    flash(_("已阅。"), "success")
    return redirect(url_for("supervision.page", tab="read"), 303)
