"""Which numbers shall hold from when? A new version of the policy: checked, compared, adopted."""

import difflib

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from linshu.rules import policy
from linshu.rules.duties import Duty
from linshu.rules.entry import EntryRules
from linshu.rules.policy import Policy
from linshu.rules.said import Said
from linshu.rules.trail import Tag
from linshu.services import desk
from linshu.services.actor import Actor
from linshu.services.errors import Conflict, Invalid
from linshu.store import queries, writer
from linshu.store.db import db, transaction
from linshu.store.people import PolicyVersion
from linshu.store.writer import Draft, When


def in_force(actor: Actor, when: When) -> Policy:
    """The policy that new stints start under today. Invalid when none is in force."""
    version = queries.policy_on(db.session(), actor.court_id, when.on)
    if version is None:
        raise Invalid("policy_missing", on=when.on)
    return policy.parse(version.document)


def entry_rules(session: Session, court_id: int | None, when: When) -> EntryRules:
    """By which numbers the court's door holds today; the published ones before it has any."""
    version = queries.policy_on(session, court_id, when.on) if court_id else None
    return policy.parse(version.document if version else policy.published_text()).entry


def preview(actor: Actor, document: str, when: When) -> tuple[Policy, list[str]]:
    """Checks a new version and shows how it differs from the one in force: unified diff lines.

    Invalid with every fault; Conflict when the version's name is taken."""
    actor.needs(Duty.CHANGE_POLICY)
    document = _lines(document)
    with transaction() as session:
        new = _checked(session, actor, document, when)
        current = queries.policy_on(session, actor.court_id, when.on)
        return new, _difference(current.document if current else "", document)


def adopt(actor: Actor, document: str, when: When) -> Policy:
    """Adopts a new version from its effective date, for stints that start from then on; running
    stints keep theirs. Invalid and Conflict as ``preview``."""
    actor.needs(Duty.CHANGE_POLICY)
    document = _lines(document)
    with transaction() as session:
        new = _checked(session, actor, document, when)
        current = queries.policy_on(session, actor.court_id, when.on)
        session.add(
            PolicyVersion(
                court_id=actor.court_id,
                version=new.version,
                effective_on=new.effective_on,
                document=document,
                adopted_by=actor.login,
                adopted_at=when.at,
            )
        )
        try:
            session.flush()
        except IntegrityError as taken:  # somebody else was quicker
            raise Conflict("version_taken", version=new.version) from taken
        draft = Draft(
            None,
            Tag.POLICY_ADOPTED,
            {
                "version": new.version,
                "effective_on": new.effective_on.isoformat(),
                "document": writer.digest_of(document),
            },
            before={"version": current.version if current else None},
            after={"version": new.version},
        )
        writer.write_trail(session, actor.court_id, [draft], desk.doer(actor), when)
        return new


def _lines(document: str) -> str:
    """The text with plain line ends: browsers send others, and its digest must not depend on it."""
    return document.replace("\r\n", "\n")


def _checked(session: Session, actor: Actor, document: str, when: When) -> Policy:
    if len(document) > 100_000:
        raise Invalid("too_long", what=Said("规则"), most=100_000)
    try:
        new = policy.parse(document)
    except policy.PolicyFault as fault:
        raise Invalid("policy", why=fault.faults, faults=fault.faults) from fault
    if new.effective_on < when.on:
        raise Invalid("effective_past")
    taken = select(PolicyVersion.id).where(
        PolicyVersion.court_id == actor.court_id, PolicyVersion.version == new.version
    )
    if session.scalar(taken) is not None:
        raise Conflict("version_taken", version=new.version)
    return new


def _difference(old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), "现行", "新版", lineterm="", n=2
    )
    return list(lines)
