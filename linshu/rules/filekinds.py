"""What is this file really, and may it be kept? Told by its content; its name has to agree.

What could run, fetch or hide something is no file of a case: pages, pictures with scripts, programs
and documents with macros are refused whatever they are called.
"""

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath
from unicodedata import category

from linshu.rules.said import Said

#: The endings that may be brought, with the type each is handed out as.
TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain",
}
ALIKE = {"jpeg": "jpg"}
MOST_NAME = 120
#: Bounds of what a packed file may become: bytes, parts.
MOST_UNPACKED, MOST_PARTS = 100 * 2**20, 2000
_STARTS = ((b"%PDF-", "pdf"), (b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"))
_MARKS = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("OFD.xml", "ofd"))
#: Parts that run, or bring another file along.
_ACTIVE = re.compile(r"vbaproject|vbadata|activex|oleobject|/embeddings/|/ctrlprops/|macrosheets")
_RUNS = re.compile(rb"macroEnabled|vbaProject|ms-office\.activeX", re.I)
_LINK = re.compile(rb"<[^>]*\bTargetMode\s*=[^>]*>", re.I)
_LEADS = re.compile(rb"relationships/hyperlink[\"']", re.I)  # only where somebody clicks
_FETCHES = re.compile(rb"attachedTemplate|relationships/(?:aFChunk|subDocument|frame)", re.I)
_FIELD = re.compile(
    rb"(?:instrText[^>]*>|\binstr\s*=\s*[\"'])\s*(?:DDE|DDEAUTO|INCLUDE\w+|LINK|IMPORT)\b", re.I
)
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|script|svg|\?xml|iframe)", re.I)


def clean_name(name: str) -> str:
    """The name of a file as it is kept: no folders, nothing invisible (a name that reads backwards
    hides its ending), no longer than ``MOST_NAME``; its ending stays."""
    last = PurePosixPath(name.replace("\\", "/")).name
    seen = "".join(" " if category(c) == "Zs" else c for c in last if c.isprintable() or c == " ")
    seen = re.sub(r'[<>:"|?*]', "_", seen).strip(" .")
    stem, dot, end = seen.rpartition(".")
    return f"{stem[: MOST_NAME - len(end) - 1]}.{end}" if dot and stem else seen[:MOST_NAME]


def ending(name: str) -> str:
    """What a name says that the file is: its last ending, in small letters."""
    end = name.rpartition(".")[2].lower() if "." in name else ""
    return ALIKE.get(end, end)


def kind_of(content: bytes) -> str:
    """What the content says that the file is, one of ``TYPES``; empty for anything else."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    return "txt" if _is_text(content) else ""


def _packed(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    return next((kind for part, kind in _MARKS if part in names), "")


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not _ODD.search(text) and not _MARKUP.match(text) and "<script" not in text.lower()
    return False


def refusal(name: str, content: bytes) -> Said | None:
    """Why a file of that name and content cannot be kept; None where it can."""
    kind, said = kind_of(content), ending(name)
    if not content:
        return Said("文件是空的")
    if not kind:
        return Said("这不是可以上传的文件,只收 {kinds}", kinds=tuple(TYPES))
    if kind != said:
        return Said("文件名的扩展名(.{said})与内容({kind})不符", said=said, kind=kind)
    return active(content) if content.startswith(b"PK") else None


def active(content: bytes, links: bool = True) -> Said | None:
    """Why a packed office file is not opened: it is broken or a bomb, or it runs, fetches or brings
    along something. None where it is plain. ``links``: it may have links to be clicked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & 1 for part in parts):
                return Said("文件已加密,请取消密码")
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
                return Said("文件解开后过大")
            found = (_part(archive, part, links) for part in parts)
            return next(filter(None, found), None)
    except Exception:  # a stranger's zip breaks in every way that there is
        return Said("文件已损坏")


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, links: bool) -> Said | None:
    name = part.filename.lower()
    if name.startswith("/") or ".." in PurePosixPath(name).parts or _ACTIVE.search(name):
        return Said("文件含有宏、控件或者嵌入的对象({name})", name=part.filename[:60])
    if not name.endswith((".xml", ".rels")):
        return None
    content = archive.read(part)  # never more than what it declared
    if _ENTITY.search(content) or b"\0" in content[:200]:  # or in letters that hide it from us
        return Said("文件含有实体声明,或者编码不是 UTF-8")
    if _RUNS.search(content) or _FIELD.search(content):
        return Said("文件含有宏、控件或者嵌入的对象({name})", name=part.filename[:60])
    if name.endswith(".rels") and _leads_out(content, links):
        return Said("文件含有外部链接({name})", name=part.filename[:60])
    return None


def _leads_out(content: bytes, links: bool) -> bool:
    outside = [one for one in _LINK.findall(content) if b"external" in one.lower()]
    allowed = links and all(_LEADS.search(one) for one in outside)
    return bool(_FETCHES.search(content)) or (bool(outside) and not allowed)
