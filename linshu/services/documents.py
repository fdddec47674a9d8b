"""文书: which document is made for a case, under which number, and who has had it?

Filled from the case, numbered without a gap, kept as a file by its digest, told in the trail; where
it belongs to an act of the case's log, that is recorded with its number, all in one transaction.
"""

from sqlalchemy.orm import Session

from linshu.rules import papers
from linshu.rules.duties import Duty
from linshu.rules.kinds import UNTIL
from linshu.rules.looks import Kind
from linshu.rules.masking import mask_identity
from linshu.rules.papers import Paper
from linshu.rules.trail import Tag
from linshu.services import countdowns, desk, filling, readings, recording, rendering, templates
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import NotFound, Unavailable
from linshu.services.filling import NewDocument
from linshu.services.flow import Flow
from linshu.services.recording import NewAction
from linshu.store import papers as kept
from linshu.store import shelf, writer
from linshu.store.cases import Action, Party
from linshu.store.db import reading, transaction
from linshu.store.papers import Document
from linshu.store.people import Court
from linshu.store.writer import Draft, When


def make(
    actor: Actor,
    case_id: int,
    seen_seq: int | None,
    new: NewDocument,
    when: When,
    address: str = "",
) -> int:
    """Makes a document of a case that the actor's team holds; returns its id.

    Where it carries an identity number in full, making it is a look at that number, and kept as
    one: NotAllowed without that duty. Invalid for what was typed wrong, for a measure that nobody
    approved; Unavailable when the file could not be kept: then nothing is."""
    actor.needs(Duty.RECORD)
    paper = templates.named(new.kind)
    if paper.full:
        actor.needs(Duty.UNMASK)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        flow = Flow(session, actor.court_id, when)
        party = filling.party_of(session, found, paper, new.party_id)
        row = _numbered(session, actor, found, paper, party, when)
        fields = filling.fields(flow, found, paper, new, party, row.number)
        template = templates.in_force(session, actor.court_id, paper)
        content = rendering.filled(template, fields)
        row.template, row.digest = shelf.digest_of(template), templates.keep(content)
        row.size = len(content)
        if new.records and paper.acts_as:
            row.action_id = _recorded(flow, actor, found, paper, new, row.number)
        session.add(row)
        session.flush()
        _told(session, actor, row, paper, when)
        if paper.full:
            _seen(session, actor, row, when, address)
        return row.id


def _numbered(
    session: Session, actor: Actor, found: Held, paper: Paper, party: Party | None, when: When
) -> Document:
    year, court_id = when.on.year, actor.court_id
    serial = kept.next_serial(session, court_id, paper.key, year)
    code = session.get_one(Court, court_id).code
    return Document(
        court_id=court_id,
        case_id=found.case.id,
        kind=paper.key,
        year=year,
        serial=serial,
        number=papers.number_of(paper, code, year, serial),
        party_id=party.id if party else None,
        made_on=when.on,
        made_at=when.at,
        by_id=actor.person_id,
    )


def _recorded(
    flow: Flow, actor: Actor, found: Held, paper: Paper, new: NewDocument, number: str
) -> int:
    """The action that belongs to the document, in the case's log with its number."""
    until_on = filling.day_of(papers.UNTIL, new) if paper.acts_as in UNTIL else None
    text = filling.told_of(paper, number)
    action = NewAction(paper.acts_as, text, flow.when.at, until_on=until_on)
    recording.check(found.case, action, flow.when)
    row: Action = recording.add(
        flow.session, actor, found.case, found.team, action, False, flow.when
    )
    draft = Draft(
        found.case.id,
        Tag.CASE_RECORDED,
        after=recording.sums_of(found.case),
        data=recording.said(row, found.team),
    )
    doer = desk.doer(actor)
    writer.write_trail(flow.session, actor.court_id, [draft], doer, flow.when)
    countdowns.happened(flow, [recording.event_of(row, action)], doer)
    return row.id


def _told(session: Session, actor: Actor, row: Document, paper: Paper, when: When) -> None:
    data = {
        "document": row.id,
        "kind": row.kind,
        "kind_zh": paper.name,
        "number": row.number,
        "party": row.party_id,
        "action": row.action_id,
        "template": row.template,
        "file": row.digest,
    }
    draft = Draft(row.case_id, Tag.DOCUMENT_MADE, data)
    writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)


def _seen(session: Session, actor: Actor, row: Document, when: When, address: str) -> None:
    """Whoever makes it has the numbers of everybody whom it names."""
    line = kept.everybody(session, row.case_id)
    shown = "、".join(f"{one.name} {mask_identity(one.id_number)}" for one in line if one.id_number)
    if shown:
        words = f"{row.number} 证件号码 {shown}"
        readings.add(session, actor, Kind.UNMASK, when, [row.case_id], words=words, address=address)


def content(actor: Actor, case_id: int, document_id: int) -> tuple[Document, bytes]:
    """A document with its file, byte for byte as it was made.

    NotFound outside the scope and for another case's; Unavailable when the file is gone;
    NotAllowed where it carries full numbers and the actor may see none."""
    actor.needs(Duty.READ_CASES)
    with reading() as session:
        row = session.get(Document, document_id)
        if row is None or row.case_id != case_id or not desk.in_scope(session, actor, case_id):
            raise NotFound("not_yours")
        if carries_numbers(row):
            actor.needs(Duty.UNMASK)
        session.expunge(row)
    try:
        return row, shelf.content(row.digest)
    except shelf.Missing as gone:
        raise Unavailable("file_missing", name=row.number) from gone


def carries_numbers(row: Document) -> bool:
    """Whether identity numbers stand in full in a document."""
    paper = papers.KINDS.get(row.kind)
    return paper is None or paper.full


def name_of(row: Document) -> str:
    """What the file of a document is called."""
    paper = papers.KINDS.get(row.kind)
    return f"{paper.name if paper else row.kind}-{row.number}.docx"
