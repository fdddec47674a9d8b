"""What does a case's trail say of the work in it? The part of ``replay`` that holds things by their
numbers: requests, clocks, measures, property, orders, papers."""

from collections.abc import Callable, Mapping
from typing import Any

from linshu.rules.papers import KEPT, STRUCK
from linshu.rules.trail import Tag

State = dict[str, Any]
Entry = Mapping[str, Any]
RUNNING, VOID = "running", "void"


def met(on: object) -> str:
    """How a countdown stands that was met on a day."""
    return f"met {on}"


def _measure(state: State, entry: Entry) -> None:
    """The newest act of a measure and debtor counts."""
    data = entry["data"]
    state["measures"][f"{data['party']} {data['measure']}"] = data["standing"]


def _holding(state: State, entry: Entry) -> None:
    after = entry["after"]
    keys = ("status", "until_on", "queue", "value_fen")
    state["holdings"][entry["data"]["holding"]] = {key: after[key] for key in keys}


def _order(state: State, entry: Entry) -> None:
    after = entry["after"]
    state["orders"][entry["data"]["order"]] = {key: after[key] for key in ("status", "due_on")}


def _document(state: State, entry: Entry) -> None:
    data = entry["data"]
    state["documents"][data["document"]] = {"number": data["number"], "file": data["file"]}


def _attachment(state: State, entry: Entry) -> None:
    data, struck = entry["data"], entry["tag"] == Tag.ATTACHMENT_STRUCK
    status = STRUCK if struck else KEPT
    state["attachments"][data["attachment"]] = {"file": data["file"], "status": status}


def applied(state: State, entry: Entry) -> None:
    """How an application to resume stands."""
    state["applications"][entry["data"]["application"]] = entry["after"]["application_status"]


def _requested(state: State, entry: Entry) -> None:
    lapsed = {"request_status": "lapsed"} if entry["tag"] == Tag.REQUEST_LAPSED else {}
    state["requests"][entry["data"]["request"]] = (entry["after"] | lapsed)["request_status"]


def _paused(state: State, entry: Entry) -> None:
    data = entry["data"]
    keys = ("kind", "starts_on", "ends_on")
    stops = {"stops": sorted(data["stops"])}
    state["pauses"][data["pause"]] = {key: data[key] for key in keys} | stops


def _pause_ended(state: State, entry: Entry) -> None:
    state["pauses"][entry["data"]["pause"]]["ends_on"] = entry["after"]["ends_on"]


def _extended(state: State, entry: Entry) -> None:
    state["extensions"][entry["data"]["extension"]] = entry["data"]["months"]


def _countdown(state: State, entry: Entry) -> None:
    """``due_on`` is a day, or the minute for what ends at one."""
    data, tag = entry["data"], entry["tag"]
    id_ = data["subject"] if tag == Tag.COUNTDOWN_CHANGED else data["countdown"]
    one = state["countdowns"].setdefault(id_, {})
    match tag:
        case Tag.COUNTDOWN_MET:
            one["status"] = met(data["met_on"])
        case Tag.COUNTDOWN_VOID:
            one["status"] = VOID
        case Tag.COUNTDOWN_STARTED | Tag.COUNTDOWN_REOPENED:
            one.update(row=data["row"], status=RUNNING)
    if entry["after"]:
        one.update({key: entry["after"][key] for key in ("due_on", "provisional")})


#: What each of these entries does to the state.
WORK: Mapping[Tag, Callable[[State, Entry], None]] = {
    Tag.APPLICATION_RECEIVED: applied,
    Tag.APPLICATION_REVIEWED: applied,
    Tag.CASE_PAUSED: _paused,
    Tag.CASE_PAUSE_ENDED: _pause_ended,
    Tag.CASE_EXTENDED: _extended,
    Tag.COUNTDOWN_STARTED: _countdown,
    Tag.COUNTDOWN_CHANGED: _countdown,
    Tag.COUNTDOWN_MET: _countdown,
    Tag.COUNTDOWN_REOPENED: _countdown,
    Tag.COUNTDOWN_VOID: _countdown,
    Tag.REQUEST_ASKED: _requested,
    Tag.REQUEST_REVIEWED: _requested,
    Tag.REQUEST_APPROVED: _requested,
    Tag.REQUEST_REFUSED: _requested,
    Tag.REQUEST_CONFIRMED: _requested,
    Tag.REQUEST_DECLINED: _requested,
    Tag.REQUEST_LAPSED: _requested,
    Tag.REQUEST_RETURNED: _requested,
    Tag.ORDER_GIVEN: _order,
    Tag.ORDER_ANSWERED: _order,
    Tag.ORDER_RETURNED: _order,
    Tag.ORDER_SETTLED: _order,
    Tag.ORDER_WITHDRAWN: _order,
    Tag.MEASURE_NOTED: _measure,
    Tag.HOLDING_FOUND: _holding,
    Tag.HOLDING_CHANGED: _holding,
    Tag.DOCUMENT_MADE: _document,
    Tag.ATTACHMENT_ADDED: _attachment,
    Tag.ATTACHMENT_STRUCK: _attachment,
}
