"""What time is it for this request? The one place of the web that reads the clock."""

from datetime import date, datetime

from flask import current_app, g

from linshu.store.db import SHANGHAI
from linshu.store.writer import When


def when() -> When:
    """Now, once per request: in Asia/Shanghai. Tests put a frozen clock in LINSHU_CLOCK."""
    if "when" not in g:
        clock = current_app.config.get("LINSHU_CLOCK")
        now = clock() if clock else datetime.now(SHANGHAI)
        g.when = When(at=now, recorded=now)
    found: When = g.when
    return found


def today() -> date:
    """The court's day."""
    return when().on
