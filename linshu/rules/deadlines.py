"""What else runs out, and what stops a clock? Pause kinds, the extension, the other countdowns: the
rows of the policy document that say so, as frozen values (domain.md § 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from linshu.rules.kinds import EVENTS, PAID, RECEIPT, UNTIL
from linshu.rules.reading import Reader
from linshu.rules.said import Said

STAGE_CLOCK, STATUTORY_CLOCK = "stage", "statutory"
E = TypeVar("E", bound=StrEnum)
REQUEST_KINDS = (
    *("transfer", "pause", "extension", "measure"),
    *("closing", "reopening", "resuming", "override"),
)
#: Who decides these, the measure or the gate says.
SAID_ELSEWHERE = ("measure", "closing")
DECIDERS = ("team_lead", "bureau_chief", "vice_president", "president")
LONGEST_KEY, LONGEST_ROW = 20, 40  # what the tables have room for
LONGEST_NAME, LONGEST_GROUND = 40, 200


class Unit(StrEnum):
    """What a countdown counts in; ``ENTERED``: its end is the date printed on the document."""

    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"
    ENTERED = "entered"


class Count(StrEnum):
    """How many of a countdown a case has: ``EACH`` start begins its own, and an act meets one of
    them; ``ONE`` at a time; ``ONCE`` in the life of the case."""

    EACH = "each"
    ONE = "one"
    ONCE = "once"


class Told(StrEnum):
    """Who hears of a countdown."""

    HANDLER = "handler"
    LEAD = "lead"
    CHIEF = "chief"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class PauseKind:
    """扣除执行期限: a kind of pause, its usual legal ground (empty: whoever asks must name one),
    the clocks it stops (``stage``, ``statutory``), and after how many days it is watched."""

    key: str
    name: str
    ground: str
    stops: tuple[str, ...]
    watch_days: int


@dataclass(frozen=True, slots=True)
class ExtensionRule:
    """When an extension of the statutory clock may be asked for, and how long it may be at most."""

    last_days: int
    most_months: int


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Which role decides a kind of request (empty: what is asked for says so itself), and in how
    many working days: then it goes to the next up."""

    approved_by: str
    days: int


@dataclass(frozen=True, slots=True)
class Countdown:
    """One row of the other countdowns. ``starts``/``meets``: events; ``again``: how many times it
    comes round, each round counted from the first start; ``days``: when its alerts come;
    ``dormant``: it goes on, and may start, in dormant care; ``most_days``: how far off an entered
    end may lie, 0 for as far as it likes."""

    key: str
    name: str
    source: str
    starts: tuple[str, ...]
    meets: tuple[str, ...]
    limit: int
    unit: Unit
    rolls: bool
    earliest: bool
    pausable: bool
    again: int
    count: Count
    dormant: bool
    most_days: int
    days: tuple[int, ...]
    tells: tuple[Told, ...]

    @property
    def of_money(self) -> bool:
        """Whether it is about money that came in: it ends when that is wholly paid out."""
        return RECEIPT in self.starts and PAID in self.meets and self.count is Count.EACH


def read_pauses(reader: Reader) -> Mapping[str, PauseKind]:
    """The section ``pauses``: each kind stops one clock or both."""
    return {
        key: _pause(key, reader, f"pauses.{key}") for key in reader.sections("pauses", LONGEST_KEY)
    }


def _pause(key: str, reader: Reader, path: str) -> PauseKind:
    kind = PauseKind(
        key,
        reader.word(f"{path}.name"),
        reader.take(f"{path}.ground", str, "", optional=True),
        reader.words(f"{path}.stops", (STAGE_CLOCK, STATUTORY_CLOCK)),
        reader.number(f"{path}.watch_days", 1, 3650),
    )
    if not kind.stops:
        reader.faults.append(Said("{path}.stops:至少停一个期限", path=path))
    if len(kind.name) > LONGEST_NAME or len(kind.ground) > LONGEST_GROUND:
        places = {"path": path, "name": LONGEST_NAME, "ground": LONGEST_GROUND}
        reader.faults.append(Said("{path}:名称不超过 {name} 字,依据不超过 {ground} 字", **places))
    return kind


def read_extension(reader: Reader) -> ExtensionRule:
    """The section ``extension``."""
    return ExtensionRule(
        reader.number("extension.last_days", 1, 60),
        reader.number("extension.most_months", 1, 12),
    )


def read_approvals(reader: Reader) -> Mapping[str, ApprovalRule]:
    """The section ``approvals``: every kind of request. The statutory limit is lengthened by the
    president, or by setting the vice president (严格执行审限 2000 art. 5)."""
    among = dict.fromkeys(REQUEST_KINDS, DECIDERS) | {"extension": ("president", "vice_president")}
    return {
        kind: ApprovalRule(
            "" if kind in SAID_ELSEWHERE else reader.word(f"approvals.{kind}.approved_by", roles),
            reader.number(f"approvals.{kind}.days", 1, 30),
        )
        for kind, roles in among.items()
    }


def read_countdowns(reader: Reader) -> Mapping[str, Countdown]:
    """The section ``countdowns``."""
    return {
        key: _countdown(reader, key, f"countdowns.{key}")
        for key in reader.sections("countdowns", LONGEST_ROW)
    }


def _countdown(reader: Reader, key: str, path: str) -> Countdown:
    unit = _among(reader, f"{path}.unit", Unit.DAY)
    entered = unit is Unit.ENTERED
    starts, meets = (_events(reader, f"{path}.{side}") for side in ("starts", "meets"))
    if entered and not set(starts) <= UNTIL:
        only = Said(
            "{path}.starts:期满日由文书写明的,只能用 {those}", path=path, those=sorted(UNTIL)
        )
        reader.faults.append(only)
    pausable = False if entered else reader.take(f"{path}.pausable", bool, False)
    if pausable and unit in (Unit.HOUR, Unit.WORKING_DAY):
        runs = Said("{path}.pausable:按时、按工作日计算的,不因扣除而停止", path=path)
        reader.faults.append(runs)
    return Countdown(
        key=key,
        name=reader.word(f"{path}.name"),
        source=reader.word(f"{path}.source"),
        starts=starts,
        meets=meets,
        limit=0 if entered else reader.number(f"{path}.limit", 1, 3650),
        unit=unit,
        rolls=False if entered else reader.take(f"{path}.rolls", bool, True),
        earliest=reader.take(f"{path}.earliest", bool, False, optional=True),
        pausable=pausable,
        again=reader.number(f"{path}.again", 1, 100, default=1),
        count=_among(reader, f"{path}.count", Count.EACH, optional=True),
        dormant=reader.take(f"{path}.dormant", bool, False, optional=True),
        most_days=reader.number(f"{path}.most_days", 1, 36500, default=0),
        days=reader.days(f"{path}.days"),
        tells=tuple(Told(word) for word in reader.words(f"{path}.tells", tuple(Told))),
    )


def _events(reader: Reader, path: str) -> tuple[str, ...]:
    events = reader.words(path, tuple(sorted(EVENTS)))
    if not events:
        reader.faults.append(Said("{path}:至少一项", path=path))
    return events


def _among(reader: Reader, path: str, default: E, optional: bool = False) -> E:
    text = reader.take(path, str, str(default), optional)
    among = type(default)
    try:
        return among(text)
    except ValueError:
        reader.faults.append(Said("{path}:只能用 {words}", path=path, words=[*among]))
        return default
