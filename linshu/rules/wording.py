"""How do a sum and a day stand in a court's document? In capitals, and in Chinese numerals."""

from datetime import date

_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_NUMERALS = "〇一二三四五六七八九"
_UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


def capitals(amount_fen: int) -> str:
    """An amount in capitals, as bills have it: 12345.60 yuan is 壹万贰仟叁佰肆拾伍元陆角整.

    One 零 where places are left out (支付结算办法 annex 1). ValueError for less than nothing."""
    if amount_fen < 0:
        raise ValueError(amount_fen)
    yuan, rest = divmod(amount_fen, 100)
    jiao, fen = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        words += f"{_CAPITALS[jiao]}角"
    elif yuan and fen:
        words += _CAPITALS[0]
    return words + (f"{_CAPITALS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    for unit, name in _UNITS:
        if number >= unit:
            head, tail = divmod(number, unit)
            gap = _CAPITALS[0] if 0 < tail < unit // 10 else ""
            return _whole(head) + name + gap + (_whole(tail) if tail else "")
    return _CAPITALS[number]


def long_date(on: date) -> str:
    """A day in Chinese numerals: 二〇二六年十一月二十三日."""
    year = "".join(_NUMERALS[int(digit)] for digit in f"{on.year:04}")
    return f"{year}年{_up_to_99(on.month)}月{_up_to_99(on.day)}日"


def _up_to_99(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _NUMERALS[tens]) + "十" if tens else ""
    return head + (_NUMERALS[ones] if ones or not tens else "")


def plain_date(on: date) -> str:
    """A day as a sentence has it: 2026年11月23日."""
    return f"{on.year}年{on.month}月{on.day}日"
