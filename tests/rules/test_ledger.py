"""A row of a ledger becomes a case, or says every reason why not; nothing is dropped silently."""

from collections.abc import Mapping
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linshu.rules import cells, columns, ledger
from linshu.rules.ledger import Facts, GoodRow, RejectedRow, read_row, verdicts
from linshu.rules.numbers import IdKind, NumberFault

ON = date(2021, 6, 30)
COURT = "鲁1329"
WHOLE: Mapping[str, object] = {
    "ordinal": 1,
    "number": "(2021)鲁1329执1号",
    "kind": "首次执行",
    "cause": "买卖合同纠纷",
    "filed_on": "2021-06-01",
    "applicants": "王芳、李强",
    "debtors": "张三；临沭某某有限公司",
    "debtor_ids": "11010519491231002x；91350100M000100Y43",
    "basis": "（2020）鲁1329民初1号民事判决书",
    "claim": "1.2万元",
    "preserved": "是",
    "cooperative": None,
    "handler": "孙法官",
    "remark": None,
}


def good(**cells: object) -> GoodRow:
    row = read_row({**WHOLE, **cells}, 3, ON, COURT)
    assert isinstance(row, GoodRow), row
    return row


def rejected(**cells: object) -> RejectedRow:
    row = read_row({**WHOLE, **cells}, 3, ON, COURT)
    assert isinstance(row, RejectedRow), row
    return row


def test_a_whole_row() -> None:
    row = good()
    assert (row.row, row.number.text, row.cause) == (3, "（2021）鲁1329执1号", "买卖合同纠纷")
    assert (row.filed_on, row.claim_fen) == (date(2021, 6, 1), 1_200_000)
    assert row.applicants == ("王芳", "李强")
    assert [(d.name, d.id_number, d.id_kind) for d in row.debtors] == [
        ("张三", "11010519491231002X", IdKind.IDENTITY),
        ("临沭某某有限公司", "91350100M000100Y43", IdKind.CREDIT),
    ]
    assert (row.preserved, row.cooperative, row.handler, row.remark) == (True, False, "孙法官", "")
    assert row.warnings == ()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"number": None}, "case number"),
        ({"number": "待编号"}, "case number"),
        ({"number": "（2021）鲁13X9执1号"}, "court code"),
        ({"filed_on": None}, "filing date"),
        ({"filed_on": "去年"}, "filing date"),
        ({"filed_on": "2021年2月30日"}, "filing date"),
        ({"filed_on": "2021-07-01"}, "filing date in the future"),
        ({"debtors": " "}, "no debtor"),
        ({"debtors": "无"}, "no debtor"),
        ({"claim": "见判决书"}, "claim amount"),
        ({"claim": -5000}, "claim amount"),
    ],
)
def test_each_reason(wrong: dict[str, object], why: str) -> None:
    row = rejected(**wrong)
    assert (row.why, row.all) == (why, (why,))
    assert why in ledger.REASONS_ZH


def test_every_reason_is_kept_and_the_first_is_named() -> None:
    row = rejected(number="民初1号", filed_on="x", debtors="", claim=0)
    assert row.why == "case number"
    assert row.all == ("case number", "filing date", "no debtor", "claim amount")
    assert row.written == "民初1号"


def test_a_case_filed_on_the_day_of_the_import_is_not_in_the_future() -> None:
    assert good(filed_on=ON).filed_on == ON


@pytest.mark.parametrize(
    ("cells", "warning"),
    [
        ({"debtor_ids": "110105194912310021；91350100M000100Y43"}, "identity number check digit"),
        ({"debtor_ids": "11010519491231002X；91350100M000100Y44"}, "identity number check digit"),
        ({"debtor_ids": "11010519491231002X"}, "identity number count"),
        ({"debtor_ids": "110105491231002；91350100M000100Y43"}, "identity number form"),
        ({"debtor_ids": "1.10105E+17；91350100M000100Y43"}, "identity number form"),
        ({"kind": "恢复执行"}, "case kind"),
        ({"preserved": "部分"}, "preserved unclear"),
        ({"cooperative": "拒接电话"}, "cooperative unclear"),
        ({"applicants": "王芳芳 李强"}, "party name"),
        ({"cause": "买" * 100}, "text too long"),
    ],
)
def test_a_warning_keeps_no_case_out(cells: dict[str, object], warning: str) -> None:
    row = good(**cells)
    assert row.warnings == (warning,)
    assert warning in ledger.REASONS_ZH


