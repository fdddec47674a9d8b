"""网络查控: which sources were searched for a case, on which day, and what came of it?

An action of its kind in the case's log, which ticks its node and meets its limit, and a row for
each source, on which the closing gate and the dormant care rest.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from linshu.rules.duties import Duty
from linshu.rules.gate_facts import SEARCHES
from linshu.rules.said import Said
from linshu.rules.stages import Stage
from linshu.rules.trail import Tag
from linshu.services import countdowns, desk, recording
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Invalid
from linshu.services.flow import Flow
from linshu.services.recording import NewAction
from linshu.store import searches, writer
from linshu.store.cases import Action
from linshu.store.db import SHANGHAI, transaction
from linshu.store.searches import Search
from linshu.store.writer import Draft, When

#: The kind of action that a search is, in a case that runs and in one in dormant care.
RUNNING, DORMANT = "network_search", "dormant_search"


def search(
    actor: Actor,
    case_id: int,
    seen_seq: int | None,
    sources: Sequence[str],
    on: date,
    text: str,
    when: When,
) -> int:
    """Records that sources (``rules.gate_facts.SEARCHES``) were searched on a day for a case that
    the actor's team holds, and what came of it in words; returns the action's id.

    Invalid without a source, for one that there is not, for a day to come or before filing, for
    what was recorded already."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        held = desk.held(session, actor, case_id, seen_seq)
        _once(searches.of_case(session, case_id), sources, on, text)
        flow = Flow(session, actor.court_id, when)
        return record_within(flow, actor, held, sources, on, text).id


def record_within(
    flow: Flow,
    actor: Actor,
    held: Held,
    sources: Sequence[str],
    on: date,
    text: str,
    data: Mapping[str, Any] | None = None,
    kind: str = "",
) -> Action:
    """As ``search``, within the caller's transaction, in a case that the caller has found to be
    held; ``data``: what the entry says besides; ``kind``: of the act, where it is not a search of
    its own."""
    session, when, case = flow.session, flow.when, held.case
    picked = chosen(sources)
    new = NewAction(kind or kind_of(held), text, instant_of(on, when))
    recording.check(case, new, when)
    action = recording.add(session, actor, case, held.team, new, False, when)
    row: dict[str, Any] = {"court_id": flow.court_id, "case_id": case.id}
    row |= {"action_id": action.id, "searched_on": on, "recorded_at": when.at}
    session.add_all([Search(source=source, **row) for source in picked])
    told = {**recording.said(action, held.team), **(data or {})}
    told |= {"sources": list(picked), "searched_on": on.isoformat()}
    draft = Draft(
        case.id, Tag.CASE_RECORDED, told, after=recording.sums_of(case), at=new.happened_at
    )
    doer = desk.doer(actor)
    writer.write_trail(session, flow.court_id, [draft], doer, when)
    countdowns.happened(flow, [recording.event_of(action, new)], doer)
    return action


def kind_of(held: Held) -> str:
    """What a search is called where the case is now."""
    return DORMANT if Stage(held.stint.stage) is Stage.DORMANT else RUNNING


def instant_of(on: date, when: When) -> datetime:
    """When something happened of which the day alone is known: now, or as an earlier day began."""
    return when.at if on == when.on else datetime.combine(on, time.min, SHANGHAI)


def chosen(sources: Sequence[str]) -> tuple[str, ...]:
    """The sources in the order of the table, each once. Invalid for none, or one that is none."""
    if unknown := set(sources) - set(SEARCHES):
        raise Invalid("kind_unknown", kind=min(unknown))
    if not sources:
        raise Invalid("text_needed", what=Said("查询了哪些来源"))
    return tuple(source for source in SEARCHES if source in sources)


def _once(known: Sequence[searches.Told], sources: Sequence[str], on: date, text: str) -> None:
    """A form sent twice records nothing twice."""
    said = desk.words(text, Said("发生了什么"))
    same = [one for one in known if one.search.searched_on == on and one.text == said]
    if sources and set(sources) <= {one.search.source for one in same}:
        since = same[0].search.recorded_at
        raise Invalid("recorded_already", since=f"{since:%Y-%m-%d %H:%M}")
