"""How does a template become a document, and is this file a template at all? Word, by docxtpl.

A template is a stranger's program: it may say the fields it is given and choose between them, and
nothing else. What is filled in is text: it can neither become a tag nor break the file.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from unicodedata import category

from docx.opc.part import Part
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from linshu.rules import filekinds
from linshu.rules.said import Said
from linshu.services.errors import Invalid

MOST_TEMPLATE = 2 * 2**20
#: What a template may be written with: its text, the fields, and a choice between them.
_GRAMMAR = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Const),
    *(nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand),
)
_TAGS = ("{{", "{%", "{#")
_BODY = "/word/document.xml"


def filled(template: bytes, fields: Mapping[str, str]) -> bytes:
    """The document that a checked template makes of these fields.

    Invalid for a template that does not bear it after all."""
    document = DocxTemplate(BytesIO(template))
    out = BytesIO()
    try:
        document.render({name: _literal(text) for name, text in fields.items()}, _house())
        document.save(out)
    except Exception as fault:  # docxtpl lets through whatever jinja, lxml and zipfile say
        raise Invalid("template", why=Said("模板不能生成文书")) from fault
    return out.getvalue()


def check(template: bytes, known: Mapping[str, str]) -> None:
    """Invalid for what is no Word file, is too large, runs or fetches something, says more than
    the ``known`` fields or is no template at all."""
    if len(template) > MOST_TEMPLATE:
        raise Invalid("template", why=Said("文件超过 {n} MB", n=MOST_TEMPLATE // 2**20))
    if filekinds.kind_of(template) != "docx":
        raise Invalid("template", why=Said("不是 .docx 文件"))
    if why := filekinds.active(template, links=False):
        raise Invalid("template", why=why)
    house, unknown = _house(), set[str]()
    for source in _sources(template):
        try:
            tree = house.parse(source)
        except TemplateError as fault:
            raise Invalid("template", why=Said("标记有误:{why}", why=str(fault)[:80])) from fault
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, _GRAMMAR):
                raise Invalid("template", why=Said("只能用字段和 if,不能用其他标记"))
        unknown |= {one.name for one in tree.find_all(nodes.Name)} - set(known)
    if unknown:
        raise Invalid("template", why=Said("没有这些字段:{names}", names=tuple(sorted(unknown))))
    filled(template, {name: f"〔{name}〕" for name in known})


def text_of(document: bytes) -> str:
    """What a document says, paragraph by paragraph, tables after."""
    found = DocxTemplate(BytesIO(document)).get_docx()
    cells = (cell.text for one in found.tables for row in one.rows for cell in row.cells)
    return "\n".join([*(one.text for one in found.paragraphs), *cells])


def _sources(template: bytes) -> Iterator[str]:
    """What jinja is given: the body, headers and footers. Invalid for a tag anywhere else, where
    it would be filled twice or not escaped, and for a file that Word itself would not open."""
    try:
        document = DocxTemplate(BytesIO(template))
        document.init_docx()
        yield document.patch_xml(document.get_xml())
        seen = {_BODY}
        for uri in (document.HEADER_URI, document.FOOTER_URI):
            for _key, part in document.get_headers_footers(uri):
                seen.add(str(part.partname))
                yield document.patch_xml(document.get_part_xml(part))
        others: list[Part] = [
            part for part in document.docx.part.package.iter_parts() if part.partname not in seen
        ]
    except Exception as fault:  # a stranger's file breaks in every way that there is
        raise Invalid("template", why=Said("文件已损坏")) from fault
    for part in others:
        if any(tag.encode() in part.blob for tag in _TAGS):
            raise Invalid("template", why=Said("只有正文、页眉和页脚可以有字段"))


def _literal(text: str) -> Markup:
    """A text as it stands in XML: no tag of a template, nothing that XML does not know."""
    plain = "".join(c for c in text if c in "\n\t" or category(c) == "Zs" or c.isprintable())
    return escape(plain).replace("{", Markup("&#123;")).replace("}", Markup("&#125;"))


def _house() -> SandboxedEnvironment:
    house = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    for table in (house.globals, house.filters, house.tests):
        names: dict[str, Any] = table
        names.clear()
    return house
