"""How is the trail sealed, and does a row of seals hold?

A seal fixes every chain of a court (name, count, head) and the seal before it, and is signed by a
key that lies outside the database. Standard library and ``trail`` alone, as for ``verify``; only
signatures want more, and whoever checks seals without it says so.
"""

import hashlib
import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from linshu.rules import trail

FORMAT = "linshu-seal/1"
Head = tuple[str, int, str]  # chain, count, head
TEXTS = "format court alg closes at key next prev digest leaves hash signature".split()
NUMBERS = "seq entries chains changed".split()


class Kind(StrEnum):
    """What can be wrong with an export or its seals."""

    UNREADABLE = "unreadable"
    HEADER = "forged header"
    CHANGED = "changed"
    INSERTED = "inserted"
    REMOVED = "removed"
    REORDERED = "reordered"
    UNLINKED = "not linked"
    FORKED = "forked"
    RECOMPUTED = "recomputed"
    CUT_OFF = "cut off"
    CASE_REMOVED = "case removed"
    HEAD_ABSENT = "sealed head absent"
    HEADS_MISSING = "heads missing"
    NOT_SEALS = "no seals"
    SEAL_UNREADABLE = "seal unreadable"
    SEAL_NOT_FOLLOWING = "seal does not follow"
    SEAL_CHANGED = "seal replaced"
    SEAL_HEADS = "seal's heads do not fit"
    SEAL_TOTALS = "seal's totals do not fit"
    SIGNATURE = "wrong signature"
    KEY_CHANGED = "key changed without handing over"
    KEY_UNKNOWN = "unknown key"
    TEXT = "text does not fit"


#: Each with its place: {line} of the file, {chain}, entries {first} to {last}, {seal}.
SENTENCES: Mapping[Kind, str] = {
    Kind.UNREADABLE: "第 {line} 行不是一条留痕,或与其规范字节不符",
    Kind.HEADER: "第 1 行(首行)与内容不符:{why}",
    Kind.CHANGED: "第 {line} 行 {chain} 第 {first} 条被改动:摘要不符",
    Kind.INSERTED: "第 {line} 行 {chain} 第 {first} 条重复插入",
    Kind.REMOVED: "第 {line} 行之前 {chain} 缺第 {first} 至 {last} 条:被删除",
    Kind.REORDERED: "第 {line} 行 {chain} 第 {first} 条次序不对",
    Kind.UNLINKED: "第 {line} 行 {chain} 第 {first} 条与前一条不相接",
    Kind.FORKED: "第 {line} 行 {chain} 第 {first} 条另有一条内容不同:链已分叉",
    Kind.RECOMPUTED: "{chain} 第 {first} 至 {last} 条之间被重新计算:与第 {seal} 号封印不符",
    Kind.CUT_OFF: "{chain} 被截去末尾:第 {seal} 号封印记有 {last} 条,现仅 {first} 条",
    Kind.CASE_REMOVED: "{chain} 整链被删除:第 {seal} 号封印记有 {last} 条",
    Kind.HEAD_ABSENT: "第 {seal} 号封印所封的一个链头在留痕中不存在",
    Kind.HEADS_MISSING: "有 {seal} 枚封印没有列出链头,不足以核验全院留痕",
    Kind.NOT_SEALS: "封印文件中没有封印",
    Kind.SEAL_UNREADABLE: "封印文件第 {line} 行不是封印,或与其规范字节不符",
    Kind.SEAL_NOT_FOLLOWING: "封印文件第 {line} 行第 {seal} 号封印与前一枚(第 {before} 行)不相接",
    Kind.SEAL_CHANGED: "封印文件第 {line} 行第 {seal} 号封印被改动或替换:摘要不符",
    Kind.SEAL_HEADS: "封印文件第 {line} 行第 {seal} 号封印所列链头与封印不符",
    Kind.SEAL_TOTALS: "封印文件第 {line} 行第 {seal} 号封印的总数与各链不符",
    Kind.SIGNATURE: "封印文件第 {line} 行第 {seal} 号封印的签名不符",
    Kind.KEY_CHANGED: "封印文件第 {line} 行第 {seal} 号封印换了密钥而没有移交:{key}",
    Kind.KEY_UNKNOWN: "签名的公钥 {key} 不是所给的公钥",
    Kind.TEXT: "原文文件第 {line} 行与其摘要不符",
}


