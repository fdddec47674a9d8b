"""Does nothing close that should not? The gate's checklists, each check failing in turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules import gate
from linshu.rules.gate_facts import ENTITLEMENTS, SEARCHES, Attested, Debtor, Facts, Holding
from linshu.rules.policy import PolicyFault, parse, published_text
from tests.rules.plain import after_months

PUBLISHED = parse(published_text())
TERMINATION = "终结本次执行程序"
ON = date(2026, 11, 23)
READY = Facts(
    filed_on=date(2026, 8, 3),
    on=ON,
    claim_fen=10_000_000,
    outstanding_fen=8_000_000,
    noticed_on=date(2026, 8, 5),
    property_ordered_on=date(2026, 8, 5),
    searched_on=dict.fromkeys(SEARCHES, date(2026, 9, 1)),
    investigated=frozenset({"field"}),
    looked_into=frozenset(ENTITLEMENTS),
    debtors=(Debtor("李四", True), Debtor("临沂某公司", True)),
    talked_on=date(2026, 11, 20),
    agreement="signed",
    ruling="（2026）鲁1329执7号之一",
    ground="申请人撤销申请",
)


def bars(facts: Facts, closing_type: str = TERMINATION) -> list[str]:
    checks = gate.checklist(closing_type, facts, PUBLISHED.gate)
    return [check.key for check in gate.missing(checks)]


def test_a_case_worked_to_its_end_may_be_terminated() -> None:
    assert bars(READY) == []


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("waited", {"filed_on": date(2026, 8, 23)}),
        ("noticed", {"noticed_on": None}),
        ("noticed", {"property_ordered_on": None}),
        ("searched", {"searched_on": {}}),
        ("searched", {"searched_on": dict.fromkeys(SEARCHES, ON - timedelta(days=92))}),
        *[
            ("searched", {"searched_on": {k: ON for k in SEARCHES if k != left_out}})
            for left_out in SEARCHES
        ],
        ("investigated", {"investigated": frozenset()}),
        *[
            ("looked_into", {"looked_into": frozenset(ENTITLEMENTS) - {left_out}})
            for left_out in ENTITLEMENTS
        ],
        ("clues", {"open_clues": 1}),
        ("nothing_left", {"holdings": (Holding("鲁Q00001", 3_000_000),)}),
        ("restricted", {"debtors": (Debtor("李四", True), Debtor("王五", False))}),
        ("restricted", {"debtors": ()}),
        ("talked", {"talked_on": None}),
        ("talked", {"agreement": ""}),
        ("talked", {"agreement": "他同意"}),
        ("outstanding", {"outstanding_fen": 0}),
        ("ruled", {"ruling": ""}),
        ("alive", {"alive": False}),
        ("fits", {"claim_fits": False}),
        ("paid_out", {"held_fen": 1}),
    ],
)
def test_each_of_the_twelve_bars_the_way_alone(key: str, change: dict[str, object]) -> None:
    assert bars(replace(READY, **change)) == [key]


@pytest.mark.parametrize(
    ("filed_on", "first"),
    [
        ("2026-01-05", "2026-04-06"),
        ("2025-11-30", "2026-03-01"),  # a month without a 30th ends on its last day
        ("2026-08-22", "2026-11-23"),
    ],
)
def test_more_than_three_months_are_three_months_and_a_day(filed_on: str, first: str) -> None:
    filed, day = date.fromisoformat(filed_on), date.fromisoformat(first)
    assert gate.first_termination_on(filed, 3) == day
    assert "waited" not in bars(replace(READY, filed_on=filed, on=day))
    assert "waited" in bars(replace(READY, filed_on=filed, on=day - timedelta(days=1)))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-200, 200))
def test_nothing_terminates_within_three_months(filed_on: date, shift: int) -> None:
    on = filed_on + timedelta(days=90 + shift)
    barred = "waited" in bars(replace(READY, filed_on=filed_on, on=on))
    assert barred == (on <= after_months(filed_on, 3))


SMALL, LARGE = 99_999, 100_000


@pytest.mark.parametrize(
    ("holdings", "left"),
    [
        ([], False),
        ([Holding("账户", SMALL, balance=True)], False),
        ([Holding("账户", LARGE, balance=True)], True),
        ([Holding("电动车", SMALL)], True),  # not a balance: it needs its reason
        ([Holding("电动车", SMALL, undisposable="下落不明")], False),
        ([Holding(f"账户{n}", SMALL, balance=True) for n in range(5)], False),
        ([Holding(f"账户{n}", SMALL, balance=True) for n in range(6)], True),  # over 5 % together
        ([Holding("账户", LARGE, balance=True, undisposable="轮候冻结")], False),
    ],
)
def test_what_is_small_may_be_ignored(holdings: list[Holding], left: bool) -> None:
    assert bars(replace(READY, holdings=tuple(holdings))) == ["nothing_left"] * left


@pytest.mark.parametrize(
    ("closing_type", "change", "missing"),
    [
        ("执行完毕", {"outstanding_fen": 0}, []),
        ("执行完毕", {}, ["satisfied"]),
        ("执行完毕", {"outstanding_fen": 0, "held_fen": 5}, ["paid_out"]),
        ("终结执行", {}, []),
        ("终结执行", {"ruling": ""}, ["ruled"]),
        ("终结执行", {"ground": ""}, ["grounded"]),
        ("终结执行", {"ground": "未发现可供执行的财产"}, ["grounded"]),  # R23
        *[("终结执行", {"ground": ground}, []) for ground in PUBLISHED.gate.grounds.values()],
        ("终结执行", {"held_fen": 1}, ["paid_out"]),
        ("销案", {"ruling": ""}, []),
        ("销案", {"held_fen": 1}, ["paid_out"]),
        ("不予执行", {"ruling": ""}, ["ruled"]),
        ("驳回申请", {"ruling": ""}, ["ruled"]),
    ],
)
def test_each_closing_type_has_its_own_list(
    closing_type: str, change: dict[str, object], missing: list[str]
) -> None:
    assert bars(replace(READY, **change), closing_type) == missing


def test_every_line_names_its_article() -> None:
    for closing_type in PUBLISHED.closing_types:
        for check in gate.checklist(closing_type, READY, PUBLISHED.gate):
            assert check.law
            assert str(check.found) and "{" not in str(check.found)


def test_a_policy_cannot_ask_for_a_check_that_there_is_not() -> None:
    text = published_text().replace('"销案" = ["paid_out"]', '"销案" = ["paid_in"]')
    with pytest.raises(PolicyFault, match=r"gate\.checks\.销案"):
        parse(text)
    with pytest.raises(PolicyFault, match=r"gate\.approved_by"):
        parse(published_text().replace('"销案" = "bureau_chief"', '"结案" = "bureau_chief"'))


def test_what_is_attested_comes_back_as_it_was_kept() -> None:
    said = Attested(
        frozenset({"field", "audit"}),
        frozenset(ENTITLEMENTS),
        ON,
        "panel",
        "裁定",
        alive=True,
        claim_fits=True,
        ground="other",
    )
    assert Attested.of(said.as_json()) == said
    assert Attested.of(Attested().as_json()) == Attested()


@pytest.mark.parametrize(
    ("line", "instead", "where"),
    [
        ('reviewed_by = "centre_staff"', 'reviewed_by = "executor"', r"gate\.reviewed_by"),
        ('from_dormant = ["终结执行"]', 'from_dormant = ["结案"]', r"gate\.from_dormant"),
        ('withdrawn = "申请人撤销申请"', "withdrawn = 1", r"gate\.grounds\.withdrawn"),
    ],
)
def test_a_policy_names_who_reviews_and_how_a_dormant_case_leaves(
    line: str, instead: str, where: str
) -> None:
    assert line in published_text()
    with pytest.raises(PolicyFault, match=where):
        parse(published_text().replace(line, instead))


def test_a_court_s_own_closing_type_asks_the_president() -> None:
    text = published_text()
    text = text.replace('"驳回申请"]', '"驳回申请", "移送"]')
    kept = parse(text).gate
    assert kept.approved_by["移送"] == "president"
    assert [c.key for c in gate.checklist("移送", READY, kept)] == ["paid_out"]
