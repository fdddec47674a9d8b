"""Which request was that? Each has a number that the log, the answer and every error page carry.

A line a request: who (the login), which screen (never its query or its form), how it ended, how
long it took.
"""

import logging
import secrets
import time

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

log = logging.getLogger("linshu.web")
HEADER = "X-Request-ID"


def init_app(app: Flask) -> None:
    """Before anything else is asked of a request, and after all has been answered."""
    app.before_request(_begun)
    app.after_request(_ended)


def number() -> str:
    """This request's number: ours, whatever a header says."""
    if "number" not in g:
        g.number = secrets.token_hex(8)
    found: str = g.number
    return found


def _begun() -> None:
    clear_contextvars()
    bind_contextvars(request=number())
    g.began = time.monotonic()


def _ended(response: Response) -> Response:
    response.headers[HEADER] = number()
    user = getattr(g, "_login_user", None)  # who was looked up already: the log asks nobody
    who = user.actor if user and user.is_authenticated else None
    log.info(
        "request",
        extra={
            "request": number(),
            "method": request.method if request.method.isalpha() else "?",
            "endpoint": request.endpoint,
            "status": response.status_code,
            "ms": round((time.monotonic() - g.get("began", time.monotonic())) * 1000),
            "login": who and who.login,
            "court": who and who.court_id,
        },
    )
    return response
