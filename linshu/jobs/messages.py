"""How does the court's own message service hear of an alert? A signed POST, tried again.

``X-Linshu-Signature: t=<unix seconds>,v1=<hex>`` is HMAC-SHA256 with the shared secret over
``<t>.<body>``; ``X-Linshu-Id`` is the message's id, the same at every try. Off unless an address is
named.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linshu.services import deliveries

BATCH = 100
TIMEOUT = 10


@dataclass(frozen=True)
class Service:
    """Where the messages go, and the secret that both sides know."""

    url: str
    secret: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """A message goes where the court said, and nowhere else."""


_opener = urllib.request.build_opener(_NoRedirect)
_service: Service | None = None


def hang(url: str, secret: str) -> None:
    """Says where the message service is; without an address nothing is ever sent."""
    global _service
    _service = Service(url, secret) if url else None


def are_sent() -> bool:
    """Whether messages are sent at all."""
    return _service is not None


def signature(secret: str, at: int, body: bytes) -> str:
    """What proves that a message came from here, and when."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def send_waiting(now: datetime) -> dict[str, int]:
    """Tries every message that waits; returns how many were delivered and how many were not."""
    sent = {"delivered": 0, "failed": 0}
    while _service is not None and (batch := deliveries.take(now, BATCH)):
        for message in batch:
            why = _post(_service, message, now)
            if why is None:
                deliveries.delivered(message.id, now)
            else:
                deliveries.failed(message.id, why, now)
            sent["failed" if why else "delivered"] += 1
    return sent


def _post(service: Service, message: deliveries.Message, now: datetime) -> str | None:
    """Why it was not delivered; None when it was."""
    body, at = json.dumps(message.body, ensure_ascii=False).encode(), int(now.timestamp())
    request = urllib.request.Request(
        service.url,
        data=body,
        method="POST",
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "X-Linshu-Id": str(message.id),
            "X-Linshu-Signature": signature(service.secret, at, body),
        },
    )
    try:
        with _opener.open(request, timeout=TIMEOUT) as answer:
            return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}"
    except OSError as error:
        return type(error).__name__
