"""In which words do templates say stages, reasons and kinds? The filters that Jinja knows."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from flask_babel import get_locale, ngettext

from linshu.rules.duties import ROLE_ZH, Role
from linshu.rules.numbers import mask_identity
from linshu.rules.policy import STAGE_ZH, Limit, Stage
from linshu.rules.said import Said
from linshu.rules.sentences import sentence as told
from linshu.rules.transitions import Reason
from linshu.services.recording import KINDS
from linshu.web.words import ANSWERS_ZH, CORRECTED_ZH, REASONS_ZH, listed, spoken, word


def init_app(app: Flask) -> None:
    """Hands the filters to Jinja."""
    app.jinja_env.filters.update(
        stage=stage,
        exit_reason=exit_reason,
        action_kind=action_kind,
        mask_identity=mask_identity,
        answer=answer,
        fact=fact,
        role=role,
        sentence=sentence,
        limit=limit,
        failure=failure,
        word=word,
        spoken=spoken,
        listed=listed,
    )


def stage(value: Stage | str) -> str:
    """A stage's name."""
    return word(STAGE_ZH[Stage(value)])


def exit_reason(value: Reason | str) -> str:
    """Why a stint ended; empty while it runs."""
    return word(REASONS_ZH[Reason(value)]) if value else ""


def action_kind(value: str) -> str:
    """The kind of an action, as the quick-record box calls it."""
    return word(KINDS[value])


def answer(value: str) -> str:
    """Yes or no in the reader's language; other words as they were written."""
    return word(value) if value in ANSWERS_ZH else value


def fact(key: str) -> str:
    """What a correction put right, by its name."""
    return word(CORRECTED_ZH.get(key, key))


def role(value: str) -> str:
    """A role's name; empty for the system, which has none."""
    return word(ROLE_ZH[Role(value)]) if value in set(Role) else ""


def sentence(entry: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What a trail entry says, in the reader's language; ``names``: the logins' owners."""
    sides = {side: _spoken(entry[side], names) for side in ("before", "after", "data")}
    return told({**entry, **sides}, str(get_locale() or "zh"))


def _spoken(facts: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    ways: Mapping[str, Callable[[str], str]] = {
        "role": role,
        "handler": lambda login: names.get(login, login),
        "what": fact,
        "kind": lambda kind: word(facts.get("kind_zh", kind)),
        "ground": lambda ground: word(facts.get("ground_zh", ground)),
        "team": word,
        "type": word,
    }
    return {key: ways[key](v) if key in ways and v else v for key, v in facts.items()}


def limit(value: Limit) -> str:
    """A length of time."""
    months = ngettext("%(num)s 个月", "%(num)s 个月", value.months) if value.months else ""
    days = ngettext("%(num)s 日", "%(num)s 日", value.days) if value.days else ""
    return " ".join(part for part in (months, days) if part)


def failure(kept: str) -> str:
    """Why an import failed, as its row keeps it."""
    return spoken(Said.loads(kept))
