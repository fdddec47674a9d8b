"""How is a batch done? A case at a time, each in a transaction of its own together with its item.

An item is taken by a conditional write in the very transaction that does its act: a run that dies,
or two at once, leave it undone or done once. What is refused is the item's, and blocks nobody.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from linshu.rules.gate_facts import SEARCHES
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.rules.transitions import Undecidable, undecided
from linshu.services import desk, recording, searching
from linshu.services.actor import Actor
from linshu.services.asker import asker
from linshu.services.batches import SEARCH
from linshu.services.errors import Refused
from linshu.services.flow import Flow
from linshu.services.recording import NewAction
from linshu.store import batches, writer
from linshu.store.batches import DONE, FAILED, RUNNING, WAITING, Batch, BatchItem
from linshu.store.cases import Action
from linshu.store.db import changed, db, transaction
from linshu.store.writer import Doer, Draft, When

log = logging.getLogger(__name__)
BROKEN = Said("系统出错,这一件没有办成。请单独办理;仍不成功时请告知系统管理员。")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A batch as a plain value."""

    id: int
    court_id: int
    team_id: int | None
    by_id: int
    kind: str
    particulars: dict[str, Any]
    text: str


def run(batch_id: int, now: datetime) -> None:
    """Does what is still open of a batch, as the person who asked for it. Harmless when run again
    or twice at once: an item that is done is not taken up again."""
    when = When(now, now)
    asked = _begin(batch_id)
    if asked is None:
        return
    for item_id in batches.open_items(db.session(), batch_id):
        _attempt(asked, item_id, when)
    _finish(asked, when)


def _begin(batch_id: int) -> _Asked | None:
    with transaction() as session:
        row = session.get(Batch, batch_id, populate_existing=True)
        if row is None or row.status == DONE:
            return None
        row.status = RUNNING
        facts = (row.kind, dict(row.particulars), row.text)
        return _Asked(row.id, row.court_id, row.team_id, row.by_id, *facts)


def _attempt(asked: _Asked, item_id: int, when: When) -> None:
    try:
        with transaction() as session:
            if _taken(session, item_id, when, status=DONE):
                item = session.get_one(BatchItem, item_id, populate_existing=True)
                item.action_id = _act(session, asked, item, when).id
    except Refused as refusal:
        _fail(item_id, refusal.said, when)
    except Undecidable as why:
        _fail(item_id, undecided(why.code), when)
    except (OperationalError, InterfaceError):
        raise  # the database's fault, not the case's: the next run takes the item up again
    except Exception:
        log.exception("item %s of batch %s", item_id, asked.id)
        _fail(item_id, BROKEN, when)


def _taken(session: Session, item_id: int, when: When, **values: object) -> bool:
    """Whether the item was still open and is now what ``values`` say."""
    take = (
        update(BatchItem)
        .where(BatchItem.id == item_id, BatchItem.status == WAITING)
        .values(done_at=when.at, **values)
        .execution_options(synchronize_session=False)
    )
    return changed(session, take) == 1


def _act(session: Session, asked: _Asked, item: BatchItem, when: When) -> Action:
    """The very act that is done in a single case."""
    actor = asker(session, asked.by_id, asked.team_id)
    flow, told = Flow(session, asked.court_id, when), {"batch": asked.id}
    if asked.kind == SEARCH:
        return _search(flow, actor, asked, item, told)
    what = asked.particulars
    happened_at = datetime.fromisoformat(what["happened_at"])
    new = NewAction(what["action"], asked.text, happened_at, behalf_id=what["behalf"])
    return recording.record_within(flow, actor, item.case_id, item.seen_seq, new, told)


def _search(
    flow: Flow, actor: Actor, asked: _Asked, item: BatchItem, told: dict[str, Any]
) -> Action:
    """A search is begun, no more: its sources count as searched when the results are back."""
    sources, on = asked.particulars["sources"], date.fromisoformat(asked.particulars["on"])
    text = asked.text or f"发起网络查控:{'、'.join(SEARCHES[one] for one in sources)}"
    desk.held(flow.session, actor, item.case_id, item.seen_seq)  # who gave it up begins nothing
    new = NewAction(searching.RUNNING, text, searching.instant_of(on, flow.when))
    return recording.record_within(flow, actor, item.case_id, item.seen_seq, new, told)


def _fail(item_id: int, why: Said, when: When) -> None:
    with transaction() as session:
        _taken(session, item_id, when, status=FAILED, why=why.dumps())


def _finish(asked: _Asked, when: When) -> None:
    """Says that the batch is done, once, when nothing of it is open."""
    open_ = select(BatchItem.id).where(BatchItem.batch_id == asked.id, BatchItem.status == WAITING)
    ended = (
        update(Batch)
        .where(Batch.id == asked.id, Batch.status == RUNNING, ~open_.exists())
        .values(status=DONE, finished_at=when.at)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        if changed(session, ended) != 1:
            return
        counted = batches.counts(session, [asked.id]).get(asked.id, {})
        data = {"batch": asked.id, "done": counted.get(DONE, 0), "failed": counted.get(FAILED, 0)}
        draft = Draft(None, Tag.BATCH_FINISHED, data)
        writer.write_trail(session, asked.court_id, [draft], Doer(), when)
