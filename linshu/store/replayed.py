"""What do the tables say of some cases today? The facts that the trail tells of them too."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from linshu.rules.deadlines import STAGE_CLOCK, STATUTORY_CLOCK
from linshu.rules.papers import KEPT, STRUCK
from linshu.rules.replay import CLOSED, PLURAL, State
from linshu.rules.replay_work import RUNNING, VOID, met
from linshu.store.books import Posting, TrailEntry
from linshu.store.cases import Case, Party, Request, Stint
from linshu.store.clocks import CaseCountdown, Extension, Pause
from linshu.store.db import SHANGHAI
from linshu.store.orders import Order
from linshu.store.papers import Attachment, AttachmentStrike, Document
from linshu.store.parties import Address
from linshu.store.people import Person, Team
from linshu.store.resumptions import Resumption
from linshu.store.searches import Search
from linshu.store.work import Holding, MeasureAct

SAME = (
    "number",
    "recovered_fen",
    "paid_fen",
    "interest_fen",
    "diverted_fen",
    "claim_fen",
    "preserved",
    "cooperative",
    "address_confirmed",
    "simple",
    "cause",
    "basis",
    "basis_kind",
    "trial_court",
    "trial_team",
    "preservation",
    "remark",
    "statutory_provisional",
    "closing_type",
    "closing_reason",
)

DAYS = ("statutory_due_on", "filed_on", "closed_on", "effective_on")


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
            **{name: _iso(row[name]) for name in DAYS},
            **dict.fromkeys(_STINT),
            **{name: {} for name in PLURAL},
            "postings": [],
            "resumed_from": None,
            "resumed_as": None,
        }
    _kin(session, ids, found)
    _stints(session, ids, found)
    _postings(session, ids, found)
    _requests(session, ids, found)
    _stops(session, ids, found)
    _countdowns(session, ids, found)
    _work(session, ids, found)
    _papers(session, ids, found)
    _persons(session, ids, found)
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


def _kin(session: Session, ids: Sequence[int], found: Mapping[int, State]) -> None:
    """The case before each and the one after it, and who applied for that."""
    other = aliased(Case)
    before = select(Case.id, other.number).join(other, other.id == Case.resumed_from_id)
    for id_, number in session.execute(before.where(Case.id.in_(ids))):
        found[id_]["resumed_from"] = number
    after = select(Case.resumed_from_id, Case.number).where(Case.resumed_from_id.in_(ids))
    for origin, number in session.execute(after):
        if origin is not None:
            found[origin]["resumed_as"] = number
    wanted = select(Resumption.case_id, Resumption.id, Resumption.status)
    for case_id, id_, status in session.execute(wanted.where(Resumption.case_id.in_(ids))):
        found[case_id]["applications"][id_] = status


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
    """The measures, the newest act of each, what is known of property, and the orders."""
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
    for row in _mapped(session, select(Order.__table__).where(Order.case_id.in_(ids))):
        found[row["case_id"]]["orders"][row["id"]] = {
            "status": row["status"],
            "due_on": _iso(row["due_on"]),
        }


def _papers(session: Session, ids: Sequence[int], found: Mapping[int, State]) -> None:
    for row in _mapped(session, select(Document.__table__).where(Document.case_id.in_(ids))):
        told = {"number": row["number"], "file": row["digest"]}
        found[row["case_id"]]["documents"][row["id"]] = told
    brought = (
        select(Attachment.__table__, AttachmentStrike.id.label("strike"))
        .outerjoin(AttachmentStrike, AttachmentStrike.attachment_id == Attachment.id)
        .where(Attachment.case_id.in_(ids))
    )
    for row in _mapped(session, brought):
        told = {"file": row["digest"], "status": STRUCK if row["strike"] else KEPT}
        found[row["case_id"]]["attachments"][row["id"]] = told


def _persons(session: Session, ids: Sequence[int], found: Mapping[int, State]) -> None:
    """The parties in the order they came, and their addresses: no number and no address of theirs
    is asked for."""
    places: dict[int, int] = {}
    told = [Party.__table__.c[name] for name in ("id", "case_id", *_STANDING)]
    query = select(*told).where(Party.case_id.in_(ids)).order_by(Party.case_id, Party.id)
    for row in _mapped(session, query):
        persons = found[row["case_id"]]["persons"]
        places[row["id"]] = nth = len(persons) + 1
        persons[nth] = {name: row[name] for name in ("role", "name", "kind", "mandate", "ruling")}
        persons[nth] |= {
            "represents": places.get(row["represents_id"]),
            "replaces": places.get(row["replaces_id"]),
            "out_on": _iso(row["out_on"]),
        }
    addresses = select(
        Address.case_id, Address.id, Address.party_id, Address.confirmed_on, Address.document
    )
    for case_id, id_, party_id, on, document in session.execute(
        addresses.where(Address.case_id.in_(ids))
    ):
        found[case_id]["addresses"][id_] = {
            "nth": places.get(party_id),
            "confirmed_on": _iso(on),
            "document": document,
        }


_STANDING = "role name kind mandate represents_id replaces_id ruling out_on".split()


def _mapped(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Mapping[str, Any]]:
    for row in session.execute(query):
        yield dict(row._mapping)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
