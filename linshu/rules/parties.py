"""Who stands on which side of a case, who speaks for whom, and what must be said of whoever comes
later? Applicants, debtors, third parties, representatives.

Sources: 变更、追加当事人规定 (法释〔2016〕21号) art. 28 [M]; 民事诉讼法 arts. 61, 62 [M]; of
addresses for service (送达地址确认) 法发〔2017〕19号 [M].
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from linshu.rules.said import Said


class PartyRole(StrEnum):
    """The side that somebody stands on."""

    APPLICANT = "applicant"
    DEBTOR = "debtor"
    THIRD = "third"
    REPRESENTATIVE = "representative"


ROLE_ZH: Mapping[PartyRole, str] = {
    PartyRole.APPLICANT: "申请执行人",
    PartyRole.DEBTOR: "被执行人",
    PartyRole.THIRD: "第三方",
    PartyRole.REPRESENTATIVE: "代理人",
}
#: What a third party and a representative are, more exactly.
KINDS: Mapping[PartyRole, Mapping[str, str]] = {
    PartyRole.APPLICANT: {},
    PartyRole.DEBTOR: {},
    PartyRole.THIRD: {"outsider": "案外人", "third": "第三人", "interested": "利害关系人"},
    PartyRole.REPRESENTATIVE: {
        "legal": "法定代表人",
        "agent": "委托代理人",
        "guardian": "法定代理人",
    },
}
KINDS_ZH: Mapping[str, str] = {key: zh for kinds in KINDS.values() for key, zh in kinds.items()}
#: What an agent may do; a legal representative and a guardian have it by law.
MANDATES: Mapping[str, str] = {"general": "一般授权", "special": "特别授权"}
MANDATED = "agent"
#: No case is without these.
NEEDED = (PartyRole.APPLICANT, PartyRole.DEBTOR)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: role and what exactly, an agent's mandate, the role of the one that is
    represented or replaced (None: nobody is), the ruling that brought a side in."""

    role: str
    kind: str = ""
    mandate: str = ""
    represents: str | None = None
    replaces: str | None = None
    ruling: str = ""


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address confirmed for service: by which document, on which day; telephone and electronic
    address if there are any. ``of``: whose, by name, where a case is only being filed."""

    address: str
    confirmed_on: date
    document: str
    phone: str = ""
    electronic: str = ""
    of: str = ""


def refusal(new: Standing) -> Said | None:
    """Why nobody can come into a case standing so; None where one can.

    Whoever is made an applicant or a debtor later needs the ruling that says so."""
    if new.role not in set(PartyRole):
        return Said("没有这种诉讼地位")
    role = PartyRole(new.role)
    if KINDS[role] and new.kind not in KINDS[role]:
        return Said("请选择{role}的类别", role=Said(ROLE_ZH[role]))
    if not KINDS[role] and new.kind:
        return Said("{role}不填类别", role=Said(ROLE_ZH[role]))
    if role in NEEDED and not new.ruling:
        return Said("变更、追加当事人须写明裁定文号(变更、追加当事人规定第二十八条)")
    return _represented(role, new) or _replaced(role, new)


def _represented(role: PartyRole, new: Standing) -> Said | None:
    if role is not PartyRole.REPRESENTATIVE:
        if new.represents is not None or new.mandate:
            return Said("只有代理人填写代理何人、代理权限")
        return None
    if new.represents is None or new.represents == PartyRole.REPRESENTATIVE:
        return Said("请选择代理的当事人")
    if (new.kind == MANDATED) != (new.mandate in MANDATES):
        return Said("委托代理人须写明一般授权或者特别授权,其他代理人不填")
    return None


def _replaced(role: PartyRole, new: Standing) -> Said | None:
    if new.replaces is None or (role in NEEDED and new.replaces == role):
        return None
    return Said("只能承继同一诉讼地位的当事人")


def leaving(role: str, others: Collection[str]) -> Said | None:
    """Why somebody of that role cannot leave, ``others`` being the roles that stay; None where one
    can."""
    if role in NEEDED and role not in others:
        return Said("这是最后一名{role},请先登记承继的当事人", role=Said(ROLE_ZH[PartyRole(role)]))
    return None
