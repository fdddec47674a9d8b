"""Where may somebody be served? 送达地址确认: the address, by which document, since when."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from linshu.rules.numbers import NumberFault, phone
from linshu.rules.parties import NewAddress
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import desk
from linshu.services.errors import Invalid
from linshu.services.flow import Flow
from linshu.store import personal, writer
from linshu.store.cases import Case, Party
from linshu.store.parties import Address, of_case
from linshu.store.writer import Doer, Draft


def keep(flow: Flow, doer: Doer, case: Case, party: Party, new: NewAddress) -> Address:
    """Keeps an address that a party of the case confirmed, in the caller's transaction; of a
    debtor's the case says that it has one. Invalid for what is no address, for a day to come."""
    session = flow.session
    address = Address(**_checked(case, party, new, flow.when.on), recorded_at=flow.when.at)
    session.add(address)
    before = case.address_confirmed
    case.address_confirmed = before or party.owes
    session.flush()
    draft = Draft(
        case.id,
        Tag.ADDRESS_CONFIRMED,
        data={
            "address": address.id,
            "party": party.id,
            "nth": places(session, case.id)[party.id],
            "confirmed_on": address.confirmed_on.isoformat(),
            "document": writer.keep_text(session, case.id, address.document),
            "text": writer.keep_text(session, case.id, personal.address_said(address)),
        },
        before={"address_confirmed": before},
        after={"address_confirmed": case.address_confirmed},
    )
    writer.write_trail(session, flow.court_id, [draft], doer, flow.when)
    return address


def places(session: Session, case_id: int) -> dict[int, int]:
    """The number that each party of the case has in the order they came, by its id."""
    return {party.id: nth for nth, party in enumerate(of_case(session, case_id), 1)}


def _checked(case: Case, party: Party, new: NewAddress, today: date) -> dict[str, Any]:
    if new.confirmed_on > today:
        raise Invalid("future")
    try:
        number = phone(new.phone)
    except NumberFault as fault:
        raise Invalid("party_number", name=party.name, why=fault.said) from fault
    return {
        "case_id": case.id,
        "party_id": party.id,
        "address": desk.words(new.address, Said("送达地址"), 200),
        "phone": number,
        "electronic": desk.words(new.electronic, Said("电子送达地址"), 100, needed=False),
        "confirmed_on": new.confirmed_on,
        "document": desk.words(new.document, Said("确认文书"), 200),
    }
