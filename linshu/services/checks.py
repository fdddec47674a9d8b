"""What is a check of the record, and what does it find?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from linshu.rules.said import Said
from linshu.store.writer import When

#: How many cases a check reads at one moment.
BATCH = 5000


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit, and where: a case by its number, or (``case_id`` None) something else by
    the name it has."""

    case_id: int | None
    name: str
    said: Said


@dataclass(frozen=True, slots=True)
class Court:
    """Which court is looked at, and when."""

    id: int
    when: When


Faults = Iterator[Fault]


@dataclass(frozen=True, slots=True)
class Rule:
    """One integrity check: its key, what it is called, and what finds its faults."""

    key: str
    name: str
    look: Callable[[Court], Faults]
