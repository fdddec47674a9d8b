"""Is this number what it claims to be? Case numbers, identity numbers, credit codes, money in fen.

Sources: 案号规定 (domain.md § 3), GB 11643 (resident identity numbers), GB 32100 (credit codes).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from linshu.rules.said import Said

MOST_FEN = 10**15
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_BRACKETS = str.maketrans("〔[【〖﹝﹙〕]】〗﹞﹚", "((((((" + "))))))")


class NumberFault(ValueError):
    """A number that will not do: ``code`` names what is wrong, ``said`` says it."""

    def __init__(self, code: str, said: Said) -> None:
        super().__init__(str(said))
        self.code, self.said = code, said


def half_width(text: str) -> str:
    """The text with full-width digits, letters and signs made half-width; brackets stay apart."""
    return text.translate(_WIDTH)


def round_brackets(text: str) -> str:
    """The text with every kind of bracket made ( or )."""
    return text.translate(_BRACKETS)


def compact(text: str) -> str:
    """Half-width and without any blank, the invisible ones and the no-break space included."""
    return _BLANKS.sub("", half_width(text))


# Case numbers ---------------------------------------------------------------------------------

# Nine digits are more than any court files and fit a database's integer.
_COURT = r"[一-龥]{1,3}[0-9A-Za-z]{0,8}"
_CASE = re.compile(rf"\((20[0-9]{{2}})\)({_COURT})(执恢|执)([1-9][0-9]{{0,8}})号?")


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """An enforcement case number; ``kind`` is 执 or 执恢."""

    year: int
    court: str
    kind: str
    serial: int

    @property
    def text(self) -> str:
        """The canonical form, e.g. （2021）鲁1329执123号."""
        return f"（{self.year}）{self.court}{self.kind}{self.serial}号"

    def __str__(self) -> str:
        return self.text


def case_number(text: str, court_codes: Collection[str]) -> CaseNumber:
    """The case number that a messy text means (brackets, width, blanks, a missing 号).

    NumberFault "case number" when it is none of 执 or 执恢, "court code" when the court is not
    among ``court_codes``."""
    found = _CASE.fullmatch(round_brackets(compact(text)))
    if found is None:
        raise NumberFault("case number", Said("案号不规范，应如（2021）鲁1329执123号"))
    year, court, kind, serial = found.groups()
    if court not in court_codes:
        raise NumberFault("court code", Said("法院代字不对：{court}", court=court))
    return CaseNumber(int(year), court, kind, int(serial))


def court_code(text: str) -> str:
    """A court's code as it stands in case numbers, e.g. 鲁1329. NumberFault "court code"."""
    code = compact(text)
    if not re.fullmatch(_COURT, code):
        raise NumberFault("court code", Said("法院代字不规范，应如鲁1329：{text}", text=text))
    return code


# Identity numbers and credit codes ------------------------------------------------------------

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_IDENTITY = re.compile(r"[1-9][0-9]{16}[0-9X]")
_CREDIT = re.compile(f"[1-9ANY][1-9A-Z][0-9]{{6}}[{_CREDIT_LETTERS}]{{10}}")
_ALMOST_CREDIT = re.compile(r"[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}")


class IdKind(StrEnum):
    """What a party is known by. ``OTHER``: passports, old business numbers, what nobody knows."""

    IDENTITY = "identity"
    CREDIT = "credit"
    LEGACY = "legacy"
    OTHER = "other"
    NONE = "none"


def identity_number_fits(text: str) -> bool:
    """Whether 18 characters carry a real birth date and the check digit of GB 11643."""
    if not _IDENTITY.fullmatch(text) or not _is_day(text[6:14]):
        return False
    return "10X98765432"[_weighed(text) % 11] == text[17]


def _weighed(text: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))


def credit_code_fits(text: str) -> bool:
    """Whether 18 characters are a credit code with the check character of GB 32100."""
    if not _CREDIT.fullmatch(text):
        return False
    values = [_CREDIT_LETTERS.index(letter) for letter in text]
    total = sum(v * w for v, w in zip(values, _CREDIT_WEIGHTS, strict=False))
    return values[17] == -total % 31


def id_number(text: str) -> str:
    """An identity number or code as it is stored: half-width, without blanks, capitals."""
    return compact(text).upper()


def id_kind(text: str) -> IdKind:
    """What kind of number a stored one is, or was meant to be when its check digit is wrong."""
    if not text:
        return IdKind.NONE
    if identity_number_fits(text):
        return IdKind.IDENTITY
    if _IDENTITY.fullmatch(text):
        return _digits_meant(text)
    if _ALMOST_CREDIT.fullmatch(text):
        return IdKind.CREDIT
    return IdKind.LEGACY if _is_legacy(text) else IdKind.OTHER


def _digits_meant(text: str) -> IdKind:
    """Credit codes may be digits alone: a birth date and a province (none begins with 9) decide."""
    if text[0] != "9" and _is_day(text[6:14]):
        return IdKind.IDENTITY
    unit = text[0] == "9" or credit_code_fits(text)
    return IdKind.CREDIT if unit else IdKind.IDENTITY


