"""留痕: who did what, and does the record hold? Search, verify, export."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from linshu.rules import sentences
from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.numbers import NumberFault, case_number
from linshu.rules.seals import grouped
from linshu.rules.trail import AlgorithmMissing, Tag
from linshu.rules.verify import FILES
from linshu.services import checking, desk, exports, sealing
from linshu.services.actor import Actor
from linshu.store import trail_search
from linshu.store.db import db
from linshu.store.lists import Page
from linshu.store.people import Court
from linshu.store.trail_search import Asked, Found
from linshu.store.writer import SYSTEM
from linshu.web import looking
from linshu.web.asked import row_id
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import choices, listed, spoken

bp = Blueprint("trail", __name__)

FIELDS = ("person", "case", "tag", "since", "until")
RECENT = timedelta(days=30)  # what the page shows before anything is asked for


class SearchForm(FlaskForm):
    """By person, case, kind and date; a GET, so without a token."""

    class Meta:
        csrf = False

    person = StringField(_l("人员"), [Length(max=40)])
    case = StringField(_l("案号"), [Length(max=60)])
    tag = SelectField(_l("事项"), default="")
    since = DateField(_l("自"), [Optional()])
    until = DateField(_l("至"), [Optional()])
    chain: str | None = None

    def validate_case(self, field: StringField) -> None:
        if not field.data or not field.data.strip():
            return
        try:
            self.chain = case_number(field.data, [_court_code()]).text
        except NumberFault as fault:
            raise ValidationError(spoken(fault.said)) from fault

    def asked(self, who: Actor) -> Asked:
        """What is searched for, within what this person may read."""
        said = (self.person.data or "").strip()
        return Asked(
            logins(who, said) if said else None,
            self.chain,
            Tag(self.tag.data) if self.tag.data else None,
            self.since.data,
            self.until.data,
            court_only=_court_only(who),
        )


def _court_code() -> str:
    return db.session.get_one(Court, actor().court_id).code


def logins(who: Actor, said: str) -> tuple[str, ...]:
    """Whom a search for a person means, the system among them."""
    if said in (SYSTEM, "系统", _("系统")):
        return (SYSTEM,)
    return trail_search.logins_of(db.session(), who.court_id, said)


def _court_only(who: Actor) -> bool:
    """三员分立: the audit administrator reads people, policy and exports, and no case."""
    return not who.may(Duty.READ_TRAIL)


@bp.get("/trail")
@allow(Duty.READ_TRAIL, Duty.READ_COURT_TRAIL, reads=Kind.TRAIL)
def page() -> str:
    """The entries asked for, the latest first; the last thirty days before anything is asked."""
    who, form = actor(), _search_form()
    found: Page[Found] = Page((), 0, 1)
    if form.validate():
        number = request.args.get("page", 1, int)
        found = trail_search.search(db.session(), who.court_id, form.asked(who), number)
    case_id = found.rows[0].case_id if form.chain and found.rows else None
    looking.tell(case_id)
    return render_template(
        "trail/page.html",
        form=form,
        page=found,
        court_only=_court_only(who),
        may_export=who.may(Duty.EXPORT) and who.may(Duty.READ_TRAIL),
        case_id=case_id,
        short=_short,
    )


def _search_form() -> SearchForm:
    asked = any(name in request.args for name in FIELDS)
    form = SearchForm(formdata=request.args if asked else None, since=today() - RECENT)
    if asked:
        form.since.data = form.since.data if request.args.get("since") else None
    tags = [tag for tag in Tag if not (_court_only(actor()) and _of_a_case(tag))]
    named = [(str(tag), _short(tag)) for tag in tags]
    form.tag.choices = choices([("", _("全部")), *named])
    return form


def _of_a_case(tag: Tag) -> bool:
    return tag.startswith(("case.", "request."))


def _language() -> str:
    return str(get_locale() or "zh")


def _short(tag: str) -> str:
    return sentences.short(tag, _language())


@bp.post("/trail/verify")
@allow(Duty.READ_TRAIL, Duty.READ_COURT_TRAIL)
def verify() -> AnyResponse:
    """核验: one case's chain, or every chain that one may read."""
    case_id = request.form.get("case", type=row_id)
    try:
        kind, message = _case_verdict(case_id) if case_id else _court_verdict()
    except AlgorithmMissing as missing:
        kind, message = "warning", _("未核验:本机缺少摘要算法 %(alg)s。", alg=str(missing))
    flash(message, kind)
    return redirect(url_for("trail.page", case=request.form.get("number") or None), 303)


def _case_verdict(case_id: int) -> tuple[str, str]:
    holds, entries = exports.verify_case(actor(), case_id)
    if holds:
        return "success", _("核验通过:该案 %(entries)s 条留痕首尾相接,未被改动。", entries=entries)
    return "danger", _("核验不通过:该案的留痕链已断,请立即核查。")


def _court_verdict() -> tuple[str, str]:
    checked = checking.verify_court(actor())
    if not checked.broken:
        return "success", _(
            "核验通过:%(chains)s 条链、%(entries)s 条留痕首尾相接,未被改动。",
            chains=checked.chains,
            entries=checked.entries,
        )
    return "danger", _(
        "核验不通过:%(count)s 条链已断,请立即核查:%(names)s",
        count=len(checked.broken),
        names=listed(checked.broken[:5]),
    )


@bp.post("/trail/export")
@allow(Duty.READ_TRAIL, reads=Kind.EXPORT, confirmed=True)
def export() -> Response:
    """导出: the whole trail with its seals, as a zip; leaves a trail entry itself."""
    who = actor()
    who.needs(Duty.EXPORT)
    name = f"trail-{_court_code()}-{when().at:%Y%m%d-%H%M%S}"
    with TemporaryDirectory(dir=current_app.config["LINSHU_INSTANCE"]) as folder:
        packed = _packed(who, Path(folder), name)
        # The name goes with the folder; what is open can still be read.
        answer = send_file(
            packed.open("rb"), "application/zip", as_attachment=True, download_name=packed.name
        )
    looking.tell(words=looking.in_chinese(lambda: _("全部留痕")))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _packed(who: Actor, folder: Path, name: str) -> Path:
    """The trail, the seals that cover it, and how to check the two."""
    out, seals_out = folder / f"{name}.jsonl", folder / f"{name.replace('trail', 'seals')}.jsonl"
    exports.export_trail(who.court_id, out, desk.doer(who), when(), seals_out)
    key = sealing.key_of(db.session(), who.court_id).fingerprint
    told = {"trail": out.name, "seals": seals_out.name, "key": key, "key_grouped": grouped(key)}
    text = render_template("trail/readme.txt", **told, court=_court_code(), files=FILES)
    packed = folder / f"{name}.zip"
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for file in (out, seals_out):
            archive.write(file, file.name)
        archive.writestr("说明.txt", text)
    return packed
