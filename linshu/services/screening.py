"""Simple or complex, who says so, and why? A named person confirms or overrules (R3, R4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from linshu.rules import screening, transitions
from linshu.rules.duties import Duty
from linshu.rules.said import Said
from linshu.rules.stages import RESUMED, Stage
from linshu.rules.transitions import Undecidable, undecided
from linshu.services import desk
from linshu.services.actor import Actor
from linshu.services.desk import Held
from linshu.services.errors import Conflict, Invalid, Refused
from linshu.services.flow import Flow, Step
from linshu.store import queries, writer
from linshu.store.cases import Case
from linshu.store.db import transaction
from linshu.store.writer import When


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item of a bulk act: ``refusal`` is None when it was done."""

    item: int
    refusal: Refused | None = None


def facts_of(case: Case) -> screening.Facts:
    """What screening looks at, read off a case."""
    return screening.Facts(
        case.preserved,
        case.cooperative,
        case.claim_fen,
        case.address_confirmed,
        case.basis,
        case.basis_kind,
    )


def screen(
    actor: Actor, case_id: int, seen_seq: int, simple: bool, reasons: str, when: When
) -> None:
    """Confirms a screening: the case leaves intake for quick or centre; the suggestion, the
    decision and the reasons are recorded (R3, R4).

    Reasons may be left out only where the suggestion is confirmed. NotAllowed, NotFound, Conflict
    when it has left intake meanwhile, Invalid for a resumed case (R2)."""
    actor.needs(Duty.SCREEN)
    with transaction() as session:
        found = desk.opened(session, actor, case_id, seen_seq)
        _still_in_intake(found)
        flow = Flow(session, actor.court_id, when)
        suggestion = screening.suggest(facts_of(found.case), flow.current)
        reasons = desk.words(reasons, Said("理由"), needed=simple != suggestion.simple)
        step = _step(flow, session, found, simple, suggestion, reasons)
        writer.mark_simple(session, [(case_id, simple)])
        flow.perform([step], desk.doer(actor))


def screen_many(
    actor: Actor, picked: Sequence[tuple[int, int]], when: When, simple: bool | None, reasons: str
) -> list[Outcome]:
    """Screens several cases (id, seen stint) one by one: ``simple`` None confirms each suggestion.
    A refusal of one leaves the others done; returns an outcome for each."""
    return [_screened(actor, case_id, seq, when, simple, reasons) for case_id, seq in picked]


def _screened(
    actor: Actor, case_id: int, seq: int, when: When, simple: bool | None, reasons: str
) -> Outcome:
    try:
        decision = suggested(actor, case_id, when) if simple is None else simple
        screen(actor, case_id, seq, decision, reasons, when)
    except Refused as refusal:
        return Outcome(case_id, refusal)
    return Outcome(case_id)


def suggested(actor: Actor, case_id: int, when: When) -> bool:
    """The system's suggestion for a case: simple or not. NotFound outside the scope."""
    actor.needs(Duty.SCREEN)
    with transaction() as session:
        found = desk.opened(session, actor, case_id, None)
        flow = Flow(session, actor.court_id, when)
        return screening.suggest(facts_of(found.case), flow.current).simple


def _still_in_intake(found: Held) -> None:
    if found.case.kind == RESUMED:
        raise Invalid("resumed_not_screened")
    if found.stint.stage != Stage.INTAKE:
        raise Conflict("not_in_intake")


def _step(
    flow: Flow,
    session: Session,
    found: Held,
    simple: bool,
    suggestion: screening.Suggestion,
    reasons: str,
) -> Step:
    state = queries.state_of(session, found.case, found.stint)
    try:
        move = transitions.screened(state, simple, flow.current, flow.teams)
    except Undecidable as why:
        raise Conflict("cannot_decide", why=undecided(why.code)) from why
    data = {
        "simple": simple,
        "suggested": suggestion.simple,
        "met": list(suggestion.met),
        "reasons": writer.keep_text(session, found.case.id, reasons),
    }
    return flow.step(found.stint, move, data)
