"""Does a court's messy ledger come in whole, once, and with the truth about every row?"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import func, select, text

from config import SHANGHAI
from linshu.services import imports
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.services.imports import import_ledger
from linshu.services.ledgers import LedgerResult
from linshu.store.books import LedgerImport, TrailEntry
from linshu.store.cases import Case, Gram, Party, Stint
from linshu.store.db import db
from tests.court import Court, at

DATA = Path(__file__).parent / "data"
SAMPLE = DATA / "ledger-sample.xlsx"
EXPECTED = json.loads((DATA / "ledger-sample.expected.json").read_text("utf-8"))
DAY = at("2021-06-30")
HEADINGS = (
    "案号 案由 立案日期 申请执行人 被执行人 被执行人证件号码 执行标的额 是否已保全 被执行人是否配合"
).split()
GOOD = ("劳动争议", "2021-06-01", "张三", "李四", "", "1000", "是", "否")


def ledger(path: Path, *numbers: str, **cells: str) -> Path:
    """A small ledger with one good row for each number."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for line, number in enumerate(numbers, 1):
            row = dict(zip(HEADINGS, (number, *GOOD), strict=True)) | cells
            for column, cell in enumerate(row.values()):
                sheet.write_string(line, column, cell)
    return path


def number(serial: int) -> str:
    return f"（2021）鲁1329执{serial}号"


def everything() -> Counter[str]:
    """How many rows the tables hold that an import writes."""
    db.session.rollback()
    tables = (Case, Stint, Party, Gram, TrailEntry)
    count = {t.__name__: db.session.scalar(select(func.count()).select_from(t)) for t in tables}
    return Counter(count)


def sample(court: Court, **how: bool) -> LedgerResult:
    return import_ledger(court.who("filing"), SAMPLE, DAY, **how)


def test_the_sample_comes_in_as_expected_row_by_row(court: Court) -> None:
    result = sample(court).as_json()
    for figure in ("imported", "claim_fen_total", "rejected", "duplicates", "warned"):
        assert result[figure] == EXPECTED[figure], figure
    stored = {case.number: case for case in db.session.scalars(select(Case))}
    parties: dict[tuple[int, str], list[Party]] = {}
    for party in db.session.scalars(select(Party).order_by(Party.id)):
        parties.setdefault((party.case_id, party.role), []).append(party)
    for told in EXPECTED["cases"]:
        case = stored.pop(told["number"])
        assert {
            "number": case.number,
            "kind": case.kind,
            "cause": case.cause,
            "filed_on": case.filed_on.isoformat(),
            "applicants": [p.name for p in parties[case.id, "applicant"]],
            "debtors": [[p.name, p.id_number] for p in parties[case.id, "debtor"]],
            "claim_fen": case.claim_fen,
            "preserved": case.preserved,
            "cooperative": case.cooperative,
        } == {key: value for key, value in told.items() if key != "row"}
    assert not stored


def test_cases_enter_intake_on_the_day_of_the_import_and_resumed_ones_pass_it(court: Court) -> None:
    sample(court)
    first = db.session.execute(
        select(Stint.started_on, Case.kind, Stint.stage, Stint.due_on)
        .join(Case, Case.id == Stint.case_id)
        .where(Stint.ended_on.is_(None))
        .distinct()
    ).all()
    assert {row.started_on for row in first} == {DAY.on}
    assert {(row.kind, row.stage) for row in first} == {("执", "intake"), ("执恢", "intensive")}


