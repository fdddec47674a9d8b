"""What does a case's trail say of the case today? Rebuilt entry by entry, from the trail alone.

Neither a table nor a clock is asked. What an older trail never told is not in the state, so that
nobody can be found to differ from it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from linshu.rules import persons, trail
from linshu.rules.kinds import PAID
from linshu.rules.replay_work import WORK, applied
from linshu.rules.trail import Tag

State = dict[str, Any]
Entry = Mapping[str, Any]

#: What is rebuilt, with its name; in this order the differences are told. The plural ones hold
#: things by their numbers; the texts are there as digests.
NAMES: Mapping[str, str] = {
    "number": "案号",
    "stage": "阶段",
    "stint": "阶段序号",
    "team": "团队",
    "handler": "承办人",
    "hop": "流转次数",
    "sideways": "横向移交次数",
    "due_on": "阶段届满日",
    "provisional": "阶段届满日暂定",
    "capped_on": "超期(顶格)",
    "set_aside": "搁置",
    "statutory_due_on": "法定执行期限届满日",
    "statutory_provisional": "法定执行期限届满日暂定",
    "filed_on": "立案日期",
    "cause": "案由",
    "basis": "执行依据",
    "basis_kind": "执行依据种类",
    "trial_court": "审理法院",
    "trial_team": "审判团队",
    "effective_on": "执行依据生效日期",
    "preservation": "保全案号",
    "remark": "备注",
    "claim_fen": "申请执行标的额(分)",
    "recovered_fen": "到位金额(分)",
    "paid_fen": "已发放金额(分)",
    "interest_fen": "迟延履行利息(分)",
    "diverted_fen": "发放他人金额(分)",
    "preserved": "已采取保全",
    "cooperative": "被执行人配合",
    "address_confirmed": "送达地址已确认",
    "simple": "简案",
    "closed_on": "结案日期",
    "closing_type": "结案方式",
    "closing_reason": "结案理由",
    "resumed_from": "原案",
    "resumed_as": "恢复后的案件",
    "applications": "恢复执行申请",
    "postings": "积分往来",
    "requests": "申请",
    "pauses": "扣除期限",
    "extensions": "延长期限",
    "countdowns": "其他期限",
    "measures": "执行措施",
    "holdings": "财产",
    "orders": "督办",
    "documents": "文书",
    "attachments": "附件",
    "persons": "当事人",
    "addresses": "送达地址",
    "searches": "网络查控",
}
#: These hold things by their numbers, from nothing on.
PLURAL = frozenset(
    (
        *("requests", "pauses", "extensions", "countdowns", "measures", "holdings", "searches"),
        *("orders", "documents", "attachments", "persons", "addresses", "applications"),
    )
)
TEXTS = frozenset(
    {"cause", "basis", "remark", "closing_reason", "basis_kind", "trial_court", "trial_team"}
    | {"preservation"}
)
CLOSED = "closed"


def replayed(entries: Iterable[Entry]) -> State:
    """The state of a case after the entries of its trail, in order: plain values by the names of
    ``NAMES``. Empty for no entries; KeyError or ValueError for entries that no case can have."""
    state: State = {}
    for entry in entries:
        tell = TELL.get(Tag(entry["tag"]))
        if tell is not None:
            tell(state, entry)
    return state


def balance(state: Mapping[str, Any]) -> dict[str, int]:
    """The points that the case has moved so far, by team or post."""
    sums: dict[str, int] = {}
    for _stint, team, points in state.get("postings", ()):
        sums[team] = sums.get(team, 0) + points
    return sums


# What each entry changes --------------------------------------------------------------------------


def _filed(state: State, entry: Entry) -> None:
    after = entry["after"]
    state.update(
        number=entry["chain"],
        handler=None,
        sideways=0,
        capped_on=None,
        set_aside="",
        recovered_fen=0,
        paid_fen=0,
        interest_fen=0,
        diverted_fen=0,
        simple=None,
        closed_on=None,
        closing_type="",
        resumed_from=None,
        resumed_as=None,
        postings=[],
        closing_reason=trail.text_digest(entry["alg"], ""),
    )
    state.update({name: {} for name in PLURAL})
    state.update({key: told for key, told in after.items() if key in NAMES})
    state["cause"] = trail.text_digest(entry["alg"], after["cause"])
    persons.filed(state, entry)


def _moved(state: State, entry: Entry) -> None:
    before, after, data = entry["before"], entry["after"], entry["data"]
    state.update(handler=None, capped_on=None, set_aside="")
    keys = ("stage", "team", "due_on", "provisional", "stint", "hop", "sideways")
    state.update({key: after[key] for key in keys})
    if entry["tag"] == Tag.CASE_SCREENED:
        state["simple"] = data["simple"]
    if data["points"] and "postings" in state:
        state["postings"] += [
            [before["stint"], before["team"], -data["points"]],
            [before["stint"], after["team"], data["points"]],
        ]


def _points(back: bool) -> Callable[[State, Entry], None]:
    """Points come back, or count again: the two postings of the move, turned round or as they were.
    Older trails name the stint by a number that only the tables know."""

    def tell(state: State, entry: Entry) -> None:
        seq = entry["data"].get("stint")
        if seq is None:
            state.pop("postings", None)
        if "postings" in state:
            moved = [row for row in state["postings"] if row[0] == seq][:2]
            sign = -1 if back else 1
            state["postings"] += [[seq, team, sign * points] for _, team, points in moved]

    return tell


def _set_aside(state: State, entry: Entry) -> None:
    state["set_aside"] = entry["data"]["why"]


def _after(*names: str) -> Callable[[State, Entry], None]:
    """What the entry says that these are after it."""

    def tell(state: State, entry: Entry) -> None:
        state.update({name: entry["after"][name] for name in names})

    return tell


def _recorded(state: State, entry: Entry) -> None:
    """What came in; older trails do not say what was paid out so far."""
    after = entry["after"]
    sums = ("recovered_fen", "interest_fen", "diverted_fen")
    state.update({key: after[key] for key in sums if key in after})
    _paid(state, entry)
    _searched(state, entry["data"])


def _searched(state: State, data: Mapping[str, Any]) -> None:
    """The latest day on which each source was searched."""
    for source in data.get("sources", ()):
        latest = state["searches"].get(source, "")
        state["searches"][source] = max(latest, data["searched_on"])


def _paid(state: State, entry: Entry) -> None:
    if "paid_fen" in entry["after"]:
        if "paid_fen" in state:
            state["paid_fen"] = entry["after"]["paid_fen"]
    elif entry["data"].get("kind") == PAID:
        state.pop("paid_fen", None)


def _corrected(state: State, entry: Entry) -> None:
    """A fact, a party, or an action and with it the sums."""
    after = entry["after"]
    persons.stands(state, entry)
    state.update({key: told for key, told in after.items() if key in NAMES and key != "paid_fen"})
    _paid(state, entry)


def _closed(state: State, entry: Entry) -> None:
    """A case that closed keeps the team and the handler that closed it; no limit runs."""
    after, data = entry["after"], entry["data"]
    dormant = entry["tag"] == Tag.CASE_MADE_DORMANT
    state.update(
        stage=after["stage"],
        due_on=None,
        provisional=False,
        closed_on=None if dormant else entry["at"][:10],
        closing_type=data["type"],
        closing_reason=data["reason"],
    )
    if dormant:
        stint = {"stint": state["stint"] + 1, "team": after["team"], "handler": None}
        state.update(stint, capped_on=None, set_aside="")


def _reopened(state: State, entry: Entry) -> None:
    """A closed case is worked again in a stint of its own; how far it had come stays."""
    state.update(entry["after"])
    state.update(handler=None, closed_on=None, capped_on=None, set_aside="")


def _resumed(state: State, entry: Entry) -> None:
    """It goes on as another case: here no limit runs any more."""
    _after("stage", "due_on", "closed_on", "resumed_as")(state, entry)
    applied(state, entry)


def _due_changed(state: State, entry: Entry) -> None:
    """A stint at the end of the line (顶格) that has days left again is not flagged."""
    _after("due_on", "provisional")(state, entry)
    if state["due_on"] is None or state["due_on"] >= entry["at"][:10]:
        state["capped_on"] = None


def _statutory_changed(state: State, entry: Entry) -> None:
    after = entry["after"]
    state["statutory_due_on"] = after["due_on"]
    state["statutory_provisional"] = after["provisional"]


#: What each entry of a case's trail does to the state; one that is not here changes nothing in it.
TELL: Mapping[Tag, Callable[[State, Entry], None]] = {
    Tag.CASE_FILED: _filed,
    Tag.CASE_IMPORTED: _filed,
    Tag.CASE_SCREENED: _moved,
    Tag.CASE_UNSCREENED: _moved,
    Tag.CASE_PASSED_INTAKE: _moved,
    Tag.CASE_MOVED: _moved,
    Tag.CASE_TRANSFERRED: _moved,
    Tag.CASE_REASSIGNED: _moved,
    Tag.CASE_CAPPED: _after("capped_on"),
    Tag.CASE_SET_ASIDE: _set_aside,
    Tag.CASE_CLAIMED: _after("handler"),
    Tag.CASE_ASSIGNED: _after("handler"),
    Tag.CASE_RECORDED: _recorded,
    Tag.CASE_RECORDED_LATE: _recorded,
    Tag.CASE_CORRECTED: _corrected,
    Tag.CASE_CLOSED: _closed,
    Tag.CASE_MADE_DORMANT: _closed,
    Tag.CASE_REOPENED: _reopened,
    Tag.CASE_RESUMED: _resumed,
    Tag.CASE_DUE_CHANGED: _due_changed,
    Tag.CASE_STATUTORY_CHANGED: _statutory_changed,
    Tag.POINTS_RETURNED: _points(back=True),
    Tag.POINTS_RESTORED: _points(back=False),
    Tag.PARTY_ADDED: persons.stands,
    Tag.PARTY_LEFT: persons.stands,
    Tag.ADDRESS_CONFIRMED: persons.address,
    **WORK,
}
