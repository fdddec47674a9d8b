"""Where do the files of cases lie? In a folder of their own, by digest, encrypted.

Documents, attachments and templates: the same bytes are one file. It is there before any row names
it; one that no row names does no harm. Nothing is ever taken away.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from linshu.store import vault

_PURPOSE = "paper"
_PLACE: dict[str, Path] = {}


class Unkept(RuntimeError):
    """The file could not be written: a full disk, a folder that nobody may write in."""


class Missing(RuntimeError):
    """The file is not there, does not open, or is not what its digest says."""


def hang(folder: Path) -> None:
    """Where the files lie; outside of everything that the web serves."""
    _PLACE["folder"] = folder


def digest_of(content: bytes) -> str:
    """By what the bytes are found again."""
    return hashlib.sha256(content).hexdigest()


def keep(content: bytes) -> str:
    """Keeps the bytes and returns their digest. Unkept when they could not be written; within a
    transaction, so that the key is not forgotten meanwhile."""
    digest = digest_of(content)
    path = _path(digest)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put(path, content)
    except OSError as failed:
        raise Unkept(str(failed)) from failed
    return digest


def content(digest: str) -> bytes:
    """The bytes of that digest. Missing when they are not there as they were."""
    try:
        found = vault.reveal_file(_path(digest).read_bytes(), _PURPOSE)
    except (OSError, vault.Unreadable) as gone:
        raise Missing(digest) from gone
    if digest_of(found) != digest:
        raise Missing(digest)
    return found


def there(digest: str) -> bool:
    """Whether there is a file of that digest, whatever is in it."""
    return _path(digest).is_file()


def opens(digest: str) -> bool:
    """Whether the file is there and is what its digest says."""
    try:
        content(digest)
    except Missing:
        return False
    return True


def reseal() -> tuple[int, int]:
    """Brings every file under the newest key; returns how many changed and how many could not be
    read: those stay as they are."""
    newest, changed, unreadable = vault.ring().newest.name.encode() + b":", 0, 0
    for path in _files():
        sealed = path.read_bytes()
        if sealed.startswith(newest):
            continue
        try:
            _put(path, vault.reveal_file(sealed, _PURPOSE))
            changed += 1
        except vault.Unreadable:
            unreadable += 1
    return changed, unreadable


def _files() -> Iterator[Path]:
    yield from sorted(_PLACE["folder"].glob("??/" + "?" * 64))


def _path(digest: str) -> Path:
    return _PLACE["folder"] / digest[:2] / digest


def _put(path: Path, content: bytes) -> None:
    """All of the file or none of it, on the disk before anybody names it."""
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(vault.seal_file(content, _PURPOSE))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
