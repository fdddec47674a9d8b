"""How does one warning read, which are asked for, how many are there? The lines of ``watch``."""

from dataclasses import dataclass
from datetime import date

from linshu.rules.stages import Stage
from linshu.rules.watch import About


@dataclass(frozen=True, slots=True)
class Asked:
    """Which warnings: of countdowns or of nodes, of one of them, of a team, late or not yet."""

    about: About | None = None
    key: str = ""
    team_id: int | None = None
    late: bool | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One warning with its case. ``key``: the row of a countdown or the code of a node; ``name``:
    what is missing; since when it waits, until when it may."""

    about: About
    key: str
    name: str
    countdown_id: int | None
    case_id: int
    number: str
    stage: Stage
    team: str
    handler: str | None
    since_on: date
    due_on: date

    @property
    def pick(self) -> str:
        """How a form names it."""
        return f"{self.about}:{self.case_id}:{self.countdown_id or self.key}"


@dataclass(frozen=True, slots=True)
class Count:
    """How many warnings of one countdown or node there are, and how many of them are late."""

    about: About
    key: str
    name: str
    all: int
    late: int

    def number(self, asked: Asked) -> int:
        """How many of them are asked for, whichever team's they are."""
        if asked.about not in (None, self.about) or asked.key not in ("", self.key):
            return 0
        return {None: self.all, True: self.late, False: self.all - self.late}[asked.late]