def test_an_unclear_yes_or_no_counts_as_no() -> None:
    assert good(preserved="部分").preserved is False


def test_unknown_numbers_are_no_warning() -> None:
    row = good(debtor_ids=None)
    assert [d.id_number for d in row.debtors] == ["", ""]
    assert row.warnings == ()


def test_a_gap_among_the_numbers_stays_a_gap() -> None:
    row = good(debtors="甲某、乙某、丙某", debtor_ids="；11010519491231002X；无")
    assert [d.id_number for d in row.debtors] == ["", "11010519491231002X", ""]
    assert row.warnings == ()


def test_a_column_in_wan() -> None:
    named = {field: cell for field, cell in WHOLE.items() if field != "claim"}
    row = read_row({**named, columns.CLAIM_IN_WAN: 1.2}, 3, ON, COURT)
    assert isinstance(row, GoodRow)
    assert row.claim_fen == 1_200_000


# Cells


@pytest.mark.parametrize(
    "written",
    [
        datetime(2019, 6, 1),
        datetime(2019, 6, 1, 8, 30),
        date(2019, 6, 1),
        "2019-06-01",
        "2019-6-1",
        "2019/6/1",
        " 2019.06.01 ",
        "2019．6．1",
        "20190601",
        "２０１９年６月１日",
        "2019 年 6 月 1 日",
        "2019-06-01 00:00:00",
        "2019-06-01T08:30",
        "2019年6月1日 8:30",
        20190601,
        43617,
        43617.75,
        "43617",
    ],
)
def test_a_date_however_written(written: object) -> None:
    assert cells.day(written) == date(2019, 6, 1)


@pytest.mark.parametrize(
    "written",
    [
        None, "", "去年", "19-6-1", "19年6月1日", "2019-06", "2019", 2019, 1, 0, -43617,
        "2019-13-05", "2019-02-29", "2019-6-12:30", "0201-06-01", "1899-12-31", 10_001, 1e300,
        float("nan"), True, time(8, 0), "2019-06/01", "2019-06-011", "二〇一九年六月",
        "９" * 40,
    ],
)  # fmt: skip
def test_what_is_no_date(written: object) -> None:
    with pytest.raises(NumberFault) as fault:
        cells.day(written)
    assert fault.value.code == "filing date"


FORMS = ("%Y-%m-%d", "%Y/%m/%d", " %Y.%m.%d ", "%Y%m%d", "%Y年%m月%d日")
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(days, st.sampled_from(FORMS), st.booleans(), st.booleans())
def test_any_writing_of_a_date_reads_back(on: date, form: str, short: bool, wide: bool) -> None:
    text = on.strftime(form)
    if short and form != "%Y%m%d":
        text = text.replace("-0", "-").replace("/0", "/").replace(".0", ".")
        text = text.replace("年0", "年").replace("月0", "月")
    if wide:
        text = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert cells.day(text) == on


@given(days, st.booleans(), st.sampled_from([int, float, str]))
def test_serial_numbers_of_both_systems(on: date, date1904: bool, kind: type) -> None:
    first = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
    assert cells.day(kind((on - first).days), date1904) == on


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("王芳", ("王芳",)),
        ("王芳、李强；张三;赵四", ("王芳", "李强", "张三", "赵四")),
        ("钱五，孙六,周七\n吴八", ("钱五", "孙六", "周七", "吴八")),
        ("王芳\r\n李强\n", ("王芳", "李强")),
        ("张\u3000三", ("张三",)),
        ("张三/李四", ("张三", "李四")),
        ("A/S工程公司", ("A/S工程公司",)),
        ("临沂某某（集团、山东）有限公司，李强", ("临沂某某（集团、山东）有限公司", "李强")),
        ("某某（分公司、李强", ("某某（分公司", "李强")),
        ("ABC Trading Co., Ltd.、李强", ("ABC Trading Co., Ltd.", "李强")),
        ("无", ()),
        ("", ()),
        (None, ()),
        ("王芳_x000D_\n李强", ("王芳", "李强")),
    ],
)  # fmt: skip
def test_parties_of_a_cell(written: object, names: tuple[str, ...]) -> None:
    assert cells.parties(written) == names


