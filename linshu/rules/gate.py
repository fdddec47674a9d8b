"""May a case be closed, and what is missing? 扎口结案: one way out, a checklist for each type.

The system fills what it knows; what it cannot know, the handler attests in words. A check that
does not hold bars the way, with the article that says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from linshu.rules.gate_facts import AGREEMENTS, ENTITLEMENTS, INVESTIGATIONS, SEARCHES, Facts
from linshu.rules.numbers import yuan
from linshu.rules.reading import Reader
from linshu.rules.roles import Role
from linshu.rules.said import Said

#: Who may review what is reported: the command centre, or 审管办.
REVIEWERS = (str(Role.CENTRE_STAFF), str(Role.SUPERVISOR))
#: Who may have to approve a closing; the lead's own case goes to the chief as ever.
APPROVERS = ("team_lead", "bureau_chief", "vice_president", "president")


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate as a policy sets it up: months since filing that a termination must exceed, how old
    a search may be in days, the balances that may be ignored; each closing type's checks and the
    role that approves it; the role that reviews every report; the grounds of a 终结执行 by key;
    the types by which a case may leave dormant care."""

    months: int
    search_days: int
    ignored_fen: int
    ignored_percent: int
    checks: Mapping[str, tuple[str, ...]]
    approved_by: Mapping[str, str]
    reviewed_by: str
    grounds: Mapping[str, str]
    from_dormant: tuple[str, ...]


#: For a closing type of a court's own that its policy says nothing more of.
_USUAL = ("paid_out",)


def read_gate(reader: Reader, closing_types: tuple[str, ...]) -> Gate:
    """The section ``gate``. A closing type that it does not name has the money paid out to show,
    and the president approves it; one that is none is a fault."""
    named = {
        part: tuple(reader.take(f"gate.{part}", dict, {})) for part in ("checks", "approved_by")
    }
    out = reader.words("gate.from_dormant")
    for part, types in {**named, "from_dormant": out}.items():
        if not set(types) <= set(closing_types):
            only = Said("{path}:只能用 {words}", path=f"gate.{part}", words=closing_types)
            reader.faults.append(only)
    return Gate(
        reader.number("gate.months", 1, 60),
        reader.number("gate.search_days", 1, 366),
        reader.number("gate.ignored_fen", 0, 10**9),
        reader.number("gate.ignored_percent", 0, 100),
        dict.fromkeys(closing_types, _USUAL)
        | {one: reader.words(f"gate.checks.{one}", tuple(CHECKS)) for one in named["checks"]},
        dict.fromkeys(closing_types, APPROVERS[-1])
        | {one: reader.word(f"gate.approved_by.{one}", APPROVERS) for one in named["approved_by"]},
        reader.word("gate.reviewed_by", REVIEWERS),
        {key: reader.word(f"gate.grounds.{key}") for key in reader.take("gate.grounds", dict, {})},
        out,
    )


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a checklist: does it hold, what was found, and which article asks for it."""

    key: str
    name: Said
    holds: bool
    found: Said
    law: str


def first_termination_on(filed_on: date, months: int) -> date:
    """The first day on which a case may be terminated: more than three months after filing, so
    three months and a day (法〔2016〕373号 art. 1)."""
    return filed_on + relativedelta(months=months) + timedelta(days=1)


def checklist(closing_type: str, facts: Facts, gate: Gate) -> tuple[Check, ...]:
    """The lines of a closing type for a case. KeyError for a type that the policy does not know."""
    found = []
    for key in gate.checks[closing_type]:
        row = CHECKS[key]
        holds, said = row.judge(facts, gate)
        found.append(Check(key, row.name, holds, said, row.law))
    return tuple(found)


def missing(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The lines that bar the way."""
    return tuple(check for check in checks if not check.holds)


Verdict = tuple[bool, Said]


def _waited(facts: Facts, gate: Gate) -> Verdict:
    first = first_termination_on(facts.filed_on, gate.months)
    return facts.on >= first, Said(
        "立案于{filed},最早可于{first}终本", filed=facts.filed_on, first=first
    )


def _noticed(facts: Facts, gate: Gate) -> Verdict:
    days = {"notice": facts.noticed_on, "order": facts.property_ordered_on}
    told = {name: day or "—" for name, day in days.items()}
    return all(days.values()), Said("执行通知书:{notice};报告财产令:{order}", **told)


def _searched(facts: Facts, gate: Gate) -> Verdict:
    oldest = facts.on - timedelta(days=gate.search_days)
    stale = [
        Said(name)
        for key, name in SEARCHES.items()
        if facts.searched_on.get(key, date.min) < oldest
    ]
    if not stale:
        return True, Said("{days} 日内均已查询", days=gate.search_days)
    return False, Said("{days} 日内未查询:{what}", days=gate.search_days, what=stale)


def _investigated(facts: Facts, gate: Gate) -> Verdict:
    done = [Said(name) for key, name in INVESTIGATIONS.items() if key in facts.investigated]
    return bool(done), Said("已采取:{what}", what=done) if done else Said("均未采取")


