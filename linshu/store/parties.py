"""Who is in a case, who left it, who speaks for whom, and where may each be served?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, Row, String, and_, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from linshu.store.cases import Case, Party, Stint
from linshu.store.db import Base, Instant
from linshu.store.vault import Secret


class Address(Base):
    """An address that a party confirmed for service (送达地址确认), by which document: the newest
    of a party counts. Rows are only added; what rewrites their secrets is a new key alone."""

    __tablename__ = "addresses"
    __table_args__ = (Index("ix_addresses_case", "case_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    address: Mapped[str] = mapped_column(Secret("address.address"))
    phone: Mapped[str] = mapped_column(Secret("address.phone"), default="")
    electronic: Mapped[str] = mapped_column(Secret("address.electronic"), default="")
    confirmed_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody in a case as its page lists him: for whom he speaks, whom he replaced, and his
    addresses, the newest first."""

    party: Party
    represents: str
    replaces: str
    addresses: Sequence[Address]


def of_case(session: Session, case_id: int) -> list[Party]:
    """Everybody who is or was in a case, in the order they came."""
    query = select(Party).where(Party.case_id == case_id).order_by(Party.id)
    return list(session.scalars(query))


def lines(session: Session, case_id: int, parties: Sequence[Party]) -> list[Somebody]:
    """The parties of a case, each with those who represent them behind; who left comes last."""
    names = {party.id: party.name for party in parties}
    found: dict[int, list[Address]] = {}
    for address in addresses_of(session, case_id)[::-1]:
        found.setdefault(address.party_id, []).append(address)
    return [
        Somebody(
            party,
            names.get(party.represents_id or 0, ""),
            names.get(party.replaces_id or 0, ""),
            found.get(party.id, []),
        )
        for party in sorted(parties, key=_place)
    ]


def _place(party: Party) -> tuple[bool, int, int]:
    return party.out_on is not None, party.represents_id or party.id, party.id


def addresses_of(session: Session, case_id: int) -> list[Address]:
    """The addresses confirmed in a case, the oldest first."""
    query = select(Address).where(Address.case_id == case_id).order_by(Address.id)
    return list(session.scalars(query))


def newest(addresses: Iterable[Address]) -> Mapping[int, Address]:
    """The address that counts for each party, by its id."""
    return {one.party_id: one for one in addresses}


def owing() -> tuple[ColumnElement[bool], ...]:
    """The condition for whom a case is enforced against: debtors who have not left (as
    ``Party.owes`` has it)."""
    return Party.role == "debtor", Party.out_on.is_(None)


# What does not fit together ---------------------------------------------------------------------


def speaking_for_none(session: Session, court_id: int) -> Iterator[Row[int, str, int]]:
    """Representatives (case, number, party) of nobody, of somebody of another case, of another
    representative or of one who left while they stay; and successors of another case's party."""
    whom, before = aliased(Party), aliased(Party)
    stays = and_(Party.out_on.is_(None), whom.out_on.is_not(None))
    query = (
        select(Case.id, Case.number, Party.id)
        .join(Case, Case.id == Party.case_id)
        .outerjoin(whom, whom.id == Party.represents_id)
        .outerjoin(before, before.id == Party.replaces_id)
        .where(
            Case.court_id == court_id,
            or_(
                (Party.role == "representative") != whom.id.is_not(None),
                whom.case_id != Party.case_id,
                whom.role == "representative",
                stays,
                before.case_id != Party.case_id,
            ),
        )
        .order_by(Case.id, Party.id)
    )
    yield from session.execute(query)


def astray(session: Session, court_id: int) -> Iterator[Row[int, str, int]]:
    """Addresses (case, number, party) that stand in another case than the party they belong to."""
    query = (
        select(Case.id, Case.number, Party.id)
        .select_from(Address)
        .join(Case, Case.id == Address.case_id)
        .join(Party, Party.id == Address.party_id)
        .where(Case.court_id == court_id, Party.case_id != Address.case_id)
        .order_by(Case.id, Party.id)
    )
    yield from session.execute(query)


def without_a_side(session: Session, court_id: int) -> Iterator[Row[int, str]]:
    """Open cases in which nobody is left who asks, or nobody who owes."""
    sides = [
        select(Party.id).where(Party.case_id == Case.id, Party.role == role, Party.out_on.is_(None))
        for role in ("applicant", "debtor")
    ]
    query = (
        select(Case.id, Case.number)
        .join(Stint, Stint.case_id == Case.id)
        .where(Case.court_id == court_id, Stint.ended_on.is_(None))
        .where(or_(*(~side.exists() for side in sides)))
        .order_by(Case.id)
    )
    yield from session.execute(query)
