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

HERE = Path(__file__).parent
TITLE, BODY, KAI = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312"
#: What stands in for a typeface that a machine has not.
INSTEAD = {TITLE: "宋体", BODY: "仿宋", KAI: "楷体"}
#: Where each machine's Word writes what never changes.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
#: Punctuation as documents print it.
WIDE = str.maketrans(",:;()", "，：；（）")
PERSON = "{{ 对象身份 }}{{ 对象 }},证件号码{{ 对象证件 }}。"
BASIS = "{{ 申请执行人 }}与{{ 被执行人 }}{{ 案由 }}一案({{ 案号 }}),执行依据为{{ 执行依据 }}"
ASKED = "申请执行标的额为人民币{{ 标的大写 }}({{ 标的元 }}元)。"
RULED = "裁定如下:"
AT_ONCE = "本裁定立即执行。"
REVIEW = (
    "如不服本决定,可以自收到决定书之日起三日内,向上一级人民法院申请复议一次。复议期间不停止执行。"
)
#: Kind → the paragraphs between heading and seal. "|" in front: no indent; "#": a table row
#: "name | value".
TEXTS: dict[str, tuple[str, ...]] = {
    "notice": (
        "|{{ 对象 }}:",
        BASIS + ",已于{{ 立案日期 }}立案执行。" + ASKED,
        "依照《中华人民共和国民事诉讼法》关于执行通知的规定,责令你(单位)"
        "{{ 履行期限 }}内履行下列义务:",
        "{{ 义务内容 }}",
        "逾期不履行的,本院将依法强制执行,并可以采取纳入失信被执行人名单、限制消费、罚款、拘留等措施;"
        "构成犯罪的,依法追究刑事责任。执行款项应汇入本院指定的执行款专户,不得交付他人。",
        "特此通知。",
    ),
    "property_order": (
        "|{{ 对象 }}:",
        BASIS + "。本院已向你(单位)发出执行通知,你(单位)至今未履行义务。",
        "依照《中华人民共和国民事诉讼法》关于被执行人报告财产的规定,责令你(单位)在收到本令后"
        "{{ 履行期限 }}内,如实向本院报告当前以及收到执行通知之日前一年的财产情况,包括:",
        "一、收入、银行存款、现金、理财产品、有价证券;",
        "二、土地使用权、房屋等不动产;",
        "三、交通运输工具、机器设备、产品、原材料等动产;",
        "四、债权、股权、投资权益、基金份额、信托受益权、知识产权等财产性权利;",
        "五、其他应当报告的财产。",
        "财产情况发生变动的,应当自变动之日起十日内补充报告。拒绝报告、虚假报告或者无正当理由逾期报告的,"
        "本院将依法予以罚款、拘留;构成犯罪的,依法追究刑事责任。",
    ),
    "consumption": (
        "|" + PERSON,
        BASIS + "。经查,{{ 事由 }}",
        "依照《中华人民共和国民事诉讼法》和《最高人民法院关于限制被执行人高消费及有关消费的若干规定》"
        "第一条、第三条的规定,本院于{{ 批准日期 }}决定对你(单位)采取限制消费措施,不得实施以下行为:",
        "一、乘坐交通工具时,选择飞机、列车软卧、轮船二等以上舱位;",
        "二、在星级以上宾馆、酒店、夜总会、高尔夫球场等场所进行高消费;",
        "三、购买不动产或者新建、扩建、高档装修房屋;",
        "四、租赁高档写字楼、宾馆、公寓等场所办公;",
        "五、购买非经营必需车辆;",
        "六、旅游、度假;",
        "七、子女就读高收费私立学校;",
        "八、支付高额保费购买保险理财产品;",
        "九、乘坐G字头动车组列车全部座位、其他动车组列车一等以上座位等其他非生活和工作必需的消费行为。",
        "如违反本令,本院将依法予以罚款、拘留;情节严重,构成犯罪的,依法追究刑事责任。",
    ),
    "fine": (
        "|" + PERSON,
        "本院在执行" + BASIS + "中,经查明:{{ 事由 }}",
        "上述行为妨害执行。依照《中华人民共和国民事诉讼法》第一百一十八条、第一百一十九条的规定,"
        "经院长于{{ 批准日期 }}批准,决定如下:",
        "对{{ 对象 }}罚款人民币{{ 罚款大写 }}({{ 罚款元 }}元),限{{ 履行期限 }}内交纳。",
        REVIEW,
    ),
    "detention": (
        "|" + PERSON,
        "本院在执行" + BASIS + "中,经查明:{{ 事由 }}",
        "上述行为妨害执行。依照《中华人民共和国民事诉讼法》第一百一十八条、第一百一十九条的规定,"
        "经院长于{{ 批准日期 }}批准,决定如下:",
        "对{{ 对象 }}拘留{{ 拘留天数 }}日,自{{ 开始日期 }}起至{{ 期满日期 }}止。",
        REVIEW,
    ),
    "house_search": (
        "|" + PERSON,
        "本院在执行" + BASIS + "中,因{{ 对象 }}不履行法律文书确定的义务,并有隐匿财产的行为,"
        "依照《中华人民共和国民事诉讼法》关于搜查的规定,经院长于{{ 批准日期 }}批准,特发此令。",
        "由本院执行人员{{ 承办人 }}等对{{ 地点 }}进行搜查。",
        "此令。",
    ),
    "seizure_ruling": (
        "|{{ 当事人 }}",
        "本院在执行" + BASIS + "中,责令被执行人履行生效法律文书确定的义务,被执行人至今未履行。"
        "依照《中华人民共和国民事诉讼法》关于查封、扣押、冻结被执行人财产的规定," + RULED,
        "{{ 方式 }}被执行人{{ 对象 }}名下的下列财产,期限为{{ 期限 }}:",
        "{{ 财产 }}",
        "{{ 方式 }}期间,未经本院许可,不得转移、毁损、隐匿、设定权利负担或者有其他妨碍执行的行为。",
        AT_ONCE,
    ),
    "transfer_ruling": (
        "|{{ 当事人 }}",
        "本院在执行" + BASIS + "中,责令被执行人履行生效法律文书确定的义务,被执行人至今未履行。"
        "依照《中华人民共和国民事诉讼法》关于扣划被执行人存款的规定," + RULED,
        "扣划被执行人{{ 对象 }}的存款人民币{{ 金额大写 }}({{ 金额元 }}元),账户:",
        "{{ 账户 }}",
        AT_ONCE,
    ),
    "assistance": (
        "|{{ 协助单位 }}:",
        "本院在执行"
        + BASIS
        + "中,依法需要你单位协助执行。被执行人:{{ 对象 }},证件号码{{ 对象证件 }}。",
        "依照《中华人民共和国民事诉讼法》关于协助执行的规定,请协助执行以下事项:",
        "{{ 协助事项 }}",
        "有义务协助而拒不协助的,本院将依法予以罚款;构成犯罪的,依法追究刑事责任。",
    ),
    "summons": (
        "#案号 | {{ 案号 }}",
        "#案由 | {{ 案由 }}",
        "#被传唤人 | {{ 对象 }}({{ 对象身份 }})",
        "#传唤事由 | {{ 事由 }}",
        "#应到时间 | {{ 时间 }}",
        "#应到处所 | {{ 地点 }}",
        "一、被传唤人应当准时到达应到处所。",
        "二、被传唤人应当携带本传票和身份证明。",
        "三、无正当理由拒不到场的,本院可以依法拘传。",
    ),
    "round_ruling": (
        "|{{ 当事人 }}",
        BASIS + ",本院于{{ 立案日期 }}立案执行。" + ASKED,
        "本院经查明:{{ 查明情况 }}",
        "截至本裁定作出之日,已执行到位人民币{{ 到位元 }}元,"
        "尚有人民币{{ 未到位大写 }}({{ 未到位元 }}元)未执行到位。",
        "本院认为,已穷尽财产调查措施,未发现被执行人有可供执行的财产或者发现的财产不能处置,"
        "符合终结本次执行程序的条件。依照《最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释》"
        "第五百一十七条的规定," + RULED,
        "终结本次执行程序。",
        "申请执行人享有要求被执行人继续履行债务的权利,被执行人负有继续履行的义务。申请执行人发现被执行人"
        "有可供执行财产的,可以申请恢复执行,不受申请执行时效期间的限制。",
        "本裁定送达后立即生效。",
    ),
    "end_ruling": (
        "|{{ 当事人 }}",
        BASIS + ",本院于{{ 立案日期 }}立案执行。" + ASKED,
        "本院经查明:{{ 查明情况 }}",
        "依照{{ 法律依据 }}的规定," + RULED,
        "终结{{ 案号 }}一案的执行。",
        "本裁定送达后立即生效。",
    ),
    "handing_over": (
        "#案号 | {{ 案号 }}",
        "#案由 | {{ 案由 }}",
        "#申请执行人 | {{ 申请执行人 }}",
        "#被执行人 | {{ 被执行人 }}",
        "#标的(元) | {{ 标的元 }}",
        "#已到位(元) | {{ 到位元 }}",
        "#移出 | {{ 移出单位 }}({{ 移出阶段 }})",
        "#接收 | {{ 接收单位 }}({{ 接收阶段 }})",
        "#移交日期 | {{ 移交日期 }}",
        "#移交材料 | {{ 移交材料 }}",
        "#移交人(签名) | ",
        "#接收人(签名) | ",
    ),
    "sheet": (
        "#案号 | {{ 案号 }}",
        "#案由 | {{ 案由 }}",
        "#当事人 | {{ 申请执行人 }};{{ 被执行人 }}",
        "#移出 | {{ 移出单位 }}({{ 移出阶段 }})",
        "#接收 | {{ 接收单位 }}({{ 接收阶段 }})",
        "#移交日期 | {{ 移交日期 }}",
        "#遗漏节点 | {{ 遗漏节点 }}",
        "#未办措施 | {{ 未办措施 }}",
        "#原因 | {{ 原因 }}",
        "#对下一环节的提示 | {{ 提示 }}",
        "#填写人 | {{ 填写人 }}",
        "#接收团队长(签名) | ",
    ),
    "service": (
        "#案号 | {{ 案号 }}",
        "#案由 | {{ 案由 }}",
        "#受送达人 | {{ 对象 }}({{ 对象身份 }})",
        "#送达文书 | {{ 送达文书 }}",
        "#送达地点 | {{ 地点 }}",
        "#受送达人签名或者盖章 |  年 月 日",
        "#代收人及代收理由 |  年 月 日",
        "#送达人 | {{ 承办人 }}",
        "#备注 | ",
    ),
}
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
