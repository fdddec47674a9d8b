"""In which words do templates say stages, reasons and kinds? The filters that Jinja knows."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Flask
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from linshu.rules import care, papers, property
from linshu.rules.deadlines import Countdown
from linshu.rules.gate_facts import SEARCHES
from linshu.rules.kinds import PAYEES
from linshu.rules.masking import mask_identity
from linshu.rules.measures import STANDING_ZH, Standing
from linshu.rules.nodes import BY_CODE
from linshu.rules.numbers import yuan
from linshu.rules.orders import STATUS_ZH, Status
from linshu.rules.parties import KINDS_ZH, MANDATES, ROLE_ZH, PartyRole
from linshu.rules.policy import Limit, parse, published_text
from linshu.rules.said import Said
from linshu.rules.snapshot import FACTS_ZH, Changed
from linshu.rules.stages import STAGE_ZH, Stage
from linshu.rules.transitions import Reason
from linshu.rules.why import Step
from linshu.rules.why import told as told_step
from linshu.services import batches, telling
from linshu.services.recording import KINDS
from linshu.store.alerts import Subject
from linshu.store.cases import Party
from linshu.store.db import db
from linshu.store.personal import ADDRESS_SHOWN, SHOWN
from linshu.web.words import (
    ANSWERS_ZH,
    REASONS_ZH,
    SUBJECTS_ZH,
    listed,
    spoken,
    word,
)

#: What an agent's text says of browser and machine.
BROWSERS = (r"(Firefox|Edg|Chrome|Chromium)/\d+", r"Windows NT [\d.]+|Linux|Mac OS X|Android")


def init_app(app: Flask) -> None:
    """Hands the filters to Jinja."""
    app.jinja_env.filters.update(
        stage=stage,
        exit_reason=exit_reason,
        action_kind=action_kind,
        payee=payee,
        changed=changed,
        standing=standing,
        holding_kind=holding_kind,
        paper=paper,
        attachment=attachment,
        holding_status=holding_status,
        application_standing=application_standing,
        application_source=application_source,
        search_source=search_source,
        batch_kind=batch_kind,
        measure=measure,
        node=node,
        order_status=order_status,
        mask_identity=mask_identity,
        masked_as=masked_as,
        masked_part=masked_part,
        party_role=party_role,
        standing_of=standing_of,
        answer=answer,
        browser=browser,
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
        said=failure,
        listed=listed,
    )


def masked_as(value: str, field: str) -> str:
    """A party's number as lists show it; ``field``: what kind of number it is."""
    return SHOWN[field](value)


def payee(value: str) -> str:
    """To whom money went."""
    return word(PAYEES[value])


def changed(one: Changed) -> str:
    """What is no longer as it was: before → now."""
    what = word(FACTS_ZH.get(one.what, ""))
    if one.measure:
        party_id, _colon, key = one.measure.partition(":")
        party = db.session.get(Party, int(party_id))
        what = f"{measure(key)} · {party.name if party else party_id}"
    return f"{what} {_fact(one.what, one.before)} → {_fact(one.what, one.now)}"


def _fact(what: str, value: Any) -> str:
    match what:
        case "stage":
            return stage(value)
        case "team":
            return word(value)
        case "measures":
            return standing(value or Standing.BLANK)
        case "closed_on":
            return value or "—"
        case _ if what.endswith("_fen"):
            return yuan(value)
        case _:
            return value or _("暂停")


def masked_part(value: str, field: str) -> str:
    """A part of an address confirmed for service as lists show it."""
    return ADDRESS_SHOWN[field](value)


def party_role(value: str) -> str:
    """The side that somebody stands on."""
    return word(ROLE_ZH[PartyRole(value)])


def standing_of(party: Party) -> str:
    """What somebody is in a case: 被执行人; 案外人; 委托代理人(一般授权)."""
    name = word(KINDS_ZH[party.kind]) if party.kind else party_role(party.role)
    return f"{name}({word(MANDATES[party.mandate])})" if party.mandate else name


def standing(value: str) -> str:
    """How far a measure is."""
    return word(STANDING_ZH[Standing(value)])


def paper(key: str) -> str:
    """A kind of document."""
    return word(papers.KINDS[key].name) if key in papers.KINDS else key


def attachment(key: str) -> str:
    """A kind of attachment."""
    return word(papers.ATTACHMENTS.get(key, key))


def holding_kind(key: str) -> str:
    """A kind of property."""
    return word(property.KINDS[key].name)


def application_standing(value: str) -> str:
    """How an application to resume a case stands."""
    return word(care.STANDING_ZH[care.Standing(value)])


def application_source(value: str) -> str:
    """On whose initiative it is."""
    return word(care.SOURCE_ZH[care.Source(value)])


def holding_status(value: str) -> str:
    """What has become of a thing."""
    return word(property.STATUS_ZH[property.Status(value)])


def search_source(key: str) -> str:
    """A source of network searches."""
    return word(SEARCHES[key])


def batch_kind(key: str) -> str:
    """What a batch does in its cases."""
    return word(batches.KINDS_ZH[key])


def measure(key: str) -> str:
    """A measure's name in the policy as published; a court's own shows by its key."""
    known = parse(published_text()).measures.get(key)
    return word(known.name) if known else key


def node(code: str) -> str:
    """A flow node's name."""
    return word(BY_CODE[code].name)


def order_status(value: str) -> str:
    """How far an order is."""
    return word(STATUS_ZH[Status(value)])


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
    if value == Subject.STANDS_IN and row:
        return _("请您代为审批,已有 %(n)s 件待审批", n=row)
    return word(SUBJECTS_ZH[Subject(value)])


def answer(value: str) -> str:
    """Yes or no in the reader's language; other words as they were written."""
    return word(value) if value in ANSWERS_ZH else value


def browser(agent: str) -> str:
    """A browser and its machine, as people call them; a dash for one that does not say."""
    found = (re.search(pattern, agent) for pattern in BROWSERS)
    parts = [re.sub("/", " ", one[0]) for one in found if one]
    return " · ".join(parts) or agent[:40] or "—"


def fact(key: str) -> str:
    """What a correction put right, by its name."""
    return telling.fact(key, word)


def role(value: str) -> str:
    """A role's name; empty for the system, which has none."""
    return telling.role(value, word)


def step(value: Step) -> str:
    """One step of why a date is the date it is."""
    return told_step(replace(value, names=tuple(map(word, value.names))), str(get_locale() or "zh"))


def source(text: str) -> str:
    """By which rule: a statute, or a version of the court's own policy."""
    return " ".join(word(part) for part in text.split(" "))


def sentence(entry: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What a trail entry says, in the reader's language; ``names``: the logins' owners."""
    return telling.sentence(entry, names, word, str(get_locale() or "zh"))


def limit(value: Limit) -> str:
    """A length of time."""
    months = ngettext("%(num)s 个月", "%(num)s 个月", value.months) if value.months else ""
    days = ngettext("%(num)s 日", "%(num)s 日", value.days) if value.days else ""
    return " ".join(part for part in (months, days) if part)


def failure(kept: str) -> str:
    """Why an import failed, or another sentence, as a row keeps it."""
    return spoken(Said.loads(kept))
