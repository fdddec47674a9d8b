"""Which messages must a translation have? What Babel gathers, as pyproject.toml tells it to.

make words      gathers, brings translations/ up to date, compiles; then translate what is new
"""

from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from babel.messages.extract import extract_python

from linshu.web import words

#: How a call marks its Chinese text, and what Babel calls such a call.
MARKS = {"_": "_", "_l": "_", "Said": "_", "ngettext": "ngettext"}
Gathered = Iterator[tuple[int, str, Any, list[str]]]


def calls(
    file: IO[bytes], _keywords: object, tags: Collection[str], options: Mapping[str, Any]
) -> Gathered:
    """What a Python source marks itself: ``_("…")``, ``_l("…")``, ``ngettext("…", "…")``,
    ``Said("…")``."""
    for line, function, texts, comments in extract_python(file, MARKS, tags, dict(options)):
        yield line, MARKS[function], texts, comments


def tables(
    file: IO[bytes], keywords: object, tags: Collection[str], options: Mapping[str, Any]
) -> Gathered:
    """For words.py: what it marks itself, and the tables it names."""
    yield from calls(file, keywords, tags, options)
    for table in words.tables():
        for text in table:
            yield 1, "_", text, []
