"""An attempt at the database and one at the browser, in every text field that any page holds."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlencode, urlsplit

from flask import Flask

from linshu.rules.papers import EXTRAS
from tests.conftest import SQLITE
from tests.court import Court
from tests.fuzz import values
from tests.fuzz.attack import Attack, Sent
from tests.fuzz.court import prepared
from tests.fuzz.forms import Form
from tests.web.test_doors import world

__all__ = ["world"]
ATTEMPT = "<script>alert({0})</script>'; DROP TABLE cases; --{0}"
TEXT = ("text", "textarea", "search")
#: Fields whose text no page shows again, with the reason.
NEVER_SHOWN = {
    ("supervision.fill", "reasons"): "stands on the sheet's case, which the list no longer names",
    ("supervision.fill", "hints"): "stands on the sheet's case, which the list no longer names",
    ("intake.screen_many", "reasons"): "stands in the log of the cases that were ticked",
}
NEVER_SHOWN |= dict.fromkeys(
    (
        *(("care.applied", "clue"), ("care.term", "reason")),
        *(("care.reviewed", "reason"), ("care.reviewed", "told")),
    ),
    "nobody here holds a case in dormant care; shown in tests/web/test_care.py",
)
NEVER_SHOWN |= {
    ("closing.review", "reason"): "why a report is returned; here it is let through",
    ("orders.given", "text"): "stands already: one order about one limit",
}
NEVER_SHOWN |= dict.fromkeys(
    (("papers.make", key) for key in EXTRAS), "stands in the document, which is a file"
)
#: After these a case or a request is done with: others go first.
LAST = ("recomputes.decide", "requests.decide", "closing.reported", "closing.review")
TABS = ("log", "parties", "clocks", "requests", "papers", "orders", "care")
PAGES = ("/requests", "/recomputes", "/people", "/closings")


@SQLITE
def test_an_attempt_in_any_field_is_shown_as_text(
    app: Flask, court: Court, world: dict[str, object]
) -> None:
    attack, shown, fields = prepared(app, court, world), set(), set()
    for where in sorted(attack.known, key=lambda one: (one in LAST, one)):
        offers = {(login, form.action): form for login, form in attack.known[where] if texts(form)}
        for (login, _action), form in offers.items():
            fields |= {(where, name) for name in texts(form)}
            back = come_back(attack, login, form)
            shown |= {(where, name) for name in back}
            if back == set(texts(form)):
                break
    attack.books.close()
    print(f"{len(fields)} text fields in {len({where for where, _name in fields})} forms")
    assert attack.faults == []
    assert len(fields) > 30 and fields - shown <= set(NEVER_SHOWN), fields - shown


def texts(form: Form) -> list[str]:
    """The names of its text fields."""
    return [name for name, field in form.fields.items() if field.kind in TEXT]


def come_back(attack: Attack, login: str, form: Form) -> set[str]:
    """Which of its text fields, an attempt in each, stand on a page afterwards, as texts."""
    attempts = {name: ATTEMPT.format(nth) for nth, name in enumerate(texts(form))}
    answer = attack.send(filled(attack, login, form, attempts))
    where = answer.headers.get("Location", "")
    case = _case_of(urlsplit(form.action).path) or _case_of(where)
    found, pages = set(), [where, *(case and f"{case}?tab={tab}" for tab in TABS), *PAGES]
    if answer.status_code >= 400:
        pages = []  # the form itself comes back, or nothing
    page = answer.get_data(as_text=True)
    while True:
        found |= {name for name, said in attempts.items() if _as_text(said) in page}
        assert not any(alive in page for alive in values.ALIVE), (form.action, where)
        if len(found) == len(attempts) or not pages:
            return found
        url = pages.pop(0)
        page = attack.send(Sent(login, "GET", url, "")).get_data(as_text=True) if url else ""


def filled(attack: Attack, login: str, form: Form, attempts: dict[str, str]) -> Sent:
    """The form as somebody would send it, but for the attempts."""
    kept = [one for one in form.fields.values() if one.name not in ("csrf_token", *attempts)]
    fields = [(one.name, values.fitting(one)[0]) for one in kept] + list(attempts.items())
    if form.method == "GET":
        return Sent(login, "GET", f"{urlsplit(form.action).path}?{urlencode(fields)}", "")
    token = ("csrf_token", attack.token(login))
    return Sent(login, "POST", form.action, urlencode([*fields, token]))


def _as_text(attempt: str) -> str:
    return escape(attempt).replace("&#x27;", "&#39;")


def _case_of(url: str) -> str:
    named = re.match(r"/(?:cases|intake/screen)/(\d+)", url)
    return f"/cases/{named[1]}" if named else ""
