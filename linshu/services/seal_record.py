"""Do the seals, their files and the chains fit together, as they are stored?

The walk is the one that a stranger makes over an export (``rules.seals``, ``rules.chains``); added
is what he cannot see: columns by which something is found, heads on the cases' rows, files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules import seals, trail
from linshu.rules.chains import Chains
from linshu.rules.said import Said
from linshu.rules.seals import Misfit
from linshu.services.checking import ESCAPED, as_text, byte_order, stored_line
from linshu.store import seal_files, sealed
from linshu.store.books import TrailEntry
from linshu.store.cases import Case


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which seals, files and chains do not fit. ``chain``: whose, "" for no one's."""

    chain: str
    sentence: Said


def record(session: Session, court_id: int, keys: Sequence[str]) -> Iterator[Fault]:
    """What does not fit, as one view of the database shows it. ``keys``: the fingerprint of the
    installation's own key, which may have begun without another handing over to it."""
    row = _row(session, court_id, keys)
    yield from map(_fault, row.misfits)
    yield from _seal_columns(session, court_id)
    chains, aside = Chains(row if row.seals else None), list[Fault]()
    yield from map(_fault, chains.walk(_entries(session, court_id, aside)))
    yield from map(_fault, chains.absent(row))
    stored = {chain: (count, head) for chain, count, head in sealed.heads(session, court_id)}
    for chain in sorted(stored.items() ^ chains.ended.items()):
        yield Fault(chain[0], Said("{chain} 的链头与留痕不符", chain=chain[0]))
    yield from aside
    yield from _file_faults(session, court_id)


def _row(session: Session, court_id: int, keys: Sequence[str]) -> seals.Row:
    row = seals.Row(keys)
    if sealed.last(session, court_id) is None:
        return row
    stored = (seal_files.line(seal).encode() for seal in sealed.each(session, court_id))
    return row.read(enumerate(stored, 1))


def _fault(misfit: Misfit) -> Fault:
    sentence = seals.SENTENCES[misfit.kind]
    return Fault(misfit.chain, Said(sentence, chain=misfit.chain, **misfit.facts))


def _seal_columns(session: Session, court_id: int) -> Iterator[Fault]:
    for seal in sealed.each(session, court_id):
        told = trail.parsed(seal.line.encode()) or {}
        day = seal.closes_on.isoformat() if seal.closes_on else ""
        at = seal.sealed_at.isoformat(timespec="seconds")
        columns = (seal.seq, seal.hash, day, at)
        same = columns == tuple(told.get(name) for name in ("seq", "hash", "closes", "at"))
        if not seals.is_seal(told):
            continue  # said already
        if not same or seal.key != seals.fingerprint(told["key"]):
            yield Fault("", Said("第 {seal} 号封印的检索字段与封印内容不符", seal=seal.seq))


def _entries(
    session: Session, court_id: int, aside: list[Fault]
) -> Iterator[tuple[int, bytes | None]]:
    """The trail as an export would hold it; entries whose columns say something else go aside: a
    search would not find them."""
    entry = TrailEntry
    query = (
        select(entry.chain, entry.seq, entry.tag, entry.by, entry.happened_on, Case.number)
        .add_columns(stored_line(session))
        .outerjoin(Case, Case.id == entry.case_id)
        .where(entry.court_id == court_id)
        .order_by(entry.chain.collate(byte_order(session)), entry.seq)
        .execution_options(yield_per=5000)
    )
    for number, row in enumerate(session.execute(query), 1):
        text = as_text(row.line).encode("utf-8", ESCAPED)
        told = trail.parsed(text) or {}
        columns = (row.chain, row.seq, row.tag, row.by, str(row.happened_on))
        same = columns == (
            *(told.get(name) for name in ("chain", "seq", "tag", "by")),
            str(told.get("at"))[:10],
        )
        if not same or (row.number or f"court:{row.chain[6:]}") != row.chain:
            aside.append(Fault(row.chain, _columns(row.chain, row.seq)))
        yield number, text


def _columns(chain: str, seq: int) -> Said:
    return Said("{chain} 第 {first} 条的检索字段与留痕内容不符", chain=chain, first=seq)


def _file_faults(session: Session, court_id: int) -> Iterator[Fault]:
    where = seal_files.folder(sealed.code_of(session, court_id))
    try:
        there = {path.name: path for path in where.iterdir()} if where.exists() else {}
        called = dict(seal_files.names(session, court_id))
        for seal in sealed.each(session, court_id):
            name = called[seal.id]
            path = there.pop(name, None)
            if path is None:
                yield Fault("", Said("封印文件 {file} 缺失,下次封印时补写", file=name))
            elif path.read_bytes() != f"{seal_files.line(seal)}\n".encode():
                yield Fault("", Said("封印文件 {file} 与数据库中的封印不符", file=name))
    except OSError as unreadable:
        yield Fault("", Said("封印文件夹无法读取:{why}", why=str(unreadable)))
        return
    for name in sorted(there):
        if name.endswith(".jsonl"):
            yield Fault("", Said("封印文件 {file} 所载的封印不在数据库中", file=name))
