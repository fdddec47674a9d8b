"""How does a court begin? Court, published policy, working days, teams, the first administrator."""

from collections.abc import Mapping
from datetime import date

from chinese_calendar import constants
from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules import policy
from linshu.rules.duties import Role
from linshu.rules.numbers import NumberFault, court_code
from linshu.rules.stages import FOUNDING_TEAMS, STAGE_ZH, Stage, TeamKind
from linshu.rules.trail import Tag
from linshu.services import people
from linshu.services.errors import Invalid
from linshu.services.filing import EMPTY_HEAD
from linshu.store import writer
from linshu.store.db import transaction
from linshu.store.people import CalendarDay, CalendarYear, Court, Person, PolicyVersion, Team
from linshu.store.writer import Doer, Draft, When

#: The court table: code and name. A case number's court code must be in it.
COURTS = {"鲁1329": "临沭县人民法院"}
PUBLISHED = "国务院办公厅关于节假日安排的通知"
NAMES: Mapping[str, str] = {one.value: one.chinese for one in constants.Holiday}
FIRST_ADMIN = "admin"


def found_court(code: str, when: When) -> tuple[int, str | None]:
    """Creates the court, or brings an existing one up to date; harmless when run again.

    Returns the court's id and the first administrator's one-time password (None when somebody is
    there already). Invalid for a code that can stand in no case number."""
    try:
        code = court_code(code)
    except NumberFault as fault:
        raise Invalid("court_code", why=str(fault)) from fault
    with transaction() as session:
        _publish_years(session)
        court = session.scalar(select(Court).where(Court.code == code))
        if court is None:
            court = _create(session, code, when)
        if session.scalar(select(Person.id).where(Person.court_id == court.id).limit(1)):
            return court.id, None
        taken = session.scalar(select(Person.id).where(Person.login == FIRST_ADMIN))
        login = f"{FIRST_ADMIN}-{court.id}" if taken else FIRST_ADMIN  # names are the house's
        new = people.NewPerson(login, "安全管理员", Role.SECURITY_ADMIN, None)
        return court.id, people.write(session, court.id, new, Doer(), when)[1]


def _create(session: Session, code: str, when: When) -> Court:
    court = Court(code=code, name=COURTS.get(code, code), trail_head=EMPTY_HEAD)
    session.add(court)
    session.flush()
    kept = policy.parse(policy.published_text())
    session.add(
        PolicyVersion(
            court_id=court.id,
            version=kept.version,
            effective_on=kept.effective_on,
            document=policy.published_text(),
            adopted_by=writer.SYSTEM,
            adopted_at=when.at,
        )
    )
    drafts = [
        Draft(None, Tag.COURT_CREATED, {"court": code}),
        Draft(
            None,
            Tag.POLICY_ADOPTED,
            {
                "version": kept.version,
                "effective_on": kept.effective_on.isoformat(),
                "document": writer.digest_of(policy.published_text()),
            },
        ),
    ]
    drafts += [
        draft for kind, name in FOUNDING_TEAMS for draft in _team(session, court, kind, name)
    ]
    writer.write_trail(session, court.id, drafts, Doer(), when)
    return court


def _team(session: Session, court: Court, kind: TeamKind, name: str) -> list[Draft]:
    """A team; an intensive one brings the post of its lead (R11)."""
    team = Team(court_id=court.id, kind=str(kind), name=name)
    session.add(team)
    session.flush()
    drafts = [Draft(None, Tag.TEAM_CREATED, {"team": name, "kind": str(kind)})]
    if kind is TeamKind.INTENSIVE:
        post = post_of(name)
        session.add(
            Team(court_id=court.id, kind=str(TeamKind.TEAM_LEAD), name=post, parent_id=team.id)
        )
        session.flush()
        drafts.append(Draft(None, Tag.TEAM_CREATED, {"team": post, "kind": TeamKind.TEAM_LEAD}))
    return drafts


def post_of(team: str) -> str:
    """What the post of a team's lead is called."""
    return f"{team}·{STAGE_ZH[Stage.TEAM_LEAD]}"


def _publish_years(session: Session) -> None:
    """Seeds the published years of working days; a year the court has entered itself is kept."""
    known = set(session.scalars(select(CalendarYear.year)))
    days = {**dict.fromkeys(constants.holidays, False), **dict.fromkeys(constants.workdays, True)}
    years = {day.year for day in constants.holidays} - known
    session.add_all(CalendarYear(year=year, source=PUBLISHED) for year in sorted(years))
    session.add_all(
        CalendarDay(day=day, works=works, name=_name(day))
        for day, works in sorted(days.items())
        if day.year in years
    )


def _name(day: date) -> str:
    """The holiday that a day belongs to, in Chinese; a make-up day has its holiday's name."""
    return NAMES[constants.holidays.get(day) or constants.workdays[day]]
