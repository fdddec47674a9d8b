"""Are documents and attachments made, brought and handed out through the screens, and inert?"""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document as Word
from flask import Flask
from sqlalchemy import select

from linshu.rules.looks import Kind
from linshu.services import claiming, documents, rendering, templates
from linshu.services.filling import NewDocument
from linshu.store.books import Reading
from linshu.store.db import db
from linshu.web.papers import INERT
from tests.court import Court, at
from tests.rules.test_filekinds import OUT, RELS, packed
from tests.test_papers import debtor_of
from tests.web.visits import Visitor, entered, plain, said

PDF = b"%PDF-1.7 nothing much"
FORM = {"content_type": "multipart/form-data"}
LINKED = RELS.format("relationships/hyperlink", "http://x.example", OUT).encode()
TYPED = {"duty": "给付 100 元", "term": "三日", "records": "y"}


@pytest.fixture
def case_id(court: Court) -> int:
    (found,) = court.file_many(1, "2026-11-16", simple=True)
    claiming.claim(court.who("quick"), found, None, at("2026-11-17"))
    return found


def upload(visitor: Visitor, case_id: int, name: str, content: bytes, status: int) -> str:
    file = {"file": (io.BytesIO(content), name), "kind": "evidence", "words": "", "seq": "2"}
    answer = visitor.post(f"/cases/{case_id}/attachments", file, **FORM)
    assert answer.status_code == status, said(answer)[-1500:]
    return said(visitor.ask(answer.location)) if status == 303 else said(answer)


def looks(kind: Kind) -> list[str]:
    db.session.rollback()
    return [one.words for one in db.session.scalars(select(Reading).where(Reading.kind == kind))]


def test_a_document_is_made_and_handed_out(app: Flask, court: Court, case_id: int) -> None:
    quick = entered(app, court, "quick")
    tab = quick.get(f"/cases/{case_id}?tab=papers")
    assert "没有制作文书" in tab and f"/cases/{case_id}/papers/notice" in tab
    form = quick.get(f"/cases/{case_id}/papers/notice")
    assert "同时登记执行行为:发出执行通知书、报告财产令" in plain(form)
    typed = {**TYPED, "party": debtor_of(case_id), "seq": 2}
    assert quick.post(f"/cases/{case_id}/papers/notice", {**typed, "duty": ""}).status_code == 422
    page = quick.sent(f"/cases/{case_id}/papers/notice", typed)
    assert "（2026）鲁1329执通1号" in page
    answer = quick.ask(f"/cases/{case_id}/documents/1")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"] == INERT
    assert "给付 100 元" in rendering.text_of(answer.get_data())
    assert answer.get_data() == quick.ask(f"/cases/{case_id}/documents/1").get_data()
    assert looks(Kind.FILE) == ["执行通知书-（2026）鲁1329执通1号.docx"] * 2
    assert "发出执行通知书" in quick.get(f"/cases/{case_id}")


def test_what_is_no_kind_no_party_and_no_case_of_mine(
    app: Flask, court: Court, case_id: int
) -> None:
    quick = entered(app, court, "quick")
    (other,) = court.file_many(1, "2026-11-16", simple=True)
    made = {"document": 0, "attachment": 1}
    new = NewDocument("notice", debtor_of(case_id), TYPED)
    made["document"] = documents.make(court.who("quick"), case_id, None, new, at("2026-11-23"))
    upload(quick, case_id, "a.pdf", PDF, 303)
    assert quick.ask(f"/cases/{case_id}/papers/nothing").status_code == 404
    typed = {**TYPED, "party": debtor_of(other), "seq": 2}
    assert quick.post(f"/cases/{case_id}/papers/notice", typed).status_code == 404
    for what, id_ in made.items():
        url = f"/cases/{case_id}/{what}s/{id_}"
        assert quick.ask(url).status_code == 200
        assert quick.ask(f"/cases/{other}/{what}s/{id_}").status_code == 404
        assert entered(app, court, "one").ask(url).status_code == 404
        assert entered(app, court, "system").ask(url).status_code == 403
    assert quick.ask(f"/cases/{other}/attachments/1/strike").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.html", b"<html><script>1</script>", "只收"),
        ("a.pdf", b"<svg onload=alert(1)>", "只收"),
        ("a.pdf.exe", PDF, "不符"),
        ("收据.pdf\u202etxt.exe", PDF, "不符"),
        ("a.docx", packed(word__vbaProject_bin=b"x"), "宏"),
        ("a.docx", packed(word__a_xml=b"\0" * (101 * 2**20)), "过大"),
    ],
)
def test_what_is_not_what_it_says_is_refused(
    app: Flask, court: Court, case_id: int, name: str, content: bytes, why: str
) -> None:
    assert why in upload(entered(app, court, "quick"), case_id, name, content, 422)


def test_a_hostile_name_is_only_a_name(app: Flask, court: Court, case_id: int) -> None:
    quick = entered(app, court, "quick")
    page = upload(quick, case_id, "../../x<img src=1 onerror=a>收据.pdf", PDF, 303)
    assert "<img" not in page.partition("<main")[2]
    answer = quick.ask(f"/cases/{case_id}/attachments/1")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == INERT
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "/" not in answer.headers["Content-Disposition"] and answer.get_data() == PDF
    assert len(looks(Kind.FILE)) == 1


