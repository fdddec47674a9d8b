"""Which screens may somebody open, and what waits for him there?"""

from typing import Any

from flask import request
from flask_babel import gettext as _

from linshu.rules.duties import Duty, Role
from linshu.services.actor import Actor
from linshu.store import inbox, lists, queries
from linshu.store import inspections as inspections_kept
from linshu.store import recomputes as kept
from linshu.store.absences import sitting
from linshu.store.alerts import unread
from linshu.store.db import db
from linshu.web import (
    care,
    closing,
    desk,
    orders,
    supervision,
)
from linshu.web.clock import today

#: Who finds the care of terminated cases in the navigation, besides the lead of their team.
CARE = (Role.DORMANT_KEEPER, Role.BUREAU_CHIEF, Role.VICE_PRESIDENT, Role.SUPERVISOR)
#: Screens that stand beside another as its tabs: the navigation shows that one as open.
BESIDE = {
    "readings": "trail",
    "seals": "trail",
    "money": "property",
    "orders": "nodes",
    "paper_templates": "policy",
    "findings": "batches",
    "picking": "batches",
    "trial_link": "overview",
}


def offered(who: Actor) -> list[dict[str, Any]]:
    """The screens that one may open, with what waits there."""
    waiting = _waiting(who) if who.may(Duty.APPROVE) else 0
    soon = _due_soon(who) if who.may(Duty.WORK_DESK) else 0
    rows = (
        ("overview.page", _("总览"), (Duty.READ_OVERVIEW,), 0, ""),
        ("desk.page", _("我的待办"), (Duty.WORK_DESK,), soon, "alert"),
        ("intake.page", _("立案甄别"), (Duty.FILE, Duty.SCREEN), 0, ""),
        ("team.page", _("团队案件"), (Duty.READ_TEAM,), 0, ""),
        ("requests.page", _("审批"), (Duty.APPROVE, Duty.ASK), waiting, "warn"),
        ("closing.inbox_page", _("结案审查"), (Duty.REVIEW_CLOSING,), _reports(who), "warn"),
        ("supervision.page", _("监执单"), (Duty.RECORD,), _sheets(who), "warn"),
        ("nodes.page", _("节点预警"), (Duty.READ_NODES,), _orders(who), "warn"),
        *_care(who),
        ("batches.page", _("批量"), (Duty.RECORD,), 0, ""),
        ("moves.page", _("流转"), (Duty.READ_MOVES,), 0, ""),
        ("points.page", _("积分"), (Duty.READ_POINTS,), 0, ""),
        ("property.page", _("台账"), (Duty.READ_CASES,), 0, ""),
        ("trail.page", _("留痕"), (Duty.READ_TRAIL, Duty.READ_COURT_TRAIL), 0, ""),
        ("imports.page", _("导入"), (Duty.IMPORT,), 0, ""),
        ("policy.page", _("规则"), (Duty.READ_POLICY,), 0, ""),
        ("calendar.page", _("日历"), (Duty.READ_RECOMPUTES,), _missing_years(who), "warn"),
        ("recomputes.page", _("重算"), (Duty.READ_RECOMPUTES,), _recomputes(who), "warn"),
        ("inspections.page", _("体检"), (Duty.INSPECT,), _unsound(who), "alert"),
        ("people.page", _("人员团队"), (Duty.READ_PEOPLE,), 0, ""),
        ("alerts.page", _("提醒"), (), unread(db.session(), who.person_id), "warn"),
    )
    open_screen = (request.endpoint or "").split(".")[0]
    here = BESIDE.get(open_screen, open_screen)
    return [
        {
            "endpoint": endpoint,
            "label": label,
            "badge": badge,
            "badge_kind": kind,
            "active": endpoint.split(".")[0] == here,
        }
        for endpoint, label, duties, badge, kind in rows
        if not duties or any(who.may(duty) for duty in duties)
    ]


def _care(who: Actor) -> list[tuple[str, str, tuple[Duty, ...], int, str]]:
    """The care of terminated cases, for those who do it and those above them."""
    if not care.keeps(who) and who.role not in CARE:
        return []
    return [("care.page", _("终本维护"), (Duty.READ_CASES,), 0, "")]


def _waiting(who: Actor) -> int:
    session = db.session()
    return inbox.count(session, sitting(session, who.seat, today()), who.court_id)


def _reports(who: Actor) -> int:
    return closing.waiting(who) if who.may(Duty.REVIEW_CLOSING) else 0


def _sheets(who: Actor) -> int:
    return supervision.waiting(who) if who.may(Duty.RECORD) else 0


def _orders(who: Actor) -> int:
    """督办 in which something is this person's to do."""
    return len(orders.waiting(who)) if who.may(Duty.READ_NODES) else 0


def _missing_years(who: Actor) -> int:
    """1 while a year's list that should be here is not, for those who can bring it about."""
    if not (who.may(Duty.ASK_RECOMPUTE) or who.may(Duty.DECIDE_RECOMPUTE)):
        return 0
    return int(queries.calendar(db.session()).missing_year(today()) is not None)


def _unsound(who: Actor) -> int:
    """How many rules the newest inspection found broken."""
    last = inspections_kept.one(db.session(), who.court_id) if who.may(Duty.INSPECT) else None
    return len(last.wrong) if last else 0


def _recomputes(who: Actor) -> int:
    return kept.waiting(db.session(), who.court_id) if who.may(Duty.DECIDE_RECOMPUTE) else 0


def _due_soon(who: Actor) -> int:
    found = desk.desk_of(who)
    return lists.count(db.session(), found.scope, found.tabs["soon"], today())


def home_endpoint(who: Actor) -> str:
    """Where somebody's day begins: the first screen of his navigation."""
    found = offered(who)
    return found[0]["endpoint"] if found else "session.password"
