"""What do the records say of a case that is to be closed? What the gate fills in by itself."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from linshu.rules.deadlines import Countdown
from linshu.rules.gate_facts import Attested, Debtor, Facts, Holding
from linshu.rules.measures import Standing
from linshu.rules.policy import Policy
from linshu.rules.property import BALANCE, OVER, Status
from linshu.store import measures, searches, work
from linshu.store.cases import Action, Case, Party
from linshu.store.clocks import CaseCountdown
from linshu.store.db import SHANGHAI

#: The act that sends both, the measure that every debtor must be under, and what checks a clue.
NOTICE, RESTRICTION, CHECKED = "notice", "restriction", "clue_checked"
_NEWER = aliased(Action)


def facts(session: Session, case: Case, kept: Policy, attested: Attested, on: date) -> Facts:
    """All that is known of a case on a day, with what its handler attests. 执行通知书 and
    报告财产令 go out as one act: both days are its day."""
    noticed_on = _noticed_on(session, case.id)
    things = [*session.scalars(select(work.Holding).where(work.Holding.case_id == case.id))]
    clues = sum(one.status == Status.CLUE for one in things)
    return Facts(
        filed_on=case.filed_on,
        on=on,
        claim_fen=case.claim_fen,
        outstanding_fen=case.purse.outstanding_fen,
        held_fen=case.purse.held_fen,
        noticed_on=noticed_on,
        property_ordered_on=noticed_on,
        searched_on=searches.latest(session, case.id),
        investigated=attested.investigated,
        looked_into=attested.looked_into,
        open_clues=clues + _clues_told(session, case.id, kept.countdowns),
        holdings=tuple(_thing(one) for one in things if Status(one.status) not in _APART),
        debtors=_debtors(session, case.id),
        talked_on=attested.talked_on,
        agreement=attested.agreement,
        ruling=attested.ruling,
        alive=attested.alive,
        claim_fits=attested.claim_fits,
        ground=kept.gate.grounds.get(attested.ground, ""),
    )


_APART = OVER | {Status.CLUE}


def _thing(one: work.Holding) -> Holding:
    return Holding(one.name, one.value_fen, one.kind == BALANCE, one.undisposable)


def _noticed_on(session: Session, case_id: int) -> date | None:
    """The first day on which the notice went out; an act that was corrected counts no more."""
    corrected = select(_NEWER.id).where(_NEWER.corrects_id == Action.id).exists()
    first = session.scalar(
        select(func.min(Action.happened_at)).where(
            Action.case_id == case_id, Action.kind == NOTICE, ~corrected
        )
    )
    return first.astimezone(SHANGHAI).date() if first else None


def _clues_told(session: Session, case_id: int, known: Mapping[str, Countdown]) -> int:
    """Clues that were recorded as acts, of no noted thing, and whose check still runs."""
    rows = [key for key, row in known.items() if CHECKED in row.meets]
    query = (
        select(func.count(CaseCountdown.id))
        .join(Action, Action.id == CaseCountdown.action_id)
        .where(
            CaseCountdown.case_id == case_id,
            CaseCountdown.row.in_(rows),
            CaseCountdown.met_at.is_(None),
            CaseCountdown.void_at.is_(None),
            Action.holding_id.is_(None),
        )
    )
    return session.scalar(query) or 0


def _debtors(session: Session, case_id: int) -> tuple[Debtor, ...]:
    owe = (Party.role == "debtor", Party.out_on.is_(None))
    parties = select(Party.id, Party.name).where(Party.case_id == case_id, *owe)
    standing = measures.standings(session, [case_id])[case_id]
    return tuple(
        Debtor(name, standing[id_].get(RESTRICTION) is Standing.DONE)
        for id_, name in session.execute(parties.order_by(Party.id))
    )
