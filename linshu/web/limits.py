"""How fast may one knock? So many tries a minute from one address, and for one name.

The counters are in Redis, the same for every process; while it is away each process counts for
itself, for a lost Redis must not mean that nobody gets in.
"""

from collections.abc import Callable
from typing import cast

from flask import Flask, current_app, g
from flask_limiter import Limiter

from linshu.web import proxy

BY_ADDRESS, BY_NAME = "30 per minute", "10 per minute"
_KNOCK = "linshu_knock"


def init_app(app: Flask) -> None:
    """One counter an application; both limits hold for every way to try a password or a code."""
    limiter = Limiter(proxy.address, app=app)

    @limiter.shared_limit(BY_ADDRESS, "door address", key_func=proxy.address)
    @limiter.shared_limit(BY_NAME, "door name", key_func=lambda: str(g.knocks_as))
    def counted() -> None:
        """Nothing but what the limits say."""

    app.extensions[_KNOCK] = counted


def knock(login: str) -> None:
    """Counts one try; 429 when it is one too many."""
    g.knocks_as = login.strip().lower()
    cast(Callable[[], None], current_app.extensions[_KNOCK])()
