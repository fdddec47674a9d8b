"""Can a court read its numbers with their sources, and change one: checked, compared, dated?"""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.rules.policy import published_text
from linshu.store import writer
from linshu.store.books import TrailEntry
from linshu.store.db import db
from linshu.store.people import PolicyVersion
from tests.court import Court, at
from tests.web.visits import Visitor, entered, plain

BROWSER_ENDS = "\r\n"


QUICK = "quick          = { months = 1 }"


def version(name: str = "court-2", on: str = "2026-12-01", quick: str = QUICK) -> str:
    """The published text with another version, another date, another limit of quick."""
    text = published_text().replace('"linshu-2021"', f'"{name}"').replace(QUICK, quick)
    return text.replace("effective_on = 2000-01-01", f"effective_on = {on}")


def seen(text: str) -> dict[str, str]:
    """A form whose text is the one that the difference was shown of."""
    return {"document": text, "seen": hashlib.sha256(text.encode()).hexdigest()}


@pytest.fixture
def system(app: Flask, court: Court) -> Visitor:
    return entered(app, court, "system")


def versions() -> list[PolicyVersion]:
    db.session.rollback()
    return list(db.session.scalars(select(PolicyVersion).order_by(PolicyVersion.id)))


def test_everybody_reads_the_numbers_with_their_sources(app: Flask, court: Court) -> None:
    for login in ("one", "filing", "chief", "audit", "admin"):
        page = entered(app, court, login).get("/policy")
        assert "A §2.3 quick could not finish it" in page and "linshu-2021" in page
        assert "/policy/draft" not in page
        entered(app, court, login).get("/policy/draft", 403)
        assert entered(app, court, login).post("/policy/adopt").status_code == 403


def test_the_difference_is_shown_and_nothing_is_saved(system: Visitor) -> None:
    assert published_text() in system.get("/policy/draft")
    text = version(quick="quick = { days = 20 }").replace("\n", BROWSER_ENDS)
    page = system.sent("/policy/draft", {"document": text}, 200)
    assert "-quick          = { months = 1 }" in page and "+quick = { days = 20 }" in page
    assert "+intake" not in page and "采用" in page
    assert len(versions()) == 1


def test_every_fault_is_named_at_once(system: Visitor) -> None:
    text = version().replace("base = 1 ", "base = 0 ").replace("claim = 2", 'claim = "2"')
    text = text.replace("recusal  ", "a_ground_with_a_very_long_key")
    for url in ("/policy/draft", "/policy/adopt"):
        page = system.sent(url, {"document": text}, 422)
        assert "points.base:应在 1 至 1000 之间,现为 0" in page
        assert "working_days.claim:缺少,或者类型不对" in page
        assert "transfer.grounds.a_ground_with_a_very_long_key" in page
    assert len(versions()) == 1


@pytest.mark.parametrize(
    "text", ["not toml", "a = " + "[" * 5000, "a = " + "9" * 5000, "a = 1\rb = 2", "a = '\x01'"]
)
def test_what_is_no_policy_is_refused_and_stands_in_the_form(system: Visitor, text: str) -> None:
    page = system.sent("/policy/draft", {"document": text}, 422)
    assert "不是有效的 TOML" in page and text[:6] in page


def test_no_empty_and_no_endless_text(system: Visitor) -> None:
    system.sent("/policy/draft", {"document": ""}, 422)
    system.sent("/policy/adopt", {"document": "x" * 100_001}, 422)


def test_the_past_is_not_rewritten_and_a_name_is_taken_once(system: Visitor) -> None:
    page = system.sent("/policy/adopt", {"document": version(on="2026-11-22")}, 422)
    assert "生效日期不能早于今天" in page
    page = system.sent("/policy/adopt", {"document": version("linshu-2021")}, 422)
    assert "规则版本 linshu-2021 已存在" in page
    assert "已采用规则版本 court-2" in system.sent("/policy/adopt", seen(version()))
    system.sent("/policy/adopt", seen(version()), 422)
    assert len(versions()) == 2


def test_line_ends_are_the_court_s_not_the_browser_s(system: Visitor) -> None:
    text = version()
    system.sent("/policy/adopt", seen(text.replace("\n", BROWSER_ENDS)))
    assert versions()[-1].document == text
    last = select(TrailEntry.line).where(TrailEntry.tag == "policy.adopted")
    line = db.session.scalars(last.order_by(TrailEntry.id.desc())).first()
    assert writer.digest_of(text) in line


def test_a_version_holds_from_its_day_for_what_starts_then(
    app: Flask, court: Court, system: Visitor
) -> None:
    (running,) = court.file_many(1, "2026-11-23", simple=True)
    before = court.stint(running).due_on
    page = system.sent("/policy/adopt", seen(version(quick="quick = { days = 10 }")))
    assert "自 2026-12-01 起生效" in page and "待生效" in page
    (still_old,) = court.file_many(1, "2026-11-30", simple=True)
    (new,) = court.file_many(1, "2026-12-01", simple=True)
    assert str(court.stint(still_old).due_on) == "2026-12-30"
    assert str(court.stint(new).due_on) == "2026-12-11"
    assert court.stint(running).due_on == before
    app.config["LINSHU_CLOCK"] = lambda: at("2026-12-01").at
    page = plain(entered(app, court, "system").get("/policy"))
    assert "court-2 现行" in page and "速执 10 日" in page
