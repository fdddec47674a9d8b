"""What was found comes back by file: which case, which debtor, and what becomes of it there?

A file is looked through (``judged``) and lands case by case (``land``): each case in a transaction
of its own, as property found and as a search recorded; a row that has landed does nothing again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from sqlalchemy.orm import Session

from linshu.rules import findings as rules
from linshu.rules.duties import Holder, holds
from linshu.rules.findings import Finding, TurnedAway
from linshu.rules.gate_facts import SEARCHES
from linshu.rules.numbers import yuan
from linshu.rules.property import OVER, Status
from linshu.rules.stages import TeamKind
from linshu.services import desk, recording, searching
from linshu.services import property as assets
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.flow import Flow
from linshu.services.property import NewHolding
from linshu.services.recording import NewAction
from linshu.services.sheets import Sheet
from linshu.store import findings, lists, searches
from linshu.store.cases import Action
from linshu.store.filters import Scope
from linshu.store.findings import Known
from linshu.store.people import Court
from linshu.store.work import Holding

#: What a row of results is when its own search has been recorded already.
RESULTS = "search"


@dataclass(frozen=True, slots=True)
class Fit:
    """A row that belongs to a debtor of a case that the bringer's team holds."""

    finding: Finding
    case_id: int
    party_id: int

    @property
    def digest(self) -> str:
        return self.finding.digest(self.party_id)


@dataclass(slots=True)
class Judged:
    """A whole file: what would land, what has landed before (or stands in it twice), what is turned
    away with its reasons; ``numbers``: the case numbers of rows that are turned away."""

    fits: list[Fit] = field(default_factory=list)
    again: int = 0
    turned_away: dict[int, tuple[str, ...]] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)

    def by_case(self) -> list[tuple[int, list[Fit]]]:
        """What lands, case by case."""
        ordered = sorted(self.fits, key=lambda fit: (fit.case_id, fit.finding.row))
        return [(id_, list(fits)) for id_, fits in groupby(ordered, lambda fit: fit.case_id)]


def judged(session: Session, actor: Actor, sheet: Sheet, on: date) -> Judged:
    """What becomes of each row of a file that the actor brings; nothing is written."""
    code = session.get_one(Court, actor.court_id).code
    rows = [
        rules.read_row(sheet.named(cells), row, on, code, sheet.date1904)
        for row, cells in sheet.rows
    ]
    whole = [row for row in rows if isinstance(row, Finding)]
    known = _seen(session, actor, whole, on)
    landed = findings.landed(session, [one.case_id for one in known.values()])
    found = Judged()
    for row in rows:
        if isinstance(row, TurnedAway):
            _turn_away(found, row.row, row.written, *row.why)
            continue
        fit = _fit(actor, row, known.get(row.number))
        if isinstance(fit, str):
            _turn_away(found, row.row, row.number, fit)
        elif (fit.case_id, fit.digest) in landed:
            found.again += 1
        else:
            landed.add((fit.case_id, fit.digest))
            found.fits.append(fit)
    return found


def _turn_away(found: Judged, row: int, number: str, *why: str) -> None:
    found.turned_away[row], found.numbers[row] = why, number


def _seen(session: Session, actor: Actor, rows: Iterable[Finding], on: date) -> Mapping[str, Known]:
    """The cases that the rows name, as far as the actor may know of them."""
    known = findings.known(session, actor.court_id, [row.number for row in rows])
    scope = lists.scope_of(session, actor.court_id, actor.role, actor.team_id)
    if scope == Scope(actor.court_id):
        return known
    seen = lists.rows_of(session, scope, [one.case_id for one in known.values()], on)
    ids = {row.case_id for row in seen}
    return {number: one for number, one in known.items() if one.case_id in ids}


def _fit(actor: Actor, row: Finding, case: Known | None) -> Fit | str:
    if case is None:
        return "no such case"
    if case.team is None:
        return "case closed"
    holder = Holder(case.team.id, TeamKind(case.team.kind), case.team.parent_id)
    if not holds(actor.seat, holder):
        return "not ours"
    if row.searched_on < case.filed_on:
        return "searched before filing"
    party = rules.party_of(row, case.debtors)
    return party if isinstance(party, str) else Fit(row, case.case_id, party)


