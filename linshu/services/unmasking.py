"""Who has seen the whole number? Masked is the rule; a look at one is asked for and recorded."""

from sqlalchemy.orm import Session

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.services import desk, readings
from linshu.services.actor import Actor
from linshu.services.errors import NotFound
from linshu.store.cases import Case, Party
from linshu.store.db import transaction
from linshu.store.parties import Address
from linshu.store.personal import ADDRESS_SHOWN, SHOWN
from linshu.store.writer import When

FIELDS_ZH = {"id_number": "证件号码", "phone": "电话", "account": "银行账号"}
ADDRESS_ZH = {"address": "送达地址", "phone": "联系电话", "electronic": "电子送达地址"}


def unmask(
    actor: Actor, case_id: int, party_id: int, field: str, when: When, address: str = ""
) -> str:
    """A party's number in full; the reading log says whose number was seen, masked.

    NotAllowed without the duty; NotFound outside the scope, for another case's party or for a
    number that there is none of."""
    actor.needs(Duty.UNMASK)
    with transaction() as session:
        _seen_by(session, actor, case_id)
        party = session.get(Party, party_id)
        if party is None or party.case_id != case_id or field not in SHOWN:
            raise NotFound()
        number: str = getattr(party, field)
        if not number:
            raise NotFound()
        words = f"{party.name} {FIELDS_ZH[field]} {SHOWN[field](number)}"
        readings.add(session, actor, Kind.UNMASK, when, [case_id], words=words, address=address)
        return number


def unmask_address(
    actor: Actor, case_id: int, address_id: int, field: str, when: When, address: str = ""
) -> str:
    """The same for an address confirmed for service: ``field`` is the address itself, the telephone
    or the electronic address beside it."""
    actor.needs(Duty.UNMASK)
    with transaction() as session:
        _seen_by(session, actor, case_id)
        found = session.get(Address, address_id)
        if found is None or found.case_id != case_id or field not in ADDRESS_SHOWN:
            raise NotFound()
        text: str = getattr(found, field)
        if not text:
            raise NotFound()
        name = session.get_one(Party, found.party_id).name
        words = f"{name} {ADDRESS_ZH[field]} {ADDRESS_SHOWN[field](text)}"
        readings.add(session, actor, Kind.UNMASK, when, [case_id], words=words, address=address)
        return text


def _seen_by(session: Session, actor: Actor, case_id: int) -> None:
    case = session.get(Case, case_id)
    if case is None or case.court_id != actor.court_id:
        raise NotFound("not_yours")
    if not desk.in_scope(session, actor, case_id):
        raise NotFound("not_yours")
