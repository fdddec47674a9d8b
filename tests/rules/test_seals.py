"""Do seals hold what they sealed, follow each other, and say whose they are?"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from linshu.rules import seals, trail
from linshu.rules.seals import Kind
from linshu.rules.verify import FILES, facts, main, report, verify
from tests.handed import (
    CODE,
    COURT,
    House,
    checked,
    exported,
    file_of,
    key_of,
    lived_in,
    mark,
    public,
)

OURS = mark(key_of(1))
FIRST = "（2026）鲁1329执1号"


def kinds(verdict) -> list[Kind]:
    return [one.kind for one in verdict.misfits]


def test_an_export_that_seals_cover_holds() -> None:
    house = lived_in()
    verdict = checked(house.export(), house.seal_lines(), [OURS])
    assert verdict.holds and verdict.proved and verdict.signed
    assert (verdict.seals, verdict.unsealed, verdict.chains) == (4, 0, 8)
    assert report(verdict)[-1].startswith("相符:") and facts(verdict)["ok"] is True


def test_without_a_fingerprint_the_key_is_unproved() -> None:
    house = lived_in()
    verdict = checked(house.export(), house.seal_lines())
    assert verdict.holds and not verdict.proved
    assert f"公钥未经证实 (unproved):{seals.grouped(OURS)}" in report(verdict)


@pytest.mark.parametrize("with_seals", [True, False])
def test_a_key_that_is_not_the_one_given(with_seals: bool) -> None:
    house = lived_in()
    verdict = checked(house.export(), house.seal_lines() if with_seals else None, [mark(key_of(2))])
    assert kinds(verdict) == [Kind.KEY_UNKNOWN] and not verdict.proved


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_seals_carried_off_earlier_check_a_later_export(kept: int) -> None:
    house = lived_in()
    carried = house.seal_lines()[:kept]
    verdict = checked(house.export(), carried, [OURS])
    assert verdict.holds and verdict.proved and verdict.unsealed
    assert any("封印文件早于导出" in note for note in verdict.notes)
    house.chains[FIRST][0]["by"] = "two"
    again = House()
    again.chains = dict(house.chains)
    again.chains[FIRST] = []
    for link in house.chains[FIRST]:
        again.record(FIRST, 1, by=link["by"])
    verdict = checked(again.seal().export(), carried, [OURS])
    assert Kind.RECOMPUTED in kinds(verdict)
    assert any(one.chain == FIRST and one.facts["first"] == 1 for one in verdict.misfits)


def test_an_export_older_than_the_seals_is_told_so() -> None:
    house = lived_in()
    before = house.copy().export()
    verdict = checked(before, house.record(FIRST).seal().seal_lines(), [OURS])
    assert {Kind.CUT_OFF, Kind.HEADER} == set(kinds(verdict))
    assert "导出时有 4 枚封印,封印文件已至第 5 号" in str(verdict.misfits[-1])


def test_a_tail_cut_off_is_told_with_both_counts() -> None:
    house = lived_in()
    sealed, count = house.seal_lines(), len(house.chains[FIRST])
    del house.chains[FIRST][-1]
    verdict = checked(house.export(), sealed, [OURS])
    (found,) = verdict.misfits
    assert (found.kind, found.chain) == (Kind.CUT_OFF, FIRST)
    assert (found.facts["first"], found.facts["last"]) == (count - 1, count)


def test_a_chain_recomputed_is_told_from_where() -> None:
    house = lived_in()
    sealed, links = house.seal_lines(), house.chains[FIRST]
    assert len(links) == 4  # sealed at one, at three and at four
    house.chains[FIRST] = links[:1]
    house.record(FIRST, 3, by="two")
    (found,) = checked(house.export(), sealed, [OURS]).misfits
    assert (found.kind, found.facts["first"], found.facts["last"]) == (Kind.RECOMPUTED, 2, 3)


def test_what_no_seal_covers_yet_is_counted() -> None:
    house = lived_in().record(FIRST, 2).record("（2026）鲁1329执9号", 3)
    verdict = checked(house.export(), house.seal_lines(), [OURS])
    assert verdict.holds and verdict.unsealed == 5
    assert any("5 条尚未封印" in line for line in report(verdict))


def test_both_algorithms_side_by_side() -> None:
    house = lived_in(alg="sha256")
    house.alg = "sm3"
    house = exported(house.record(FIRST, 2))
    assert {seal["alg"] for seal, _heads in house.seals} == {"sha256", "sm3"}
    assert checked(house.export(), house.seal_lines(), [OURS]).holds
    house.chains[FIRST][0]["by"] = "two"
    assert Kind.CHANGED in kinds(checked(house.export(), house.seal_lines(), [OURS]))


# Handing over ------------------------------------------------------------------------------------


def rotated() -> House:
    house = lived_in().record(COURT, 1, by="command-line").seal(hand_to=key_of(2))
    return exported(house.record(FIRST))


@pytest.mark.parametrize("known", [1, 2])
def test_a_key_that_was_handed_over_is_as_good_as_the_one_before(known: int) -> None:
    house = rotated()
    assert house.seals[-1][0]["key"] == public(key_of(2))
    verdict = checked(house.export(), house.seal_lines(), [mark(key_of(known))])
    assert verdict.holds and verdict.proved and verdict.key == mark(key_of(2))


def lost() -> House:
    """The key's file was lost: another one seals from now on, and nobody handed over."""
    house = lived_in()
    house.key = key_of(2)
    return exported(house.record(FIRST))


