"""Is this look in the reading log? A marked view's answer leaves the house only once it is.

It is written when the answer is ready, and before it is sent: by then it is known whether it shows
anything or was refused, and every read that made the page is done, so that the transaction of the
row takes none away from it. What cannot be recorded is not shown (``Unrecorded``, 503): a log of
readers with gaps while the machine is busy would prove nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from sqlalchemy.exc import SQLAlchemyError

from linshu.rules.looks import Kind
from linshu.services import readings
from linshu.services.actor import Actor
from linshu.store.cases import Case
from linshu.store.db import db
from linshu.web import htmx
from linshu.web.clock import when

#: What an address carries that says nothing of what was looked for.
UNTOLD = frozenset({"page", "tab", "case_id", "csrf_token"})


class Unrecorded(RuntimeError):
    """The look could not be written down; nothing may be shown."""


@dataclass
class Told:
    """What a view says of its look: which cases it showed, what it was looking for (None: what the
    address says)."""

    case_ids: Sequence[int | None] = field(default=())
    words: str | None = None


def tell(*case_ids: int | None, words: str | None = None) -> None:
    """Said by a view whose address does not name the cases it shows, or what it looks for."""
    g.told = Told(case_ids, words)


def in_chinese(words: Callable[[], str]) -> str:
    """What is looked for as the log keeps it, whatever language the reader reads."""
    with force_locale("zh"):
        return words()


def note(who: Actor, kind: Kind, answer: ResponseReturnValue) -> Response:
    """The answer, once it is written down that he saw it. Nobody sees a case in an answer that
    only leads elsewhere, nor in the piece of a page that htmx gets back for what it sent."""
    ready = current_app.make_response(answer)
    piece = request.method == "POST" and htmx.wanted()
    told: Told = g.pop("told", Told())
    words = _asked() if told.words is None else told.words
    nothing = kind is Kind.SEARCH and not words
    if 300 <= ready.status_code < 400 or piece or nothing:
        return ready
    _write(who, kind, told.case_ids or [(request.view_args or {}).get("case_id")], words)
    return ready


def note_refused(who: Actor) -> None:
    """Somebody wanted to see what is not his to see: the case, if there is such a case."""
    asked = (request.view_args or {}).get("case_id")
    case = db.session.get(Case, asked) if asked else None
    known = case is not None and case.court_id == who.court_id
    _write(who, Kind.REFUSED, [asked if known else None], request.path)


def _asked() -> str:
    """What the address asks for, as it was typed."""
    said = request.args.items(multi=True)
    return " ".join(text.strip() for name, text in said if name not in UNTOLD).strip()


def _write(who: Actor, kind: Kind, case_ids: Sequence[int | None], words: str) -> None:
    address = request.remote_addr or ""
    try:
        readings.note_all(who, kind, when(), case_ids, words=words, address=address)
    except SQLAlchemyError as failed:
        raise Unrecorded(str(kind)) from failed
