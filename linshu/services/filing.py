"""How does a case enter? Filed or imported, it begins its intake stint (R1, R2)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from linshu.rules import clock, screening, transitions
from linshu.rules.duties import Duty
from linshu.rules.numbers import CaseNumber
from linshu.rules.origins import Origin, Seized
from linshu.rules.parties import NewAddress
from linshu.rules.said import Said
from linshu.rules.stages import RESUMED, Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import CaseState, Undecidable, undecided
from linshu.services import countdowns, desk, origins
from linshu.services.actor import Actor
from linshu.services.entrants import NewParty as NewParty  # what the other services name
from linshu.services.entrants import grams, named
from linshu.services.errors import Conflict, Invalid
from linshu.services.flow import Flow, Step
from linshu.store import personal, queries, writer
from linshu.store.bulk import insert_rows
from linshu.store.cases import Case, Gram, Party, Text
from linshu.store.db import transaction
from linshu.store.writer import Doer, Draft, When

EMPTY_HEAD = "0" * 64


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The terminated case that goes on as a new one, and the intensive team that held it last."""

    case_id: int
    number: str
    team_id: int | None


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is known of a case when it enters. Claim in fen. ``seized`` and ``addresses`` are of
    its parties, and come with one case alone (``file_case``); ``goes_on``: what it goes on from."""

    number: CaseNumber
    cause: str
    filed_on: date
    applicants: Sequence[NewParty]
    debtors: Sequence[NewParty]
    basis: str
    claim_fen: int
    preserved: bool = False
    cooperative: bool = False
    address_confirmed: bool = False
    former_handler: str = ""
    remark: str = ""
    origin: Origin = field(default_factory=Origin)
    seized: Sequence[Seized] = ()
    addresses: Sequence[NewAddress] = ()
    goes_on: Predecessor | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """A case that was just written, with its intake stint (or the one it passed on to), and the
    rows of its parties."""

    case_id: int
    stint_id: int
    new: NewCase
    parties: Sequence[Mapping[str, Any]]

    @property
    def said(self) -> str:
        """The parties as the trail's text says them: one a line."""
        return "\n".join(map(personal.said, self.parties))


def file_case(actor: Actor, new: NewCase, when: When) -> int:
    """Files one case at the desk; returns its id. A resumed case (执恢) passes intake at once (R2).

    NotAllowed without the duty; Invalid for bad facts; Conflict when the number is taken, or when
    no team can take the case."""
    actor.needs(Duty.FILE)
    new = _checked(new, when)
    with transaction() as session:
        taken = select(Case.id).where(
            Case.court_id == actor.court_id, Case.number == new.number.text
        )
        if session.scalar(taken) is not None:
            raise Conflict("number_taken", number=new.number.text)
        flow = Flow(session, actor.court_id, when)
        try:
            case_id = file_many(flow, [new], desk.doer(actor), Tag.CASE_FILED)[0].case_id
            origins.handed_over(flow, actor, case_id, new.seized, new.addresses)
            return case_id
        except Undecidable as why:
            raise Conflict("cannot_decide", why=undecided(why.code)) from why
        except IntegrityError as twin:  # filed by somebody else between the question and the write
            raise Conflict("number_taken", number=new.number.text) from twin


def _checked(new: NewCase, when: When) -> NewCase:
    """The case with its words as they are kept."""
    if new.filed_on > when.on:
        raise Invalid("future")
    if new.claim_fen <= 0:
        raise Invalid("amount", why=Said("应大于零"))
    facts = origins.checked(new.origin, new.seized, new.filed_on)
    preserved = new.preserved or bool(facts.preservation or new.seized)
    return replace(
        new,
        origin=facts,
        preserved=preserved,
        cause=desk.words(new.cause, Said("案由"), 80),
        basis=desk.words(new.basis, Said("执行依据"), 200, needed=False),
        remark=desk.words(new.remark, Said("备注"), needed=False),
        applicants=named(new.applicants, Said("申请执行人")),
        debtors=named(new.debtors, Said("被执行人")),
    )


def file_many(
    flow: Flow, news: Sequence[NewCase], doer: Doer, tag: Tag, screen: bool = False
) -> list[Filed]:
    """Writes cases in bulk within the caller's transaction: facts, parties, intake stints, trail.

    Resumed cases pass intake; with ``screen`` the suggested screening is confirmed in the doer's
    name. Returned in the order given."""
    if not news:
        return []
    session = flow.session
    insert_rows(session, Case, [_case_row(flow, new) for new in news])
    case_ids = queries.case_ids(session, flow.court_id, [new.number.text for new in news])
    writer.begin_stints(session, _intake_stints(flow, news, case_ids))
    stint_ids = queries.open_stint_ids(session, case_ids)
    parties = map(_party_rows, case_ids, news)
    filed = [Filed(*row) for row in zip(case_ids, stint_ids, news, parties, strict=True)]
    _write_parties(session, filed)
    writer.write_trail(
        session, flow.court_id, [_draft(flow, one, tag) for one in filed], doer, flow.when
    )
    started = [countdowns.filed(one.case_id, one.new.filed_on) for one in filed]
    countdowns.happened(flow, started, doer)
    resumed = [_passing(flow, one) for one in filed if one.new.number.kind == RESUMED]
    flow.perform(resumed, Doer())
    if screen:
        first = [_screening(flow, one) for one in filed if one.new.number.kind != RESUMED]
        _confirm(flow, first, doer)
    return filed


