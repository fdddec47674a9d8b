"""代录: does everything that a clerk enters for an officer bear both names?"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from linshu.rules.measures import Standing
from linshu.services import claiming, correcting, measures, property, recording
from linshu.services.errors import Invalid
from linshu.services.measures import NewMeasure
from linshu.services.property import Done, NewHolding
from linshu.services.recording import NewAction
from linshu.store.cases import Action, Party
from linshu.store.db import db
from tests.court import ONE, Court, at
from tests.test_pauses import trail_of

DAY = "2026-03-04"


@pytest.fixture
def case_id(court: Court) -> int:
    """A case of the first intensive team, claimed by its executor."""
    while True:
        found = court.file("2026-03-02", resumed=True)
        if court.stint(found).team_id == court.team(ONE).id:
            break
    claiming.claim(court.who("one"), found, None, at("2026-03-02", 10))
    return found


def debtor(case_id: int) -> int:
    query = select(Party.id).where(Party.case_id == case_id, Party.role == "debtor")
    return db.session.scalars(query).one()


def signed(case_id: int, tag: str) -> list[tuple[str, str | None]]:
    """Who recorded, and for whom."""
    return [(e["by"], e["behalf"]) for e in trail_of(case_id) if e["tag"] == tag]


def test_property_and_measures_bear_both_names(court: Court, case_id: int) -> None:
    clerk, officer = court.who("clerk"), court.who("one").person_id
    clue = NewHolding(debtor(case_id), "vehicle", "货车", clue=True, behalf_id=officer)
    property.found(clerk, case_id, None, clue, at(DAY))
    new = NewHolding(debtor(case_id), "vehicle", "轿车", behalf_id=officer)
    holding = property.found(clerk, case_id, None, new, at(DAY))
    seized = Done("seize", "裁1号", at(DAY, 10).at, date(2027, 3, 3), behalf_id=officer)
    property.act(clerk, case_id, holding, seized, at(DAY, 11))
    searched = NewMeasure(debtor(case_id), "asset_search", "查1号", behalf_id=officer)
    measures.note(clerk, case_id, None, searched, Standing.DONE, date(2026, 3, 4), at(DAY, 12))
    both = ("clerk", "one")
    for tag in ("holding.changed", "measure.noted"):
        assert signed(case_id, tag) == [both], tag
    for tag in ("holding.found", "case.recorded"):  # the clue and the seizure are acts too
        assert signed(case_id, tag) == [both, both], tag
    kept = db.session.scalars(select(Action.behalf_id).where(Action.case_id == case_id))
    assert set(kept) == {officer}


def test_nobody_records_for_another_team(court: Court, case_id: int) -> None:
    clerk, other = court.who("clerk"), court.who("two").person_id
    new = NewHolding(debtor(case_id), "vehicle", "轿车", behalf_id=other)
    searched = NewMeasure(debtor(case_id), "asset_search", "查1号", behalf_id=other)
    on = date(2026, 3, 4)
    with pytest.raises(Invalid, match="精二甲"):
        property.found(clerk, case_id, None, new, at(DAY))
    with pytest.raises(Invalid, match="精二甲"):
        measures.note(clerk, case_id, None, searched, Standing.DONE, on, at(DAY))


def test_a_correction_keeps_for_whom_it_was_recorded(court: Court, case_id: int) -> None:
    officer = court.who("one").person_id
    new = NewAction("call", "电话。", at(DAY).at, behalf_id=officer)
    action = recording.record(court.who("clerk"), case_id, None, new, at(DAY))
    right = NewAction("talk", "约谈。", at(DAY).at, behalf_id=officer)
    lead = court.who("lead-one")
    correcting.correct_action(lead, case_id, None, action, right, "录错", at(DAY, 12))
    assert signed(case_id, "case.corrected") == [("lead-one", "one")]
    other = NewAction("talk", "约谈。", at(DAY).at, behalf_id=court.who("two").person_id)
    last = db.session.scalars(select(Action.id).order_by(Action.id.desc())).first() or 0
    with pytest.raises(Invalid, match="精二甲"):
        correcting.correct_action(lead, case_id, None, last, other, "再改", at(DAY, 13))
