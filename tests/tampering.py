"""In what ways may somebody tamper with what was handed out? Each says where it must show.

A manipulation changes the lines of an export or of its seals as one would who knows the formats
and has every key but the court's own; it returns words of which the verifier must say one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from linshu.rules import seals, trail
from tests.handed import CODE, House, checked, key_of, lived_in, mark, public

STRANGER = key_of(66)
NAMES_OF_COURTS = ("鲁1301", "鲁0102")


@dataclass
class Papers:
    """An export and the seals carried off with it, as lines."""

    house: House
    export: list[bytes]
    sealed: list[bytes]

    def chain_at(self, line: int) -> str:
        """The chain whose entry stands on a line (counted from 1)."""
        return str(json.loads(self.export[line - 1])["chain"])

    def forge_header(self, **facts: Any) -> None:
        """A first line that fits what stands below, signed by a stranger if at all."""
        entries = [json.loads(line) for line in self.export[1:]]
        heads = {e["chain"]: (e["seq"], e["hash"]) for e in entries}
        days = sorted(e["at"][:10] for e in entries)
        alg = json.loads(self.export[0])["alg"]
        told = json.loads(self.export[0]) | {
            "entries": len(entries),
            "chains": len(heads),
            "digest": trail.proof_of(alg, sorted((c, *h) for c, h in heads.items())).hexdigest(),
            "range": {"of": "all", "first": days[0], "last": days[-1]},
        }
        del told["hash"], told["signature"]
        signed = seals.signed(told | facts, lambda content: STRANGER.sign(content).hex())
        self.export[0] = trail.canonical(signed)


def flipped(line: bytes, lot: Random) -> bytes:
    """The line (with its end) with one bit of it changed."""
    changed = bytearray(line + b"\n")
    changed[lot.randrange(len(changed))] ^= 1 << lot.randrange(8)
    return bytes(changed)


def flip(papers: Papers, lot: Random) -> list[str]:
    return [f"第 {flipped_in(papers.export, lot)} 行"]


def flip_seal(papers: Papers, lot: Random) -> list[str]:
    return [f"封印文件第 {flipped_in(papers.sealed, lot)} 行"]


def flipped_in(lines: list[bytes], lot: Random) -> int:
    """One bit of one line is another, and with it perhaps where lines end; which line it was."""
    at = lot.randrange(len(lines))
    after = b"".join(line + b"\n" for line in lines[at + 1 :])
    read = (flipped(lines[at], lot) + after).split(b"\n")
    lines[at:] = read[:-1] if read[-1] == b"" else read
    return at + 1


def remove(papers: Papers, lot: Random) -> list[str]:
    at = lot.randrange(1, len(papers.export))
    chain = papers.chain_at(at + 1)
    del papers.export[at]
    return [chain]


def swap(papers: Papers, lot: Random) -> list[str]:
    one, two = sorted(lot.sample(range(1, len(papers.export)), 2))
    chains = [papers.chain_at(one + 1), papers.chain_at(two + 1)]
    lines = papers.export
    lines[one], lines[two] = lines[two], lines[one]
    return chains


def double(papers: Papers, lot: Random) -> list[str]:
    at = lot.randrange(1, len(papers.export))
    papers.export.insert(at, papers.export[at])
    return [f"第 {at + 2} 行"]


def fork(papers: Papers, lot: Random) -> list[str]:
    at = lot.randrange(1, len(papers.export))
    other = json.loads(papers.export[at]) | {"by": "two"}
    del other["hash"]
    papers.export.insert(at + 1, trail.canonical(other | {"hash": trail.link(other)}))
    papers.forge_header()
    return [f"第 {at + 2} 行 {other['chain']}"]


def cut_tail(papers: Papers, lot: Random) -> list[str]:
    """The last entries of one chain, with a header that knows nothing of them."""
    chain = papers.chain_at(lot.randrange(1, len(papers.export)) + 1)
    links = [n for n, _line in enumerate(papers.export) if n and papers.chain_at(n + 1) == chain]
    gone = links[-lot.randrange(1, len(links) + 1) :]
    papers.export = [line for n, line in enumerate(papers.export) if n not in gone]
    papers.forge_header()
    return [chain]


def cut_file(papers: Papers, lot: Random) -> list[str]:
    at = lot.randrange(1, len(papers.export))
    chains = [papers.chain_at(line + 1) for line in range(at, len(papers.export))]
    del papers.export[at:]
    return chains


def remove_case(papers: Papers, lot: Random) -> list[str]:
    chain = papers.chain_at(lot.randrange(1, len(papers.export)) + 1)
    lines = enumerate(papers.export[1:], 2)
    papers.export[1:] = [line for n, line in lines if papers.chain_at(n) != chain]
    papers.forge_header()
    return [chain]


def recompute(papers: Papers, lot: Random) -> list[str]:
    """A chain changed in the middle and linked anew to its end, with the header to it; sometimes
    with an entry left out or one put in."""
    at = lot.randrange(1, len(papers.export))
    chain = papers.chain_at(at + 1)
    entries = [json.loads(line) for line in papers.export[1:]]
    links = [e for e in entries if e["chain"] == chain]
    first = next(n for n, e in enumerate(links) if e["seq"] == json.loads(papers.export[at])["seq"])
    links[first] |= {"by": "two"}
    match lot.randrange(3):
        case 1 if len(links) > 1:
            del links[first]
        case 2:
            links.insert(first, links[first] | {"by": "three"})
    head = trail.EMPTY_HEAD
    for seq, link in enumerate(links, 1):
        del link["hash"]
        link |= {"seq": seq, "prev": head}
        head = link["hash"] = trail.link(link)
    rest = [e for e in entries if e["chain"] != chain]
    every = sorted([*rest, *links], key=lambda e: (e["chain"], e["seq"]))
    papers.export[1:] = [trail.canonical(e) for e in every]
    papers.forge_header()
    return [chain]


def replace_seal(papers: Papers, lot: Random) -> list[str]:
    """A seal that says something else, signed anew by who has not the court's key."""
    at = lot.randrange(len(papers.sealed))
    line = json.loads(papers.sealed[at])
    seal, heads = line["seal"], line["heads"]
    if heads:
        heads[lot.randrange(len(heads))][2] = f"{lot.getrandbits(256):064x}"
    seal["leaves"] = seals.leaves(seal["alg"], (seals.leaf(seal["alg"], tuple(h)) for h in heads))
    seal["key"] = lot.choice([public(STRANGER), seal["key"]])
    del seal["hash"], seal["signature"]
    made = seals.signed(seal, lambda content: STRANGER.sign(content).hex())
    papers.sealed[at] = seals.line(made, [tuple(head) for head in heads]).encode()
    return [f"封印文件第 {at + 1} 行", f"(第 {at + 1} 行)"]


