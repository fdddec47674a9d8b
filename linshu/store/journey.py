"""What does the page of one case show? Facts, stints with points, log, parties, postings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from linshu.rules import transitions
from linshu.rules.masking import mask_identity
from linshu.rules.numbers import yuan
from linshu.rules.policy import Policy, parse
from linshu.rules.stages import Stage
from linshu.store import personal, queries, writer
from linshu.store.books import Posting, TrailEntry
from linshu.store.cases import Action, Case, Gram, Party, Stint, Text
from linshu.store.parties import of_case
from linshu.store.people import Person, PolicyVersion, Team
from linshu.store.trail_search import names_in


@dataclass(frozen=True, slots=True)
class Stay:
    """One stint with its team, handler and what was posted: points received, then given."""

    stint: Stint
    team: Team
    handler: str | None
    received: int
    given: int


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case as its page shows it. ``now``: its last stay, open unless the case is closed."""

    case: Case
    stays: list[Stay]
    parties: list[Party]
    policy: Policy
    state: transitions.CaseState

    @property
    def applicants(self) -> list[Party]:
        """Who asks, those who left apart."""
        return [one for one in self.parties if one.role == "applicant" and one.out_on is None]

    @property
    def debtors(self) -> list[Party]:
        """Against whom the case is enforced: those who left apart."""
        return [one for one in self.parties if one.owes]

    @property
    def now(self) -> Stay:
        return self.stays[-1]

    @property
    def counted_from(self) -> date:
        """The day from which the limit of its last stay counts."""
        return self.stays[self.now.stint.limited_by - 1].stint.started_on

    @property
    def open(self) -> bool:
        return self.now.stint.ended_on is None


def case_page(session: Session, case: Case) -> CasePage:
    """Everything the case page needs, in a handful of statements."""
    stays = _stays(session, case.id)
    version = session.get_one(PolicyVersion, stays[-1].stint.policy_id)
    return CasePage(
        case,
        stays,
        of_case(session, case.id),
        parse(version.document),
        queries.state_of(session, case, stays[-1].stint),
    )


def _stays(session: Session, case_id: int) -> list[Stay]:
    posted: dict[tuple[int, str], int] = {}
    rows = select(Posting.stint_id, Posting.side, Posting.points).where(Posting.case_id == case_id)
    for stint_id, side, amount in session.execute(rows):
        posted[stint_id, side] = posted.get((stint_id, side), 0) + amount
    query = (
        select(Stint, Team, Person.name)
        .join(Team, Team.id == Stint.team_id)
        .outerjoin(Person, Person.id == Stint.handler_id)
        .where(Stint.case_id == case_id)
        .order_by(Stint.seq)
    )
    stays: list[Stay] = []
    before: int | None = None
    for stint, team, handler in session.execute(query):
        received = posted.get((before, "receive"), 0) if before else 0
        stays.append(Stay(stint, team, handler, received, posted.get((stint.id, "give"), 0)))
        before = stint.id
    return stays


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log: a trail entry with the words it stands for."""

    entry: Mapping[str, Any]
    at: datetime
    recorded: datetime
    who: str
    behalf: str | None
    system: bool
    action: Action | None
    corrected: bool
    reason: str
    names: Mapping[str, str]
    words: tuple[tuple[str, str, str], ...]


def log(session: Session, case_id: int) -> list[LogLine]:
    """The case's trail, the newest first, with actions and texts put in place of digests."""
    query = select(TrailEntry.line).where(TrailEntry.case_id == case_id)
    lines = session.scalars(query.order_by(TrailEntry.seq.desc()))
    entries = [json.loads(line) for line in lines]
    actions = {
        one.id: one for one in session.scalars(select(Action).where(Action.case_id == case_id))
    }
    corrected = {one.corrects_id for one in actions.values()}
    kept = session.execute(select(Text.digest, Text.text).where(Text.case_id == case_id)).all()
    texts = {writer.digest_of(""): "", **dict(kept)}  # nothing is not kept, and has a digest too
    names = names_in(session, entries)
    return [_line(entry, actions, corrected, texts, names) for entry in entries]


