"""What does a pack of evidence tell its reader? Pages in Chinese, to be printed and put in a file.

They need nothing but a browser: no script, no picture, no address. Identity numbers and what people
typed of them are masked, and each page carries the name of who had it made, and when.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from linshu.rules import care, why
from linshu.rules.looks import KINDS_ZH as LOOKS_ZH
from linshu.rules.looks import Kind
from linshu.rules.masking import mask_identity, masked
from linshu.rules.numbers import yuan
from linshu.rules.orders import STATUS_ZH as ORDERS_ZH
from linshu.rules.orders import Status
from linshu.rules.parties import KINDS_ZH, MANDATES, ROLE_ZH, PartyRole
from linshu.rules.said import Said
from linshu.rules.sentences import short
from linshu.rules.stages import STAGE_ZH, Stage
from linshu.rules.transitions import Reason
from linshu.services import pack_papers, reasons, standing, telling
from linshu.services.asking import KINDS_ZH as REQUESTS_ZH
from linshu.services.pack_papers import File
from linshu.services.reasons import Kept
from linshu.services.standing import Clocks
from linshu.store import countdowns, inbox, journey, orders, parties, readings, resumptions
from linshu.store.cases import Case, Party
from linshu.store.inbox import Asked
from linshu.store.journey import CasePage, LogLine, Stay
from linshu.store.parties import Somebody
from linshu.store.people import Court
from linshu.store.personal import ADDRESS_SHOWN
from linshu.store.readings import Found
from linshu.store.resumptions import Application, Kin
from linshu.store.writer import When

PAGES = Path(__file__).resolve().parents[2] / "templates" / "pack"
STATUS_ZH = {
    "returned": "退回补正",
    "reviewing": "待结案审查",
    "asked": "待审批",
    "confirming": "待接收方确认",
    "approved": "已批准",
    "refused": "已驳回",
    "lapsed": "已失效",
}
JOURNEY = "序号 阶段 团队 承办人 起 止 届满日 转出原因 收分 付分 标记".split()
LOOKS = "时间 人员 登录名 角色 方式 内容 来自".split()


@dataclass(frozen=True, slots=True)
class Told:
    """All that the pages of one case tell, as one view of the database shows it."""

    court: Court
    page: CasePage
    log: Sequence[LogLine]
    asked: Sequence[Asked]
    applications: Sequence[Application]
    kin: Kin
    clocks: Clocks
    kept: Sequence[Kept]
    countdowns: Sequence[countdowns.Line]
    orders: Sequence[orders.Line]
    looks: Sequence[Found]
    files: Sequence[File]
    people: Sequence[Somebody]
    maker: str
    when: When

    @property
    def case(self) -> Case:
        return self.page.case


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the pack as its cover lists it."""

    name: str
    what: str
    size: int
    sha256: str


def told(session: Session, case: Case, maker: str, when: When) -> Told:
    """Reads what the pages tell. ``maker``: who has them made, as they print it."""
    page = journey.case_page(session, case)
    stints = [stay.stint for stay in page.stays]
    return Told(
        session.get_one(Court, case.court_id),
        page,
        journey.log(session, case.id)[::-1],
        inbox.of_case(session, case.id)[::-1],
        resumptions.of_case(session, case.id)[::-1],
        resumptions.kin(session, case),
        standing.clocks_of(session, case, stints, when.on),
        reasons.every(session, case, when),
        countdowns.ever(session, case.id),
        orders.of_case(session, case.id)[::-1],
        readings.of_case(session, case.id),
        pack_papers.of_case(session, case.id),
        parties.lines(session, case.id, page.parties),
        maker,
        when,
    )


def pages(told: Told) -> dict[str, str]:
    """The pages behind the cover, by name."""
    return {
        "01-流程.html": _page("journey.html", told),
        "02-留痕.html": _page("trail.html", told),
        "03-申请审批.html": _page("requests.html", told),
        "04-期限.html": _page("clocks.html", told),
        "05-查阅.html": _page("looks.html", told),
        "06-督办.html": _page("orders.html", told),
        "07-文书附件.html": _page("papers.html", told),
        "08-当事人.html": _page("parties.html", told),
    }


