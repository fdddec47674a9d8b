"""Do the clocks count as the statutes say? Their wording, article by article, as dates.

民诉法: the Civil Procedure Law (2023); 解释: the Supreme Court's interpretation of it; 民法典: the
Civil Code; 35号: 法发〔2006〕35号; 审限规定: of 2000, on keeping the limits of cases strictly;
执行程序解释: 法释〔2008〕13号, as amended.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from config import SHANGHAI
from linshu.rules.clock import Colour, Excluded, colour, due, statutory_due
from linshu.rules.countdowns import end
from linshu.rules.policy import Limit, parse, published_text
from tests.rules.plain import PUBLISHED

POLICY = parse(published_text())
CIVIL, NON_LITIGATION = "民间借贷纠纷", "非诉行政执行"


def day(text: str) -> date:
    return date.fromisoformat(text)


def spans(*pairs: tuple[str, str | None]) -> list[Excluded]:
    return [Excluded(day(first), day(last) if last else None) for first, last in pairs]


@pytest.mark.parametrize(
    ("article", "start", "limit", "last"),
    [
        # 期间开始的时和日,不计算在期间内
        ("民诉法第八十五条第二款", "2026-03-02", Limit(days=3), "2026-03-05"),
        ("民诉法第八十五条第二款", "2026-03-02", Limit(days=1), "2026-03-03"),
        ("解释第一百二十五条", "2026-03-31", Limit(months=1), "2026-04-30"),  # 从次日起算
        # 期间届满的最后一日是法定休假日的,以法定休假日后的第一日为期间届满的日期
        ("民诉法第八十五条第三款", "2026-02-22", Limit(months=1), "2026-03-23"),  # a Sunday
        ("民诉法第八十五条第三款", "2025-12-01", Limit(months=1), "2026-01-04"),  # a worked Sunday
        ("民诉法第八十五条第三款", "2026-01-17", Limit(months=1), "2026-02-24"),  # 春节
        ("民诉法第八十五条第三款", "2026-03-05", Limit(months=1), "2026-04-07"),  # 清明
        ("民诉法第八十五条第三款", "2026-04-01", Limit(months=1), "2026-05-06"),  # 劳动节
        ("民诉法第八十五条第三款", "2026-05-19", Limit(months=1), "2026-06-22"),  # 端午
        ("民诉法第八十五条第三款", "2026-08-25", Limit(months=1), "2026-09-28"),  # 中秋
        ("民诉法第八十五条第三款", "2021-09-03", Limit(months=1), "2021-10-08"),  # 国庆
        # a day off inside the period changes nothing
        ("民诉法第八十五条第三款", "2026-02-10", Limit(days=20), "2026-03-02"),
        # a Saturday on which one works (调休) is no day off
        ("民诉法第八十五条第三款", "2025-12-31", Limit(months=2), "2026-02-28"),
        # 按照年、月、日计算期间的,开始的当日不计入,自下一日开始计算
        ("民法典第二百零一条", "2026-03-02", Limit(days=30), "2026-04-01"),
        # 到期月的对应日为期间的最后一日
        ("民法典第二百零二条", "2026-01-15", Limit(months=2), "2026-03-16"),  # 03-15, a Sunday
        ("民法典第二百零二条", "2025-04-15", Limit(months=12), "2026-04-15"),
        # 没有对应日的,月末日为期间的最后一日
        ("民法典第二百零二条", "2024-01-30", Limit(months=1), "2024-02-29"),
        ("民法典第二百零二条", "2023-01-31", Limit(months=1), "2023-02-28"),
        ("民法典第二百零二条", "2023-11-30", Limit(months=3), "2024-02-29"),
        ("民法典第二百零二条", "2021-01-31", Limit(months=1), "2021-03-01"),  # 02-28, a Sunday
        ("民法典第二百零二条", "2025-08-31", Limit(months=6), "2026-02-28"),
    ],
)  # fmt: skip
def test_how_a_period_is_counted(article: str, start: str, limit: Limit, last: str) -> None:
    assert str(due(day(start), limit, PUBLISHED).on) == last, article


@pytest.mark.parametrize(
    ("article", "filed", "cause", "last"),
    [
        # 被执行人有财产可供执行的案件,一般应当在立案之日起 6 个月内执结
        ("35号第一条", "2026-01-05", CIVIL, "2026-07-06"),  # 07-05, a Sunday
        ("35号第一条", "2025-03-03", CIVIL, "2025-09-03"),
        ("35号第一条", "2025-08-29", CIVIL, "2026-02-28"),
        ("35号第一条", "2025-04-01", CIVIL, "2025-10-09"),  # 国庆 and 中秋 together
        # 非诉执行案件一般应当在立案之日起 3 个月内执结
        ("35号第一条", "2026-01-05", NON_LITIGATION, "2026-04-07"),
        ("35号第一条", "2025-11-30", NON_LITIGATION, "2026-02-28"),
    ],
)
def test_the_statutory_limit(article: str, filed: str, cause: str, last: str) -> None:
    assert str(statutory_due(day(filed), cause, POLICY, PUBLISHED).on) == last, article


@pytest.mark.parametrize(
    ("article", "excluded", "months", "last"),
    [
        # 有特殊情况须延长执行期限的 …… 延长三个月
        ("35号第一条、审限规定第五条", [], [3], "2026-10-08"),  # from 07-05: 10-05, in 国庆
        ("审限规定第五条", [], [3, 1], "2026-11-05"),  # a further one, reported
        # 下列期间不计入审理、执行期限
        ("审限规定第九条(公告)", [("2026-03-01", "2026-04-29")], [], "2026-09-03"),
        ("审限规定第九条(鉴定)", [("2026-06-01", "2026-06-30")], [], "2026-08-04"),
        ("审限规定第九条(管辖)", [("2026-07-05", "2026-07-05")], [], "2026-07-06"),
        ("审限规定第九条(请示)", [("2026-01-05", "2026-01-05")], [], "2026-07-06"),
        # 拍卖、变卖被查封、扣押财产的期间 …… 不计入
        ("执行程序解释第十三条", [("2026-05-10", "2026-07-20")], [], "2026-09-15"),
        # 中止、暂缓的期间,与鉴定重叠的只算一次
        ("审限规定第九条", [("2026-05-01", "2026-05-20"), ("2026-05-11", "2026-05-31")], [],
         "2026-08-05"),
        ("执行程序解释第十三条(暂缓)", [("2026-06-20", None)], [], "None"),
        ("审限规定第九条(届满之后)", [("2026-07-06", "2026-07-31")], [], "2026-07-06"),
        ("审限规定第五条、第九条", [("2026-06-01", "2026-06-30")], [3], "2026-11-04"),
    ],
)  # fmt: skip
def test_what_lengthens_it(
    article: str, excluded: list[tuple[str, str | None]], months: list[int], last: str
) -> None:
    longer = [Limit(months=count) for count in months]
    found = statutory_due(day("2026-01-05"), CIVIL, POLICY, PUBLISHED, spans(*excluded), longer)
    assert str(found.on) == last, article


def test_the_last_day_counts_whole() -> None:  # 民法典第二百零三条: 截止时间为二十四时
    on = day("2026-07-06")
    assert colour(on, on, 7) is Colour.TODAY
    assert colour(on, day("2026-07-07"), 7) is Colour.LATE


@pytest.mark.parametrize(
    ("article", "row", "start", "last"),
    [
        # 应当在立案后七日内确定承办人
        ("35号第二条", "handler_named", "2026-04-28 09:00", "2026-05-06"),  # 05-05, in 劳动节
        # 承办人收到案件材料后 …… 三日内
        ("35号第四条", "enforcement_notice", "2026-06-17 09:00", "2026-06-22"),  # 06-20, in 端午
        # 七日内 …… 情况紧急的,三日内
        ("财产调查规定第二条", "clue_check", "2026-02-09 09:00", "2026-02-24"),
        ("财产调查规定第二条", "urgent_clue_check", "2026-10-07 09:00", "2026-10-10"),
        ("35号第六条", "investigation_start", "2026-09-22 09:00", "2026-10-08"),
        ("35号第六条", "investigation", "2026-08-31 09:00", "2026-09-30"),
        # 收到执行款之日起三十日内
        ("法发〔2017〕6号", "pay_out", "2026-08-28 09:00", "2026-09-28"),  # 09-27, 中秋
        ("法〔2016〕373号第九条", "dormant_search", "2025-08-29 09:00", "2026-02-28"),
        # 以时起算的期间从次时起算
        ("解释第一百二十五条", "family_told", "2026-02-16 22:10", "2026-02-17"),
        # 拍卖动产的,应当在拍卖十五日前公告;不动产 …… 三十日前
        ("网络司法拍卖规定第十二条", "auction_movables", "2026-09-16 09:00", "2026-10-01"),
        ("网络司法拍卖规定第十二条", "auction_real_estate", "2026-04-01 09:00", "2026-05-01"),
    ],
)
def test_what_else_runs_out(article: str, row: str, start: str, last: str) -> None:
    begun = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    assert str(end(POLICY.countdowns[row], begun, PUBLISHED).on) == last, article
