"""Can people be brought into a case, leave it and be served, and is what is theirs masked?"""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.services import replay
from linshu.store.books import Reading
from linshu.store.cases import Case, Party
from linshu.store.db import db
from linshu.store.parties import Address
from tests.court import Court
from tests.test_personal import ID, PHONE, everything
from tests.web.test_intake import FORM
from tests.web.visits import HTMX, Visitor, entered, plain, rows, said

STREET, MAIL = "山东省临沭县某街 1 号", "lisi88@example.com"
SECRETS = {"address": STREET, "phone": PHONE, "electronic": MAIL}
MASKED = {"address": "山东省临****", "phone": "138****5678", "electronic": "li****@example.com"}
CONFIRMED = {"confirmed_on": "2026-11-20", "document": "送达地址确认书", **SECRETS}
HANDED = {
    "basis_kind": "调解书",
    "trial_court": "临沭县人民法院",
    "trial_team": "民一庭",
    "effective_on": "2026-10-01",
    "preservation": "(2026)鲁1329财保7",
    "seized-0-kind": "vehicle",
    "seized-0-name": "鲁Q00001 轿车",
    "seized-0-until_on": "2026-12-31",
    "seized-0-value": "8万元",
    "seized-1-kind": "deposit",
    "seized-1-name": "某行账户",
    "seized-1-of": "某某有限公司",
    "seized-1-until_on": "2027-01-15",
    "seized-1-queue": "1",
    "seized-2-kind": "movable",
    "addresses": f"李四 {STREET}\n",
    "confirmed_on": "2026-10-08",
}


@pytest.fixture
def case_id(court: Court) -> int:
    return court.file("2026-11-02")


@pytest.fixture
def centre(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "centre")


def party(name: str) -> Party:
    db.session.rollback()
    return db.session.scalars(select(Party).where(Party.name == name)).one()


def confirmed() -> int:
    db.session.rollback()
    return db.session.scalars(select(Address.id)).one()


def form(case_id: int, court: Court, **fields: object) -> dict[str, object]:
    return {"seq": court.stint(case_id).seq, **fields}


def test_a_representative_comes_is_shown_and_leaves(
    court: Court, centre: Visitor, case_id: int
) -> None:
    debtor, url = party("李四").id, f"/cases/{case_id}/parties"
    assert "增加当事人" in centre.get(f"/cases/{case_id}?tab=parties")
    new = form(case_id, court, role="representative", kind="agent", name="赵律师")
    new |= {"represents": debtor, "phone": PHONE}
    page = centre.sent(f"{url}/new", new, 422)
    assert "一般授权或者特别授权" in page and 'value="赵律师"' in page
    page = plain(centre.sent(f"{url}/new", {**new, "mandate": "special"}))
    assert "委托代理人(特别授权)" in page and "代理:李四" in page and PHONE not in page
    lawyer = party("赵律师").id
    assert "赵律师" in centre.sent("/cases/search", {"q": "赵律师"})
    gone = form(case_id, court, out_on="2026-11-20", reason="")
    assert "赵律师 退出" in centre.sent(f"{url}/{lawyer}/leave", gone, 422)
    page = plain(centre.sent(f"{url}/{lawyer}/leave", {**gone, "reason": "解除委托"}))
    assert "已退出" in page and "解除委托" in page
    assert centre.post(f"{url}/{lawyer}/leave", {**gone, "reason": "再次"}).status_code == 409
    log = plain(centre.get(f"/cases/{case_id}"))
    assert "增加代理人" in log and "赵律师" in log and "退出" in log and PHONE not in log
    (found,) = replay.compared(court.id, case_ids=[case_id])
    assert found.agrees


def test_a_kind_and_a_mandate_are_put_right(court: Court, centre: Visitor, case_id: int) -> None:
    url = f"/cases/{case_id}/parties"
    new = form(case_id, court, role="third", kind="outsider", name="孙八")
    centre.sent(f"{url}/new", new)
    one = f"{url}/{party('孙八').id}"
    page = centre.get(one)
    assert "案外人" in page and "代理权限" not in page
    right = form(case_id, court, name="孙八", kind="interested", reason="笔误")
    assert "利害关系人" in centre.sent(one, right) and party("孙八").kind == "interested"
    assert "类别" not in centre.get(f"{url}/{party('李四').id}")


def test_a_debtor_without_a_ruling_is_refused_with_the_article(
    court: Court, centre: Visitor, case_id: int
) -> None:
    new = form(case_id, court, role="debtor", name="周九")
    page = centre.sent(f"/cases/{case_id}/parties/new", new, 422)
    assert "变更、追加当事人规定第二十八条" in page
    new["ruling"] = "（2026）鲁1329执异1号"
    assert "周九" in centre.sent(f"/cases/{case_id}/parties/new", new)
    assert "周九" in centre.get(f"/cases/{case_id}/property")  # enforced against from now on
    leave = form(case_id, court, out_on="2026-11-23", reason="裁定撤销")
    centre.sent(f"/cases/{case_id}/parties/{party('周九').id}/leave", leave)
    assert "周九" not in centre.get(f"/cases/{case_id}/property")
    assert "周九" not in centre.get("/intake")


