"""Does a sum in capitals say the sum, and a day in Chinese numerals the day?"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules.wording import capitals, long_date, plain_date

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (105, "壹元零伍分"),
        (110, "壹元壹角整"),
        (1000_00, "壹仟元整"),
        (1005_00, "壹仟零伍元整"),
        (1050_00, "壹仟零伍拾元整"),
        (107_000_53, "壹拾万柒仟元伍角叁分"),
        (1409_50, "壹仟肆佰零玖元伍角整"),
        (6007_14, "陆仟零柒元壹角肆分"),
        (10_0000_0001_00, "壹拾亿零壹元整"),
        (1_0001_0000_00, "壹亿零壹万元整"),
        (1_2345_6789_0012_34, "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹拾贰元叁角肆分"),
    ],
)
def test_a_sum_reads_as_bills_have_it(fen: int, words: str) -> None:
    assert capitals(fen) == words


def read(words: str) -> int:
    """The sum in fen that capitals say, read back as one reads them aloud."""
    whole, _, rest = words.removesuffix("整").rpartition("元")
    fen = 0
    for letter, following in pairwise(rest):
        fen += {"角": 10, "分": 1}.get(following, 0) * max(0, DIGITS.find(letter))
    return number(whole) * 100 + fen


def number(words: str) -> int:
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        head, found, tail = words.rpartition(name)
        if found:
            return number(head) * unit + number(tail)
    total = digit = 0
    for letter in words:
        if letter in UNITS:
            total, digit = total + digit * UNITS[letter], 0
        else:
            digit = DIGITS.index(letter)
    return total + digit


@given(st.integers(0, 10**15))
def test_every_sum_reads_back_as_itself(fen: int) -> None:
    words = capitals(fen)
    assert read(words) == fen
    assert "零零" not in words and words.endswith(("整", "分"))


def test_nobody_owes_less_than_nothing() -> None:
    with pytest.raises(ValueError):
        capitals(-1)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 23), "二〇二六年十一月二十三日"),
        (date(2026, 1, 10), "二〇二六年一月十日"),
        (date(2030, 10, 31), "二〇三〇年十月三十一日"),
        (date(2021, 2, 20), "二〇二一年二月二十日"),
    ],
)
def test_a_day_in_chinese_numerals(on: date, words: str) -> None:
    assert long_date(on) == words
    assert plain_date(on) == f"{on.year}年{on.month}月{on.day}日"
