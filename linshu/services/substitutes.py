"""Who is told that a request waits for somebody who is away? His substitute, at once (R26, § 4)."""

from linshu.rules.approvals import Question, decides
from linshu.services.flow import Flow
from linshu.store import absences, alerts, inbox
from linshu.store.alerts import Subject
from linshu.store.cases import Request


def tell(flow: Flow, request: Request, question: Question) -> list[int]:
    """Tells the substitutes of those who decide it and are away today; returns who decides it,
    those included."""
    seats = alerts.seats(flow.session, flow.court_id)
    deciders = [seat.person_id for seat in seats if decides(seat, question)]
    others = absences.substitutes(flow.session, deciders, flow.when.on)
    told = [person_id for person_id in others if person_id != request.asked_by]
    about = {"court_id": flow.court_id, "subject": str(Subject.SUBSTITUTE)}
    about |= {"subject_id": request.id, "case_id": request.case_id, "due_on": request.due_on}
    alerts.tell(flow.session, about, told, flow.when.at)
    return deciders


def waiting(flow: Flow, person_id: int) -> int:
    """How many requests wait for somebody now."""
    seats = alerts.seats(flow.session, flow.court_id)
    own = next((seat for seat in seats if seat.person_id == person_id), None)
    if own is None:
        return 0
    here = absences.sitting(flow.session, own, flow.when.on)
    return inbox.count(flow.session, here, flow.court_id)
