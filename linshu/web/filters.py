"""In which words do templates say stages, reasons and kinds? The filters that Jinja knows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Flask
from flask_babel import get_locale, gettext, ngettext

from linshu.rules import property
from linshu.rules.deadlines import Countdown
from linshu.rules.duties import ROLE_ZH, Role
from linshu.rules.measures import STANDING_ZH, Standing
from linshu.rules.nodes import BY_CODE
from linshu.rules.numbers import mask_identity
from linshu.rules.policy import STAGE_ZH, Limit, Stage, parse, published_text
from linshu.rules.said import Said
from linshu.rules.sentences import sentence as told
from linshu.rules.trail import Tag
from linshu.rules.transitions import Reason
from linshu.rules.why import Step
from linshu.rules.why import told as told_step
from linshu.services.recording import KINDS
from linshu.store.alerts import Subject
from linshu.web.words import (
    ANSWERS_ZH,
    CORRECTED_ZH,
    REASONS_ZH,
    SUBJECTS_ZH,
    listed,
    spoken,
    word,
)

#: Entries in which a day that is not there says something: the clock stands still.
OPEN_ENDED = (Tag.CASE_PAUSED, Tag.CASE_DUE_CHANGED, Tag.CASE_STATUTORY_CHANGED)


def init_app(app: Flask) -> None:
    """Hands the filters to Jinja."""
    app.jinja_env.filters.update(
        stage=stage,
        exit_reason=exit_reason,
        action_kind=action_kind,
        standing=standing,
        holding_kind=holding_kind,
        holding_status=holding_status,
        measure=measure,
        node=node,
        mask_identity=mask_identity,
        answer=answer,
        fact=fact,
        role=role,
        subject=subject,
        sentence=sentence,
        told=step,
        source=source,
        limit=limit,
        failure=failure,
        word=word,
        spoken=spoken,
        listed=listed,
    )


def standing(value: str) -> str:
    """How far a measure is."""
    return word(STANDING_ZH[Standing(value)])


def holding_kind(key: str) -> str:
    """A kind of property."""
    return word(property.KINDS[key].name)


def holding_status(value: str) -> str:
    """What has become of a thing."""
    return word(property.STATUS_ZH[property.Status(value)])


def measure(key: str) -> str:
    """A measure's name in the policy as published; a court's own shows by its key."""
    known = parse(published_text()).measures.get(key)
    return word(known.name) if known else key


def node(code: str) -> str:
    """A flow node's name."""
    return word(BY_CODE[code].name)


def stage(value: Stage | str) -> str:
    """A stage's name."""
    return word(STAGE_ZH[Stage(value)])


def exit_reason(value: Reason | str) -> str:
    """Why a stint ended; empty while it runs."""
    return word(REASONS_ZH[Reason(value)]) if value else ""


def action_kind(value: str) -> str:
    """The kind of an action, as the quick-record box calls it."""
    return word(KINDS[value])


def subject(value: str, row: str = "", rows: Mapping[str, Countdown] | None = None) -> str:
    """What an alert is about; a countdown by the name of its row in the policy in force."""
    if value == Subject.COUNTDOWN:
        found = (rows or {}).get(row)
        return word(found.name) if found else row
    return word(SUBJECTS_ZH[Subject(value)])


def answer(value: str) -> str:
    """Yes or no in the reader's language; other words as they were written."""
    return word(value) if value in ANSWERS_ZH else value


def fact(key: str) -> str:
    """What a correction put right, by its name."""
    return word(CORRECTED_ZH.get(key, key))


def role(value: str) -> str:
    """A role's name; empty for the system, which has none."""
    return word(ROLE_ZH[Role(value)]) if value in set(Role) else ""


def step(value: Step) -> str:
    """One step of why a date is the date it is."""
    return told_step(replace(value, names=tuple(map(word, value.names))), str(get_locale() or "zh"))


def source(text: str) -> str:
    """By which rule: a statute, or a version of the court's own policy."""
    return " ".join(word(part) for part in text.split(" "))


def sentence(entry: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What a trail entry says, in the reader's language; ``names``: the logins' owners."""
    sides = {side: _spoken(entry[side], names) for side in ("before", "after", "data")}
    if entry["tag"] in OPEN_ENDED:
        sides = {side: _open_ended(facts) for side, facts in sides.items()}
    return told({**entry, **sides}, str(get_locale() or "zh"))


def _open_ended(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    words = {"due_on": gettext("暂停"), "ends_on": gettext("未定")}
    return {key: words.get(key) if value is None else value for key, value in facts.items()}


def _spoken(facts: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    ways: Mapping[str, Callable[[str], str]] = {
        "role": role,
        "handler": lambda login: names.get(login, login),
        "what": fact,
        "kind": lambda kind: word(facts.get("kind_zh", kind)),
        "ground": lambda ground: word(facts.get("ground_zh", ground)),
        "name": word,
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
