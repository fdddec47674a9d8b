"""Which cases are meant? By number in any writing, by a party's name, by the exact number of a
person, or behind a figure.

What looks like a person's number stands in no address: the search box posts, and the page of what
was found carries it encrypted, so that neither history nor access log can be read for it.
"""

import re
from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.masking import mask_identity, masked
from linshu.rules.numbers import compact, is_personal, round_brackets
from linshu.rules.stages import STAGE_ZH, Stage
from linshu.services import filing
from linshu.services.errors import NotFound
from linshu.store import journey, lists, personal, vault
from linshu.store.db import db
from linshu.store.lists import Filter, Page, Row, Scope
from linshu.store.people import Team
from linshu.web import looking
from linshu.web.asked import row_id
from linshu.web.clock import today
from linshu.web.guard import actor, allow
from linshu.web.words import word

bp = Blueprint("search", __name__)
MOST = 100  # letters of a question
_PURPOSE = "search"

#: Year, court and type as far as they are written, and the serial. Digits alone are a serial.
_NUMBER = re.compile(
    r"(?:\((20[0-9]{2})\)|(20[0-9]{2})(?=[^0-9]))?"
    r"(?:(?:[一-龥]{1,3}[0-9A-Za-z]{0,8})??(执恢|执))?([1-9][0-9]{0,8})号?"
)


@bp.post("/cases/search")
@allow(Duty.READ_CASES)
def asked() -> Response:
    """What the search box holds: on to the page that answers it."""
    text = request.form.get("q", "")[:MOST]
    if is_personal(text):
        return redirect(url_for("search.number", n=vault.seal(text, _PURPOSE)), 303)
    return redirect(url_for("search.page", q=text), 303)


@bp.get("/cases/number")
@allow(Duty.READ_CASES, reads=Kind.SEARCH)
def number() -> str:
    """The cases with a party of exactly this identity number or code, telephone or account."""
    text = meant(request.args.get("n", ""))
    looking.tell(words=hidden(text))
    found = personal.carrying(db.session(), scope(), text)
    return _listing(_picked(found), "number", _("搜索"), asked=hidden(text), short=False)


def meant(sealed: str) -> str:
    """The number that an address carries. NotFound when it does not open."""
    try:
        return vault.reveal(sealed, _PURPOSE)
    except vault.Unreadable as why:
        raise NotFound() from why


def hidden(text: str) -> str:
    """What was searched for, as a page may show it."""
    shown = masked(text)
    return mask_identity(text) if shown == text and is_personal(text) else shown


@bp.get("/cases")
@allow(Duty.READ_CASES, reads=Kind.SEARCH)
def page() -> str | Response:
    """By case number in any writing (digits alone: the serial), or by a party's name."""
    asked = request.args.get("q", "")[:MOST]
    if is_personal(asked):  # typed into the address itself: it does not stay there
        return redirect(url_for("search.number", n=vault.seal(asked, _PURPOSE)), 303)
    ids = found_by(asked)
    return _listing(
        _picked(ids), "search", _("搜索"), asked=asked, short=len(compact(asked)) == 1 and not ids
    )


def found_by(asked: str) -> list[int]:
    """The cases of the court that a case number or a name may mean."""
    plain, who, session = compact(asked), actor(), db.session()
    number = _NUMBER.fullmatch(round_brackets(plain))
    if number:
        bracketed, bare, kind, serial = number.groups()
        year = int(bracketed or bare or 0) or None
        return journey.numbered(session, who.court_id, int(serial), kind, year)
    if len(plain) < 2:
        return []
    return journey.found(session, who.court_id, filing.grams([plain]))


def scope() -> Scope:
    """What the asker may see."""
    who = actor()
    return lists.scope_of(db.session(), who.court_id, who.role, who.team_id)


def _picked(ids: Sequence[int]) -> Page[Row]:
    rows = lists.rows_of(db.session(), scope(), ids, today())
    number = min(max(1, request.args.get("page", 1, int)), max(1, -(-len(rows) // lists.PAGE)))
    first = (number - 1) * lists.PAGE
    return Page(rows[first : first + lists.PAGE], len(rows), number)


def _listing(found: Page[Row], kind: str, title: str, **facts: object) -> str:
    """``kind``: what list_export calls this list."""
    return render_template(
        "search/listing.html", page=found, kind=kind, title=title, today=today(), **facts
    )


@bp.get("/cases/list")
@allow(Duty.READ_CASES, reads=Kind.LIST)
def listing() -> str:
    """The cases behind a number: by stage, team and how soon they run out."""
    filter_, page = chosen(request.args), request.args.get("page", 1, int)
    found = lists.open_cases(db.session(), scope(), filter_, today(), page)
    looking.tell(words=looking.in_chinese(lambda: titled(filter_)))
    return _listing(found, "cases", titled(filter_))


def chosen(args: MultiDict[str, str]) -> Filter:
    """The filter that an address names. NotFound for a word that there is none of."""
    stage, due = args.get("stage"), args.get("due")
    if (stage and stage not in set(Stage)) or (due and due not in lists.DUES):
        raise NotFound()
    stage_ = Stage(stage) if stage else None
    return Filter(stage=stage_, team_id=args.get("team", type=row_id), due=due or None)


DUE_ZH = {
    "today": _l("今日届满"),
    "soon": _l("今明须办"),
    "week": _l("本周届满"),
    "late": _l("超期"),
    "capped": _l("超期(顶格)"),
    "aside": _l("搁置待处理"),
    "unclaimed": _l("未认领"),
    "paused": _l("已暂停"),
    "statutory": _l("超法定期限"),
}


def titled(chosen: Filter) -> str:
    """What a filter asks for, in words."""
    team = db.session.get(Team, chosen.team_id) if chosen.team_id else None
    parts = [
        word(STAGE_ZH[chosen.stage]) if chosen.stage else "",
        word(team.name) if team and team.court_id == actor().court_id else "",
        str(DUE_ZH[chosen.due]) if chosen.due else "",
    ]
    return " · ".join(part for part in parts if part) or _("在办案件")
