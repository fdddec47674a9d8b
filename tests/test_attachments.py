"""Is what people bring kept as it is, told, struck out and never lost?"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from linshu.rules.papers import MOST_ATTACHMENT
from linshu.services import attachments, claiming, replay
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from linshu.store import papers, shelf, vault
from linshu.store.books import TrailEntry
from linshu.store.db import db, transaction
from linshu.store.papers import Attachment
from tests.court import Court, at
from tests.test_pauses import trail_of

WHEN = at("2026-11-23", 10)
PDF = b"%PDF-1.7 the debtor's account"


@pytest.fixture
def case_id(court: Court) -> int:
    (found,) = court.file_many(1, "2026-11-16", simple=True)
    claiming.claim(court.who("quick"), found, None, at("2026-11-17"))
    return found


def add(
    court: Court, case_id: int, name: str = "流水.pdf", content: bytes = PDF, who: str = "quick"
) -> int:
    words = "申请人提交"
    return attachments.add(court.who(who), case_id, None, "evidence", name, words, content, WHEN)


def test_what_was_brought_is_handed_out_byte_for_byte(
    court: Court, case_id: int, tmp_path: Path
) -> None:
    one = add(court, case_id, "../流水\u202e.pdf")
    row, content = attachments.content(court.who("supervisor"), case_id, one)
    assert (row.name, row.type, row.size, content) == ("流水.pdf", "pdf", len(PDF), PDF)
    (path,) = (tmp_path / "files").glob("*/*")
    assert path.name == row.digest and PDF not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    (told,) = (one["data"] for one in trail_of(case_id) if one["tag"] == "attachment.added")
    assert told["file"] == row.digest and "流水" not in str(told)
    assert next(iter(replay.compared(court.id, case_ids=[case_id]))).agrees


def test_the_same_bytes_are_one_file_and_stand_in_a_case_once(
    court: Court, case_id: int, tmp_path: Path
) -> None:
    (other,) = court.file_many(1, "2026-11-16", simple=True)
    one = add(court, case_id)
    add(court, other, "another.pdf")
    assert len(list((tmp_path / "files").glob("*/*"))) == 1
    with pytest.raises(Invalid, match=f"#{one}"):
        add(court, case_id, "again.pdf")
    attachments.strike(court.who("quick"), case_id, None, one, "传错了案件", WHEN)
    assert add(court, case_id, "again.pdf") != one


def test_it_is_struck_out_once_with_a_reason_and_its_file_stays(court: Court, case_id: int) -> None:
    one = add(court, case_id)
    with pytest.raises(Invalid):
        attachments.strike(court.who("quick"), case_id, None, one, " ", WHEN)
    with pytest.raises(NotAllowed):
        attachments.strike(court.who("clerk"), case_id, None, one, "x", WHEN)
    attachments.strike(court.who("quick"), case_id, None, one, "传错了案件", WHEN)
    with pytest.raises(Conflict, match="2026-11-23"):
        attachments.strike(court.who("quick"), case_id, None, one, "又一次", WHEN)
    (line,) = papers.attachments(db.session(), case_id)
    assert line.strike is not None and line.strike.reason == "传错了案件"
    assert attachments.content(court.who("quick"), case_id, one)[1] == PDF
    compared = next(iter(replay.compared(court.id, case_ids=[case_id])))
    assert compared.agrees and compared.state["attachments"][one]["status"] == "struck"


def test_only_who_holds_the_case_brings_and_only_who_sees_it_gets(
    court: Court, case_id: int
) -> None:
    one = add(court, case_id)
    for login, refusal in (("one", NotFound), ("chief", NotAllowed), ("supervisor", NotAllowed)):
        with pytest.raises(refusal):
            add(court, case_id, content=b"%PDF-2", who=login)
    (other,) = court.file_many(1, "2026-11-16", simple=True)
    for login, case in (("one", case_id), ("quick", other)):
        with pytest.raises(NotFound):
            attachments.content(court.who(login), case, one)
    with pytest.raises(NotFound):
        attachments.strike(court.who("quick"), other, None, one, "x", WHEN)


def test_what_will_not_do_is_refused_whatever_it_is_called(court: Court, case_id: int) -> None:
    refused = {"a.html": b"<html>", "a.pdf": b"MZ\0", "a.exe": PDF, "...": PDF, "b.pdf": b""}
    for name, content in refused.items():
        with pytest.raises(Invalid):
            add(court, case_id, name, content)
    with pytest.raises(Invalid, match="20 MB"):
        add(court, case_id, "a.pdf", PDF + b"\0" * MOST_ATTACHMENT)
    with pytest.raises(Invalid):
        attachments.add(court.who("quick"), case_id, None, "x", "a.pdf", "", PDF, WHEN)
    assert db.session.scalars(select(func.count()).select_from(Attachment)).one() == 0


def test_a_full_disk_leaves_nothing_half(court: Court, case_id: int, tmp_path: Path) -> None:
    entries = select(func.count()).select_from(TrailEntry)
    before = db.session.scalars(entries).one()
    (tmp_path / "no-folder").write_text("a file in its place")
    shelf.hang(tmp_path / "no-folder")
    with pytest.raises(Unavailable):
        add(court, case_id)
    db.session.rollback()
    assert db.session.scalars(entries).one() == before
    assert papers.attachments(db.session(), case_id) == []


def test_a_file_that_no_row_names_does_no_harm(court: Court, case_id: int) -> None:
    with pytest.raises(RuntimeError, match="the machine stopped"), transaction():
        digest = shelf.keep(PDF)
        raise RuntimeError("the machine stopped")
    assert shelf.there(digest) and papers.kept(db.session(), court.id) == []
    assert attachments.content(court.who("quick"), case_id, add(court, case_id))[1] == PDF


def test_a_new_key_is_taken_up_by_the_files_too(court: Court, case_id: int, tmp_path: Path) -> None:
    add(court, case_id)
    (path,) = (tmp_path / "files").glob("*/*")
    new = vault.ring().rotate()
    assert shelf.reseal() == (1, 0) and shelf.reseal() == (0, 0)
    assert path.read_bytes().startswith(new.name.encode())
    assert shelf.content(path.name) == PDF
