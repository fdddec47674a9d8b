"""文书附件: the documents of a case, made here; what was brought to it; both handed out."""

from io import BytesIO
from typing import Any, cast

from flask import Blueprint, Response, request, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from linshu.rules.duties import Duty
from linshu.rules.filekinds import TYPES
from linshu.rules.kinds import KINDS as ACTS
from linshu.rules.looks import Kind
from linshu.rules.papers import ATTACHMENTS, DEBTOR, EXTRAS, MOST_ATTACHMENT, Extra, Paper, Typed
from linshu.services import attachments, documents, templates
from linshu.services.errors import NotFound
from linshu.services.filling import NewDocument
from linshu.store.db import db
from linshu.store.papers import Attachment
from linshu.web import looking
from linshu.web.asked import row_id, takes_file
from linshu.web.cases import shown
from linshu.web.changes import Answer, ReasonForm, back, show, tried
from linshu.web.clock import when
from linshu.web.guard import actor, allow
from linshu.web.words import choices, options, word

bp = Blueprint("papers", __name__, url_prefix="/cases/<int:case_id>")
TAB = "papers"
#: What a file that was brought may do in the browser that gets it: nothing.
INERT = "default-src 'none'; sandbox"


class PaperForm(FlaskForm):
    """What a document needs besides the case; the fields of its kind are added."""

    seq = IntegerField(validators=[InputRequired()])


class UploadForm(FlaskForm):
    """A file for a case."""

    seq = IntegerField(validators=[InputRequired()])
    kind = SelectField(_l("附件种类"), choices=options(ATTACHMENTS))
    words = StringField(_l("说明"), [Length(max=400)])
    file = FileField(_l("文件"), [FileRequired(_l("请选择一个文件。"))])


def _field(extra: Extra) -> Field:
    label, needed = lazy_gettext(extra.label), InputRequired()
    match extra.typed:
        case Typed.LINES:
            return TextAreaField(label, [needed, Length(max=4000)])
        case Typed.DAY:
            return DateField(label, [needed])
        case Typed.MONEY:
            return StringField(label, [needed, Length(max=40)])
        case _:
            return StringField(label, [needed, Length(max=200)])


def _form(case_id: int, paper: Paper) -> FlaskForm:
    """The form of a kind of document."""
    fields: dict[str, Field] = {}
    if paper.party:
        fields["party"] = SelectField(
            _l("对象"), [InputRequired()], coerce=row_id, validate_choice=False
        )
    fields |= {key: _field(EXTRAS[key]) for key in paper.extras}
    if paper.acts_as:
        label = _l("同时登记执行行为:%(act)s", act=lazy_gettext(ACTS[paper.acts_as]))
        fields["records"] = BooleanField(label, default=True)
    form = cast(Any, type("FilledForm", (PaperForm,), fields)())
    page = shown(case_id)
    if paper.party:
        some = page.debtors if paper.party == DEBTOR else [*page.applicants, *page.debtors]
        form.party.choices = choices((one.id, one.name) for one in some)
    return cast(FlaskForm, form)


def _new(paper: Paper, form: Any) -> NewDocument:
    extras = {key: str(form[key].data or "") for key in paper.extras}
    party = form.party.data if paper.party else None
    return NewDocument(paper.key, party, extras, bool(paper.acts_as and form.records.data))


@bp.get("/papers/<key>")
@allow(Duty.RECORD, reads=Kind.CASE)
def new(case_id: int, key: str) -> Answer:
    """The form for a document of a kind."""
    paper = templates.named(key)
    form = _form(case_id, paper)
    return show(case_id, word(paper.name), form, note="paper", paper=paper)


@bp.post("/papers/<key>")
@allow(Duty.RECORD, reads=Kind.CASE)
def make(case_id: int, key: str) -> Answer:
    """Makes it."""
    paper = templates.named(key)
    form = _form(case_id, paper)

    def act() -> None:
        address = request.remote_addr or ""
        wanted = _new(paper, form)
        documents.make(actor(), case_id, form.seq.data, wanted, when(), address)

    if tried(form, act):
        return back(case_id, _("文书已制作。"), TAB)
    return show(case_id, word(paper.name), form, 422, note="paper", paper=paper)


@bp.get("/documents/<int:document_id>")
@allow(Duty.READ_CASES, reads=Kind.FILE)
def document(case_id: int, document_id: int) -> Response:
    """A document as it was made, byte for byte."""
    row, content = documents.content(actor(), case_id, document_id)
    name = documents.name_of(row)
    full = " (含完整证件号码)" if documents.carries_numbers(row) else ""
    looking.tell(case_id, words=name + full)
    return handed(content, "docx", name)


@bp.get("/attachments")
@allow(Duty.RECORD, reads=Kind.CASE)
def attach(case_id: int) -> Answer:
    """The form for a file."""
    return _upload(case_id, UploadForm())


def _upload(case_id: int, form: UploadForm, status: int = 200) -> Answer:
    facts = {"note": "upload", "most": MOST_ATTACHMENT // 2**20, "types": tuple(TYPES)}
    return show(case_id, _("上传附件"), form, status, **facts)


@bp.post("/attachments")
@takes_file(MOST_ATTACHMENT)
@allow(Duty.RECORD, reads=Kind.CASE)
def upload(case_id: int) -> Answer:
    """Keeps a file with the case."""
    form = UploadForm()
    shown(case_id)

    def act() -> None:
        sent, kind, words = form.file.data, form.kind.data, form.words.data or ""
        named = (case_id, form.seq.data, kind, sent.filename or "", words)
        attachments.add(actor(), *named, sent.stream.read(), when())

    if tried(form, act):
        return back(case_id, _("附件已上传。"), TAB)
    return _upload(case_id, form, 422)


@bp.get("/attachments/<int:attachment_id>")
@allow(Duty.READ_CASES, reads=Kind.FILE)
def attachment(case_id: int, attachment_id: int) -> Response:
    """A file as it was brought, to be kept, never to be opened here."""
    row, content = attachments.content(actor(), case_id, attachment_id)
    looking.tell(case_id, words=f"#{row.id} {row.name}")
    return handed(content, row.type, row.name)


@bp.get("/attachments/<int:attachment_id>/strike")
@allow(Duty.CORRECT, reads=Kind.CASE)
def strike(case_id: int, attachment_id: int) -> Answer:
    """The form that strikes an attachment out."""
    return _strike(case_id, attachment_id, ReasonForm())


def _strike(case_id: int, attachment_id: int, form: ReasonForm, status: int = 200) -> Answer:
    shown(case_id)
    row = db.session.get(Attachment, attachment_id)
    if row is None or row.case_id != case_id:
        raise NotFound()
    return show(case_id, _("作废附件"), form, status, note="strike", attachment=row)


@bp.post("/attachments/<int:attachment_id>/strike")
@allow(Duty.CORRECT, reads=Kind.CASE)
def struck(case_id: int, attachment_id: int) -> Answer:
    """Strikes it out; the file stays."""
    form = ReasonForm()
    reason = form.reason.data or ""
    named = (case_id, form.seq.data, attachment_id, reason)
    if tried(form, lambda: attachments.strike(actor(), *named, when())):
        return back(case_id, _("附件已作废,文件保留。"), TAB)
    return _strike(case_id, attachment_id, form, 422)


def handed(content: bytes, kind: str, name: str) -> Response:
    """A file as an answer that no browser opens as a page of ours."""
    answer = send_file(BytesIO(content), TYPES[kind], as_attachment=True, download_name=name)
    answer.headers["Content-Security-Policy"] = INERT
    answer.headers["Cache-Control"] = "no-store"
    return answer
