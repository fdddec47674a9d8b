"""What stands behind the tabs of a case? Each tab's facts, read when it is open."""

from flask import url_for
from flask_babel import gettext as _

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

TABS = frozenset(
    "log clocks countdowns parties points requests property money searches measures papers nodes"
    " sheets orders care".split()
)


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
    session, case_id = db.session(), found.case.id
    match tab:
        case "points":
            return {"postings": journey.postings(session, case_id)}
        case "countdowns":
            return {"lines": countdowns.of_case(session, case_id), "now_at": when().at}
        case "requests":
            return {"asked": inbox.of_case(session, case_id)}
        case "clocks":
            return {
                "reasons": reasons.reasons(session, found.case, when()),
                "asked": inbox.of_clocks(session, case_id),
            }
        case "property":
            return {"holdings": things.of_case(session, case_id)}
        case "money":
            return {"entries": money.entries_of(session, case_id, pay_out_rows())}
        case "searches":
            return {
                "latest": searches.latest(session, case_id),
                "searched": searches.of_case(session, case_id),
                "sources": SEARCHES,
                "search_days": policies.in_force(actor(), when()).gate.search_days,
            }
        case "measures":
            known = policies.in_force(actor(), when()).measures
            return {"checklist": measures.checklist(session, case_id, found.debtors, known)}
        case "papers":
            return {
                "papers": PAPERS.values(),
                "documents": papers.documents(session, case_id),
                "attachments": papers.attachments(session, case_id),
            }
        case "nodes":
            return {"nodes": _nodes(found)}
        case "parties":
            return {"people": parties.lines(session, case_id, found.parties)}
        case "sheets":
            return {"sheets": sheets.of_case(session, case_id)}
        case "orders":
            return {"lines": orders.of_case(session, case_id)}
        case "care":
            running = [one for one in countdowns.of_case(session, case_id) if one.met_at is None]
            return {
                "applications": resumptions.of_case(session, case_id),
                "lines": [one for one in running if one.row in care.ROWS],
                "consulted": kept_care.consulted(session, case_id),
                "now_at": when().at,
            }
        case "log":
            return {"log": journey.log(session, case_id)}
        case _:
            return {}


def _nodes(found: CasePage) -> tuple[nodes.Line, ...]:
    """The 37 flow nodes: what was done, is late, was missed."""
    session, case_id = db.session(), found.case.id
    meets = {key: row.meets for key, row in found.policy.countdowns.items()}
    happened, left = stored.happened(session, found.case), stored.left_out(session, case_id)
    return nodes.lines(happened, left, stored.running(session, case_id, meets), today())
