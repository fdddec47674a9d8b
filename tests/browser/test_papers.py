"""Does an officer make a document and bring an attachment, and get both back as files?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from linshu.services import rendering
from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.visitor import Visitor
from tests.court import ONE

pytestmark = pytest.mark.browser


def taken(visitor: Visitor, link: Locator) -> tuple[str, bytes]:
    """What a link hands out: its name and its bytes."""
    with visitor.page.expect_download() as waiting:
        link.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_document_is_made_and_a_file_is_brought(
    house: House, enter: Enter, tmp_path: Path, scripts: bool
) -> None:
    case_id = house.case(ONE, "one", basis=f"（2025）鲁1329民初{20 + scripts}号")
    officer = enter("one", java_script_enabled=scripts).goto(f"/cases/{case_id}?tab=papers")
    officer.page.locator("summary", has_text="制作文书").click()
    officer.follow("执行通知书")
    officer.fill(duty="支付货款。", term="三日")
    officer.press("提交")
    row = officer.row("执行通知书").filter(has_text=re.compile("执通"))
    name, content = taken(officer, row.get_by_role("link"))
    assert name.endswith(".docx") and "支付货款。" in rendering.text_of(content)
    assert house.number(case_id) in rendering.text_of(content)
    officer.follow("上传附件")
    brought = tmp_path / "银行流水.pdf"
    brought.write_bytes(b"%PDF-1.7 statement")
    officer.page.locator("main [name=file]").set_input_files(brought)
    officer.fill(words="工商银行")
    officer.press("提交")
    link = officer.row("银行流水.pdf").get_by_role("link", name=re.compile("下载"))
    assert taken(officer, link) == ("银行流水.pdf", b"%PDF-1.7 statement")
    officer.row("银行流水.pdf").get_by_role("link", name=re.compile("作废")).click()
    officer.fill(reason="传错了。")
    officer.press("提交")
    expect(officer.row("银行流水.pdf")).to_contain_text("已作废")
