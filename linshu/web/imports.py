"""导入: which ledgers were brought, what is wrong with their rows, and how far is it?"""

from io import BytesIO
from pathlib import Path

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import BooleanField

from linshu.jobs import doorbell
from linshu.rules.duties import Duty
from linshu.rules.ledger import REASONS_ZH, SAME
from linshu.rules.looks import Kind
from linshu.services import imports
from linshu.services.errors import Invalid, NotFound
from linshu.services.opening import MOST_FILE_BYTES
from linshu.store import ledgers
from linshu.store.db import db
from linshu.store.ledgers import Upload
from linshu.web import looking
from linshu.web.asked import takes_file
from linshu.web.clock import when
from linshu.web.guard import actor, allow
from linshu.web.words import spoken

bp = Blueprint("imports", __name__)

PAGE = 20
SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Answer = str | Response | tuple[str, int]


class UploadForm(FlaskForm):
    ledger = FileField(_l("台账文件(.xlsx)"), [FileRequired(_l("请选择一个文件。"))])


class ConfirmForm(FlaskForm):
    """``screen``: each suggested screening is confirmed along with the import."""

    screen = BooleanField(_l("同时以我的名义按系统建议确认甄别"))


@bp.get("/imports")
@allow(Duty.IMPORT)
def page() -> str:
    """The ledgers of the court, the newest first, and the form for another."""
    return _list(UploadForm())


def _list(form: UploadForm) -> str:
    asked = request.args.get("page", 1, int)
    found = ledgers.uploads(db.session(), actor().court_id, asked, PAGE)
    return render_template("imports/page.html", form=form, page=found)


@bp.post("/imports")
@takes_file(MOST_FILE_BYTES)
@allow(Duty.IMPORT)
def upload() -> Answer:
    """Keeps the file and rings for its preview."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _list(form), 422
    sent, folder = form.ledger.data, Path(current_app.config["LINSHU_INSTANCE"]) / "imports"
    try:
        import_id = imports.upload(actor(), sent.filename, sent.stream, folder, when())
    except Invalid as refusal:
        form.ledger.errors = [*form.ledger.errors, spoken(refusal)]
        return _list(form), 422
    doorbell.ring("run_import", import_id)
    return redirect(url_for("imports.item", import_id=import_id), 303)


def _upload(import_id: int) -> Upload:
    found = ledgers.upload(db.session(), actor().court_id, import_id)
    if found is None:
        raise NotFound()
    return found


@bp.get("/imports/<int:import_id>")
@allow(Duty.IMPORT)
def item(import_id: int) -> str:
    """One ledger: waiting, running, its verdicts before the import, its outcome after it."""
    return render_template("imports/item.html", **_seen(import_id))


@bp.get("/imports/<int:import_id>/progress")
@allow(Duty.IMPORT)
def progress(import_id: int) -> str:
    """The part of the page that changes while a job runs."""
    return render_template("imports/_progress.html", **_seen(import_id))


def _seen(import_id: int) -> dict[str, object]:
    upload = _upload(import_id)
    return {
        "upload": upload,
        "one": upload.row,
        "mine": upload.row.by_id == actor().person_id,
        "form": ConfirmForm(),
        "reasons": REASONS_ZH,
        "same": SAME,
        "shown": SHOWN,
    }


@bp.post("/imports/<int:import_id>/confirm")
@allow(Duty.IMPORT)
def confirm(import_id: int) -> Response:
    """After the preview: the real thing."""
    form = ConfirmForm()
    imports.confirm(actor(), import_id, bool(form.screen.data), when())
    doorbell.ring("run_import", import_id)
    flash(_("已开始导入。"), "info")
    return redirect(url_for("imports.item", import_id=import_id), 303)


@bp.get("/imports/<int:import_id>/rejects")
@allow(Duty.IMPORT, reads=Kind.EXPORT)
def rejects(import_id: int) -> Response:
    """The rows that were turned away, as a workbook with the reason in its last column."""
    target = BytesIO()
    name = imports.rejects(actor(), import_id, target)
    looking.tell(words=name)
    target.seek(0)
    return send_file(target, XLSX, as_attachment=True, download_name=name)
