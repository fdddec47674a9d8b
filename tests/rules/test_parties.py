"""Who may stand on which side, and who may leave?"""

from __future__ import annotations

import pytest

from linshu.rules.masking import mask_address, mask_electronic
from linshu.rules.parties import KINDS, PartyRole, Standing, leaving, refusal

RULING = "（2026）鲁1329执异1号"


@pytest.mark.parametrize(
    "new",
    [
        Standing("debtor", ruling=RULING),
        Standing("applicant", ruling=RULING, replaces="applicant"),
        Standing("third", "outsider"),
        Standing("third", "interested"),
        Standing("representative", "agent", "general", represents="applicant"),
        Standing("representative", "agent", "special", represents="third"),
        Standing("representative", "legal", represents="debtor"),
        Standing("representative", "guardian", represents="debtor"),
    ],
)
def test_who_may_come_in(new: Standing) -> None:
    assert refusal(new) is None


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (Standing("judge"), "没有这种诉讼地位"),
        (Standing("debtor"), "第二十八条"),
        (Standing("applicant"), "须写明裁定文号"),
        (Standing("debtor", "outsider", ruling=RULING), "不填类别"),
        (Standing("third"), "类别"),
        (Standing("third", "agent"), "类别"),
        (Standing("third", "outsider", represents="debtor"), "只有代理人"),
        (Standing("third", "outsider", "general"), "只有代理人"),
        (Standing("representative", "outsider", represents="debtor"), "类别"),
        (Standing("representative", "legal"), "代理的当事人"),
        (Standing("representative", "legal", represents="representative"), "代理的当事人"),
        (Standing("representative", "agent", represents="debtor"), "一般授权或者特别授权"),
        (Standing("representative", "agent", "full", represents="debtor"), "一般授权"),
        (Standing("representative", "legal", "special", represents="debtor"), "其他代理人不填"),
        (Standing("debtor", ruling=RULING, replaces="applicant"), "同一诉讼地位"),
        (Standing("third", "third", replaces="third"), "同一诉讼地位"),
    ],
)
def test_who_may_not_and_why(new: Standing, why: str) -> None:
    assert why in str(refusal(new))


@pytest.mark.parametrize(
    ("role", "others", "may"),
    [
        ("debtor", ["applicant", "debtor"], True),
        ("debtor", ["applicant"], False),
        ("applicant", ["debtor", "representative"], False),
        ("representative", ["applicant", "debtor"], True),
        ("third", [], True),
    ],
)
def test_who_may_leave(role: str, others: list[str], may: bool) -> None:
    assert (leaving(role, others) is None) == may


def test_every_kind_belongs_to_one_role() -> None:
    kinds = [key for some in KINDS.values() for key in some]
    assert len(kinds) == len(set(kinds)) and set(KINDS) == set(PartyRole)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("山东省临沂市临沭县某街 1 号", "山东省临沂****"),
        ("临沭县某街 1 号", "临沭县****"),
        ("某街", "****"),
        ("", ""),
    ],
)
def test_an_address_is_masked(text: str, shown: str) -> None:
    assert mask_address(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("zhangsan@example.com", "zh******@example.com"),
        ("abc@example.com", "***@example.com"),
        ("weixin88", "we******"),
    ],
)
def test_an_electronic_address_is_masked(text: str, shown: str) -> None:
    assert mask_electronic(text) == shown
