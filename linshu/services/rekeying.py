"""How does the court change the key that personal data is encrypted with? While everybody works.

A new key encrypts from the moment it is there; then every row is brought under it, batch by batch;
then the old keys are forgotten. The ring itself says how far it is: with more than one key in it, a
rotation has begun and not ended, and running it again goes on. Twice at once does no harm.
"""

from collections.abc import Callable
from dataclasses import dataclass

from linshu.rules.trail import Tag
from linshu.store import personal, queries, shelf, uploads, vault, writer
from linshu.store.db import transaction
from linshu.store.writer import Doer, Draft, When

BATCH = 500


@dataclass(slots=True)
class Rotated:
    """What a run did. ``unreadable``: values that no key in the ring opens; they stay as they
    are."""

    key: str
    rows: int = 0
    forgotten: int = 0
    unreadable: int = 0


def _unheard(_rows: int) -> None:
    """Nobody asked how far it is."""


def rotate(doer: Doer, when: When, progress: Callable[[int], None] = _unheard) -> Rotated:
    """A new key unless a rotation was broken off; everything under it; the old keys forgotten, and
    a line in each court's trail. Every batch is a transaction of its own."""
    done = Rotated(_new_key())
    for place in personal.places():
        _bring_under(place, done, progress)
    with transaction() as session:
        changed, unreadable = uploads.reseal(session)
        files, unread = shelf.reseal()
    done.rows += changed + files
    done.unreadable += unreadable + unread
    _forget(doer, when, done)
    return done


def _new_key() -> str:
    """Taken up while nobody writes: no transaction encrypts with one key and digests with
    another, and none ends with the old key after its rows were passed."""
    ring = vault.ring()
    with transaction(alone=True):
        return (ring.newest if len(ring.keys) > 1 else ring.rotate()).name


def _bring_under(place: personal.Place, done: Rotated, progress: Callable[[int], None]) -> None:
    after: int | None = 0
    while after is not None:
        with transaction() as session:
            changed, after, unreadable = personal.reseal(session, place, after, BATCH)
        done.rows += changed
        done.unreadable += unreadable
        progress(done.rows)


def _forget(doer: Doer, when: When, done: Rotated) -> None:
    with transaction(alone=True) as session:
        old = set(vault.ring().keys) - personal.keys_in_use(session) - {done.key}
        data = {"key": done.key, "cipher": vault.ring().newest.cipher, "rows": done.rows}
        data |= {"forgotten": len(old), "unreadable": done.unreadable}
        for court_id in queries.court_ids():
            draft = Draft(None, Tag.DATA_KEY_ROTATED, data)
            writer.write_trail(session, court_id, [draft], doer, when)
    vault.ring().forget(old)
    done.forgotten = len(old)
