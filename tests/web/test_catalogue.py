"""Does the English catalogue say everything that the sources ask it to say, and nothing else?"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import frontend
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from config import ROOT
from linshu.rules.said import Said
from linshu.web import words

ENGLISH = ROOT / "translations/en/LC_MESSAGES/messages.po"
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
PLACE = re.compile(r"%\(\w+\)s|\{\{|\}\}|\{\w+\}")
SAMPLE = "（2021）鲁1329执123号"  # a case number is one in every language
NEVER = re.compile(r"level.up enforcement|higher court", re.IGNORECASE)


@cache
def asked() -> frozenset[str | tuple[str, str]]:
    """The messages of today's sources, gathered as `make words` does."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        methods, options = frontend._parse_mapping_toml(file, style="pyproject.toml")
    found = extract_from_dir(ROOT, methods, options, directory_filter=ours)
    return frozenset(message for _file, _line, message, _comments, _context in found)


def ours(folder: str) -> bool:
    return Path(folder).name in {"linshu", "templates"} or Path(folder).parent != ROOT


@cache
def catalogue() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def said(message: Message) -> tuple[tuple[str, str], ...]:
    """Chinese and English, once for each plural form."""
    if isinstance(message.id, str):
        return ((message.id, message.string),)
    return tuple(zip(message.id, message.string, strict=True))


PAIRS = [pair for message in catalogue() if message.id for pair in said(message)]


def test_every_message_of_the_sources_is_there_and_no_other() -> None:
    held = {message.id for message in catalogue() if message.id}
    assert (asked() - held, held - asked()) == (set(), set())  # `make words` puts it right
    assert len(held) > 600
    assert not catalogue().obsolete


def test_every_message_is_translated_by_somebody() -> None:
    assert [zh for zh, en in PAIRS if not en] == []
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []


def test_the_places_are_the_same_on_both_sides() -> None:
    differ = [
        (zh, en) for zh, en in PAIRS if sorted(PLACE.findall(zh)) != sorted(PLACE.findall(en))
    ]
    assert differ == []


def test_english_is_english() -> None:
    assert [en for _zh, en in PAIRS if CHINESE.search(en.replace(SAMPLE, ""))] == []
    assert [en for _zh, en in PAIRS if NEVER.search(en)] == []


def test_the_compiled_catalogue_says_the_same() -> None:
    with ENGLISH.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert {pair for message in compiled if message.id for pair in said(message)} == set(PAIRS)


def test_no_message_hides_inside_an_f_string() -> None:
    """There it works, and is never gathered."""
    hidden = re.compile(r"""f["'][^"\n]*\{_l?\(""")
    sources = list((ROOT / "linshu").rglob("*.py"))
    assert [path for path in sources if hidden.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("table", [list(table) for table in words.tables()])
def test_the_tables_of_rules_and_services_are_among_them(table: list[str]) -> None:
    assert table and set(table) <= asked()


# Said --------------------------------------------------------------------------------------------


def test_a_sentence_is_translated_with_those_facts_that_are_words() -> None:
    inner = Said("应大于零")
    refusal = Said("{name}:{why},共 {n}", name="应大于零", why=inner, n=2)
    word = {"{name}:{why},共 {n}": "{name}: {why}, {n} in all", "应大于零": "not above zero"}
    assert refusal.told(lambda text: word[text]) == "应大于零: not above zero, 2 in all"
    assert str(refusal) == "应大于零:应大于零,共 2"


def test_a_sentence_is_kept_and_read_again() -> None:
    kept = Said("缺少列:{columns};{why}", columns=["案号", "案由"], why=Said("{n} 行", n=3))
    assert str(Said.loads(kept.dumps())) == str(kept) == "缺少列:案号、案由;3 行"


def test_what_a_sentence_lacks_reads_as_a_dash_and_a_name_may_hold_a_brace() -> None:
    assert str(Said("由{by}于{since}处理", by="张三")) == "由张三于—处理"
    assert str(Said("精执{三")) == "精执{三"
