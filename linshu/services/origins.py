"""What does the trial side hand over with a case? Its basis, what was preserved, addresses.

All of it is written in the transaction that files the case: a seizure that was taken over unseen
would lapse unseen (R27).
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, time
from typing import Any

from linshu.rules import property as rules
from linshu.rules.numbers import NumberFault
from linshu.rules.origins import BASIS_KINDS, Origin, Seized, preservation_number
from linshu.rules.parties import NewAddress
from linshu.rules.property import Status
from linshu.rules.said import Said
from linshu.services import addresses, dates, desk, property
from linshu.services.actor import Actor
from linshu.services.errors import Invalid
from linshu.services.flow import Flow
from linshu.services.recording import NewAction
from linshu.store import writer
from linshu.store.cases import Party
from linshu.store.db import SHANGHAI
from linshu.store.parties import of_case

#: The action that each kind of thing is taken over by: it ticks that node and starts the countdown.
TAKEN_BY = {
    "deposit": "deposit_freezing",
    "movable": "impounding",
    "vehicle": "seizure",
    "real_estate": "seizure",
    "securities": "freezing",
    "other": "freezing",
}


def checked(new: Origin, seized: Sequence[Seized], filed_on: date) -> Origin:
    """What the trial side said, as it is kept. Invalid for a basis of no kind, a day that a basis
    cannot have, a number of no preservation case, a seizure that had lapsed or that no document can
    have named (with the article)."""
    if new.basis_kind and new.basis_kind not in BASIS_KINDS:
        raise Invalid("kind_unknown", kind=new.basis_kind)
    if new.effective_on and new.effective_on > filed_on:
        raise Invalid("effective_late")
    for one in seized:
        _check(one, filed_on)
    try:
        number = preservation_number(new.preservation)
    except NumberFault as fault:
        raise Invalid("ledger", why=fault.said) from fault
    return replace(
        new,
        trial_court=desk.words(new.trial_court, Said("审理法院"), 80, needed=False),
        trial_team=desk.words(new.trial_team, Said("审判团队"), 80, needed=False),
        preservation=number,
    )


def _check(one: Seized, filed_on: date) -> None:
    if one.kind not in rules.KINDS:
        raise Invalid("kind_unknown", kind=one.kind)
    desk.words(one.name, Said("财产名称"), 200)
    if one.value_fen < 0 or one.queue < 0:
        raise Invalid("amount", why=Said("不能为负"))
    if one.until_on < filed_on:
        raise Invalid("preservation_lapsed", name=one.name, on=one.until_on)
    act = "freeze_deposit" if one.kind == rules.BALANCE else "seize"
    if why := rules.refusal(one.kind, Status.FOUND, act, filed_on, one.until_on):
        raise Invalid("property", why=why)


def told(origin: Origin) -> dict[str, Any]:
    """What the trail says of it: texts by their digests."""
    return {
        name: dates.iso(value) if name == "effective_on" else writer.digest_of(value)
        for name, value in asdict(origin).items()
    }


def handed_over(
    flow: Flow,
    actor: Actor,
    case_id: int,
    seized: Sequence[Seized],
    confirmed: Sequence[NewAddress],
) -> None:
    """Takes over what was preserved and confirmed, for a case that was just filed: things seized
    already, each with its countdown, and addresses. Invalid for a name that no party has."""
    session = flow.session
    if not seized and not confirmed:
        return
    held = desk.opened(session, actor, case_id, None)
    parties = of_case(session, case_id)
    debtors = [party for party in parties if party.owes]
    happened_at = datetime.combine(held.case.filed_on, time.min, SHANGHAI)
    for one in seized:
        owner = _named(debtors, one.of) if one.of else debtors[0]
        text = f"{one.name} · {held.case.preservation or held.case.basis or '—'}"
        new = NewAction(TAKEN_BY[one.kind], text, happened_at, until_on=one.until_on)
        property.taken_over(flow, actor, held, owner, one, new)
    for address in confirmed:
        party = _named(parties, address.of)
        addresses.keep(flow, desk.doer(actor), held.case, party, address)


def _named(parties: Sequence[Party], name: str) -> Party:
    for party in parties:
        if party.name == name.strip():
            return party
    raise Invalid("no_such_party", name=name)
