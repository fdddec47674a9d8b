"""Which files of a case go into its pack of evidence? Every document and attachment, as it is kept.

One that is gone or was changed does not keep the pack from being made: the page says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from linshu.rules.papers import ATTACHMENTS, KINDS
from linshu.store import papers, shelf

FOLDER = "文书附件"


@dataclass(frozen=True, slots=True)
class File:
    """A document or attachment as the pack lists it: where its file lies in the pack ("" for one
    that is gone), what it is, what it is called, who brought it about, when, why it was struck
    out."""

    place: str
    what: str
    name: str
    by: str
    at: datetime
    digest: str
    struck: str = ""


def of_case(session: Session, case_id: int) -> list[File]:
    """Every file of a case, documents first, in order."""
    found = [_document(line) for line in papers.documents(session, case_id)[::-1]]
    return found + [_attachment(line) for line in papers.attachments(session, case_id)[::-1]]


def _document(line: papers.DocumentLine) -> File:
    one = line.document
    kind = KINDS[one.kind].name if one.kind in KINDS else one.kind
    place = _place(f"文书-{one.id}-{kind}.docx", one.digest)
    return File(place, kind, one.number, line.by, one.made_at, one.digest)


def _attachment(line: papers.AttachmentLine) -> File:
    one, kind = line.attachment, ATTACHMENTS.get(line.attachment.kind, line.attachment.kind)
    struck = f"{line.struck_by}:{line.strike.reason}" if line.strike else ""
    place = _place(f"附件-{one.id}.{one.type}", one.digest)
    return File(place, kind, one.name, line.by, one.added_at, one.digest, struck)


def _place(name: str, digest: str) -> str:
    return f"{FOLDER}/{name}" if shelf.opens(digest) else ""


def laid(files: Sequence[File], folder: Path) -> dict[str, str]:
    """Lays them into the pack's folder, one at a time; returns each file's place with what it
    is."""
    placed = [one for one in files if one.place]
    if placed:
        (folder / FOLDER).mkdir()
    for one in placed:
        (folder / one.place).write_bytes(shelf.content(one.digest))
    return {one.place: f"{one.what} {one.name}" for one in placed}
