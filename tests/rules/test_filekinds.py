"""Is a file what it is called, and is there nothing in it that runs, fetches or hides?"""

from __future__ import annotations

import io
import zipfile

import pytest

from linshu.rules.filekinds import MOST_NAME, active, clean_name, ending, kind_of, refusal

PDF, PNG = b"%PDF-1.7\n%%EOF", b"\x89PNG\r\n\x1a\n" + b"\0" * 9
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 9
RELS = '<Relationships xmlns="r"><Relationship Id="a" Type="t/{}" Target="{}" {}/></Relationships>'
OUT = 'TargetMode="External"'


def packed(main: str = "word/document.xml", **parts: bytes) -> bytes:
    """An office file with these parts besides (a dot and a slash written _ and __)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(main, "<w:document/>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("判决书.pdf", PDF),
        ("现场.PNG", PNG),
        ("现场.jpeg", JPG),
        ("笔录.docx", packed()),
        ("流水.xlsx", packed("xl/workbook.xml")),
        ("回执.ofd", packed("OFD.xml")),
        ("说明.txt", "还款说明\r\n".encode()),
        ("说明.txt", "还款说明".encode("gb18030")),
        ("a.exe.pdf", PDF),
    ],
)
def test_what_a_court_needs_is_kept(name: str, content: bytes) -> None:
    assert refusal(name, content) is None


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.pdf", b"", "空"),
        ("a.exe", b"MZ\x90\0" + b"\0" * 60, "只收"),
        ("a.pdf", b"MZ\x90\0" + b"\0" * 60, "只收"),
        ("a.pdf.exe", PDF, "不符"),
        ("a.pdf", PNG, "不符"),
        ("a", PDF, "不符"),
        ("a.txt", b"<html><script>alert(1)</script>", "只收"),
        ("a.txt", b" \n<svg onload=x>", "只收"),
        ("a.txt", b"1 <SCRIPT>", "只收"),
        ("a.svg", b"<svg/>", "只收"),
        ("a.zip", packed("readme.md"), "只收"),
        ("a.docx", b"PK\x03\x04 and nothing", "只收"),
        ("a.docx", packed(word__vbaProject_bin=b"x"), "宏"),
        ("a.docx", packed(word__embeddings__a_bin=b"x"), "宏"),
        ("a.docx", packed(word__activeX__a_xml=b"x"), "宏"),
        ("a.xlsx", packed("xl/workbook.xml", xl__macrosheets__a_xml=b"x"), "宏"),
        ("a.docx", packed(word__a_xml=b"<w:instrText> DDEAUTO c:\\x"), "宏"),
        ("a.docx", packed(word__a_xml=b'<!DOCTYPE a [<!ENTITY b "c">]>'), "实体"),
        ("a.docx", packed(word__a_xml="<a/>".encode("utf-16")), "UTF-8"),
        ("a.docx", packed(a_rels=RELS.format("attachedTemplate", "x.dotm", "").encode()), "外部"),
        ("a.docx", packed(a_rels=RELS.format("image", "http://x.example", OUT).encode()), "外部"),
    ],
)
def test_what_lies_runs_or_fetches_is_refused(name: str, content: bytes, why: str) -> None:
    said = refusal(name, content)
    assert said is not None and why in str(said)


def test_a_link_that_is_clicked_is_for_letters_and_not_for_templates() -> None:
    letter = packed(a_rels=RELS.format("relationships/hyperlink", "http://x.example", OUT).encode())
    assert refusal("a.docx", letter) is None
    assert "外部链接" in str(active(letter, links=False))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed(word__media__a_xml=b"\0" * (101 * 2**20))
    assert len(bomb) < 2**20 and "过大" in str(refusal("a.docx", bomb))
    assert "损坏" in str(active(bomb[: len(bomb) // 2]))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\用户\\判决书.pdf", "判决书.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ('<b>"x".pdf', "_b__x_.pdf"),
        ("a\r\nSet-Cookie.pdf", "aSet-Cookie.pdf"),
        ("...", ""),
    ],
)
def test_a_name_is_only_a_name(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_a_long_name_keeps_its_ending() -> None:
    cleaned = clean_name("长" * 500 + ".pdf")
    assert len(cleaned) == MOST_NAME and ending(cleaned) == "pdf"
    assert kind_of(PDF) == "pdf"
