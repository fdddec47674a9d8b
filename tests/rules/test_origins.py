"""Is this the number of a preservation, was this mediated, and what is told to the trial side?"""

from __future__ import annotations

from fractions import Fraction

import pytest

from linshu.rules import trial_link
from linshu.rules.numbers import NumberFault
from linshu.rules.origins import BASIS_KINDS, mediated, preservation_number
from linshu.rules.stages import Stage
from linshu.rules.trial_link import Sent, by_itself, percent, total


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("（2025）鲁1329财保12号", "（2025）鲁1329财保12号"),
        ("[2025] 鲁1329 民初 7", "（2025）鲁1329民初7号"),
        ("(2024)鲁13执保3号", "（2024）鲁13执保3号"),
        ("（2025）鲁1329民初12号之一", "（2025）鲁1329民初12号之一"),
        ("(2023)最高法民终1号", "（2023）最高法民终1号"),
        ("", ""),
    ],
)
def test_a_preservation_number_as_it_is_kept(written: str, kept: str) -> None:
    assert preservation_number(written) == kept and preservation_number(kept) == kept


@pytest.mark.parametrize(
    "written",
    ["财保12号", "（2025）鲁1329执1号", "（2025）鲁1329执恢1号", "（1999）鲁1329财保1号", "x"],
)
def test_what_is_none(written: str) -> None:
    with pytest.raises(NumberFault):
        preservation_number(written)


@pytest.mark.parametrize(
    ("kind", "basis", "holds"),
    [
        ("调解书", "", True),
        ("判决书", "民事调解书", False),
        ("", "（2025）鲁1329民初1号民事调解书", True),
        ("", "（2025）鲁1329民初1号民事判决书", False),
    ],
)
def test_mediated_by_the_kind_where_it_is_known(kind: str, basis: str, holds: bool) -> None:
    assert mediated(kind, basis) is holds


def test_every_kind_fits_its_column() -> None:
    assert max(map(len, BASIS_KINDS)) <= 16


@pytest.mark.parametrize(
    ("closing_type", "stage", "coerced", "holds"),
    [
        ("执行完毕", Stage.QUICK, False, True),
        ("执行完毕", Stage.INTAKE, False, True),
        ("执行完毕", Stage.QUICK, True, False),
        ("执行完毕", Stage.CENTRE, False, False),
        ("执行完毕", Stage.INTENSIVE, False, False),
        ("终结执行", Stage.QUICK, False, False),
        ("", Stage.QUICK, False, False),
    ],
)
def test_fulfilled_by_itself(closing_type: str, stage: Stage, coerced: bool, holds: bool) -> None:
    assert by_itself(closing_type, stage, coerced) is holds


def test_nothing_of_nothing_is_no_share() -> None:
    none = Sent()
    shares = (trial_link.self_fulfilment, trial_link.mediation, trial_link.preservation)
    assert [percent(share(none)) for share in shares] == ["—"] * 3


def test_the_shares_of_several_together() -> None:
    one = Sent(cases=3, preserved=1, mediated=2, closed=2, fulfilled=2, by_itself=1)
    both = total([one, Sent(cases=1, closed=1)])
    assert both == Sent(4, 1, 2, 3, 2, 1) == one + Sent(1, 0, 0, 1)
    assert trial_link.self_fulfilment(both) == Fraction(1, 3)
    assert trial_link.mediation(both) == Fraction(1, 2)
    assert trial_link.preservation(both) == Fraction(1, 4)
    assert percent(Fraction(1, 3)) == "33.3%" and percent(Fraction(2, 3)) == "66.7%"
