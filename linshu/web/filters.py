"""In which words do templates say stages, reasons and kinds? The filters that Jinja knows.

The Chinese words stand in the rules and services; ``_`` puts them into the reader's language.
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from linshu.rules.numbers import mask_identity
from linshu.rules.policy import STAGE_ZH, Stage
from linshu.rules.sentences import sentence as told
from linshu.rules.transitions import Reason
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


def init_app(app: Flask) -> None:
    """Hands the filters to Jinja."""
    app.jinja_env.filters.update(
        stage=stage,
        exit_reason=exit_reason,
        action_kind=action_kind,
        mask_identity=mask_identity,
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


def sentence(entry: Mapping[str, Any]) -> str:
    """What a trail entry says, in the reader's language."""
    return told(entry, str(get_locale() or "zh"))
