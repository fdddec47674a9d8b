"""Does the code keep the contracts that no import linter sees? Each check is shown a sin first.

One commit; no clock below the drivers; no stage, limit or point outside the rules; nothing too
long to read. test_migrations.py has what the database itself must keep.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import log2

import jinja2

from config import ROOT
from linshu.rules.stages import Stage

FUNCTION, FILE = 40, 320  # lines
STAGES = frozenset(Stage)
#: Words that are spelt like a stage and mean something else.
OTHER_WORDS = {
    "linshu/services/desk.py": {"closed"},  # the code of a refusal
    "linshu/services/errors.py": {"closed"},
    "linshu/web/intake.py": {"intake"},  # the name of the blueprint
    "linshu/web/overview.py": {"intensive"},  # what a template calls a number of teams
    "templates/intake/page.html": {"intake"},  # the group of tick boxes
    "linshu/demo/__init__.py": {"centre", "quick"},  # logins
    "linshu/demo/people.py": {
        *("centre", "quick"),
        *("team_lead", "bureau_chief", "vice_president"),  # roles
    },
}


def sources(*left_out: str) -> dict[str, str]:
    """Our own code by path from the root."""
    paths = sorted((ROOT / "linshu").rglob("*.py"))
    named = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}
    return {name: text for name, text in named.items() if not name.startswith(left_out or ("-",))}


def templates() -> dict[str, str]:
    paths = sorted((ROOT / "templates").rglob("*.html"))
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}


def sins(check: Callable[[str], Iterator[str]], texts: dict[str, str]) -> list[str]:
    return [f"{name}: {sin}" for name, text in texts.items() for sin in check(text)]


def commits(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "begin", "autocommit"):
            yield ast.unparse(node)


def test_there_is_one_commit() -> None:
    assert list(commits("db.session.commit()")) == ["db.session.commit"]
    assert list(commits("with engine.begin(): ...")) == ["engine.begin"]
    assert sins(commits, sources()) == [
        "linshu/store/db.py: session.commit",
        "linshu/store/entries.py: connection.begin",  # that somebody is there, without waiting
        "linshu/store/ledgers.py: writer.begin",  # how far an import is, seen before it ends
    ]


CLOCKS = {"datetime", "date", "func", "time"}
READS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "current_date"}


def clock_reads(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and node.attr in READS:
            clock = node.value.attr if isinstance(node.value, ast.Attribute) else node.value
            if clock in CLOCKS or (isinstance(clock, ast.Name) and clock.id in CLOCKS):
                yield ast.unparse(node)


SINS = """
a = datetime.now(tz), datetime.datetime.now(), date.today(), time.time(), func.now()
b = Column(default=datetime.utcnow)
"""


def test_below_the_drivers_nobody_looks_at_the_clock() -> None:
    assert len(list(clock_reads(SINS))) == 6
    layers = ("linshu/rules/", "linshu/services/", "linshu/store/")
    below = {name: text for name, text in sources().items() if name.startswith(layers)}
    assert len(below) > 30 and sins(clock_reads, below) == []


def stages_in_code(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and node.value in STAGES:
            yield str(node.value)


def stages_in_template(text: str) -> Iterator[str]:
    for _line, kind, token in jinja2.Environment().lex(text):
        if kind == "string" and token[1:-1] in STAGES:
            yield token[1:-1]


def test_no_stage_is_named_outside_the_rules() -> None:
    assert list(stages_in_code('"""intake"""\nif stage == "quick": pass')) == ["intake", "quick"]
    assert list(stages_in_template('intake {% if a == "quick" %}{% endif %}')) == ["quick"]
    found = sins(stages_in_code, sources("linshu/rules/"))
    found += sins(stages_in_template, templates())
    allowed = {f"{name}: {word}" for name, words in OTHER_WORDS.items() for word in words}
    assert set(found) - allowed == set()
    assert allowed - set(found) == set(), "nobody needs these exceptions any more"


def decisions(code: str) -> Iterator[str]:
    """A limit made of numbers, a date moved by more than a day, points added up or posted."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("Limit", "Posting", "relativedelta") or (name == "timedelta" and far(node)):
                yield ast.unparse(node)
        if isinstance(node, ast.BinOp):
            sides = (node.left, node.right)
            if any(getattr(side, "attr", "") == "base_points" for side in sides):
                yield ast.unparse(node)


