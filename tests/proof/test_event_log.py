"""Does a real ledger, left alone, pass exactly the stages R4–R12 prescribe, in everybody's eyes?

By the commands, on both databases; judged by a process-mining library, by the points, and by a
verifier that was handed two files and an export.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas
import pm4py

from config import ROOT
from linshu.rules.verify import FILES
from tests.proof.conftest import Installation
from tests.rules.test_clock import PUBLISHED
from tests.test_flow import expected

SAMPLE = ROOT / "tests" / "data" / "ledger-sample.xlsx"
TOLD = json.loads(SAMPLE.with_suffix(".expected.json").read_text("utf-8"))
LIFTS = ("intensive", "lateral", "team_lead", "bureau_chief", "vice_president")


def kinds() -> Counter[tuple[str, bool | None]]:
    """How many cases there are of each kind: first-time simple, first-time complex, resumed."""
    return Counter(
        (case["kind"], (case["preserved"] or case["cooperative"]) if case["kind"] == "执" else None)
        for case in TOLD["cases"]
    )


def test_the_sample_ledger_by_the_commands(flask: Installation, tmp_path: Path) -> None:
    the_figures_are_those_expected(flask)
    swept = flask.json("sweep", "--on", "2021-07-01", "--through", "2022-04-30")
    a_library_discovers_the_flow(flask, tmp_path / "log.csv", swept)
    the_points_are_those_of_the_hops(flask, swept)
    the_trail_holds_for_a_stranger(flask, tmp_path)


def the_figures_are_those_expected(flask: Installation) -> None:
    words = ("import-ledger", SAMPLE, "--as", "filing", "--on", "2021-06-30")
    dry = flask.json(*words, "--dry-run")
    told = flask.json(*words, "--screen")
    figures = ("imported", "claim_fen_total", "rejected", "duplicates", "warned")
    assert dry == told == {figure: TOLD[figure] for figure in figures}
    again = flask.json(*words, "--screen")
    assert (again["imported"], again["rejected"]) == (0, TOLD["rejected"])


def a_library_discovers_the_flow(flask: Installation, out: Path, swept: dict) -> None:
    events = flask.json("export-log", out)["events"]
    log = pandas.read_csv(out, dtype={"org:resource": str})
    log["time:timestamp"] = pandas.to_datetime(log["time:timestamp"])
    frame = pm4py.format_dataframe(log, timest_format="ISO8601")
    graph, starts, ends = pm4py.discover_dfg(frame)
    assert dict(graph) == dict(prescribed())
    assert starts == {"intake": TOLD["imported"]}
    assert ends == {"vice_president": TOLD["imported"]}
    assert len(log) == events == sum(prescribed().values()) + TOLD["imported"]
    left_by_expiry = {edge: n for edge, n in prescribed().items() if edge[0] != "intake"}
    assert swept["moved"] == swept["due"] == sum(left_by_expiry.values())
    assert swept["set_aside"] == 0
    on_the_right_days(log)


def prescribed() -> Counter[tuple[str, str]]:
    """The edges of R2, R4, R7, R9–R12 with how many cases take each."""
    edges: Counter[tuple[str, str]] = Counter()
    for (kind, simple), number in kinds().items():
        journey = [stage for stage, _start, _due in expected(kind, simple, PUBLISHED)]
        for edge in pairwise(journey):
            edges[edge] += number
    assert edges["centre", "intensive"] + edges["intake", "intensive"] == TOLD["imported"]
    assert all(edges[edge] == TOLD["imported"] for edge in pairwise(LIFTS))
    return edges


def on_the_right_days(log: pandas.DataFrame) -> None:
    seen: Counter[tuple] = Counter()
    for _case, events in log.groupby("case:concept:name", sort=False):
        stamps, dues = events["time:timestamp"], events["due_on"]
        days = zip(events["concept:name"], stamps, dues, strict=True)
        seen[tuple((stage, at.date(), date.fromisoformat(due)) for stage, at, due in days)] += 1
    plain = {tuple(expected(*kind, PUBLISHED)): number for kind, number in kinds().items()}
    assert seen == plain


def the_points_are_those_of_the_hops(flask: Installation, swept: dict) -> None:
    balances = flask.json("points")["balances"]
    assert sum(balances.values()) == 0
    hops = Counter({len(expected(*kind, PUBLISHED)) - 2: n for kind, n in kinds().items()})
    assert balances["分管副院长"] == sum(hop * number for hop, number in hops.items())
    assert balances["执行局局长"] == -TOLD["imported"]
    assert balances["速执团队"] == -kinds()["执", True]


def the_trail_holds_for_a_stranger(flask: Installation, folder: Path) -> None:
    export, seals = folder / "trail.jsonl", folder / "seals.jsonl"
    told = flask.json("export-trail", export, "--seals", seals)
    assert told["ok"] and told["chains"] == TOLD["imported"] + 1 and told["seals"] > 300
    handed = handed_over(folder / "handed")
    assert verified(handed, export, seals) == (0, told)
    lines = export.read_bytes().splitlines(keepends=True)
    forged = folder / "forged.jsonl"
    forged.write_bytes(b"".join([*lines[:5000], lines[5000].replace(b"-", b"+", 1), *lines[5001:]]))
    assert verified(handed, forged, seals)[0] == 1
    forged.write_bytes(b"".join(lines[:-1]))
    assert verified(handed, forged, seals)[0] == 1


def handed_over(folder: Path) -> Path:
    """The files that the check needs, and nothing else of ours."""
    (folder / "linshu" / "rules").mkdir(parents=True)
    for name in FILES:
        shutil.copy(ROOT / "linshu" / "rules" / name, folder / "linshu" / "rules")
    return folder


def verified(handed: Path, export: Path, seals: Path) -> tuple[int, dict]:
    """Exit code and figures of the check, in a Python that has its standard library alone."""
    run = "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    run += "runpy.run_module('linshu.rules.verify', run_name='__main__', alter_sys=True)"
    command = [sys.executable, "-I", "-S", "-c", run, handed, export, "--seals", seals, "--json"]
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True)
    figures = json.loads(done.stdout)
    return done.returncode, {name: figures[name] for name in ("ok", "entries", "chains", "seals")}
