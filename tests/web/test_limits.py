"""How fast may one knock? The limits hold for a name, for an address, and across processes."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from app import create_app
from config import Settings
from tests.conftest import NOW
from tests.court import Court
from tests.web.visits import said, stranger


def knocks(app: Flask, count: int, login: str = "nobody", address: str = "10.0.0.7") -> list[int]:
    """What each of that many tries is answered with; a {n} in the name is the try's number."""
    visitor, answers = stranger(app), []
    visitor.client.environ_base["REMOTE_ADDR"] = address
    for n in range(count):
        words = {"login": login.format(n=n), "password": "wrong"}
        answers.append(visitor.post("/login", words, at="/login").status_code)
    return answers


def test_ten_a_minute_for_a_name(app: Flask, court: Court) -> None:
    assert knocks(app, 11) == [422] * 10 + [429]
    assert knocks(app, 1, "NOBODY ", "10.0.0.8") == [429]
    assert knocks(app, 1, "another") == [422]


def test_thirty_a_minute_from_an_address(app: Flask, court: Court) -> None:
    assert knocks(app, 31, "name-{n}") == [422] * 30 + [429]
    assert knocks(app, 1, "name-x", "10.0.0.8") == [422]


def test_too_many_is_a_page_of_the_house(app: Flask, court: Court) -> None:
    knocks(app, 10)
    answer = stranger(app).post("/login", {"login": "nobody", "password": "x"}, at="/login")
    assert answer.status_code == 429 and "操作过于频繁" in said(answer)


def of_redis(database_url: str, folder: Path, redis_url: str) -> Flask:
    """An application as it runs in a court: its counters are in Redis."""
    settings = Settings(folder, "only for tests", database_url, redis_url, clock=lambda: NOW)
    return create_app(settings)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_limits_hold_across_two_applications(
    database_url: str, court: Court, tmp_path: Path, valkey_url: str
) -> None:
    Redis.from_url(valkey_url).flushall()
    one, two = (of_redis(database_url, tmp_path, valkey_url) for _ in range(2))
    assert knocks(one, 6) == [422] * 6
    assert knocks(two, 5) == [422] * 4 + [429]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_redis_each_counts_for_itself(
    database_url: str, court: Court, tmp_path: Path
) -> None:
    alone = of_redis(database_url, tmp_path, f"unix://{tmp_path}/nobody-there.sock")
    assert knocks(alone, 11) == [422] * 10 + [429]
