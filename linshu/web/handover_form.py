"""What was written of the trial side on the filing form: what was preserved, where people live."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from linshu.rules.numbers import NumberFault, fen
from linshu.rules.origins import Seized
from linshu.rules.parties import NewAddress
from linshu.rules.property import KINDS
from linshu.services.entrants import NewParty
from linshu.web.asked import NumberField
from linshu.web.words import options, spoken

#: How many preserved things the form takes; more are noted in the case itself.
ROWS = 3


_KINDS = options({key: kind.name for key, kind in KINDS.items()})


class SeizedForm(Form):
    """One thing that was preserved; a row without a word is none."""

    kind = SelectField(_l("财产种类"), choices=_KINDS, default="real_estate")
    name = StringField(_l("财产名称"), [Length(max=200)])
    of = StringField(_l("属于"), [Length(max=200)])
    value = StringField(_l("价值(元)"), [Length(max=40)])
    until_on = DateField(_l("期满日"), [Optional()])
    queue = NumberField(_l("轮候顺位"), [Optional(), NumberRange(0, 99)])

    def validate_name(self, field: StringField) -> None:
        if self.written() and not (field.data or "").strip():
            raise ValidationError(_("请写明财产名称。"))

    def validate_value(self, field: StringField) -> None:
        try:
            self._value()
        except NumberFault as fault:
            raise ValidationError(_("金额不对:%(why)s。", why=spoken(fault.said))) from fault

    def validate(self, extra_validators: Any = None) -> bool:
        """As ever; and a row in which something stands names the end of its seizure."""
        fits = bool(super().validate(extra_validators))
        if self.written() and self.until_on.data is None and not self.until_on.errors:
            self.until_on.errors = [_("请写明期满日。")]
            return False
        return fits

    def written(self) -> bool:
        """Whether anything was written into the row."""
        typed = (self.name.data, self.of.data, self.value.data)
        return any((text or "").strip() for text in typed) or any(self.until_on.raw_data or ())

    def seized(self) -> Seized:
        """What the row says, once it has validated."""
        until_on: date = self.until_on.data
        facts = (self.kind.data, self.name.data.strip(), until_on, self._value())
        return Seized(*facts, self.queue.data or 0, (self.of.data or "").strip())

    def _value(self) -> int:
        text = (self.value.data or "").strip()
        return fen(text) if text else 0


def written_addresses(
    text: str, parties: Sequence[NewParty], confirmed_on: date, document: str
) -> list[NewAddress]:
    """One address a line, behind the name of its party. ValidationError for a line that begins with
    nobody's name, or has no address."""
    names = sorted((party.name for party in parties), key=len, reverse=True)
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name = next((one for one in names if line.startswith(one)), None)
        address = line.removeprefix(name or "").strip(" ,，、;；:：\t\u3000")
        if name is None or not address:
            raise ValidationError(_("每行先写当事人的名称,再写地址:%(line)s", line=line[:20]))
        found.append(NewAddress(address, confirmed_on, document, of=name))
    return found
