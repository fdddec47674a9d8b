"""文书模板: which template is in force for each kind of document, and how does another come in?"""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as AnyResponse

from linshu.rules import papers
from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.services import templates
from linshu.services.errors import Refused
from linshu.services.rendering import MOST_TEMPLATE
from linshu.store import papers as kept
from linshu.store.db import db
from linshu.web import looking
from linshu.web.asked import takes_file
from linshu.web.clock import when
from linshu.web.guard import actor, allow
from linshu.web.papers import handed
from linshu.web.words import spoken, word

bp = Blueprint("paper_templates", __name__, url_prefix="/templates")
Answer = str | AnyResponse | tuple[str, int]


class TemplateForm(FlaskForm):
    """A court's own template."""

    template = FileField(_l("模板文件(.docx)"), [FileRequired(_l("请选择一个文件。"))])


@bp.get("")
@allow(Duty.CHANGE_POLICY)
def page() -> str:
    """Every kind of document, with the template in force."""
    versions = kept.in_force(db.session(), actor().court_id)
    return render_template(
        "paper_templates/page.html", kinds=papers.KINDS.values(), versions=versions
    )


def _item(key: str, form: TemplateForm, status: int = 200) -> Answer:
    paper = templates.named(key)
    page = render_template(
        "paper_templates/item.html",
        paper=paper,
        form=form,
        fields=papers.fields_of(paper),
        versions=kept.versions(db.session(), actor().court_id, key),
    )
    return page, status


@bp.get("/<key>")
@allow(Duty.CHANGE_POLICY)
def item(key: str) -> Answer:
    """One kind: its versions, what a template may say, the form for another."""
    return _item(key, TemplateForm())


@bp.post("/<key>")
@takes_file(MOST_TEMPLATE)
@allow(Duty.CHANGE_POLICY, confirmed=True)
def adopt(key: str) -> Answer:
    """Puts a template in force, after it was checked."""
    form = TemplateForm()
    if not form.validate_on_submit():
        return _item(key, form, 422)
    try:
        version = templates.adopt(actor(), key, form.template.data.stream.read(), when())
    except Refused as refusal:
        if refusal.status != 422:
            raise
        form.template.errors = [*form.template.errors, spoken(refusal)]
        return _item(key, form, 422)
    flash(_("已采用第 %(n)s 版模板。", n=version), "success")
    return redirect(url_for("paper_templates.item", key=key), 303)


@bp.post("/<key>/restore")
@allow(Duty.CHANGE_POLICY, confirmed=True)
def restore(key: str) -> Answer:
    """The shipped template again."""
    templates.restore(actor(), key, when())
    flash(_("已恢复系统自带的模板。"), "success")
    return redirect(url_for("paper_templates.item", key=key), 303)


@bp.get("/<key>/<int:version>")
@allow(Duty.CHANGE_POLICY, reads=Kind.EXPORT)
def download(key: str, version: int) -> Response:
    """A version's file; 0 is the shipped one."""
    paper = templates.named(key)
    content = templates.of_version(db.session(), actor().court_id, paper, version)
    looking.tell(words=f"{paper.name} v{version}")
    return handed(content, "docx", f"{word(paper.name)}-{version}.docx")