@pytest.mark.parametrize(
    ("known", "holds", "proved"),
    [([], False, False), ([1], False, False), ([2], True, True), ([1, 2], True, True)],
)
def test_a_lost_key_shows_unless_the_new_one_is_known(known, holds: bool, proved: bool) -> None:
    house = lost()
    verdict = checked(house.export(), house.seal_lines(), [mark(key_of(n)) for n in known])
    assert (verdict.holds, verdict.proved) == (holds, proved)
    assert kinds(verdict) == ([] if holds else [Kind.KEY_CHANGED])
    if not holds:
        assert seals.grouped(mark(key_of(2))) in str(verdict.misfits[0])


# What a seal may not say -------------------------------------------------------------------------


def resigned(house: House, at: int, **changed: object) -> list[bytes]:
    """The seals, the one there saying something else, signed by the court's own key."""
    made = house.copy()
    seal, heads = made.seals[at]
    told = {k: v for k, v in seal.items() if k not in ("hash", "signature")} | changed
    made.seals[at] = (seals.signed(told, made.sign), heads)
    return made.seal_lines()


LIES = [
    ({"entries": 999}, Kind.SEAL_TOTALS),
    ({"chains": 3}, Kind.SEAL_TOTALS),
    ({"changed": 0}, Kind.SEAL_TOTALS),
    ({"digest": "0" * 64}, Kind.SEAL_TOTALS),
    ({"leaves": "0" * 64}, Kind.SEAL_HEADS),
    ({"seq": 9}, Kind.SEAL_NOT_FOLLOWING),
    ({"prev": "0" * 64}, Kind.SEAL_NOT_FOLLOWING),
    ({"court": "鲁1301"}, Kind.SEAL_NOT_FOLLOWING),
    ({"key": public(key_of(3))}, Kind.SIGNATURE),
    ({"key": "x"}, Kind.SEAL_UNREADABLE),
    ({"alg": "md5"}, Kind.SEAL_UNREADABLE),
    ({"format": "linshu-seal/0"}, Kind.SEAL_UNREADABLE),
    ({"entries": "many"}, Kind.SEAL_UNREADABLE),
    ({"more": ""}, Kind.SEAL_UNREADABLE),
]


@pytest.mark.parametrize(("lie", "kind"), LIES, ids=[str(lie) for lie, _kind in LIES])
def test_a_lie_of_the_last_seal_shows(lie: dict, kind: Kind) -> None:
    house = lived_in()
    lines = resigned(house, -1, **lie) if lie.get("alg") != "md5" else house.seal_lines()
    if lie.get("alg") == "md5":
        lines[-1] = lines[-1].replace(b'"alg":"sm3"', b'"alg":"md5"')
    found = [one for one in checked(house.export(), lines).misfits if one.kind == kind]
    assert found and found[0].facts["line"] == 4


