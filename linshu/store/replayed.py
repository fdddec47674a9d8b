"""What do the tables say of some cases today? The facts that the trail tells of them too."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from linshu.rules.deadlines import STAGE_CLOCK, STATUTORY_CLOCK
from linshu.rules.replay import CLOSED, PLURAL, RUNNING, VOID, State, met
from linshu.store.books import Posting, TrailEntry
from linshu.store.cases import Case, Holding, MeasureAct, Request, Stint
from linshu.store.clocks import CaseCountdown, Extension, Pause
from linshu.store.db import SHANGHAI
from linshu.store.people import Person, Team
from linshu.store.searches import Search

SAME = (
    "number",
    "recovered_fen",
    "paid_fen",
    "claim_fen",
    "preserved",
    "cooperative",
    "address_confirmed",
    "simple",
    "cause",
    "basis",
    "remark",
    "statutory_provisional",
    "closing_type",
    "closing_reason",
)


def case_ids(session: Session, court_id: int, share: int | None, parts: int) -> list[int]:
    """The court's cases; with ``share`` those of that one of ``parts`` equal parts alone."""
    query = select(Case.id).where(Case.court_id == court_id).order_by(Case.id)
    if share is not None:
        query = query.where(Case.id % parts == share)
    return list(session.scalars(query))


def trails(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """The lines of each of these cases' trails, in order."""
    found: dict[int, list[str]] = {id_: [] for id_ in ids}
    query = select(TrailEntry.case_id, TrailEntry.line).where(TrailEntry.case_id.in_(ids))
    for case_id, line in session.execute(query.order_by(TrailEntry.case_id, TrailEntry.seq)):
        if case_id is not None:
            found[case_id].append(line)
    return found


def states(session: Session, ids: Sequence[int]) -> dict[int, State]:
    """Each of these cases by the names of ``rules.replay``, texts as they are; a case that has no
    stint at all says so by its stage None."""
    found: dict[int, State] = {}
    for row in _mapped(session, select(Case.__table__).where(Case.id.in_(ids))):
        found[row["id"]] = {name: row[name] for name in SAME} | {
            **{name: _iso(row[name]) for name in ("statutory_due_on", "filed_on", "closed_on")},
            **dict.fromkeys(_STINT),
            **{name: {} for name in PLURAL},
            "postings": [],
        }
    _stints(session, ids, found)
    _postings(session, ids, found)
    _requests(session, ids, found)
    _stops(session, ids, found)
    _countdowns(session, ids, found)
    _work(session, ids, found)
    return found


_STINT = tuple(
    "stage stint team handler hop sideways due_on provisional capped_on set_aside".split()
)


def _stints(session: Session, ids: Sequence[int], found: Mapping[int, State]) -> None:
    """The last stint of each: open, or the one that the case was closed in."""
    query = (
        select(Stint.__table__, Team.name.label("team"), Person.login.label("handler"))
        .join(Team, Team.id == Stint.team_id)
        .outerjoin(Person, Person.id == Stint.handler_id)
        .where(Stint.case_id.in_(ids))
        .order_by(Stint.case_id, Stint.seq)
    )
    for row in _mapped(session, query):
        ended = row["ended_on"] is not None
        found[row["case_id"]].update(
            stage=CLOSED if ended else row["stage"],
            stint=row["seq"],
            team=row["team"],
            handler=row["handler"],
            hop=row["hop"],
            sideways=row["sideways"],
            due_on=None if ended else _iso(row["due_on"]),
            provisional=row["provisional"] and not ended,
            capped_on=_iso(row["capped_on"]),
            set_aside=row["set_aside_code"],
        )


def _postings(session: Session, ids: Sequence[int], found: Mapping[int, State]) -> None:
    query = (
        select(Posting.case_id, Stint.seq, Team.name, Posting.points)
        .join(Stint, Stint.id == Posting.stint_id)
        .join(Team, Team.id == Posting.team_id)
        .where(Posting.case_id.in_(ids))
    )
    for case_id, seq, team, points in session.execute(query):
        found[case_id]["postings"].append([seq, team, points])


def _requests(session: Session, ids: Sequence[int], found: Mapping[int, State]) -> None:
    query = select(Request.case_id, Request.id, Request.status).where(Request.case_id.in_(ids))
    for case_id, id_, status in session.execute(query):
        found[case_id]["requests"][id_] = status


def _stops(session: Session, ids: Sequence[int], found: Mapping[int, State]) -> None:
    for row in _mapped(session, select(Pause.__table__).where(Pause.case_id.in_(ids))):
        stops = {STAGE_CLOCK: row["stops_stage"], STATUTORY_CLOCK: row["stops_statutory"]}
        found[row["case_id"]]["pauses"][row["id"]] = {
            "kind": row["kind"],
            "starts_on": _iso(row["starts_on"]),
            "ends_on": _iso(row["ends_on"]),
            "stops": sorted(clock for clock, stopped in stops.items() if stopped),
        }
    longer = select(Extension.case_id, Extension.id, Extension.months)
    for case_id, id_, months in session.execute(longer.where(Extension.case_id.in_(ids))):
        found[case_id]["extensions"][id_] = months


def _countdowns(session: Session, ids: Sequence[int], found: Mapping[int, State]) -> None:
    query = select(CaseCountdown.__table__).where(CaseCountdown.case_id.in_(ids))
    for row in _mapped(session, query):
        status = RUNNING
        if row["met_at"]:
            status = met(row["met_at"].astimezone(SHANGHAI).date())
        at = row["due_at"]
        found[row["case_id"]]["countdowns"][row["id"]] = {
            "row": row["row"],
            "status": VOID if row["void_at"] else status,
            "due_on": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else _iso(row["due_on"]),
            "provisional": row["provisional"],
        }


def _work(session: Session, ids: Sequence[int], found: Mapping[int, State]) -> None:
    """The measures, the newest act of each, and what is known of property."""
    acts = select(MeasureAct.__table__).where(MeasureAct.case_id.in_(ids)).order_by(MeasureAct.id)
    for row in _mapped(session, acts):
        key = f"{row['party_id']} {row['measure']}"
        found[row["case_id"]]["measures"][key] = row["standing"]
    for row in _mapped(session, select(Holding.__table__).where(Holding.case_id.in_(ids))):
        found[row["case_id"]]["holdings"][row["id"]] = {
            **{key: row[key] for key in ("status", "queue", "value_fen")},
            "until_on": _iso(row["until_on"]),
        }
    latest = select(Search.case_id, Search.source, func.max(Search.searched_on))
    latest = latest.where(Search.case_id.in_(ids)).group_by(Search.case_id, Search.source)
    for case_id, source, on in session.execute(latest):
        found[case_id]["searches"][source] = _iso(on)


def _mapped(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Mapping[str, Any]]:
    for row in session.execute(query):
        yield dict(row._mapping)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
