"""How does a word of the rules or the services read in the reader's language?

Rules and services speak Chinese and know no other language; a screen puts what they say into its
own. Sentences they write as ``Said("…")``; their tables of words are named here, and the catalogue
(catalogue.py beside this) gathers both.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from wtforms import SelectChoice

from linshu.rules import (
    care,
    findings,
    ledger,
    looks,
    origins,
    papers,
    parties,
    policy,
    property,
    seals,
    trial_link,
    why,
)
from linshu.rules.duties import ROLE_ZH
from linshu.rules.gate import CHECKS
from linshu.rules.gate_facts import AGREEMENTS, ENTITLEMENTS, INVESTIGATIONS, SEARCHES
from linshu.rules.kinds import NODES, PAYEES
from linshu.rules.measures import STANDING_ZH
from linshu.rules.nodes import NODES as FLOW_NODES
from linshu.rules.orders import STATUS_ZH
from linshu.rules.replay import NAMES
from linshu.rules.said import Said
from linshu.rules.snapshot import FACTS_ZH
from linshu.rules.stages import FOUNDING_TEAMS, STAGE_ZH, TeamKind
from linshu.rules.transitions import UNDECIDED_ZH
from linshu.services import asking, batches, errors, opening, setup, soundness
from linshu.services.errors import Refused
from linshu.services.orders import MATTER_ZH
from linshu.services.reasons import STATUTORY_SOURCE
from linshu.services.recording import KINDS
from linshu.services.telling import CORRECTED_ZH, REASONS_ZH, STOPPED_ZH, UNKNOWN_ZH
from linshu.store.alerts import Subject
from linshu.store.stops import OUTAGE_ZH

#: What an alert is about; a countdown goes by the name of its row.
SUBJECTS_ZH = {
    Subject.STAGE: "阶段期限",
    Subject.STATUTORY: "法定执行期限",
    Subject.PAUSE: "扣除期限过长",
    Subject.CALENDAR: "次年放假安排尚未录入",
    Subject.REQUEST: "逾期未审批的申请已上报,由您审批",
    Subject.STANDS_IN: "请您代为审批",
    Subject.SUBSTITUTE: "审批人不在岗,有申请请您代为审批",
    Subject.ORDER: "督办",
    Subject.ORDER_ANSWERED: "督办已答复,请您了结或退回",
    Subject.ORDER_LATE: "督办逾期未答复",
}
#: How the log reads a fact that holds or does not.
ANSWERS_ZH = ("是", "否")


def tables() -> Iterable[Iterable[str]]:
    """Every table whose values a screen shows through :func:`word`; of names that a court may give
    itself, those we gave."""
    published = policy.parse(policy.published_text())
    yield STAGE_ZH.values()
    yield ROLE_ZH.values()
    yield REASONS_ZH.values()
    yield CORRECTED_ZH.values()
    yield [STOPPED_ZH, UNKNOWN_ZH]
    yield looks.KINDS_ZH.values()
    yield KINDS.values()
    yield FACTS_ZH.values()
    yield NODES
    yield [node.name for node in FLOW_NODES]
    yield [text for one in published.measures.values() for text in (one.name, one.law)]
    yield from _of_the_work()
    yield ANSWERS_ZH
    yield [setup.PUBLISHED, *setup.NAMES.values()]
    yield errors.SENTENCES.values()
    yield opening.FAULTS_ZH.values()
    yield ledger.REASONS_ZH.values()
    yield setup.COURTS.values()
    yield map(short, setup.COURTS.values())
    for kind, name in FOUNDING_TEAMS:
        yield [name, setup.post_of(name)] if kind is TeamKind.INTENSIVE else [name]
    yield [published.title, *published.criteria.values(), *published.closing_types]
    yield SUBJECTS_ZH.values()
    yield seals.SENTENCES.values()
    yield [why.COUNTING, why.MONTHS, why.ROLLING, why.EXTENDING, STATUTORY_SOURCE, OUTAGE_ZH]
    yield asking.KINDS_ZH.values()
    yield UNDECIDED_ZH.values()
    yield NAMES.values()  # of what a replay rebuilds
    yield [rule.name for rule in soundness.RULES]
    yield [text for kind in published.pauses.values() for text in (kind.name, kind.ground) if text]
    yield [text for row in published.countdowns.values() for text in (row.name, row.source)]
    yield [ground.name for ground in published.grounds.values()]
    yield from _of_the_gate(published)


def _of_the_work() -> Iterable[Iterable[str]]:
    yield PAYEES.values()
    yield STANDING_ZH.values()
    yield [*(one.name for one in property.KINDS.values()), *property.STATUS_ZH.values()]
    yield [one.name for one in property.ACTS.values()]
    yield from _of_papers()
    yield [*parties.ROLE_ZH.values(), *parties.KINDS_ZH.values(), *parties.MANDATES.values()]
    yield origins.BASIS_KINDS
    yield trial_link.BASES.values()
    yield [*care.CALLERS.values(), *care.WAYS.values(), *care.TERMS.values()]
    yield [*care.SOURCE_ZH.values(), *care.STANDING_ZH.values()]
    yield [*SEARCHES.values(), *batches.KINDS_ZH.values(), *findings.REASONS_ZH.values()]
    yield [*STATUS_ZH.values(), MATTER_ZH]


def _of_the_gate(published: policy.Policy) -> Iterable[Iterable[str]]:
    yield published.gate.grounds.values()
    yield [row.law for row in CHECKS.values()]
    for known in (SEARCHES, INVESTIGATIONS, ENTITLEMENTS, AGREEMENTS):
        yield known.values()


def _of_papers() -> Iterable[Iterable[str]]:
    yield papers.ATTACHMENTS.values()
    yield [extra.label for extra in papers.EXTRAS.values()]
    for paper in papers.KINDS.values():
        yield [paper.name, *papers.fields_of(paper).values()]


def short(court: str) -> str:
    """A court as its people say it: 临沭 for 临沭县人民法院."""
    return court.removesuffix("人民法院").removesuffix("县")


def word(text: str) -> str:
    """A word in the reader's language; one that a court chose itself stays as it was written."""
    return _(text) if text else ""


def spoken(what: Said | Refused) -> str:
    """A sentence or a refusal in the reader's language."""
    return (what.said if isinstance(what, Refused) else what).told(word)


def options(table: Mapping[Any, str]) -> list[SelectChoice]:
    """A table as the choices of a form's field, which is made before anybody reads it."""
    return choices((str(key), lazy_gettext(text)) for key, text in table.items())


def options_or_none(table: Mapping[Any, str]) -> list[SelectChoice]:
    """As ``options``, with none of them first."""
    return [SelectChoice("", "—"), *options(table)]


def choices(named: Iterable[tuple[Any, str | LazyString]]) -> list[SelectChoice]:
    """Values with their names as the choices of a form's field."""
    return [SelectChoice(value, name) for value, name in named]


def listed(items: Iterable[str]) -> str:
    """Names one after the other."""
    return _("、").join(items)