HOSTILE = [b"", b"{}", b"[" * 100_000, b'{"heads":[],"seal":{}}', b"\xff", b'{"heads":1,"seal":2}']


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_lines_of_seals_are_named(line: bytes) -> None:
    house = lived_in()
    lines = house.seal_lines()
    lines[1] = line
    verdict = checked(house.export(), lines)
    assert verdict.misfits[0].kind == Kind.SEAL_UNREADABLE and "第 2 行" in str(verdict.misfits[0])
    assert not checked(house.export(), []).holds


def test_seals_that_tell_no_heads_prove_no_whole_court() -> None:
    """Or somebody would blank the heads and then cut what they sealed."""
    house = lived_in()
    lines = house.seal_lines()
    lines[2] = seals.line(house.seals[2][0], None).encode()
    assert Kind.HEADS_MISSING in kinds(checked(house.export(), lines, [OURS]))


# Where other cases are nobody's business ----------------------------------------------------------


def veiled(house: House, chain: str, blank: bool) -> list[bytes]:
    lines = []
    for seal, heads in house.seals:
        shown = [tuple(h) if h[0] == chain else seals.leaf(seal["alg"], tuple(h)) for h in heads]
        mine = any(isinstance(head, tuple) for head in shown)
        lines.append(seals.line(seal, shown if mine or not blank else None).encode())
    return lines


def test_one_case_is_proved_without_naming_another() -> None:
    house = lived_in()
    lines = veiled(house, FIRST, blank=True)
    assert b"\xe6\x89\xa72\xe5\x8f\xb7" not in b"".join(lines) and b"null" in b"".join(lines)
    assert checked(house.export(FIRST), lines, [OURS]).holds
    house.chains[FIRST][-1]["by"] = "two"
    assert Kind.CHANGED in kinds(checked(house.export(FIRST), lines, [OURS]))
    del house.chains[FIRST][-1]
    assert Kind.CUT_OFF in kinds(checked(house.export(FIRST), lines, [OURS]))


def test_a_whole_export_is_checked_by_leaves_as_well() -> None:
    house = lived_in()
    lines = veiled(house, COURT, blank=False)
    assert checked(house.export(), lines, [OURS]).holds
    del house.chains[FIRST]
    found = kinds(checked(house.export(), lines, [OURS]))
    assert set(found) == {Kind.HEAD_ABSENT}


# Texts -------------------------------------------------------------------------------------------


def texts(*told: dict) -> list[bytes]:
    return [trail.canonical(one) for one in told]


def text(seq: int, alg: str = "sm3") -> dict:
    return {"digest": trail.text_digest(alg, f"约谈 {seq}"), "text": f"约谈 {seq}"}


def told(house: House, lines: list[bytes]):
    return verify(file_of(house.export()), None, file_of(lines))


def test_texts_are_those_that_the_trail_has_digests_of() -> None:
    house = lived_in()
    verdict = told(house, texts(text(1), text(2)))
    assert verdict.holds and "原文:2 处已核对,3 处摘要未提供原文" in verdict.notes[-1]


@pytest.mark.parametrize(
    "wrong",
    [
        text(1) | {"text": "约谈 2"},
        {"digest": "md5:00", "text": ""},
        {"digest": 1, "text": ""},
        {"digest": text(1)["digest"]},
        text(1) | {"more": ""},
    ],
    ids=range(5),
)
def test_a_text_that_is_another_is_named(wrong: dict) -> None:
    verdict = told(lived_in(), texts(text(2), wrong))
    assert kinds(verdict) == [Kind.TEXT] and "第 2 行" in str(verdict.misfits[0])


# By the command ----------------------------------------------------------------------------------


