"""What is handed to a stranger: an export and its seals, made without the application.

``House`` keeps chains as plain values; it records, seals, hands over to another key, exports.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linshu.rules import seals, trail
from linshu.rules.trail import Tag
from linshu.rules.verify import Verdict, verify

CODE = "鲁1329"
COURT = f"court:{CODE}"
EXPORTED = {"by": "supervisor", "at": "2026-11-20T09:00:00+08:00"}


def key_of(number: int) -> Ed25519PrivateKey:
    """Some key, always the same."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def mark(key: Ed25519PrivateKey) -> str:
    """The key's fingerprint."""
    return seals.fingerprint(public(key))


def entry(chain: str, seq: int, prev: str, alg: str = "sm3", **facts: Any) -> dict[str, Any]:
    """One linked entry."""
    made = {
        "alg": alg,
        "chain": chain,
        "seq": seq,
        "tag": str(Tag.CASE_RECORDED),
        "at": f"2026-05-{seq % 28 + 1:02}T14:20:00+08:00",
        "recorded": "2026-05-30T17:42:00+08:00",
        "by": "one",
        "role": "executor",
        "behalf": None,
        "before": {},
        "after": {"recovered_fen": seq * 100},
        "data": {"kind": "talk", "text": trail.text_digest(alg, f"约谈 {seq}")},
        "prev": prev,
    } | facts
    return made | {"hash": trail.link(made)}


class House:
    """A court's trail, the seals over it and the key they are signed with."""

    def __init__(self, alg: str = "sm3", key: int = 1) -> None:
        self.alg, self.key = alg, key_of(key)
        self.chains: dict[str, list[dict[str, Any]]] = {}
        self.seals: list[tuple[dict[str, Any], list[Any]]] = []
        self._covered: dict[str, int] = {}

    def record(self, chain: str, times: int = 1, **facts: Any) -> House:
        """More entries at the end of a chain."""
        links = self.chains.setdefault(chain, [])
        for _ in range(times):
            head = links[-1]["hash"] if links else trail.EMPTY_HEAD
            links.append(entry(chain, len(links) + 1, head, self.alg, **facts))
        return self

    def heads(self) -> list[tuple[str, int, str]]:
        return sorted((name, len(made), made[-1]["hash"]) for name, made in self.chains.items())

    def seal(self, closes: str = "", hand_to: Ed25519PrivateKey | None = None) -> House:
        """One more seal over everything; with ``hand_to`` the next is signed by that key."""
        heads = [head for head in self.heads() if self._covered.get(head[0]) != head[1]]
        facts = {
            "format": seals.FORMAT,
            "court": CODE,
            "alg": self.alg,
            "seq": len(self.seals) + 1,
            "closes": closes,
            "at": "2026-06-01T00:05:00+08:00",
            "key": public(self.key),
            "next": public(hand_to) if hand_to else "",
            "prev": self.seals[-1][0]["hash"] if self.seals else trail.EMPTY_HEAD,
            "entries": sum(map(len, self.chains.values())),
            "chains": len(self.chains),
            "digest": trail.proof_of(self.alg, self.heads()).hexdigest(),
            "changed": len(heads),
            "leaves": seals.leaves(self.alg, (seals.leaf(self.alg, head) for head in heads)),
        }
        self.seals.append((seals.signed(facts, self.sign), [list(head) for head in heads]))
        self._covered |= {chain: count for chain, count, _head in heads}
        self.key = hand_to or self.key
        return self

    def sign(self, content: bytes) -> str:
        return self.key.sign(content).hex()

    def header(self, of: str = "all") -> dict[str, Any]:
        """The first line of an export as the house would write it now."""
        heads = [head for head in self.heads() if of in ("all", head[0])]
        days = sorted(e["at"][:10] for name, *_ in heads for e in self.chains[name])
        return {
            "format": trail.FORMAT,
            "court": CODE,
            "alg": self.alg,
            "range": {"of": of, "first": days[0] if days else "", "last": days[-1] if days else ""},
            "entries": sum(count for _name, count, _head in heads),
            "chains": len(heads),
            "digest": trail.proof_of(self.alg, heads).hexdigest(),
            "seals": len(self.seals),
            "seal": self.seals[-1][0]["hash"] if self.seals else trail.EMPTY_HEAD,
            "key": public(self.key),
            "exported": dict(EXPORTED),
        }

    def export(self, of: str = "all") -> list[bytes]:
        """The lines of an export, without their ends."""
        header = trail.canonical(seals.signed(self.header(of), self.sign))
        names = [name for name in sorted(self.chains) if of in ("all", name)]
        return [header, *(trail.canonical(e) for name in names for e in self.chains[name])]

    def seal_lines(self) -> list[bytes]:
        """The lines of the file of seals."""
        return [seals.line(seal, heads).encode() for seal, heads in self.seals]

    def copy(self) -> House:
        """Another house with the same past."""
        other = House(self.alg)
        other.key = self.key
        for name in ("chains", "seals", "_covered"):
            setattr(other, name, deepcopy(getattr(self, name)))
        return other


def lived_in(cases: int = 7, alg: str = "sm3") -> House:
    """A house with some cases, sealed four times as they grew, and exported."""
    house = House(alg)
    names = [f"（2026）鲁1329执{n}号" for n in range(1, cases + 1)]
    for round_ in range(3):
        for number, name in enumerate(names):
            if (number + round_) % 3 or not round_:
                house.record(name, 1 + (number + round_) % 2)
        house.record(COURT, 2, tag=str(Tag.PERSON_ENTERED), data={"login": "one"})
        house.seal(f"2026-05-{20 + round_}")
    return exported(house)


def exported(house: House) -> House:
    """The house after the export's own entry and the seal that covers it."""
    facts = {"by": EXPORTED["by"], "recorded": EXPORTED["at"]}
    house.record(COURT, 1, tag=str(Tag.TRAIL_EXPORTED), data={"file": "trail.jsonl"}, **facts)
    return house.seal()


def file_of(lines: Iterable[bytes]) -> io.BytesIO:
    return io.BytesIO(b"".join(line + b"\n" for line in lines))


def checked(
    export: Sequence[bytes], sealed: Sequence[bytes] | None = None, keys: Sequence[str] = ()
) -> Verdict:
    """The verifier's verdict on these lines."""
    return verify(file_of(export), file_of(sealed) if sealed is not None else None, keys=keys)
