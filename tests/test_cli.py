"""Do the commands do what other programs rely on: figures, files, exit codes, one line for no?"""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from linshu.rules import verify
from linshu.rules.entry import strong
from linshu.rules.policy import parse, published_text
from linshu.rules.seals import grouped
from linshu.store import queries
from linshu.store.books import TrailEntry
from linshu.store.cases import Case, Stint
from linshu.store.db import db
from linshu.store.people import Person
from tests.court import Court

SAMPLE = Path(__file__).parent / "data" / "ledger-sample.xlsx"
EXPECTED = json.loads(SAMPLE.with_suffix(".expected.json").read_text("utf-8"))
RULES = parse(published_text()).entry


class Commands:
    """The command line of an application."""

    def __init__(self, app: Flask) -> None:
        self.runner = app.test_cli_runner()

    def __call__(self, *words: object, code: int = 0) -> Result:
        done = self.runner.invoke(args=[str(word) for word in words])
        assert done.exit_code == code, (words, done.output, done.exception)
        db.session.rollback()
        return done

    def json(self, *words: object) -> dict:
        """The one object that ``--json`` prints on stdout."""
        return json.loads(self(*words, "--json").stdout)

    def refused(self, *words: object, code: int = 1) -> str:
        """The last line of a refusal; nothing of it on stdout."""
        done = self(*words, code=code)
        assert not done.stdout
        return done.stderr.strip().splitlines()[-1]


@pytest.fixture
def flask(app: Flask) -> Commands:
    return Commands(app)


@pytest.fixture
def staffed(flask: Commands, court: Court) -> Commands:
    """The commands on the court of tests/court.py."""
    return flask


def imported(flask: Commands, *options: object) -> dict:
    return flask.json("import-ledger", SAMPLE, "--as", "filing", "--on", "2021-06-30", *options)


# Setting up -------------------------------------------------------------------------------------


def test_init_shows_the_first_password_once(flask: Commands) -> None:
    first, again = flask("init").stdout, flask("init").stdout
    password = first.strip().rpartition(":")[2]
    assert strong(password, RULES) and "一次性密码" not in again
    admin = db.session.scalars(select(Person)).one()
    assert (admin.login, admin.role, admin.must_change) == ("admin", "security_admin", True)
    assert list(flask.json("points")["balances"]) == [
        "速执团队",
        "执行指挥中心",
        "精执一团队",
        "精执一团队·团队长",
        "精执二团队",
        "精执二团队·团队长",
        "终本维护团队",
        "执行局局长",
        "分管副院长",
    ]


@pytest.mark.parametrize("code", ["", "1329", "鲁1329执", "临沭县法院1329", "鲁-1329"])
def test_a_court_whose_code_can_stand_in_no_case_number_is_not_founded(
    flask: Commands, code: str
) -> None:
    assert "法院代字不规范" in flask("init", "--court", code, code=1).stderr
    assert queries.court_ids() == []


def test_a_court_s_code_in_another_writing_is_the_same_court(flask: Commands) -> None:
    flask("init")
    assert "一次性密码" not in flask("init", "--court", "鲁 １３２９").stdout
    assert len(queries.court_ids()) == 1


def test_before_init_every_command_says_so(flask: Commands, tmp_path: Path) -> None:
    for words in (
        ("sweep",),
        ("points",),
        ("export-log", tmp_path / "log.csv"),
        ("export-trail", tmp_path / "trail.jsonl"),
        ("rotate-seal-key",),
        ("add-person", "one", "甲", "--role", "president"),
        ("import-ledger", SAMPLE, "--as", "one"),
    ):
        assert flask.refused(*words) == "错误:还没有建库,请先运行 flask init。"
    assert not list(tmp_path.glob("*.csv")) and not list(tmp_path.glob("*.jsonl"))


def test_a_person_is_added_by_the_command_line(staffed: Commands) -> None:
    said = staffed("add-person", "new", "新人", "--role", "executor", "--team", "速执团队").stdout
    assert "new 的一次性密码" in said
    person = db.session.scalars(select(Person).where(Person.login == "new")).one()
    assert person.must_change and strong(said.strip().rpartition(":")[2], RULES)
    line = select(TrailEntry.line).where(TrailEntry.tag == "person.added")
    entry = json.loads(db.session.scalars(line.order_by(TrailEntry.id.desc())).first())
    assert (entry["by"], entry["role"]) == ("command-line", "system_admin")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("one", "甲", "--role", "president"), "登录名 one 已存在"),
        (("x y", "甲", "--role", "president"), "登录名应为"),
        (("new", "甲", "--role", "executor"), "执行员应当属于一个团队"),
        (("new", "甲", "--role", "executor", "--team", "精执九团队"), "没有这个团队:精执九团队"),
    ],
)
def test_a_person_who_cannot_be_added(staffed: Commands, words: tuple, why: str) -> None:
    assert why in staffed.refused("add-person", *words)