def on_disk(folder: Path, house: House) -> list[str]:
    for name, lines in (("t.jsonl", house.export()), ("s.jsonl", house.seal_lines())):
        (folder / name).write_bytes(file_of(lines).getvalue())
    return [str(folder / "t.jsonl"), "--seals", str(folder / "s.jsonl")]


def test_the_command_takes_a_fingerprint_in_any_writing(tmp_path: Path, capsys) -> None:
    words = on_disk(tmp_path, lived_in())
    assert main([*words, "--key", seals.grouped(OURS).upper(), "--key", mark(key_of(9))]) == 0
    assert "公钥已证实" in capsys.readouterr().out
    assert main([*words, "--key", mark(key_of(9))]) == 1
    with pytest.raises(SystemExit) as wrong:
        main([*words, "--colour"])
    assert wrong.value.code == 1


CHANGES: dict[str, Callable[[House], object]] = {
    "nothing": lambda house: None,
    "a tail": lambda house: house.chains[FIRST].pop(),
    "a case": lambda house: house.chains.pop(FIRST),
    "a seal": lambda house: house.seals.pop(1),
    "a head": lambda house: house.seals[1][1].pop(),
    "a total": lambda house: house.seals[2][0].update(entries=1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_standard_library_alone_checks_all_but_signatures(tmp_path: Path, change: str) -> None:
    """From a folder that holds nothing of ours but the files that are handed out."""
    rules = tmp_path / "linshu" / "rules"
    rules.mkdir(parents=True)
    for folder in (rules.parent, rules):
        (folder / "__init__.py").touch()
    for name in FILES:
        shutil.copy(ROOT / "linshu" / "rules" / name, rules)
    house = lived_in()
    CHANGES[change](house)
    words = on_disk(tmp_path, house)
    run = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    run += "runpy.run_module('linshu.rules.verify', run_name='__main__', alter_sys=True)"
    command = [sys.executable, "-I", "-S", "-c", run, str(tmp_path), *words, "--key", OURS]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == (change != "nothing"), (ran.stdout, ran.stderr)
    assert "签名未核验" in ran.stdout and "公钥未经证实" in ran.stdout


# Properties --------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.integers(1, 4), st.integers(1, 3)),
        st.tuples(st.just("seal"), st.just(0), st.just(0)),
        st.tuples(st.just("rotate"), st.integers(1, 5), st.just(0)),
        st.tuples(st.just("alg"), st.integers(0, 1), st.just(0)),
    ),
    max_size=14,
)


def walked(steps: list[tuple[str, int, int]]) -> House:
    house = House()
    for what, number, times in steps:
        match what:
            case "record":
                house.record(f"（2026）鲁1329执{number}号", times)
            case "seal":
                house.seal()
            case "rotate":
                house.seal(hand_to=key_of(number))
            case _:
                house.alg = trail.ALGORITHMS[number]
    return exported(house)


@given(STEPS)
def test_whatever_a_court_lives_through_holds_and_proves_itself(steps) -> None:
    house = walked(steps)
    known = mark(key_of(1)) if house.seals[0][0]["key"] == public(key_of(1)) else ""
    verdict = checked(house.export(), house.seal_lines(), [known])
    assert verdict.holds and verdict.proved and verdict.unsealed == 0, verdict.misfits
    for kept in range(1, len(house.seals)):
        assert checked(house.export(), house.seal_lines()[:kept], [known]).holds


@given(STEPS, st.data())
def test_no_sealed_entry_can_be_left_out(steps, data) -> None:
    house = walked(steps)
    sealed = house.seal_lines()
    chain = data.draw(st.sampled_from(sorted(house.chains)))
    keep = data.draw(st.integers(0, len(house.chains[chain]) - 1))
    house.chains[chain] = house.chains[chain][:keep]
    if not keep:
        del house.chains[chain]
    verdict = checked(house.export(), sealed)
    assert any(one.chain == chain for one in verdict.misfits)


def test_a_line_of_seals_is_canonical() -> None:
    for line in lived_in().seal_lines():
        assert trail.canonical(json.loads(line)) == line
    assert CODE in lived_in().seal_lines()[0].decode()
