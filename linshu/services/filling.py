"""What stands in a document of this case today? Every field its template may say, as text.

Identity numbers stand there in full only where the document has to carry them by law.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules import papers
from linshu.rules.kinds import KINDS as ACTS
from linshu.rules.masking import mask_identity
from linshu.rules.measures import Standing
from linshu.rules.nodes import BY_CODE
from linshu.rules.numbers import NumberFault, fen, yuan
from linshu.rules.papers import EXTRAS, Extra, Paper, Typed
from linshu.rules.said import Said
from linshu.rules.stages import STAGE_ZH, Stage
from linshu.rules.wording import capitals, long_date, plain_date
from linshu.services import desk
from linshu.services.desk import Held
from linshu.services.errors import Invalid, NotFound
from linshu.services.flow import Flow
from linshu.store import papers as kept
from linshu.store import sheets
from linshu.store.cases import Party, Stint
from linshu.store.people import Court, Person, Team
from linshu.store.work import MeasureAct

MOST_LINE, NONE = 200, "无"
ROLES_ZH = {"applicant": "申请执行人", "debtor": "被执行人"}


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be made. ``extras``: what was typed, by the keys of ``papers.EXTRAS``;
    ``records``: the action that belongs to it is recorded as well."""

    kind: str
    party_id: int | None = None
    extras: Mapping[str, str] = field(default_factory=dict)
    records: bool = True


def fields(
    flow: Flow, found: Held, paper: Paper, new: NewDocument, party: Party | None, number: str
) -> dict[str, str]:
    """The fields of a document, all that ``papers.fields_of`` names. Invalid for what was typed
    wrong, and where the case has not what the document is about."""
    told = _of_case(flow, found, paper, number) | _of_party(paper, party)
    told |= {name: value for key in paper.extras for name, value in _typed(key, new).items()}
    if paper.measure:
        told |= _of_measure(flow.session, paper, new, found, party)
    if paper.key == papers.MOVED:
        told |= _of_move(flow.session, found)
    if paper.key == papers.SHEET:
        told |= _of_sheet(flow, found)
    return told


def party_of(session: Session, found: Held, paper: Paper, party_id: int | None) -> Party | None:
    """Whom the document is for; None where it is for nobody. NotFound for a party of another case
    or role."""
    if not paper.party:
        return None
    party = session.get(Party, party_id) if party_id is not None else None
    if party is None or party.case_id != found.case.id:
        raise NotFound()
    if paper.party == papers.DEBTOR and party.role != papers.DEBTOR:
        raise NotFound()
    return party


def _of_case(flow: Flow, found: Held, paper: Paper, number: str) -> dict[str, str]:
    session, case, on = flow.session, found.case, flow.when.on
    purse = case.purse
    everybody = kept.everybody(session, case.id)
    handler = session.get(Person, found.stint.handler_id) if found.stint.handler_id else None
    return {
        "法院": session.get_one(Court, case.court_id).name,
        "案号": case.number,
        "文书编号": number,
        "文书名称": paper.name,
        "案由": case.cause,
        "执行依据": case.basis,
        "立案日期": plain_date(case.filed_on),
        "申请执行人": _names(everybody, "applicant"),
        "被执行人": _names(everybody, "debtor"),
        "当事人": "\n".join(_line(one, paper.full) for one in everybody),
        "标的元": yuan(purse.claim_fen),
        "标的大写": capitals(purse.claim_fen),
        "到位元": yuan(purse.recovered_fen),
        "未到位元": yuan(purse.outstanding_fen),
        "未到位大写": capitals(purse.outstanding_fen),
        "承办人": handler.name if handler else "",
        "团队": found.team.name,
        "日期": long_date(on),
        "制作日期": plain_date(on),
    }


def _names(everybody: Sequence[Party], role: str) -> str:
    return "、".join(one.name for one in everybody if one.role == role)


def _line(party: Party, full: bool) -> str:
    known = party.id_number if full else mask_identity(party.id_number)
    number = f"，证件号码{known}" if known else ""
    return f"{ROLES_ZH.get(party.role, '')}：{party.name}{number}。"


def _of_party(paper: Paper, party: Party | None) -> dict[str, str]:
    if party is None:
        return dict.fromkeys(("对象", "对象身份", "对象证件"), "")
    number = party.id_number if paper.full else mask_identity(party.id_number)
    role = ROLES_ZH.get(party.role, "")
    return {"对象": party.name, "对象身份": role, "对象证件": number or "不详"}


# What was typed -----------------------------------------------------------------------------------


