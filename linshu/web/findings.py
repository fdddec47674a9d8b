"""查控结果: which files of results were brought, how far are they, what is wrong in them?"""

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

from linshu.jobs import doorbell
from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.said import Said
from linshu.services import finding_files
from linshu.services.errors import Invalid, NotFound
from linshu.services.finding_files import MOST_BYTES, MOST_ROWS
from linshu.store import findings as kept
from linshu.store.db import db
from linshu.web import looking
from linshu.web.asked import takes_file
from linshu.web.batches import may_search
from linshu.web.clock import when
from linshu.web.guard import actor, allow
from linshu.web.imports import XLSX
from linshu.web.words import spoken

bp = Blueprint("findings", __name__)

SHOWN = 200
Answer = str | Response | tuple[str, int]


class UploadForm(FlaskForm):
    results = FileField(_l("结果文件(.xlsx、.csv)"), [FileRequired(_l("请选择一个文件。"))])


class ConfirmForm(FlaskForm):
    """Nothing but that it is meant."""


@bp.get("/batches/results")
@allow(Duty.RECORD)
def page() -> str:
    """The files of results of one's team, the newest first, and the form for another."""
    return _list(UploadForm())


def _list(form: UploadForm) -> str:
    who, asked = actor(), request.args.get("page", 1, int)
    where = kept.of_team(who.court_id, who.person_id, who.team_id)
    found = kept.page(db.session(), where, asked)
    return render_template(
        "findings/page.html", form=form, page=found, may_search=may_search(), most=MOST_ROWS
    )


@bp.post("/batches/results")
@takes_file(MOST_BYTES)
@allow(Duty.RECORD)
def upload() -> Answer:
    """Keeps the file and rings for it to be looked through."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _list(form), 422
    sent, folder = form.results.data, Path(current_app.config["LINSHU_INSTANCE"]) / "imports"
    try:
        file_id = finding_files.upload(actor(), sent.filename, sent.stream, folder, when())
    except Invalid as refusal:
        form.results.errors = [*form.results.errors, spoken(refusal)]
        return _list(form), 422
    doorbell.ring("run_findings", file_id)
    return redirect(url_for("findings.item", file_id=file_id), 303)


@bp.get("/batches/results/<int:file_id>")
@allow(Duty.RECORD, reads=Kind.LIST)
def item(file_id: int) -> str:
    """One file: waiting, running, its verdicts before it lands, what came of it after."""
    facts = _seen(file_id)
    looking.tell(words=facts["one"].filename)
    return render_template("findings/item.html", **facts)


@bp.get("/batches/results/<int:file_id>/progress")
@allow(Duty.RECORD)
def progress(file_id: int) -> str:
    """The part of the page that changes while a job runs."""
    return render_template("findings/_progress.html", **_seen(file_id))


def _seen(file_id: int) -> dict[str, object]:
    who = actor()
    where = kept.of_team(who.court_id, who.person_id, who.team_id)
    brought = kept.one(db.session(), where, file_id)
    if brought is None:
        raise NotFound()
    row = brought.row
    away = row.result.get("turned_away", {})
    told = [(int(line), spoken(Said.loads(why))) for line, why in list(away.items())[:SHOWN]]
    return {
        "brought": brought,
        "one": row,
        "by_me": row.by_id == who.person_id,
        "form": ConfirmForm(),
        "away": told,
        "turned_away": len(away),
        "shown": SHOWN,
    }


@bp.post("/batches/results/<int:file_id>/confirm")
@allow(Duty.RECORD)
def confirm(file_id: int) -> Response:
    """After the look: it lands."""
    finding_files.confirm(actor(), file_id)
    doorbell.ring("run_findings", file_id)
    flash(_("已开始导入。"), "info")
    return redirect(url_for("findings.item", file_id=file_id), 303)


@bp.get("/batches/results/<int:file_id>/rejects")
@allow(Duty.RECORD, reads=Kind.EXPORT)
def rejects(file_id: int) -> Response:
    """The rows that were turned away, as a workbook with the reasons in its last columns."""
    target = BytesIO()
    name = finding_files.rejects(actor(), file_id, target)
    looking.tell(words=name)
    target.seek(0)
    return send_file(target, XLSX, as_attachment=True, download_name=name)
