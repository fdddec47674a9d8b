"""How often may one be wrong? Failures in a row are counted for a login name, whoever has it.

Entering, a second factor, a confirmation and the old password of a change count alike.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from linshu.rules import entry
from linshu.rules.duties import Duty
from linshu.rules.trail import Tag
from linshu.services import desk, policies
from linshu.services.actor import Actor
from linshu.services.errors import Invalid, NotFound
from linshu.store import entries, queries, writer
from linshu.store.db import SHANGHAI, transaction
from linshu.store.people import Person
from linshu.store.writer import Doer, Draft, When


def judged(
    session: Session,
    person: Person,
    right: bool,
    wrong: Invalid,
    when: When,
    tag: Tag = Tag.PERSON_CHECK_REFUSED,
) -> Invalid | None:
    """What refuses this attempt of a person, or None: ``wrong`` when it was not right, that the
    name is locked when it is, right or not. The failure leaves its trail."""
    refusal = counted(session, person.login, person.court_id, right, wrong, when)
    if refusal is not None:
        drafts = [Draft(None, tag, {"login": person.login})]
        if refusal.facts.get("failures"):
            drafts.append(Draft(None, Tag.PERSON_LOCKED, {"login": person.login, **refusal.facts}))
        doer = Doer(person.login, person.role)
        writer.write_trail(session, person.court_id, drafts, doer, when)
    return refusal


def counted(
    session: Session, login: str, court_id: int | None, right: bool, wrong: Invalid, when: When
) -> Invalid | None:
    """The same for a bare name; it leaves no trail, for nobody may have that name."""
    until = entries.locked_until(session, login, when.at)
    if until is not None:
        return Invalid("login_locked", until=_minute(until))
    if right:
        return None
    rules = policies.entry_rules(session, court_id or queries.first_court(session), when)
    lock = entry.lock_ends(when.at, rules)
    count, until = entries.count_failure(session, login, when.at, rules.failures, lock)
    if until is None:
        return wrong
    return Invalid("login_locked", until=_minute(until), failures=count)


def _minute(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def unlock(actor: Actor, login: str, when: When) -> None:
    """The security administrator lets a name try again before its time. NotFound when nothing was
    counted for it."""
    actor.needs(Duty.MANAGE_PEOPLE)
    with transaction() as session:
        if not entries.forget_failures(session, login):
            raise NotFound()
        draft = Draft(None, Tag.PERSON_UNLOCKED, {"login": login})
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