def far(call: ast.Call) -> bool:
    """Whether it spans a written number of days other than one."""
    days = (keyword.value for keyword in call.keywords if keyword.arg in ("days", "weeks"))
    return any(isinstance(number, ast.Constant) and number.value != 1 for number in days)


DECIDING = """
a = Limit(months=1), points.Posting(team, side, 1)
b = start + relativedelta(months=1), start + timedelta(days=30)
c = policy.base_points * hop
"""
SHOWN = {  # stretches of time that a page shows; nothing is decided by them
    "linshu/web/points.py: relativedelta(months=back)",
    "linshu/web/trail.py: timedelta(days=30)",
}


def test_no_limit_and_no_points_are_decided_outside_the_rules() -> None:
    assert len(list(decisions(DECIDING))) == 5
    assert set(sins(decisions, sources("linshu/rules/"))) == SHOWN


def test_nothing_is_too_long_to_read() -> None:
    assert list(too_long("def f():\n" + "    pass\n" * FUNCTION)) == ["f: 41 lines"]
    assert list(too_long("\n" * (FILE + 1))) == ["321 lines"]
    assert sins(too_long, sources()) == []


def too_long(code: str) -> Iterator[str]:
    if code.count("\n") > FILE:
        yield f"{code.count(chr(10))} lines"
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > FUNCTION:
                yield f"{node.name}: {lines} lines"


def secrets_in(code: str) -> Iterator[str]:
    """Texts that look like a key, a digest or a token, whatever they are called: long, of the
    letters of hex or base64 alone, and without order."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            said = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            yield from (f"{said[:8]}…" for word in said.split() if _is_random(word))


def _is_random(word: str) -> bool:
    plain = re.fullmatch(r"[A-Za-z0-9+/_-]{20,}=*", word)
    ordered = sum(ord(b) - ord(a) == 1 for a, b in pairwise(word)) > len(word) / 2
    if not plain or ordered or not (re.search(r"\d", word) and re.search(r"[A-Za-z]", word)):
        return False
    shares = [word.count(letter) / len(word) for letter in set(word)]
    return -sum(share * log2(share) for share in shares) > 3.6


def broken_digests(code: str) -> Iterator[str]:
    """Every name of a digest that can be forged."""
    for node in ast.walk(ast.parse(code)):
        said = getattr(node, "attr", getattr(node, "id", getattr(node, "value", "")))
        if isinstance(said, str) and said.lower() in ("md2", "md4", "md5", "sha1"):
            yield said


def test_no_broken_digest_is_used_but_for_the_codes_of_an_authenticator() -> None:
    known = broken_digests("hashlib.md5(); hashlib.new('sha1'); SHA1()")
    assert sorted(known) == ["SHA1", "md5", "sha1"]
    found = sins(broken_digests, sources())
    assert set(found) == {"linshu/services/codes.py: SHA1"}


def test_no_text_has_the_shape_of_a_secret() -> None:
    sins_of = 'a = "wJalrXUtnFEMI7MDENGbPxRfiCYEXAMPLEKEY"; b = b"9f86d081884c7d659a2feaa0c55ad015"'
    assert len(list(secrets_in(sins_of))) == 2
    assert list(secrets_in('a = "person.password_reset", "登录名或密码不对。", "0" * 64')) == []
    others = {path.name: path.read_text("utf-8") for path in ROOT.glob("*.py")}
    others |= {path.name: path.read_text("utf-8") for path in ROOT.glob("migrations/**/*.py")}
    assert sins(secrets_in, sources() | others) == []
