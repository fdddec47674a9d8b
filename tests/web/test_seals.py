"""Can a seal be looked at, printed and carried off, and by whom?"""

from __future__ import annotations

import io
import json
import re

import pytest
from flask import Flask

from linshu.rules import seals, verify
from linshu.services import exports, sealing
from linshu.store import signing
from linshu.store.db import db
from linshu.store.writer import Doer
from tests.court import Court, at
from tests.web.test_trail import tampered
from tests.web.visits import entered, rows


@pytest.fixture
def sealed(court: Court) -> Court:
    """Two cases, two days that were closed."""
    court.file_many(2, "2026-11-12", simple=True)
    for day in ("2026-11-13", "2026-11-16"):
        court.sweep(day)
    return court


@pytest.mark.parametrize("login", ["supervisor", "audit"])
def test_the_seals_are_listed_the_newest_first(app: Flask, sealed: Court, login: str) -> None:
    page = entered(app, sealed, login).get("/seals")
    found = rows(page)[1:]
    assert [row.split()[:2] for row in found] == [["2", "2026-11-15"], ["1", "2026-11-12"]]
    assert seals.grouped(signing.place().key.fingerprint) in found[0]
    sealing.rotate_key(Doer(), at("2026-11-17"))
    found = rows(entered(app, sealed, login).get("/seals"))[1:]
    assert "导出时" in found[0] and "移交" in found[0]


def test_before_the_first_day_was_closed(app: Flask, court: Court) -> None:
    assert "还没有封印" in entered(app, court, "audit").get("/seals")


def test_a_seal_on_paper_says_all_that_it_fixes(app: Flask, sealed: Court) -> None:
    visitor = entered(app, sealed, "audit")
    page = visitor.get("/seals/1")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    hash_ = next(sealing.lines(db.session(), sealed.id)).partition('"hash":"')[2][:64]
    assert seals.grouped(hash_) in text and "临沭县人民法院 鲁1329" in text
    assert "2026-11-12(周四)" in text and seals.grouped("0" * 64) in text
    assert "保管人签字" in text and "执1号" not in text
    visitor.get("/seals/3", 404)


@pytest.mark.parametrize("login", ["supervisor", "audit"])
def test_what_is_carried_off_checks_an_export(
    app: Flask, sealed: Court, login: str, tmp_path
) -> None:
    visitor = entered(app, sealed, login)
    answer = visitor.post("/seals/download")
    name = "seals-鲁1329-20261123-100000.jsonl"
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    lines = answer.data.decode().splitlines()
    assert [json.loads(line)["seal"]["seq"] for line in lines] == [1, 2, 3]
    assert ("执1号" in answer.data.decode()) == (login == "supervisor")  # 三员分立
    out = tmp_path / "trail.jsonl"
    exports.export_trail(sealed.id, out, Doer(), at("2026-11-23"))
    with out.open("rb") as export:
        key = signing.place().key.fingerprint
        verdict = verify.verify(export, io.BytesIO(answer.data), keys=[key])
    assert verdict.holds and verdict.proved
    assert f"导出封印 {name}。" in visitor.get("/trail?tag=seals.exported")


def test_one_that_was_broken_shows_among_the_others(app: Flask, sealed: Court) -> None:
    tampered("UPDATE seals SET line = replace(line, 'linshu-seal', 'linshu-lies') WHERE seq = 1")
    visitor = entered(app, sealed, "audit")
    found = rows(visitor.get("/seals"))[1:]
    assert "已损坏" in found[1] and "已损坏" not in found[0]
    assert "第 1 号封印已损坏" in visitor.get("/seals/1", 422)


@pytest.mark.parametrize("login", ["one", "lead-one", "chief", "president", "system", "filing"])
def test_others_see_no_seals(app: Flask, sealed: Court, login: str) -> None:
    visitor = entered(app, sealed, login)
    for path in ("/seals", "/seals/1"):
        visitor.get(path, 403)
    assert visitor.post("/seals/download").status_code == 403
