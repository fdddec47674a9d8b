"""What was written on the filing form, and what is wrong with it? Every fault, not the first."""

import re
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from linshu.rules import numbers
from linshu.rules.numbers import (
    CaseNumber,
    IdKind,
    NumberFault,
    case_number,
    credit_code_fits,
    fen,
    half_width,
    id_kind,
    id_number,
    identity_number_fits,
)
from linshu.rules.origins import BASIS_KINDS, Origin, preservation_number
from linshu.rules.parties import NewAddress
from linshu.services.entrants import NewParty
from linshu.services.filing import NewCase
from linshu.web.handover_form import ROWS, SeizedForm, written_addresses
from linshu.web.words import choices, spoken

_WITH_NUMBER = re.compile(r"(.+?)[\s,，、;；:：]+([0-9A-Za-z-]{8,40})")
_MOBILE = r"1[3-9][0-9] ?[0-9]{4} ?[0-9]{4}"
_PHONE = re.compile(
    rf"(?:联系电话|电话|手机号?|(?i:phone|tel))[\s:：]*({_MOBILE}|[-+()0-9]{{1,24}})"
    rf"|(?<![0-9A-Za-z])({_MOBILE})(?![0-9A-Za-z])"
)
_ACCOUNT = re.compile(
    r"(?:银行账[号户]|账[号户]|银行卡|卡号|(?i:account))[\s:：]*"
    r"([0-9]{4}(?: [0-9]{4}){2,6}(?: [0-9]{1,3})?|[-0-9]{1,60})"
)


def written_parties(text: str) -> list[NewParty]:
    """One party a line: a name, after a blank or comma its number, its telephone (named as such or
    a mobile) and its account (named as such), each if known."""
    found = []
    for line in text.splitlines():
        rest, account = _taken(_ACCOUNT, half_width(line))
        rest, phone = _taken(_PHONE, rest)
        plain = rest.strip(" ,，、;；:：\t")
        if plain:
            whole = _WITH_NUMBER.fullmatch(plain)
            name, number = whole.groups() if whole else (plain, "")
            found.append(NewParty(name.strip(" ,，、;；:：\t"), id_number(number), phone, account))
    return found


def _taken(what: re.Pattern[str], line: str) -> tuple[str, str]:
    """A line without the number that was looked for, and the number."""
    found = what.search(line)
    if found is None:
        return line, ""
    return line[: found.start()] + " " + line[found.end() :], (found[1] or found[found.lastindex])


def _number_fault(party: NewParty) -> str | None:
    kind = id_kind(party.id_number)
    if kind is IdKind.IDENTITY and not identity_number_fits(party.id_number):
        return _("%(name)s的身份证号码校验位或出生日期不对。", name=party.name)
    if kind is IdKind.CREDIT and not credit_code_fits(party.id_number):
        return _("%(name)s的统一社会信用代码校验位不对。", name=party.name)
    return None


def _contact_fault(party: NewParty) -> str:
    try:
        numbers.phone(party.phone)
        numbers.account(party.account)
    except NumberFault as fault:
        return f"{party.name}:{spoken(fault.said)}"
    return ""


