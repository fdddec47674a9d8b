"""How do the shipped templates come about? Written here, laid out for A4 as courts lay theirs out.

    python templates/documents/lay_out.py

writes them anew beside this file. A court changes its own in Word; these change here.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from texts import TEXTS

HERE = Path(__file__).parent
TITLE, BODY, KAI = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312"
#: What stands in for a typeface that a machine has not.
INSTEAD = {TITLE: "宋体", BODY: "仿宋", KAI: "楷体"}
#: Where each machine's Word writes what never changes.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
#: Punctuation as documents print it.
WIDE = str.maketrans(",:;()", "，：；（）")
#: Kind → what is printed above the text; 裁定书 are called so, whatever they rule.
TITLES = {
    "notice": "执行通知书",
    "property_order": "报告财产令",
    "consumption": "限制消费令",
    "fine": "罚款决定书",
    "detention": "拘留决定书",
    "house_search": "搜查令",
    "seizure_ruling": "执行裁定书",
    "transfer_ruling": "执行裁定书",
    "assistance": "协助执行通知书",
    "summons": "传票",
    "round_ruling": "执行裁定书",
    "end_ruling": "执行裁定书",
    "handing_over": "移交清单",
    "sheet": "监执单",
    "service": "送达回证",
}


def laid_out(kind: str) -> bytes:
    """The template of a kind, as a Word file; the same bytes every time."""
    page = Document()
    _page(page)
    _line(page, "{{ 法院 }}", ALIGN.CENTER, TITLE, 22)
    _line(page, TITLES[kind], ALIGN.CENTER, TITLE, 26, after=14)
    _line(page, "{{ 案号 }}", ALIGN.RIGHT, KAI, 16)
    _line(page, "文书编号:{{ 文书编号 }}", ALIGN.RIGHT, KAI, 12, after=14)
    _text(page, TEXTS[kind])
    _line(page, "", ALIGN.RIGHT, BODY, 16)
    _line(page, "承办人:{{ 承办人 }}", ALIGN.RIGHT, BODY, 16)
    _line(page, "{{ 法院 }}(院印)", ALIGN.RIGHT, BODY, 16)
    _line(page, "{{ 日期 }}", ALIGN.RIGHT, BODY, 16)
    out = BytesIO()
    page.save(out)
    return _still(out.getvalue())


def _page(page: Docx) -> None:
    section = page.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)  # GB/T 9704
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    page.core_properties.author = page.core_properties.comments = ""
    normal = page.styles["Normal"]
    normal.font.size = Pt(16)
    _face(normal.element.get_or_add_rPr(), BODY)


def _face(properties: Any, name: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), name)


def _line(
    page: Docx, text: str, align: ALIGN, face: str, size: int, after: int = 0, indent: int = 0
) -> None:
    _write(page.add_paragraph(), text, align, face, size, after, indent)


def _write(
    one: Paragraph, text: str, align: ALIGN, face: str, size: int, after: int = 0, indent: int = 0
) -> None:
    one.alignment = align
    shape = one.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(0), Pt(after), Pt(size + 12)
    shape.first_line_indent = Pt(indent)
    run = one.add_run(text.translate(WIDE))
    run.font.size = Pt(size)
    _face(run._element.get_or_add_rPr(), face)


def _text(page: Docx, paragraphs: tuple[str, ...]) -> None:
    rows = [one[1:].split(" | ") for one in paragraphs if one.startswith("#")]
    if rows:
        _table(page, rows)
        _line(page, "", ALIGN.LEFT, BODY, 10)
    for one in paragraphs:
        if not one.startswith("#"):
            indent = 0 if one.startswith("|") else 32
            _line(page, one.removeprefix("|"), ALIGN.JUSTIFY, BODY, 16, indent=indent)


def _table(page: Docx, rows: list[list[str]]) -> None:
    table = page.add_table(rows=len(rows), cols=2)
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, (Mm(45), Mm(111)), strict=True):
        column.width = width
    for row, cells in zip(table.rows, rows, strict=True):
        row.height = Mm(12)
        for cell, text, column in zip(row.cells, cells, table.columns, strict=True):
            cell.width = column.width
            _write(cell.paragraphs[0], text, ALIGN.LEFT, BODY, 14)


def _still(content: bytes) -> bytes:
    """The same file without what changes from run to run, and with the typefaces' stand-ins."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name, part in _parts(old):
            new.writestr(ZipInfo(name, LONG_AGO), part, ZIP_DEFLATED)
    return out.getvalue()


def _parts(old: ZipFile) -> Iterator[tuple[str, bytes]]:
    for name in sorted(old.namelist()):
        part = old.read(name)
        if name == "docProps/core.xml":
            part = re.sub(rb"<dcterms:.*?</dcterms:\w+>", b"", part)
        if name == "_rels/.rels":  # the picture of a page that is none of ours
            part = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", part)
        if name == "word/fontTable.xml":
            part = part.replace(b"</w:fonts>", _stand_ins() + b"</w:fonts>")
        if name != "docProps/thumbnail.jpeg":
            yield name, part


def _stand_ins() -> bytes:
    font = '<w:font w:name="{}"><w:altName w:val="{}"/></w:font>'
    return "".join(font.format(name, other) for name, other in INSTEAD.items()).encode()


if __name__ == "__main__":
    for kind in TEXTS:
        (HERE / f"{kind}.docx").write_bytes(laid_out(kind))
