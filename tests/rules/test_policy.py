"""Does a policy say what it should, and is a broken one refused whole?"""

import re

import pytest

from linshu.rules.policy import Limit, PolicyFault, parse, published_text
from linshu.rules.stages import Stage

PUBLISHED = parse(published_text())


def test_the_practice_as_published() -> None:
    others = [stage for stage in Stage if stage.limited]
    assert PUBLISHED.limits[others.pop(0)] == Limit(days=3)  # intake
    assert PUBLISHED.limits[Stage.CENTRE] == Limit(months=3)
    others.remove(Stage.CENTRE)
    assert {PUBLISHED.limits[stage] for stage in others} == {Limit(months=1)}


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage.limited])
def test_no_stage_is_without_a_limit(stage: Stage) -> None:  # R1
    assert PUBLISHED.limit(stage, None) != Limit()


@pytest.mark.parametrize("stage", [Stage.DORMANT, Stage.CLOSED])
def test_dormant_and_closed_have_none(stage: Stage) -> None:  # R1
    with pytest.raises(KeyError):
        PUBLISHED.limit(stage, None)


def test_the_centre_has_two_months_after_quick_and_three_after_intake() -> None:  # R6
    assert PUBLISHED.limit(Stage.CENTRE, Stage.QUICK) == Limit(months=2)
    assert PUBLISHED.limit(Stage.CENTRE, Stage.INTAKE) == Limit(months=3)


def test_the_statutory_limit_is_shorter_for_non_litigation_cases() -> None:
    assert PUBLISHED.statutory_limit("民间借贷纠纷") == Limit(months=6)
    assert PUBLISHED.statutory_limit("非诉行政执行") == Limit(months=3)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("quick          = { months = 1 }", "quick = { months = 0 }", "limits.quick"),
        ("quick          = { months = 1 }", "quick = 1", "limits.quick"),
        ("quick          = { months = 1 }", "quick = { weeks = 1 }", "limits.quick"),
        ("quick          = { months = 1 }", "", "limits.quick"),
        ("sideways_moves = 1", "sideways_moves = -1", "route.sideways_moves"),
        ("sideways_moves = 1", "sideways_moves = true", "route.sideways_moves"),
        ('"bureau_chief", "vice_president"]', '"vice_president"]', "route.lifts"),
        ("base = 1", "base = 0", "points.base"),
        ('["preserved", "cooperative"]', '["rich"]', "simple_when_any"),
        ('["终结本次执行程序"]', '["中止"]', "dormant_types"),
        ('version = "linshu-2021"', 'version = "a b"', "version"),
        ("effective_on = 2000-01-01", 'effective_on = "soon"', "effective_on"),
        ('name = "回避", ', "", "transfer.grounds.recusal"),
        ("[limits]", "[limits", "TOML"),
        ('name = "公告送达"', 'name = " "', "pauses.announcement.name"),
        ('name = "公告送达"', f'name = "{"长" * 41}"', "pauses.announcement"),
        ('ground = "执行程序司法解释第十三条"', "ground = 13", "pauses.auction.ground"),
        ('stops = ["stage", "statutory"]', "stops = []", "pauses.announcement.stops"),
        ('stops = ["stage", "statutory"]', 'stops = ["all"]', "pauses.announcement.stops"),
        ("watch_days = 120", "watch_days = 0", "pauses.auction.watch_days"),
        ("[pauses.other]", f"[pauses.{'o' * 21}]", "pauses.ooo"),
        ("last_days = 5", "last_days = 0", "extension.last_days"),
        ("most_months = 3", "most_months = 13", "extension.most_months"),
        ('approved_by = "president"', 'approved_by = "chief"', "extension.approved_by"),
    ],
)
def test_a_broken_policy_names_its_fault(old: str, new: str, fault: str) -> None:
    text = published_text()
    assert old in text
    with pytest.raises(PolicyFault, match=re.escape(fault)):
        parse(text.replace(old, new))


def test_a_policy_from_before_there_were_pauses_has_those_published() -> None:
    before, _mark, _after = published_text().partition("[extension]")
    assert parse(before).pauses == PUBLISHED.pauses
    assert {kind.stops for kind in PUBLISHED.pauses.values()} == {("stage", "statutory")}


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(PolicyFault) as refused:
        parse('version = "x"')
    assert len(refused.value.faults) > 10
