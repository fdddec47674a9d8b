"""总览: where are the cases, where do they pile up, and what must be looked at?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.rules.stages import HELD_BY, STAGE_ZH, Stage, TeamKind
from linshu.rules.transitions import Reason
from linshu.services import policies
from linshu.services.actor import Actor
from linshu.services.errors import NotFound
from linshu.store import figures, lists, queries
from linshu.store.db import db
from linshu.store.figures import Eyes, Load, Look, Outcome
from linshu.store.filters import Filter, Scope
from linshu.store.people import Team
from linshu.web import looking
from linshu.web.clock import today, when
from linshu.web.guard import actor, allow
from linshu.web.words import listed, word

bp = Blueprint("overview", __name__)


@dataclass(frozen=True, slots=True)
class Node:
    """A stage on the strip: what is there now, and what became of what left it this month.
    ``own``: one's own team or post works there."""

    stage: Stage
    load: Load
    outcomes: Sequence[Outcome]
    own: bool

    @property
    def parts(self) -> list[tuple[int, str]]:
        """The bar: far off, this week, today, run out."""
        load = self.load
        near = load.week - load.today
        rest = load.cases - load.week - load.late
        return [(rest, "rest"), (near, "near"), (load.today, "soon"), (load.late, "late")]

    def ended(self, *reasons: Reason) -> int:
        """How many left for these reasons."""
        return sum(one.cases for one in self.outcomes if one.reason in reasons)

    @property
    def capped(self) -> bool:
        """Whether cases stay here, flagged, when they run out: the end of the flow."""
        return self.stage is Stage.VICE_PRESIDENT

    @property
    def post(self) -> bool:
        """Whether one person's post, not a team, holds what is here."""
        return HELD_BY[self.stage].is_post

    def words(self) -> list[str]:
        """What became of what left it this month; what is nought is left out."""
        counted = [
            (_("简"), self.ended(Reason.SCREENED_SIMPLE)),
            (_("繁"), self.ended(Reason.SCREENED_COMPLEX)),
            (_("执恢"), self.ended(Reason.RESUMED)),
            (_("未甄别"), self.ended(Reason.UNSCREENED)),
            (_("结"), self.ended(Reason.CLOSED, Reason.DORMANT)),
            (_("恢复"), self.ended(Reason.RESUMED_ANEW)),
            *((_onward(one.to), one.cases) for one in self.outcomes if _ran_out(one)),
            (_("移交"), self.ended(Reason.EARLY_TRANSFER, Reason.EXEMPT_TRANSFER)),
            (_("改派"), self.ended(Reason.REASSIGNED)),
        ]
        return [f"{word} {number}" for word, number in counted if number]


def _ran_out(one: Outcome) -> bool:
    return one.reason is Reason.EXPIRY


def _onward(to: Stage | None) -> str:
    """Where expiry leads: sideways, up, or on to another stage."""
    if to is None:
        return _("期满")
    if to is Stage.LATERAL:
        return _("横移")
    return _("上提") if HELD_BY[to].is_post else _("期满 → %(stage)s", stage=word(STAGE_ZH[to]))


@dataclass(slots=True)
class Holding:
    """A line of the table: a team with the post of its lead, its cases stage by stage."""

    team: Team
    people: int | None
    cells: dict[Stage, tuple[int, Load]] = field(default_factory=dict)

    @property
    def all(self) -> Load:
        return sum((load for _team_id, load in self.cells.values()), Load())

    @property
    def each(self) -> str:
        """人均在办, one decimal; 0/0 is —."""
        return f"{self.all.cases / self.people:.1f}" if self.people else "—"


@bp.get("/overview")
@allow(Duty.READ_OVERVIEW)
def page() -> str:
    """The whole court on one screen, or for a lead what his team holds and has held."""
    who, on, session = actor(), today(), db.session()
    scope = lists.scope_of(session, who.court_id, who.role, who.team_id)
    loads = figures.loads(session, scope, on)
    lines, nodes = _lines(who, scope, loads), _nodes(who, scope, loads, on)
    dormant = [load for (stage, _team), load in loads.items() if not stage.limited]
    return render_template(
        "overview/page.html",
        today=on,
        whole=scope.team_ids is None,
        running=sum((node.load for node in nodes), Load()),
        dormant=sum(dormant, Load()),
        dormant_stage=Stage.DORMANT,
        paused=lists.count(session, scope, Filter(due="paused"), on),
        nodes=nodes,
        stages=[stage for stage in Stage if any(stage in line.cells for line in lines)],
        lines=lines,
        **_looks(who, scope),
    )


def _nodes(who: Actor, scope: Scope, loads: dict[tuple[Stage, int], Load], on: date) -> list[Node]:
    session = db.session()
    went = figures.outcomes(session, scope, on.replace(day=1))
    own = queries.own_team_ids(session, who.court_id, who.role, who.team_id)
    kinds = set(session.scalars(select(Team.kind).where(Team.id.in_(own))))
    return [
        Node(
            stage,
            sum((load for (at, _), load in loads.items() if at is stage), Load()),
            [one for one in went if one.stage is stage],
            str(HELD_BY[stage]) in kinds,
        )
        for stage in Stage
        if stage.limited
    ]


