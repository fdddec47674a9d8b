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
from tests.handed import COURT, EXPORTED, House

ROOT = Path(__file__).parents[2]


NAMES = [f"（2026）鲁1329执{n}号" for n in range(1, 8)]


def house(alg: str = "sm3") -> House:
    """Seven cases and the court's own chain, never sealed."""
    one = House(alg)
    for n, name in enumerate(NAMES, 1):
        one.record(name, 3 + n)
    return one.record(COURT, 1, tag=str(Tag.TRAIL_EXPORTED), by=BY, recorded=AT)


BY, AT = EXPORTED["by"], EXPORTED["at"]
GOOD = house().export()


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
def test_chains_of_each_algorithm(tmp_path: Path, capsys, alg: str) -> None:
    assert check(tmp_path, house(alg).export(), capsys)[0] == 0


def test_chains_of_both_algorithms_side_by_side(tmp_path: Path, capsys) -> None:
    """The algorithm is each entry's own: a court that changes it goes on with the same chains."""
    one = house("sha256")
    one.alg = "sm3"
    one.record(NAMES[0], 2).record("（2026）鲁1329执8号", 2)
    assert {e["alg"] for e in one.chains[NAMES[0]]} == {"sha256", "sm3"}
    assert check(tmp_path, one.export(), capsys)[0] == 0
    one.chains[NAMES[0]][-1]["alg"] = "sha256"
    code, said = check(tmp_path, one.export(), capsys)
    assert code == 1 and f"{NAMES[0]} 第 6 条被改动" in said


def test_a_case_s_trail_alone_holds(tmp_path: Path, capsys) -> None:
    assert check(tmp_path, house().export(NAMES[2]), capsys)[0] == 0
    lines = house().export(NAMES[2])
    assert check(tmp_path, [lines[0], *house().export()[1:]], capsys)[0] == 1


def flip(lines: list[bytes], lot: random.Random) -> int:
    at = lot.randrange(1, len(lines))
    place = lot.randrange(len(lines[at]))
    changed = bytearray(lines[at])
    changed[place] ^= 1 << lot.randrange(8)
    lines[at] = bytes(changed)
    return at + 1


def drop(lines: list[bytes], lot: random.Random) -> int:
    """Not the last of its chain: that a tail was cut off only seals can tell."""
    chains = [json.loads(line).get("chain") for line in lines]
    at = lot.choice([n for n in range(1, len(lines) - 1) if chains[n] == chains[n + 1]])
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


@pytest.mark.parametrize("tamper", [flip, drop, swap, double])
def test_every_manipulation_is_found_at_its_place(tmp_path: Path, capsys, tamper) -> None:
    for seed in range(60):
        lines = list(GOOD)
        place = tamper(lines, random.Random(seed))
        chain = json.loads(GOOD[min(place, len(GOOD)) - 1])["chain"]
        code, said = check(tmp_path, lines, capsys)
        assert code == 1 and (f"第 {place} 行" in said or chain in said), (seed, said)


PLACES = [
    (lambda lines: lines.pop(4), "第 5 行之前 {0} 缺第 3 至 3 条:被删除"),
    (lambda lines: lines.insert(5, lines[4]), "第 6 行 {0} 第 3 条重复插入"),
    (lambda lines: lines.insert(3, lines.pop(4)), "第 5 行 {0} 第 2 条次序不对"),
    (lambda lines: lines.insert(2, b"{}"), "第 3 行不是一条留痕"),
    (lambda lines: lines.append(lines.pop(3)), "缺第 2 至 2 条:被删除"),
]


@pytest.mark.parametrize(("tamper", "said"), PLACES, ids=range(len(PLACES)))
def test_what_was_done_is_called_by_its_name(tmp_path: Path, capsys, tamper, said: str) -> None:
    lines = list(GOOD)
    tamper(lines)
    assert said.format(NAMES[0]) in check(tmp_path, lines, capsys)[1]


def test_it_does_not_stop_at_the_first_misfit(tmp_path: Path, capsys) -> None:
    lines = [line.replace(b'"by":"one"', b'"by":"two"') for line in GOOD]
    code, said = check(tmp_path, lines, capsys)
    told = said.splitlines()
    assert code == 1 and sum("被改动" in line for line in told) == len(GOOD) - 2 == 49
    assert told[-1].startswith("不符:50 条,8 条链,")
    verdicts = [line for line in told if line.startswith(("相符", "不符", "未核验"))]
    assert verdicts == told[-1:]


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
    lines = [GOOD[0], *(line for line in GOOD[1:] if json.loads(line)["chain"] != NAMES[-1])]
    header = json.loads(GOOD[0]) | {"entries": len(lines) - 1, "chains": 7}
    lines[0] = trail.canonical(header)
    code, said = check(tmp_path, lines, capsys)
    assert code == 1 and "首行" in said


def test_an_algorithm_that_nobody_knows_is_forged(tmp_path: Path, capsys) -> None:
    header = json.loads(GOOD[0]) | {"alg": "sm9"}
    assert check(tmp_path, [trail.canonical(header), *GOOD[1:]], capsys)[0] == 1


def test_an_algorithm_that_is_missing_is_not_judged(tmp_path: Path) -> None:
    """SM3 is not in every OpenSSL: there nothing can be said of the trail."""
    file = tmp_path / "t.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in GOOD))
    ran = run_alone(
        file,
        "import hashlib; hashlib.new = lambda name: hashlib.sha256() if "
        "name == 'sha256' else (_ for _ in ()).throw(ValueError(name))",
    )
    assert ran.returncode == 2 and "未核验" in json.loads(ran.stdout)["verdict"]


def test_a_missing_file_is_said(capsys) -> None:
    assert main(["/nowhere/at/all"]) == 1
    assert "不符" in capsys.readouterr().out


def run_alone(file: Path, first: str = "") -> subprocess.CompletedProcess[str]:
    """The check in a Python that has its standard library alone; strangers are an error."""
    code = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
{first}
from linshu.rules.verify import main
code = main([{str(file)!r}, "--json"])
ours = {{"linshu", "__main__", *sys.stdlib_module_names}}
strangers = {{m.split(".")[0] for m in sys.modules}} - ours
sys.exit(code if not strangers else repr(strangers))"""
    command = [sys.executable, "-I", "-S", "-c", code]
    return subprocess.run(command, capture_output=True, text=True)


def test_it_needs_the_standard_library_alone(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in GOOD))
    ran = run_alone(file)
    assert ran.returncode == 0, ran.stderr
    verdict = json.loads(ran.stdout)
    assert (verdict["ok"], verdict["entries"], verdict["chains"]) == (True, len(GOOD) - 1, 8)
    assert verdict["signatures"] is False  # and it says so


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
