"""Does the trail read, and is every change to an export found at its place?"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from linshu.rules import trail
from linshu.rules.sentences import SENTENCES, sentence, short
from linshu.rules.trail import Tag
from linshu.rules.verify import main

ROOT = Path(__file__).parents[2]


def entries(chain: str, count: int, alg: str = "sm3") -> list[dict]:
    made, head = [], trail.EMPTY_HEAD
    for seq in range(1, count + 1):
        entry = {
            "alg": alg,
            "chain": chain,
            "seq": seq,
            "tag": str(Tag.CASE_RECORDED),
            "at": "2026-05-06T14:20:00+08:00",
            "recorded": "2026-05-06T17:42:00+08:00",
            "by": "one",
            "role": "executor",
            "behalf": None,
            "before": {},
            "after": {"recovered_fen": seq * 100},
            "data": {"kind": "talk", "kind_zh": "约谈"},
            "prev": head,
        }
        head = entry["hash"] = trail.link(entry)
        made.append(entry)
    return made


def export(chains: dict[str, list[dict]], alg: str = "sm3") -> list[bytes]:
    ordered = sorted(chains.items())
    heads = [(name, len(made), made[-1]["hash"]) for name, made in ordered]
    total = sum(len(made) for made in chains.values())
    lines = [trail.header("鲁1329", alg, total, heads)]
    return lines + [trail.canonical(entry) for _, made in ordered for entry in made]


GOOD = export(
    {f"（2026）鲁1329执{n}号": entries(f"（2026）鲁1329执{n}号", 3 + n) for n in range(1, 8)}
)


def check(
    tmp_path: Path, lines: list[bytes], capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    file = tmp_path / "trail.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    code = main([str(file)])
    return code, capsys.readouterr().out


def test_an_untouched_export_holds(tmp_path: Path, capsys) -> None:
    assert check(tmp_path, GOOD, capsys)[0] == 0


@pytest.mark.parametrize("alg", trail.ALGORITHMS)
def test_chains_of_both_algorithms(tmp_path: Path, capsys, alg: str) -> None:
    assert check(tmp_path, export({"a": entries("a", 3, alg)}, alg), capsys)[0] == 0


def test_an_empty_trail_holds(tmp_path: Path, capsys) -> None:
    assert check(tmp_path, [trail.header("鲁1329", "sm3", 0, [])], capsys)[0] == 0


def flip(lines: list[bytes], lot: random.Random) -> int:
    at = lot.randrange(1, len(lines))
    place = lot.randrange(len(lines[at]))
    changed = bytearray(lines[at])
    changed[place] ^= 1 << lot.randrange(8)
    lines[at] = bytes(changed)
    return at + 1


def drop(lines: list[bytes], lot: random.Random) -> int:
    at = lot.randrange(1, len(lines))
    del lines[at]
    return at + 1


def swap(lines: list[bytes], lot: random.Random) -> int:
    first, second = sorted(lot.sample(range(1, len(lines)), 2))
    lines[first], lines[second] = lines[second], lines[first]
    return first + 1


def double(lines: list[bytes], lot: random.Random) -> int:
    at = lot.randrange(1, len(lines))
    lines.insert(at, lines[at])
    return at + 2


def recompute(lines: list[bytes], lot: random.Random) -> int:
    """A chain changed in the middle and linked anew to its end by one who knows the format."""
    at = lot.randrange(1, len(lines))
    chain, head = json.loads(lines[at])["chain"], json.loads(lines[at])["prev"]
    for n in range(at, len(lines)):
        entry = json.loads(lines[n])
        if entry["chain"] != chain:
            break
        del entry["hash"]
        entry |= {"prev": head, "by": "two"}
        head = entry["hash"] = trail.link(entry)
        lines[n] = trail.canonical(entry)
    return 0


@pytest.mark.parametrize("tamper", [flip, drop, swap, double, recompute])
def test_every_manipulation_is_found_at_its_place(tmp_path: Path, capsys, tamper) -> None:
    found = 0
    for seed in range(60):
        lines = list(GOOD)
        place = tamper(lines, random.Random(seed))
        code, said = check(tmp_path, lines, capsys)
        assert code == 1, (seed, said)
        # a line swapped to where a chain may begin shows at the line after it
        named = (f"第 {place} 行", f"第 {place + 1} 行", "首行")
        found += place == 0 or any(name in said for name in named)
    assert found == 60


HOSTILE = [
    b"",
    b"[]",
    b"{}",
    b'{"a":NaN}',
    b"[" * 100_000,
    b'{"seq":' + b"9" * 5000 + b"}",
    b'{"a":1,"a":1}',
    b"\xff\xfe",
    b'{"a": 1}',
    b'{"a":"\\ud800"}',
    GOOD[1] + b"\r",
    b"\xef\xbb\xbf" + GOOD[1],
]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("where", [0, 1])
def test_hostile_lines_are_refused_without_a_traceback(
    tmp_path: Path, capsys, line: bytes, where: int
) -> None:
    lines = list(GOOD)
    lines[where] = line
    code, said = check(tmp_path, lines, capsys)
    assert code == 1 and f"第 {where + 1} 行" in said


@pytest.mark.parametrize("end", [b"", b"\n", GOOD[1] + b"\n"])
def test_the_end_of_the_file_counts(tmp_path: Path, end: bytes) -> None:
    file = tmp_path / "t.jsonl"
    whole = b"".join(line + b"\n" for line in GOOD)
    file.write_bytes(whole[:-1] if not end else whole + end)
    assert main([str(file)]) == 1


def test_a_removed_chain_is_found_even_with_the_count_mended(tmp_path: Path, capsys) -> None:
    gone = json.loads(GOOD[-1])["chain"]
    lines = [GOOD[0], *(line for line in GOOD[1:] if json.loads(line)["chain"] != gone)]
    header = json.loads(GOOD[0]) | {"entries": len(lines) - 1, "chains": 6}
    lines[0] = trail.canonical(header)
    assert check(tmp_path, lines, capsys)[0] == 1


def test_an_algorithm_that_is_missing_is_not_judged(tmp_path: Path, capsys) -> None:
    header = json.loads(GOOD[0]) | {"alg": "sm9"}
    code, said = check(tmp_path, [trail.canonical(header), *GOOD[1:]], capsys)
    assert code == 2 and "未核验" in said


def test_a_missing_file_is_said(capsys) -> None:
    assert main(["/nowhere/at/all"]) == 1
    assert "不符" in capsys.readouterr().out


def test_it_needs_the_standard_library_alone(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in GOOD))
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from linshu.rules.verify import main
code = main([{str(file)!r}, "--json"])
ours = {{"linshu", "__main__", *sys.stdlib_module_names}}
strangers = {{m.split(".")[0] for m in sys.modules}} - ours
sys.exit(code if not strangers else repr(strangers))""",
    ]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    verdict = json.loads(ran.stdout)
    assert (verdict["ok"], verdict["entries"], verdict["chains"]) == (True, len(GOOD) - 1, 7)


@pytest.mark.parametrize("tag", list(Tag))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_tag_has_a_sentence_that_never_fails(tag: Tag, language: str) -> None:
    bare = {"tag": str(tag), "before": {}, "after": {}, "data": {}}
    assert sentence(bare, language).strip() and short(tag, language)


def test_the_vocabulary_is_closed() -> None:
    assert set(SENTENCES) == set(Tag)
    with pytest.raises(ValueError, match="lunch"):
        short("lunch.eaten")


@pytest.mark.parametrize("value", [{"a": 1.5}, {"a": [0.0]}, {"a": object()}, {"a": "\ud800"}])
def test_what_has_no_canonical_form_is_refused(value: dict) -> None:
    with pytest.raises((TypeError, UnicodeEncodeError)):
        trail.canonical(value)
