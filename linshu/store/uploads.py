"""Where do the files lie that people bring? In a folder, encrypted like the rows made of them."""

import hashlib
import os
import secrets
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.store import vault
from linshu.store.books import LedgerImport
from linshu.store.findings import FindingFile

_PURPOSE = "upload"
_PLAIN = b"PK"  # a workbook as it was kept until uploads were encrypted


def keep(folder: Path, content: bytes) -> tuple[Path, str]:
    """Keeps the bytes under their digest; returns the file and the digest. Within a transaction:
    the key is not forgotten before the file is known of."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{digest}.xlsx"  # the same bytes again: the same file
    _put(path, content)
    return path, digest


def content(path: Path) -> bytes:
    """The bytes that were brought; none where the file is gone. Unreadable without its key."""
    if not path.exists():
        return b""
    kept = path.read_bytes()
    return kept if kept.startswith(_PLAIN) else vault.reveal_file(kept, _PURPOSE)


def reseal(session: Session) -> tuple[int, int]:
    """Brings every upload that is still there under the newest key; returns how many changed and
    how many could not be read."""
    newest, changed, unreadable = vault.ring().newest.name.encode() + b":", 0, 0
    brought = select(LedgerImport.path).union(select(FindingFile.path))
    for name in session.scalars(brought):
        path = Path(name)
        if not path.exists() or path.read_bytes().startswith(newest):
            continue
        try:
            _put(path, content(path))
            changed += 1
        except vault.Unreadable:
            unreadable += 1
    return changed, unreadable


def _put(path: Path, content: bytes) -> None:
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(vault.seal_file(content, _PURPOSE))
    draft.replace(path)
