"""What is shown of a number that belongs to a person? Enough to tell it from others, no more.

Identity numbers 6 + 4, telephone numbers 3 + 4 (domain.md § 6); bank accounts 4 + 4 [D]. A free
text as the court wrote it stays whole in the case's own log; wherever it leaves the case (lists,
exports, logs, the reading log) ``masked`` hides the numbers that people typed into it.
"""

import re

from linshu.rules.numbers import half_width

_GAP = r"[ \u00a0\u3000-]?"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
#: Resident identity numbers of 18 characters, and of 15 (until 2013).
_IDENTITY = rf"[1-9]\d{{5}}{_GAP}(?:18|19|20)\d\d{_DAY}{_GAP}\d{{3}}[\dXx]"
_LEGACY = rf"[1-9]\d{{7}}{_DAY}\d{{3}}"
_MOBILE = rf"1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
_CARD = rf"\d{{4}}(?:{_GAP}\d{{4}}){{3}}{_GAP}\d{{0,3}}|\d{{16,30}}"
# No digit beside it, and no lower-case hex: digests and request ids stay whole.
_PERSONAL = re.compile(
    rf"(?<!\d)(?P<identity>{_IDENTITY})(?!\d)|(?<![\da-f])(?:"
    rf"(?P<legacy>{_LEGACY})|(?:\+?86{_GAP})?(?P<mobile>{_MOBILE})|(?P<card>{_CARD})"
    r")(?![\da-f])"
)
_SHOWN = {"identity": (6, 4), "legacy": (6, 4), "mobile": (3, 4), "card": (4, 4)}


def mask_identity(text: str) -> str:
    """An identity number as lists show it: 371329********1234."""
    return _hidden(text, 6, 4) if len(text) >= 15 else _hidden(text, 2, 2)


def mask_phone(text: str) -> str:
    """A telephone number as lists show it: 3 + 4, e.g. 138****5678."""
    return _hidden(text, 3, 4) if len(text) >= 10 else _hidden(text, 1, 2)


def mask_account(text: str) -> str:
    """A bank account as lists show it: 6222***********1234."""
    return _hidden(text, 4, 4) if len(text) >= 12 else _hidden(text, 1, 2)


def mask_address(text: str) -> str:
    """An address as lists show it: as far as the county, no further (6 letters) [D]."""
    first = min(6, len(text) // 3)
    return text[:first] + "****" if text else ""


def mask_electronic(text: str) -> str:
    """An electronic address as lists show it: its first two letters and what follows an @."""
    name, at, host = text.partition("@")
    return _hidden(name, 2, 0) + at + host


def masked(text: str) -> str:
    """A free text whose identity numbers, mobile numbers and bank cards are masked; case numbers,
    dates, amounts and digests are not touched."""
    shown = list(text)
    for found in _PERSONAL.finditer(half_width(text)):  # letter by letter: places stay
        kind = found.lastgroup or "card"
        begin, end = found.span(kind)
        shown[begin:end] = _hidden(text[begin:end], *_SHOWN[kind])
    return "".join(shown)


def _hidden(text: str, first: int, last: int) -> str:
    """The gaps that people write between digits stay, and do not count."""
    places = [at for at, letter in enumerate(text) if letter not in " \u00a0\u3000-"]
    if len(places) < first + last + 2:
        first = last = min(1, len(places) // 4)
    hidden = set(places[first : len(places) - last])
    return "".join("*" if at in hidden else letter for at, letter in enumerate(text))