@given(
    st.lists(st.text("王李张赵临沭有限公司甲乙", min_size=2, max_size=8), min_size=1, max_size=6),
    st.sampled_from(["、", "，", ",", "；", ";", "\n", " 、 ", "；\n"]),
)
def test_any_parting_of_names_reads_back(names: list[str], sign: str) -> None:
    assert cells.parties(sign.join(names)) == tuple(names)


def test_yes_and_no() -> None:
    assert all(cells.yes(word) for word in ("是", " 有 ", "y", "Ｙ", "√", 1, 1.0, "1", "✓", True))
    assert all(cells.yes(word) is False for word in ("否", "无", "n", 0, "0", "×", "", None, False))
    assert cells.yes("部分") is None


# Columns and rows that are no entries


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("执行标的额(元)", "claim"),
        ("执行标的额（元）", "claim"),
        (" 执行 标的额\n〔元〕", "claim"),
        ("标的额（万元）", columns.CLAIM_IN_WAN),
        ("*案号", "number"),
        ("案 号", "number"),
        ("立案时间", "filed_on"),
        ("案号（必填）", "number"),
        ("电话", None),
        (None, None),
        (2021, None),
    ],
)
def test_headings(title: object, field: str | None) -> None:
    assert columns.heading(title) == field


@pytest.mark.parametrize(
    ("cells", "first", "left_out"),
    [
        ({"ordinal": None, "number": " "}, (None, "\u3000"), True),
        ({"ordinal": 12, "number": None}, (12, None), True),
        ({"ordinal": "合计", "number": "3000件", "claim": 1.5}, ("合计", "3000件"), True),
        ({"ordinal": None, "number": "总 计：", "claim": 1.5}, (None, "总 计："), True),
        ({"ordinal": "案号", "number": "案号", "debtors": "被执行人"}, ("序号", "案号"), True),
        ({"ordinal": 12, "number": None, "debtors": "张三"}, (12, None), False),
        ({"ordinal": 12, "number": None, "claim": 5}, (12, None), False),
        ({"ordinal": "合计", "number": None, "debtors": "张三"}, ("合计", None), False),
    ],
)
def test_rows_that_are_no_entries(
    cells: dict[str, object], first: tuple[object, ...], left_out: bool
) -> None:
    assert columns.is_left_out(cells, first) is left_out


@given(
    st.dictionaries(
        st.sampled_from(sorted(columns.HEADINGS)),
        st.one_of(st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(), days),
    )
)
def test_any_cells_at_all_get_a_verdict(cells: dict[str, object]) -> None:
    row = read_row(cells, 3, ON, COURT)
    assert isinstance(row, GoodRow) or row.why == row.all[0]


# The whole ledger


def test_duplicates_within_a_file() -> None:
    rows = [
        good(),
        good(applicants="李强；王芳"),
        good(claim="1.3万元", filed_on="2021-06-02"),
        good(filed_on="2021-06-02"),
        good(debtors="张三、李四"),
        good(applicants="王芳"),
        rejected(claim=0),
    ]
    found = verdicts(rows, {})
    assert (found.good, found.rejected) == ((rows[0],), (rows[6],))
    assert [(d.why, d.conflict) for d in found.duplicates] == [
        ("same case, same facts", False),
        ("same case, another claim amount", True),
        ("same case, another filing date", True),
        ("same case, another debtor", True),
        ("same case, another applicant", True),
    ]


def test_a_rejected_row_does_not_stand_in_the_way_of_a_good_one() -> None:
    assert verdicts([rejected(claim=0), good()], {}).good == (good(),)


def test_a_case_that_is_already_there() -> None:
    row = good()
    before = row.facts
    assert verdicts([row], {row.number.text: before}).duplicates[0].conflict is False
    other = Facts(before.filed_on, 1, before.applicants, before.debtors)
    found = verdicts([row], {row.number.text: other})
    assert (found.good, found.duplicates[0].why) == ((), "same case, another claim amount")


def test_brackets_and_blanks_of_a_name_are_no_other_facts() -> None:
    before = good(applicants="某某（山东）公司").facts
    assert ledger.compare(before, good(applicants="某某(山东) 公司").facts) == ledger.SAME


def test_what_the_importer_is_told() -> None:
    found = verdicts([good(), good(kind="恢复执行"), rejected(claim=0, debtors="")], {})
    assert found.claim_fen_total == 1_200_000
    assert found.warned == ()
    reasons = ledger.REASONS_ZH
    assert found.turned_away == {3: reasons["same case, same facts"]}
