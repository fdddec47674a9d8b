"""Does a case's page say when it runs out, what then, what was done, and to whom alone?"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from linshu.services import claiming, recording
from linshu.services.recording import NewAction
from linshu.store.cases import Action
from linshu.store.db import db
from tests.court import TWO, Court, at
from tests.web.visits import HTMX, Visitor, entered, plain, rows, said

CALL = {"kind": "call", "text": "被执行人愿意分期。", "happened_at": "2026-11-23T08:30"}


@pytest.fixture
def claimed(court: Court) -> int:
    """A case at quick since 11-02, with an executor."""
    (case_id,) = court.file_many(1, "2026-11-02", simple=True)
    claiming.claim(court.who("quick"), case_id, None, at("2026-11-03"))
    return case_id


@pytest.fixture
def gone(court: Court) -> int:
    """A case that quick could not finish: at the centre since Friday 11-20."""
    (case_id,) = court.file_many(1, "2026-10-19", simple=True)
    claiming.claim(court.who("quick"), case_id, None, at("2026-10-20"))
    court.sweep("2026-11-20")
    return case_id


@pytest.fixture
def quick(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "quick")


def actions() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Action)) or 0


def ribbon(page: str) -> list[str]:
    """The steps of the journey."""
    steps = page.partition('<ol class="journey"')[2].partition("</ol>")[0]
    return [plain("<li" + step) for step in steps.split("<li")[1:]]


# What it shows -----------------------------------------------------------------------------------


def test_both_clocks_and_what_happens_at_expiry(claimed: int, quick: Visitor) -> None:
    page = plain(quick.get(f"/cases/{claimed}"))
    assert "阶段期限 · 速执(1 个月) 剩 9 天 2026-12-02(周三) 届满" in page
    assert "自 2026-11-02 起算 承办人 速执甲" in page
    assert "法定执行期限 · 六个月 剩 161 天 2027-05-03(周一) 届满 自立案 2026-11-02 起算" in page
    assert "05-02 为周日,顺延至次一工作日" in page
    assert "届满后 2026-12-03 → 指挥中心 · 执行指挥中心 本团队 −1 分,接收方 +1 分。" in page


def test_the_ribbon_shows_what_was_and_what_comes(gone: int, quick: Visitor) -> None:
    steps = ribbon(quick.get(f"/cases/{gone}"))
    assert steps[0].startswith("立案甄别 10-19 → 10-19")
    assert steps[1] == "速执团队 −1 10-19 → 11-20 期满"
    assert steps[2] == "执行指挥中心 +1 11-20 → 01-20"
    ahead = [step.split()[0] for step in steps[3:]]
    assert ahead == ["精执", "监执(横向)", "团队长", "执行局局长", "分管副院长"]


def test_the_end_of_the_flow_is_flagged(app: Flask, court: Court) -> None:
    case_id = court.brought_to("vice_president", "2025-12-01")
    court.sweep("2026-11-23")
    page = plain(entered(app, court, "vice").get(f"/cases/{case_id}"))
    assert "超期(顶格)" in page and "不再流转;期限届满后标记为超期(顶格)。" in page


def test_the_log_says_who_did_what_and_names_the_system_s_acts(gone: int, quick: Visitor) -> None:
    page = plain(quick.get(f"/cases/{gone}"))
    assert "认领案件(速执团队)。 速执甲 · sm3:" in page
    assert "规则 R4、R17 · linshu-2021 · 扫描 #1" in page


def test_numbers_of_persons_are_masked(app: Flask, court: Court) -> None:
    new = {"applicants": "张三 110101199003074477", "debtors": "李四", "claim": "5000"}
    new |= {"number": "（2026）鲁1329执9号", "cause": "劳动争议", "filed_on": "2026-11-23"}
    entered(app, court, "filing").sent("/intake/file", new)
    page = entered(app, court, "centre").get("/cases/1?tab=parties")
    assert "110101********4477" in page and "110101199003074477" not in page
    assert "申请执行人 张三 110101********4477" in rows(page)[1]
    assert rows(page)[2].startswith("被执行人 李四 —")


def test_points_and_requests_have_their_tabs(gone: int, quick: Visitor) -> None:
    assert [row.split()[2:] for row in rows(quick.get(f"/cases/{gone}?tab=points"))[1:]] == [
        ["速执团队", "−1"],
        ["执行指挥中心", "+1"],
    ]
    assert "没有申请" in quick.get(f"/cases/{gone}?tab=requests")
    assert "认领案件" in quick.get(f"/cases/{gone}?tab=x")


# Who may see and write ---------------------------------------------------------------------------


def test_another_team_s_case_is_not_found(app: Flask, court: Court, claimed: int) -> None:
    for login in ("one", "clerk", "lead-two"):
        visitor = entered(app, court, login)
        visitor.get(f"/cases/{claimed}", 404)
        visitor.get(f"/cases/{claimed}/log", 404)
        visitor.sent(f"/cases/{claimed}/record", {"seq": 2, **CALL}, 404)
    for login in ("chief", "president", "supervisor", "filing", "centre"):
        entered(app, court, login).get(f"/cases/{claimed}")
    for login in ("system", "audit", "admin"):
        entered(app, court, login).get(f"/cases/{claimed}", 403)


def test_the_giving_team_reads_on_and_writes_only_what_came_before(
    court: Court, gone: int, quick: Visitor
) -> None:
    page = plain(quick.get(f"/cases/{gone}"))
    assert "案件已于 2026-11-20 移交执行指挥中心;您仍可补登移交前发生的行为" in page
    assert "申请提前移交" not in page and "/closing" not in quick.get(f"/cases/{gone}")
    late = CALL | {"seq": 3, "happened_at": "2026-11-19T15:00"}
    assert "已登记" in quick.sent(f"/cases/{gone}/record", late)
    assert "移交后补登执行行为:电话(迟录)" in quick.get(f"/cases/{gone}")
    quick.sent(f"/cases/{gone}/record", CALL | {"seq": 3}, 403)
    for form in ("closing", "ask", "facts"):
        words = {"seq": 3, "reason": "x", "closing_type": "执行完毕", "ground": "other"}
        words |= {"field": "cause", "value": "y"}
        quick.sent(f"/cases/{gone}/{form}", words, 403)


def test_two_working_days_later_it_only_reads(app: Flask, court: Court, gone: int) -> None:
    app.config["LINSHU_CLOCK"] = lambda: at("2026-11-25").at  # Monday and Tuesday have passed
    quick = entered(app, court, "quick")
    assert "您可以查看,不能写入" in quick.get(f"/cases/{gone}")
    late = CALL | {"seq": 3, "happened_at": "2026-11-19T15:00"}
    quick.sent(f"/cases/{gone}/record", late, 403)
    assert actions() == 0


# Recording ---------------------------------------------------------------------------------------


def test_an_action_is_recorded_with_what_happened_when(claimed: int, quick: Visitor) -> None:
    page = quick.sent(f"/cases/{claimed}/record", {"seq": 2, **CALL})
    assert "已登记" in page and "被执行人愿意分期。" in page
    money = {"kind": "receipt", "text": "到账。", "amount": "1,234.50", "seq": 2}
    page = plain(quick.sent(f"/cases/{claimed}/record", CALL | money))
    assert "到位 1,234.50 元" in page


def test_with_htmx_the_box_and_the_log_come_back(claimed: int, quick: Visitor) -> None:
    answer = quick.post(f"/cases/{claimed}/record", {"seq": 2, **CALL}, headers=HTMX)
    assert answer.status_code == 200 and "<html" not in said(answer)
    assert 'id="record"' in said(answer) and 'hx-swap-oob="true"' in said(answer)
    assert said(answer).count("被执行人愿意分期。") == 1
    bad = quick.post(f"/cases/{claimed}/record", {"seq": 2, **CALL, "amount": "x"}, headers=HTMX)
    assert bad.status_code == 422 and "<html" not in said(bad)
    assert "被执行人愿意分期。</textarea>" in said(bad) and 'value="x"' in said(bad)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"text": "  "}, "请写明发生了什么"),
        ({"text": "长" * 4001}, "4000"),
        ({"kind": "magic"}, ""),
        ({"happened_at": "2026-11-23T10:01"}, "不能晚于现在"),
        ({"happened_at": "2026-11-01T09:00"}, "不能早于立案日期 2026-11-02"),
        ({"happened_at": "yesterday"}, ""),
        ({"happened_at": "0001-01-01T00:00"}, "不能早于立案日期"),
        ({"kind": "receipt"}, "到账、案款发放、迟延履行利息须填写金额"),
        ({"amount": "5"}, "其他行为不填金额"),
        ({"amount": "五元"}, "金额不对"),
        ({"behalf": "99999999999999"}, ""),
        ({"seq": "x"}, ""),
    ],
)
def test_bad_input_is_told_and_what_was_typed_is_kept(
    claimed: int, quick: Visitor, wrong: dict, why: str
) -> None:
    page = quick.sent(f"/cases/{claimed}/record", {"seq": 2, **CALL} | wrong, 422)
    assert why in page and actions() == 0
    assert (wrong | CALL if "text" not in wrong else wrong)["text"] in page


def test_the_same_sent_twice_counts_once(claimed: int, quick: Visitor) -> None:
    money = CALL | {"kind": "receipt", "amount": "500", "seq": 2}
    quick.sent(f"/cases/{claimed}/record", money)
    page = quick.sent(f"/cases/{claimed}/record", money, 422)
    assert "您已于2026-11-23 10:00登记过完全相同的行为" in page
    assert "到位 500.00 元" in plain(quick.get(f"/cases/{claimed}")) and actions() == 1


def test_a_clerk_records_for_a_colleague_and_both_names_stand(app: Flask, court: Court) -> None:
    case_id = court.brought_to("intensive", "2026-07-20")
    at_two = court.stint(case_id).team_id == court.team(TWO).id
    login = "lead-two" if at_two else "clerk"
    behalf = court.who("two" if at_two else "one")
    words = {"seq": court.stint(case_id).seq, **CALL, "behalf": behalf.person_id}
    page = plain(entered(app, court, login).sent(f"/cases/{case_id}/record", words))
    assert f"{court.who(login).name} · 代 {behalf.name} 录入" in page
    words["behalf"] = court.who("quick").person_id
    words["text"] = "另一件。"
    entered(app, court, login).sent(f"/cases/{case_id}/record", words, 422)


def test_a_stale_form_is_told_who_has_it_since_when(app: Flask, court: Court, gone: int) -> None:
    stale = entered(app, court, "quick").sent(f"/cases/{gone}/record", {"seq": 2, **CALL}, 409)
    assert "案件已于2026-11-20流转到指挥中心(执行指挥中心)" in stale and "未作任何改动" in stale
    holder = entered(app, court, "centre-lead")
    holder.sent(f"/cases/{gone}/record", {"seq": 2, **CALL}, 409)
    assert actions() == 0
    holder.sent(f"/cases/{gone}/record", {"seq": 3, **CALL})


def test_a_closed_case_takes_no_more(court: Court, claimed: int, quick: Visitor) -> None:
    actor, when = court.who("quick"), at("2026-11-23", 9)
    recording.record(actor, claimed, 2, NewAction("call", "已履行。", at("2026-11-20").at), when)
    court.close(claimed, "执行完毕", when, "quick")
    page = plain(quick.get(f"/cases/{claimed}"))
    assert "案件已于 2026-11-23 结案(执行完毕)" in page and "已结 11-23 执行完毕" in page
    assert "案件已于2026-11-23结案" in quick.sent(
        f"/cases/{claimed}/record", CALL | {"seq": 2, "happened_at": "2026-11-23T09:30"}, 409
    )
