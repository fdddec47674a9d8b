"""What did whoever asked see, and what is different now? The facts an approval rests on, frozen.

An approver sees the snapshot; what has changed since is named, each fact before and now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: The facts of a snapshot that can change, with their names, in the order in which they are told.
FACTS_ZH: Mapping[str, str] = {
    "stage": "阶段",
    "team": "承办团队",
    "due_on": "阶段届满日",
    "statutory_due_on": "法定执行期限届满日",
    "claim_fen": "申请执行标的额(元)",
    "interest_fen": "迟延履行利息(元)",
    "recovered_fen": "到位金额(元)",
    "paid_fen": "已发放金额(元)",
    "closed_on": "结案日期",
}
MEASURES = "measures"


@dataclass(frozen=True, slots=True)
class Changed:
    """One fact that is not what it was. ``measure``: which one against which debtor
    (``party:measure``), where ``what`` is a measure."""

    what: str
    before: Any
    now: Any
    measure: str = ""


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Changed, ...]:
    """Which facts differ; of a fact that the older snapshot does not know, nothing can be said."""
    found = [
        Changed(what, before[what], now[what])
        for what in FACTS_ZH
        if what in before and what in now and before[what] != now[what]
    ]
    if MEASURES in before and MEASURES in now:
        was, is_ = before[MEASURES], now[MEASURES]
        found += [
            Changed(MEASURES, was.get(key, ""), is_.get(key, ""), key)
            for key in sorted({*was, *is_})
            if was.get(key) != is_.get(key)
        ]
    return tuple(found)
