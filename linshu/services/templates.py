"""文书模板: which template makes a kind of document, and how does a court put its own in its place?

The shipped ones lie beside the pages. A court's own are kept like every file of a case, version
after version; the newest counts, and the shipped one can be had back.
"""

from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from linshu.rules import papers
from linshu.rules.duties import Duty
from linshu.rules.papers import Paper
from linshu.rules.trail import Tag
from linshu.services import desk, rendering
from linshu.services.actor import Actor
from linshu.services.errors import Invalid, NotFound, Unavailable
from linshu.store import papers as kept
from linshu.store import shelf, writer
from linshu.store.db import transaction
from linshu.store.papers import PaperTemplate
from linshu.store.writer import Draft, When

SHIPPED = Path(__file__).resolve().parents[2] / "templates" / "documents"


def named(kind: str) -> Paper:
    """The kind of document that a word names. NotFound for none."""
    if kind not in papers.KINDS:
        raise NotFound()
    return papers.KINDS[kind]


@cache
def shipped(kind: str) -> bytes:
    """The template of a kind as we wrote it."""
    return (SHIPPED / f"{kind}.docx").read_bytes()


def in_force(session: Session, court_id: int, paper: Paper) -> bytes:
    """The template that makes a kind of document today. Unavailable when its file is gone."""
    version = kept.in_force(session, court_id).get(paper.key)
    return _content(paper, version.digest if version else "")


def _content(paper: Paper, digest: str) -> bytes:
    if not digest:
        return shipped(paper.key)
    try:
        return shelf.content(digest)
    except shelf.Missing as gone:
        raise Unavailable("file_missing", name=paper.name) from gone


def of_version(session: Session, court_id: int, paper: Paper, version: int) -> bytes:
    """A version of a court's template; 0 is the shipped one. NotFound for one there is not."""
    if version == 0:
        return shipped(paper.key)
    for one in kept.templates(session, court_id, paper.key):
        if one.version == version:
            return _content(paper, one.digest)
    raise NotFound()


def adopt(actor: Actor, kind: str, content: bytes, when: When) -> int:
    """Puts a court's own template in force; returns its version. Invalid for what will not do
    (``rendering.check``); Unavailable when it could not be kept."""
    actor.needs(Duty.CHANGE_POLICY)
    paper = named(kind)
    rendering.check(content, papers.fields_of(paper))
    return _put(actor, paper, content, when)


def restore(actor: Actor, kind: str, when: When) -> int:
    """The shipped template is in force again. Invalid when it is anyway."""
    actor.needs(Duty.CHANGE_POLICY)
    return _put(actor, named(kind), b"", when)


def _put(actor: Actor, paper: Paper, content: bytes, when: When) -> int:
    with transaction(alone=True) as session:  # one version after the other
        versions = kept.templates(session, actor.court_id, paper.key)
        before = versions[0].digest if versions else ""
        digest = keep(content) if content else ""
        if digest == before:
            raise Invalid("template_same")
        row = PaperTemplate(
            court_id=actor.court_id,
            kind=paper.key,
            version=versions[0].version + 1 if versions else 1,
            digest=digest,
            by_id=actor.person_id,
            adopted_at=when.at,
        )
        session.add(row)
        session.flush()
        tag = Tag.TEMPLATE_ADOPTED if digest else Tag.TEMPLATE_RESTORED
        data = {"kind": paper.key, "kind_zh": paper.name, "version": row.version, "file": digest}
        draft = Draft(None, tag, data, before={"file": before}, after={"file": digest})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        return row.version


def keep(content: bytes) -> str:
    """Keeps a file before any row names it. Unavailable, and nothing done, when it could not be."""
    try:
        return shelf.keep(content)
    except shelf.Unkept as failed:
        raise Unavailable("file_unkept") from failed
