"""What can be done without a browser? The commands that other programs call; they need no Redis.

Exit 0 when the work was done, 1 when it was refused (one line says why), 2 for wrong usage.
``--json`` prints one JSON object on stdout.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import SQLAlchemyError

from linshu.rules.duties import Role
from linshu.rules.numbers import NumberFault, case_number
from linshu.rules.seals import grouped
from linshu.rules.why import told
from linshu.services import ledgers, people, reasons, rekeying, sealing, setup, sweep
from linshu.services.actor import Actor
from linshu.services.errors import Invalid, NotFound, Refused
from linshu.services.people import NewPerson
from linshu.services.sweep import Report
from linshu.services.workbook import read_people
from linshu.store import journey, queries
from linshu.store.cases import Case
from linshu.store.db import SHANGHAI, db
from linshu.store.people import Court
from linshu.store.writer import Doer, When

P = ParamSpec("P")
R = TypeVar("R")

#: Whoever has the machine's command line: the trail names the command line, not a person.
OPERATOR = Doer("command-line", str(Role.SYSTEM_ADMIN))
commands = AppGroup("linshu")
as_json = click.option("--json", "wants_json", is_flag=True, help="print one JSON object")


def init_app(app: Flask) -> None:
    """Puts the commands where ``flask`` finds them."""
    for one in commands.commands.values():
        app.cli.add_command(one)


class Day(click.ParamType[date]):
    """A business day: YYYY-MM-DD, not after today (Asia/Shanghai)."""

    name = "date"

    def convert(self, value: Any, param: Any, context: Any) -> date:
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"日期应写作 2026-01-05,不是 {value}", param, context)
        if day > _now().date():
            self.fail(f"日期 {day} 在今天({_now().date()})之后", param, context)
        return day


def _now() -> datetime:
    instant: datetime = current_app.config["LINSHU_CLOCK"]()
    return instant.astimezone(SHANGHAI)


def _when(on: date | None, hour: int, minute: int = 0) -> When:
    """The business day's instant and the real one; today's business day is now."""
    now = _now()
    if on is None or on == now.date():
        return When(now, now)
    return When(datetime.combine(on, time(hour, minute), SHANGHAI), now)


class Failure(click.ClickException):
    """One line that says why; exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(f"错误:{self.message}", file=file, err=file is None)


def command(name: str) -> Callable[[Callable[P, R]], click.Command]:
    """A command whose refusals are one line and exit code 1."""

    def make(function: Callable[P, R]) -> click.Command:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except Refused as refusal:
                raise Failure(refusal.message) from refusal
            except OSError as error:
                raise Failure(f"文件无法读写:{error.filename}({error.strerror})") from error
            except SQLAlchemyError as error:
                why = str(getattr(error, "orig", error)).splitlines()[0]
                raise Failure(f"数据库不可用,请先运行 flask init:{why}") from error

        return commands.command(name)(with_appcontext(run))

    return make


def _say(wants_json: bool, facts: dict[str, Any], line: str) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False) if wants_json else line)


def _court() -> int:
    ids = queries.court_ids()
    if not ids:
        raise NotFound("court_missing")
    return ids[0]


def _acting(login: str) -> Actor:
    found = people.actor_by_login(login)
    if found is None:
        raise NotFound("nobody", login=login)
    return found


@command("init")
@click.option("--court", default="鲁1329", show_default=True, help="法院代字")
def init(court: str) -> None:
    """Creates or upgrades the database, the court, its policy, teams and first administrator."""
    upgrade()
    _court_id, password = setup.found_court(court, _when(None, 0))
    click.echo(f"法院 {court} 已就绪。")
    if password:
        click.echo(f"第一位管理员 {setup.FIRST_ADMIN},一次性密码(只显示这一次):{password}")


@command("add-person")
@click.argument("login")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--team", help="团队名称")
def add_person(login: str, name: str, role: str, team: str | None) -> None:
    """Adds one person, with a one-time password to be changed at the first login."""
    new = NewPerson(login, name, role, team)
    for who, password in people.add_people(_court(), [new], OPERATOR, _when(None, 0)):
        click.echo(f"{who} 的一次性密码(只显示这一次):{password}")


