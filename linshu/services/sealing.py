"""How is the trail sealed, and do the seals hold? A day is closed by the first sweep after it.

A seal fixes the count and the head of every chain, and the seal before it; it is signed by a key
that the database does not know, and lies in a file beside it. It is a record of its own and leaves
no entry in the trail: the next seal would have to cover that.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from linshu.rules import seals, trail
from linshu.rules.said import Said
from linshu.rules.seals import Head
from linshu.rules.trail import Tag
from linshu.services.checking import hold_still
from linshu.services.errors import Invalid, Refused
from linshu.services.seal_record import Fault as Fault
from linshu.services.seal_record import record
from linshu.store import queries, seal_files, sealed, signing, writer
from linshu.store.books import Seal
from linshu.store.cases import Case
from linshu.store.db import SHANGHAI, db, transaction
from linshu.store.signing import SigningKey, StaleKey
from linshu.store.writer import Doer, Draft, When

log = logging.getLogger(__name__)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _New:
    """What a seal is made for: the day that it closes, the key that it hands over to."""

    closes_on: date | None = None
    next_key: str = ""


def close_days(court_id: int, when: When) -> None:
    """Seals the day before, if no seal closes it yet. What keeps it from sealing is logged, and
    shows in ``faults``: a sweep goes on without."""
    day = when.on - DAY
    if sealed.closed(db.session(), court_id, day):
        return
    try:
        with transaction(alone=True) as session:
            if sealed.closed(session, court_id, day):
                return
            _seal(session, court_id, when, _New(closes_on=day))
    except (Refused, OperationalError) as why:
        log.error("no seal closes %s: %s", day, why)
        return
    keep_files(court_id)


def seal_now(court_id: int, when: When) -> None:
    """Seals what no seal covers yet; nothing when there is nothing. Invalid without a key."""
    with transaction(alone=True) as session:
        before = sealed.last(session, court_id)
        if before is None or sealed.changed(session, court_id, before.upto):
            _seal(session, court_id, when, _New())
    keep_files(court_id)


def rotate_key(doer: Doer, when: When) -> tuple[str, str]:
    """A new key takes the old one's place: the old one signs a last seal of each court that hands
    over to it, and is gone. Returns both fingerprints. Invalid when the old one cannot sign."""
    with transaction(alone=True) as session:
        courts = queries.court_ids()
        old = _key(sealed.last(session, courts[0]) if courts else None)
        new = signing.place().prepare()
        data = {"old": seals.grouped(old.fingerprint), "new": seals.grouped(new.fingerprint)}
        for court_id in courts:
            draft = Draft(None, Tag.SEAL_KEY_ROTATED, data)
            writer.write_trail(session, court_id, [draft], doer, when)
            _seal(session, court_id, when, _New(next_key=new.public))
    signing.place().after(old.public, new.public)
    for court_id in courts:
        keep_files(court_id)
    return old.fingerprint, new.fingerprint


def key_of(session: Session, court_id: int) -> SigningKey:
    """The key that signs what leaves this court. Invalid when it cannot be read, or is another."""
    return _key(sealed.last(session, court_id))


def _key(before: Seal | None) -> SigningKey:
    told = facts(before) if before else {"key": "", "next": ""}
    try:
        return signing.place().after(told["key"], told["next"])
    except StaleKey as stale:
        raise Invalid("seal_key_stale", file=str(stale)) from stale
    except (OSError, ValueError) as unreadable:
        raise Invalid("seal_key", why=str(unreadable)) from unreadable


def facts(seal: Seal) -> dict[str, Any]:
    """What a stored seal says. Invalid when it is none any more."""
    found = trail.parsed(seal.line.encode())
    if found is None or not seals.is_seal(found):
        raise Invalid("seal_broken", seq=seal.seq)
    return found


def _seal(session: Session, court_id: int, when: When, new: _New) -> None:
    before = sealed.last(session, court_id)
    key, upto, alg = _key(before), sealed.newest(session), writer.algorithm()
    heads = sealed.heads(session, court_id, before.upto if before else 0)
    said: dict[str, Any] = {
        "format": seals.FORMAT,
        "court": sealed.code_of(session, court_id),
        "alg": alg,
        "seq": before.seq + 1 if before else 1,
        "closes": new.closes_on.isoformat() if new.closes_on else "",
        "at": when.recorded.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "key": key.public,
        "next": new.next_key,
        "prev": before.hash if before else trail.EMPTY_HEAD,
        "changed": len(heads),
        "leaves": seals.leaves(alg, (seals.leaf(alg, head) for head in heads)),
        **_totals(session, court_id, alg, facts(before) if before and not heads else None),
    }
    whole = seals.signed(said, key.sign)
    session.add(
        Seal(
            court_id=court_id,
            seq=said["seq"],
            closes_on=new.closes_on,
            sealed_at=when.recorded,
            upto=upto,
            key=key.fingerprint,
            hash=whole["hash"],
            line=trail.canonical(whole).decode(),
            heads=trail.canonical([list(head) for head in heads]).decode(),
        )
    )


def _totals(
    session: Session, court_id: int, alg: str, same: dict[str, Any] | None
) -> dict[str, Any]:
    """Entries, chains and the proof over all heads; those of the seal before if nothing changed."""
    if same and same["alg"] == alg:
        return {name: same[name] for name in ("entries", "chains", "digest")}
    heads = sealed.heads(session, court_id)
    proof = trail.proof_of(alg, heads)
    entries = sum(count for _chain, count, _head in heads)
    return {"entries": entries, "chains": proof.chains, "digest": proof.hexdigest()}


def keep_files(court_id: int) -> None:
    """Writes the seals that lie in no file yet; a full disk is logged, and tried again."""
    session = db.session()
    try:
        seal_files.write_missing(session, court_id)
    except (OSError, SQLAlchemyError) as failed:
        log.error("a seal could not be written to its file: %s", failed)
    finally:
        session.rollback()


# What goes with an export -----------------------------------------------------------------------


def lines(session: Session, court_id: int, named: str | None = None) -> Iterator[str]:
    """The court's seals, a line each (without its end), with the heads that they list. With
    ``named`` that chain alone is called by its name, and the others by leaves."""
    for seal in sealed.each(session, court_id):
        if named is None:
            yield seal_files.line(seal)
        else:
            yield seals.line(facts(seal), _veiled(seal, named))


def proof_of_case(session: Session, court_id: int, case: Case) -> Iterator[str]:
    """The court's seals for who may know of one case alone: its heads are named where it changed,
    other chains' are leaves there, and no heads are listed where it did not."""
    for seal in sealed.each(session, court_id):
        heads = _veiled(seal, case.number)
        hers = any(not isinstance(head, str) for head in heads)
        yield seals.line(facts(seal), heads if hers else None)


def _veiled(seal: Seal, named: str) -> list[Head | str]:
    alg = facts(seal)["alg"]
    found: list[Head | str] = []
    for chain, count, head in json.loads(seal.heads):
        one = (chain, count, head)
        found.append(one if chain == named else seals.leaf(alg, one))
    return found


# Whether they hold ------------------------------------------------------------------------------


def faults(court_id: int) -> list[Fault]:
    """Every way in which the court's seals, their files and its chains do not fit together: what a
    stranger's check of a full export would find, and what he cannot see. Changes nothing and
    stops nobody; opens its own view, so call it outside of a transaction. Empty: all fits.
    trail.AlgorithmMissing when a digest cannot be computed here."""
    session = db.session()
    session.rollback()
    found, keys = list[Fault](), list[str]()
    try:
        hold_still(session)
        try:
            keys = [key_of(session, court_id).fingerprint]
        except Refused as refusal:
            found.append(Fault("", refusal.said))
        found += record(session, court_id, keys)
    except OperationalError as unreadable:  # SQLite: what is no text stands where text should
        found.append(Fault("", Said("封印或留痕无法读取:{why}", why=str(unreadable.orig))))
    finally:
        session.rollback()
    return found
