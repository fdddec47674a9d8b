"""Where does a case come from? What the trial side hands over: the basis, the preservation (R27).

The flow is to report back to the trial side (``trial_link``), so that what is asked here is what is
counted there.
"""

import re
from dataclasses import dataclass
from datetime import date

from linshu.rules.numbers import NumberFault, compact, round_brackets
from linshu.rules.said import Said

#: 执行依据: by what kind of document a claim is enforced (执行规定 art. 2).
MEDIATION = "调解书"
BASIS_KINDS = (
    "判决书",
    MEDIATION,
    "裁定书",
    "仲裁裁决",
    "公证债权文书",
    "支付令",
    "行政决定",
    "其他",
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What the trial side knows of a case: the kind of the basis, its court, the team or judge that
    tried it, the day it took effect, the number under which property was preserved."""

    basis_kind: str = ""
    trial_court: str = ""
    trial_team: str = ""
    effective_on: date | None = None
    preservation: str = ""


@dataclass(frozen=True, slots=True)
class Seized:
    """A thing that was preserved: until when as printed, how many seizures of others come before
    (轮候). Value in fen, 0 for unknown. ``of``: which debtor's, by name; empty for the first."""

    kind: str
    name: str
    until_on: date
    value_fen: int = 0
    queue: int = 0
    of: str = ""


def mediated(basis_kind: str, basis: str) -> bool:
    """调解结案: by the kind of the basis; where nobody said it, by how the basis reads."""
    return basis_kind == MEDIATION if basis_kind else MEDIATION in basis


_NUMBER = re.compile(
    r"\((20[0-9]{2})\)([一-龥]{1,3}[0-9A-Za-z]{0,8}?[一-龥]{1,6})([1-9][0-9]{0,8})号?(之[一二三四五六七八九十]{1,3})?"
)


def preservation_number(text: str) -> str:
    """The number of a preservation case as it is kept, e.g. （2025）鲁1329财保12号; empty for none.

    Lenient: any court, and any kind (财保, 民初, 执保, …) but an enforcement case's own, for such a
    case preserves nothing. NumberFault "preservation" otherwise."""
    plain = round_brackets(compact(text))
    if not plain:
        return ""
    found = _NUMBER.fullmatch(plain)
    if found is None or found[2].endswith(("执", "执恢")):
        raise NumberFault("preservation", Said("保全案号不规范，应如（2025）鲁1329财保12号"))
    year, kind, serial, part = found.groups()
    return f"（{year}）{kind}{serial}号{part or ''}"
