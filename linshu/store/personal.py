"""How is what belongs to a person written, found again, and brought under another key?

Every row of a party is made by ``row``: values as they are kept, digests beside them. The secret
columns are read off the models, so that a new one is found by the rotation and the check at once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Column, String, Table, bindparam, literal, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from linshu.rules.masking import (
    mask_account,
    mask_address,
    mask_electronic,
    mask_identity,
    mask_phone,
)
from linshu.rules.numbers import NumberFault, account, id_number, phone
from linshu.store import vault
from linshu.store.cases import Case, Party, Stint
from linshu.store.db import Base
from linshu.store.filters import Scope, in_scope
from linshu.store.parties import Address

#: A party's secret values, with how a list shows each.
SHOWN = {"id_number": mask_identity, "phone": mask_phone, "account": mask_account}
#: Those of an address confirmed for service.
ADDRESS_SHOWN = {"address": mask_address, "phone": mask_phone, "electronic": mask_electronic}
_KEPT = {"id_number": id_number, "phone": phone, "account": account}
MOST_FOUND = 2000


def row(case_id: int, role: str, name: str, **numbers: str) -> dict[str, Any]:
    """The values of a party's row: its numbers as they are kept, and their digests. NumberFault
    for a telephone or an account that cannot be one."""
    values: dict[str, Any] = {"case_id": case_id, "role": role, "name": name}
    for field, secret in _of_parties().items():
        kept = _KEPT[field](numbers.get(field, ""))
        values |= {field: kept, secret.found_by: vault.digest(kept, secret.purpose)}
    return values


def said(values: Mapping[str, Any]) -> str:
    """A party's row as the trail's text says it: role|name|masked number|its keyed digest, then
    telephone and account where there are any. It proves the number to whoever has the key, and
    tells it to nobody."""
    parts = [str(values["role"]), str(values["name"])]
    for field, secret in _of_parties().items():
        if values[field] or field == "id_number":
            label = "" if field == "id_number" else f"{field}:"
            parts += [label + SHOWN[field](values[field]), str(values[secret.found_by])]
    return "|".join(parts)


def address_said(address: Address) -> str:
    """An address as the trail's text says it: what it is, masked, and its keyed digest."""
    parts = ["address"]
    for field, mask in ADDRESS_SHOWN.items():
        if text := getattr(address, field):
            secret = cast(vault.Secret, Address.__table__.c[field].type)
            parts += [f"{field}:{mask(text)}", vault.digest(text, secret.purpose)]
    return "|".join(parts)


_OTHER = r"(?:phone|account):"
_SAID = re.compile(
    rf"[a-z]+\|(.*)\|((?!{_OTHER})[^|]*)\|[0-9a-f]*((?:\|{_OTHER}[^|]*\|[0-9a-f]+)*)", re.S
)


def shown(text: str) -> str:
    """What ``said`` said, as people read it: the name and the masked numbers; empty for a text of
    another kind."""
    found = _SAID.fullmatch(text)
    if found is None:
        return ""
    others = [part.partition(":")[2] for part in found[3].split("|")[1::2]]
    return " ".join(part for part in (found[1], found[2], *others) if part)


def values_of(party: Party) -> dict[str, Any]:
    """A party as the values of its row."""
    numbers = {field: getattr(party, field) for field in SHOWN}
    return row(party.case_id, party.role, party.name, **numbers)


def _of_parties() -> dict[str, vault.Secret]:
    return {field: cast(vault.Secret, Party.__table__.c[field].type) for field in SHOWN}


def carrying(session: Session, scope: Scope, text: str) -> list[int]:
    """The cases in scope with a party whose identity number or code, telephone or account is
    exactly this text, in any writing; the newest first."""
    fits = [
        Party.__table__.c[secret.found_by].in_(vault.digests(kept, secret.purpose))
        for field, secret in _of_parties().items()
        if (kept := _meant(field, text))
    ]
    if not fits:
        return []
    carried = select(Party.case_id).where(or_(*fits))
    query = (
        select(Case.id)
        .join(Stint, Stint.case_id == Case.id)
        .where(Case.id.in_(carried), *in_scope(scope))
        .distinct()
        .order_by(Case.id.desc())
        .limit(MOST_FOUND)
    )
    return list(session.scalars(query))