def _lines(who: Actor, scope: Scope, loads: dict[tuple[Stage, int], Load]) -> list[Holding]:
    """A line for each team in scope that is active or holds cases; a lead's post stands in the
    line of its team."""
    session = db.session()
    teams = list(
        session.scalars(select(Team).where(Team.court_id == who.court_id).order_by(Team.id))
    )
    hands = figures.hands(session, who.court_id)
    seen = set(scope.team_ids) if scope.team_ids is not None else {team.id for team in teams}
    line_of: dict[int, Holding] = {}
    for team in _parents_first(teams):
        line = line_of.get(team.parent_id or 0)
        if line is None:
            people = hands.get(team.id) if team.id in seen else None
            line = Holding(team, people)
        line_of[team.id] = line
        cells = {stage: (id_, load) for (stage, id_), load in loads.items() if id_ == team.id}
        line.cells.update(cells)
    lines = dict.fromkeys(line_of[team.id].team.id for team in teams)
    found = [line_of[id_] for id_ in lines]
    return [line for line in found if line.cells or (line.team.active and line.team.id in seen)]


def _parents_first(teams: Iterable[Team]) -> list[Team]:
    return sorted(teams, key=lambda team: (team.parent_id is not None, team.id))


def eyes_of(who: Actor, scope: Scope) -> Eyes:
    days = policies.in_force(who, when()).claim_days
    calendar = queries.calendar(db.session())
    return Eyes(scope, today(), figures.waited_since(calendar, today(), days))


def _looks(who: Actor, scope: Scope) -> dict[str, object]:
    """请看: what the rules bring up; what is nought is not brought up."""
    session, eyes = db.session(), eyes_of(who, scope)
    seen = {look: number for look, number in figures.looked_at(session, eyes).items() if number}
    whole = scope.team_ids is None
    states = queries.team_states(session, who.court_id)
    intensive = sum(team.active for team in states if team.kind is TeamKind.INTENSIVE)
    return {
        "looks": {look: (number, _list_of(look)) for look, number in seen.items()},
        "waiting": _by_team(eyes) if Look.WAITING in seen else "",
        "vacancies": figures.vacancies(session, who.court_id) if whole else [],
        "intensive": intensive if whole else None,
        "claim_days": policies.in_force(who, when()).claim_days,
        "missing_year": _missing_year(who),
    }


def _missing_year(who: Actor) -> int | None:
    """The year whose list of working days should be here, for those who can bring it about."""
    if not who.may(Duty.DECIDE_RECOMPUTE):
        return None
    return queries.calendar(db.session()).missing_year(today())


def _by_team(eyes: Eyes) -> str:
    """The teams whose cases wait longest for a hand, the most first."""
    waiting = figures.teams_of(db.session(), eyes, Look.WAITING)
    return listed(f"{word(name)} {number}" for name, number in list(waiting.items())[:3])


def _list_of(look: Look) -> str:
    if look in lists.DUES:
        return url_for("search.listing", due=look)
    return url_for("overview.listing", look=look)


@bp.get("/overview/<look>")
@allow(Duty.READ_OVERVIEW, reads=Kind.LIST)
def listing(look: str) -> str:
    """The cases behind one line of 请看."""
    if look not in set(Look):
        raise NotFound()
    who, session = actor(), db.session()
    scope = lists.scope_of(session, who.court_id, who.role, who.team_id)
    found = figures.look(session, eyes_of(who, scope), Look(look), request.args.get("page", 1, int))
    looking.tell(words=looking.in_chinese(lambda: kept_as(Look(look))))
    return render_template(
        "overview/listing.html",
        look=Look(look),
        title=titled(Look(look)),
        page=found,
        today=today(),
    )


def kept_as(look: Look) -> str:
    """What the reading log calls the list, however many days the policy says."""
    return _("未认领") if look is Look.WAITING else str(LOOKS[look])


def titled(look: Look) -> str:
    """What a look brings up, in words."""
    if look is Look.WAITING:
        days = policies.in_force(actor(), when()).claim_days
        return _("满 %(days)s 个工作日无人认领", days=days)
    return str(LOOKS[look])


LOOKS = {
    Look.CAPPED: _l("顶格"),
    Look.STATUTORY: _l("超过法定执行期限"),
    Look.ASIDE: _l("搁置待处理"),
    Look.UNSCREENED: _l("本月未甄别即转入指挥中心"),
    Look.SKIPPED: _l("未经横移直接上提"),
    Look.PROVISIONAL: _l("期限暂定"),
    Look.LONG_PAUSED: _l("暂停过久"),
    Look.COUNTDOWNS: _l("其他期限已过"),
}