def test_an_unknown_role_is_wrong_usage(staffed: Commands) -> None:
    staffed.refused("add-person", "new", "甲", "--role", "judge", code=2)


# The ledger -------------------------------------------------------------------------------------


def test_the_sample_ledger_s_figures(staffed: Commands) -> None:
    told = imported(staffed)
    assert set(told) == {"imported", "claim_fen_total", "rejected", "duplicates", "warned"}
    assert told["imported"] == 2954
    assert told["claim_fen_total"] == db.session.scalar(select(func.sum(Case.claim_fen)))
    assert {row["row"] for row in told["rejected"]} == {row["row"] for row in EXPECTED["rejected"]}
    assert set(map(tuple, (sorted(row) for row in told["rejected"]))) == {("row", "why")}
    assert set(db.session.scalars(select(Stint.started_on))) == {date(2021, 6, 30)}
    again = imported(staffed)
    assert again["imported"] == 0 and len(again["duplicates"]) > 2900


def test_a_dry_run_changes_nothing_and_says_the_same(staffed: Commands) -> None:
    before = db.session.scalar(select(func.count()).select_from(TrailEntry))
    dry = imported(staffed, "--dry-run", "--screen")
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0
    assert db.session.scalar(select(func.count()).select_from(TrailEntry)) == before
    assert imported(staffed, "--screen") == dry


def test_the_rejected_rows_come_back_as_a_workbook(staffed: Commands, tmp_path: Path) -> None:
    told = imported(staffed, "--dry-run", "--rejects", tmp_path / "rejects.xlsx")
    assert told["rejected"] and (tmp_path / "rejects.xlsx").stat().st_size > 2000


@pytest.mark.parametrize(
    ("words", "why", "code"),
    [
        (("--as", "one"), "one不能导入台账", 1),
        (("--as", "nobody"), "没有这个人:nobody", 1),
        (("--as", "filing", "--on", "2026-11-24"), "在今天(2026-11-23)之后", 2),
        (("--as", "filing", "--on", "去年"), "日期应写作", 2),
        ((), "--as", 2),
    ],
)
def test_who_and_when_may_import(staffed: Commands, words: tuple, why: str, code: int) -> None:
    assert why in staffed.refused("import-ledger", SAMPLE, *words, code=code)
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_what_is_no_workbook(staffed: Commands) -> None:
    said = staffed.refused("import-ledger", __file__, "--as", "filing")
    assert "不是 xlsx 工作簿" in said
    staffed.refused("import-ledger", "/nowhere.xlsx", "--as", "filing", code=2)


# The sweep --------------------------------------------------------------------------------------


def test_a_sweep_counts_what_it_moved(staffed: Commands, court: Court) -> None:
    (case_id,) = court.file_many(1, "2021-06-30", simple=True)
    court.file_many(2, "2021-06-30", simple=False)
    told = staffed.json("sweep", "--on", "2021-07-31")
    assert (told["due"], told["moved"], told["set_aside"]) == (1, 1, 0)
    assert told["by_stage"] == {"quick": 1}
    assert court.stint(case_id).started_on == date(2021, 7, 31)
    assert staffed.json("sweep", "--on", "2021-07-31")["due"] == 0


def test_day_after_day_a_case_reaches_the_vice_president(staffed: Commands, court: Court) -> None:
    court.file_many(1, "2021-06-30", simple=True)
    told = staffed.json("sweep", "--on", "2021-07-01", "--through", "2022-04-30")
    assert told["moved"] == 6
    balances = staffed.json("points")["balances"]
    assert balances["分管副院长"] == 6 and sum(balances.values()) == 0
    starts = list(db.session.scalars(select(Stint.started_on).order_by(Stint.seq)))
    assert starts[2:4] == [date(2021, 7, 31), date(2021, 10, 1)]  # each on its own day


def test_the_trail_keeps_the_business_day_and_the_real_one(staffed: Commands, court) -> None:
    court.file_many(1, "2021-06-30", simple=True)
    staffed("sweep", "--on", "2021-07-31")
    line = select(TrailEntry.line).where(TrailEntry.tag == "case.moved")
    entry = json.loads(db.session.scalars(line).one())
    assert entry["at"] == "2021-07-31T00:05:00+08:00"
    assert entry["recorded"] == "2026-11-23T10:00:00+08:00"


