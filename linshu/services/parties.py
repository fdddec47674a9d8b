"""Who comes into a case after it was filed, who leaves it, and where may each be served?

What happened in a case is recorded by whoever records (RECORD): somebody was made a party, gave a
power of attorney, confirmed an address, left. What was written wrong ``correcting`` puts right.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules import parties as rules
from linshu.rules.duties import Duty
from linshu.rules.parties import ROLE_ZH, NewAddress, PartyRole, Standing
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import addresses, desk
from linshu.services.actor import Actor
from linshu.services.entrants import NewParty, checked_party, grams, told
from linshu.services.errors import Conflict, Invalid, NotFound
from linshu.services.flow import Flow
from linshu.store import personal, writer
from linshu.store.cases import Case, Gram, Party
from linshu.store.db import transaction
from linshu.store.parties import addresses_of, newest, of_case
from linshu.store.writer import Doer, Draft, When


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody who comes into a case: on which side and how (``rules.parties``), whom of the case
    he represents or replaces."""

    who: NewParty
    role: str
    kind: str = ""
    mandate: str = ""
    ruling: str = ""
    represents_id: int | None = None
    replaces_id: int | None = None


def add(actor: Actor, case_id: int, seen_seq: int | None, new: Joining, when: When) -> int:
    """Brings somebody into a case that the actor's team holds; returns the party's id.

    NotFound for somebody of another case; Invalid for a side that nobody can stand on so: an
    applicant or debtor without the ruling (with its article), a representative of nobody."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        held = desk.held(session, actor, case_id, seen_seq)
        others = {party.id: party for party in of_case(session, case_id)}
        ruling = desk.words(new.ruling, Said("裁定文号"), 200, needed=False)
        standing = Standing(
            new.role,
            new.kind,
            new.mandate,
            _role_of(others, new.represents_id),
            _role_of(others, new.replaces_id),
            ruling,
        )
        if why := rules.refusal(standing):
            raise Invalid("party", why=why)
        party = _kept(session, held.case, new, ruling)
        flow = Flow(session, actor.court_id, when)
        _say(flow, desk.doer(actor), party, Tag.PARTY_ADDED, {})
        return party.id


def _role_of(others: Mapping[int, Party], id_: int | None) -> str | None:
    if id_ is None:
        return None
    if id_ not in others:
        raise NotFound()
    _still_in(others[id_])
    return others[id_].role


def _still_in(party: Party) -> None:
    if party.out_on:
        raise Conflict("party_out", name=party.name, on=party.out_on)


def _kept(session: Session, case: Case, new: Joining, ruling: str) -> Party:
    who = checked_party(new.who, Said("姓名或名称"))
    numbers = {"id_number": who.id_number, "phone": who.phone, "account": who.account}
    party = Party(
        **personal.row(case.id, new.role, who.name, **numbers),
        kind=new.kind,
        mandate=new.mandate,
        ruling=ruling,
        represents_id=new.represents_id,
        replaces_id=new.replaces_id,
    )
    session.add(party)
    for gram in grams([party.name]):
        session.merge(Gram(gram=gram, case_id=case.id))
    session.flush()
    return party


def leave(
    actor: Actor,
    case_id: int,
    seen_seq: int | None,
    party_id: int,
    reason: str,
    out_on: date,
    when: When,
) -> None:
    """Somebody leaves a case (变更、解除委托), and whoever spoke for him with him: never deleted,
    shown as out, enforced against no more.

    NotFound for somebody of another case; Conflict for one who has left; Invalid without a reason,
    for a day to come or before filing, and for the last one of a side."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        held = desk.held(session, actor, case_id, seen_seq)
        party = _of(session, case_id, party_id)
        _still_in(party)
        if out_on > when.on:
            raise Invalid("future")
        if out_on < held.case.filed_on:
            raise Invalid("before_filing", on=held.case.filed_on)
        inside = [one for one in of_case(session, case_id) if one.out_on is None]
        if why := rules.leaving(party.role, [one.role for one in inside if one.id != party_id]):
            raise Invalid("party", why=why)
        reason = desk.words(reason, Said("退出理由"))
        flow = Flow(session, actor.court_id, when)
        for one in inside:
            if party_id in (one.id, one.represents_id):
                one.out_on, one.out_reason = out_on, reason
                data = {"out_on": str(out_on), "reason": writer.keep_text(session, case_id, reason)}
                _say(flow, desk.doer(actor), one, Tag.PARTY_LEFT, data)


