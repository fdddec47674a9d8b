"""流转过程: through which hands has a case gone, and through which will it go?"""

from collections.abc import Sequence

from flask_babel import gettext as _

from linshu.rules.journey import Ahead
from linshu.rules.stages import STAGE_ZH, Stage
from linshu.rules.transitions import Reason
from linshu.store import journey
from linshu.store.journey import CasePage
from linshu.web.words import word


def past(found: CasePage, pausing: bool, reviewed: bool) -> list[dict[str, object]]:
    """The stays of a case as steps, and its end; ``pausing``: the last one stands still;
    ``reviewed``: so it does, while the case is at the closing gate."""
    return [_step(stay, pausing, reviewed) for stay in found.stays] + _end(found)


def _step(stay: journey.Stay, pausing: bool, reviewed: bool) -> dict[str, object]:
    stint = stay.stint
    expired = stint.exit_reason == "expiry"
    start, end = f"{stint.started_on:%m-%d}", stint.ended_on
    if end is None and reviewed:
        note = _("%(start)s → 结案审查", start=start)
    elif end is None and pausing:
        note = _("%(start)s → 暂停", start=start)
    elif end is None and stint.due_on:
        note = f"{start} → {stint.due_on:%m-%d}"
    else:
        how = _("期满") if expired else _("改派") if stint.exit_reason == "reassigned" else ""
        note = f"{start} → {end:%m-%d} {how}" if end else start
    stage = Stage(stint.stage)
    title = word(STAGE_ZH[stage] if stage in (Stage.INTAKE, Stage.DORMANT) else stay.team.name)
    if stage is Stage.LATERAL:
        title = _("监执 · %(team)s", team=title)
    return {
        "title": title,
        "note": note,
        "state": "now" if end is None else "late" if expired else "done",
        "points": [n for n in (stay.received, stay.given) if n],
    }


def _end(found: CasePage) -> list[dict[str, object]]:
    on = found.case.closed_on
    if on is None:
        return []
    note = f"{on:%m-%d} {word(found.case.closing_type or '')}"
    anew = found.now.stint.exit_reason == Reason.RESUMED_ANEW
    title = _("已恢复") if anew else _("已结")
    return [{"title": title, "note": note, "state": "end", "points": []}]


def future(ahead: Sequence[Ahead]) -> list[dict[str, object]]:
    """The stages to come as steps, if every limit runs out."""
    return [
        {
            "title": word(STAGE_ZH[step.stage]),
            "note": f"{step.starts_on:%m-%d} → {step.due_on:%m-%d}",
            "state": "next",
            "points": [],
        }
        for step in ahead
    ]
