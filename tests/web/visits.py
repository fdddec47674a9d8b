"""How does a test look at a screen? As somebody who has entered, through HTTP, with CSRF on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.court import Court

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Visitor:
    """Somebody before the screen."""

    client: FlaskClient

    def get(self, url: str, status: int = 200) -> str:
        """What a page says."""
        answer = self.open(url)
        assert answer.status_code == status, (url, answer.status_code)
        return unescape(answer.get_data(as_text=True))

    def open(self, url: str) -> TestResponse:
        """What an address answers."""
        for kept in list(g):  # who, which language, which token: the tests' one context
            g.pop(kept)  # outlives the request
        return self.client.get(url)

    def post(self, url: str, data: dict[str, object] | None = None, at: str = "/password"):
        """What a form answers; ``at``: the page it stands on."""
        token = TOKEN.search(self.get(at))
        assert token is not None
        answer: TestResponse = self.client.post(url, data={"csrf_token": token[1], **(data or {})})
        return answer


def entered(app: Flask, court: Court, login: str) -> Visitor:
    """A visitor of that login, behind the door."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = str(court.who(login).person_id)
        session["_fresh"] = True
        session["demo"] = True  # the one-time password need not be changed first
    return Visitor(client)


def rows(page: str) -> list[str]:
    """The text of each row of a page's tables, tags taken out."""
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in found]


def row_of(page: str, what: str) -> str:
    """The one row that mentions ``what``."""
    found = [row for row in rows(page) if what in row]
    assert len(found) == 1, (what, found)
    return found[0]
