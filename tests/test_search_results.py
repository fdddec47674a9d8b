"""Do the results of network searches land on their cases, once, and is the rest told by row?"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import func, select

from linshu.rules.said import Said
from linshu.services import batch_run, finding_files, findings, people
from linshu.services.errors import Conflict, NotAllowed, NotFound
from linshu.services.filing import NewParty
from linshu.services.people import NewPerson
from linshu.store import searches, vault
from linshu.store.cases import Action
from linshu.store.db import db
from linshu.store.findings import Finding, FindingFile
from linshu.store.searches import Search
from linshu.store.work import Holding
from linshu.store.writer import Doer
from tests.conftest import NOW
from tests.court import Court, at
from tests.locks_off import behind_the_back
from tests.test_batches import DAY, WHEN, count, court_trail, searched, worker
from tests.test_pauses import trail_of

HEADINGS = tuple("案号 被执行人 证件号码 查询来源 财产种类 财产名称 金额(元) 查询日期".split())
ID = "11010119900307447X"


@pytest.fixture
def cases(court: Court) -> list[int]:
    """Three cases at the command centre; the debtor of the second has an identity number."""
    first, third = court.file_many(2, "2026-11-02", simple=False)
    debtors = [NewParty("李四", ID), NewParty("=王五")]
    second = court.file("2026-11-02", debtors=debtors)
    court.sweep("2026-11-06")
    return [first, second, third]


def number(court: Court, case_id: int) -> str:
    return court.case(case_id).number


def rows(court: Court, cases: Sequence[int]) -> list[tuple[str, ...]]:
    """Results of every sort: found, nothing found, of a debtor whose name begins like a formula."""
    one, two, three = (number(court, case_id) for case_id in cases)
    return [
        (one, "李四", "", "中国工商银行", "存款", "6222001", "1,234.50", "2026-11-20"),
        (one, "李四", "", "车管所", "无", "", "", "2026-11-20"),
        (two, "李四", ID, "公安(车辆)", "车辆", "=1+1", "", "2026-11-19"),
        (two, "=王五", "", "不动产登记中心", "不动产", "临沭县甲路1号", "50万元", "2026-11-20"),
        (three, "李四", "", "证券", "查无", "", "0", "2026-11-20"),
    ]


def as_csv(lines: Sequence[Sequence[str]], encoding: str = "utf-8", parted_by: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=parted_by).writerows([HEADINGS, *lines])
    return text.getvalue().encode(encoding)


def as_xlsx(lines: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate([headings, *lines]):
            sheet.write_row(line, 0, cells)
    return target.getvalue()


def brought(
    court: Court, content: bytes, folder: Path, who: str = "centre", name: str = "反馈.csv"
) -> int:
    """A file that was uploaded and looked through."""
    file = finding_files.upload(court.who(who), name, BytesIO(content), folder, WHEN)
    finding_files.run(file, NOW)
    return file


def landed(court: Court, content: bytes, folder: Path, who: str = "centre") -> int:
    file = brought(court, content, folder, who)
    finding_files.confirm(court.who(who), file)
    finding_files.run(file, NOW)
    assert kept(file).status == "done", kept(file).failure
    return file


def kept(file: int) -> FindingFile:
    db.session.rollback()
    return db.session.get_one(FindingFile, file)


def told(file: int) -> tuple[int, int, int, int]:
    """Found, nothing found, known already, turned away."""
    result = kept(file).result
    return (*(result[name] for name in ("things", "nothing", "again")), len(result["turned_away"]))


def reasons(file: int) -> dict[int, str]:
    away = kept(file).result["turned_away"]
    return {int(row): str(Said.loads(why)) for row, why in away.items()}


def things(case_id: int) -> list[tuple[str, str, int, str]]:
    db.session.rollback()
    query = select(Holding).where(Holding.case_id == case_id).order_by(Holding.id)
    return [(one.kind, one.name, one.value_fen, one.status) for one in db.session.scalars(query)]


FORMS = {
    "csv in utf-8": lambda lines: as_csv(lines),
    "csv as excel writes it": lambda lines: as_csv(lines, "utf-8-sig"),
    "csv in gbk": lambda lines: as_csv(lines, "gb18030"),
    "csv by tabs in utf-16": lambda lines: as_csv(lines, "utf-16", "\t"),
    "a workbook": as_xlsx,
}


@pytest.mark.parametrize("form", FORMS)
def test_what_was_found_lands_as_property_and_as_searches(
    court: Court, cases: list[int], tmp_path: Path, form: str
) -> None:
    file = brought(court, FORMS[form](rows(court, cases)), tmp_path)
    assert kept(file).status == "previewed" and told(file) == (3, 2, 0, 0)
    assert count(Holding) == count(Search) == count(Finding) == 0
    finding_files.confirm(court.who("centre"), file)
    finding_files.run(file, NOW)
    assert told(file) == (3, 2, 0, 0)
    first, second, third = cases
    assert things(first) == [("deposit", "6222001", 123_450, "found")]
    assert things(second) == [
        ("vehicle", "=1+1", 0, "found"),
        ("real_estate", "临沭县甲路1号", 50_000_000, "found"),
    ]
    assert things(third) == []
    assert searches.latest(db.session(), first) == {"banks": DAY, "vehicles": DAY}
    assert searches.latest(db.session(), third) == {"securities": DAY}
    assert set(searches.latest(db.session(), second)) == {"vehicles", "real_estate"}
    entry = next(e for e in trail_of(first) if e["tag"] == "case.recorded")
    assert (entry["data"]["sources"], entry["data"]["file"]) == (["banks", "vehicles"], file)
    (landed_,) = court_trail("findings.landed")
    assert (landed_["by"], landed_["data"]["things"]) == ("centre", 3)
    action = db.session.scalars(select(Action).where(Action.case_id == first)).one()
    assert "银行存款 1 项(合计 1,234.50 元);车辆查无" in action.text


def test_the_same_row_does_nothing_again_in_whatever_file(
    court: Court, cases: list[int], tmp_path: Path
) -> None:
    lines = rows(court, cases)
    landed(court, as_csv(lines), tmp_path)
    before = count(Action), count(Holding), count(Search), count(Finding)
    again = landed(court, as_xlsx([*lines[::-1], lines[0]]), tmp_path)
    assert told(again) == (0, 0, 6, 0)
    assert (count(Action), count(Holding), count(Search), count(Finding)) == before
    twice = brought(court, as_csv([lines[0]] * 2), tmp_path)
    assert told(twice) == (0, 0, 2, 0)


def test_a_thing_that_is_found_again_takes_on_its_new_value(
    court: Court, cases: list[int], tmp_path: Path
) -> None:
    line = rows(court, cases)[0]
    landed(court, as_csv([line]), tmp_path)
    landed(court, as_csv([(*line[:5], "6222 001", "0", "2026-11-22")]), tmp_path)
    assert things(cases[0]) == [("deposit", "6222001", 0, "found")]
    landed(court, as_csv([(*line[:6], "99", "2026-11-21")]), tmp_path)  # an older day tells nothing
    assert things(cases[0]) == [("deposit", "6222001", 0, "found")]
    behind_the_back("UPDATE holdings SET status = 'released'")
    landed(court, as_csv([(*line[:6], "7", "2026-11-23")]), tmp_path)
    assert [one[2:] for one in things(cases[0])] == [(0, "released"), (700, "found")]


def test_results_of_a_search_that_was_started_count_no_second_search(
    court: Court, cases: list[int], tmp_path: Path
) -> None:
    batch_run.run(searched(court, cases), NOW)
    landed(court, as_csv(rows(court, cases)[:2]), tmp_path)
    kinds = select(Action.kind).where(Action.case_id == cases[0]).order_by(Action.id)
    assert list(db.session.scalars(kinds)) == ["network_search", "search"]
    per_case = select(func.count()).select_from(Search).where(Search.case_id == cases[0])
    assert db.session.scalar(per_case) == 2


def test_what_cannot_be_matched_is_told_by_row_and_can_be_taken_along(
    court: Court, cases: list[int], tmp_path: Path
) -> None:
    good = rows(court, cases)
    elsewhere = number(court, court.file_many(1, "2026-11-02", simple=True)[0])
    closed = court.file_many(1, "2026-11-02", simple=False)[0]
    court.close(closed, "执行完毕", "2026-11-20", "centre")
    rest = good[0][1:]
    bad = [
        (elsewhere, *rest),
        (number(court, closed), *rest),
        ("（2026）鲁1302执1号", *rest),
        ("（2026）鲁1329执999号", *rest),
        ("老王的案子", *rest),
        (good[0][0], "赵六", *rest[1:]),
        (good[2][0], "李四", "110101198001010010", *rest[2:]),
        (good[0][0], *rest[:-1], "2026-10-01"),
        (good[0][0], *rest[:-2], "很多", "2026-11-20"),
    ]
    file = landed(court, as_csv([good[0], *bad]), tmp_path)
    assert told(file) == (1, 0, 0, 9)
    assert list(reasons(file).values()) == [
        "案件不由您的团队承办",
        "案件已结案",
        *("没有这件案件",) * 2,
        "案号缺失或不规范",
        "不是本案的被执行人",
        "证件号码与被执行人不符",
        "查询日期早于立案日期",
        "金额无法识别",
    ]
    target = BytesIO()
    assert finding_files.rejects(court.who("centre"), file, target) == "反馈-未导入.xlsx"
    sheet = openpyxl.load_workbook(target).active
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][-2:] == ("原因", "原行号") and len(lines) == 10
    with pytest.raises(NotFound):
        finding_files.rejects(court.who("quick"), file, BytesIO())


def test_dormant_results_are_the_dormant_teams_and_no_one_elses(
    court: Court, cases: list[int], tmp_path: Path
) -> None:
    keeper = NewPerson("keeper", "终本甲", "dormant_keeper", None)
    people.add_people(court.id, [keeper], Doer("admin", "security_admin"), at("2026-01-05"))
    old = court.file_many(1, "2026-11-02", simple=False, filed="2026-08-03")[0]
    court.close(old, "终结本次执行程序", "2026-11-16", "centre")
    lines = rows(court, [old, *cases[1:]])
    assert "不由您" in reasons(brought(court, as_csv(lines[:1]), tmp_path))[2]
    file = landed(court, as_csv(lines), tmp_path, "keeper")
    assert told(file) == (1, 1, 0, 3) and set(reasons(file).values()) == {"没有这件案件"}
    kinds = db.session.scalars(select(Action.kind).where(Action.case_id == old)).all()
    assert kinds[-1] == "dormant_search" and kinds.count("dormant_search") == 1


def test_a_case_that_moves_between_look_and_landing_is_told_and_blocks_nobody(
    court: Court, cases: list[int], tmp_path: Path
) -> None:
    file = brought(court, as_csv(rows(court, cases)), tmp_path)
    court.close(cases[1], "执行完毕", "2026-11-23", "centre")
    finding_files.confirm(court.who("centre"), file)
    finding_files.run(file, NOW)
    assert told(file) == (1, 2, 0, 2) and things(cases[1]) == []


def test_a_case_that_breaks_is_told_and_the_others_land(
    court: Court, cases: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, plain = brought(court, as_csv(rows(court, cases)), tmp_path), findings.assets.found_within

    def broken(flow, actor, held, new):
        if held.case.id == cases[1]:
            raise ZeroDivisionError
        return plain(flow, actor, held, new)

    monkeypatch.setattr(findings.assets, "found_within", broken)
    finding_files.confirm(court.who("centre"), file)
    finding_files.run(file, NOW)
    assert told(file) == (1, 2, 0, 2) and things(cases[1]) == []
    assert set(reasons(file).values()) == {str(finding_files.BROKEN_CASE)}
    monkeypatch.undo()
    assert told(landed(court, as_csv(rows(court, cases)), tmp_path)) == (2, 0, 3, 0)


def test_whose_file_it_is(court: Court, cases: list[int], tmp_path: Path) -> None:
    content = as_csv(rows(court, cases))
    for who in ("quick", "one", "supervisor"):
        with pytest.raises(NotAllowed):
            brought(court, content, tmp_path, who)
    file = brought(court, content, tmp_path)
    with pytest.raises(NotAllowed):
        finding_files.confirm(court.who("centre-lead"), file)
    with pytest.raises(NotFound):
        finding_files.confirm(court.who("quick"), file)
    finding_files.confirm(court.who("centre"), file)
    with pytest.raises(Conflict):
        finding_files.confirm(court.who("centre"), file)
    (stored,) = tmp_path.glob("*.xlsx")
    assert ID.encode() not in stored.read_bytes()  # encrypted as the ledgers are
    vault.ring().rotate()
    with db.engine.connect() as connection:
        assert ID not in str(connection.exec_driver_sql("SELECT result FROM finding_files").all())


def test_killed_while_landing_and_resumed_no_row_twice_and_none_lost(
    court: Court, database_url: str, tmp_path: Path
) -> None:
    cases = court.file_many(40, "2026-11-02", simple=False)
    rest = ("李四", "", "工商银行", "存款", "6222001", "100", "2026-11-20")
    content = as_csv([(number(court, case_id), *rest) for case_id in cases])
    file = brought(court, content, tmp_path)
    finding_files.confirm(court.who("centre"), file)
    db.session.remove()
    how = (database_url, tmp_path, "run_findings", file)
    with worker(*how, "INSERT INTO findings", "21") as process:
        assert process.communicate("go\n", timeout=120)[0] == ""
        assert process.returncode == -9
    assert count(Finding) == count(Holding) == count(Search) == count(Action) == 20
    db.session.remove()
    with worker(*how) as process:
        assert process.communicate("go\n", timeout=120)[0] == "done\n"
    assert count(Finding) == count(Holding) == count(Search) == count(Action) == 40
    assert told(file) == (40, 0, 0, 0) and len(court_trail("findings.landed")) == 1
