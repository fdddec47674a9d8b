"""Is a case found by its number in any writing, by a name of two letters, and by whom?"""

from __future__ import annotations

import pytest
from flask import Flask

from linshu.services.filing import NewParty
from tests.court import Court
from tests.web.visits import Visitor, entered, rows


@pytest.fixture
def chief(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "chief")


def found(visitor: Visitor, asked: str, page: int = 1) -> list[str]:
    """The numbers of the cases found."""
    answer = visitor.ask("/cases", query_string={"q": asked, "page": page})
    assert answer.status_code == 200
    listed = rows(answer.get_data(as_text=True))[1:]
    return [next(word for word in row.split() if word.endswith("号")) for row in listed]


@pytest.mark.parametrize(
    "written",
    [
        "（2026）鲁1329执2号",
        "(2026)鲁1329执2",
        "〔2026〕鲁１３２９ 执 ２ 号",
        "2026鲁1329执2号",
        "鲁1329执2号",
        "执2",
        "（2026）2",
    ],
)
def test_a_number_in_any_writing(court: Court, chief: Visitor, written: str) -> None:
    court.file_many(3, "2026-11-02")
    assert found(chief, written) == ["（2026）鲁1329执2号"]


def test_digits_alone_are_a_serial_of_any_year_and_kind(court: Court, chief: Visitor) -> None:
    court.serial = 20_260
    court.file_many(1, "2026-11-02")
    court.serial = 20_260
    court.file("2026-11-02", resumed=True)
    court.serial = 20_260
    court.file_many(1, "2025-11-03")
    assert found(chief, "20261") == [
        "（2026）鲁1329执20261号",
        "（2026）鲁1329执恢20261号",
        "（2025）鲁1329执20261号",
    ]
    assert found(chief, "执恢20261") == ["（2026）鲁1329执恢20261号"]
    assert found(chief, "2025执20261号") == ["（2025）鲁1329执20261号"]
    assert found(chief, "1") == found(chief, "999999999") == []


def test_a_name_of_two_letters_and_a_part_of_a_long_one(court: Court, chief: Visitor) -> None:
    court.file("2026-11-02", debtors=[NewParty("王五")])
    court.file("2026-11-02", debtors=[NewParty("临沭县第2建筑 公司"), NewParty("Ａcme Ltd")])
    assert found(chief, "王五") == ["（2026）鲁1329执1号"]
    for part in ("建筑公司", "第2建", "acme", "ACME ltd", "第 ２ 建筑"):
        assert found(chief, part) == ["（2026）鲁1329执2号"], part
    assert len(found(chief, "张三")) == 2  # the applicant of both
    assert found(chief, "五王") == found(chief, "王六") == []


def test_one_letter_says_so(court: Court, chief: Visitor) -> None:
    court.file("2026-11-02")
    assert "请至少输入两个字" in chief.get("/cases?q=张")
    assert "没有找到案件" in chief.get("/cases?q=赵六")
    assert "没有找到案件" in chief.get("/cases") and "没有找到案件" in chief.get("/cases?q=%20")


def test_one_finds_what_one_may_see(app: Flask, court: Court) -> None:
    court.file_many(2, "2026-11-02", simple=True)
    assert len(found(entered(app, court, "quick"), "张三")) == 2
    assert found(entered(app, court, "one"), "张三") == []
    assert found(entered(app, court, "one"), "（2026）鲁1329执1号") == []
    for login in ("system", "audit", "admin"):
        entered(app, court, login).get("/cases?q=张三", 403)


def test_what_is_found_is_paged_and_the_pager_keeps_the_question(
    court: Court, chief: Visitor
) -> None:
    court.file_many(40, "2026-11-02")
    first, second = found(chief, "张三"), found(chief, "张三", 2)
    assert (len(first), len(second)) == (38, 2) and not set(first) & set(second)
    page = chief.get("/cases?q=张三&q=x&endpoint=y&_external=1&_scheme=javascript&_anchor=z")
    assert "/cases?q=%E5%BC%A0%E4%B8%89&q=x&endpoint=y" in page
    assert 'href="javascript' not in page and "&page=2" in page


def test_the_lists_behind_the_numbers(court: Court, chief: Visitor) -> None:
    court.file_many(2, "2026-11-02", simple=True)
    court.file_many(1, "2026-10-23", simple=True)
    quick = court.team("速执团队").id
    assert "3 件" in chief.get(f"/cases/list?stage=quick&team={quick}")
    assert "今日届满" in chief.get("/cases/list?due=today&stage=quick")
    assert "没有找到案件" in chief.get("/cases/list?team=99999999")
    chief.get("/cases/list?stage=heaven", 404)
    chief.get("/cases/list?due=never", 404)