def test_a_sweep_of_tomorrow_or_backwards_is_wrong_usage(staffed: Commands) -> None:
    assert "之后" in staffed.refused("sweep", "--on", "2026-11-24", code=2)
    assert "之后" in staffed.refused("sweep", "--through", "2026-11-24", code=2)
    words = ("sweep", "--on", "2026-11-20", "--through", "2026-11-19")
    assert "早于" in staffed.refused(*words, code=2)


# What leaves the house --------------------------------------------------------------------------


def test_the_event_log(staffed: Commands, court: Court, tmp_path: Path) -> None:
    court.file_many(2, "2021-06-30", simple=True)
    staffed("sweep", "--on", "2021-07-31")
    out = tmp_path / "log.csv"
    assert staffed.json("export-log", out) == {"events": 6}
    with out.open(encoding="utf-8", newline="") as file:
        events = list(csv.DictReader(file))
    assert [event["concept:name"] for event in events[:3]] == ["intake", "quick", "centre"]
    assert events[2]["time:timestamp"] == "2021-07-31T00:05:00+08:00"
    assert (events[1]["due_on"], events[1]["exit_reason"]) == ("2021-07-30", "expiry")


def test_the_trail_and_its_check(staffed: Commands, court: Court, tmp_path: Path) -> None:
    court.file_many(2, "2021-06-30", simple=True)
    out, seals = tmp_path / "trail.jsonl", tmp_path / "seals.jsonl"
    told = staffed.json("export-trail", out, "--seals", seals)
    assert (told["chains"], told["seals"], told["ok"]) == (3, 1, True)
    with out.open("rb") as lines, seals.open("rb") as sealed:
        verdict = verify.verify(lines, sealed)
    assert verdict.holds and verdict.entries == told["entries"] and verdict.unsealed == 0
    assert "链头相符" in staffed("export-trail", out).stdout


def test_the_key_of_the_seals_is_rotated(staffed: Commands, tmp_path: Path) -> None:
    out, seals = tmp_path / "trail.jsonl", tmp_path / "seals.jsonl"
    staffed("export-trail", out)
    told = staffed.json("rotate-seal-key")
    assert told["old"] != told["new"] and len(told["new"]) == 32
    assert grouped(told["new"]) in staffed("rotate-seal-key").stdout
    staffed("export-trail", out, "--seals", seals)
    with out.open("rb") as lines, seals.open("rb") as sealed:
        verdict = verify.verify(lines, sealed, keys=[told["old"]])
    assert verdict.holds and verdict.proved
    query = select(func.count()).where(TrailEntry.tag == "seal.key_rotated")
    assert db.session.scalar(query) == 2


def test_a_file_that_cannot_be_written(staffed: Commands, tmp_path: Path) -> None:
    said = staffed.refused("export-trail", tmp_path / "nowhere" / "trail.jsonl")
    assert said.startswith("错误:文件无法读写:")


def test_the_postings_of_one_case_in_order(staffed: Commands, court: Court) -> None:
    case_id = court.brought_to("intensive", "2021-06-30")
    number = court.case(case_id).number
    told = staffed.json("points", "--case", number.replace("（", "(").replace("）", ")"))
    assert told["balances"] == queries.balances(db.session(), court.id)
    assert [(row["team"], row["side"], row["points"]) for row in told["postings"]] == [
        ("执行指挥中心", "give", -1),
        (told["postings"][1]["team"], "receive", 1),
    ]
    assert {row["on"] for row in told["postings"]} == {"2021-10-01"}


def test_points_of_no_case(staffed: Commands, court: Court) -> None:
    court.file("2021-06-30")
    assert staffed.json("points", "--case", "（2021）鲁1329执1号")["postings"] == []
    assert "没有找到" in staffed.refused("points", "--case", "（2021）鲁1329执2号")
    assert "案号不规范" in staffed.refused("points", "--case", "老王的案子")
    assert "法院代字不对" in staffed.refused("points", "--case", "（2021）鲁1301执1号")


def test_what_people_read_is_chinese(staffed: Commands, court: Court) -> None:
    court.file_many(1, "2021-06-30", simple=True)
    said = staffed("sweep", "--on", "2021-07-31").stdout
    assert said == "届满 1 件,流转 1 件,搁置 0 件。\n"
    assert (
        "速执团队\t-1" in staffed("points").stdout and "精执一团队\t0" in staffed("points").stdout
    )
