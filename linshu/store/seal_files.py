"""Where do the seals lie beside the database? One file a seal, in a folder of the court.

Whoever can rewrite the database cannot rewrite what was carried off from here. A file that is there
is never written again, so that it can still speak against the database.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.store import sealed, signing
from linshu.store.books import Seal


def line(seal: Seal) -> str:
    """A seal with the heads that it lists, as one line of a file of seals."""
    return f'{{"heads":{seal.heads},"seal":{seal.line}}}'


def name(seq: int, closes_on: object, sealed_on: object) -> str:
    """What the file of a seal is called: its number, and the day that it closes or was made on."""
    return f"{seq:06d}-{closes_on or sealed_on}.jsonl"


def folder(code: str) -> Path:
    """The folder of a court's seals."""
    return signing.place().folder / code


def names(session: Session, court_id: int) -> Iterator[tuple[int, str]]:
    """The row and the file name of each seal."""
    query = select(Seal.id, Seal.seq, Seal.closes_on, Seal.sealed_at)
    for id_, seq, closes_on, at in session.execute(
        query.where(Seal.court_id == court_id).order_by(Seal.seq)
    ):
        yield id_, name(seq, closes_on, at.date())


def write_missing(session: Session, court_id: int) -> None:
    """Writes the seals that have no file yet. OSError when the folder cannot be written."""
    where = folder(sealed.code_of(session, court_id))
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = {path.name for path in where.iterdir()}
    for id_, called in list(names(session, court_id)):
        if called not in there:
            seal = session.get_one(Seal, id_)
            _write(where / called, line(seal) + "\n")
            session.expunge(seal)


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
