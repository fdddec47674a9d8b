"""What leaves the house by the command line? The event log, the trail with its seals, a pack."""

from pathlib import Path

import click

from linshu.cli import OPERATOR, _case_id, _court, _say, _when, as_json, command
from linshu.services import exports, packs


@command("export-log")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@as_json
def export_log(out: Path, wants_json: bool) -> None:
    """The event log that process-mining tools read."""
    events = exports.export_log(_court(), out, OPERATOR, _when(None, 0))
    _say(wants_json, {"events": events}, f"{events} 条事件写入 {out}。")


@command("export-trail")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seals", type=click.Path(dir_okay=False, path_type=Path), help="封印另存")
@as_json
def export_trail(out: Path, seals: Path | None, wants_json: bool) -> None:
    """The trail; ``python -m linshu.rules.verify OUT --seals SEALS`` checks it."""
    said = exports.export_trail(_court(), out, OPERATOR, _when(None, 0), seals)
    whole = "链头相符" if said["ok"] else "链头不符,请立即核查"
    _say(wants_json, said, f"{said['entries']} 条,{said['chains']} 条链,{whole}。")


@command("pack")
@click.argument("number")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def pack(number: str, out: Path) -> None:
    """The evidence pack of one case, as a zip."""
    court_id = _court()
    order = packs.Order(court_id, _case_id(court_id, number), OPERATOR, "命令行", _when(None, 0))
    packs.make(order, out)
    click.echo(f"证据包写入 {out}。")
