"""Numbers as people write them read as what they are, and what is none is refused by name."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules import numbers
from linshu.rules.numbers import CaseNumber, IdKind, NumberFault, case_number, fen, yuan

COURTS = {"鲁1329", "鲁13"}
DIGITS_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
PAIRS = ("（）", "()", "〔〕", "[]", "【】", "［］")


@pytest.mark.parametrize(
    "written",
    [
        "（2021）鲁1329执123号",
        "(2021)鲁1329执123号",
        "〔2021〕鲁1329执123",
        "[２０２１]鲁１３２９执１２３号",
        "  （2021）鲁1329 执\u00a0123\u3000号\n",
        "【2021)鲁1329执123号",
    ],
)
def test_a_messy_case_number_is_read(written: str) -> None:
    number = case_number(written, COURTS)
    assert number == CaseNumber(2021, "鲁1329", "执", 123)
    assert str(number) == "（2021）鲁1329执123号"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "待编号",
        "（2021）鲁1329执0号",
        "（2021）鲁1329执012号",
        "（1921）鲁1329执1号",
        "2021鲁1329执1号",
        "（2021）鲁1329民初1号",
        "（2021）鲁1329执异1号",
        "（2021）鲁1329执1号、2号",
        "（2021）鲁1329执1号（2021）鲁1329执2号",
        "（2021）鲁1329执99999999999号",
        "（2021）鲁1329执²号",
        "（2021）鲁1329执" + "9" * 5000 + "号",
    ],
)
def test_what_is_no_case_number(written: str) -> None:
    with pytest.raises(NumberFault) as fault:
        case_number(written, COURTS)
    assert fault.value.code == "case number"


@pytest.mark.parametrize(
    "written", ["（2021）鲁13X9执1号", "（2021）鲁1328执1号", "（2021）京执1号"]
)
def test_another_courts_number(written: str) -> None:
    with pytest.raises(NumberFault) as fault:
        case_number(written, COURTS)
    assert fault.value.code == "court code"


case_numbers = st.builds(
    CaseNumber,
    st.integers(2000, 2099),
    st.sampled_from(sorted(COURTS)),
    st.sampled_from(["执", "执恢"]),
    st.integers(1, 99_999),
)


@given(case_numbers, st.sampled_from(PAIRS), st.booleans(), st.booleans(), st.data())
def test_any_writing_of_a_case_number_reads_back(
    number: CaseNumber, pair: str, wide: bool, bare: bool, data: st.DataObject
) -> None:
    text = number.text.replace("（", pair[0]).replace("）", pair[1])
    text = text.removesuffix("号") if bare else text
    text = text.translate(DIGITS_WIDE) if wide else text
    place = data.draw(st.integers(0, len(text)))
    blank = data.draw(st.sampled_from(["", " ", "\u3000", "\u00a0", "\t", "\u200b"]))
    assert case_number(text[:place] + blank + text[place:], COURTS) == number


# Identity numbers and credit codes


@pytest.mark.parametrize(
    ("text", "kind", "right"),
    [
        ("11010519491231002X", IdKind.IDENTITY, True),
        ("110105194912310021", IdKind.IDENTITY, False),
        ("110105194913310026", IdKind.IDENTITY, False),
        ("91350100M000100Y43", IdKind.CREDIT, True),
        ("91350100M000100Y44", IdKind.CREDIT, False),
        ("91350100M000I00Y43", IdKind.CREDIT, False),
        ("110105491231002", IdKind.LEGACY, False),
        ("12345678-9", IdKind.LEGACY, False),
        ("E12345678", IdKind.OTHER, False),
        ("", IdKind.NONE, False),
    ],
)
def test_kinds_of_numbers(text: str, kind: IdKind, right: bool) -> None:
    assert numbers.id_kind(text) is kind
    assert (numbers.identity_number_fits(text) or numbers.credit_code_fits(text)) is right


def test_a_credit_code_of_digits_alone_is_no_identity_number() -> None:
    codes = [f"91371329123456789{last}" for last in "0123456789X"]
    assert {numbers.id_kind(code) for code in codes} == {IdKind.CREDIT}


def test_a_birth_date_that_never_was_does_not_fit() -> None:
    for last in "0123456789X":
        assert not numbers.identity_number_fits("11010519490229002" + last)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999))
def test_one_check_digit_in_eleven_fits_and_no_slip_of_a_digit_passes(
    born: date, order: int
) -> None:
    start = f"371329{born:%Y%m%d}{order:03d}"
    fitting = [c for c in "0123456789X" if numbers.identity_number_fits(start + c)]
    assert len(fitting) == 1
    slip = str((int(start[16]) + 1) % 10)
    assert not numbers.identity_number_fits(start[:16] + slip + fitting[0])


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9))
def test_one_check_character_in_thirty_one_fits(organisation: str) -> None:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    codes = ["91371329" + organisation + letter for letter in letters]
    assert sum(numbers.credit_code_fits(code) for code in codes) == 1


def test_a_number_is_stored_plain() -> None:
    assert numbers.id_number(" １１０１０５ 19491231 002x ") == "11010519491231002X"


# Money


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (38537.75, 3853775),
        (9316, 931600),
        (0.1 + 0.2, 30),
        (1e9 + 0.01, 100_000_000_001),
        (Decimal("312450.00"), 31245000),
        ("¥107,615.59", 10761559),
        ("￥１０７，６１５．５９元", 10761559),
        ("1287098.00元", 128709800),
        ("61.768437万元", 61768437),
        ("5万", 5_000_000),
        ("1.2亿元", 12_000_000_000),
        (" 1 000 元整", 100_000),
        ("1.500", 150),
        ("人民币20元", 2000),
    ],
)
def test_amounts(written: object, amount: int) -> None:
    assert fen(written) == amount


def test_a_heading_in_wan_counts_bare_numbers_and_no_named_ones() -> None:
    assert fen(5, 10_000) == fen("5", 10_000) == fen("50,000元", 10_000) == 5_000_000
    assert fen(61.768437, 10_000) == 61768437


@pytest.mark.parametrize(
    "written",
    [
        "", "见判决书", "约5万元", "-5000", "(5000)", "3万5000元", "1,23", "1,0000", "1.234",
        "0.0000011万元", "1e5", "0", "NaN", "¥", "1元2", "1" * 25, None, True, date(2021, 1, 1),
        -5000, 0, 0.0, float("nan"), float("inf"), 1e300, 100.123, 10**14, Decimal("NaN"),
        Decimal("1E+1000000"), Decimal("0.001"),
    ],
)  # fmt: skip
def test_what_is_no_amount(written: object) -> None:
    with pytest.raises(NumberFault) as fault:
        fen(written)
    assert fault.value.code == "claim amount"
    assert str(fault.value)


amounts = st.integers(1, 10**13)


@given(amounts, st.sampled_from(["", "¥", "￥"]), st.sampled_from(["", "元"]), st.booleans())
def test_any_writing_of_an_amount_reads_back(amount: int, sign: str, unit: str, wide: bool) -> None:
    text = f"{sign}{yuan(amount)}{unit}"
    text = text.translate(DIGITS_WIDE).replace(",", "，") if wide else text
    assert fen(text) == amount
    assert fen(Decimal(amount) / 100) == amount


@given(amounts)
def test_amounts_in_wan_are_exact(amount: int) -> None:
    assert fen(f"{Decimal(amount).scaleb(-6):f}万元") == amount


@given(st.integers(1, 10**11))
def test_a_cell_that_holds_a_float_reads_back(amount: int) -> None:
    assert fen(amount / 100) == amount


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=50))
def test_the_noise_of_a_sum_is_no_third_decimal(amounts: list[int]) -> None:
    assert fen(sum(amount / 100 for amount in amounts)) == sum(amounts)


def test_yuan() -> None:
    assert [yuan(x) for x in (31245000, 5, -123456, 0)] == [
        "312,450.00",
        "0.05",
        "-1,234.56",
        "0.00",
    ]
