"""How is personal data kept from whoever reads the database? Encrypted, its keys outside of it.

The key ring is a file, one key a line, the newest last: new data is encrypted with the newest, old
data read with the one it names. A value is found again by its exact text through a keyed digest.
"""

import base64
import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

#: Cipher → (its algorithm, bytes of its key, the digest that goes with it). Both in GCM.
CIPHERS: Mapping[str, tuple[Callable[[bytes], Any], int, str]] = {
    "sm4": (algorithms.SM4, 16, "sm3"),
    "aes": (algorithms.AES, 32, "sha256"),
}
NONCE, TAG = 12, 16


class Unreadable(RuntimeError):
    """A value cannot be decrypted: its key is not in the ring, or it was changed."""


@dataclass(frozen=True)
class Key:
    """One key of the ring. ``name`` stands in everything encrypted with it."""

    name: str
    cipher: str
    secret: bytes

    @cached_property
    def _encrypts(self) -> Any:
        make, size, _digest = CIPHERS[self.cipher]
        return make(self._derived(b"linshu encrypts", size))

    @cached_property
    def _finds(self) -> bytes:
        return self._derived(b"linshu finds", 32)

    def _derived(self, purpose: bytes, size: int) -> bytes:
        return HKDF(hashes.SHA256(), size, salt=None, info=purpose).derive(self.secret)

    def seal(self, text: str, purpose: str) -> str:
        nonce = os.urandom(NONCE)
        machine = Cipher(self._encrypts, modes.GCM(nonce)).encryptor()
        machine.authenticate_additional_data(purpose.encode())
        sealed = nonce + machine.update(text.encode()) + machine.finalize() + machine.tag
        return f"{self.name}:{base64.b64encode(sealed).decode()}"

    def open(self, sealed: bytes, purpose: str) -> str:
        nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
        machine = Cipher(self._encrypts, modes.GCM(nonce, tag)).decryptor()
        machine.authenticate_additional_data(purpose.encode())
        return (machine.update(body) + machine.finalize()).decode()

    def digest(self, text: str, purpose: str) -> str:
        name = CIPHERS[self.cipher][2]
        return hmac.new(self._finds, f"{purpose}|{text}".encode(), name).hexdigest()

    def line(self) -> str:
        return f"{self.name} {self.cipher} {base64.b64encode(self.secret).decode()}\n"


class Ring:
    """The keys of one installation. Read anew when the file has changed: a rotation by another
    process is seen at once."""

    def __init__(self, path: Path, cipher: str) -> None:
        self.path, self.cipher = path, cipher
        self._read_at: tuple[int, int] | None = None
        self._keys: dict[str, Key] = {}

    @property
    def keys(self) -> Mapping[str, Key]:
        """By name, the newest last; made at the first use of a new installation."""
        if not self.path.exists():
            self._write({})
        now = self.path.stat()
        if self._read_at != (now.st_mtime_ns, now.st_size):
            self._keys = dict(_parsed(line) for line in self.path.read_text().splitlines())
            self._read_at = (now.st_mtime_ns, now.st_size)
        return self._keys

    @property
    def newest(self) -> Key:
        return list(self.keys.values())[-1]

    def rotate(self) -> Key:
        """A new key, which encrypts from now on; the old ones go on reading what they wrote."""
        self._write(self.keys)
        return self.newest

    def forget(self, names: set[str]) -> None:
        """Old keys that nothing is encrypted with any more. The newest stays."""
        kept = {name: key for name, key in self.keys.items() if name not in names}
        kept[self.newest.name] = self.newest
        self._replace(kept)

    def _write(self, known: Mapping[str, Key]) -> None:
        new = Key(f"k{len(known) + 1}-{secrets.token_hex(3)}", self.cipher, os.urandom(32))
        if known:
            self._replace({**known, new.name: new})
            return
        draft = self._draft({new.name: new})
        with suppress(FileExistsError):
            os.link(draft, self.path)  # two first starts at once agree on one key
        draft.unlink()

    def _replace(self, keys: Mapping[str, Key]) -> None:
        self._draft(keys).replace(self.path)

    def _draft(self, keys: Mapping[str, Key]) -> Path:
        draft = self.path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text("".join(key.line() for key in keys.values()))
        return draft


def _parsed(line: str) -> tuple[str, Key]:
    name, cipher, secret = line.split()
    return name, Key(name, cipher, base64.b64decode(secret))


def best_cipher() -> str:
    """SM4 where this machine's OpenSSL brings it (GB/T 39786), else AES-256."""
    try:
        Key("", "sm4", b"").seal("", "")
        hmac.new(b"", b"", CIPHERS["sm4"][2])
    except (UnsupportedAlgorithm, ValueError):
        return "aes"
    return "sm4"


_RING: dict[str, Ring] = {}


def hang(path: Path, cipher: str) -> None:
    """Where the key ring lies, and which cipher a new key is for (empty: the best there is)."""
    _RING["ring"] = Ring(path, cipher or best_cipher())


def ring() -> Ring:
    """The key ring of this installation."""
    return _RING["ring"]


def seal(text: str, purpose: str) -> str:
    """The text encrypted for one purpose ("party.phone"); the empty text stays empty."""
    return ring().newest.seal(text, purpose) if text else ""


def reveal(sealed: str, purpose: str) -> str:
    """The text that was encrypted for that purpose. Unreadable without its key, or when changed."""
    if not sealed:
        return ""
    name, _, body = sealed.partition(":")
    key = ring().keys.get(name)
    if key is None:
        raise Unreadable(f"no key {name!r} in the ring")
    try:
        return key.open(base64.b64decode(body, validate=True), purpose)
    except (InvalidTag, ValueError) as changed:
        raise Unreadable(f"what key {name} encrypted does not open") from changed


def digest(text: str, purpose: str) -> str:
    """By what an encrypted text is found again: its digest under the newest key; empty for none."""
    return ring().newest.digest(text, purpose) if text else ""


def digests(text: str, purpose: str) -> list[str]:
    """Its digests under every key there is: while keys change, rows carry old and new ones."""
    return [key.digest(text, purpose) for key in ring().keys.values()] if text else []


class Secret(TypeDecorator[str]):
    """A text column that holds what the vault encrypted, and reads as the text itself."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else reveal(value, self.purpose)
