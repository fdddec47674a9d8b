"""How does a test look at a screen? As somebody who has entered, through HTTP, with CSRF on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from linshu.services import visits
from linshu.store.db import transaction
from linshu.store.people import Person
from linshu.store.writer import When
from tests.court import Court

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
HTMX = {"HX-Request": "true"}


@dataclass
class Visitor:
    """Somebody before the screen. Each request has a context of its own, as in the real thing."""

    client: FlaskClient

    def ask(self, url: str, **how: object) -> TestResponse:
        """What an address answers."""
        with self.client.application.app_context():
            return self.client.get(url, **how)

    def get(self, url: str, status: int = 200) -> str:
        """What a page says."""
        answer = self.ask(url)
        assert answer.status_code == status, (url, answer.status_code)
        return said(answer)

    def post(
        self,
        url: str,
        data: dict[str, object] | None = None,
        at: str = "/password",
        **how: object,
    ) -> TestResponse:
        """What a form answers; ``at``: the page it stands on."""
        return self.send(url, {**self.token(at), **(data or {})}, **how)

    def token(self, at: str = "/password") -> dict[str, str]:
        """What a form of that page carries so that it is taken."""
        token = TOKEN.search(self.get(at))
        assert token is not None
        return {"csrf_token": token[1]}

    def send(self, url: str, data: dict[str, object], **how: object) -> TestResponse:
        """What an address answers to these fields and no others."""
        with self.client.application.app_context():
            return self.client.post(url, data=data, **how)

    def sent(self, url: str, data: dict[str, object] | None = None, status: int = 303) -> str:
        """What a form answers with this status: the page it leads to, or the answer itself."""
        answer = self.post(url, data)
        assert answer.status_code == status, (url, answer.status_code, said(answer)[-2000:])
        while answer.status_code == 303:
            answer = self.ask(answer.location)
        return said(answer)


def said(answer: TestResponse) -> str:
    """The text of an answer; of a download, as much of it as is text."""
    return unescape(answer.get_data().decode("utf-8", "replace"))


def entered(app: Flask, court: Court, login: str) -> Visitor:
    """A visitor of that login, behind the door: with a password of his own, the second factor
    shown, and who he is proved just now."""
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(visiting(app, court.who(login).person_id))
    return Visitor(client)


def visiting(app: Flask, person_id: int) -> dict[str, object]:
    """What the cookie of somebody holds whose visit begins now, by the application's clock."""
    now = app.config["LINSHU_CLOCK"]()
    with transaction() as session:
        person = session.get_one(Person, person_id)
        person.must_change, person.password_set_at = False, now
        token = visits.open_visit(session, person, visits.Door(), When(now, now), factored=True)
    return {"_user_id": token, "_fresh": True}


def stranger(app: Flask) -> Visitor:
    """Somebody before the door."""
    return Visitor(app.test_client())


def rows(page: str) -> list[str]:
    """The text of each row of a page's tables, tags taken out."""
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.S)
    return [plain(row) for row in found]


def row_of(page: str, what: str) -> str:
    """The one row that mentions ``what``."""
    found = [row for row in rows(page) if what in row]
    assert len(found) == 1, (what, found)
    return found[0]


def plain(page: str) -> str:
    """A page, or a part of one, without its tags; runs of blanks are one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()