@command("import-people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_people(file: Path) -> None:
    """Adds the people of a workbook (登录名, 姓名, 角色, 团队): all of them or none."""
    rows = read_people(file)
    news = [NewPerson(row.login, row.name, str(row.role), row.team or None) for row in rows]
    for who, password in people.add_people(_court(), news, OPERATOR, _when(None, 0)):
        click.echo(f"{who}\t{password}")


@command("import-ledger")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", required=True, help="以谁的名义导入")
@click.option("--on", type=Day(), help="业务日期")
@click.option("--dry-run", is_flag=True, help="只检查,不写入")
@click.option("--screen", is_flag=True, help="同时确认系统建议的甄别")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="退回的行另存")
@as_json
def import_ledger(
    file: Path,
    login: str,
    on: date | None,
    dry_run: bool,
    screen: bool,
    rejects: Path | None,
    wants_json: bool,
) -> None:
    """Reads a ledger; its good rows come in, all of them or none."""
    _court()
    when = _when(on, 9)
    result = ledgers.import_ledger(_acting(login), file, when, dry_run, screen)
    if rejects:
        ledgers.write_rejects(file, result.turned_away, rejects)
    said = "可入库" if dry_run else "入库"
    line = (
        f"{said} {result.imported} 件,标的合计 {result.claim_fen_total / 100:,.2f} 元;"
        f"退回 {len(result.rejected)} 行,重复 {len(result.duplicates)} 行,"
        f"提示 {len(result.warned)} 行。"
    )
    _say(wants_json, result.as_json(), line)


@command("sweep")
@click.option("--on", type=Day(), help="业务日期")
@click.option("--through", type=Day(), help="逐日扫描至这一天")
@as_json
def sweep_command(on: date | None, through: date | None, wants_json: bool) -> None:
    """What the job does, now; with --through, day after day."""
    first = on or _now().date()
    last = through or first
    if last < first:
        raise click.UsageError(f"--through {last} 早于 --on {first}")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    report = Report()
    _court()
    for day in days:
        for court_id in queries.court_ids():
            report.add(sweep.expire_due(court_id, _when(day, 0, 5)))
    line = f"届满 {report.due} 件,流转 {report.moved} 件,搁置 {report.set_aside} 件。"
    _say(wants_json, report.as_json(), line)


@command("rotate-seal-key")
@as_json
def rotate_seal_key(wants_json: bool) -> None:
    """A new key seals from now on; the old one hands over to it and is destroyed."""
    _court()
    old, new = sealing.rotate_key(OPERATOR, _when(None, 0))
    line = f"封印密钥已更换。旧公钥 {grouped(old)},新公钥 {grouped(new)}。"
    _say(wants_json, {"old": old, "new": new}, line)


@command("rotate-data-key")
@as_json
def rotate_data_key(wants_json: bool) -> None:
    """A new key for personal data: everything under it, the old keys forgotten. Broken off, it goes
    on where it was when it is run again."""
    _court()
    done = rekeying.rotate(OPERATOR, _when(None, 0))
    line = f"新密钥 {done.key}:重新加密 {done.rows} 项,停用旧密钥 {done.forgotten} 个"
    line += f";{done.unreadable} 项无法解密,请核查。" if done.unreadable else "。"
    _say(wants_json, asdict(done), line)


@command("why")
@click.argument("number")
@as_json
def why(number: str, wants_json: bool) -> None:
    """Why a case is due when it is due: both clocks, step by step."""
    session, court_id = db.session(), _court()
    case = session.get_one(Case, _case_id(court_id, number))
    found = reasons.reasons(session, case, _when(None, 0))
    lines = []
    for one in found:
        lines += [one.title, *(f"  {told(step)}" for step in one.steps)]
    facts = {"case": case.number, "clocks": [one.as_json() for one in found]}
    _say(wants_json, facts, "\n".join(lines) or "该案已结,没有计算中的期限。")


@command("points")
@click.option("--case", "number", help="案号")
@as_json
def points(number: str | None, wants_json: bool) -> None:
    """Balances per team or post; for one case its postings in order."""
    court_id = _court()
    balances = queries.balances(db.session(), court_id)
    postings = _postings(court_id, number) if number else []
    if number:
        lines = [f"{row['on']}\t{row['team']}\t{row['points']:+d}" for row in postings]
    else:
        lines = [
            f"{name}\t{points:+d}" if points else f"{name}\t0" for name, points in balances.items()
        ]
    said = "\n".join(lines) or "该案没有积分往来。"
    _say(wants_json, {"balances": balances, "postings": postings}, said)


def _case_id(court_id: int, number: str) -> int:
    session = db.session()
    try:
        asked = case_number(number, [session.get_one(Court, court_id).code])
    except NumberFault as fault:
        raise Invalid("ledger", why=str(fault)) from fault
    found = journey.numbered(session, court_id, asked.serial, asked.kind, asked.year)
    if not found:
        raise NotFound()
    return found[0]


def _postings(court_id: int, number: str) -> list[dict[str, Any]]:
    case = db.session.get_one(Case, _case_id(court_id, number))
    return queries.postings_of(db.session(), court_id, case.number)
