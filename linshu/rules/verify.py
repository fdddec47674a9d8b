"""Does an exported trail hold? ``python -m linshu.rules.verify EXPORT [--json]``

The standard library and ``trail`` alone: whoever is handed an export can check it without the
system that made it. Exit 0: every entry fits; 1: names the first that does not; 2 (未核验): this
Python lacks the algorithm, so nothing is said of the trail.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from linshu.rules import trail

LONGEST_LINE = 4_000_000
HEADER = {"format": str, "court": str, "alg": str, "entries": int, "chains": int, "digest": str}
TEXTS = ("alg", "chain", "tag", "at", "recorded", "by", "role", "prev", "hash")
OBJECTS = ("before", "after", "data")
TAGS = frozenset(str(tag) for tag in trail.Tag)


class Misfit(Exception):
    """The first thing that does not fit, and where."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked: entries and chains, all of which fit."""

    entries: int
    chains: int


def verify(file: BinaryIO) -> Verdict:
    """Checks an export byte for byte. Misfit at the first thing that does not fit;
    trail.AlgorithmMissing when an algorithm it names cannot be computed here."""
    lines = _lines(file)
    header = _header(next(lines, (1, b"")))
    proof, entries = trail.HeadProof(header["alg"]), 0
    chain, count, head = "", 0, trail.EMPTY_HEAD
    for number, line in lines:
        entry = _entry(number, line)
        if entry["chain"] != chain:
            if entry["chain"] < chain:
                raise Misfit(_at(number, entry, "链的次序不对 (chains out of order)"))
            if count:
                proof.add(chain, count, head)
            chain, count, head = entry["chain"], 0, trail.EMPTY_HEAD
        count, head = _linked(number, entry, count, head)
        entries += 1
    if count:
        proof.add(chain, count, head)
    _counted(header, proof, entries)
    return Verdict(entries, proof.chains)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if not line.endswith(b"\n"):
            raise Misfit(f"第 {number} 行没有结束或过长 (line {number} does not end)")
        yield number, line[:-1]


def _parsed(number: int, line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line.decode("utf-8"))
        exact = isinstance(value, dict) and trail.canonical(value) == line
    except (ValueError, TypeError, RecursionError) as error:
        raise Misfit(
            f"第 {number} 行不是规范的 JSON (line {number}: {type(error).__name__})"
        ) from error
    if not exact:
        raise Misfit(f"第 {number} 行与其规范字节不符 (line {number} is not its canonical bytes)")
    return dict(value)


def _header(first: tuple[int, bytes]) -> dict[str, Any]:
    header = _parsed(*first)
    fits = set(header) == set(HEADER) and all(type(header[k]) is t for k, t in HEADER.items())
    if not fits or header["format"] != trail.FORMAT:
        raise Misfit("第 1 行不是留痕导出的首行 (line 1 is not the header of a trail export)")
    trail.digest(header["alg"], b"")
    return header


def _entry(number: int, line: bytes) -> dict[str, Any]:
    entry = _parsed(number, line)
    fits = (
        set(entry) == trail.FIELDS
        and all(type(entry[key]) is str for key in TEXTS)
        and all(type(entry[key]) is dict for key in OBJECTS)
        and type(entry["seq"]) is int
        and (entry["behalf"] is None or type(entry["behalf"]) is str)
        and entry["tag"] in TAGS
        and entry["alg"] in trail.ALGORITHMS
    )
    if not fits:
        raise Misfit(f"第 {number} 行不是一条留痕 (line {number} is not an entry)")
    return entry


def _linked(number: int, entry: dict[str, Any], count: int, head: str) -> tuple[int, str]:
    kept = entry.pop("hash")
    if entry["seq"] != count + 1:
        raise Misfit(_at(number, entry, f"序号应为 {count + 1} (expected seq {count + 1})"))
    if entry["prev"] != head:
        raise Misfit(_at(number, entry, "与前一条不相接 (prev is not the hash before it)"))
    if trail.link(entry) != kept:
        raise Misfit(_at(number, entry, "摘要不符 (hash does not fit)"))
    return count + 1, kept


def _counted(header: dict[str, Any], proof: trail.HeadProof, entries: int) -> None:
    if header["entries"] != entries:
        raise Misfit(
            f"首行记载 {header['entries']} 条,实有 {entries} 条 (entries cut off or added)"
        )
    if header["chains"] != proof.chains or header["digest"] != proof.hexdigest():
        raise Misfit("链头与首行的摘要不符 (the chains' heads do not fit the header)")


def _at(number: int, entry: dict[str, Any], what: str) -> str:
    return f"第 {number} 行 {entry['chain']} 第 {entry['seq']} 条:{what}"


def main(arguments: list[str]) -> int:
    """Runs the check; prints the verdict (with ``--json`` as an object); returns the exit code."""
    paths = [argument for argument in arguments if argument != "--json"]
    if len(paths) != 1:
        print(__doc__, file=sys.stderr)
        return 1
    as_json = len(paths) < len(arguments)
    try:
        with Path(paths[0]).open("rb") as file:
            verdict = verify(file)
    except trail.AlgorithmMissing as missing:
        why = f"未核验:此环境没有算法 {missing} (not verified: algorithm missing)"
        return _say(as_json, 2, why, {"ok": None})
    except (Misfit, OSError) as misfit:
        return _say(as_json, 1, f"不符:{misfit}", {"ok": False})
    sums = {"entries": verdict.entries, "chains": verdict.chains}
    line = f"相符:{verdict.entries} 条,{verdict.chains} 条链 (every entry fits)"
    return _say(as_json, 0, line, {**sums, "ok": True})


def _say(as_json: bool, code: int, line: str, facts: dict[str, Any]) -> int:
    if as_json:
        print(json.dumps({**facts, "verdict": line}, ensure_ascii=False))
    else:
        print(line)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