@pytest.mark.parametrize("field", SECRETS)
def test_an_address_is_masked_and_a_click_is_recorded(
    court: Court, centre: Visitor, case_id: int, field: str
) -> None:
    url = f"/cases/{case_id}/parties/{party('李四').id}/address"
    centre.sent(url, form(case_id, court, **CONFIRMED))
    tab = f"/cases/{case_id}?tab=parties"
    before = centre.get(tab)
    assert all(one in before for one in MASKED.values())
    assert not any(one in before for one in SECRETS.values())
    address = confirmed()
    reveal = f"/cases/{case_id}/addresses/{address}/reveal"
    page = said(centre.post(reveal, {"field": field}))
    assert [one for one in SECRETS if SECRETS[one] in page] == [field]
    part = said(centre.post(reveal, {"field": field}, headers=HTMX))
    assert SECRETS[field] in part and "<html" not in part
    assert not any(one in centre.get(tab) for one in SECRETS.values())
    db.session.rollback()
    looks = db.session.scalars(select(Reading).where(Reading.kind == "unmask")).all()
    assert len(looks) == 2
    for one in looks:
        assert MASKED[field] in one.words and SECRETS[field] not in one.words
        assert "李四" in one.words and one.by == "centre"
    for odd in ("", "document", "id_number", "case_id"):
        centre.sent(reveal, {"field": odd}, 404)


def test_only_within_one_s_scope_and_duty(app: Flask, court: Court, centre: Visitor) -> None:
    mine, other = court.file("2026-11-02"), court.file("2026-11-02")
    debtor = db.session.scalars(
        select(Party.id).where(Party.case_id == mine, Party.role == "debtor")
    ).one()
    centre.sent(f"/cases/{mine}/parties/{debtor}/address", form(mine, court, **CONFIRMED))
    address = confirmed()
    for login, status in (("one", 404), ("system", 403), ("audit", 403)):
        visitor = entered(app, court, login)
        visitor.sent(f"/cases/{mine}/addresses/{address}/reveal", {"field": "phone"}, status)
    centre.sent(f"/cases/{other}/addresses/{address}/reveal", {"field": "phone"}, 404)
    for part in ("leave", "address"):
        centre.get(f"/cases/{other}/parties/{debtor}/{part}", 404)
        centre.sent(f"/cases/{other}/parties/{debtor}/{part}", form(other, court), 404)
    strange = form(other, court, role="representative", kind="legal", name="赵", represents=debtor)
    centre.sent(f"/cases/{other}/parties/new", strange, 404)
    chief = entered(app, court, "chief")
    third = form(mine, court, role="third", kind="outsider", name="孙八")
    chief.sent(f"/cases/{mine}/parties/new", third, 403)


def test_a_case_comes_with_what_the_trial_side_handed_over(
    app: Flask, court: Court, centre: Visitor
) -> None:
    page = plain(centre.sent("/intake/file", {**FORM, **HANDED}))
    assert "已立案" in page
    case = db.session.scalars(select(Case)).one()
    assert (case.preserved, case.address_confirmed) == (True, True)
    assert case.preservation == "（2026）鲁1329财保7号"
    tab = plain(centre.get(f"/cases/{case.id}?tab=parties"))
    assert "审判团队:民一庭" in tab and "调解书" in tab and MASKED["address"] in tab
    things = plain(centre.get(f"/cases/{case.id}?tab=property"))
    assert "鲁Q00001 轿车" in things and "2026-12-31 剩 38 天" in things and "80,000.00" in things
    ends = [row for row in rows(centre.get(f"/cases/{case.id}?tab=countdowns")) if "查封" in row]
    assert len(ends) == 2 and any("剩 38 天" in row for row in ends)
    assert "鲁Q00001" in centre.get("/property")


@pytest.mark.parametrize(
    ("field", "written", "why"),
    [
        ("preservation", "财保", "保全案号不规范"),
        ("seized-0-until_on", "", "请写明期满日"),
        ("seized-0-name", "", "请写明财产名称"),
        ("seized-0-value", "很多", "无法识别"),
        ("seized-0-until_on", "2026-11-01", "早于立案日期"),
        ("seized-1-until_on", "2028-01-15", "第四百八十五条"),
        ("seized-1-of", "陌生人", "陌生人"),
        ("addresses", "陌生人 某街", "先写当事人的名称"),
        ("addresses", "李四", "先写当事人的名称"),
        ("effective_on", "2026-11-24", "生效日期"),
        ("seized-0-kind", "cattle", ""),
    ],
)
def test_what_the_trial_side_cannot_have_said(
    court: Court, centre: Visitor, field: str, written: str, why: str
) -> None:
    page = centre.sent("/intake/file", {**FORM, **HANDED, field: written}, 422)
    assert why in page and "<details open" in page and "民一庭" in page
    assert db.session.scalars(select(Case)).all() == []


def test_nothing_of_it_is_in_plain_in_any_table_or_log_line(
    court: Court, centre: Visitor, case_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"/cases/{case_id}/parties"
    new = form(case_id, court, role="third", kind="third", name="孙八", id_number=ID)
    centre.sent(f"{url}/new", new)
    debtor = party("李四").id
    centre.sent(f"{url}/{debtor}/address", form(case_id, court, **CONFIRMED))
    centre.sent(f"{url}/{debtor}/address", form(case_id, court, **{**CONFIRMED, "phone": "1"}), 422)
    centre.sent("/intake/file", {**FORM, **HANDED})
    for address in db.session.scalars(select(Address.id)).all():
        centre.post(f"/cases/{case_id}/addresses/{address}/reveal", {"field": "address"})
    whole = everything() + caplog.text
    assert "unmask" in whole and "address.confirmed" in whole
    for secret in (*SECRETS.values(), ID):
        assert secret not in whole, secret
