"""What does the care of a terminated case consist of? Searches for five years, consultations,
applications to resume, and somebody who decides when the five years are over (R21, R22).

The limits are rows of the policy's countdowns; here are their names and what may be done.
"""

from collections.abc import Mapping
from enum import StrEnum

from linshu.rules.money import Purse
from linshu.rules.said import Said

#: The rows of the policy that plan the next search, and those that ask what is to become of a case.
SEARCHES = ("dormant_search", "dormant_search_year")
ENDS = ("dormant_five_years", "dormant_another_year")
TOLD = "search_told"
CONSULTATION = "consultation"
ROWS = frozenset({*SEARCHES, *ENDS, TOLD, "resuming_review"})

#: Who asks, and how he comes.
CALLERS: Mapping[str, str] = {
    "applicant": "申请执行人",
    "representative": "代理人",
    "other": "其他人",
}
WAYS: Mapping[str, str] = {"call": "电话", "visit": "来访", "letter": "来信", "net": "网络"}
#: How long care goes on once it was decided that it does: the kind of act that says so.
TERMS: Mapping[str, str] = {"care_continued": "五年", "care_continued_year": "一年"}


class Source(StrEnum):
    """On whose initiative a case is to be resumed."""

    APPLICANT = "applied"
    COURT = "own"


SOURCE_ZH: Mapping[Source, str] = {Source.APPLICANT: "依申请", Source.COURT: "依职权"}


class Standing(StrEnum):
    """How an application to resume stands: received, put before whoever approves, turned down (and
    the applicant told), or granted: the case has been resumed."""

    WAITING = "waiting"
    ASKED = "asked"
    TURNED_DOWN = "turned_down"
    GRANTED = "granted"


STANDING_ZH: Mapping[Standing, str] = {
    Standing.WAITING: "待审查",
    Standing.ASKED: "报批恢复执行",
    Standing.TURNED_DOWN: "不予恢复,已告知申请人",
    Standing.GRANTED: "准予恢复执行",
}
OPEN = (Standing.WAITING, Standing.ASKED)
#: A request that came to one of these leaves the application to be reviewed again.
_BACK = frozenset({"refused", "returned", "lapsed"})


def to_review(standing: str, request: str | None) -> bool:
    """Whether an application is a keeper's to review: nobody has yet, or what he asked for was
    refused, sent back or has lapsed. ``request``: the status of his request, if he made one."""
    if standing == Standing.ASKED:
        return request in _BACK
    return standing == Standing.WAITING


def not_resumable(purse: Purse) -> Said | None:
    """Why a case cannot go on as another one: nothing is outstanding, or money that came in is not
    paid out yet and would be left behind. None where it can."""
    if not purse.outstanding_fen:
        return Said("没有未执行的金额")
    if purse.held_fen:
        return Said("到账的案款尚未发放完毕")
    return None


def not_continued(searching: bool, kind: str) -> Said | None:
    """Why care may not be continued now: a search of the plan that runs is still to be done, on
    whose result the decision rests. None where it may."""
    if kind not in TERMS:
        return Said("没有这样的期间")
    if searching:
        return Said("查控计划尚未完成,请先登记应做的查控")
    return None


def consulted(caller: str, way: str, question: str, answer: str) -> str:
    """A consultation as the case's log keeps it. KeyError for a caller or a way that there is
    not."""
    return f"{CALLERS[caller]} · {WAYS[way]}\n问:{question}\n答:{answer}"


def done_of(round_: int, again: int, met: bool) -> tuple[int, int]:
    """How many searches of a plan are done, and of how many; ``round_``: the newest one there
    is, and whether it was met."""
    return (round_ if met else round_ - 1), again