def confirm(
    actor: Actor, case_id: int, seen_seq: int | None, party_id: int, new: NewAddress, when: When
) -> int:
    """送达地址确认: keeps an address of a party of a case that the actor's team holds; the newest
    counts. Returns its id. NotFound, Conflict and Invalid as above."""
    actor.needs(Duty.RECORD)
    with transaction() as session:
        held = desk.held(session, actor, case_id, seen_seq)
        party = _of(session, case_id, party_id)
        _still_in(party)
        flow = Flow(session, actor.court_id, when)
        return addresses.keep(flow, desk.doer(actor), held.case, party, new).id


def _of(session: Session, case_id: int, party_id: int) -> Party:
    party = session.get(Party, party_id)
    if party is None or party.case_id != case_id:
        raise NotFound()
    return party


def _say(flow: Flow, doer: Doer, party: Party, tag: Tag, data: dict[str, Any]) -> None:
    """One line of the trail: who, by a text that is kept beside it, and where he stands now."""
    session = flow.session
    session.flush()
    places = addresses.places(session, party.case_id)
    said = writer.keep_text(session, party.case_id, personal.said(personal.values_of(party)))
    nobody = writer.digest_of("")
    added = tag == Tag.PARTY_ADDED
    draft = Draft(
        party.case_id,
        tag,
        data={
            "party": party.id,
            "nth": places[party.id],
            "side": party.role,
            "side_zh": ROLE_ZH[PartyRole(party.role)],
            "person": told(party, places),
            "ruling": writer.keep_text(session, party.case_id, party.ruling),
            **data,
        },
        before={"party": nobody if added else said},
        after={"party": said if added else nobody},
    )
    writer.write_trail(session, flow.court_id, [draft], doer, flow.when)


# Into another case ----------------------------------------------------------------------------


def sides(session: Session, case_id: int) -> tuple[list[NewParty], list[NewParty]]:
    """The applicants and the debtors of a case who have not left, as another case is filed with."""
    inside = [party for party in of_case(session, case_id) if party.out_on is None]
    applicants, debtors = (
        [
            NewParty(one.name, one.id_number, one.phone, one.account)
            for one in inside
            if one.role == role
        ]
        for role in (PartyRole.APPLICANT, PartyRole.DEBTOR)
    )
    return applicants, debtors


def copied(
    flow: Flow, old_id: int, new_id: int, doer: Doer, owners: Collection[int] = ()
) -> dict[int, int]:
    """Whoever is still in the old case is in the new one too, with the address that counts; who is
    there already (filed with ``sides``) is not written twice. ``owners``: who has property there
    comes along even if he has left, and is out here too. Within the caller's transaction, each
    with its line in the trail. Returns the new party's id by the old one's."""
    session = flow.session
    case = session.get_one(Case, new_id)
    there = [*session.scalars(select(Party).where(Party.case_id == new_id).order_by(Party.id))]
    found: dict[int, int] = {}
    inside = [one for one in of_case(session, old_id) if one.out_on is None or one.id in owners]
    for old in sorted(inside, key=lambda one: (one.represents_id is not None, one.id)):
        same = next((one for one in there if _same(one, old)), None)
        if same is None:
            numbers = NewParty(old.name, old.id_number, old.phone, old.account)
            whom = found.get(old.represents_id or 0)
            new = Joining(numbers, old.role, old.kind, old.mandate, represents_id=whom)
            same = _kept(session, case, new, old.ruling)
            same.out_on, same.out_reason = old.out_on, old.out_reason
            _say(flow, doer, same, Tag.PARTY_ADDED, {})
        else:
            there.remove(same)
        found[old.id] = same.id
    for old_party, one in newest(addresses_of(session, old_id)).items():
        if old_party in found:
            party = session.get_one(Party, found[old_party])
            parts = (one.address, one.confirmed_on, one.document, one.phone, one.electronic)
            addresses.keep(flow, doer, case, party, NewAddress(*parts))
    return found


def _same(one: Party, other: Party) -> bool:
    facts = ("role", "name", "id_number", "kind")
    return all(getattr(one, fact) == getattr(other, fact) for fact in facts)
