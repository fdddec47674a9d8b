"""Who looked? One row for each look, kept apart from the trail: nothing of a case changes (R15)."""

from collections.abc import Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from linshu.rules.looks import Kind
from linshu.rules.masking import masked
from linshu.services.actor import Actor
from linshu.store.books import Reading
from linshu.store.db import transaction
from linshu.store.writer import When

MOST_WORDS, MOST_ADDRESS = 200, 60


def note(
    actor: Actor,
    kind: Kind,
    when: When,
    *,
    case_id: int | None = None,
    words: str = "",
    address: str = "",
) -> None:
    """Keeps that the actor looked: at a case, for what ``words`` (numbers of persons are masked),
    from which address. One row, its own transaction."""
    note_all(actor, kind, when, [case_id], words=words, address=address)


def note_all(
    actor: Actor,
    kind: Kind,
    when: When,
    case_ids: Sequence[int | None],
    *,
    words: str = "",
    address: str = "",
) -> None:
    """As ``note``, for a look that showed several cases at once: a row for each."""
    with transaction(aside=True) as session:
        add(session, actor, kind, when, case_ids, words=words, address=address)


def add(
    session: Session,
    actor: Actor,
    kind: Kind,
    when: When,
    case_ids: Sequence[int | None] = (None,),
    *,
    words: str = "",
    address: str = "",
) -> None:
    """As ``note_all``, in the transaction of what was looked at."""
    row = {
        "court_id": actor.court_id,
        "kind": str(kind),
        "by": actor.login,
        "role": actor.role,
        "read_on": when.on,
        "read_at": when.at,
        "words": masked(words)[:MOST_WORDS],
        "address": address[:MOST_ADDRESS],
    }
    session.execute(insert(Reading), [row | {"case_id": case_id} for case_id in case_ids])
