"""导出 Excel: which list is to be taken along? The one its page shows, under the same filter.

A form names the list and the arguments of its page; each list is found as its own page finds it,
within the scope of whoever asks.
"""

from collections.abc import Callable
from io import BytesIO

from flask import Blueprint, Response, request, send_file
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from linshu.rules.duties import Duty
from linshu.services import list_export
from linshu.services.errors import NotFound
from linshu.services.list_export import Wanted
from linshu.store import figures, lists, personal
from linshu.store.db import db
from linshu.store.figures import Look
from linshu.store.lists import Filter, Page, Row
from linshu.web import desk, overview, search, team
from linshu.web.asked import row_id
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.imports import XLSX

bp = Blueprint("list_export", __name__)
Asked = MultiDict[str, str]


@bp.post("/lists/export")
@allow(Duty.EXPORT_LIST, confirmed=True)
def export() -> Response:
    """The list that the form names, as a workbook."""
    find = LISTS.get(request.form.get("list", ""))
    if find is None:
        raise NotFound()
    wanted, target = find(request.form), BytesIO()
    list_export.export(actor(), wanted, target, when(), request.remote_addr or "")
    target.seek(0)
    name = list_export.file_name(wanted, when())
    return send_file(target, XLSX, as_attachment=True, download_name=name)


def _open(title: str, asked: str, chosen: Filter) -> Wanted:
    scope, on = search.scope(), today()

    def fetch(session: Session, page: int, size: int) -> Page[Row]:
        return lists.open_cases(session, scope, chosen, on, page, size)

    return Wanted(title, asked, fetch)


def _picked(title: str, asked: str, case_ids: list[int]) -> Wanted:
    """Cases that were found: few enough to be named by their ids."""
    scope, on = search.scope(), today()

    def fetch(session: Session, page: int, size: int) -> Page[Row]:
        rows = lists.rows_of(session, scope, case_ids, on)
        first = (page - 1) * size
        return Page(rows[first : first + size], len(rows), page, size)

    return Wanted(title, asked, fetch)


def _desk(asked: Asked) -> Wanted:
    tab, found = asked.get("tab", ""), desk.desk_of(actor())
    if not actor().may(Duty.WORK_DESK) or tab not in found.tabs:
        raise NotFound()
    return _open(_("我的待办"), str(desk.TABS[tab]), found.tabs[tab])


def _team(asked: Asked) -> Wanted:
    tab, shown = asked.get("tab", ""), team.shown_to(actor(), asked.get("team", type=row_id))
    if not actor().may(Duty.READ_TEAM) or tab not in shown.tabs:
        raise NotFound()
    return _open(_("团队案件"), f"{shown.team.name} {team.TABS[tab]}", shown.tabs[tab])


def _cases(asked: Asked) -> Wanted:
    chosen = search.chosen(asked)
    return _open(_("案件清单"), search.titled(chosen), chosen)


def _look(asked: Asked) -> Wanted:
    if not actor().may(Duty.READ_OVERVIEW) or asked.get("look", "") not in set(Look):
        raise NotFound()
    look, eyes = Look(asked["look"]), overview.eyes_of(actor(), search.scope())

    def fetch(session: Session, page: int, size: int) -> Page[Row]:
        return figures.look(session, eyes, look, page, size)

    return Wanted(_("总览"), overview.titled(look), fetch)


def _search(asked: Asked) -> Wanted:
    text = asked.get("q", "")[: search.MOST]
    return _picked(_("搜索"), search.hidden(text), search.found_by(text))


def _number(asked: Asked) -> Wanted:
    text = search.meant(asked.get("n", ""))
    found = personal.carrying(db.session(), search.scope(), text)
    return _picked(_("搜索"), search.hidden(text), found)


LISTS: dict[str, Callable[[Asked], Wanted]] = {
    "desk": _desk,
    "team": _team,
    "cases": _cases,
    "look": _look,
    "search": _search,
    "number": _number,
}
