"""批量办理: the same act in many cases, asked for once: a network search, or an action recorded.

The rows say what is to be done and how far it is; a job does it, a case at a time (``batch_run``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules.duties import Duty
from linshu.rules.kinds import KINDS, MONEY, UNTIL
from linshu.rules.said import Said
from linshu.rules.stages import TeamKind
from linshu.rules.trail import Tag
from linshu.services import desk, recording, searching
from linshu.services.actor import Actor
from linshu.services.errors import Invalid, NotAllowed, NotFound
from linshu.store import filters, lists, writer
from linshu.store.batches import WAITING, Batch, BatchItem
from linshu.store.cases import Stint
from linshu.store.db import transaction
from linshu.store.filters import Filter
from linshu.store.people import Team
from linshu.store.writer import Draft, When

MOST = 1000  # cases in one batch
SEARCH, RECORD = "search", "record"
KINDS_ZH: Mapping[str, str] = {SEARCH: "批量网络查控", RECORD: "批量登记"}
#: The teams that search for many cases at once.
SEARCHERS = frozenset({TeamKind.CENTRE, TeamKind.DORMANT})


@dataclass(frozen=True, slots=True)
class Picked:
    """Cases by their ids, as they were ticked; or all that a filter of open cases asks for
    (``whole``)."""

    case_ids: tuple[int, ...] = ()
    whole: Filter | None = None


def may_search(session: Session, actor: Actor) -> bool:
    """Whether the actor's team starts network searches for many cases."""
    team = session.get(Team, actor.team_id) if actor.team_id else None
    return team is not None and TeamKind(team.kind) in SEARCHERS and actor.may(Duty.RECORD)


def search(
    actor: Actor, picked: Picked, sources: Sequence[str], on: date, text: str, when: When
) -> int:
    """Asks for a network search of these sources in all picked cases; returns the batch's id.

    NotAllowed for a team that does not search for many; Invalid as ``searching`` has it, and for no
    case or too many; NotFound for a case outside the actor's scope."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        if not may_search(session, actor):
            raise NotAllowed("not_searcher")
        if on > when.on:
            raise Invalid("future")
        chosen = searching.chosen(sources)
        text = desk.words(text, Said("说明"), needed=False)
        particulars = {"sources": list(chosen), "on": on.isoformat()}
        return _asked(session, actor, SEARCH, picked, particulars, text, when)


def record(
    actor: Actor,
    picked: Picked,
    kind: str,
    text: str,
    happened_at: datetime,
    behalf_id: int | None,
    when: When,
) -> int:
    """Asks for the same action to be recorded in all picked cases; returns the batch's id.

    Invalid for a kind that differs from case to case (an amount, the end that a document names),
    without words, in the future, for somebody of another team; otherwise as ``search``."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        if kind not in KINDS:
            raise Invalid("kind_unknown", kind=kind)
        if kind in MONEY or kind in UNTIL:
            raise Invalid("batch_kind", name=Said(KINDS[kind]))
        if happened_at > when.at:
            raise Invalid("future")
        text = desk.words(text, Said("发生了什么"))
        behalf = recording.behalf_of(session, actor, behalf_id)
        particulars = {
            "action": kind,
            "happened_at": happened_at.isoformat(),
            "behalf": behalf.id if behalf else None,
            "behalf_login": behalf.login if behalf else None,
        }
        return _asked(session, actor, RECORD, picked, particulars, text, when)


def _asked(
    session: Session,
    actor: Actor,
    kind: str,
    picked: Picked,
    particulars: dict[str, Any],
    text: str,
    when: When,
) -> int:
    seen = _seen(session, actor, picked, when)
    batch = Batch(
        court_id=actor.court_id,
        team_id=actor.team_id,
        by_id=actor.person_id,
        kind=kind,
        particulars=particulars,
        text=text,
        total=len(seen),
        status=WAITING,
        asked_at=when.at,
    )
    session.add(batch)
    session.flush()
    items = ((case_id, seq) for case_id, seq in seen.items())
    session.add_all(
        BatchItem(batch_id=batch.id, case_id=case_id, seen_seq=seq, status=WAITING)
        for case_id, seq in items
    )
    data = {
        "batch": batch.id,
        "kind": kind,
        "kind_zh": KINDS_ZH[kind],
        "cases": len(seen),
        "particulars": particulars,
        "text": writer.digest_of(text),
    }
    draft = Draft(None, Tag.BATCH_ASKED, data)
    doer = desk.doer(actor, particulars.get("behalf_login"))
    writer.write_trail(session, actor.court_id, [draft], doer, when)
    return batch.id


def _seen(session: Session, actor: Actor, picked: Picked, when: When) -> dict[int, int]:
    """The picked cases, in order, each with the stint in which it was seen. A case that has moved
    or closed since it was ticked comes along: its item says so when its turn comes."""
    seat = (actor.court_id, actor.role, actor.team_id)
    scope = lists.scope_of(session, *seat)
    case_ids = list(dict.fromkeys(picked.case_ids))
    if picked.whole is not None:
        page = lists.open_cases(session, scope, picked.whole, when.on, 1, MOST)
        _few_enough(page.total)
        case_ids = [row.case_id for row in page.rows]
    _few_enough(len(case_ids))
    query = (
        select(Stint.case_id, Stint.seq)
        .where(Stint.case_id.in_(case_ids), *filters.in_scope(scope))
        .order_by(Stint.case_id, Stint.seq)
    )
    latest = dict(session.execute(query).all())
    if missing := set(case_ids) - set(latest):
        raise NotFound("not_yours", missing=len(missing))
    return {case_id: latest[case_id] for case_id in case_ids}


def _few_enough(count: int) -> None:
    if count == 0:
        raise Invalid("batch_empty")
    if count > MOST:
        raise Invalid("batch_too_many", total=count, most=MOST)
