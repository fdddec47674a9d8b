"""An attempt at the database and one at the browser, in every text field that any page holds."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode, urlsplit

from flask import Flask

from tests.court import Court
from tests.fuzz import values
from tests.fuzz.attack import Attack, Sent
from tests.fuzz.court import prepared
from tests.fuzz.forms import Field, Form
from tests.web.test_doors import world

__all__ = ["world"]
ATTEMPTS = ("<script>alert(1)</script>", "'; DROP TABLE cases; --")
TEXT = ("text", "textarea", "search")
#: Fields whose text no page shows again, with the reason.
NEVER_SHOWN = {
    ("intake.screen_many", "reasons"): "asked for with a case ticked; shown in each case's log",
}
PAGES = "/requests /recomputes /people".split()
MOST_TRIES = 12


def text_fields(attack: Attack) -> dict[tuple[str, str], list[tuple[str, Form]]]:
    """(endpoint, field) → who has which form with it before him, the latest first."""
    found: dict[tuple[str, str], list[tuple[str, Form]]] = {}
    for where, pool in attack.known.items():
        for login, form in reversed(pool):
            for field in form.fields.values():
                if field.kind in TEXT and field.name != "csrf_token":
                    found.setdefault((where, field.name), []).append((login, form))
    return found


def sent(attack: Attack, login: str, form: Form, field: Field, text: str) -> Sent:
    fields = [one for one in form.fields.values() if one.name != "csrf_token"]
    pairs = [(one.name, values.fitting(one)[0]) for one in fields if one is not field]
    said = urlencode([*pairs, (field.name, text)])
    if form.method == "GET":
        return Sent(login, "GET", f"{urlsplit(form.action).path}?{said}", "")
    return Sent(login, "POST", form.action, f"{said}&{urlencode(_token(attack, login))}")


def _token(attack: Attack, login: str) -> dict[str, str]:
    return {"csrf_token": attack._token(login)}


def test_an_attempt_in_any_field_is_shown_as_text(
    app: Flask, court: Court, world: dict[str, object]
) -> None:
    attack = prepared(app, court, world)
    fields = text_fields(attack)
    unseen = {
        place
        for place, forms in fields.items()
        for attempt in ATTEMPTS
        if not any(_comes_back(attack, *one, place[1], attempt) for one in forms[:MOST_TRIES])
    }
    attack.books.close()
    print(f"{len(fields)} text fields, not shown again: {sorted(unseen)}")
    assert attack.faults == []
    assert len(fields) > 30 and unseen <= set(NEVER_SHOWN), unseen


def _comes_back(attack: Attack, login: str, form: Form, name: str, attempt: str) -> bool:
    """Whether what was sent stands on a page, as a text."""
    one = sent(attack, login, form, form.fields[name], attempt)
    answer = attack._raw(one)
    attack._judge(one, answer)
    text = escape(attempt).replace("&#x27;", "&#39;")
    if answer.status_code in (400, 403, 404, 409) or text in answer.get_data(as_text=True):
        return answer.status_code < 400 or answer.status_code == 422
    case = _case_of(urlsplit(form.action).path) or _case_of(answer.headers.get("Location", ""))
    pages = [answer.headers.get("Location", ""), case and f"{case}?tab=parties", case, *PAGES]
    for url in filter(None, pages):
        page = attack._raw(Sent(login, "GET", url, "")).get_data(as_text=True)
        assert not any(alive in page for alive in values.ALIVE), url
        if text in page:
            return True
    return False


def _case_of(url: str) -> str:
    parts = url.split("/")
    return "/".join(parts[:3]) if len(parts) > 2 and parts[1] == "cases" else ""
