"""What do the browser tests share? A house and a Chromium a worker, a fresh profile a visitor."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from linshu.store import queries
from tests.browser.house import House, listening, served
from tests.browser.visitor import Visitor
from tests.conftest import application
from tests.court import Court
from tests.left_out import CHROMIUM

QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1366, "height": 768}
Enter = Callable[..., Visitor]


@pytest.fixture(scope="session")
def one_house(
    sqlite_template: Path, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(sqlite_template.with_name("founded.db"), folder / "linshu.db")
    with (
        application(f"sqlite:///{folder / 'linshu.db'}", folder, valkey_url) as app,
        served(app, Court(queries.court_ids()[0]), valkey_url) as house,
    ):
        yield house


@pytest.fixture
def house(one_house: House) -> Iterator[House]:
    """The court of house.py, behind its server, its application the current one."""
    with one_house.app.app_context():
        listening(one_house)
        yield one_house


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The Chromium of this machine, asked to keep to itself."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIETLY))
    yield browser
    browser.close()


@pytest.fixture
def enter(house: House, chromium: Browser) -> Iterator[Enter]:
    """``enter("one")``: before the screen, past the door; ``enter()``: before the door.

    Afterwards nothing may have gone wrong in any browser that the test opened."""
    visitors: list[Visitor] = []

    def one(login: str | None = None, language: str = "zh", **options: object) -> Visitor:
        context = chromium.new_context(**{"viewport": DESKTOP, "locale": "zh-CN", **options})
        if login:
            ticket = {"name": "linshu", "value": house.ticket(login, language), "url": house.url}
            context.add_cookies([ticket])
        visitors.append(Visitor(context, house.url))
        return visitors[-1]

    yield one
    faults = [fault for visitor in visitors for fault in visitor.faults]
    for visitor in visitors:
        visitor.context.close()
    assert not faults, "\n".join(faults)
