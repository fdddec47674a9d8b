"""Do the commands that check the record say what is wrong, and end with 1 when anything is?"""

from __future__ import annotations

import json

import pytest
from flask import Flask

from linshu.services.soundness import RULES
from tests.behind import behind_the_back
from tests.court import Court
from tests.test_cli import Commands


@pytest.fixture
def flask(app: Flask, court: Court) -> Commands:
    return Commands(app)


def test_replay_says_that_all_agree(flask: Commands, court: Court) -> None:
    court.file_many(3, "2026-11-20", simple=True)
    assert flask("replay").stdout == "核对 3 件,留痕与表全部相符。\n"
    assert flask.json("replay") == {"ok": True, "cases": 3, "differing": []}


def test_replay_of_one_case_gives_its_state(flask: Commands, court: Court) -> None:
    case_id = court.brought_to("centre", "2026-05-06")
    number = court.case(case_id).number
    told = flask.json("replay", "--case", number)
    assert told["cases"] == 1
    stint = court.stint(case_id)
    assert told["state"]["stage"] == "centre" and told["state"]["due_on"] == str(stint.due_on)


def test_replay_names_each_case_and_difference(flask: Commands, court: Court) -> None:
    one, two = court.file_many(2, "2026-11-20", simple=True)
    numbers = [court.case(case_id).number for case_id in (one, two)]
    behind_the_back(f"UPDATE cases SET recovered_fen = 5 WHERE id = {two}")
    said = flask("replay", code=1).stdout.splitlines()
    assert said == [
        f"{numbers[1]}:到位金额(分):留痕为 0,表中为 5",
        "核对 2 件,不符 1 件。",
    ]
    told = json.loads(flask("replay", "--json", code=1).stdout)
    assert told["differing"] == [
        {
            "case": numbers[1],
            "readable": True,
            "differences": [{"what": "recovered_fen", "id": None, "told": 0, "kept": 5}],
        }
    ]
    assert flask("replay", "--case", numbers[0]).exit_code == 0


def test_inspect_is_green_or_says_where(flask: Commands, court: Court) -> None:
    court.file_many(2, "2026-11-20", simple=True)
    said = flask("inspect").stdout
    assert said.endswith("全部正常。\n") and "积分归零\t0" in said
    behind_the_back("UPDATE cases SET statutory_due_on = '2030-01-01' WHERE id = 1")
    told = json.loads(flask("inspect", "--json", code=1).stdout)
    assert not told["ok"] and set(told["findings"]) == {rule.key for rule in RULES}
    assert told["findings"]["due_dates"]["count"] == 1
    found = told["findings"]["due_dates"]["cases"][0]
    assert found["said"] == "法定执行期限届满日为 2030-01-01,按规则应为 2027-05-20"
    assert "有问题,请核查。" in flask("inspect", code=1).stdout