@dataclass(frozen=True)
class Misfit:
    """One thing that does not fit: what, in which chain ("" for none), and the facts of its
    place, which fill its sentence."""

    kind: Kind
    chain: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        places = {"chain": self.chain, **self.facts}
        return f"{SENTENCES[self.kind].format(**places)} ({self.kind})"


# Making -----------------------------------------------------------------------------------------


def fingerprint(key: str) -> str:
    """By what a public key (hex) is told from others: 32 hex digits of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()[:32]


def grouped(text: str) -> str:
    """A fingerprint as people compare it: in groups of four."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def leaf(alg: str, head: Head) -> str:
    """What stands for a chain's head where its name must not: a digest of the three."""
    return trail.digest(alg, trail.canonical(list(head)))


def leaves(alg: str, found: Iterable[str]) -> str:
    """The digest over leaves, in the order of their chains."""
    return trail.digest(alg, "".join(f"{one}\n" for one in found).encode())


def signed(facts: Mapping[str, Any], sign: Callable[[bytes], str]) -> dict[str, Any]:
    """A seal, or the header of an export, with its hash and its signature (hex, by ``sign``)."""
    plain = trail.signed_part(facts)
    return {**facts, "hash": trail.digest(facts["alg"], plain), "signature": sign(plain)}


def line(seal: Mapping[str, Any], heads: Sequence[Head | str] | None) -> str:
    """One line of a file of seals. ``heads``: the chains that changed since the seal before; a leaf
    in place of one that is nobody's business; None where none of them is."""
    listed = None if heads is None else [h if isinstance(h, str) else list(h) for h in heads]
    return trail.canonical({"seal": seal, "heads": listed}).decode()


# Checking ---------------------------------------------------------------------------------------


def signatures() -> Callable[[str, bytes, str], bool] | None:
    """Checks (key, content, signature), both in hex; None where ``cryptography`` is missing."""
    try:
        ed25519 = importlib.import_module("cryptography.hazmat.primitives.asymmetric.ed25519")
        wrong = importlib.import_module("cryptography.exceptions").InvalidSignature
    except ImportError:
        return None

    def fits(key: str, content: bytes, signature: str) -> bool:
        try:
            public = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            public.verify(bytes.fromhex(signature), content)
        except (wrong, ValueError):
            return False
        return is_hex(signature, 64)

    return fits


