"""Which receipts are wholly paid out, since when? Their limits follow the money (``rules.money``).

Reckoned from all entries of a case as they stand, so that a correction leads where the right entry
would have led at once.
"""

from linshu.rules.kinds import PAID
from linshu.rules.money import Arrival
from linshu.rules.trail import Tag
from linshu.services.countdown_book import Book, Event
from linshu.store import money
from linshu.store.cases import Action
from linshu.store.clocks import CaseCountdown
from linshu.store.db import SHANGHAI


def settle(book: Book, event: Event) -> None:
    """A receipt's limit is met by the pay-out that paid out the last of it, and by none before;
    what another act met stays met."""
    running = [one for one in book.of(event) if book.of_money(one) and _by_money(book, one)]
    if not running:
        return
    book.flush()
    arrived = money.arrivals_of(book.flow.session, [event.case_id])[event.case_id]
    by_receipt = {one.receipt.id: one for one in arrived}
    for one in running:
        arrival = by_receipt.get(one.action_id or 0)
        if arrival is not None:
            _settled(book, one, arrival, event)


def _settled(book: Book, one: CaseCountdown, arrival: Arrival, event: Event) -> None:
    before, paid = (one.met_at, one.met_action_id), arrival.settled_by
    if paid is None:
        one.met_at = one.met_action_id = None
        if before[0] is not None:
            book.reopen(one, event)
        return
    one.met_at, one.met_action_id = max(paid.at, one.started_at), paid.id
    if before != (one.met_at, one.met_action_id):
        on = one.met_at.astimezone(SHANGHAI).date()
        late = one.due_on is not None and on > one.due_on
        book.say(Tag.COUNTDOWN_MET, one, met_on=on.isoformat(), late=late)


def _by_money(book: Book, one: CaseCountdown) -> bool:
    """Whether nothing but a pay-out has met it, if anything has."""
    act = book.flow.session.get(Action, one.met_action_id) if one.met_action_id else None
    return one.met_at is None or (act is not None and act.kind == PAID)