def test_the_statutory_clock_runs_from_filing(court: Court, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", number(1), 立案日期="2021-01-04")
    import_ledger(court.who("filing"), path, DAY)
    case = db.session.scalars(select(Case)).one()
    assert case.statutory_due_on.isoformat() == "2021-07-05"  # 07-04 is a Sunday


def test_with_screen_every_suggestion_is_confirmed_in_the_importers_name(court: Court) -> None:
    sample(court, screen=True)
    query = select(Stint.stage, Case.kind, Case.simple, func.count()).join(
        Case, Case.id == Stint.case_id
    )
    where = query.where(Stint.ended_on.is_(None)).group_by(Stint.stage, Case.kind, Case.simple)
    found = {(stage, kind, simple): n for stage, kind, simple, n in db.session.execute(where)}
    told = [case for case in EXPECTED["cases"] if case["kind"] == "执"]
    simple = sum(case["preserved"] or case["cooperative"] for case in told)
    assert found["quick", "执", True] == simple
    assert found["centre", "执", False] == len(told) - simple
    assert found["intensive", "执恢", None] == EXPECTED["imported"] - len(told)
    screened = select(TrailEntry.by).where(TrailEntry.tag == "case.screened").distinct()
    assert db.session.scalars(screened).all() == ["filing"]


def test_the_same_file_twice_imports_nothing_twice(court: Court) -> None:
    sample(court)
    before = everything()
    again = sample(court)
    assert again.imported == 0
    assert again.claim_fen_total == 0
    assert len(again.duplicates) == EXPECTED["imported"] + len(EXPECTED["duplicates"])
    assert everything() - before == Counter(TrailEntry=1)  # that somebody tried


def test_a_dry_run_says_the_same_and_changes_nothing(court: Court) -> None:
    before = everything()
    assert sample(court, dry_run=True).as_json()["imported"] == EXPECTED["imported"]
    assert everything() == before


def test_another_account_of_a_case_already_there_is_a_conflict_and_changes_nothing(
    court: Court, tmp_path: Path
) -> None:
    import_ledger(court.who("filing"), ledger(tmp_path / "a.xlsx", number(1)), DAY)
    other = ledger(tmp_path / "b.xlsx", number(1), number(2), 执行标的额="2000")
    result = import_ledger(court.who("centre"), other, DAY)
    assert result.duplicates == [{"row": 2, "why": "same case, another claim amount"}]
    assert result.imported == 1
    amounts = dict(iter(db.session.execute(select(Case.number, Case.claim_fen))))
    assert amounts == {number(1): 100_000, number(2): 200_000}


@pytest.mark.parametrize("table", ["parties", "trail"])
def test_a_fault_in_the_middle_leaves_nothing(court: Court, tmp_path: Path, table: str) -> None:
    path = ledger(tmp_path / "a.xlsx", *(number(n) for n in range(1, 2501)))
    before = everything()
    break_after(table, 1500 if table == "parties" else 1800)
    with pytest.raises(Exception, match="disk full"):
        import_ledger(court.who("filing"), path, DAY)
    assert everything() == before


def break_after(table: str, rows: int) -> None:
    """The database refuses every row of the table beyond so many."""
    session = db.session
    if session.get_bind().dialect.name == "sqlite":
        session.execute(
            text(
                f"CREATE TRIGGER broken BEFORE INSERT ON {table} "
                f"WHEN (SELECT count(*) FROM {table}) > {rows} "
                "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        )
    else:
        session.execute(
            text(
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF (SELECT count(*) FROM {table}) > {rows} THEN RAISE EXCEPTION 'disk full'; "
                "END IF; RETURN NEW; END $$"
            )
        )
        session.execute(
            text(
                f"CREATE TRIGGER broken BEFORE INSERT ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION broken()"
            )
        )
    session.commit()


def test_only_filing_and_centre_import(court: Court) -> None:
    for login in ("one", "chief", "supervisor", "system"):
        with pytest.raises(NotAllowed):
            import_ledger(court.who(login), SAMPLE, DAY)


def test_the_day_of_the_import_is_not_in_the_future(court: Court) -> None:
    tomorrow = at("2021-07-01")
    with pytest.raises(Invalid):
        import_ledger(court.who("filing"), SAMPLE, type(DAY)(tomorrow.at, DAY.recorded))


def test_without_a_centre_nothing_comes_in(court: Court, tmp_path: Path) -> None:
    court.team("执行指挥中心").active = False
    db.session.commit()
    with pytest.raises(Conflict):
        import_ledger(court.who("filing"), ledger(tmp_path / "a.xlsx", number(1)), DAY)
    assert everything()["Case"] == 0


# From the web: uploaded, previewed, confirmed ----------------------------------------------------

NOW = datetime(2021, 6, 30, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def small(tmp_path: Path) -> bytes:
    """Three cases, and a row of another court."""
    numbers = [number(1), number(2), "（2021）鲁1302执3号", number(3)]
    return ledger(tmp_path / "small.xlsx", *numbers).read_bytes()


def uploaded(court: Court, folder: Path, content: bytes) -> int:
    stream = BytesIO(content)
    return imports.upload(court.who("filing"), r"C:\台账.xlsx", stream, folder / "imports", DAY)


def state(import_id: int) -> LedgerImport:
    db.session.rollback()
    return db.session.get_one(LedgerImport, import_id)


def test_an_upload_is_previewed_confirmed_and_taken_in_by_the_job(
    court: Court, tmp_path: Path, small: bytes
) -> None:
    one = uploaded(court, tmp_path, small)
    assert (state(one).status, state(one).filename) == ("waiting", "台账.xlsx")
    imports.run(one, NOW)
    assert (state(one).status, state(one).result["imported"]) == ("previewed", 3)
    assert everything()["Case"] == 0
    imports.confirm(court.who("filing"), one, True, DAY)
    imports.run(one, NOW)
    done = state(one)
    assert (done.status, everything()["Case"]) == ("done", 3)
    assert done.result["rejected"] == [{"row": 4, "why": "court code"}]
    assert done.result["numbers"] == {"4": "（2021）鲁1302执3号"}


def test_a_run_may_come_twice(court: Court, tmp_path: Path, small: bytes) -> None:
    one = uploaded(court, tmp_path, small)
    imports.run(one, NOW)
    imports.run(one, NOW)
    imports.confirm(court.who("filing"), one, False, DAY)
    imports.run(one, NOW)
    before = everything()
    imports.run(one, NOW)
    assert everything() == before
    assert (state(one).status, state(one).result["imported"]) == ("done", 3)


def test_an_import_is_confirmed_once_after_its_preview_and_by_its_uploader(
    court: Court, tmp_path: Path, small: bytes
) -> None:
    one = uploaded(court, tmp_path, small)
    filing = court.who("filing")
    with pytest.raises(Conflict):
        imports.confirm(filing, one, False, DAY)
    imports.run(one, NOW)
    with pytest.raises(NotAllowed):
        imports.confirm(court.who("centre"), one, False, DAY)
    imports.confirm(filing, one, False, DAY)
    with pytest.raises(Conflict):
        imports.confirm(filing, one, False, DAY)


def test_a_killed_run_is_taken_up_again(court: Court, tmp_path: Path, small: bytes) -> None:
    one = uploaded(court, tmp_path, small)
    state(one).status = "running"
    db.session.commit()
    imports.run(one, NOW)
    assert state(one).status == "previewed"


def test_cases_that_came_in_between_preview_and_import_are_duplicates(
    court: Court, tmp_path: Path, small: bytes
) -> None:
    one, other = uploaded(court, tmp_path, small), uploaded(court, tmp_path, small)
    for import_id in (one, other):
        imports.run(import_id, NOW)
        imports.confirm(court.who("filing"), import_id, False, DAY)
    for import_id in (one, other):
        imports.run(import_id, NOW)
    assert (state(one).result["imported"], state(other).result["imported"]) == (3, 0)
    assert everything()["Case"] == 3


def test_a_file_that_is_no_workbook_is_told_so(court: Court, tmp_path: Path) -> None:
    one = uploaded(court, tmp_path, b"hello")
    imports.run(one, NOW)
    assert state(one).status == "failed"
    assert "不是 xlsx 工作簿" in state(one).failure


def test_an_empty_file_is_refused_at_once(court: Court, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        uploaded(court, tmp_path, b"")
    assert not (tmp_path / "imports").exists()


def test_a_fault_in_the_job_is_told_and_leaves_nothing(
    court: Court, tmp_path: Path, small: bytes
) -> None:
    one = uploaded(court, tmp_path, small)
    imports.run(one, NOW)
    imports.confirm(court.who("filing"), one, False, DAY)
    before = everything()
    break_after("grams", 2)
    with pytest.raises(Exception, match="disk full"):
        imports.run(one, NOW)
    assert everything() == before
    assert (state(one).status, state(one).failure) == ("failed", imports.BROKEN.dumps())


def test_the_rows_turned_away_come_back_as_a_workbook_with_a_reason(
    court: Court, tmp_path: Path, small: bytes
) -> None:
    one = uploaded(court, tmp_path, small)
    with pytest.raises(NotFound):
        imports.rejects(court.who("filing"), one, BytesIO())
    imports.run(one, NOW)
    target = BytesIO()
    assert imports.rejects(court.who("filing"), one, target) == "台账-未导入.xlsx"
    rows = list(openpyxl.load_workbook(target).active.iter_rows(values_only=True))
    assert rows[0] == (*HEADINGS, "原因", "原行号")
    assert [row[-2:] for row in rows[1:]] == [("法院代字与本院不符", "4")]


def test_progress_is_noted_while_it_runs(court: Court, tmp_path: Path, small: bytes) -> None:
    one = uploaded(court, tmp_path, small)
    imports.run(one, NOW)
    assert (state(one).progress, state(one).total) == (4, 4)