def remove_seal(papers: Papers, lot: Random) -> list[str]:
    """One from among the others: without the last it is a file that was carried off earlier."""
    at = lot.randrange(len(papers.sealed) - 1)
    del papers.sealed[at]
    return [f"封印文件第 {at + 1} 行"]


def forge_header(papers: Papers, lot: Random) -> list[str]:
    told = json.loads(papers.export[0])
    exported = told["exported"]
    papers.forge_header(
        **lot.choice(
            [
                {"court": lot.choice(NAMES_OF_COURTS)},
                {"entries": told["entries"] + lot.choice([-1, 1])},
                {"chains": told["chains"] + lot.choice([-1, 1])},
                {"range": told["range"] | {"first": f"2025-01-{lot.randrange(1, 29):02}"}},
                {"range": told["range"] | {"of": lot.choice(sorted(papers.house.chains))}},
                {"exported": exported | {"by": "somebody"}},
                {"exported": exported | {"at": f"2026-11-2{lot.randrange(1, 9)}T09:00:00+08:00"}},
                {"seals": told["seals"] + lot.choice([-1, 1])},
                {"seal": f"{lot.getrandbits(256):064x}"},
                {"key": public(STRANGER)},
                {"digest": f"{lot.getrandbits(256):064x}"},
            ]
        )
    )
    return ["第 1 行"]


def begin_anew(papers: Papers, lot: Random) -> list[str]:
    """Everything made up again from the changed chain on, seals and all, with a stranger's key."""
    house = House(papers.house.alg, key=66)
    house.chains = {name: list(made) for name, made in papers.house.copy().chains.items()}
    chain = lot.choice(sorted(house.chains))
    made, house.chains[chain] = house.chains[chain], []
    for link in made:
        facts = {k: link[k] for k in ("tag", "recorded", "by", "data", "at")}
        changed = {} if chain.endswith(CODE) else {"role": "clerk"}
        house.record(chain, 1, **facts, **changed)
    house.seal("2026-05-20").seal()
    papers.export, papers.sealed = house.export(), house.seal_lines()
    return [seals.grouped(mark(STRANGER))]


KINDS: dict[str, Callable[[Papers, Random], list[str]]] = {
    "one bit of the export": flip,
    "one bit of the seals": flip_seal,
    "an entry removed": remove,
    "two entries swapped": swap,
    "an entry doubled": double,
    "a chain forked": fork,
    "a chain's tail cut off": cut_tail,
    "the file cut off": cut_file,
    "a case removed": remove_case,
    "a chain recomputed": recompute,
    "a seal replaced": replace_seal,
    "a seal removed": remove_seal,
    "a header forged": forge_header,
    "all begun anew": begin_anew,
}


def tried(seeds: range) -> tuple[Counter[str], list[str]]:
    """Manipulations of every kind in turn: how many of each were found at their place, and those
    that were not."""
    house = lived_in()
    good, known = (house.export(), house.seal_lines()), [mark(key_of(1))]
    verdict = checked(*good, known)
    assert verdict.holds and verdict.proved, verdict.misfits
    found, missed = Counter[str](), list[str]()
    for seed in seeds:
        kind = list(KINDS)[seed % len(KINDS)]
        papers = Papers(house, list(good[0]), list(good[1]))
        named = KINDS[kind](papers, Random(seed))
        assert (papers.export, papers.sealed) != good, (kind, seed)
        said = [str(one) for one in checked(papers.export, papers.sealed, known).misfits]
        if any(name in one for name in named for one in said):
            found[kind] += 1
        else:
            missed.append(f"{kind}, seed {seed}: {named} not in {said}")
    return found, missed


def told(tries: int, found: Counter[str], missed: list[str]) -> str:
    """What the test prints."""
    lines = [f"{kind}: {found[kind]} found" for kind in found]
    return "\n".join([*lines, f"tried {tries}, found {found.total()}, missed {len(missed)}"])