class FilingForm(FlaskForm):
    """One case. ``court_codes`` and ``today`` are given by the page before it validates."""

    number = StringField(_l("案号"), [InputRequired(), Length(max=60)])
    cause = StringField(_l("案由"), [InputRequired(), Length(max=80)])
    filed_on = DateField(_l("立案日期"), [InputRequired()])
    basis = StringField(_l("执行依据"), [Length(max=200)])
    claim = StringField(_l("申请执行标的额(元)"), [InputRequired(), Length(max=40)])
    applicants = TextAreaField(_l("申请执行人"), [InputRequired(), Length(max=4000)])
    debtors = TextAreaField(_l("被执行人"), [InputRequired(), Length(max=4000)])
    basis_kind = SelectField(
        _l("执行依据种类"),
        choices=choices([("", "—"), *((one, _l(one)) for one in BASIS_KINDS)]),
        default="",
    )
    trial_court = StringField(_l("审理法院"), [Length(max=80)])
    trial_team = StringField(_l("审判团队(或者承办法官)"), [Length(max=80)])
    effective_on = DateField(_l("生效日期"), [Optional()])
    preservation = StringField(_l("保全案号"), [Length(max=60)])
    seized = FieldList(FormField(SeizedForm), min_entries=ROWS, max_entries=ROWS)
    addresses = TextAreaField(_l("确认的送达地址"), [Length(max=4000)])
    confirmed_on = DateField(_l("地址确认日期"), [Optional()])
    document = StringField(_l("地址确认文书"), [Length(max=200)], default="送达地址确认书")
    preserved = BooleanField(_l("已采取保全"))
    cooperative = BooleanField(_l("被执行人配合"))
    address_confirmed = BooleanField(_l("送达地址已确认"))
    remark = TextAreaField(_l("备注"), [Length(max=4000)])

    court_codes: tuple[str, ...] = ()
    today: date = date.max

    def validate_number(self, field: StringField) -> None:
        self._number()

    def validate_claim(self, field: StringField) -> None:
        try:
            fen(field.data)
        except NumberFault as fault:
            raise ValidationError(_("金额不对:%(why)s。", why=spoken(fault.said))) from fault

    def validate_filed_on(self, field: DateField) -> None:
        if field.data and field.data > self.today:
            raise ValidationError(_("立案日期不能晚于今天。"))

    def validate_applicants(self, field: TextAreaField) -> None:
        _check_parties(field)

    def validate_debtors(self, field: TextAreaField) -> None:
        _check_parties(field)

    def validate_preservation(self, field: StringField) -> None:
        try:
            preservation_number(field.data or "")
        except NumberFault as fault:
            raise ValidationError(spoken(fault.said)) from fault

    def validate_addresses(self, field: TextAreaField) -> None:
        self._addresses()

    def handed_over(self) -> bool:
        """Whether anything was said of the trial side: then the section stands open."""
        said = (self.basis_kind, self.trial_court, self.trial_team, self.preservation)
        said += (self.effective_on, self.addresses, self.confirmed_on)
        rows = [row.form for row in self.seized]
        return any(field.data or field.errors for field in said) or any(
            row.written() or row.errors for row in rows
        )

    def _addresses(self) -> list[NewAddress]:
        parties = written_parties(f"{self.applicants.data}\n{self.debtors.data}")
        on = self.confirmed_on.data or self.filed_on.data or self.today
        document = (self.document.data or "").strip() or "送达地址确认书"
        return written_addresses(self.addresses.data or "", parties, on, document)

    def _number(self) -> CaseNumber:
        try:
            return case_number(self.number.data or "", self.court_codes)
        except NumberFault as fault:
            raise ValidationError(spoken(fault.said)) from fault

    def warnings(self) -> list[str]:
        """What looks wrong and keeps no case out: check digits of the parties' numbers."""
        parties = written_parties(f"{self.applicants.data}\n{self.debtors.data}")
        return [fault for party in parties if (fault := _number_fault(party))]

    def new_case(self) -> NewCase:
        """What the form says, once it has validated."""
        return NewCase(
            self._number(),
            self.cause.data.strip(),
            self.filed_on.data,
            written_parties(self.applicants.data),
            written_parties(self.debtors.data),
            (self.basis.data or "").strip(),
            fen(self.claim.data),
            self.preserved.data,
            self.cooperative.data,
            self.address_confirmed.data,
            remark=(self.remark.data or "").strip(),
            origin=self._origin(),
            seized=[row.form.seized() for row in self.seized if row.form.written()],
            addresses=self._addresses(),
        )

    def _origin(self) -> Origin:
        return Origin(
            self.basis_kind.data or "",
            self.trial_court.data or "",
            self.trial_team.data or "",
            self.effective_on.data,
            self.preservation.data or "",
        )


def _check_parties(field: TextAreaField) -> None:
    parties = written_parties(field.data or "")
    if not parties:
        raise ValidationError(_("请至少写一人。"))
    faults = [_("名称过长:%(name)s。", name=p.name[:20]) for p in parties if len(p.name) > 200]
    faults += [fault for party in parties if (fault := _contact_fault(party))]
    if faults:
        raise ValidationError(" ".join(faults))
