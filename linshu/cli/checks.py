"""Is the record sound? The commands that check it; exit 1 when something is not as it should be."""

import click

from linshu.cli import OPERATOR, _case_id, _court, _say, _when, as_json, command
from linshu.rules.replay import State
from linshu.rules.said import Said
from linshu.services import inspecting, replay, soundness
from linshu.services.replay import Compared


@command("replay")
@click.option("--case", "number", help="案号")
@as_json
def replay_command(number: str | None, wants_json: bool) -> None:
    """Rebuilds cases from their trail and compares them with the tables; exit 1 if they differ."""
    court_id = _court()
    ids = [_case_id(court_id, number)] if number else None
    cases, differing, states = 0, list[Compared](), list[State]()
    for one in replay.compared(court_id, case_ids=ids):
        cases += 1
        if number:
            states.append(one.state)
        if not one.agrees:
            differing.append(one)
    lines = [f"{one.number}:{said}" for one in differing for said in one.said]
    if not differing:
        lines.append(f"核对 {cases} 件,留痕与表全部相符。")
    else:
        lines.append(f"核对 {cases} 件,不符 {len(differing)} 件。")
    facts = {"ok": not differing, "cases": cases, "differing": [d.as_json() for d in differing]}
    _say(wants_json, facts | ({"state": states[0]} if states else {}), "\n".join(lines))
    if differing:
        raise click.exceptions.Exit(1)


@command("inspect")
@as_json
def inspect_command(wants_json: bool) -> None:
    """Runs the integrity checks and keeps their result; exit 1 when any finds something."""
    number, findings = inspecting.inspect(_court(), _when(None, 0), OPERATOR)
    lines = []
    for rule in soundness.RULES:
        found = findings[rule.key]
        lines.append(f"{rule.name}\t{found['count']}")
        lines += [f"  {one['name']}:{Said.loads(one['said'])}" for one in found["cases"]]
    green = not any(one["count"] for one in findings.values())
    lines.append("全部正常。" if green else "有问题,请核查。")
    for one in (case for found in findings.values() for case in found["cases"]):
        one["said"] = str(Said.loads(one["said"]))
    facts = {"ok": green, "inspection": number, "findings": findings}
    _say(wants_json, facts, "\n".join(lines))
    if not green:
        raise click.exceptions.Exit(1)