def _line(
    entry: Mapping[str, Any],
    actions: Mapping[int, Action],
    corrected: set[int | None],
    texts: Mapping[str, str],
    names: Mapping[str, str],
) -> LogLine:
    data = entry["data"]
    action = actions.get(data.get("action", 0))
    # A move's own "reason" is a word of the rules; what people wrote stands beside it.
    reason = texts.get(data.get("reasons") or data.get("reason") or "", "")
    return LogLine(
        entry,
        datetime.fromisoformat(entry["at"]),
        datetime.fromisoformat(entry["recorded"]),
        names.get(entry["by"], entry["by"]),
        names.get(entry["behalf"], entry["behalf"]) if entry["behalf"] else None,
        entry["by"] == "system",
        action,
        action is not None and action.id in corrected,
        reason,
        names,
        _changes(entry, texts),
    )


CHANGING = ("case.corrected", "party.added", "party.left")


def _changes(
    entry: Mapping[str, Any], texts: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    """What a correction changed, who came and who left: (field, before, after) in words."""
    if entry["tag"] not in CHANGING or entry["data"].get("what") == "action":
        return ()
    sides = ((key, entry["before"][key], entry["after"].get(key)) for key in entry["before"])
    return tuple(
        (key, _spoken(key, before, texts), _spoken(key, after, texts))
        for key, before, after in sides
        if before != after
    )


def _spoken(key: str, value: object, texts: Mapping[str, str]) -> str:
    """A corrected fact as people read it: money in yuan, yes or no, numbers of persons masked."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if key == "claim_fen" and isinstance(value, int):
        return yuan(value)
    words = "" if value is None else texts.get(str(value), str(value))
    if key != "party":
        return words or "—"
    said = personal.shown(words)
    if said or not words:
        return said or "—"
    name, _blank, number = words.rpartition(" ")  # as it was kept until digests came
    return f"{name} {mask_identity(number)}".strip()


@dataclass(frozen=True, slots=True)
class PointRow:
    """One posting of a case: on which day, to whom, how many, out of which stage; ``kind``: the
    move itself, or the reversal that took it back, or what restored it."""

    on: date
    team_id: int
    team: str
    side: str
    points: int
    kind: str
    stage: Stage


def postings(session: Session, case_id: int) -> list[PointRow]:
    """The points of a case, in order."""
    left = aliased(Stint)
    query = (
        select(
            Posting.posted_on,
            Team.id,
            Team.name,
            Posting.side,
            Posting.points,
            Posting.kind,
            left.stage,
        )
        .join(Team, Team.id == Posting.team_id)
        .join(left, left.id == Posting.stint_id)
        .where(Posting.case_id == case_id)
        .order_by(Posting.id)
    )
    return [PointRow(*row[:6], Stage(row[6])) for row in session.execute(query)]


def found(session: Session, court_id: int, grams: Sequence[str]) -> list[int]:
    """The cases of the court in whose parties' names all these two-letter pieces stand."""
    query = select(Case.id).where(Case.court_id == court_id)
    for gram in grams:
        piece = aliased(Gram)
        query = query.where(
            select(piece.case_id).where(piece.case_id == Case.id, piece.gram == gram).exists()
        )
    return list(session.scalars(query.order_by(Case.filed_on.desc()).limit(2000)))


def numbered(
    session: Session, court_id: int, serial: int, kind: str | None, year: int | None
) -> list[int]:
    """The cases of the court with this serial, and this type and year where they are given."""
    query = select(Case.id).where(Case.court_id == court_id, Case.serial == serial)
    if kind:
        query = query.where(Case.kind == kind)
    if year:
        query = query.where(Case.year == year)
    return list(session.scalars(query.order_by(Case.year.desc(), Case.kind).limit(2000)))
