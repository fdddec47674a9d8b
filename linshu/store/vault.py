"""How is personal data kept from whoever reads the database? Encrypted, its keys outside of it.

The key ring is a file, one key a line, the newest last: new data is encrypted with the newest, old
data read with the one it names. A value is found again by its exact text through a keyed digest.
"""

import base64
import fcntl
import hmac
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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

    def seal(self, plain: bytes, purpose: str) -> bytes:
        nonce = os.urandom(NONCE)
        machine = Cipher(self._encrypts, modes.GCM(nonce)).encryptor()
        machine.authenticate_additional_data(purpose.encode())
        return nonce + machine.update(plain) + machine.finalize() + machine.tag

    def open(self, sealed: bytes, purpose: str) -> bytes:
        nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
        machine = Cipher(self._encrypts, modes.GCM(nonce, tag)).decryptor()
        machine.authenticate_additional_data(purpose.encode())
        return machine.update(body) + machine.finalize()

    def digest(self, text: str, purpose: str) -> str:
        name = CIPHERS[self.cipher][2]
        return hmac.new(self._finds, f"{purpose}|{text}".encode(), name).hexdigest()

    def line(self) -> str:
        return f"{self.name} {self.cipher} {base64.b64encode(self.secret).decode()}\n"


class Ring:
    """The keys of one installation. Read anew when the file has changed: a rotation by another
    process is seen at once. Whoever changes the file has it to himself meanwhile: a key that was
    lost would take all that it encrypted along."""

    def __init__(self, path: Path, cipher: str) -> None:
        self.path, self.cipher = path, cipher
        self._read_at: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}

    @property
    def keys(self) -> Mapping[str, Key]:
        """By name, the newest last; made at the first use of a new installation. Unreadable when
        the file has gone away since: another ring in its place would hide the loss."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            self._begin()
            now = self.path.stat()
        stamp = (now.st_ino, now.st_mtime_ns, now.st_size)
        if self._read_at != stamp:
            lines = self.path.read_text().splitlines()
            keys = dict(_parsed(line) for line in lines if line.strip())
            if not keys:
                raise Unreadable(f"there is no key in {self.path.name}")
            self._keys, self._read_at = keys, stamp
        return self._keys

    @property
    def newest(self) -> Key:
        return list(self.keys.values())[-1]

    def rotate(self) -> Key:
        """A new key, which encrypts from now on; the old ones go on reading what they wrote."""
        _ = self.keys  # there is a file from here on
        with self._alone():
            new = self._new(len(self.keys) + 1)
            self._replace({**self.keys, new.name: new})
            return new

    def forget(self, names: set[str]) -> None:
        """Old keys that nothing is encrypted with any more. The newest stays."""
        _ = self.keys
        with self._alone():
            newest = self.newest
            kept = {name: key for name, key in self.keys.items() if name not in names}
            self._replace({**kept, newest.name: newest})

    def _begin(self) -> None:
        if self._read_at is not None:
            raise Unreadable(f"{self.path.name} has gone away")
        with self._alone():
            if not self.path.exists():  # two first starts at once agree on one key
                new = self._new(1)
                self._replace({new.name: new})

    def _new(self, place: int) -> Key:
        return Key(f"k{place}-{secrets.token_hex(3)}", self.cipher, os.urandom(32))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self.path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _replace(self, keys: Mapping[str, Key]) -> None:
        """All of the new file or the old one, on the disk before anything is encrypted with it."""
        draft = self.path.with_suffix(f".{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write("".join(key.line() for key in keys.values()))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _parsed(line: str) -> tuple[str, Key]:
    name, cipher, secret = line.split()
    return name, Key(name, cipher, base64.b64decode(secret))


def best_cipher() -> str:
    """SM4 where this machine's OpenSSL brings it (GB/T 39786), else AES-256."""
    try:
        Key("", "sm4", b"").seal(b"", "")
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
    if not text:
        return ""
    newest = ring().newest
    return f"{newest.name}:{base64.b64encode(newest.seal(text.encode(), purpose)).decode()}"


def reveal(sealed: str, purpose: str) -> str:
    """The text that was encrypted for that purpose. Unreadable without its key, or when changed."""
    if not sealed:
        return ""
    name, _, body = sealed.partition(":")
    key = _known(name)
    try:
        raw = base64.b64decode(body, validate=True)
        if base64.b64encode(raw).decode() != body:  # its last letter has bits that mean nothing
            raise ValueError(name)
        return key.open(raw, purpose).decode()
    except (InvalidTag, ValueError, UnsupportedAlgorithm) as changed:
        raise Unreadable(f"what key {name} encrypted does not open") from changed


def _known(name: str) -> Key:
    key = ring().keys.get(name)
    if key is None:  # the name comes from the row: were that not encrypted, it would be the number
        raise Unreadable("the key that a value names is not in the ring")
    return key


def seal_file(content: bytes, purpose: str) -> bytes:
    """The bytes of a file, encrypted as ``seal`` does it."""
    newest = ring().newest
    return newest.name.encode() + b":" + newest.seal(content, purpose)


def reveal_file(sealed: bytes, purpose: str) -> bytes:
    """The bytes that ``seal_file`` encrypted. Unreadable as with ``reveal``."""
    name, _, body = sealed.partition(b":")
    key = _known(name[:40].decode("utf-8", "replace"))
    try:
        return key.open(body, purpose)
    except (InvalidTag, ValueError, UnsupportedAlgorithm) as changed:
        raise Unreadable(f"what key {key.name} encrypted does not open") from changed


def digest(text: str, purpose: str) -> str:
    """By what an encrypted text is found again: its digest under the newest key; empty for none."""
    return ring().newest.digest(text, purpose) if text else ""


def digests(text: str, purpose: str) -> list[str]:
    """Its digests under every key there is: while keys change, rows carry old and new ones."""
    return [key.digest(text, purpose) for key in ring().keys.values()] if text else []


def key_of(sealed: str) -> str:
    """The name of the key that something was encrypted with."""
    return sealed.partition(":")[0]


class Secret(TypeDecorator[str]):
    """A text column that holds what the vault encrypted, and reads as the text itself.
    ``found_by``: the column beside it that keeps the digest, where it is searched."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str, found_by: str = "") -> None:
        super().__init__()
        self.purpose, self.found_by = purpose, found_by

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else reveal(value, self.purpose)
