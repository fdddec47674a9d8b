"""Does each integrity check find what was done behind the application's back, and nothing else?"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from linshu.rules.duties import REQUEST_DAYS
from linshu.rules.said import Said
from linshu.rules.transitions import UNDECIDED_ZH
from linshu.rules.watch import About
from linshu.services import (
    batches,
    claiming,
    correcting,
    inspecting,
    orders,
    recording,
    transfers,
)
from linshu.services.actor import Actor
from linshu.services.batches import Picked
from linshu.services.errors import Conflict, NotAllowed
from linshu.services.inspecting import MOST
from linshu.services.orders import Deadline, NewOrder
from linshu.services.recording import NewAction
from linshu.services.soundness import RULES
from linshu.store import inspections
from linshu.store.books import Inspection, TrailEntry
from linshu.store.clocks import CaseCountdown
from linshu.store.db import db
from linshu.store.inspections import Findings
from linshu.store.people import Team
from linshu.store.writer import When
from tests import books
from tests.court import ONE, TWO, Court, at
from tests.locks_off import behind_the_back

FILED = "2026-01-05"
MEMBERS = {ONE: ("one", "lead-one"), TWO: ("two", "lead-two"), "速执团队": ("quick", "quick-lead")}


def found(court: Court, when: When) -> Findings:
    """What an inspection finds."""
    return inspecting.inspect(court.id, when)[1]


def wrong(findings: Findings) -> dict[str, int]:
    return {key: one["count"] for key, one in findings.items() if one["count"]}


def says(findings: Findings, key: str) -> list[str]:
    return [f"{one['name']} {Said.loads(one['said'])}" for one in findings[key]["cases"]]


def hands(court: Court, case_id: int) -> tuple[Actor, Actor]:
    """Somebody of the team that holds a case, and its lead."""
    team = db.session.get_one(Team, court.stint(case_id).team_id).name
    member, lead = MEMBERS[team]
    return court.who(member), court.who(lead)


@pytest.fixture
def lived(court: Court) -> tuple[int, When]:
    """A court with cases at many stages; the first is with an intensive team, claimed, with money
    and a correction; and the day on which all this is done."""
    case_id = court.brought_to("intensive", FILED)
    on = at(court.stint(case_id).started_on + timedelta(days=1))
    member, _lead = hands(court, case_id)
    claiming.claim(member, case_id, None, on)
    recording.record(member, case_id, None, NewAction("receipt", "到账", on.at, 500), on)
    correcting.correct_fact(member, case_id, None, "remark", "约谈", "漏记", on)
    quick = court.file_many(4, on.on.isoformat(), simple=True, filed=FILED)
    court.file_many(3, on.on.isoformat(), simple=None)
    court.file(on.on.isoformat(), resumed=True)
    court.close(quick[0], "执行完毕", on, "quick", "清偿")
    court.close(quick[1], "终结本次执行程序", on, "quick", "无财产")
    transfers.ask(court.who("quick"), quick[2], 2, "other", "理由", on)
    limit = db.session.scalars(
        select(CaseCountdown.id).where(CaseCountdown.case_id == quick[3])
    ).one()
    week = Deadline(working_days=5)
    new = NewOrder(quick[3], About.COUNTDOWN, "请尽快。", week, countdown_id=limit)
    orders.give(court.who("supervisor"), new, on)
    court.sweep(on.on)
    picked = Picked((quick[3],))
    batches.record(court.who("quick"), picked, "call", "电话", on.at, None, on)
    return case_id, on


def test_a_healthy_court_is_green(court: Court, lived: tuple[int, When]) -> None:
    assert books.hold()
    assert wrong(found(court, lived[1])) == {}


LAST = "case_id = 1 AND ended_on IS NULL"
HOLDER = f"(SELECT team_id FROM stints WHERE {LAST})"
BROKEN = (
    "INSERT INTO policies (court_id, version, effective_on, document, adopted_by, adopted_at) "
    "SELECT court_id, 'broken', '1999-01-01', 'limits = 1', 'x', adopted_at FROM policies"
)
ASKED = "(SELECT stint_id FROM requests WHERE kind = 'transfer')"
#: What is done behind the application's back; the rule that must find it, with what it says.
TAMPERED = {
    "a word of the trail": (
        "chains",
        "被改动:摘要不符",
        "UPDATE trail SET line = replace(line, '到账', '到帐') WHERE tag = 'case.recorded'",
    ),
    "a seal": ("chains", "封印", "UPDATE seals SET seq = 99 WHERE seq = 1"),
    "a number in the clear": (
        "encrypted",
        "未按现行密钥加密",
        "UPDATE parties SET id_number = '11010119900307447X' WHERE id = 1",
    ),
    "a representative of nobody": (
        "parties",
        "所代理、承继的人不在本案",
        "UPDATE parties SET role = 'representative' WHERE id = 1",
    ),
    "a representative of another case": (
        "parties",
        "所代理、承继的人不在本案",
        "UPDATE parties SET role = 'representative', represents_id = "
        "(SELECT max(id) FROM parties) WHERE id = 1",
    ),
    "nobody who owes": (
        "parties",
        "没有申请执行人或者被执行人",
        "UPDATE parties SET out_on = '2026-01-05' WHERE id = 2",
    ),
    "a representative": (
        "orphans",
        "parties 所属的 parties #9999 不存在",
        "UPDATE parties SET represents_id = 9999 WHERE id = 1",
    ),
    "a sum of money": (
        "money",
        "与登记的各笔不符",
        "UPDATE cases SET recovered_fen = recovered_fen + 1 WHERE id = 1",
    ),
    "interest that nobody entered": (
        "money",
        "与登记的各笔不符",
        "UPDATE cases SET interest_fen = 1 WHERE id = 2",
    ),
    "a message given up": (
        "messages",
        "未能送达",
        "INSERT INTO deliveries (court_id, about, about_id, attempts, next_at, last_error, "
        "given_up_at) SELECT id, 'alert', 1, 9, '2026-01-05', 'x', '2026-01-05' FROM courts",
    ),
    "no trail": ("chains", "被删除", "DELETE FROM trail WHERE case_id = 2"),
    "the stage": ("replay", "阶段:留痕为", f"UPDATE stints SET stage = 'lateral' WHERE {LAST}"),
    "no open stint": (
        "open_stints",
        "有 0 个在办阶段",
        f"UPDATE stints SET ended_on = started_on WHERE {LAST}",
    ),
    "an open stint of a closed case": (
        "open_stints",
        "有 1 个在办阶段",
        "UPDATE stints SET ended_on = NULL WHERE exit_reason = 'closed'",
    ),
    "a case that goes on as another and is open": (
        "resumed",
        "仍有在办阶段",
        "UPDATE cases SET resumed_from_id = 1 WHERE id = 2",
    ),
    "a case that left for another that is not there": (
        "resumed",
        "没有恢复后的案件",
        "UPDATE stints SET exit_reason = 'resumed_anew' WHERE exit_reason = 'closed'",
    ),
    "a case that goes on as another and was closed otherwise": (
        "resumed",
        "没有按恢复执行退出终本维护",
        "UPDATE cases SET resumed_from_id = (SELECT min(id) FROM cases WHERE closed_on IS NOT "
        "NULL) WHERE id = 1",
    ),
    "a broken policy": (
        "policies",
        "规则版本 broken 无法读取",
        BROKEN,
        f"UPDATE stints SET policy_id = (SELECT max(id) FROM policies) WHERE {LAST}",
    ),
    "a later day": (
        "due_dates",
        "阶段届满日为 2030-01-02,按规则应为 2026-0",
        f"UPDATE stints SET due_on = '2030-01-02' WHERE {LAST}",
    ),
    "no day": ("due_dates", "阶段届满日为 —", f"UPDATE stints SET due_on = NULL WHERE {LAST}"),
    "another start": (
        "due_dates",
        "按规则应为",
        f"UPDATE stints SET started_on = '2026-01-09' WHERE {LAST}",
    ),
    "the statutory day": (
        "due_dates",
        "法定执行期限届满日为 2030-01-01",
        "UPDATE cases SET statutory_due_on = '2030-01-01' WHERE id = 1",
    ),
    "a countdown": (
        "due_dates",
        "为 2030-01-01",
        "UPDATE countdowns SET due_on = '2030-01-01' WHERE case_id = 1 AND met_at IS NULL",
    ),
    "a countdown of no row": (
        "due_dates",
        "期限无法计算",
        "UPDATE countdowns SET row = 'nothing' WHERE case_id = 1 AND met_at IS NULL",
    ),
    "one side of a move": (
        "points",
        "收支不成对",
        "DELETE FROM postings WHERE side = 'give'",
    ),
    "other points": ("points", "合计为", "UPDATE postings SET points = 5 WHERE side = 'give'"),
    "a balance": ("points", "结余", f"UPDATE teams SET balance = 7 WHERE id = {HOLDER}"),
    "points of all": ("points", "全院积分合计", "DELETE FROM postings WHERE side = 'receive'"),
    "a day long past": (
        "unswept",
        "2026-01-02 届满",
        f"UPDATE stints SET due_on = '2026-01-02' WHERE {LAST}",
    ),
    "set aside": (
        "set_aside",
        UNDECIDED_ZH["no_team"],
        f"UPDATE stints SET set_aside_on = '2026-01-02', set_aside_code = 'no_team' WHERE {LAST}",
    ),
    "a request without its lead": (
        "requests",
        "没有在职人员可以审批",
        "UPDATE people SET active = false WHERE login = 'quick-lead'",
    ),
    "a request of a stint that ended": (
        "requests",
        "所在阶段已经结束",
        f"UPDATE stints SET ended_on = started_on WHERE id = {ASKED}",
    ),
    "a request long waiting": (
        "requests",
        f"已等待 {REQUEST_DAYS + 1} 天",
        "UPDATE requests SET asked_at = asked_at",
    ),
    "an order that nobody can answer": (
        "orders",
        "没有在职人员可以答复",
        "UPDATE people SET active = false WHERE login IN ('quick', 'quick-lead')",
    ),
    "an order that nobody can settle": (
        "orders",
        "没有在职人员可以了结",
        "UPDATE people SET active = false WHERE login IN ('supervisor', 'chief', 'vice')",
    ),
    "an order about another case's limit": (
        "orders",
        "不属于本案",
        "UPDATE orders SET case_id = 1 WHERE countdown_id IS NOT NULL",
    ),
    "a handler elsewhere": (
        "handlers",
        "已停用或已离开",
        f"UPDATE people SET team_id = NULL WHERE id = (SELECT handler_id FROM stints WHERE {LAST})",
    ),
    "a handler gone": (
        "handlers",
        "已停用或已离开",
        f"UPDATE people SET active = false WHERE id = (SELECT handler_id FROM stints WHERE {LAST})",
    ),
    "a team off": ("teams", "已停用", f"UPDATE teams SET active = false WHERE id = {HOLDER}"),
    "a batch that is not done": (
        "batches",
        "仍有 1 件未办",
        "UPDATE batches SET status = 'done', finished_at = asked_at",
    ),
    "a batch's item without its action": (
        "batches",
        "没有行为记录",
        "UPDATE batch_items SET status = 'done'",
    ),
    "a batch's item that failed and acted": (
        "batches",
        "而有行为记录",
        "UPDATE batch_items SET action_id = (SELECT max(id) FROM actions)",
    ),
    "a text": ("orphans", "摘要不符", "UPDATE texts SET text = '别的话' WHERE text = '约谈'"),
    "a request's stint": (
        "orphans",
        "requests 所属的 stints",
        f"DELETE FROM stints WHERE id = {ASKED}",
    ),
    **{
        f"a case's {table}": (
            "orphans",
            f"{table} 所属的 cases #1 不存在",
            "DELETE FROM cases WHERE id = 1",
        )
        for table in ("parties", "actions", "stints", "postings", "trail", "countdowns", "texts")
    },
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_done_behind_its_back_is_found(
    court: Court, lived: tuple[int, When], what: str
) -> None:
    key, words, *statements = TAMPERED[what]
    behind_the_back(*statements)
    on = lived[1].on
    days = REQUEST_DAYS + 1 if "long waiting" in what else (1 - on.weekday()) % 7  # case 1's turn
    told = says(found(court, at(on + timedelta(days=days))), key)
    assert any(words in one for one in told), told


def test_two_open_stints_are_found_where_the_index_is_gone(
    court: Court, lived: tuple[int, When]
) -> None:
    behind_the_back(
        "UPDATE stints SET ended_on = NULL WHERE case_id = 1 AND seq = 1",
        without=["one_open_stint"],
    )
    assert any("有 2 个在办阶段" in one for one in says(found(court, lived[1]), "open_stints"))


def test_one_unreadable_policy_spoils_no_other_check(court: Court, lived: tuple[int, When]) -> None:
    behind_the_back(*TAMPERED["a broken policy"][2:])
    assert set(wrong(found(court, lived[1]))) == {"policies"}


def test_a_check_that_stumbles_says_so_and_the_others_go_on(
    court: Court, lived: tuple[int, When]
) -> None:
    behind_the_back("ALTER TABLE postings RENAME TO gone")
    findings = found(court, lived[1])
    assert "检查未能完成" in says(findings, "points")[0]
    assert says(findings, "due_dates") == []
    assert {rule.key for rule in RULES} == set(findings)


def test_the_count_is_exact_and_the_list_is_short(court: Court) -> None:
    court.file_many(MOST + 7, FILED)
    behind_the_back("UPDATE stints SET due_on = '2030-01-01'")
    one = found(court, at(FILED))["due_dates"]
    assert (one["count"], len(one["cases"])) == (MOST + 7, MOST)


def test_every_rule_is_made_to_fail() -> None:
    told = {key for key, *_ in TAMPERED.values()} | {"files"}  # tests/test_papers.py
    assert told == {rule.key for rule in RULES}


def test_a_run_leaves_its_counts_in_the_courts_trail(court: Court, lived: tuple[int, When]) -> None:
    behind_the_back(f"UPDATE stints SET due_on = '2030-01-01' WHERE {LAST}")
    number, findings = inspecting.inspect(court.id, lived[1])
    query = select(TrailEntry.line).where(TrailEntry.tag == "inspection.run")
    data = json.loads(db.session.scalars(query).one())["data"]
    assert (data["inspection"], data["rules"]) == (number, len(RULES))
    assert data["counts"] == wrong(findings)


def test_the_night_has_one_inspection(court: Court) -> None:
    assert inspecting.nightly(court.id, at("2026-01-06", 2))
    inspecting.run(inspecting.ask(court.who("system"), at("2026-01-06", 3)), at("2026-01-06", 3))
    assert not inspecting.nightly(court.id, at("2026-01-06", 4))
    assert inspecting.nightly(court.id, at("2026-01-07", 2))


def test_asked_for_it_waits_for_a_worker_and_runs_once(court: Court) -> None:
    who = court.who("supervisor")
    number = inspecting.ask(who, at(FILED))
    with pytest.raises(Conflict, match="排队"):
        inspecting.ask(court.who("system"), at(FILED))
    for _ in range(2):
        inspecting.run(number, at(FILED, 10))
    row = db.session.get_one(Inspection, number)
    assert (row.by, row.ran_at) == ("supervisor", at(FILED, 10).at)
    query = select(TrailEntry.line).where(TrailEntry.tag == "inspection.run")
    entry = json.loads(db.session.scalars(query).one())
    assert (entry["by"], entry["role"]) == ("supervisor", "supervisor")
    assert inspections.waiting_ids(db.session()) == []
    with pytest.raises(NotAllowed):
        inspecting.ask(court.who("chief"), at(FILED))