@dataclass
class Row:
    """Seals in their order, checked one by one, and what they fix.

    ``points``: chain → count → (head, the seal that first says so); ``opaque``: algorithm → leaf →
    seal; ``keys``: the fingerprints given as known; ``proved``: one of these vouches for the last
    seal, by signing it or by handing over."""

    keys: Sequence[str] = ()
    misfits: list[Misfit] = field(default_factory=list)
    seals: list[dict[str, Any]] = field(default_factory=list)
    points: dict[str, dict[int, tuple[str, int]]] = field(default_factory=dict)
    opaque: dict[str, dict[str, int]] = field(default_factory=dict)
    nameless: int = 0
    proved: bool = False
    signed: bool = False
    _heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    _entries: int = 0
    _line: int = 0

    def read(self, lines: Iterable[tuple[int, bytes | None]]) -> "Row":
        """Reads a file of seals to its end. trail.AlgorithmMissing when one cannot be computed."""
        check = signatures()
        self.signed = check is not None
        number = 0
        for number, text in lines:
            found = trail.parsed(text)
            if found is None or not _is_line(found):
                self._note(Kind.SEAL_UNREADABLE, number)
                continue
            self._one(number, found["seal"], found["heads"], check)
        self._last(number)
        return self

    def _note(self, kind: Kind, line: int, seal: int = 0, **facts: Any) -> None:
        self.misfits.append(Misfit(kind, "", {"line": line, "seal": seal, **facts}))

    def _one(
        self,
        number: int,
        seal: dict[str, Any],
        heads: list[Any] | None,
        check: Callable[[str, bytes, str], bool] | None,
    ) -> None:
        plain, seq = trail.signed_part(seal), seal["seq"]
        if trail.digest(seal["alg"], plain) != seal["hash"]:
            self._note(Kind.SEAL_CHANGED, number, seq)
        elif check and not check(seal["key"], plain, seal["signature"]):
            self._note(Kind.SIGNATURE, number, seq)
        self._follows(number, seal)
        self.seals.append(seal)
        if heads is None:
            self.nameless += 1
        elif not self._fits(seal, heads):
            self._note(Kind.SEAL_HEADS, number, seq)
        if not self.nameless and not self.opaque:
            totals = (self._entries, len(self._heads), len(heads or ()))
            if totals != (seal["entries"], seal["chains"], seal["changed"]):
                self._note(Kind.SEAL_TOTALS, number, seq)

    def _follows(self, number: int, seal: dict[str, Any]) -> None:
        before = self.seals[-1] if self.seals else None
        place = (seal["seq"], seal["prev"], seal["court"])
        expected = (1, trail.EMPTY_HEAD, seal["court"])
        if before:
            expected = (before["seq"] + 1, before["hash"], before["court"])
        if place != expected:
            self._note(Kind.SEAL_NOT_FOLLOWING, number, seal["seq"], before=self._line)
        self._line = number
        mark = fingerprint(seal["key"])
        handed = before is not None and seal["key"] == (before["next"] or before["key"])
        if mark in self.keys:
            self.proved = True
        elif before and not handed:
            self.proved = False
            self._note(Kind.KEY_CHANGED, number, seal["seq"], key=grouped(mark))

    def _fits(self, seal: dict[str, Any], heads: list[Any]) -> bool:
        alg, seq = seal["alg"], seal["seq"]
        found, grows = [], True
        for one in heads:
            if isinstance(one, str):
                found.append(one)
                self.opaque.setdefault(alg, {}).setdefault(one, seq)
                continue
            chain, count, head = one
            found.append(leaf(alg, (chain, count, head)))
            self.points.setdefault(chain, {}).setdefault(count, (head, seq))
            known = self._heads.get(chain, (0, ""))[0]
            grows = grows and count > known
            self._entries += count - known
            self._heads[chain] = (count, head)
        return grows and leaves(alg, found) == seal["leaves"]

    def _last(self, number: int) -> None:
        if not self.seals:
            self._note(Kind.NOT_SEALS, number)
            return
        last = self.seals[-1]
        if not self.nameless and not self.opaque:
            heads = sorted((chain, *rest) for chain, rest in self._heads.items())
            if trail.proof_of(last["alg"], heads).hexdigest() != last["digest"]:
                self._note(Kind.SEAL_TOTALS, number, last["seq"])
        if self.keys and not self.proved and not self.misfits:
            key = grouped(fingerprint(last["key"]))
            self._note(Kind.KEY_UNKNOWN, number, last["seq"], key=key)


def is_seal(seal: Any) -> bool:
    """Whether a value has the shape of a seal; nothing is said of what it holds."""
    return (
        type(seal) is dict
        and set(seal) == {*TEXTS, *NUMBERS}
        and all(type(seal[key]) is str for key in TEXTS)
        and all(type(seal[key]) is int for key in NUMBERS)
        and seal["format"] == FORMAT
        and seal["alg"] in trail.ALGORITHMS
        and is_hex(seal["key"], 32)
        and (not seal["next"] or is_hex(seal["next"], 32))
    )


def _is_line(found: Mapping[str, Any]) -> bool:
    if set(found) != {"seal", "heads"} or not is_seal(found["seal"]):
        return False
    heads = found["heads"]
    return heads is None or (type(heads) is list and all(map(_is_head, heads)))


def is_hex(text: str, size: int) -> bool:
    """Whether a text writes that many bytes in the one way we write them."""
    return len(text) == 2 * size and set(text) <= set("0123456789abcdef")


def _is_head(one: Any) -> bool:
    if type(one) is str:
        return True
    return type(one) is list and [type(part) for part in one] == [str, int, str] and one[1] > 0
