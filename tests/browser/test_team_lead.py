"""A team lead's day: giving out what nobody claimed, deciding what the team asks for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from linshu.services import transfers
from tests.browser.conftest import Enter
from tests.browser.house import TODAY, House
from tests.browser.visitor import Visitor
from tests.court import ONE, at

pytestmark = pytest.mark.browser


def asked(house: House, login: str, ground: str = "other") -> tuple[int, int]:
    """A case of that person and the request for its early transfer."""
    case_id = house.case(ONE, login)
    seq = house.court.stint(case_id).seq
    who = house.court.who(login)
    return case_id, transfers.ask(who, case_id, seq, ground, "财产线索都在外地。", at(TODAY, 9, 5))


def waiting(visitor: Visitor, request_id: int) -> Locator:
    """The form under one request that waits for a decision."""
    button = visitor.page.locator(f"button[formaction$='/requests/{request_id}/refuse']")
    return visitor.page.locator("form").filter(has=button)


def listed(visitor: Visitor, number: str) -> Locator:
    """The row of a case in a list, on whichever of its pages it stands."""
    visitor.page.wait_for_load_state()
    while visitor.row(number).count() == 0:
        visitor.follow("下一页 →")
    return visitor.row(number)


def test_after_two_working_days_the_lead_gives_the_case_out(house: House, enter: Enter) -> None:
    early, late = house.case(ONE, on="2026-11-20"), house.case(ONE, on="2026-11-17")
    lead = enter("lead-one").goto("/team?tab=claimable")
    assert lead.row(house.number(early)).get_by_role("combobox").count() == 0
    row = lead.row(house.number(late))
    row.get_by_role("combobox").select_option(label="精一乙")
    row.get_by_role("button", name=f"指派 {house.number(late)}").click()
    assert "已指派" in lead.says
    lead.page.get_by_role("link", name="在办").click()
    expect(listed(lead, house.number(late))).to_contain_text("精一乙")


def test_a_request_is_approved_and_the_case_moves_with_its_points(
    house: House, enter: Enter
) -> None:
    case_id, request_id = asked(house, "one")
    lead = enter("lead-one").goto("/requests")
    lead.press("批准", waiting(lead, request_id))
    assert f"已处理申请 #{request_id}" in lead.says
    stint = house.court.stint(case_id)
    assert stint.stage == "lateral" and stint.team_id != house.court.team(ONE).id
    lead.goto(f"/cases/{case_id}?tab=points")
    assert "−1" in lead.says and "+1" in lead.says
    assert "您可以查看,不能写入" in lead.says or "您仍可补登移交前发生的行为" in lead.says


def test_a_refusal_needs_a_reason_and_the_case_stays(house: House, enter: Enter) -> None:
    case_id, request_id = asked(house, "one")
    lead = enter("lead-one").goto("/requests")
    with lead.refused(422):
        lead.press("驳回", waiting(lead, request_id))
    assert "请写明理由" in lead.says
    waiting(lead, request_id).get_by_label("理由").fill("线索尚未核实,请先核实。")
    lead.press("驳回", waiting(lead, request_id))
    assert f"已处理申请 #{request_id}" in lead.says
    assert house.court.stint(case_id).stage == "intensive"
    officer = enter("one").goto(f"/cases/{case_id}?tab=requests")
    assert "已驳回" in officer.says and "线索尚未核实,请先核实。" in officer.says


def test_nobody_decides_his_own_request(house: House, enter: Enter) -> None:
    _case_id, request_id = asked(house, "lead-one")
    lead = enter("lead-one").goto("/requests")
    assert f"#{request_id} ·" in lead.page.get_by_role("region", name="我的申请").inner_text()
    assert waiting(lead, request_id).count() == 0
    chief = enter("chief").goto("/requests")
    assert waiting(chief, request_id).count() == 1


def test_an_exempt_ground_waits_for_the_receiving_lead(house: House, enter: Enter) -> None:
    case_id, request_id = asked(house, "one", "recusal")
    lead = enter("lead-one").goto("/requests")
    lead.press("批准", waiting(lead, request_id))
    assert house.court.stint(case_id).stage == "intensive"
    receiver = enter("lead-two").goto("/requests")
    form = receiver.page.locator("form").filter(
        has=receiver.page.locator(f"button[formaction$='/requests/{request_id}/confirm']")
    )
    receiver.press("确认接收", form)
    assert house.court.stint(case_id).stage == "lateral"
    receiver.goto(f"/cases/{case_id}?tab=points")
    assert "还没有积分往来" in receiver.says
