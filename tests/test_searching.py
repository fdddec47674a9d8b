"""Is a network search recorded with its sources, in one case and in many, each exactly once?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from linshu.services import people, searching
from linshu.services.errors import Invalid, NotAllowed
from linshu.services.people import NewPerson
from linshu.store import nodes, searches
from linshu.store.cases import Action
from linshu.store.db import db
from linshu.store.searches import Search
from linshu.store.writer import Doer
from tests.court import Court, at
from tests.test_pauses import trail_of

DAY = date(2026, 11, 20)
WHEN = at("2026-11-23")


@pytest.fixture
def case_id(court: Court) -> int:
    """A case at the command centre."""
    return court.file_many(1, "2026-11-02", simple=False)[0]


def search(court: Court, case_id: int, *sources: str, on: date = DAY, text: str = "均无") -> int:
    return searching.search(court.who("centre"), case_id, None, sources, on, text, WHEN)


def test_each_source_has_its_row_and_the_case_its_action(court: Court, case_id: int) -> None:
    number = search(court, case_id, "vehicles", "banks")
    action = db.session.get_one(Action, number)
    assert (action.kind, action.text) == ("network_search", "均无")
    assert action.happened_at == at(DAY, 0).at and action.recorded_at == WHEN.at
    rows = db.session.scalars(select(Search).order_by(Search.id)).all()
    assert [(row.source, row.searched_on, row.action_id) for row in rows] == [
        ("banks", DAY, number),
        ("vehicles", DAY, number),
    ]
    told = trail_of(case_id)[-1]["data"]
    assert (told["sources"], told["searched_on"]) == (["banks", "vehicles"], "2026-11-20")
    assert "network_search" in nodes.happened(db.session(), court.case(case_id))
    search(court, case_id, "banks", on=WHEN.on)
    assert searches.latest(db.session(), case_id) == {"banks": WHEN.on, "vehicles": DAY}


def test_in_dormant_care_it_is_the_search_of_that_care(court: Court) -> None:
    case_id = court.file_many(1, "2026-11-02", simple=False, filed="2026-08-03")[0]
    keeper = NewPerson("keeper", "终本甲", "dormant_keeper", None)
    people.add_people(court.id, [keeper], Doer("admin", "security_admin"), at("2026-01-05"))
    court.close(case_id, "终结本次执行程序", "2026-11-16", "centre")
    number = searching.search(court.who("keeper"), case_id, None, ["banks"], DAY, "无余额", WHEN)
    assert db.session.get_one(Action, number).kind == "dormant_search"
    with pytest.raises(NotAllowed):
        search(court, case_id, "banks", text="再查")


def test_what_cannot_have_been_is_refused(court: Court, case_id: int) -> None:
    for sources, on in (
        ((), DAY),
        (("castle",), DAY),
        (("banks",), date(2026, 11, 24)),
        (("banks",), date(2026, 11, 1)),
    ):
        with pytest.raises(Invalid):
            search(court, case_id, *sources, on=on)
    with pytest.raises(Invalid):
        search(court, case_id, "banks", text=" ")
    with pytest.raises(NotAllowed):
        searching.search(court.who("filing"), case_id, None, ["banks"], DAY, "无", WHEN)
    search(court, case_id, "banks", "vehicles")
    with pytest.raises(Invalid, match="完全相同"):
        search(court, case_id, "vehicles")
    assert len(db.session.scalars(select(Action)).all()) == 1