def _case_row(flow: Flow, new: NewCase) -> dict[str, Any]:
    statutory = _statutory(flow, new)
    return {
        "court_id": flow.court_id,
        "number": new.number.text,
        "year": new.number.year,
        "kind": new.number.kind,
        "serial": new.number.serial,
        "cause": new.cause,
        "basis": new.basis,
        **asdict(new.origin),
        "filed_on": new.filed_on,
        "statutory_due_on": statutory.on,
        "statutory_provisional": statutory.provisional,
        "claim_fen": new.claim_fen,
        "preserved": new.preserved,
        "cooperative": new.cooperative,
        "address_confirmed": new.address_confirmed,
        "former_handler": new.former_handler,
        "remark": new.remark,
        "resumed_from_id": new.goes_on.case_id if new.goes_on else None,
        "trail_head": EMPTY_HEAD,
    }


def _statutory(flow: Flow, new: NewCase) -> clock.Due:
    return clock.statutory_due(new.filed_on, new.cause, flow.current, flow.calendar)


def _intake_stints(
    flow: Flow, news: Sequence[NewCase], case_ids: Sequence[int]
) -> list[dict[str, Any]]:
    centre = transitions.intake_team(flow.teams)
    for _ in case_ids:
        flow.arrived(centre)
    return [flow.stint_row(case_id, 1, Stage.INTAKE, centre, None) for case_id in case_ids]


def _party_rows(case_id: int, new: NewCase) -> list[dict[str, Any]]:
    return [
        personal.row(case_id, role, p.name, id_number=p.id_number, phone=p.phone, account=p.account)
        for role, people in (("applicant", new.applicants), ("debtor", new.debtors))
        for p in people
    ]


def _write_parties(session: Session, filed: Sequence[Filed]) -> None:
    parties, found = list[Mapping[str, Any]](), list[dict[str, Any]]()
    for one in filed:
        parties += one.parties
        names = [p.name for p in (*one.new.applicants, *one.new.debtors)]
        found += [{"gram": gram, "case_id": one.case_id} for gram in grams(names)]
    insert_rows(session, Party, parties)
    insert_rows(session, Gram, found)
    texts = [(one.case_id, one.said) for one in filed]
    kept = [{"case_id": c, "digest": writer.digest_of(text), "text": text} for c, text in texts]
    insert_rows(session, Text, kept)


def _draft(flow: Flow, one: Filed, tag: Tag) -> Draft:
    new, due = one.new, flow.due(Stage.INTAKE, None)
    statutory = _statutory(flow, new)
    return Draft(
        one.case_id,
        tag,
        after={
            "stage": str(Stage.INTAKE),
            "team": flow.names[transitions.intake_team(flow.teams)],
            "due_on": _iso(due),
            "provisional": bool(due and due.provisional),
            "stint": 1,
            "hop": 0,
            "sideways": 0,
            "filed_on": new.filed_on.isoformat(),
            "statutory_due_on": _iso(statutory),
            "statutory_provisional": statutory.provisional,
            "cause": new.cause,
            "claim_fen": new.claim_fen,
            "preserved": new.preserved,
            "cooperative": new.cooperative,
            "address_confirmed": new.address_confirmed,
            "remark": writer.digest_of(new.remark),
            "basis": writer.digest_of(new.basis),
            "parties": writer.digest_of(one.said),
            "persons": [[row["role"], writer.digest_of(row["name"])] for row in one.parties],
            **origins.told(new.origin),
            "resumed_from": new.goes_on.number if new.goes_on else None,
        },
        data={"policy": flow.current.version},
    )


def _iso(due: clock.Due | None) -> str | None:
    return due.on.isoformat() if due and due.on else None


def _state(flow: Flow, one: Filed) -> CaseState:
    centre = transitions.intake_team(flow.teams)
    number = one.new.number
    return CaseState(number.text, number.kind, Stage.INTAKE, centre, 0, 0, frozenset())


def _step(flow: Flow, one: Filed, move: transitions.Move, data: dict[str, Any]) -> Step:
    flow.arrived(move.to_team_id, left=move.from_team_id)
    due = flow.due(Stage.INTAKE, None)
    due_on = _iso(due) or ""
    return Step(one.case_id, one.stint_id, 1, due_on, flow.current, move, data)


def _passing(flow: Flow, one: Filed) -> Step:
    last = one.new.goes_on.team_id if one.new.goes_on else None
    move = transitions.passed_intake(_state(flow, one), flow.current, flow.teams, last)
    return _step(flow, one, move, {})


def _screening(flow: Flow, one: Filed) -> tuple[bool, Step]:
    new = one.new
    facts = screening.Facts(
        new.preserved,
        new.cooperative,
        new.claim_fen,
        new.address_confirmed,
        new.basis,
        new.origin.basis_kind,
    )
    suggestion = screening.suggest(facts, flow.current)
    move = transitions.screened(_state(flow, one), suggestion.simple, flow.current, flow.teams)
    data = {
        "simple": suggestion.simple,
        "suggested": suggestion.simple,
        "met": list(suggestion.met),
        "reasons": writer.digest_of(""),
    }
    return suggestion.simple, _step(flow, one, move, data)


def _confirm(flow: Flow, screened: Sequence[tuple[bool, Step]], doer: Doer) -> None:
    writer.mark_simple(flow.session, [(step.case_id, simple) for simple, step in screened])
    flow.perform([step for _, step in screened], doer)
