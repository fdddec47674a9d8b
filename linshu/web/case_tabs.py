"""What stands behind the tabs of a case? Each tab's facts, read when it is open."""

from collections.abc import Callable, Mapping

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from linshu.rules import care, nodes
from linshu.rules.gate_facts import SEARCHES
from linshu.rules.papers import KINDS as PAPERS
from linshu.rules.stages import Stage
from linshu.services import policies, reasons
from linshu.store import care as kept_care
from linshu.store import (
    countdowns,
    inbox,
    journey,
    measures,
    money,
    orders,
    papers,
    parties,
    resumptions,
    searches,
    sheets,
)
from linshu.store import nodes as stored
from linshu.store import property as things
from linshu.store.db import db
from linshu.store.journey import CasePage
from linshu.web.clock import today, when
from linshu.web.guard import actor
from linshu.web.money import pay_out_rows

Facts = dict[str, object]


def tabs(found: CasePage) -> list[dict[str, object]]:
    """The tabs of a case, each with how much is in it where that matters."""
    url = url_for("cases.page", case_id=found.case.id)
    inside = len([one for one in found.parties if one.out_on is None])
    return [
        {"key": "log", "label": _("办案日志"), "count": found.case.trail_count, "url": url},
        {"key": "clocks", "label": _("期限与扣除"), "url": f"{url}?tab=clocks"},
        {
            "key": "countdowns",
            "label": _("其他期限"),
            "count": countdowns.running(db.session(), found.case.id),
            "url": f"{url}?tab=countdowns",
        },
        {"key": "parties", "label": _("当事人"), "count": inside, "url": f"{url}?tab=parties"},
        {"key": "points", "label": _("积分"), "url": f"{url}?tab=points"},
        {"key": "requests", "label": _("审批"), "url": f"{url}?tab=requests"},
        {"key": "property", "label": _("财产"), "url": f"{url}?tab=property"},
        {"key": "money", "label": _("案款"), "url": f"{url}?tab=money"},
        {"key": "searches", "label": _("网络查控"), "url": f"{url}?tab=searches"},
        {"key": "measures", "label": _("执行措施"), "url": f"{url}?tab=measures"},
        {"key": "papers", "label": _("文书附件"), "url": f"{url}?tab=papers"},
        {"key": "nodes", "label": _("流程节点"), "url": f"{url}?tab=nodes"},
        {"key": "sheets", "label": _("监执单"), "url": f"{url}?tab=sheets"},
        {
            "key": "orders",
            "label": _("督办"),
            "count": len(orders.live_of(db.session(), found.case.id)) or None,
            "url": f"{url}?tab=orders",
        },
        *_care_tab(found, url),
    ]


def _care_tab(found: CasePage, url: str) -> list[dict[str, object]]:
    """For a case that is, or was, in dormant care."""
    if all(Stage(stay.stint.stage).limited for stay in found.stays):
        return []
    return [{"key": "care", "label": _("终本维护"), "url": f"{url}?tab=care"}]


def facts(found: CasePage, tab: str) -> dict[str, object]:
    """What the template of a tab is to know."""
    return FACTS[tab](db.session(), found)


def _clocks(session: Session, found: CasePage) -> Facts:
    asked = inbox.of_clocks(session, found.case.id)
    return {"reasons": reasons.reasons(session, found.case, when()), "asked": asked}


def _countdowns(session: Session, found: CasePage) -> Facts:
    return {"lines": countdowns.of_case(session, found.case.id), "now_at": when().at}


def _searches(session: Session, found: CasePage) -> Facts:
    return {
        "latest": searches.latest(session, found.case.id),
        "searched": searches.of_case(session, found.case.id),
        "sources": SEARCHES,
        "search_days": policies.in_force(actor(), when()).gate.search_days,
    }


def _measures(session: Session, found: CasePage) -> Facts:
    known = policies.in_force(actor(), when()).measures
    return {"checklist": measures.checklist(session, found.case.id, found.debtors, known)}


def _papers(session: Session, found: CasePage) -> Facts:
    return {
        "papers": PAPERS.values(),
        "documents": papers.documents(session, found.case.id),
        "attachments": papers.attachments(session, found.case.id),
    }


def _care(session: Session, found: CasePage) -> Facts:
    lines = countdowns.of_case(session, found.case.id)
    return {
        "applications": resumptions.of_case(session, found.case.id),
        "lines": [one for one in lines if one.met_at is None and one.row in care.ROWS],
        "consulted": kept_care.consulted(session, found.case.id),
        "now_at": when().at,
    }


def _nodes(found: CasePage) -> tuple[nodes.Line, ...]:
    """The 37 flow nodes: what was done, is late, was missed."""
    session, case_id = db.session(), found.case.id
    meets = {key: row.meets for key, row in found.policy.countdowns.items()}
    happened, left = stored.happened(session, found.case), stored.left_out(session, case_id)
    return nodes.lines(happened, left, stored.running(session, case_id, meets), today())


#: Every tab, with what its template is to know.
FACTS: Mapping[str, Callable[[Session, CasePage], Facts]] = {
    "log": lambda session, found: {"log": journey.log(session, found.case.id)},
    "clocks": _clocks,
    "countdowns": _countdowns,
    "parties": lambda session, found: {
        "people": parties.lines(session, found.case.id, found.parties)
    },
    "points": lambda session, found: {"postings": journey.postings(session, found.case.id)},
    "requests": lambda session, found: {"asked": inbox.of_case(session, found.case.id)},
    "property": lambda session, found: {"holdings": things.of_case(session, found.case.id)},
    "money": lambda session, found: {
        "entries": money.entries_of(session, found.case.id, pay_out_rows())
    },
    "searches": _searches,
    "measures": _measures,
    "papers": _papers,
    "nodes": lambda session, found: {"nodes": _nodes(found)},
    "sheets": lambda session, found: {"sheets": sheets.of_case(session, found.case.id)},
    "orders": lambda session, found: {"lines": orders.of_case(session, found.case.id)},
    "care": _care,
}
