"""Is every look kept, with who, when and from where, and can nobody take it back?"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from linshu.rules.looks import KINDS_ZH, Kind
from linshu.services import readings
from linshu.store.books import Reading
from linshu.store.db import db, transaction
from tests.court import Court, at


def kept() -> list[Reading]:
    db.session.rollback()
    return list(db.session.scalars(select(Reading).order_by(Reading.id)))


def test_every_kind_has_a_name_and_fits_its_column() -> None:
    assert set(KINDS_ZH) == set(Kind)
    assert max(map(len, Kind)) <= Reading.__table__.c.kind.type.length


def test_a_look_says_who_when_at_what_and_from_where(court: Court) -> None:
    case_id = court.file("2026-11-02")
    when = at("2026-11-03", 10, 30)
    readings.note(court.who("one"), Kind.CASE, when, case_id=case_id, address="10.1.2.3")
    (row,) = kept()
    assert (row.by, row.role, row.kind) == ("one", "executor", "case")
    assert (row.case_id, row.read_at, str(row.read_on)) == (case_id, when.at, "2026-11-03")
    assert (row.address, row.words, row.court_id) == ("10.1.2.3", "", court.id)


def test_numbers_of_persons_are_masked_and_long_words_cut(court: Court) -> None:
    when = at("2026-11-03")
    readings.note(court.who("one"), Kind.SEARCH, when, words="110101199003070038")
    readings.note(court.who("one"), Kind.SEARCH, when, words="王" * 300)
    assert [row.words for row in kept()] == ["110101********0038", "王" * 200]


@pytest.mark.parametrize("change", [update(Reading).values(by="nobody"), delete(Reading)])
def test_nobody_takes_a_look_back(app: Flask, court: Court, change) -> None:
    readings.note(court.who("one"), Kind.SEARCH, at("2026-11-03"), words="张三")
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(change)
    assert len(kept()) == 1
