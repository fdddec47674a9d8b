"""Which documents and attachments has a case, and which template is in force? Tables and reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select, update
from sqlalchemy import Text as Text_
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from linshu.store.cases import Case, Party
from linshu.store.db import Base, Instant
from linshu.store.people import Person


class PaperTemplate(Base):
    """A version of the template of a kind of document; ``digest`` "" is the shipped one again. The
    newest counts. Append-only."""

    __tablename__ = "paper_templates"
    __table_args__ = (UniqueConstraint("court_id", "kind", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    adopted_at: Mapped[datetime] = mapped_column(Instant)


class PaperSerial(Base):
    """The last number given to a kind of document in a year: whoever takes the next locks it."""

    __tablename__ = "paper_serials"
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class Document(Base):
    """A document of a case, made from a template: its number, and its file by digest. Append-only.
    ``party_id``: whom it is for; ``action_id``: the action that making it recorded."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("court_id", "kind", "year", "serial"),
        Index("ix_documents_case", "case_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"))
    template: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    made_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


class Attachment(Base):
    """A file that somebody brought: ``type`` as its content says. Append-only: it is struck out by
    a row beside it."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_case", "case_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    court_id: Mapped[int] = mapped_column(ForeignKey("courts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text_, default="")
    type: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


class AttachmentStrike(Base):
    """That an attachment was struck out, and why; its file stays. Append-only."""

    __tablename__ = "attachment_strikes"
    id: Mapped[int] = mapped_column(primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text_)
    struck_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


def next_serial(session: Session, court_id: int, kind: str, year: int) -> int:
    """The next number of that kind and year, taken: the row is locked until the transaction ends,
    so that what is not kept leaves no gap."""
    place = {"court_id": court_id, "kind": kind, "year": year}
    insert = postgres_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(insert(PaperSerial).values(**place, last=0).on_conflict_do_nothing())
    mine = [getattr(PaperSerial, name) == value for name, value in place.items()]
    last = session.scalars(select(PaperSerial.last).where(*mine).with_for_update()).one()
    session.execute(update(PaperSerial).where(*mine).values(last=last + 1))
    return last + 1


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document with its names: whom it is for, who made it."""

    document: Document
    party: str
    by: str


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """An attachment with who brought it, and its striking out, if it was."""

    attachment: Attachment
    by: str
    strike: AttachmentStrike | None
    struck_by: str


def documents(session: Session, case_id: int) -> list[DocumentLine]:
    """The documents of a case, the newest first."""
    query = (
        select(Document, Party.name, Person.name)
        .join(Person, Person.id == Document.by_id)
        .outerjoin(Party, Party.id == Document.party_id)
        .where(Document.case_id == case_id)
        .order_by(Document.id.desc())
    )
    return [DocumentLine(one, party or "", by) for one, party, by in session.execute(query)]


def attachments(session: Session, case_id: int) -> list[AttachmentLine]:
    """The attachments of a case, the newest first, struck out or not."""
    query = (
        select(Attachment, Person.name, AttachmentStrike)
        .join(Person, Person.id == Attachment.by_id)
        .outerjoin(AttachmentStrike, AttachmentStrike.attachment_id == Attachment.id)
        .where(Attachment.case_id == case_id)
        .order_by(Attachment.id.desc())
    )
    found = session.execute(query).all()
    strikers = {strike.by_id for _, _, strike in found if strike}
    names = dict(
        session.execute(select(Person.id, Person.name).where(Person.id.in_(strikers))).all()
    )
    return [
        AttachmentLine(one, by, strike, names[strike.by_id] if strike else "")
        for one, by, strike in found
    ]


def strike_of(session: Session, attachment_id: int) -> AttachmentStrike | None:
    """How an attachment was struck out; None while it stands."""
    query = select(AttachmentStrike).where(AttachmentStrike.attachment_id == attachment_id)
    return session.scalar(query)


def templates(session: Session, court_id: int, kind: str) -> Sequence[PaperTemplate]:
    """Every version that the court adopted for a kind, the newest first."""
    query = select(PaperTemplate).where(
        PaperTemplate.court_id == court_id, PaperTemplate.kind == kind
    )
    return session.scalars(query.order_by(PaperTemplate.version.desc())).all()


def in_force(session: Session, court_id: int) -> Mapping[str, PaperTemplate]:
    """The newest version of each kind that has any."""
    query = select(PaperTemplate).where(PaperTemplate.court_id == court_id)
    found = session.scalars(query.order_by(PaperTemplate.version))
    return {one.kind: one for one in found}


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that a row names: the case (None for a template), its number, what the row calls it,
    the digest."""

    case_id: int | None
    number: str
    name: str
    digest: str


def kept(session: Session, court_id: int) -> list[Kept]:
    """Every file that the court's rows name."""
    made = select(Case.id, Case.number, Document.number, Document.digest)
    made = made.join(Case, Case.id == Document.case_id).where(Document.court_id == court_id)
    brought = select(Case.id, Case.number, Attachment.name, Attachment.digest)
    brought = brought.join(Case, Case.id == Attachment.case_id)
    brought = brought.where(Attachment.court_id == court_id)
    own = select(PaperTemplate.kind, PaperTemplate.digest).where(
        PaperTemplate.court_id == court_id, PaperTemplate.digest != ""
    )
    return [
        *(Kept(*row) for row in session.execute(made)),
        *(Kept(*row) for row in session.execute(brought)),
        *(Kept(None, "—", kind, digest) for kind, digest in session.execute(own)),
    ]


def everybody(session: Session, case_id: int) -> Sequence[Party]:
    """The parties of a case."""
    return session.scalars(select(Party).where(Party.case_id == case_id).order_by(Party.id)).all()


def versions(session: Session, court_id: int, kind: str) -> list[tuple[PaperTemplate, str]]:
    """Every version of a kind's template with who adopted it, the newest first."""
    query = (
        select(PaperTemplate, Person.name)
        .join(Person, Person.id == PaperTemplate.by_id)
        .where(PaperTemplate.court_id == court_id, PaperTemplate.kind == kind)
        .order_by(PaperTemplate.version.desc())
    )
    return [(one, by) for one, by in session.execute(query)]