def test_what_is_too_large_is_told_so(app: Flask, court: Court, case_id: int) -> None:
    page = upload(entered(app, court, "quick"), case_id, "a.pdf", PDF + b"\0" * 22 * 2**20, 413)
    assert "文件太大" in page


def test_an_attachment_is_struck_out_and_stays(app: Flask, court: Court, case_id: int) -> None:
    quick = entered(app, court, "quick")
    upload(quick, case_id, "a.pdf", PDF, 303)
    url = f"/cases/{case_id}/attachments/1/strike"
    assert "a.pdf" in quick.get(url)
    page = quick.sent(url, {"seq": 2, "reason": "传错了"})
    assert "已作废" in page and "传错了" in page and url not in page
    assert quick.ask(f"/cases/{case_id}/attachments/1").get_data() == PDF


# Templates ----------------------------------------------------------------------------------------


def word(*lines: str, head: str = "", title: str = "") -> bytes:
    """A Word file with these paragraphs."""
    made, out = Word(), io.BytesIO()
    for line in lines:
        made.add_paragraph(line)
    made.sections[0].header.paragraphs[0].text = head
    made.core_properties.title = title
    made.save(out)
    return out.getvalue()


def adopt(visitor: Visitor, content: bytes, status: int, name: str = "模板.docx") -> str:
    file = {"template": (io.BytesIO(content), name)}
    answer = visitor.post("/templates/notice", file, **FORM)
    assert answer.status_code == status, said(answer)[-1500:]
    return said(visitor.ask(answer.location)) if status == 303 else said(answer)


def made_by(court: Court, case_id: int) -> str:
    new = NewDocument("notice", debtor_of(case_id), TYPED)
    made = documents.make(court.who("quick"), case_id, None, new, at("2026-11-23"))
    return rendering.text_of(documents.content(court.who("quick"), case_id, made)[1])


def test_a_court_puts_its_own_template_in_force_and_ours_back(
    app: Flask, court: Court, case_id: int
) -> None:
    system = entered(app, court, "system")
    assert "执行通知书" in system.get("/templates")
    assert "{{ 案号 }}" in system.get("/templates/notice")
    shipped = system.ask("/templates/notice/0").get_data()
    assert shipped == templates.shipped("notice")
    own = word("本院通知:{{ 对象 }}", "{% if 承办人 %}{{ 承办人 }}{% endif %}", head="{{ 法院 }}")
    assert "第 1 版" in adopt(system, own, 303)
    assert system.ask("/templates/notice/1").get_data() == own
    assert made_by(court, case_id) == "本院通知:李四\n速执甲"
    assert "相同" in adopt(system, own, 422)
    assert "系统自带" in system.sent("/templates/notice/restore")
    assert "责令" in made_by(court, case_id)
    assert system.ask("/templates/notice/9").status_code == 404
    trail = entered(app, court, "audit").get("/trail")
    assert "采用执行通知书的第 1 版模板" in trail and "恢复使用系统自带的模板" in trail


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no word file", "不是 .docx"),
        (packed("xl/workbook.xml"), "不是 .docx"),
        (packed(), "已损坏"),
        (packed(word__vbaProject_bin=b"x"), "宏"),
        (packed(a_rels=LINKED), "外部链接"),
        (packed(a_xml=b"\0" * (101 * 2**20)), "过大"),
        (word("{{ 密码 }}"), "没有这些字段:密码"),
        (word("{{ ''.__class__ }}"), "只能用字段"),
        (word("{{ 案号.__class__ }}"), "只能用字段"),
        (word("{{ range(9) }}"), "只能用字段"),
        (word("{% for x in 案号 %}{{ x }}{% endfor %}"), "只能用字段"),
        (word("{{ 案号 * 99999 }}"), "只能用字段"),
        (word("{% include 'x' %}"), "只能用字段"),
        (word("{{ 案号"), "标记有误"),
        (word("a", head="{{ ''.__class__ }}"), "只能用字段"),
        (word("a", title="{{ 案号 }}"), "只有正文"),
    ],
)
def test_what_is_no_template_is_refused_with_the_reason(
    app: Flask, court: Court, content: bytes, why: str
) -> None:
    system = entered(app, court, "system")
    assert why in adopt(system, content, 422)
    assert "系统自带" in system.get("/templates/notice")


def test_only_who_changes_the_policy_changes_templates(app: Flask, court: Court) -> None:
    for login in ("quick", "chief", "audit", "admin"):
        visitor = entered(app, court, login)
        assert visitor.ask("/templates").status_code == 403
        adopt(visitor, word("{{ 案号 }}"), 403)


def test_every_shipped_template_is_one_that_would_be_taken() -> None:
    from linshu.rules import papers

    for kind, paper in papers.KINDS.items():
        rendering.check(templates.shipped(kind), papers.fields_of(paper))
        with zipfile.ZipFile(io.BytesIO(templates.shipped(kind))) as parts:
            assert "docProps/thumbnail.jpeg" not in parts.namelist()
