"""批量办理: the same act in many cases. Which were asked for, how far are they, what failed?"""

from io import BytesIO

from flask import Blueprint, render_template, request, send_file
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.services import batches, search_file
from linshu.services.errors import NotFound
from linshu.store import batches as kept
from linshu.store.batches import DONE, FAILED, WAITING, Told
from linshu.store.db import db
from linshu.web import looking
from linshu.web.clock import when
from linshu.web.guard import actor, allow
from linshu.web.imports import XLSX

bp = Blueprint("batches", __name__)

MIMES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
#: The items of a batch by how they stand; "" is all of them.
TABS = {"": _l("全部"), FAILED: _l("未办成"), DONE: _l("已办"), WAITING: _l("待办")}


def may_search() -> bool:
    """Whether the asker's team searches for many cases at once."""
    return batches.may_search(db.session(), actor())


@bp.get("/batches")
@allow(Duty.RECORD)
def page() -> str:
    """The batches of one's team, the newest first."""
    who, asked = actor(), request.args.get("page", 1, int)
    where = kept.of_team(who.court_id, who.person_id, who.team_id)
    found = kept.page(db.session(), where, asked)
    return render_template("batches/page.html", page=found, may_search=may_search())


def _batch(batch_id: int) -> Told:
    who = actor()
    where = kept.of_team(who.court_id, who.person_id, who.team_id)
    found = kept.one(db.session(), where, batch_id)
    if found is None:
        raise NotFound()
    return found


@bp.get("/batches/<int:batch_id>")
@allow(Duty.RECORD, reads=Kind.LIST)
def item(batch_id: int) -> str:
    """One batch: how far it is, and what became of each case."""
    told, status = _batch(batch_id), request.args.get("status", "")
    status = status if status in TABS else ""
    found = kept.items(db.session(), batch_id, status or None, request.args.get("page", 1, int))
    looking.tell(words=looking.in_chinese(lambda: f"{batches.KINDS_ZH[told.row.kind]} #{batch_id}"))
    return render_template(
        "batches/item.html",
        told=told,
        one=told.row,
        tabs=[
            (key, label, told.count(key) if key else told.row.total) for key, label in TABS.items()
        ],
        status=status,
        page=found,
        may_search=may_search(),
    )


@bp.get("/batches/<int:batch_id>/progress")
@allow(Duty.RECORD)
def progress(batch_id: int) -> str:
    """The part of the page that changes while the job runs."""
    told = _batch(batch_id)
    return render_template("batches/_progress.html", told=told, one=told.row)


@bp.post("/batches/<int:batch_id>/file")
@allow(Duty.EXPORT_LIST, confirmed=True)
def file(batch_id: int) -> Response:
    """The debtors of a search for the search system, with their whole identity numbers."""
    form, target = request.form.get("form", ""), BytesIO()
    if form not in MIMES:
        raise NotFound()
    how = (form, target, when(), request.remote_addr or "")
    name = search_file.export(actor(), batch_id, *how)
    target.seek(0)
    return send_file(target, MIMES[form], as_attachment=True, download_name=name)
