"""Is a proxy believed, and nobody else? Addresses, TLS, a UKey's certificate."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from linshu.services import factors, people
from linshu.store.db import db
from linshu.store.doors import Visit
from tests.court import Court, at
from tests.web.test_visits import knock
from tests.web.visits import Visitor, stranger

KEY = "a1" * 20
SPOOFED = {
    "X-Forwarded-For": "203.0.113.5, 10.9.9.9",
    "X-Forwarded-Proto": "https",
    "X-Client-Certificate": KEY,
}


@pytest.fixture
def one_time(court: Court) -> str:
    """Of the supervisor, who has a UKey."""
    admin, person = court.who("admin"), court.who("supervisor").person_id
    factors.set_certificate(admin, person, KEY, at("2026-11-23"))
    return people.reset_password(admin, person, at("2026-11-23"))


def enter(app: Flask, password: str, peer: str, **headers: str) -> Visitor:
    visitor = stranger(app)
    names = {f"HTTP_{name.upper().replace('-', '_')}": said for name, said in headers.items()}
    names |= {"HTTP_REFERER": "https://localhost/login"}  # TLS: a form's token wants it too
    visitor.client.environ_base.update(REMOTE_ADDR=peer, **names)
    knock(visitor, "supervisor", password)
    return visitor


def last_visit() -> Visit:
    db.session.rollback()
    return db.session.scalars(select(Visit).order_by(Visit.id.desc()).limit(1)).one()


@pytest.mark.parametrize("proxy", ["", "10.0.0.1", "10.0.0.1,10.0.0.2"])
def test_a_stranger_s_headers_change_nothing(
    app: Flask, court: Court, one_time: str, proxy: str
) -> None:
    app.config["LINSHU_PROXY"] = proxy
    visitor = enter(app, one_time, "10.0.0.7", **SPOOFED)
    assert (last_visit().address, last_visit().factored) == ("10.0.0.7", False)
    assert visitor.ask("/overview").location == "/factor"
    assert "没有收到" in visitor.get("/factor")


@pytest.mark.parametrize("peer", ["10.0.0.1", "10.0.0.2"])
def test_the_proxy_s_word_is_taken(app: Flask, court: Court, one_time: str, peer: str) -> None:
    app.config["LINSHU_PROXY"] = "10.0.0.1, 10.0.0.2"
    visitor = enter(app, one_time, peer, **SPOOFED)
    assert (last_visit().address, last_visit().factored) == ("10.9.9.9", True)
    assert visitor.ask("/overview").location == "/password"  # the factor was shown
    other = {**SPOOFED, "X-Client-Certificate": "b2" * 20}
    assert enter(app, one_time, peer, **other).ask("/overview").location == "/factor"


@pytest.mark.parametrize("hops", ["", "not an address", "10.0.0.7, unknown", "10.0.0.7,"])
def test_what_is_no_address_is_none(app: Flask, court: Court, one_time: str, hops: str) -> None:
    app.config["LINSHU_PROXY"] = "10.0.0.1"
    enter(app, one_time, "10.0.0.1", **{"X-Forwarded-For": hops})
    assert last_visit().address == "10.0.0.1"


def test_the_demo_is_not_reached_through_a_proxy(app: Flask, court: Court) -> None:
    app.config.update(LINSHU_DEMO=True, LINSHU_PROXY="127.0.0.1")
    visitor = stranger(app)
    assert "演示身份" in visitor.get("/login")
    visitor.client.environ_base["HTTP_X_FORWARDED_FOR"] = "10.0.0.7"
    assert "演示身份" not in visitor.get("/login")
