"""附件: what did people bring to a case, and what of it was struck out? Nothing is ever deleted."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules import filekinds, papers
from linshu.rules.duties import Duty
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import desk, templates
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid, NotFound, Unavailable
from linshu.store import papers as kept
from linshu.store import shelf, writer
from linshu.store.db import reading, transaction
from linshu.store.papers import Attachment, AttachmentStrike
from linshu.store.writer import Draft, When


def add(
    actor: Actor,
    case_id: int,
    seen_seq: int | None,
    kind: str,
    name: str,
    words: str,
    content: bytes,
    when: When,
) -> int:
    """Keeps a file with a case that the actor's team holds; returns the attachment's id.

    Invalid for a file that is not of the kinds that may be brought, whatever it is called, that is
    too large or is there already; Unavailable when it could not be kept: then nothing is."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        name = _checked(kind, name, content)
        words = desk.words(words, Said("说明"), needed=False)
        _once(session, case_id, shelf.digest_of(content))
        row = Attachment(
            court_id=actor.court_id,
            case_id=found.case.id,
            kind=kind,
            name=name,
            words=words,
            type=filekinds.kind_of(content),
            digest=templates.keep(content),
            size=len(content),
            added_at=when.at,
            by_id=actor.person_id,
        )
        session.add(row)
        session.flush()
        told = {
            "name": writer.keep_text(session, case_id, name),
            "words": writer.keep_text(session, case_id, words),
        }
        _tell(session, actor, row, Tag.ATTACHMENT_ADDED, told, when)
        return row.id


def _checked(kind: str, name: str, content: bytes) -> str:
    """The file's name as it is kept."""
    if kind not in papers.ATTACHMENTS:
        raise Invalid("kind_unknown", kind=kind)
    if len(content) > papers.MOST_ATTACHMENT:
        raise Invalid("file_large", most=papers.MOST_ATTACHMENT // 2**20)
    cleaned = filekinds.clean_name(name)
    if not cleaned:
        raise Invalid("text_needed", what=Said("文件名"))
    if why := filekinds.refusal(cleaned, content):
        raise Invalid("file_refused", name=cleaned, why=why)
    return cleaned


def _once(session: Session, case_id: int, digest: str) -> None:
    """The same bytes stand in a case once, unless they were struck out."""
    struck = select(AttachmentStrike.id).where(AttachmentStrike.attachment_id == Attachment.id)
    same = select(Attachment).where(
        Attachment.case_id == case_id, Attachment.digest == digest, ~struck.exists()
    )
    if known := session.scalars(same).first():
        raise Invalid("file_known", since=f"{known.added_at:%Y-%m-%d %H:%M}", n=known.id)


def strike(
    actor: Actor, case_id: int, seen_seq: int | None, attachment_id: int, reason: str, when: When
) -> None:
    """Strikes an attachment out, with a reason; its file stays and can be read.

    NotFound for another case's; Conflict when it was struck out before."""
    actor.needs(Duty.CORRECT)
    with transaction() as session:
        desk.held(session, actor, case_id, seen_seq)
        row = session.get(Attachment, attachment_id)
        if row is None or row.case_id != case_id:
            raise NotFound()
        if before := kept.strike_of(session, attachment_id):
            raise Conflict("file_struck", since=f"{before.struck_at:%Y-%m-%d %H:%M}")
        reason = desk.words(reason, Said("理由"))
        made = {"struck_at": when.at, "by_id": actor.person_id}
        session.add(AttachmentStrike(attachment_id=row.id, reason=reason, **made))
        session.flush()
        told = {"reason": writer.keep_text(session, case_id, reason)}
        _tell(session, actor, row, Tag.ATTACHMENT_STRUCK, told, when)


def _tell(
    session: Session, actor: Actor, row: Attachment, tag: Tag, told: dict[str, str], when: When
) -> None:
    data = {
        "attachment": row.id,
        "kind": row.kind,
        "kind_zh": papers.ATTACHMENTS[row.kind],
        "type": row.type,
        "file": row.digest,
        **told,
    }
    draft = Draft(row.case_id, tag, data)
    writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def content(actor: Actor, case_id: int, attachment_id: int) -> tuple[Attachment, bytes]:
    """An attachment with its file, struck out or not. NotFound outside the scope and for another
    case's; Unavailable when the file is gone."""
    actor.needs(Duty.READ_CASES)
    with reading() as session:
        row = session.get(Attachment, attachment_id)
        if row is None or row.case_id != case_id or not desk.in_scope(session, actor, case_id):
            raise NotFound("not_yours")
        session.expunge(row)
    try:
        return row, shelf.content(row.digest)
    except shelf.Missing as gone:
        raise Unavailable("file_missing", name=row.name) from gone
