"""恢复执行: how does a terminated case go on? Approved, it is filed anew under a number 执恢 (R22).

One transaction: the new case with its number, parties and property, at the intensive team with the
least load that did not hold the old one last; the old case leaves dormant care, and each names the
other. No points move.
"""

from dataclasses import fields

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from linshu.rules import care, kinds
from linshu.rules import property as things
from linshu.rules.care import Source, Standing
from linshu.rules.numbers import CaseNumber
from linshu.rules.origins import Origin
from linshu.rules.stages import RESUMED, Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason, Undecidable, undecided
from linshu.services import countdowns, filing, parties, pauses, property
from linshu.services.actor import Actor, actor_of
from linshu.services.desk import Held
from linshu.services.errors import Conflict
from linshu.services.filing import NewCase, Predecessor
from linshu.services.flow import Flow
from linshu.store import queries, resumptions, writer
from linshu.store.cases import Case, Party, Request, Stint
from linshu.store.people import Court, Person, Team
from linshu.store.resumptions import Resumption
from linshu.store.work import Holding
from linshu.store.writer import Doer, Draft, StintEnd

KIND = "resuming"


def able(case: Case, stage: str) -> None:
    """Conflict for a case that cannot go on as another: not in dormant care, nothing outstanding,
    money not paid out."""
    if Stage(stage) is not Stage.DORMANT:
        raise Conflict("not_in_care")
    if why := care.not_resumable(case.purse):
        raise Conflict("not_resumable", why=why)


def grant(flow: Flow, doer: Doer, request: Request) -> None:
    """The case goes on under a new number. Conflict where it cannot any more, where no team can
    take it, or where somebody else took the number."""
    session = flow.session
    before = _held(session, request.case_id)  # whoever decides was told when it is closed
    able(before.case, before.stint.stage)
    case = before.case
    actor = actor_of(session.get_one(Person, request.decided_by))
    try:
        filed = filing.file_many(flow, [_anew(flow, case)], doer, Tag.CASE_FILED)[0].case_id
    except Undecidable as why:
        raise Conflict("cannot_decide", why=undecided(why.code)) from why
    except IntegrityError as twin:  # filed by hand between the question and the write
        raise Conflict("number_taken", number=case.number) from twin
    held = _held(session, filed)
    _carry(flow, actor, doer, case, held)
    application = session.get_one(Resumption, request.particulars["application"])
    application.status = str(Standing.GRANTED)
    pauses.end_at_closing(flow, case.id, doer)
    _leave(flow, doer, before, held, application)


def _anew(flow: Flow, case: Case) -> NewCase:
    """The case as it is filed again today: for what is outstanding, under the next number."""
    session, year = flow.session, flow.when.on.year
    serial = resumptions.next_serial(session, flow.court_id, RESUMED, year)
    code = session.get_one(Court, flow.court_id).code
    applicants, debtors = parties.sides(session, case.id)
    return NewCase(
        number=CaseNumber(year, code, RESUMED, serial),
        cause=case.cause,
        filed_on=flow.when.on,
        applicants=applicants,
        debtors=debtors,
        basis=case.basis,
        claim_fen=case.purse.outstanding_fen,
        cooperative=case.cooperative,
        address_confirmed=case.address_confirmed,
        origin=Origin(**{one.name: getattr(case, one.name) for one in fields(Origin)}),
        goes_on=Predecessor(case.id, case.number, resumptions.last_intensive(session, case.id)),
    )


def _held(session: Session, case_id: int) -> Held:
    (stint_id,) = queries.open_stint_ids(session, [case_id])
    stint = session.get_one(Stint, stint_id)
    return Held(session.get_one(Case, case_id), stint, session.get_one(Team, stint.team_id))


def _carry(flow: Flow, actor: Actor, doer: Doer, case: Case, held: Held) -> None:
    """Parties with all that is known of them, and the property with which something is still to be
    done."""
    session, over = flow.session, [str(one) for one in things.OVER]
    query = select(Holding).where(Holding.case_id == case.id, Holding.status.not_in(over))
    holdings = session.scalars(query.order_by(Holding.id)).all()
    owners = {holding.party_id for holding in holdings}
    people = parties.copied(flow, case.id, held.case.id, doer, owners)
    for holding in holdings:
        party = session.get_one(Party, people[holding.party_id])
        property.carried(flow, actor, doer, holding, party, held)


def _leave(flow: Flow, doer: Doer, before: Held, held: Held, application: Resumption) -> None:
    """The old case is over here; how it was closed stays as it was."""
    session, when, case = flow.session, flow.when, before.case
    stay = {"stage": before.stint.stage, "team": before.team.name, "stint": before.stint.seq}
    writer.end_stints(session, [StintEnd(before.stint.id, str(Reason.RESUMED_ANEW))], when)
    case.closed_on = when.on
    session.flush()
    flow.lapse_all(case.id)
    draft = Draft(
        case.id,
        Tag.CASE_RESUMED,
        before=stay,
        after={
            "stage": str(Stage.CLOSED),
            "due_on": None,
            "closed_on": when.on.isoformat(),
            "resumed_as": held.case.number,
            "application_status": application.status,
        },
        data={
            "application": application.id,
            "source": application.source,
            "source_zh": care.SOURCE_ZH[Source(application.source)],
            "team": held.team.name,
            "claim_fen": held.case.claim_fen,
        },
    )
    writer.write_trail(session, flow.court_id, [draft], doer, when)
    countdowns.happened(flow, [countdowns.Event(case.id, kinds.RESUMED, when.at)], doer)
