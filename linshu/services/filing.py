"""How does a case enter? Filed or imported, it begins its intake stint (R1, R2)."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from linshu.rules import clock, screening, transitions
from linshu.rules.duties import Duty
from linshu.rules.numbers import CaseNumber, NumberFault, account, id_number, phone
from linshu.rules.said import Said
from linshu.rules.stages import RESUMED, Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import CaseState, Undecidable, undecided
from linshu.services import countdowns, desk
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid
from linshu.services.flow import Flow, Step
from linshu.store import personal, queries, writer
from linshu.store.bulk import insert_rows
from linshu.store.cases import Case, Gram, Party, Text
from linshu.store.db import transaction
from linshu.store.writer import Doer, Draft, When

EMPTY_HEAD = "0" * 64


@dataclass(frozen=True, slots=True)
class NewParty:
    """A party as filed: the numbers may be empty."""

    name: str
    id_number: str = ""
    phone: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The terminated case that goes on as a new one, and the intensive team that held it last."""

    case_id: int
    number: str
    team_id: int | None


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is known of a case when it enters. Claim in fen; ``origin``: what it goes on from."""

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
    origin: Origin | None = None


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
            return file_many(flow, [new], desk.doer(actor), Tag.CASE_FILED)[0].case_id
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
    return replace(
        new,
        cause=desk.words(new.cause, Said("案由"), 80),
        basis=desk.words(new.basis, Said("执行依据"), 200, needed=False),
        remark=desk.words(new.remark, Said("备注"), needed=False),
        applicants=_named(new.applicants, Said("申请执行人")),
        debtors=_named(new.debtors, Said("被执行人")),
    )


def _named(parties: Sequence[NewParty], what: Said) -> list[NewParty]:
    if not parties:
        raise Invalid("text_needed", what=what)
    return [checked_party(party, what) for party in parties]


def checked_party(party: NewParty, what: Said) -> NewParty:
    """A party with its words and numbers as they are kept. Invalid for a name that is missing or a
    number that cannot be one; no refusal repeats the number."""
    name = desk.words(party.name, what, 200)
    try:
        return NewParty(
            name,
            desk.words(id_number(party.id_number), Said("证件号码"), 40, False),
            phone(party.phone),
            account(party.account),
        )
    except NumberFault as fault:
        raise Invalid("party_number", name=name, why=fault.said) from fault


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
        "filed_on": new.filed_on,
        "statutory_due_on": statutory.on,
        "statutory_provisional": statutory.provisional,
        "claim_fen": new.claim_fen,
        "preserved": new.preserved,
        "cooperative": new.cooperative,
        "address_confirmed": new.address_confirmed,
        "former_handler": new.former_handler,
        "remark": new.remark,
        "resumed_from_id": new.origin.case_id if new.origin else None,
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


def grams(names: Iterable[str]) -> list[str]:
    """The two-letter pieces of names, by which search finds 张三; a one-letter name is its own."""
    found: set[str] = set()
    for name in names:
        plain = "".join(unicodedata.normalize("NFKC", name).lower().split())
        found.update(plain[i : i + 2] for i in range(max(1, len(plain) - 1)) if plain)
    return sorted(found)


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
            "resumed_from": new.origin.number if new.origin else None,
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
    last = one.new.origin.team_id if one.new.origin else None
    move = transitions.passed_intake(_state(flow, one), flow.current, flow.teams, last)
    return _step(flow, one, move, {})


def _screening(flow: Flow, one: Filed) -> tuple[bool, Step]:
    new = one.new
    facts = screening.Facts(
        new.preserved, new.cooperative, new.claim_fen, new.address_confirmed, new.basis
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
