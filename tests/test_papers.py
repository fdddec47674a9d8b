"""Is a document numbered, filled, told and kept; and can nothing that is typed become a tag?"""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import func, select

from linshu.rules import papers
from linshu.rules.looks import Kind
from linshu.rules.measures import Standing
from linshu.rules.papers import KINDS
from linshu.services import (
    attachments,
    claiming,
    documents,
    measures,
    packs,
    rendering,
    replay,
    requests,
    soundness,
    supervision,
)
from linshu.services.errors import Invalid, NotAllowed, NotFound, Unavailable
from linshu.services.filing import NewParty
from linshu.services.filling import NewDocument
from linshu.services.measures import NewMeasure
from linshu.store import nodes, shelf
from linshu.store.books import Reading, TrailEntry
from linshu.store.cases import Action, Party
from linshu.store.db import db
from linshu.store.papers import Document
from linshu.store.work import SupervisionSheet
from linshu.store.writer import Doer
from tests.court import Court, at
from tests.left_out import SOFFICE
from tests.test_pauses import trail_of

WHEN = at("2026-11-23", 10)
NUMBER = "110101199003070038"
EXTRAS = {
    **{key: f"〔{extra.label}〕" for key, extra in papers.EXTRAS.items()},
    "amount": "12,345.60",
    "from_on": "2026-11-23",
    "until_on": "2026-12-03",
}


APPROVED = {
    "restriction": {},
    "fine": {"amount_fen": 1_000_000},
    "detention": {"days": 10},
    "house_search": {},
}


@pytest.fixture
def case_id(court: Court) -> int:
    """A case that has moved at an expiry, its sheet filled in, with every measure approved that a
    document orders."""
    debtor = NewParty("李四", NUMBER)
    found = court.file("2026-08-03", debtors=[debtor], claim_fen=12_345_670)
    court.sweep("2026-08-07")
    court.sweep("2026-11-10")
    stint = court.stint(found)
    one = stint.team_id == court.team("精执一团队").id
    claiming.claim(court.who("one" if one else "two"), found, None, at("2026-11-11"))
    sheet = db.session.scalars(select(SupervisionSheet.id)).one()
    supervision.fill(
        court.who("centre"), sheet, "被执行人下落不明。", "可查其配偶。", at("2026-11-11")
    )
    for key, facts in (("restriction", {}), ("fine", {"amount_fen": 1_000_000}),
                       ("detention", {"days": 10}), ("house_search", {})):  # fmt: skip
        new = NewMeasure(debtor_of(found), key, "审批表", **facts)
        asked = measures.ask(
            court.who(holder(court, found)), found, stint.seq, new, "拒不报告。", WHEN
        )
        requests.approve(court.who("president"), asked, "同意", WHEN)
    return found


def holder(court: Court, case_id: int) -> str:
    return "one" if court.stint(case_id).team_id == court.team("精执一团队").id else "two"


def debtor_of(case_id: int) -> int:
    query = select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    return db.session.scalars(query).one()


def make(court: Court, case_id: int, kind: str, **extras: str) -> Document:
    paper = KINDS[kind]
    typed = {key: (EXTRAS | extras)[key] for key in paper.extras}
    new = NewDocument(kind, debtor_of(case_id) if paper.party else None, typed)
    made = documents.make(court.who(holder(court, case_id)), case_id, None, new, WHEN, "10.0.0.9")
    return row(made)


def row(document_id: int) -> Document:
    db.session.rollback()
    return db.session.get_one(Document, document_id)


def text_of(court: Court, one: Document) -> str:
    who = court.who(holder(court, one.case_id))
    return rendering.text_of(documents.content(who, one.case_id, one.id)[1])


@pytest.mark.office
def test_every_template_is_filled_from_a_case_and_opens_in_libreoffice(
    app: Flask, court: Court, case_id: int, tmp_path: Path
) -> None:
    for kind in KINDS:
        one = make(court, case_id, kind)
        (tmp_path / f"{kind}.docx").write_bytes(shelf.content(one.digest))
    told = opened(tmp_path)
    assert set(told) == set(KINDS) and len(told) >= 10
    number = court.case(case_id).number
    for kind, text in told.items():
        paper = KINDS[kind]
        assert number in text and papers.number_of(paper, "鲁1329", 2026, 1) in text, kind
        assert "二〇二六年十一月二十三日" in text and "临沭县人民法院" in text, kind
        assert "{{" not in text and "}}" not in text, kind
        assert (NUMBER in text) == paper.full, kind
        for key in paper.extras:
            if papers.EXTRAS[key].typed in (papers.Typed.TEXT, papers.Typed.LINES):
                assert EXTRAS[key] in text, (kind, key)
    assert "人民币壹拾贰万叁仟肆佰伍拾陆元柒角整（123,456.70元）" in told["notice"]
    assert "罚款人民币壹万元整（10,000.00元）" in told["fine"]
    assert "拘留10日，自2026年11月23日起至2026年12月3日止" in told["detention"]
    assert "壹万贰仟叁佰肆拾伍元陆角整" in told["transfer_ruling"]
    assert "被执行人下落不明。" in told["sheet"] and "执行指挥中心" in told["sheet"]


