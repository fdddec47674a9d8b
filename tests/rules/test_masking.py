"""Is what belongs to a person hidden wherever it stands, and nothing else?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules.masking import mask_account, mask_identity, mask_phone, masked

CASES = {
    "被执行人身份证371329199001011234。": "被执行人身份证371329********1234。",
    "ID37132919900101123X,男": "ID371329********123X,男",
    "３７１３２９１９９００１０１１２３４": "３７１３２９********１２３４",
    "371329 19900101 1234": "371329 ******** 1234",
    "旧号371329900101123": "旧号371329*****1123",
    "电话13812345678、138 1234 5678": "电话138****5678、138 **** 5678",
    "+8613812345678 回电": "+86138****5678 回电",
    "tel138-1234-5678": "tel138-****-5678",
    "划至6222021234567890123": "划至6222***********0123",
    "卡号6222 0212 3456 7890 123": "卡号6222 **** **** ***0 123",
    "两个:13812345678,371329199001011234": "两个:138****5678,371329********1234",
    "（2021）鲁1329执123号,标的 312,450.00 元": "（2021）鲁1329执123号,标的 312,450.00 元",
    "2026-01-05 至 2026-04-07": "2026-01-05 至 2026-04-07",
    "2026-01-05 2026-04-07 12:00": "2026-01-05 2026-04-07 12:00",
    "sm3:4f13812345678aa371": "sm3:4f13812345678aa371",
    "统一社会信用代码91371329MA3C1ABC2X": "统一社会信用代码91371329MA3C1ABC2X",
    "": "",
}


@pytest.mark.parametrize(("written", "shown"), CASES.items())
def test_a_text_shows_no_number_of_a_person(written: str, shown: str) -> None:
    assert masked(written) == shown
    assert masked(shown) == shown


def test_single_numbers_keep_what_tells_them_apart() -> None:
    assert mask_identity("371329199001011234") == "371329********1234"
    assert mask_identity("371329900101123") == "371329*****1123"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("6212345") == "6****45"
    assert mask_account("6222021234567890123") == "6222***********0123"
    assert mask_account("") == ""


@given(st.text("0123456789X -", max_size=40))
def test_a_mask_keeps_the_length_and_always_hides(text: str) -> None:
    signs = sum(letter not in " -" for letter in text)
    for mask in (mask_identity, mask_phone, mask_account):
        assert len(mask(text)) == len(text)
        assert mask(text).count("*") >= min(signs, 2)


@given(
    st.text("的了是，。 ", max_size=5),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.text("的了是，。 ", max_size=5),
)
def test_a_mobile_number_in_any_text_is_found(before: str, number: str, after: str) -> None:
    assert number not in masked(before + number + after)
    assert number[-4:] in masked(before + number + after)
