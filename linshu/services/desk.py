"""May this person write in this case, as they saw it? The check every case service begins with."""

from dataclasses import dataclass
from datetime import timedelta
from unicodedata import category

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules.duties import WHOLE_COURT, Holder, Role, holds, leads
from linshu.rules.said import Said
from linshu.rules.stages import STAGE_ZH, Stage, TeamKind
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid, NotAllowed, NotFound
from linshu.store import queries
from linshu.store.cases import Case, Stint
from linshu.store.people import Person, Team
from linshu.store.writer import Doer, When

MOST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Held:
    """An open case, locked, with its open stint and the team or post that holds it."""

    case: Case
    stint: Stint
    team: Team

    @property
    def holder(self) -> Holder:
        return Holder(self.team.id, TeamKind(self.team.kind), self.team.parent_id)


def opened(session: Session, actor: Actor, case_id: int, seen_seq: int | None) -> Held:
    """Locks an open case in the actor's scope. ``seen_seq``: the stint number the actor saw.

    NotFound outside the scope; Conflict when it is closed or has moved since it was seen."""
    case = queries.locked_case(session, actor.court_id, case_id)
    if case is None or not in_scope(session, actor, case_id):
        raise NotFound("not_yours")
    stint = queries.open_stint(session, case_id)
    if stint is None:
        raise Conflict("closed", on=case.closed_on)
    team = session.get_one(Team, stint.team_id)
    if seen_seq is not None and stint.seq != seen_seq:
        raise Conflict(
            "moved",
            since=stint.started_on,
            stage=Said(STAGE_ZH[Stage(stint.stage)]),
            holder=Said(team.name),
        )
    return Held(case, stint, team)


def held(session: Session, actor: Actor, case_id: int, seen_seq: int | None) -> Held:
    """As ``opened``, and NotAllowed unless the actor's team or post holds the case (R16)."""
    found = opened(session, actor, case_id, seen_seq)
    if not holds(actor.seat, found.holder):
        raise NotAllowed("not_holder", holder=Said(found.team.name))
    return found


def led(session: Session, actor: Actor, case_id: int, seen_seq: int | None) -> Held:
    """As ``opened``, and NotAllowed unless the actor leads the team or post that holds it."""
    found = opened(session, actor, case_id, seen_seq)
    if not leads(actor.seat, found.holder):
        raise NotAllowed("not_lead", holder=Said(found.team.name))
    return found


def closed(session: Session, actor: Actor, case_id: int) -> Held:
    """Locks a closed case in the actor's scope, with its last stint. NotFound outside the scope;
    Conflict when it is open; NotAllowed unless the actor's team or post closed it."""
    case = queries.locked_case(session, actor.court_id, case_id)
    if case is None or not in_scope(session, actor, case_id):
        raise NotFound("not_yours")
    stint = queries.last_stint(session, case_id)
    if case.closed_on is None or stint is None:
        raise Conflict("not_closed")
    found = Held(case, stint, session.get_one(Team, stint.team_id))
    if not holds(actor.seat, found.holder):
        raise NotAllowed("not_closer", holder=Said(found.team.name))
    return found


def in_scope(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether the actor may see the case: of his court, which some see whole, others as far as
    their team holds or has held it."""
    case = session.get(Case, case_id)
    if case is None or case.court_id != actor.court_id:
        return False
    if Role(actor.role) in WHOLE_COURT:
        return True
    mine = queries.own_team_ids(session, actor.court_id, actor.role, actor.team_id)
    query = select(Stint.id).where(Stint.case_id == case_id, Stint.team_id.in_(mine)).limit(1)
    return bool(mine) and session.scalar(query) is not None


def doer(actor: Actor, behalf: str | None = None) -> Doer:
    """The actor as the trail names him."""
    return Doer(actor.login, actor.role, behalf)


def words(text: str, what: Said, most: int = MOST_TEXT, needed: bool = True) -> str:
    """A free text, stripped, without what cannot be seen; every kind of blank stays one. Invalid
    when it is needed and missing, or too long."""
    cleaned = "".join(" " if category(c) == "Zs" else c for c in text if _is_text(c)).strip()
    if needed and not cleaned:
        raise Invalid("text_needed", what=what)
    if len(cleaned) > most:
        raise Invalid("too_long", what=what, most=most)
    return cleaned


def _is_text(letter: str) -> bool:
    return letter in "\n\t\u200d" or category(letter) == "Zs" or letter.isprintable()


def not_in_future(when: When) -> None:
    """Invalid when the business day lies after the real one."""
    if when.at > when.recorded + timedelta(minutes=1):
        raise Invalid("date_future", on=when.on)


def person(session: Session, court_id: int, person_id: int) -> Person:
    """A person of the court. NotFound otherwise."""
    found = session.get(Person, person_id)
    if found is None or found.court_id != court_id:
        raise NotFound()
    return found
