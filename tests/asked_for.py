"""How does a test ask for anything there is to ask for? One way for each kind of request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from linshu.services import extensions, measures, overrides, pauses, transfers
from linshu.services.measures import NewMeasure
from linshu.services.pauses import NewPause
from linshu.store.cases import Party
from linshu.store.db import db
from linshu.store.people import Team
from tests.court import ONE, TWO, Court, at

FILED = "2026-01-05"
LEAD = {ONE: "lead-one", TWO: "lead-two"}
HAND = {ONE: "one", TWO: "two"}
ON = "2026-04-13"  # the case is at a first intensive team since 8 April
LATE = "2026-07-03"  # within the last days of the statutory limit, at a lead's post


@dataclass(frozen=True)
class Asked:
    """A request that waits: its number and case, who asked and who decides it, on which day."""

    number: int
    case_id: int
    asker: str
    decider: str
    on: str


def holder(court: Court, case_id: int) -> str:
    return db.session.get_one(Team, court.stint(case_id).team_id).name


def lead_of(court: Court, case_id: int) -> str:
    return LEAD[holder(court, case_id).removesuffix("·团队长")]


def transfer(court: Court) -> Asked:
    case_id = court.brought_to("intensive", FILED)
    who, seq = lead_of(court, case_id), court.stint(case_id).seq
    number = transfers.ask(court.who(who), case_id, seq, "other", "线索在外地。", at(ON))
    return Asked(number, case_id, who, "chief", ON)  # a lead's own goes up


def pause(court: Court) -> Asked:
    case_id = court.brought_to("intensive", FILED)
    who, seq = lead_of(court, case_id), court.stint(case_id).seq
    new = NewPause("expertise", date(2026, 4, 10), None, "(2026)鉴委1号")
    number = pauses.ask(court.who(who), case_id, seq, new, "委托鉴定。", at(ON))
    return Asked(number, case_id, who, "chief", ON)


def extension(court: Court) -> Asked:
    case_id = court.brought_to("team_lead", FILED)
    who, seq = lead_of(court, case_id), court.stint(case_id).seq
    number = extensions.ask(court.who(who), case_id, seq, 1, "", "财产正在处置。", at(LATE))
    return Asked(number, case_id, who, "president", LATE)


def measure(court: Court) -> Asked:
    case_id = court.brought_to("intensive", FILED)
    who, seq = lead_of(court, case_id), court.stint(case_id).seq
    debtor = db.session.query(Party.id).filter_by(case_id=case_id, role="debtor").scalar()
    fine = NewMeasure(debtor, "fine", "(2026)罚1号", amount_fen=100_000)
    number = measures.ask(court.who(who), case_id, seq, fine, "拒不报告。", at(ON))
    return Asked(number, case_id, who, "president", ON)


def override(court: Court) -> Asked:
    case_id = court.brought_to("intensive", FILED)
    who, seq = lead_of(court, case_id), court.stint(case_id).seq
    other = court.team(TWO if holder(court, case_id) == ONE else ONE).id
    number = overrides.ask(court.who(who), case_id, seq, other, "须回避。", at(ON))
    return Asked(number, case_id, who, "chief", ON)


MAKERS: dict[str, Callable[[Court], Asked]] = {
    "transfer": transfer,
    "pause": pause,
    "extension": extension,
    "measure": measure,
    "override": override,
}