def _is_legacy(text: str) -> bool:
    """Identity numbers of 15 digits (until 2013) and organisation codes of 8 + 1 (until 2017)."""
    if re.fullmatch(r"[1-9][0-9]{14}", text):
        return _is_day("19" + text[6:12])
    return re.fullmatch(r"[0-9]{8}-?[0-9X]|[0-9A-Z]{8}-[0-9X]", text) is not None


def _is_day(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1850 <= year < 2100


# Money ----------------------------------------------------------------------------------------

_AMOUNT = re.compile(
    r"(?:[¥￥]|RMB|CNY|人民币)?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,20})(\.[0-9]{1,20})?"
    r"(亿元|亿|万元|万|元|圆)?整?"
)
_UNITS = {"亿": 10**8, "万": 10**4, "元": 1, "圆": 1}


def fen(value: object, unit: int = 1) -> int:
    """An amount in fen from a text (¥, commas, 元, 万元, 亿元), a number of yuan, or a cell.

    ``unit`` is what a bare number counts in: 1 yuan, or 10,000 under a 万元 header. Exact: more
    than two decimals of a yuan are refused, binary noise of a float apart. NumberFault
    "claim amount" also for what is not positive, not finite or beyond 10^15 fen."""
    match value:
        case bool():
            raise _amount_fault(Said("不是金额"))
        case int():
            exact = Fraction(value * unit * 100)
        case float():
            exact = _without_noise(_finite(Decimal(repr(value))) * unit * 100)
        case Decimal():
            exact = _finite(value) * unit * 100
        case str():
            exact = _written(value, unit)
        case _:
            raise _amount_fault(Said("不是金额"))
    return _checked(exact)


def _finite(value: Decimal) -> Fraction:
    if not value.is_finite() or abs(value.adjusted()) > 40:
        raise _amount_fault(Said("不是有效数字"))
    return Fraction(value)


def _without_noise(exact: Fraction) -> Fraction:
    """Whole fen where a float misses them by no more than its own rounding."""
    whole = round(exact)
    allowed = max(Fraction(1, 1000), abs(exact) / 2**50)
    return Fraction(whole) if abs(exact - whole) < allowed else exact


def _written(text: str, unit: int) -> Fraction:
    found = _AMOUNT.fullmatch(compact(text))
    if found is None:
        raise _amount_fault(Said("无法识别"))
    whole, decimals, named = found.groups()
    factor = _UNITS[named[0]] if named else unit
    return Fraction(whole.replace(",", "") + (decimals or "")) * factor * 100


def _checked(exact: Fraction) -> int:
    if exact.denominator != 1:
        raise _amount_fault(Said("超过两位小数"))
    if exact <= 0:
        raise _amount_fault(Said("应大于零"))
    if exact > MOST_FEN:
        raise _amount_fault(Said("数额过大"))
    return int(exact)


def _amount_fault(why: Said) -> NumberFault:
    return NumberFault("claim amount", why)


def yuan(amount_fen: int) -> str:
    """An amount in fen as people write it: 312,450.00."""
    whole, rest = divmod(abs(amount_fen), 100)
    return f"{'-' if amount_fen < 0 else ''}{whole:,}.{rest:02d}"


# Telephones and accounts ----------------------------------------------------------------------

_MOBILE = r"1[3-9][0-9]{9}"
_LANDLINE = r"0[0-9]{2,3}[2-9][0-9]{6,7}|[2-9][0-9]{6,7}|[48]00[0-9]{7}"
_PHONE = re.compile(rf"(?:\+?86|0086)?({_MOBILE})|(?:\+?86|0086)?({_LANDLINE})")
_SIGNS = re.compile(r"[-()—－–.]")
_PERSONAL = re.compile(
    r"[0-9]{10,30}|[0-9]{14,17}X|(?=(?:[A-Z]*[0-9]){8})[0-9A-Z]{18}|[0-9]{8}-[0-9X]|[A-Z]{1,2}[0-9]{6,10}"
)


def phone(text: str) -> str:
    """A telephone number as it is stored: digits alone, of a mobile or a landline of the mainland
    (with its area code or without), or a 400 number; empty for none. NumberFault "phone"."""
    plain = _SIGNS.sub("", round_brackets(compact(text)))
    if not plain:
        return ""
    found = _PHONE.fullmatch(plain)
    if found is None:
        raise NumberFault("phone", Said("电话应为 11 位手机号或带区号的固定电话"))
    return found[1] or found[2]


def account(text: str) -> str:
    """A bank account as it is stored: 12 to 30 digits; empty for none. NumberFault "account"."""
    plain = _SIGNS.sub("", compact(text))
    if plain and not re.fullmatch(r"[0-9]{12,30}", plain):
        raise NumberFault("account", Said("银行账号应为 12 至 30 位数字"))
    return plain


def is_personal(text: str) -> bool:
    """Whether a text looks like the whole number of a person: an identity number or code, a
    telephone or an account. Such a text has no place in an address. Case numbers do not."""
    plain = id_number(text)
    return bool(
        _PERSONAL.fullmatch(plain) or _PERSONAL.fullmatch(_SIGNS.sub("", plain).lstrip("+"))
    )