def _meant(field: str, text: str) -> str:
    try:
        return _KEPT[field](text)
    except NumberFault:
        return ""


# Keys ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A secret column of some table, with the column of its digest where it is searched."""

    table: Table
    column: Column[Any]
    digest: Column[Any] | None

    @property
    def purpose(self) -> str:
        return cast(vault.Secret, self.column.type).purpose

    @property
    def sealed(self) -> Any:
        """The column as it stands in the database, not decrypted."""
        return type_coerce(self.column, String)


def places() -> Iterator[Place]:
    """Every secret column of every model."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, vault.Secret):
                beside = column.type.found_by
                yield Place(table, column, table.c[beside] if beside else None)


def reseal(session: Session, place: Place, after: int, size: int) -> tuple[int, int | None, int]:
    """Brings the next ``size`` rows of a secret column under the newest key, values and digests;
    the rows are locked. Returns (how many changed, the last id looked at or None when there are no
    more, how many could not be read: those stay as they are)."""
    key = place.table.c.id
    query = (
        select(key, place.sealed)
        .where(key > after, place.sealed != "")
        .order_by(key)
        .limit(size)
        .with_for_update()
    )
    found = session.execute(query).all()
    newest, changes, unreadable = vault.ring().newest.name, list[dict[str, Any]](), 0
    for id_, sealed in found:
        try:
            plain = "" if vault.key_of(sealed) == newest else vault.reveal(sealed, place.purpose)
        except vault.Unreadable:
            unreadable += 1
        else:
            changes += [_under_newest(place, id_, plain)] if plain else []
    _change(session, place, changes)
    return len(changes), found[-1][0] if found else None, unreadable


def _under_newest(place: Place, id_: int, plain: str) -> dict[str, Any]:
    change = {"row": id_, "plain": plain}
    return change | (
        {"found": vault.digest(plain, place.purpose)} if place.digest is not None else {}
    )


def _change(session: Session, place: Place, changes: Sequence[dict[str, Any]]) -> None:
    if not changes:
        return
    values: dict[Column[Any], Any] = {place.column: bindparam("plain")}
    if place.digest is not None:
        values[place.digest] = bindparam("found")
    statement = update(place.table).where(place.table.c.id == bindparam("row")).values(values)
    session.connection().execute(statement, list(changes))


def keys_in_use(session: Session) -> set[str]:
    """The names of the keys that anything in the database is encrypted with."""
    used: set[str] = set()
    for place in places():
        for key in vault.ring().keys:
            query = select(place.table.c.id).where(place.sealed.startswith(f"{key}:"))
            if session.scalar(query.order_by(place.table.c.id).limit(1)) is not None:
                used.add(key)
    return used


# The nightly check --------------------------------------------------------------------------------


def unsound(session: Session, court_id: int) -> list[int]:
    """The cases of a court in which a party's number or address does not open, is not under the
    newest key, or has a digest that does not fit it. While keys are being changed they may be
    many."""
    found = set[int]()
    for model in (Party, Address):
        mine = [place for place in places() if place.table is model.__table__]
        query = (
            select(model.case_id, *(one for place in mine for one in _pair(place)))
            .join(Case, Case.id == model.case_id)
            .where(Case.court_id == court_id)
            .execution_options(yield_per=5000)
        )
        for case_id, *cells in session.execute(query):
            pairs = zip(mine, cells[::2], cells[1::2], strict=True)
            if not all(_sound(place, sealed, digest) for place, sealed, digest in pairs):
                found.add(case_id)
    return sorted(found)


def _pair(place: Place) -> tuple[Any, Any]:
    return place.sealed, literal("") if place.digest is None else place.digest


def _sound(place: Place, sealed: str, digest: str) -> bool:
    if not sealed:
        return not digest
    newest = vault.ring().newest
    try:
        plain = vault.reveal(sealed, place.purpose)
    except vault.Unreadable:
        return False
    fits = place.digest is None or newest.digest(plain, place.purpose) == digest
    return vault.key_of(sealed) == newest.name and fits
