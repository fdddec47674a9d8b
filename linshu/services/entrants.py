"""Who is written into a case? A name, numbers that can be such, the pieces that search knows."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from linshu.rules.numbers import NumberFault, account, id_number, phone
from linshu.rules.said import Said
from linshu.services import dates, desk
from linshu.services.errors import Invalid
from linshu.store import writer
from linshu.store.cases import Party


@dataclass(frozen=True, slots=True)
class NewParty:
    """A party as filed: the numbers may be empty."""

    name: str
    id_number: str = ""
    phone: str = ""
    account: str = ""


def named(parties: Sequence[NewParty], what: Said) -> list[NewParty]:
    """The parties of one side as they are kept; Invalid when there is none."""
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


def grams(names: Iterable[str]) -> list[str]:
    """The two-letter pieces of names, by which search finds 张三; a one-letter name is its own."""
    found: set[str] = set()
    for name in names:
        plain = "".join(unicodedata.normalize("NFKC", name).lower().split())
        found.update(plain[i : i + 2] for i in range(max(1, len(plain) - 1)) if plain)
    return sorted(found)


def told(party: Party, places: dict[int, int]) -> dict[str, Any]:
    """Where somebody stands as the trail says it; ``places``: the number that each party of the
    case has in the order they came."""
    return {
        "role": party.role,
        "name": writer.digest_of(party.name),
        "kind": party.kind,
        "mandate": party.mandate,
        "represents": places.get(party.represents_id or 0),
        "replaces": places.get(party.replaces_id or 0),
        "ruling": writer.digest_of(party.ruling),
        "out_on": dates.iso(party.out_on),
    }