def tables(told: Told) -> dict[str, Iterable[Sequence[object]]]:
    """What two of them list, for a spreadsheet."""
    return {"01-流程.csv": _journey(told), "05-查阅.csv": _looks(told)}


def cover(told: Told, key: str, command: str, entries: Sequence[Entry]) -> str:
    """The first page: which case, what is inside with its digests, how to check it."""
    return _page("cover.html", told, key=key, command=command, entries=entries)


def how(told: Told, key: str, command: str) -> str:
    """How to check it, as a plain text."""
    return _page("how.txt", told, key=key, command=command)


def _journey(told: Told) -> Iterator[Sequence[object]]:
    yield JOURNEY
    for stay in told.page.stays:
        one = stay.stint
        reason = telling.REASONS_ZH[Reason(one.exit_reason)] if one.exit_reason else ""
        stage = STAGE_ZH[Stage(one.stage)]
        yield [
            *(one.seq, stage, stay.team.name, stay.handler, one.started_on, one.ended_on),
            *(one.due_on, reason, stay.received, stay.given, "、".join(marks(stay))),
        ]


def marks(stay: Stay) -> list[str]:
    """What a stay is marked with."""
    one = stay.stint
    said = {
        f"{one.capped_on} 超期(顶格)": one.capped_on,
        "未经横移直接上提": one.skipped_sideways,
        "期限暂定": one.provisional,
        f"{one.set_aside_on} 搁置": one.set_aside_on,
    }
    return [words for words, holds in said.items() if holds]


def _looks(told: Told) -> Iterator[Sequence[object]]:
    yield LOOKS
    for found in told.looks:
        one = found.reading
        at, kind = one.read_at.isoformat(sep=" ", timespec="seconds"), LOOKS_ZH[Kind(one.kind)]
        role = telling.role(one.role)
        yield [at, found.name or one.by, one.by, role, kind, one.words, one.address]


# Rendering --------------------------------------------------------------------------------------


def _page(template: str, told: Told, **facts: Any) -> str:
    return _house().get_template(template).render(told=told, case=told.case, **facts)


@cache
def _house() -> Environment:
    """Not the application's own: these pages know no request, no language and no address."""
    house = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    house.filters.update(_FILTERS)
    return house


def _sentence(line: LogLine) -> str:
    return masked(telling.sentence(line.entry, line.names))


def _standing(party: Party) -> str:
    name = KINDS_ZH.get(party.kind) or ROLE_ZH[PartyRole(party.role)]
    return f"{name}({MANDATES[party.mandate]})" if party.mandate else name


def _masked_part(text: str, field: str) -> str:
    return ADDRESS_SHOWN[field](text)


def _request(kind: str) -> str:
    return REQUESTS_ZH[kind]


_FILTERS: Mapping[str, Any] = {
    "stage": lambda value: STAGE_ZH[Stage(value)],
    "role": telling.role,
    "fact": telling.fact,
    "exit": lambda value: telling.REASONS_ZH[Reason(value)] if value else "",
    "look": lambda value: LOOKS_ZH[Kind(value)],
    "request": _request,
    "application": lambda value: care.STANDING_ZH[care.Standing(value)],
    "source": lambda value: care.SOURCE_ZH[care.Source(value)],
    "status": lambda value: STATUS_ZH[value],
    "order_status": lambda value: ORDERS_ZH[Status(value)],
    "tag": short,
    "marks": marks,
    "masked": masked,
    "masked_id": mask_identity,
    "masked_part": _masked_part,
    "standing": _standing,
    "sentence": _sentence,
    "step": why.told,
    "said": lambda kept: str(Said.loads(kept)),
    "yuan": yuan,
}
