"""Do the chains of a trail hold, entry by entry, and do they hold what was sealed?

Standard library, ``trail`` and ``seals`` alone; ``verify`` puts it together.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from linshu.rules import seals, trail
from linshu.rules.seals import Kind, Misfit

ALL = "all"  # the range of an export that holds every chain of a court
ENTRY = {
    **dict.fromkeys("alg chain tag at recorded by role prev hash".split(), str),
    **dict.fromkeys("before after data".split(), dict),
}
TAGS = frozenset(str(tag) for tag in trail.Tag)


class Link(NamedTuple):
    """What counts of an entry: its line, its place in the chain, whether its hash fits it."""

    line: int
    seq: int
    prev: str
    hash: str
    fits: bool


class Chains:
    """One walk over the entries of a trail, chain by chain, against the seals if there are any.

    ``ended``: chain → its count and head; ``exports``: by whom and when the trail was exported;
    ``unsealed``: entries that no seal covers yet."""

    def __init__(self, sealed: seals.Row | None = None) -> None:
        self.sealed, self.entries, self.unsealed = sealed, 0, 0
        self.ended: dict[str, tuple[int, str]] = {}
        self.first, self.last, self.latest = "", "", ""
        self.exports: set[tuple[str, str]] = set()
        self.wanted = {alg: dict(found) for alg, found in (sealed.opaque if sealed else {}).items()}

    def walk(self, lines: Iterable[tuple[int, bytes | None]]) -> Iterator[Misfit]:
        """What does not fit, in the order of the file. trail.AlgorithmMissing when one cannot be
        computed here."""
        chain, links = "", list[Link]()
        for number, text in lines:
            entry = trail.parsed(text)
            self.entries += 1
            if entry is None or not _is_entry(entry):
                yield Misfit(Kind.UNREADABLE, "", {"line": number})
                continue
            if entry["chain"] != chain:
                yield from self._end(chain, links)
                chain, links = entry["chain"], []
            self._note(entry)
            kept = entry.pop("hash")
            fits = trail.link(entry) == kept
            links.append(Link(number, entry["seq"], entry["prev"], kept, fits))
        yield from self._end(chain, links)

    def _note(self, entry: dict[str, Any]) -> None:
        day = entry["at"][:10]
        self.first, self.last = min(self.first or day, day), max(self.last, day)
        if entry["tag"] == trail.Tag.TRAIL_EXPORTED:
            self.exports.add((entry["by"], entry["recorded"]))

    def _end(self, chain: str, links: Sequence[Link]) -> Iterator[Misfit]:
        if not links:
            return
        if chain < self.latest or chain in self.ended:
            yield _misfit(Kind.REORDERED, chain, links[0])
        self.latest = max(self.latest, chain)
        count, head = self.ended.get(chain, (0, trail.EMPTY_HEAD))
        yield from _faults(chain, links, count, head)
        last = max(links, key=lambda link: link.seq)
        self.ended[chain] = max((last.seq, last.hash), (count, head))
        if self.sealed:
            yield from self._against(self.sealed, chain, links)

    def _against(self, sealed: seals.Row, chain: str, links: Sequence[Link]) -> Iterator[Misfit]:
        for alg, wanted in self.wanted.items():
            for link in links:
                wanted.pop(seals.leaf(alg, (chain, link.seq, link.hash)), None)
        points, fitting = sealed.points.get(chain, {}), 0
        heads = {link.seq: link.hash for link in links}
        for count in sorted(points):
            head, seal = points[count]
            if count not in heads:
                if count > max(heads):
                    facts = {"first": max(heads), "last": count, "seal": seal}
                    yield Misfit(Kind.CUT_OFF, chain, facts)
                    break
            elif heads[count] != head:
                facts = {"first": fitting + 1, "last": count, "seal": seal}
                yield Misfit(Kind.RECOMPUTED, chain, facts)
                break
            else:
                fitting = count
        covered = max(points, default=0)
        self.unsealed += sum(link.seq > covered for link in links)

    def absent(self, sealed: seals.Row, of: str = ALL) -> Iterator[Misfit]:
        """What the seals fix and the trail lacks: whole chains, or heads without a name."""
        for chain, points in sorted(sealed.points.items()):
            if chain not in self.ended and of in (ALL, chain):
                last = max(points)
                facts = {"last": last, "seal": points[last][1]}
                yield Misfit(Kind.CASE_REMOVED, chain, facts)
        for wanted in self.wanted.values() if of == ALL else ():
            yield from (Misfit(Kind.HEAD_ABSENT, "", {"seal": seal}) for seal in wanted.values())
        if of == ALL and sealed.nameless:
            yield Misfit(Kind.HEADS_MISSING, "", {"seal": sealed.nameless})


def _faults(chain: str, links: Sequence[Link], count: int, head: str) -> Iterator[Misfit]:
    """What is wrong inside of one chain, from the entry after ``count`` on."""
    for before, link in pairwise(links):
        if link.seq < before.seq:
            yield _misfit(Kind.REORDERED, chain, link)
    sound = True
    for link in sorted(links, key=lambda link: (link.seq, link.line)):
        if not link.fits:
            yield _misfit(Kind.CHANGED, chain, link)
        if link.seq <= count:
            kind = Kind.INSERTED if link.hash == head or link.seq < count else Kind.FORKED
            yield _misfit(kind, chain, link)
            continue
        if link.seq > count + 1:
            facts = {"line": link.line, "first": count + 1, "last": link.seq - 1}
            yield Misfit(Kind.REMOVED, chain, facts)
        elif link.prev != head and sound and link.fits:
            yield _misfit(Kind.UNLINKED, chain, link)
        count, head, sound = link.seq, link.hash, link.fits


def _misfit(kind: Kind, chain: str, link: Link) -> Misfit:
    return Misfit(kind, chain, {"line": link.line, "first": link.seq, "last": link.seq})


def _is_entry(entry: dict[str, Any]) -> bool:
    return (
        set(entry) == trail.FIELDS
        and all(type(entry[key]) is kind for key, kind in ENTRY.items())
        and type(entry["seq"]) is int
        and entry["seq"] > 0
        and (entry["behalf"] is None or type(entry["behalf"]) is str)
        and entry["tag"] in TAGS
        and entry["alg"] in trail.ALGORITHMS
    )
