"""Does the court's own message service hear of it, signed, once or again until it does?"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from config import webhook
from linshu.jobs import messages
from linshu.services import alerts, claiming, deliveries
from linshu.store import soundness
from linshu.store.clocks import Delivery
from linshu.store.db import db
from tests.court import Court, at

SECRET = "a secret that both sides know"
NOW = at("2026-02-04", 9).at


@dataclass
class Service:
    """A message service: what it heard, and what it will answer."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.heard.append((dict(self.headers), body))
            self.send_response(found.answers.pop(0) if found.answers else 204)
            self.send_header("Location", found.url)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Ear)
    found.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    messages.hang(found.url, SECRET)
    yield found
    messages.hang("", "")
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def queued(court: Court) -> int:
    """One case whose alert waits for two people."""
    case_id = court.file_many(1, "2026-01-05", simple=True)[0]
    claiming.claim(court.who("quick"), case_id, None, at("2026-01-06"))
    return alerts.raise_due(court.id, at("2026-02-04", 1), sends=True)


def row() -> Delivery:
    db.session.rollback()
    return db.session.query(Delivery).order_by(Delivery.id).first()


def test_each_alert_is_posted_with_a_signature_that_fits(queued: int, service: Service) -> None:
    assert messages.send_waiting(NOW) == {"delivered": queued, "failed": 0}
    headers, body = service.heard[0]
    stamp, proof = (part.split("=")[1] for part in headers["X-Linshu-Signature"].split(","))
    mine = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    said = json.loads(body)
    assert proof == mine and int(stamp) == int(NOW.timestamp())
    assert said["to"] == "quick" and said["due_on"] == "2026-02-05" and said["days_before"] == 1
    assert said["case"] == "（2026）鲁1329执1号" and "李四" not in body.decode()


def test_what_was_delivered_is_not_sent_again(queued: int, service: Service) -> None:
    messages.send_waiting(NOW)
    assert messages.send_waiting(NOW + timedelta(days=2)) == {"delivered": 0, "failed": 0}


@pytest.mark.parametrize("answer", [500, 404, 302])
def test_a_refused_message_comes_again_with_the_same_id(
    queued: int, service: Service, answer: int
) -> None:
    service.answers = [answer] * queued
    assert messages.send_waiting(NOW)["failed"] == queued
    assert messages.send_waiting(NOW)["delivered"] == 0  # not before its time
    assert row().last_error == f"HTTP {answer}"
    assert messages.send_waiting(NOW + timedelta(minutes=2))["delivered"] == queued
    ids = [headers["X-Linshu-Id"] for headers, _body in service.heard]
    assert ids[:queued] == ids[queued:]


def test_after_the_last_try_it_is_given_up_and_shown(
    court: Court, queued: int, service: Service
) -> None:
    now, service.answers = NOW, [500] * 100
    for _ in range(len(deliveries.PATIENCE)):
        messages.send_waiting(now)
        now += timedelta(days=1)
    assert soundness.given_up(db.session(), court.id) == queued
    assert messages.send_waiting(now) == {"delivered": 0, "failed": 0}


def test_nobody_there_is_a_failed_try(queued: int) -> None:
    messages.hang("http://127.0.0.1:9/", SECRET)
    try:
        assert messages.send_waiting(NOW)["failed"] == queued
    finally:
        messages.hang("", "")


def test_without_an_address_nothing_is_sent(queued: int) -> None:
    assert not messages.are_sent()
    assert messages.send_waiting(datetime.now().astimezone()) == {"delivered": 0, "failed": 0}


def test_an_address_needs_a_secret_and_a_scheme() -> None:
    assert webhook({}) == {"webhook_url": "", "webhook_secret": ""}
    for url, secret in (("http://x/", "short"), ("ftp://x/", SECRET)):
        with pytest.raises(SystemExit):
            webhook({"LINSHU_WEBHOOK_URL": url, "LINSHU_WEBHOOK_SECRET": secret})