def opened(folder: Path) -> dict[str, str]:
    """What LibreOffice reads in each document of a folder, all in one run."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    how = [str(SOFFICE), profile, "--headless", "--convert-to", "txt:Text (encoded):UTF8"]
    files = [str(path) for path in sorted(folder.glob("*.docx"))]
    subprocess.run([*how, "--outdir", str(folder), *files], check=True, timeout=240)
    return {path.stem: path.read_text("utf-8-sig") for path in folder.glob("*.txt")}


def test_a_document_is_numbered_told_and_ticks_its_node(court: Court, case_id: int) -> None:
    first, second = make(court, case_id, "notice"), make(court, case_id, "notice")
    assert (first.number, second.serial) == ("（2026）鲁1329执通1号", 2)
    assert make(court, case_id, "property_order").serial == 1
    action = db.session.get_one(Action, first.action_id)
    assert action.kind == "notice" and first.number in action.text
    assert "notice" in nodes.happened(db.session(), court.case(case_id))
    told = [one["data"] for one in trail_of(case_id) if one["tag"] == "document.made"]
    assert told[0]["number"] == first.number and told[0]["file"] == first.digest
    assert next(iter(replay.compared(court.id, case_ids=[case_id]))).agrees
    assert first.digest != second.digest and shelf.there(first.digest)


def test_what_is_refused_leaves_no_gap(court: Court, case_id: int) -> None:
    before = count(Document), count(Action), count(TrailEntry)
    with pytest.raises(Invalid, match="日期"):
        make(court, case_id, "detention", until_on="soon")
    with pytest.raises(Invalid, match="第一百一十八条"):
        make(court, case_id, "detention", until_on="2026-12-04")
    with pytest.raises(Invalid, match="金额"):
        make(court, case_id, "transfer_ruling", amount="许多")
    assert (count(Document), count(Action), count(TrailEntry)) == before
    assert make(court, case_id, "detention").serial == 1
    assert make(court, case_id, "transfer_ruling").serial == 1


def test_two_who_make_one_at_once_take_different_numbers(app: Flask, court: Court) -> None:
    cases = court.file_many(2, "2026-11-16", simple=True)
    for case_id in cases:
        claiming.claim(court.who("quick"), case_id, None, at("2026-11-17"))

    def many(case_id: int) -> None:
        with app.app_context():
            for _ in range(4):
                new = NewDocument("notice", debtor_of(case_id), EXTRAS)
                documents.make(court.who("quick"), case_id, None, new, WHEN)
            db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(many, cases))
    serials = db.session.scalars(select(Document.serial)).all()
    assert sorted(serials) == list(range(1, 9))


def count(model: type) -> int:
    return db.session.scalars(select(func.count()).select_from(model)).one()


def test_a_full_number_is_a_look_that_is_kept(court: Court, case_id: int) -> None:
    make(court, case_id, "notice")
    looks = select(Reading).where(Reading.kind == Kind.UNMASK)
    assert db.session.scalars(looks).all() == []
    order = make(court, case_id, "consumption")
    (look,) = db.session.scalars(looks)
    assert (look.case_id, look.address) == (case_id, "10.0.0.9")
    assert order.number in look.words and NUMBER not in look.words
    assert NUMBER in text_of(court, order)


def test_a_measure_that_nobody_approved_is_ordered_by_no_document(court: Court) -> None:
    fresh = court.file_many(1, "2026-11-16", simple=True)[0]
    claiming.claim(court.who("quick"), fresh, None, at("2026-11-17"))
    new = NewMeasure(debtor_of(fresh), "fine", amount_fen=1_000_000)
    applied = Standing.APPLIED
    measures.note(court.who("quick"), fresh, None, new, applied, WHEN.on, WHEN)
    for kind in ("fine", "detention", "consumption", "house_search"):
        wanted = NewDocument(kind, debtor_of(fresh), EXTRAS)
        with pytest.raises(Invalid, match="第一百一十九条"):
            documents.make(court.who("quick"), fresh, None, wanted, WHEN)
    for kind in ("sheet", "handing_over"):
        wanted = NewDocument(kind, None, EXTRAS)
        if kind == "sheet":
            with pytest.raises(Invalid, match="没有监执单"):
                documents.make(court.who("quick"), fresh, None, wanted, WHEN)
    assert count(Document) == 0


def test_only_who_holds_the_case_makes_and_only_who_sees_it_gets(
    court: Court, case_id: int
) -> None:
    other = {"one": "two", "two": "one"}[holder(court, case_id)]
    wanted = NewDocument("notice", debtor_of(case_id), EXTRAS)
    for login, refusal in (("chief", NotAllowed), ("supervisor", NotAllowed), (other, NotFound)):
        with pytest.raises(refusal):
            documents.make(court.who(login), case_id, None, wanted, WHEN)
    stranger = court.file_many(1, "2026-11-16", simple=True)[0]
    foreign = NewDocument("notice", debtor_of(stranger), EXTRAS)
    with pytest.raises(NotFound):
        documents.make(court.who(holder(court, case_id)), case_id, None, foreign, WHEN)
    with pytest.raises(NotFound):
        documents.make(court.who(holder(court, case_id)), case_id, None, NewDocument("x"), WHEN)
    one = make(court, case_id, "notice")
    assert documents.content(court.who("supervisor"), case_id, one.id)[1]
    for login, case in ((other, case_id), ("supervisor", stranger)):
        with pytest.raises(NotFound):
            documents.content(court.who(login), case, one.id)


HOSTILE = (
    "{{ 7*7 }}",
    "{% for x in range(9) %}{{ 案号 }}{% endfor %}",
    "{_{ 案号 }_}",
    "</w:t></w:r></w:p><w:p><w:r><w:t>塞进来的一段",
    "&lt;&amp;&#x1F600; ]]>",
    "<!DOCTYPE x>",
    "{{ ''.__class__.__mro__ }}",
    "李𠀀四",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_typed_stands_there_as_it_was_typed(court: Court, case_id: int, text: str) -> None:
    said = text_of(court, make(court, case_id, "assistance", help=text))
    assert said.count(text) == 1, said


def test_what_xml_does_not_know_is_left_out(court: Court, case_id: int) -> None:
    typed = "甲\x01\x0b\x1b\ufffe\u202e乙"
    assert "甲乙" in text_of(court, make(court, case_id, "assistance", help=typed))


def test_a_folder_that_cannot_be_written_leaves_nothing_half(
    court: Court, case_id: int, tmp_path: Path
) -> None:
    before = count(Document), count(TrailEntry)
    (tmp_path / "no-folder").write_text("a file in its place")
    shelf.hang(tmp_path / "no-folder")
    with pytest.raises(Unavailable, match="没有存下"):
        make(court, case_id, "notice")
    db.session.rollback()
    assert (count(Document), count(TrailEntry)) == before
    shelf.hang(tmp_path / "files")
    assert make(court, case_id, "notice").serial == 1


def test_a_pack_of_evidence_holds_the_files_and_says_which_is_gone(
    court: Court, case_id: int, tmp_path: Path
) -> None:
    one, other = make(court, case_id, "notice"), make(court, case_id, "consumption")
    who = court.who(holder(court, case_id))
    named = (case_id, None, "reply", "李四的<流水>.txt", "")
    attachments.add(who, *named, "余额 0 元".encode(), WHEN)
    (tmp_path / "files" / other.digest[:2] / other.digest).unlink()
    order = packs.Order(court.id, case_id, Doer("supervisor", "supervisor"), "监督甲", WHEN)
    packs.make(order, tmp_path / "pack.zip")
    with ZipFile(tmp_path / "pack.zip") as pack:
        inside = {name: pack.read(name) for name in pack.namelist()}
    held = shelf.content(one.digest)
    assert inside[f"文书附件/文书-{one.id}-执行通知书.docx"] == held
    assert inside["文书附件/附件-1.txt"] == "余额 0 元".encode()
    page, sums = inside["07-文书附件.html"].decode(), inside["sha256.txt"].decode()
    assert one.number in page and "缺失或者已变动" in page and "李四的_流水_.txt" in page
    assert f"{one.digest}  文书附件/文书-{one.id}-执行通知书.docx" in sums
    assert f"文书附件/文书-{other.id}" not in sums


def test_a_file_that_is_gone_or_changed_is_found(
    court: Court, case_id: int, tmp_path: Path
) -> None:
    one, other = make(court, case_id, "notice"), make(court, case_id, "property_order")
    assert faults(court) == []
    path = tmp_path / "files" / one.digest[:2] / one.digest
    sealed = path.read_bytes()
    assert NUMBER.encode() not in sealed and not sealed.startswith(b"PK")
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    (tmp_path / "files" / other.digest[:2] / other.digest).unlink()
    named = faults(court)
    assert any(one.number in said and "已变动" in said for said in named)
    assert any(other.number in said and "不在" in said for said in named)
    for each in (one, other):
        with pytest.raises(Unavailable, match="不在或者已变动"):
            text_of(court, each)


def faults(court: Court) -> list[str]:
    """What a week of nights finds."""
    rule = next(rule for rule in soundness.RULES if rule.key == "files")
    days = [at(f"2026-11-{day}") for day in range(23, 30)]
    return [str(one.said) for day in days for one in rule.look(soundness.Court(court.id, day))]
