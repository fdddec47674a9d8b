"""What else begins to run out, what is thereby done, what falls away? Countdowns follow events.

An event (a case filed, a handler named, an action recorded, a closing) first meets what it meets,
then starts what it starts, by the policy in force on its day; a running countdown keeps the policy
that it started under. They run from the day of the event, not of its entry: the law's clock does,
so a case that is imported old comes with what is long overdue. Which one an act meets:
``rules.countdowns.met_by``; the limits of receipts follow the money: ``rules.money``.
When a case closes all fall away; in dormant care (终本) those go on that the policy says the law
still wants. A pause that stops the statutory clock stops those that a pause can stop; an outage of
the court stops none, for these are limits of the law.
"""

from collections.abc import Sequence
from datetime import date, datetime, time

from linshu.rules.kinds import (
    CLOSED,
    FILED,
    HANDLER,
    HANDLER_CHANGED,
    PAID,
    RECEIPT,
    REOPENED,
)
from linshu.services.countdown_book import Book
from linshu.services.countdown_book import Event as Event  # what the other services name
from linshu.services.flow import Flow
from linshu.services.settling import settle
from linshu.store.db import SHANGHAI
from linshu.store.writer import Doer


def filed(case_id: int, on: date) -> Event:
    """A case entered: what runs from filing runs from the filing day, however late it is known."""
    return Event(case_id, FILED, datetime.combine(on, time.min, SHANGHAI))


def handled(flow: Flow, case_id: int, handler_id: int, before_id: int | None, doer: Doer) -> None:
    """A handler was named; in another's place, the parties must be told (domain.md § 1)."""
    events = [Event(case_id, HANDLER, flow.when.at)]
    if before_id not in (None, handler_id):
        events.append(Event(case_id, HANDLER_CHANGED, flow.when.at))
    happened(flow, events, doer)


def happened(flow: Flow, events: Sequence[Event], doer: Doer) -> None:
    """Meets, starts and voids what the events do, in bulk, within the caller's transaction.

    Invalid before the first day on which an act may be done, for an end that is missing or that no
    document can have named, for a countdown that the act does not meet."""
    if not events:
        return
    book = Book(flow, {event.case_id for event in events})
    for event in events:
        book.fall_away(event)
        book.meet(event)
        book.start(event)
        if event.name in (RECEIPT, PAID):
            settle(book, event)
    book.keep(doer)


def reopened(flow: Flow, case_id: int, closed_at: datetime, doer: Doer) -> None:
    """A closed case is worked again: what its closing let fall away runs on, as if it never had,
    and what ran from its closing falls away."""
    book = Book(flow, {case_id})
    for one in book.kept[case_id]:
        if one.met_at is None and one.void_at is None and book.runs_from(one, CLOSED):
            book.void(one, REOPENED)
    for one in [one for one in book.kept[case_id] if one.void_at == closed_at]:
        book.revive(one)
    book.keep(doer)


def corrected(flow: Flow, old_action_id: int, event: Event, doer: Doer) -> None:
    """A newer action took an older one's place: what that one started and met is reckoned anew."""
    book = Book(flow, {event.case_id})
    kept = book.restart(event, [one for one in book.of(event) if one.action_id == old_action_id])
    book.meet_anew(event, old_action_id)
    book.start(event, kept)
    settle(book, event)
    book.keep(doer)


def refiled(flow: Flow, case_id: int, on: date, doer: Doer) -> None:
    """The filing day was corrected: what runs from filing runs from there."""
    event, book = filed(case_id, on), Book(flow, {case_id})
    book.restart(event, [one for one in book.of(event) if book.runs_from(one, FILED)])
    book.keep(doer)