def _typed(key: str, new: NewDocument) -> dict[str, str]:
    extra, raw = EXTRAS[key], new.extras.get(key, "")
    if extra.typed is Typed.LINES:
        return {extra.field: desk.words(raw, Said(extra.label))}
    text = desk.words(" ".join(raw.split()), Said(extra.label), MOST_LINE)
    if extra.typed is Typed.DAY:
        return {extra.field: plain_date(_day(extra, text))}
    if extra.typed is Typed.MONEY:
        amount = _amount(extra, text)
        return {f"{extra.field}元": yuan(amount), f"{extra.field}大写": capitals(amount)}
    return {extra.field: text}


def day_of(key: str, new: NewDocument) -> date:
    """A day that was typed. Invalid for what is none."""
    return _day(EXTRAS[key], new.extras.get(key, ""))


def _day(extra: Extra, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise Invalid("paper_words", label=Said(extra.label), why=Said("应是日期")) from fault


def _amount(extra: Extra, text: str) -> int:
    try:
        amount = fen(text)
    except NumberFault as fault:
        raise Invalid("paper_words", label=Said(extra.label), why=Said("应是金额")) from fault
    if amount <= 0:
        raise Invalid("paper_words", label=Said(extra.label), why=Said("应大于零"))
    return amount


# What only some can say ---------------------------------------------------------------------------


def _of_measure(
    session: Session, paper: Paper, new: NewDocument, found: Held, party: Party | None
) -> dict[str, str]:
    """The measure as it was approved: the document orders nothing else (民诉法 art. 119)."""
    query = (
        select(MeasureAct)
        .where(
            MeasureAct.case_id == found.case.id,
            MeasureAct.party_id == (party.id if party else None),
            MeasureAct.measure == paper.measure,
        )
        .order_by(MeasureAct.id.desc())
    )
    act = session.scalars(query.limit(1)).first()
    if act is None or act.standing != Standing.DONE:
        why = Said("这项措施还没有批准,请先在“执行措施”中申请(民事诉讼法第一百一十九条)")
        raise Invalid("paper_needs", name=Said(paper.name), why=why)
    if paper.key == papers.DETENTION:
        _within(act.days, new)
    return {
        "罚款元": yuan(act.amount_fen),
        "罚款大写": capitals(act.amount_fen),
        "拘留天数": str(act.days),
        "批准日期": plain_date(act.happened_on),
    }


def _within(days: int, new: NewDocument) -> None:
    """A detention does not end before it begins, nor last longer than was approved (art. 118)."""
    lasts = (day_of(papers.UNTIL, new) - day_of(papers.FROM, new)).days
    if not 0 <= lasts <= days:
        why = Said("批准拘留 {days} 日(民事诉讼法第一百一十八条)", days=days)
        raise Invalid("paper_words", label=Said(EXTRAS[papers.UNTIL].label), why=why)


def _of_move(session: Session, found: Held) -> dict[str, str]:
    query = select(Stint, Team.name).join(Team, Team.id == Stint.team_id)
    former = session.execute(
        query.where(Stint.case_id == found.case.id, Stint.seq == found.stint.seq - 1)
    ).first()
    if former is None:
        why = Said("案件还没有流转过")
        raise Invalid("paper_needs", name=Said(papers.KINDS[papers.MOVED].name), why=why)
    stint, team = former
    return {
        "移出单位": team,
        "移出阶段": STAGE_ZH[Stage(stint.stage)],
        "接收单位": found.team.name,
        "接收阶段": STAGE_ZH[Stage(found.stint.stage)],
        "移交日期": plain_date(found.stint.started_on),
    }


def _of_sheet(flow: Flow, found: Held) -> dict[str, str]:
    lines = sheets.of_case(flow.session, found.case.id)
    if not lines:
        why = Said("本案没有监执单")
        raise Invalid("paper_needs", name=Said(papers.KINDS[papers.SHEET].name), why=why)
    line, known = lines[0], flow.current.measures
    sheet = line.sheet
    receiving = select(Stint.stage).where(
        Stint.case_id == found.case.id,
        Stint.seq == flow.session.get_one(Stint, sheet.stint_id).seq + 1,
    )
    missed = [BY_CODE[code].name for code in sheet.missed if code in BY_CODE]
    blank = dict.fromkeys(one["measure"] for one in sheet.omitted)
    return {
        "移出单位": line.giver,
        "移出阶段": STAGE_ZH[line.stage],
        "接收单位": line.receiver,
        "接收阶段": STAGE_ZH[Stage(flow.session.scalars(receiving).one())],
        "移交日期": plain_date(sheet.opened_on),
        "遗漏节点": "、".join(missed) or NONE,
        "未办措施": "、".join(known[key].name for key in blank if key in known) or NONE,
        "原因": sheet.reasons or "尚未填写",
        "提示": sheet.hints or NONE,
        "填写人": line.filler or "",
    }


def told_of(paper: Paper, number: str) -> str:
    """What the action that making a document records says of it."""
    return f"{ACTS[paper.acts_as]}:{paper.name} {number}"
