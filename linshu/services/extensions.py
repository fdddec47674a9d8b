"""延长执行期限: may the statutory clock run longer? Asked for within its last days, approved by the
president, or by setting the vice president (法发〔2006〕35号 art. 1; 严格执行审限 2000 art. 5).

It lengthens the statutory clock alone, never a stage.
"""

from datetime import date, timedelta

from sqlalchemy import func, select

from linshu.rules.duties import Duty
from linshu.rules.said import Said
from linshu.rules.stages import Stage
from linshu.rules.trail import Tag
from linshu.services import asking, dates, desk
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid
from linshu.services.flow import Flow
from linshu.store import writer
from linshu.store.cases import Request
from linshu.store.clocks import Extension
from linshu.store.db import transaction
from linshu.store.writer import Doer, Draft, When

KIND = "extension"
WHY = {"why": "extension", "why_zh": "延长执行期限"}


def ask(
    actor: Actor,
    case_id: int,
    seen_seq: int,
    months: int,
    report: str,
    reason: str,
    when: When,
) -> int:
    """Asks for an extension of a case that the actor's team holds; returns the request's id.

    ``report``: the report to the high court, needed for a further one. Invalid for months beyond
    the policy's, outside the last days of the limit (with the days that would do) and while the
    clock stands still; Conflict when one is waiting already, or when no limit runs."""
    actor.needs(Duty.ASK)
    with transaction() as session:
        found = desk.held(session, actor, case_id, seen_seq)
        if not Stage(found.stint.stage).limited:
            raise Conflict("no_clock")
        flow = Flow(session, actor.court_id, when)
        rule = flow.current.extension
        if not 1 <= months <= rule.most_months:
            raise Invalid("extension_months", most=rule.most_months)
        _within(found.case.statutory_due_on, rule.last_days, when.on)
        before = session.scalar(
            select(func.count()).select_from(Extension).where(Extension.case_id == case_id)
        )
        report = desk.words(report, Said("向高级人民法院报告的文号"), 200, needed=bool(before))
        particulars = {"months": months, "report": report}
        wanted = asking.Wanted(KIND, "extension", f"{months}个月", particulars)
        return asking.submit(flow, actor, found, wanted, reason)


def window(due_on: date, last_days: int) -> tuple[date, date]:
    """The days on which an extension may be asked for: the last ones of the limit."""
    return due_on - timedelta(days=last_days - 1), due_on


def _within(due_on: date | None, last_days: int, on: date) -> None:
    if due_on is None:
        raise Invalid("extension_paused")
    first, last = window(due_on, last_days)
    if on < first:
        raise Invalid("extension_early", first=first, last=last)
    if on > last:
        raise Invalid("extension_late", first=first, last=last)


def grant(flow: Flow, doer: Doer, request: Request) -> None:
    """Makes an approved request an extension: the statutory clock is reckoned anew."""
    asked = request.particulars
    extension = Extension(
        case_id=request.case_id,
        request_id=request.id,
        months=asked["months"],
        report=asked["report"],
        approved_on=flow.when.on,
    )
    flow.session.add(extension)
    flow.session.flush()
    data = {
        "extension": extension.id,
        "months": asked["months"],
        "report": asked["report"] or None,
        "request": request.id,
    }
    draft = Draft(request.case_id, Tag.CASE_EXTENDED, data)
    writer.write_trail(flow.session, flow.court_id, [draft], doer, flow.when)
    dates.refresh(flow, [request.case_id], doer, {**WHY, "extension": extension.id})
