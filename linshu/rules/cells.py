"""What did a person mean by this cell? Dates, parties and yes or no, as ledgers write them.

A date is a date cell, a text or Excel's serial number; parties stand several in a cell.
"""

import re
from datetime import date, datetime, timedelta

from linshu.rules.numbers import NumberFault, compact, half_width
from linshu.rules.said import Said

EARLIEST = date(2000, 1, 1)
"""No case number of today's form is older; an earlier date is a slip of the pen."""

YES = frozenset({"是", "有", "已", "Y", "YES", "√", "✓", "✔", "☑", "1", "TRUE", "T", "对"})
NO = frozenset({"", "否", "无", "未", "没有", "N", "NO", "×", "✗", "✘", "X", "0", "FALSE", "-"})
NOTHING = frozenset({"", "无", "-", "--", "—", "——", "/", "不详", "未知", "暂无", "待补"})

_SCARS = re.compile(r"_x000[dD]_|[\x00-\x08\x0b-\x1f\x7f\ufeff\u200b-\u200f]")
_INNER = re.compile(r"(?<=[一-龥])[ \t\xa0]+(?=[一-龥])")
_OPEN, _CLOSED = "（(〔[【《〈", "）)〕]】》〉"
_SPLIT = frozenset("、,，;；\n")
_NOT_A_PARTY = re.compile(r",\s*(?:LTD|LIMITED|INC|LLC|L\.L\.C|CORP|CO)\b", re.IGNORECASE)

_WRITTEN = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?|(\d{2})(\d{2}))"
    r"(?:(?:[\sT]+|(?<=[日号]))\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?",
    re.ASCII,
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_STROKES = str.maketrans("–—−‐。·", "----..")


def text_of(cell: object) -> str:
    """A cell as text: trimmed, lines kept, without the scars of other programs.

    A whole number that a sheet holds as a float loses its ``.0``."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e21:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.min.time() else cell.isoformat(" ")
    return _SCARS.sub("", str(cell).replace("\r\n", "\n").replace("\r", "\n")).strip()


def is_nothing(cell: object) -> bool:
    """Whether a cell says nothing: empty, blanks, or a dash."""
    return compact(text_of(cell)) in NOTHING


# Dates ----------------------------------------------------------------------------------------


def day(cell: object, date1904: bool = False) -> date:
    """The day of a date cell, a text (2019-06-01, 2019/6/1, 2019.06.01, 20190601, 2019年6月1日)
    or a serial number of Excel (``date1904``: of the 1904 system), as number or text.

    NumberFault "filing date" for what is none, does not exist or lies before 2000."""
    found = _read_day(cell, date1904)
    if found is None or found < EARLIEST:
        raise NumberFault("filing date", Said("立案日期无法识别或不存在"))
    return found


def _read_day(cell: object, date1904: bool) -> date | None:
    match cell:
        case bool():
            return None
        case datetime():
            return cell.date()
        case date():
            return cell
        case int() | float():
            return _numbered(cell, date1904)
        case str():
            return _written(cell, date1904)
    return None


def _numbered(number: int | float, date1904: bool) -> date | None:
    """A serial number has five digits from 1927 to 2173; 20190601 is a text typed as a number."""
    if 10_000 <= number < 100_000:
        first = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
        return first + timedelta(days=int(number))
    return _written(str(number), date1904) if isinstance(number, int) else None


def _written(text: str, date1904: bool) -> date | None:
    plain = half_width(text_of(text)).translate(_STROKES).strip()
    plain = re.sub(r"\s*([-/.年月日])\s*", r"\1", plain)
    if _SERIAL.fullmatch(plain):
        return _numbered(float(plain), date1904)
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        return None
    year, _, *parts = found.groups()
    month, on = (int(part) for part in parts if part is not None)
    try:
        return date(int(year), month, on)
    except ValueError:
        return None


# Yes or no ------------------------------------------------------------------------------------


def yes(cell: object) -> bool | None:
    """True for 是 有 Y √ 1, False for 否 无 N × 0 and an empty cell, None for anything else."""
    word = compact(text_of(cell)).upper()
    if word in YES:
        return True
    return False if word in NO else None


# Parties --------------------------------------------------------------------------------------


def parties(cell: object) -> tuple[str, ...]:
    """The names in a cell, parted by 、 ， , ； ; a new line, or a stroke between Chinese words.

    What stands in brackets is not parted, nor is ``Co., Ltd``. A blank parts nothing: 张　三 is
    one person."""
    names = (_name(piece) for piece in _pieces(text_of(cell)))
    return tuple(name for name in names if compact(name) not in NOTHING)


def id_texts(cell: object, names: int) -> tuple[str, ...]:
    """The identity numbers in a cell, by place: a gap stays a gap where that fits ``names``."""
    whole = text_of(cell)
    if compact(whole) in NOTHING:
        return ()
    pieces = [half_width(piece).strip() for piece in _pieces(whole)]
    if len(pieces) == 1 and names > 1:
        pieces = _spaced(pieces[0])
    if len(pieces) != names:
        pieces = [piece for piece in pieces if piece]
    return tuple("" if compact(piece) in NOTHING else piece for piece in pieces)


def _spaced(text: str) -> list[str]:
    """Whole numbers parted by blanks or strokes; a number written in groups stays together."""
    pieces = re.split(r"[\s/]+", text)
    return pieces if all(len(piece) in (15, 18) for piece in pieces) else [text]


def _name(piece: str) -> str:
    """张 三 with a blank for looks is one name; two longer words keep one blank between them."""
    words = piece.split()
    if len(words) > 1 and all(len(word) > 1 for word in words):
        return " ".join(words)
    return _INNER.sub("", " ".join(words))


def _pieces(text: str) -> list[str]:
    balanced = _balanced(text)
    pieces, start, depth = [], 0, 0
    for place, letter in enumerate(text):
        depth += balanced * ((letter in _OPEN) - (letter in _CLOSED))
        if depth == 0 and _parts(text, place):
            pieces.append(text[start:place])
            start = place + 1
    return [*pieces, text[start:]]


def _parts(text: str, place: int) -> bool:
    letter = text[place]
    if letter in "/／":
        around = text[:place].rstrip()[-1:] + text[place + 1 :].lstrip()[:1]
        return re.fullmatch(r"[一-龥（）()]{2}", around) is not None
    if letter in ",，":
        return _NOT_A_PARTY.match(half_width(text[place : place + 20])) is None
    return letter in _SPLIT


def _balanced(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter in _OPEN) - (letter in _CLOSED)
        if depth < 0:
            return False
    return depth == 0