# Landing -----------------------------------------------------------------------------------------


def land(flow: Flow, actor: Actor, case_id: int, fits: Sequence[Fit], file_id: int) -> None:
    """Lets rows land on their case, within the caller's transaction: what was searched on each day,
    and what was found of whom. Refused where the actor's team no longer holds the case."""
    session = flow.session
    held = desk.held(session, actor, case_id, None)
    landed = findings.landed(session, [case_id])
    fresh = [fit for fit in fits if (case_id, fit.digest) not in landed]
    days: dict[date, list[Fit]] = {}
    for fit in fresh:
        days.setdefault(fit.finding.searched_on, []).append(fit)
    for on, some in sorted(days.items()):
        _recorded(flow, actor, held, on, some, file_id)
    things = findings.things(session, case_id)
    for fit in fresh:
        holding = _found(flow, actor, held, fit, things)
        session.add(
            findings.Finding(
                court_id=flow.court_id,
                file_id=file_id,
                case_id=case_id,
                party_id=fit.party_id,
                digest=fit.digest,
                source=fit.finding.source,
                searched_on=fit.finding.searched_on,
                holding_id=holding.id if holding else None,
                landed_at=flow.when.at,
            )
        )


def _recorded(
    flow: Flow, actor: Actor, held: Held, on: date, fits: Sequence[Fit], file_id: int
) -> Action:
    """A search of the sources not yet searched on that day; where a batch began it, or all were
    searched, its results alone, so that no search counts twice."""
    text, told = _text(fits, file_id), {"file": file_id}
    done = searches.searched(flow.session, held.case.id, on)
    new = [source for source in SEARCHES if source in {fit.finding.source for fit in fits} - done]
    if new:
        begun = searches.begun(flow.session, held.case.id, searching.kind_of(held), on)
        kind = RESULTS if begun else ""
        return searching.record_within(flow, actor, held, new, on, text, told, kind)
    action = NewAction(RESULTS, text, searching.instant_of(on, flow.when))
    return recording.record_within(flow, actor, held.case.id, None, action, told)


def _text(fits: Sequence[Fit], file_id: int) -> str:
    """What came back, in words: by source how many things, or that there is nothing."""
    parts = []
    for source, name in SEARCHES.items():
        some = [fit.finding for fit in fits if fit.finding.source == source]
        things = [one for one in some if one.kind]
        value = sum(one.value_fen or 0 for one in things)
        worth = f"(合计 {yuan(value)} 元)" if value else ""
        if some:
            parts.append(f"{name} {len(things)} 项{worth}" if things else f"{name}查无")
    rows = "、".join(str(fit.finding.row) for fit in fits[:20])
    rest = "等" if fits[20:] else ""
    return f"网络查控结果:{';'.join(parts)}。(结果文件 #{file_id} 第 {rows} 行{rest})"


def _found(flow: Flow, actor: Actor, held: Held, fit: Fit, things: list[Holding]) -> Holding | None:
    """What was found, as property: a thing that is known keeps its place, and takes on the new
    value as long as nothing has been done with it."""
    one = fit.finding
    if not one.kind:
        return None
    for thing in things:
        same = (thing.party_id, thing.kind) == (fit.party_id, one.kind)
        if same and Status(thing.status) not in OVER and rules.same_thing(thing.name, one.name):
            _revalue(flow, actor, thing, one)
            return thing
    new = NewHolding(fit.party_id, one.kind, one.name, one.value_fen or 0)
    made = assets.found_within(flow, actor, held, new)
    things.insert(0, made)
    return made


def _revalue(flow: Flow, actor: Actor, thing: Holding, one: Finding) -> None:
    """Another value of a thing with which nothing has been done, unless a later day told one."""
    if one.value_fen is None or one.value_fen == thing.value_fen:
        return
    told_on = findings.told_on(flow.session, thing.id)
    if Status(thing.status) is Status.FOUND and (told_on is None or told_on <= one.searched_on):
        assets.revalue_within(flow, actor, thing, one.value_fen)
