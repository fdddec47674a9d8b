"""Does an exported trail hold?

    python -m linshu.rules.verify EXPORT [--seals FILE] [--texts FILE] [--key FINGERPRINT]… [--json]

The standard library and four files of ours (``FILES``): whoever is handed an export can check it
without the system that made it. Signatures want ``cryptography``; where it is missing the verdict
says that they were not checked. Every misfit is named with its place, fifty at most; the last line
is the verdict. Exit 0 相符: all fits; 1 不符: something does not; 2 未核验: this Python lacks an
algorithm, so nothing is said of the trail.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from linshu.rules import seals, trail
from linshu.rules.chains import ALL, Chains
from linshu.rules.seals import Kind, Misfit

MOST = 50  # misfits that are listed; all are counted
HEADER = {
    **dict.fromkeys("format court alg digest key seal hash signature".split(), str),
    **dict.fromkeys("entries chains seals".split(), int),
    **dict.fromkeys("range exported".split(), dict),
}
DIGEST = re.compile(rb'"((?:sm3|sha256):[0-9a-f]{64})"')
#: Everything of ours that the check needs, in the folder of this file.
FILES = ("trail.py", "seals.py", "chains.py", "verify.py")


@dataclass
class Verdict:
    """What was checked and what does not fit. ``unsealed``: entries that no seal covers yet;
    ``seals``: None where none were given; ``signed``: whether signatures were checked; ``proved``:
    whether a key that the reader knows vouches for it all."""

    entries: int = 0
    chains: int = 0
    misfits: list[Misfit] = field(default_factory=list)
    count: int = 0
    notes: list[str] = field(default_factory=list)
    seals: int | None = None
    unsealed: int | None = None
    signed: bool = False
    proved: bool = False
    key: str = ""

    @property
    def holds(self) -> bool:
        return not self.count

    def add(self, *misfits: Misfit) -> None:
        self.count += len(misfits)
        self.misfits += misfits[: max(0, MOST - len(self.misfits))]


def verify(
    export: BinaryIO,
    sealed_by: BinaryIO | None = None,
    texts: BinaryIO | None = None,
    keys: Sequence[str] = (),
) -> Verdict:
    """Checks an export byte for byte: against its header, the seals, the texts it holds digests of.
    trail.AlgorithmMissing when an algorithm it names cannot be computed here."""
    verdict = Verdict()
    sealed = seals.Row(keys).read(trail.read_lines(sealed_by)) if sealed_by else None
    lines = trail.read_lines(export)
    header = _header(verdict, next(lines, (1, None))[1])
    check = Chains(sealed)
    held = set[bytes]()
    verdict.add(*check.walk(_gathered(lines, held) if texts else lines))
    verdict.entries, verdict.chains = check.entries, len(check.ended)
    if header:
        _whole(verdict, header, check)
    if sealed:
        _sealed(verdict, header, check, sealed)
    else:
        verdict.notes.append("未提供封印:能发现改动,不能发现整链重算或整案删除")
        _unsealed(header, verdict, keys)
    if texts:
        _told(verdict, trail.read_lines(texts), held)
    return verdict


def _gathered(
    lines: Iterable[tuple[int, bytes | None]], held: set[bytes]
) -> Iterator[tuple[int, bytes | None]]:
    """The lines, while the digests of texts that they hold are put aside."""
    for number, line in lines:
        held.update(DIGEST.findall(line or b""))
        yield number, line


def _header(verdict: Verdict, line: bytes | None) -> dict[str, Any] | None:
    header = trail.parsed(line)
    fits = (
        header is not None
        and set(header) == set(HEADER)
        and all(type(header[k]) is t for k, t in HEADER.items())
        and header["format"] == trail.FORMAT
        and header["alg"] in trail.ALGORITHMS
    )
    if not fits or header is None:
        verdict.add(_forged("不是留痕导出的首行"))
        return None
    plain = trail.signed_part(header)
    if trail.digest(header["alg"], plain) != header["hash"]:
        verdict.add(_forged("摘要不符"))
    elif checks := seals.signatures():
        verdict.signed = True
        if not checks(header["key"], plain, header["signature"]):
            verdict.add(_forged("签名不符"))
    if not seals.is_hex(header["key"], 32):
        verdict.add(_forged("公钥不规范"))
        return None
    verdict.key = seals.fingerprint(header["key"])
    return header


def _forged(why: str) -> Misfit:
    return Misfit(Kind.HEADER, "", {"why": why, "line": 1})


def _whole(verdict: Verdict, header: dict[str, Any], check: Chains) -> None:
    """Whether the header tells of these entries and no others."""
    of = header["range"].get("of")
    if header["entries"] != verdict.entries:
        why = f"记载 {header['entries']} 条,实有 {verdict.entries} 条"
        verdict.add(_forged(why))
    heads = sorted((chain, *end) for chain, end in check.ended.items())
    proof = trail.proof_of(header["alg"], heads)
    if (header["chains"], header["digest"]) != (proof.chains, proof.hexdigest()):
        verdict.add(_forged(f"记载 {header['chains']} 条链,实有 {proof.chains} 条,或链头不同"))
    if header["range"] != {"of": of, "first": check.first, "last": check.last}:
        verdict.add(_forged("起止日期"))
    if of != ALL:
        if list(check.ended) != [of]:
            verdict.add(_forged("范围"))
        return
    if f"court:{header['court']}" not in check.ended:
        verdict.add(_forged("法院"))
    exported = header["exported"]
    if (exported.get("by"), exported.get("at")) not in check.exports or len(exported) != 2:
        verdict.add(_forged("导出人或导出时间"))


def _sealed(
    verdict: Verdict, header: dict[str, Any] | None, check: Chains, sealed: seals.Row
) -> None:
    verdict.add(*sealed.misfits)
    verdict.seals, verdict.signed = len(sealed.seals), sealed.signed
    verdict.proved = sealed.proved and sealed.signed
    if not sealed.seals:
        return
    of = header["range"].get("of", ALL) if header else ALL
    verdict.add(*check.absent(sealed, of))
    verdict.unsealed = None if sealed.opaque and of == ALL else check.unsealed
    last = sealed.seals[-1]
    verdict.key = seals.fingerprint(last["next"] or last["key"])
    if not header:
        return
    if header["court"] != last["court"]:
        verdict.add(_forged("法院与封印不同"))
    by_number = {seal["seq"]: seal for seal in sealed.seals}
    same = by_number.get(header["seals"])
    if last["seq"] > header["seals"]:
        verdict.add(_forged(f"导出时有 {header['seals']} 枚封印,封印文件已至第 {last['seq']} 号"))
    elif same is None:
        later = header["seals"] - last["seq"]
        verdict.notes.append(f"封印文件早于导出:此后又有 {later} 枚封印,未提供")
    elif (header["seal"], header["key"]) != (same["hash"], same["next"] or same["key"]):
        verdict.add(_forged("最后一枚封印或公钥不同"))


def _unsealed(header: dict[str, Any] | None, verdict: Verdict, keys: Sequence[str]) -> None:
    if not header or not keys:
        return
    verdict.proved = verdict.key in keys and verdict.signed
    if verdict.key not in keys:
        verdict.add(Misfit(Kind.KEY_UNKNOWN, "", {"key": seals.grouped(verdict.key)}))


def _told(verdict: Verdict, lines: Iterable[tuple[int, bytes | None]], held: set[bytes]) -> None:
    """Whether each text is the one that the trail holds the digest of; how many are not told."""
    used = {digest.partition(b":")[0].decode() for digest in held}
    known = {trail.text_digest(alg, "").encode() for alg in used}  # no text has nothing to tell
    for number, line in lines:
        found = trail.parsed(line)
        if found is None or not _tells(found):
            verdict.add(Misfit(Kind.TEXT, "", {"line": number}))
            continue
        known.add(found["digest"].encode())
    missing = len(held - known)
    verdict.notes.append(f"原文:{len(held & known)} 处已核对,{missing} 处摘要未提供原文")


def _tells(found: dict[str, Any]) -> bool:
    if set(found) != {"digest", "text"} or any(type(one) is not str for one in found.values()):
        return False
    alg = found["digest"].partition(":")[0]
    if alg not in trail.ALGORITHMS:
        return False
    return bool(trail.text_digest(alg, found["text"]) == found["digest"])


def report(verdict: Verdict) -> list[str]:
    """What was found, line by line; the last is the verdict."""
    said = [f"· {misfit}" for misfit in verdict.misfits] + list(verdict.notes)
    if verdict.unsealed:
        said.append(f"{verdict.unsealed} 条尚未封印 (not sealed yet)")
    if not verdict.signed:
        said.append("签名未核验:此环境没有 cryptography (signatures not checked)")
    if verdict.key:
        how = "已证实 (proved)" if verdict.proved else "未经证实 (unproved)"
        said.append(f"公钥{how}:{seals.grouped(verdict.key)}")
    sums = f"{verdict.entries} 条,{verdict.chains} 条链"
    sums += f",{verdict.seals} 枚封印" if verdict.seals is not None else ""
    if verdict.holds:
        return [*said, f"相符:{sums} (every entry fits)"]
    listed = f",以上列出前 {MOST} 处" if verdict.count > MOST else ""
    return [*said, f"不符:{sums},{verdict.count} 处不符{listed} ({verdict.count} misfits)"]


def facts(verdict: Verdict) -> dict[str, Any]:
    """The same for programs."""
    return {
        "ok": verdict.holds,
        "entries": verdict.entries,
        "chains": verdict.chains,
        "seals": verdict.seals,
        "unsealed": verdict.unsealed,
        "signatures": verdict.signed,
        "key": verdict.key,
        "proved": verdict.proved,
        "count": verdict.count,
        "misfits": [
            {"kind": str(one.kind), "chain": one.chain, **one.facts, "said": str(one)}
            for one in verdict.misfits
        ],
        "notes": verdict.notes,
    }


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Wrong usage is no verdict on a trail."""
        print(f"{message}\n{__doc__}", file=sys.stderr)
        raise SystemExit(1)


