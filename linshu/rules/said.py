"""How does the system say why? A Chinese sentence with places, and the facts that fill them.

The two stay apart until somebody reads them, so that a screen can put the sentence into the
reader's language, and those facts too that are words of ours: they are ``Said`` themselves, while a
plain text is shown as it was written. ``Said("…")`` in the source is gathered for translation.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


class Said:
    """A sentence with its facts: plain values, lists of them, or sentences themselves."""

    def __init__(self, sentence: str, /, **facts: Any) -> None:
        self.sentence, self.facts = sentence, facts

    def told(self, word: Callable[[str], str]) -> str:
        """The sentence as ``word`` puts it, filled; a place that has no fact reads —. Without any
        fact it has no places: a team's name may hold a brace."""
        sentence = word(self.sentence)
        facts = {key: _fact(value, word) for key, value in self.facts.items()}
        return sentence.format_map(_Places(facts)) if facts else sentence

    def __str__(self) -> str:
        return self.told(str)

    def dumps(self) -> str:
        """As text that :meth:`loads` reads again."""
        return json.dumps(self, default=_plain, ensure_ascii=False)

    @staticmethod
    def loads(text: str) -> Said:
        found: Said = json.loads(text, object_hook=_read)
        return found


def _plain(value: Any) -> Any:
    return {"said": value.sentence, "facts": value.facts} if isinstance(value, Said) else str(value)


def _read(found: dict[str, Any]) -> Any:
    sentence = found.get("said")
    return Said(sentence, **found["facts"]) if sentence else found


def _fact(value: Any, word: Callable[[str], str]) -> Any:
    match value:
        case Said():
            return value.told(word)
        case list() | tuple():
            return word("、").join(str(_fact(one, word)) for one in value)
        case _:
            return value


class _Places(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"
