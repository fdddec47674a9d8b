"""In which words do templates say stages, reasons and kinds? The filters that Jinja knows.

The Chinese words stand in the rules and services; ``_`` puts them into the reader's language.
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from linshu.rules.duties import ROLE_ZH, Role
from linshu.rules.numbers import mask_identity
from linshu.rules.policy import STAGE_ZH, Stage
from linshu.rules.sentences import sentence as told
from linshu.rules.transitions import Reason
from linshu.services.correcting import FACTS
from linshu.services.recording import KINDS

REASONS_ZH = {
    Reason.SCREENED_SIMPLE: "甄别为简案",
    Reason.SCREENED_COMPLEX: "甄别为繁案",
    Reason.UNSCREENED: "未甄别转出",
    Reason.RESUMED: "恢复执行",
    Reason.EXPIRY: "期满",
    Reason.EARLY_TRANSFER: "提前移交",
    Reason.EXEMPT_TRANSFER: "免计移交",
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


def init_app(app: Flask) -> None:
    """Hands the filters to Jinja."""
    app.jinja_env.filters.update(
        stage=stage,
        exit_reason=exit_reason,
        action_kind=action_kind,
        mask_identity=mask_identity,
        fact=fact,
        role=role,
        sentence=sentence,
    )


def stage(value: Stage | str) -> str:
    """A stage's name."""
    return _(STAGE_ZH[Stage(value)])


def exit_reason(value: Reason | str) -> str:
    """Why a stint ended; empty while it runs."""
    return _(REASONS_ZH[Reason(value)]) if value else ""


def action_kind(value: str) -> str:
    """The kind of an action, as the quick-record box calls it."""
    return _(KINDS[value])


def fact(key: str) -> str:
    """What a correction put right, by its name."""
    return _(CORRECTED_ZH.get(key, key))


def role(value: str) -> str:
    """A role's name; empty for the system, which has none."""
    return _(ROLE_ZH[Role(value)]) if value in set(Role) else ""


def sentence(entry: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What a trail entry says, in the reader's language; ``names``: the logins' owners."""
    sides = {side: _spoken(entry[side], names) for side in ("before", "after", "data")}
    return told({**entry, **sides}, str(get_locale() or "zh"))


def _spoken(facts: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    ways = {"role": role, "handler": lambda login: names.get(login, login), "what": fact}
    return {key: ways[key](v) if key in ways and v else v for key, v in facts.items()}
