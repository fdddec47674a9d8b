"""Are the bounds of the law kept, and is what was left out named?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules import measures
from linshu.rules.measures import Standing, Wanted
from linshu.rules.policy import PolicyFault, parse, published_text

PUBLISHED = parse(published_text()).measures
YUAN = 100
PERSON, UNIT = False, True


def test_the_centre_has_five_and_the_president_approves_what_the_law_says() -> None:  # R5
    five = [one.name for one in PUBLISHED.values() if one.centre]
    assert five == ["查控财产", "纳入失信名单", "罚款", "拘留", "拒执移送"]
    president = {one.name for one in PUBLISHED.values() if one.approved_by == "president"}
    assert president == {"罚款", "拘留", "限制消费", "拘传", "搜查"}


@pytest.mark.parametrize(
    ("unit", "amount", "fits"),
    [
        (PERSON, 0, False),
        (PERSON, 1, True),
        (PERSON, 100_000 * YUAN, True),
        (PERSON, 100_000 * YUAN + 1, False),
        (UNIT, 50_000 * YUAN - 1, False),
        (UNIT, 50_000 * YUAN, True),
        (UNIT, 1_000_000 * YUAN, True),
        (UNIT, 1_000_000 * YUAN + 1, False),
    ],
)
def test_a_fine_keeps_within_the_law(unit: bool, amount: int, fits: bool) -> None:
    why = measures.refusal(PUBLISHED["fine"], Wanted(unit, amount_fen=amount))
    assert (why is None) == fits
    assert fits or "民事诉讼法第一百一十八条" in str(why)


@pytest.mark.parametrize(
    ("unit", "days", "fits"),
    [
        (PERSON, 0, False),
        (PERSON, 1, True),
        (PERSON, 15, True),
        (PERSON, 16, False),
        (UNIT, 5, False),
    ],
)
def test_a_detention_keeps_within_the_law(unit: bool, days: int, fits: bool) -> None:
    why = measures.refusal(PUBLISHED["detention"], Wanted(unit, days=days))
    assert (why is None) == fits
    assert fits or "民事诉讼法第一百一十八条" in str(why)


@given(st.sampled_from(sorted(PUBLISHED)), st.booleans(), st.integers(0, 10**12))
def test_only_fines_have_amounts_to_be_refused(key: str, unit: bool, amount: int) -> None:
    measure = PUBLISHED[key]
    refused = measures.refusal(measure, Wanted(unit, amount, days=1)) is not None
    assert not refused or key == "fine" or (key == "detention" and unit)


@pytest.mark.parametrize(
    ("standings", "shown"),
    [
        ([], "blank"),
        (["done"], "done"),
        (["done", "blank"], "blank"),
        (["done", "applied"], "applied"),
        (["not_applicable", "done"], "done"),
        (["not_applicable", "not_applicable"], "not_applicable"),
    ],
)
def test_the_case_shows_the_least_done(standings: list[str], shown: str) -> None:  # R5
    assert measures.least_done(map(Standing, standings)) is Standing(shown)


def test_what_was_left_blank_is_named_for_each_debtor() -> None:  # R5
    known = dict.fromkeys(PUBLISHED, Standing.DONE)
    left = known | {"fine": Standing.BLANK, "auction": Standing.BLANK}
    found = measures.omissions(PUBLISHED, {"李四": left, "王五": known, "某公司": {}})
    assert found == (
        ("asset_search", "某公司"),
        ("dishonest", "某公司"),
        ("fine", "李四"),
        ("fine", "某公司"),
        ("detention", "某公司"),
        ("referral", "某公司"),
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("most_days = 15 ", "most_days = 400 ", "measures.detention.most_days"),
        ("least_unit_fen = 5_000_000", "least_unit_fen = 500_000_000", "measures.fine"),
        ('approved_by = "vice_president"    # D', 'approved_by = "king"', "referral.approved_by"),
        ('name = "拘传"', "", "measures.appearance.name"),
    ],
)
def test_a_broken_list_is_refused(old: str, new: str, fault: str) -> None:
    assert published_text().count(old) >= 1
    with pytest.raises(PolicyFault, match=fault):
        parse(published_text().replace(old, new))
