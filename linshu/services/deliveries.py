"""What is still to be told to the court's own message service? Tried until it is told, or given up.

A message names people by their login and cases by their number; no party, no text of a case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.services.dates import iso
from linshu.store.cases import Case
from linshu.store.clocks import Alert, Delivery, Digest
from linshu.store.db import db, transaction
from linshu.store.people import Person

#: Minutes until the next try; after the last the message is given up, and shown as such.
PATIENCE = (1, 2, 5, 10, 30, 60, 120, 240, 480, 960)


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its id (the same at every try) and what it says."""

    id: int
    body: dict[str, Any]


def waiting(now: datetime) -> int:
    """How many messages should be tried now."""
    return len(_due(db.session(), now, 1000))


def _due(session: Session, now: datetime, most: int) -> Sequence[Delivery]:
    query = (
        select(Delivery)
        .where(
            Delivery.delivered_at.is_(None),
            Delivery.given_up_at.is_(None),
            Delivery.next_at <= now,
        )
        .order_by(Delivery.next_at, Delivery.id)
        .limit(most)
    )
    return session.scalars(query).all()


def take(now: datetime, most: int) -> list[Message]:
    """Takes messages to be tried now. Each counts as tried at once, so that a run that is killed
    tries it again later, not at once and not never."""
    with transaction() as session:
        taken = _due(session, now, most)
        for one in taken:
            one.next_at = now + timedelta(minutes=PATIENCE[min(one.attempts, len(PATIENCE) - 1)])
            one.attempts += 1
        return [Message(one.id, _body(session, one)) for one in taken]


def _body(session: Session, one: Delivery) -> dict[str, Any]:
    if one.about == "digest":
        digest = session.get_one(Digest, one.about_id)
        person = digest.person_id
        said: dict[str, Any] = {"day": iso(digest.day), "content": digest.content}
    else:
        alert = session.get_one(Alert, one.about_id)
        case = session.get(Case, alert.case_id) if alert.case_id else None
        person = alert.person_id
        said = {
            "case": case.number if case else None,
            "subject": alert.subject,
            "row": alert.row or None,
            "due_on": iso(alert.due_on),
            "days_before": alert.days_before,
        }
    to = session.get_one(Person, person)
    return {"id": one.id, "kind": one.about, "to": to.login, **said}


def delivered(message_id: int, now: datetime) -> None:
    """The service has taken the message."""
    with transaction() as session:
        session.get_one(Delivery, message_id).delivered_at = now


def failed(message_id: int, why: str, now: datetime) -> None:
    """The service has not; after the last try the message is given up."""
    with transaction() as session:
        one = session.get_one(Delivery, message_id)
        one.last_error = why[:200]
        if one.attempts >= len(PATIENCE):
            one.given_up_at = now
