"""Is a debtor's property followed from the clue to the money, and does nothing lapse unseen?"""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.rules.policy import parse, published_text
from linshu.rules.property import Status
from linshu.services import claiming, property
from linshu.services.errors import Invalid, NotFound, Refused
from linshu.services.property import Done, NewHolding
from linshu.store import countdowns, lists, nodes
from linshu.store import property as kept
from linshu.store.cases import Action, Party
from linshu.store.db import db
from linshu.store.work import Holding
from tests.court import Court, at
from tests.test_pauses import trail_of
from tests.web.visits import entered, plain, row_of

WHEN, DAY = at("2026-11-23"), date(2026, 11, 23)


@pytest.fixture
def case_id(court: Court) -> int:
    (found,) = court.file_many(1, "2026-11-02", simple=True)
    claiming.claim(court.who("quick"), found, None, at("2026-11-03"))
    return found


def debtor(case_id: int) -> int:
    query = select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    return db.session.scalars(query).one()


def found(court: Court, case_id: int, kind: str = "vehicle", **facts: object) -> int:
    new = NewHolding(debtor(case_id), kind, "鲁Q00001 轿车", **facts)
    return property.found(court.who("quick"), case_id, None, new, WHEN)


def act(court: Court, case_id: int, holding: int, key: str, until: str = "", **facts) -> None:
    facts = {"until_on": date.fromisoformat(until) if until else None, **facts}
    facts.setdefault("happened_at", WHEN.at)
    done = Done(key, "(2026)裁1号", **facts)
    property.act(court.who("quick"), case_id, holding, done, WHEN)


def thing(holding_id: int) -> Holding:
    db.session.rollback()
    return db.session.get_one(Holding, holding_id)


def rows(case_id: int) -> dict[str, date | None]:
    return {line.row: line.due_on for line in countdowns.of_case(db.session(), case_id)}


def test_from_the_clue_to_the_money(court: Court, case_id: int) -> None:
    holding = found(court, case_id, clue=True)
    assert thing(holding).status == Status.CLUE
    assert rows(case_id)["clue_check"] == date(2026, 11, 30)
    act(court, case_id, holding, "confirm")
    act(court, case_id, holding, "seize", "2028-11-23", queue=1)
    assert (thing(holding).until_on, thing(holding).queue) == (date(2028, 11, 23), 1)
    act(court, case_id, holding, "renew", "2028-11-22", queue=0)
    act(court, case_id, holding, "appraise", value_fen=5_000_000)
    act(court, case_id, holding, "sell", value_fen=4_200_000)
    over = thing(holding)
    assert (over.status, over.value_fen, over.until_on) == (Status.SOLD, 4_200_000, None)
    statuses = [entry["after"] for entry in trail_of(case_id) if "holding." in entry["tag"]]
    assert [one["status"] for one in statuses] == [
        *("clue", "found", "controlled", "controlled", "appraised", "sold")
    ]
    case = court.case(case_id)
    assert {"clue_checked", "seizure", "auction_confirmed"} <= set(
        nodes.happened(db.session(), case)
    )


def test_a_seizure_runs_out_where_it_says_and_its_renewal_meets_it(
    court: Court, case_id: int
) -> None:
    first, other = found(court, case_id), found(court, case_id, "deposit")
    act(court, case_id, first, "impound", "2027-06-01")
    act(court, case_id, other, "freeze_deposit", "2027-05-01")
    act(court, case_id, first, "renew", "2027-12-01")  # its own limit, not the first to end
    due = sorted(
        line.due_on
        for line in countdowns.of_case(db.session(), case_id)
        if line.row == "seizure" and not line.met_at
    )
    assert due == [date(2027, 5, 1), date(2027, 12, 1)]
    act(court, case_id, other, "release")
    assert thing(other).until_on is None
    tell = parse(published_text()).countdowns["seizure"].days
    assert tell[:3] == (60, 30, 7)


def test_beyond_the_law_without_an_end_or_a_value_is_refused(court: Court, case_id: int) -> None:
    holding = found(court, case_id, "deposit")
    with pytest.raises(Invalid, match=r"2027-11-23.*第四百八十五条"):
        act(court, case_id, holding, "freeze_deposit", "2027-11-24")
    with pytest.raises(Invalid):
        act(court, case_id, holding, "freeze_deposit")
    with pytest.raises(Invalid, match="已查明状态"):
        act(court, case_id, holding, "sell", value_fen=1)
    act(court, case_id, holding, "freeze_deposit", "2027-11-23")
    with pytest.raises(Invalid):
        act(court, case_id, holding, "transfer")
    with pytest.raises(NotFound):
        act(court, case_id, holding, "steal")
    with pytest.raises(Invalid):
        found(court, case_id, "castle")
    assert thing(holding).status == Status.CONTROLLED
    assert len(db.session.scalars(select(Action)).all()) == 1


def test_only_who_holds_the_case_and_only_its_own_debtors(court: Court, case_id: int) -> None:
    holding = found(court, case_id)
    done = Done("seize", "裁定", WHEN.at, date(2027, 1, 1))
    for login in ("one", "supervisor", "system", "quick-lead"):
        if login != "quick-lead":
            with pytest.raises(Refused):
                property.act(court.who(login), case_id, holding, done, WHEN)
    other = court.file_many(1, "2026-11-02", simple=True)[0]
    with pytest.raises(NotFound):
        property.act(court.who("quick"), other, holding, done, WHEN)
    with pytest.raises(NotFound):
        new = NewHolding(debtor(other), "vehicle", "别人的车")
        property.found(court.who("quick"), case_id, None, new, WHEN)


def test_the_register_is_sorted_by_what_lapses_next_within_one_s_scope(
    app: Flask, court: Court, case_id: int
) -> None:
    ends = ("2027-03-01", "2026-12-01", "2027-01-10")
    things = [found(court, case_id) for _ in ends]
    for holding, until in zip(things, ends, strict=True):
        act(court, case_id, holding, "seize", until)
    who = court.who("quick")
    scope = lists.scope_of(db.session(), court.id, who.role, who.team_id)
    page = kept.page(db.session(), scope, kept.CONTROLLED, DAY, 1)
    assert [line.holding.id for line in page.rows] == [things[1], things[2], things[0]]
    assert kept.count(db.session(), scope, kept.LAPSING, date(2027, 1, 22)) == 2
    assert "鲁Q00001" in entered(app, court, "quick").get("/property")
    assert "没有这样的财产" in entered(app, court, "one").get("/property")
    entered(app, court, "audit").get("/property", 403)


def test_the_screens_of_a_thing(app: Flask, court: Court, case_id: int) -> None:
    quick = entered(app, court, "quick")
    url, seq = f"/cases/{case_id}/property", court.stint(case_id).seq
    words = {"seq": seq, "party": debtor(case_id), "kind": "real_estate", "name": "房屋一处"}
    assert "房屋一处" in quick.sent(url, words | {"value": "50万元"})
    quick.sent(url, words | {"name": " "}, 422)
    done = {"seq": seq, "act": "seize", "document": "(2026)裁1号"}
    done |= {"happened_at": "2026-11-23T09:00", "until_on": "2030-01-01"}
    assert "最迟至 2029-11-23" in quick.sent(f"{url}/1", done, 422)
    page = quick.sent(f"{url}/1", done | {"until_on": "2029-01-01"})
    assert "已查控" in row_of(page, "房屋一处") and "500,000.00" in row_of(page, "房屋一处")
    page = quick.sent(f"{url}/1/aside", {"seq": seq, "reason": "唯一住房。"})
    assert "唯一住房。" in plain(page)
    quick.get(f"{url}/99", 404)
