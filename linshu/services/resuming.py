"""恢复执行: how does a terminated case go on? Approved, it is filed anew under a number 执恢 (R22).

One transaction: the new case with its number, parties and property, at the intensive team with the
least load that did not hold the old one last; the old case leaves dormant care, and each names the
other. No points move.
"""

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from linshu.rules import care, kinds
from linshu.rules import property as things
from linshu.rules.care import Source, Standing
from linshu.rules.numbers import CaseNumber
from linshu.rules.stages import RESUMED, Stage
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason, Undecidable, undecided
from linshu.services import countdowns, filing, pauses, property
from linshu.services.actor import Actor, actor_of
from linshu.services.desk import Held
from linshu.services.errors import Conflict
from linshu.services.filing import NewCase, NewParty, Origin
from linshu.services.flow import Flow
from linshu.store import queries, resumptions, writer
from linshu.store.cases import Case, Holding, Party, Request, Stint
from linshu.store.people import Court, Person, Team
from linshu.store.resumptions import Resumption
from linshu.store.writer import Doer, Draft, StintEnd

KIND = "resuming"
NUMBERS = ("applicant", "debtor")


def able(case: Case, stage: str) -> None:
    """Conflict for a case that cannot go on as another: not in dormant care, nothing outstanding,
    money not paid out."""
    if Stage(stage) is not Stage.DORMANT:
        raise Conflict("not_in_care")
    if why := care.not_resumable(case.claim_fen, case.recovered_fen, case.paid_fen):
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
    kept = resumptions.parties(session, case.id)
    by_role = {role: [_party(one) for one in kept if one.role == role] for role in NUMBERS}
    return NewCase(
        number=CaseNumber(year, code, RESUMED, serial),
        cause=case.cause,
        filed_on=flow.when.on,
        applicants=by_role["applicant"],
        debtors=by_role["debtor"],
        basis=case.basis,
        claim_fen=case.claim_fen - case.recovered_fen,
        cooperative=case.cooperative,
        address_confirmed=case.address_confirmed,
        origin=Origin(case.id, case.number, resumptions.last_intensive(session, case.id)),
    )


def _party(one: Party) -> NewParty:
    return NewParty(one.name, one.id_number, one.phone, one.account)


def _held(session: Session, case_id: int) -> Held:
    (stint_id,) = queries.open_stint_ids(session, [case_id])
    stint = session.get_one(Stint, stint_id)
    return Held(session.get_one(Case, case_id), stint, session.get_one(Team, stint.team_id))


def _carry(flow: Flow, actor: Actor, doer: Doer, case: Case, held: Held) -> None:
    """Parties with all that is known of them, and the property with which something is still to be
    done."""
    people = _people(flow.session, case.id, held.case.id)
    over = [str(one) for one in things.OVER]
    query = select(Holding).where(Holding.case_id == case.id, Holding.status.not_in(over))
    for holding in flow.session.scalars(query.order_by(Holding.id)).all():
        property.carried(flow, actor, doer, holding, people[holding.party_id], held)


def _people(session: Session, old_id: int, new_id: int) -> dict[int, Party]:
    """Who is who: the party of the new case for each of the old one. The two kinds that are filed
    stand there already, in their order; the others are copied."""
    old, new = resumptions.parties(session, old_id), resumptions.parties(session, new_id)
    found = dict[int, Party]()
    for role in NUMBERS:
        pairs = zip(_of(old, role), _of(new, role), strict=True)
        found |= {before.id: after for before, after in pairs}
    for one in old:
        after = found.setdefault(one.id, Party(case_id=new_id))
        for column in inspect(Party).column_attrs:
            if column.key not in ("id", "case_id"):
                setattr(after, column.key, getattr(one, column.key))
        session.add(after)
    session.flush()
    return found


def _of(parties: list[Party], role: str) -> list[Party]:
    return [one for one in parties if one.role == role]


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
