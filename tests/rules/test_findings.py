"""Is a row of results read as it was meant, and turned away with every reason where it is none?"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from linshu.rules.findings import (
    HEADINGS,
    IN_WAN,
    REASONS_ZH,
    Finding,
    TurnedAway,
    heading,
    is_left_out,
    party_of,
    read_row,
    same_thing,
)

DAY = date(2026, 11, 23)
NUMBER = "（2026）鲁1329执1号"
GOOD: dict[str, object] = {
    "number": NUMBER,
    "debtor": "李四",
    "source": "中国工商银行",
    "found": "存款",
    "name": "6222 0000 0000 0000 001",
    "amount": "1,234.50",
    "searched_on": "2026-11-20",
}


def row(**cells: object) -> Finding | TurnedAway:
    return read_row(GOOD | cells, 2, DAY, "鲁1329")


def why(**cells: object) -> tuple[str, ...]:
    found = row(**cells)
    assert isinstance(found, TurnedAway), found
    return found.why


def good(**cells: object) -> Finding:
    found = row(**cells)
    assert isinstance(found, Finding), found
    return found


def test_a_row_says_what_a_source_held() -> None:
    assert good(debtor_id="11010119900307447x ") == Finding(
        *(2, NUMBER, "李四", "11010119900307447X", "banks", "deposit"),
        *("6222 0000 0000 0000 001", 123_450, date(2026, 11, 20)),
    )


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("银行存款", "banks"),
        ("中国工商银行临沭支行", "banks"),
        ("农村信用社", "banks"),
        ("互联网银行", "internet_banks"),
        ("网商银行", "internet_banks"),
        ("支付宝(中国)", "internet_banks"),
        ("财付通", "internet_banks"),
        ("证券", "securities"),
        ("中国结算", "securities"),
        ("公安交管(车辆)", "vehicles"),
        ("车管所", "vehicles"),
        ("不动产登记中心", "real_estate"),
        ("自然资源局", "real_estate"),
        ("工商登记", "business_register"),
        ("市场监管总局", "business_register"),
        ("banks", "banks"),
    ],
)
def test_sources_are_known_by_the_words_in_them(text: str, source: str) -> None:
    assert good(source=text).source == source


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("银行存款", "deposit"),
        ("网络资金", "deposit"),
        ("机动车", "vehicle"),
        ("车位", "real_estate"),
        ("不动产", "real_estate"),
        ("动产", "movable"),
        ("股权", "securities"),
        ("理财产品", "other"),
    ],
)
def test_kinds_are_known_by_the_words_in_them(text: str, kind: str) -> None:
    assert good(found=text).kind == kind


def test_nothing_found_is_a_finding_of_its_own() -> None:
    for words in ("无", "查无", "未查询到财产", "查无财产"):
        found = good(found=words, name="-", amount="")
        assert (found.kind, found.name, found.value_fen) == ("", "", None)
    assert good(found="", result="查无", name="", amount="0.00").kind == ""
    assert why(found="查无") == ("contradiction",)
    assert why(found="", name="", amount="") == ("found",)
    assert why(found="未反馈") == ("found",)  # nobody has answered: that is not nothing


def test_where_no_kind_is_named_the_source_says_it() -> None:
    assert good(found="", source="车管所", name="鲁Q00001").kind == "vehicle"
    assert good(found="", result="有存款").kind == "deposit"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0", 0),
        ("0.00元", 0),
        (0, 0),
        ("", None),
        ("—", None),
        (12.5, 1250),
        ("1.2万元", 1_200_000),
    ],
)
def test_amounts(cell: object, value: int | None) -> None:
    assert good(amount=cell).value_fen == value


def test_an_amount_under_a_heading_of_ten_thousands() -> None:
    cells = {key: cell for key, cell in GOOD.items() if key != "amount"} | {IN_WAN: 1.5}
    found = read_row(cells, 2, DAY, "鲁1329")
    assert isinstance(found, Finding) and found.value_fen == 1_500_000


def test_days() -> None:
    for cell in (datetime(2026, 11, 20, 8), "2026年11月20日", "20261120", 46346):
        assert good(searched_on=cell).searched_on == date(2026, 11, 20)
    assert why(searched_on="2026-11-24") == ("searched day in the future",)
    assert why(searched_on="昨天") == why(searched_on="2026-02-30") == ("searched day",)


@pytest.mark.parametrize(
    ("cells", "reasons"),
    [
        ({"number": "老王"}, ("case number",)),
        ({"number": "（2026）鲁1302执1号"}, ("no such case",)),
        ({"debtor": "无"}, ("debtor",)),
        ({"source": "邻居"}, ("source",)),
        ({"name": ""}, ("name",)),
        ({"name": "长" * 201}, ("name long",)),
        ({"amount": "-5"}, ("amount",)),
        ({"amount": "很多"}, ("amount",)),
        ({"number": "", "source": "", "amount": "x"}, ("case number", "source", "amount")),
    ],
)
def test_every_reason_is_told(cells: dict[str, object], reasons: tuple[str, ...]) -> None:
    assert why(**cells) == reasons and set(reasons) <= set(REASONS_ZH)


def test_headings_are_known_by_name_in_any_dress() -> None:
    assert heading(" 案 号 ") == "number" and heading("余额(元)") == "amount"
    assert heading("金额（万元）") == IN_WAN and heading("备注") is None
    names = [name for some in HEADINGS.values() for name in some]
    assert len(names) == len(set(names)) and all(heading(name) for name in names)
    assert is_left_out({"number": "案号", "source": "来源"}, ())
    assert is_left_out({"number": None, "source": "  "}, ())
    assert not is_left_out({"number": "x", "source": ""}, ())


DEBTORS = (
    (1, "李四", "11010119900307447X"),
    (2, "王五", ""),
    (3, "李四", "110101199003074997"),
    (4, "临沭(甲)有限公司", ""),
)


@pytest.mark.parametrize(
    ("debtor", "number", "found"),
    [
        ("王五", "", 2),
        (" 王 五 ", "", 2),
        ("李四", "", "debtor twice"),
        ("李四", "110101199003074997", 3),
        ("李四", "110101198001010010", "debtor id"),
        ("王五", "110101198001010010", 2),  # ours has no number that could differ
        ("", "11010119900307447X", 1),
        ("", "110101198001010010", "debtor unknown"),
        ("赵六", "", "debtor unknown"),
        ("临沭（甲）有限公司", "", 4),
    ],
)
def test_whose_it_is(debtor: str, number: str, found: int | str) -> None:
    assert party_of(good(debtor=debtor, debtor_id=number or "-"), DEBTORS) == found


def test_the_same_row_is_known_again_in_another_place() -> None:
    one = good()
    other = read_row(GOOD | {"name": " 6222 0000 0000 0000001"}, 77, DAY, "鲁1329")
    assert isinstance(other, Finding) and one.digest(5) == other.digest(5)
    assert one.digest(6) != one.digest(5) != good(amount="1").digest(5)
    assert same_thing("鲁q00001", "鲁Q 00001") and not same_thing("鲁Q1", "鲁Q2")