def _looked_into(facts: Facts, gate: Gate) -> Verdict:
    left = [Said(name) for key, name in ENTITLEMENTS.items() if key not in facts.looked_into]
    return not left, Said("未查明:{what}", what=left) if left else Said("均已查明")


def _clues(facts: Facts, gate: Gate) -> Verdict:
    return not facts.open_clues, Said("未核查的财产线索 {n} 条", n=facts.open_clues)


def _nothing_left(facts: Facts, gate: Gate) -> Verdict:
    """Balances that are small in themselves and together little of the claim may be ignored; every
    other thing needs its reason."""
    open_ = [one for one in facts.holdings if not one.undisposable]
    small = [one for one in open_ if one.balance and one.value_fen < gate.ignored_fen]
    few = sum(one.value_fen for one in small) * 100 <= gate.ignored_percent * facts.claim_fen
    left = [one.name for one in open_ if not (few and one in small)]
    return not left, Said("可供处置的财产:{what}", what=left) if left else Said("无可供处置的财产")


def _restricted(facts: Facts, gate: Gate) -> Verdict:
    free = [one.name for one in facts.debtors if not one.restricted]
    holds = bool(facts.debtors) and not free
    return holds, Said("未限制消费:{who}", who=free) if free else Said("均已限制消费")


def _talked(facts: Facts, gate: Gate) -> Verdict:
    said = Said("约谈:{on};{what}", on=facts.talked_on or "—", what=_agreement(facts))
    return facts.talked_on is not None and facts.agreement in AGREEMENTS, said


def _agreement(facts: Facts) -> Said:
    return Said(AGREEMENTS.get(facts.agreement, "未经申请执行人签名或者合议庭评议"))


def _outstanding(facts: Facts, gate: Gate) -> Verdict:
    return facts.outstanding_fen > 0, Said("未到位 {sum} 元", sum=yuan(facts.outstanding_fen))


def _ruled(facts: Facts, gate: Gate) -> Verdict:
    return bool(facts.ruling), Said("裁定书:{number}", number=facts.ruling or "—")


def _alive(facts: Facts, gate: Gate) -> Verdict:
    return facts.alive, Said("未见死亡或者终止") if facts.alive else Said("未确认")


def _fits(facts: Facts, gate: Gate) -> Verdict:
    return facts.claim_fits, Said("金钱给付") if facts.claim_fits else Said("未确认为金钱给付")


def _satisfied(facts: Facts, gate: Gate) -> Verdict:
    return facts.outstanding_fen == 0, Said("未到位 {sum} 元", sum=yuan(facts.outstanding_fen))


def _paid_out(facts: Facts, gate: Gate) -> Verdict:
    return facts.held_fen == 0, Said("已到账未发放 {sum} 元", sum=yuan(facts.held_fen))


def _grounded(facts: Facts, gate: Gate) -> Verdict:
    """That nothing was found is no ground (R23): only what the law names is one."""
    said = Said(facts.ground) if facts.ground else Said("未指明,查无财产本身不是理由")
    return facts.ground in gate.grounds.values(), said


@dataclass(frozen=True, slots=True)
class Row:
    """What a check is called, which article asks for it, and how it is judged."""

    name: Said
    law: str
    judge: Callable[[Facts, Gate], Verdict]


_TERMINATION = "法〔2016〕373号第一条"
#: Every check there is; a policy's closing types name the ones that belong to them. The twelve of a
#: termination are numbered as in domain.md § 3.
CHECKS: Mapping[str, Row] = {
    "waited": Row(Said("立案超过三个月"), _TERMINATION, _waited),
    "noticed": Row(Said("1 执行通知书、报告财产令"), _TERMINATION, _noticed),
    "searched": Row(Said("2 网络查控"), "法〔2016〕373号第三条", _searched),
    "investigated": Row(Said("3 调查、搜查、悬赏、审计"), "法〔2016〕373号第三条", _investigated),
    "looked_into": Row(Said("4 公积金、理财、保险、股息"), "法〔2016〕373号第三条", _looked_into),
    "clues": Row(Said("5 财产线索均已核查"), "法〔2016〕373号第三条", _clues),
    "nothing_left": Row(Said("6 没有可供处置的财产"), "法〔2016〕373号第四条", _nothing_left),
    "restricted": Row(Said("7 限制消费令"), "法〔2016〕373号第二条", _restricted),
    "talked": Row(Said("8 终本约谈"), "民诉法解释第五百一十七条", _talked),
    "outstanding": Row(Said("9 尚有未到位金额"), _TERMINATION, _outstanding),
    "ruled": Row(Said("10 终本裁定"), "法〔2016〕373号第六条", _ruled),
    "alive": Row(Said("11 被执行人未死亡、未终止"), "民事诉讼法第二百六十八条", _alive),
    "fits": Row(Said("12 请求适合终本"), _TERMINATION, _fits),
    "grounded": Row(Said("终结执行的法定情形"), "民事诉讼法第二百六十八条", _grounded),
    "satisfied": Row(Said("全部到位"), "执行规定第六十四条", _satisfied),
    "paid_out": Row(Said("执行款发放完毕"), "法发〔2017〕6号", _paid_out),
}
