"""What does a trail entry say to its reader? Its sentence, with people by name and codes in words.

``word`` puts a word of ours into the reader's language; without it the sentence is Chinese.
"""

from collections.abc import Callable, Mapping
from typing import Any

from linshu.rules import sentences
from linshu.rules.duties import ROLE_ZH, Role
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason
from linshu.services.correcting import FACTS

Word = Callable[[str], str]

REASONS_ZH = {
    Reason.SCREENED_SIMPLE: "甄别为简案",
    Reason.SCREENED_COMPLEX: "甄别为繁案",
    Reason.UNSCREENED: "未甄别转出",
    Reason.RESUMED: "恢复执行",
    Reason.RESUMED_ANEW: "已恢复",
    Reason.EXPIRY: "期满",
    Reason.EARLY_TRANSFER: "提前移交",
    Reason.EXEMPT_TRANSFER: "免计移交",
    Reason.REASSIGNED: "指定承办团队",
    Reason.CLOSED: "结案",
    Reason.DORMANT: "终本",
}
#: What a correction may have put right: the facts of a case, an action, a party.
CORRECTED_ZH = {
    **FACTS,
    "action": "执行行为",
    "party": "当事人",
    "statutory_due_on": "法定执行期限届满日",
}
#: Entries in which a day that is not there says something: the clock stands still.
OPEN_ENDED = (
    *(Tag.CASE_PAUSED, Tag.CASE_DUE_CHANGED, Tag.CASE_STATUTORY_CHANGED),
    Tag.CASE_REASSIGNED,
)
STOPPED_ZH, UNKNOWN_ZH = "暂停", "未定"


def sentence(
    entry: Mapping[str, Any], names: Mapping[str, str], word: Word = str, language: str = "zh"
) -> str:
    """What an entry says; ``names``: the logins' owners."""
    sides = {side: _spoken(entry[side], names, word) for side in ("before", "after", "data")}
    if entry["tag"] in OPEN_ENDED:
        sides = {side: _open_ended(facts, word) for side, facts in sides.items()}
    return sentences.sentence({**entry, **sides}, language)


def role(value: str, word: Word = str) -> str:
    """A role's name; empty for the system, which has none."""
    return word(ROLE_ZH[Role(value)]) if value in set(Role) else ""


def fact(key: str, word: Word = str) -> str:
    """What a correction put right, by its name."""
    return word(CORRECTED_ZH.get(key, key))


def _open_ended(facts: Mapping[str, Any], word: Word) -> Mapping[str, Any]:
    words = {"due_on": word(STOPPED_ZH), "ends_on": word(UNKNOWN_ZH)}
    return {key: words.get(key) if value is None else value for key, value in facts.items()}


def _spoken(facts: Mapping[str, Any], names: Mapping[str, str], word: Word) -> Mapping[str, Any]:
    ways: Mapping[str, Word] = {
        "role": lambda value: role(value, word),
        "handler": lambda login: names.get(login, login),
        "what": lambda key: fact(key, word),
        "source": lambda source: word(facts.get("source_zh", source)),
        "kind": lambda kind: word(facts.get("kind_zh", kind)),
        "ground": lambda ground: word(facts.get("ground_zh", ground)),
        "name": word,
        "team": word,
        "from_team": word,
        "type": word,
    }
    return {key: ways[key](v) if key in ways and v else v for key, v in facts.items()}
