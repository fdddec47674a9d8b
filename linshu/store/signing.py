"""With what is the trail sealed, and where do the seals lie outside the database?

One Ed25519 key in a file, readable by its owner alone, made at its first use. A new key is written
beside the old one first (``.next``), then the old one hands over in a seal, then the new one takes
its place: after a crash anywhere between, the next seal finds out from the last one how far it was.
"""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from linshu.rules import seals


class StaleKey(RuntimeError):
    """The key in the file has handed over to another: this machine must not sign with it."""


@dataclass(frozen=True)
class SigningKey:
    """One key: what it signs with, and its public half in hex."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        return self.private.public_key().public_bytes_raw().hex()

    @property
    def fingerprint(self) -> str:
        return seals.fingerprint(self.public)

    def sign(self, content: bytes) -> str:
        return self.private.sign(content).hex()


@dataclass(frozen=True)
class Place:
    """Where one installation keeps its key, and the seals it has made. The file is read at each
    use: what another process rotates or an operator puts there counts at once."""

    path: Path
    folder: Path

    @property
    def key(self) -> SigningKey:
        """The key that signs; made at the first use of a new installation."""
        if not self.path.exists():
            draft = _draft(self.path)
            with suppress(FileExistsError):
                os.link(draft, self.path)  # two first starts at once agree on one key
            draft.unlink()
        return _read(self.path)

    @property
    def next_path(self) -> Path:
        return self.path.with_suffix(".next")

    def prepare(self) -> SigningKey:
        """The key that is to follow, written beside the one that signs."""
        if not self.next_path.exists():
            _draft(self.next_path).replace(self.next_path)
        return _read(self.next_path)

    def after(self, signed_by: str, handed_to: str) -> SigningKey:
        """The key that signs after a seal that was signed by one key and handed over to another
        ("" for not). A rotation that was left half done is finished first. StaleKey when the file
        still holds the key that handed over."""
        key = self.key
        if handed_to and key.public == signed_by:
            if not self.next_path.exists() or _read(self.next_path).public != handed_to:
                raise StaleKey(f"{self.path} {key.fingerprint}")
            self.next_path.replace(self.path)
            key = self.key
        return key


def _read(path: Path) -> SigningKey:
    found = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(found, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    return SigningKey(found)


def _draft(path: Path) -> Path:
    """A new key, on the disk for good before anything refers to it."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        file.write(pem)
        os.fsync(file.fileno())
    return draft


_PLACE: dict[str, Place] = {}


def hang(path: Path, folder: Path) -> None:
    """Where the key lies, and the folder into which every seal goes beside the database."""
    _PLACE["place"] = Place(path, folder)


def place() -> Place:
    """Where this installation's key and seals lie."""
    return _PLACE["place"]