def main(arguments: list[str]) -> int:
    """Runs the check; prints the verdict (with ``--json`` as an object); returns the exit code."""
    parser = _Parser(prog="python -m linshu.rules.verify", add_help=False)
    parser.add_argument("export", type=Path)
    parser.add_argument("--seals", type=Path)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    keys = ["".join(key.split()).lower() for key in asked.key]
    try:
        with ExitStack() as files:
            export = files.enter_context(asked.export.open("rb"))
            beside = [
                files.enter_context(path.open("rb")) if path else None
                for path in (asked.seals, asked.texts)
            ]
            verdict = verify(export, beside[0], beside[1], keys)
    except trail.AlgorithmMissing as missing:
        why = f"未核验:此环境没有算法 {missing} (not verified: algorithm missing)"
        return _say(asked.json, 2, [why], {"ok": None})
    except OSError as error:
        why = f"不符:文件无法读取 {error.filename} (not readable)"
        return _say(asked.json, 1, [why], {"ok": False})
    return _say(asked.json, 0 if verdict.holds else 1, report(verdict), facts(verdict))


def _say(as_json: bool, code: int, lines: Sequence[str], found: dict[str, Any]) -> int:
    if as_json:
        print(json.dumps({**found, "verdict": lines[-1]}, ensure_ascii=False))
    else:
        print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
