"""Does every page come whole from our own server, and run on the old browsers in the field?

The baseline is Chromium 90 (April 2021). What came later is refused by name; each entry says in
which version it appeared. Vendored code is held to the same list, except where it asks first
whether the browser can do it.
"""

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
STATIC, TEMPLATES, VENDORED = ROOT / "static", ROOT / "templates", ROOT / "tests" / "vendor"
BASELINE = 90

NEWER_STYLES = {
    r":has\(": 105,
    r"@container|container-(type|name)\s*:": 105,
    r"\d(cqw|cqh|cqi|cqb|cqmin|cqmax)\b": 105,
    r"@layer\b": 99,
    r"@scope\b": 118,
    r"@starting-style": 117,
    r"@view-transition|view-transition-name": 111,
    r"@position-try|anchor-name|position-anchor": 125,
    r"color-mix\(|\bcolor\(": 111,
    r"\b(ok)?(lch|lab)\(": 111,
    r"\bhwb\(": 101,
    r"light-dark\(": 123,
    r"\d[dsl]v(h|w|i|b|min|max)\b": 108,
    r"\bsubgrid\b": 117,
    r"accent-color": 93,
    r"color-scheme\s*:\s*[^;}]*only": 98,
    r"(?<![\w-])(scale|rotate|translate)\s*:": 104,
    r"text-wrap\s*:": 114,
    r"text-spacing-trim": 123,
    r"scrollbar-(gutter|color|width)": 94,
    r"field-sizing": 123,
    r"interpolate-size|calc-size\(": 129,
    r"@media[^{]*\(\s*[\w-]*\s*[<>]": 104,
    r"(?<![\w-])mask(-image|-size)?\s*:": 120,
    r":(user-valid|user-invalid|modal|popover-open|open)\b": 105,
    r"::(backdrop-blur|details-content|highlight)": 105,
    r":nth-child\([^)]*\bof\b": 111,
    r"\b(sin|cos|tan|atan2|pow|hypot|round|mod)\(": 111,
    r"(?<![\w-])print-color-adjust\s*:": 136,
    r"font-palette": 101,
    r"\bif\(": 137,
}

NEWER_SCRIPTS = {
    r"\.at\(": 92,
    r"structuredClone": 98,
    r"Object\.(hasOwn|groupBy)": 93,
    r"\.(findLast|findLastIndex)\(": 97,
    r"\.(toSorted|toReversed|toSpliced|with)\(": 110,
    r"Array\.fromAsync|Promise\.(withResolvers|try)": 119,
    r"\bstatic\s*\{": 94,
    r"randomUUID": 92,
    r"AbortSignal\.(timeout|any)": 103,
    r"showPopover|togglePopover|hidePopover": 114,
    r"scheduler\.(postTask|yield)": 94,
    r":has\(": 105,
    r"new CSSStyleSheet": 99,
    r"setHTML(Unsafe)?\(": 124,
    r"\.(union|intersection|difference|isSubsetOf)\(": 122,
    r"Error\([^()]*\bcause\s*:": 93,
    r"(startViewTransition|moveBefore)\(": 111,
}
# htmx looks whether the browser knows these before it uses them.
ASKED_FIRST = {r"(startViewTransition|moveBefore)\(", r"Object\.(hasOwn|groupBy)"}
DYNAMIC_CODE = r"\beval\s*\(|new\s+Function\b|setTimeout\(\s*['\"]|document\.write|javascript:"

NEWER_MARKUP = {"popover", "popovertarget", "inert", "fetchpriority", "blocking", "command"}
NEWER_ELEMENTS = {"search", "selectlist", "fencedframe", "portal"}
FETCHING = {"src", "href", "action", "formaction", "poster", "data", "srcset", "hx-get", "hx-post"}
INLINE = re.compile(r"^(on|hx-on)|^(style|srcdoc)$")


def ours(folder: Path, suffix: str) -> list[Path]:
    return sorted(p for p in folder.rglob(f"*{suffix}") if "vendor" not in p.parts)


def without_twins(source: str) -> str:
    """Without the declarations that a prefixed twin precedes: old browsers heed that one."""
    return re.sub(r"(-webkit-([\w-]+)\s*:[^{}]*?)(?<![\w-])\2\s*:[^;{}]*", r"\1", source)


def without_comments(source: str) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//[^\n]*", "", source, flags=re.S | re.M)


def newer(source: str, features: dict[str, int]) -> list[str]:
    """The features found that are younger than the baseline."""
    code = without_comments(source)
    return [
        f"{found.group()!r} (Chromium {version})"
        for pattern, version in features.items()
        if version > BASELINE and (found := re.search(pattern, code))
    ]


def nested_rules(source: str) -> list[str]:
    """Style rules inside style rules (CSS nesting, Chromium 112)."""
    found, open_blocks = [], []
    for head, brace in re.findall(r"([^{};]*)([{};])", without_comments(source)):
        if brace == "{":
            if open_blocks and not open_blocks[-1].startswith("@"):
                found.append(head.strip())
            open_blocks.append(head.strip())
        elif brace == "}" and open_blocks:
            open_blocks.pop()
    return found


@pytest.mark.parametrize("sheet", sorted(STATIC.rglob("*.css")), ids=lambda p: p.name)
def test_styles_are_no_newer_than_the_browsers_in_the_field(sheet: Path) -> None:
    source = re.sub(r"url\(\"[^\"]*\"\)", "", sheet.read_text())
    assert newer(without_twins(source), NEWER_STYLES) == []
    assert nested_rules(source) == []


@pytest.mark.parametrize("script", sorted(STATIC.rglob("*.js")), ids=lambda p: p.name)
def test_scripts_are_no_newer_than_the_browsers_in_the_field(script: Path) -> None:
    theirs = "vendor" in script.parts
    features = {k: v for k, v in NEWER_SCRIPTS.items() if not (theirs and k in ASKED_FIRST)}
    assert newer(script.read_text(), features) == []


@pytest.mark.parametrize("script", ours(STATIC, ".js"), ids=lambda p: p.name)
def test_our_scripts_make_no_code_from_text(script: Path) -> None:
    assert re.findall(DYNAMIC_CODE, without_comments(script.read_text())) == []


@pytest.mark.parametrize("sheet", sorted(STATIC.rglob("*.css")), ids=lambda p: p.name)
def test_styles_fetch_nothing(sheet: Path) -> None:
    source = without_comments(sheet.read_text())
    assert "@import" not in source
    assert [u for u in re.findall(r"url\(['\"]?([^)'\"]{0,60})", source) if u[:5] != "data:"] == []


@pytest.mark.parametrize(
    "refused",
    [
        "a:has(b) { color: red }",
        "main { height: 100dvh }",
        "p { color: color-mix(in srgb, red, blue) }",
        "@layer theme;",
        "@container (min-width: 1px) { p { color: red } }",
        "@media (width >= 600px) { p { color: red } }",
    ],
)
def test_the_list_of_newer_styles_catches(refused: str) -> None:
    assert newer(refused, NEWER_STYLES)


def test_nesting_is_caught_and_media_queries_are_not() -> None:
    assert nested_rules(".a { color: red; & .b { color: blue } }") == ["& .b"]
    assert nested_rules("@media print { .a { color: red } .b { color: blue } }") == []


# Templates ---------------------------------------------------------------------------------------


class Markup(HTMLParser):
    """Collects what a template must not have: inline code or style, foreign addresses, new HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.faults += [f"<{tag} {name}>" for name in given if INLINE.search(name)]
        self.faults += [f"<{tag} {name}>" for name in given if name in NEWER_MARKUP]
        self.faults += [
            f"{name}={value}"
            for name, value in given.items()
            if name in FETCHING and foreign(value)
        ]
        self.faults += [f"{n}={v}" for n, v in given.items() if v.strip().startswith("js:")]
        if tag == "style" or tag in NEWER_ELEMENTS or (tag == "script" and "src" not in given):
            self.faults.append(f"<{tag}>")


def foreign(address: str) -> bool:
    return bool(re.match(r"\s*([a-z][a-z0-9+.-]*:)?//|\s*(javascript|data):", address, re.I))


def plain(template: str) -> str:
    """The HTML of a template, every Jinja tag blanked."""
    return re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template, flags=re.S)


def faults(source: str) -> list[str]:
    markup = Markup()
    markup.feed(plain(source))
    return markup.faults


#: What is served: the pages of an evidence pack are files that stand alone.
TEMPLATE_FILES = sorted(one for one in TEMPLATES.rglob("*.html") if one.parent.name != "pack")


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_templates_bring_no_inline_code_and_fetch_nothing_foreign(path: Path) -> None:
    source = path.read_text()
    assert faults(source) == []
    assert not re.search(r"https?://(?!www\.w3\.org/)", source)


@pytest.mark.parametrize(
    "refused",
    [
        "<p style='color: red'>",
        "<a onclick='x()'>",
        "<style>p {}</style>",
        "<script>x()</script>",
        "<script src='//cdn.example/x.js'></script>",
        "<div hx-on:click='x()'>",
        "<div hx-vals='js:{}'>",
        "<a href='javascript:x()'>",
        "<div popover>",
        "<{{ tag }}><p {% if a %}style='color: red'{% endif %}>",
    ],
)
def test_the_check_of_templates_catches(refused: str) -> None:
    assert faults(refused)


def test_every_static_file_that_a_template_names_is_there() -> None:
    named = {
        name
        for path in TEMPLATE_FILES
        for name in re.findall(r"filename=['\"]([^'\"]+)['\"]", path.read_text())
    }
    assert named
    assert [name for name in sorted(named) if not (STATIC / name).is_file()] == []


def test_htmx_is_told_to_run_no_code_and_to_stay_at_home() -> None:
    base = (TEMPLATES / "base.html").read_text()
    told = json.loads(re.search(r"name=\"htmx-config\"\s+content='([^']+)'", base)[1])
    assert told["includeIndicatorStyles"] is False
    assert told["allowEval"] is False
    assert told["historyCacheSize"] == 0
    assert told["selfRequestsOnly"] is True
    swapped = {rule["code"]: rule["swap"] for rule in told["responseHandling"]}
    first = next(code for code in swapped if re.search(code, "409"))
    assert swapped[first] and swapped["422"] and not swapped["[45].."]


# Vendored ----------------------------------------------------------------------------------------

PACKAGES = [p for top in (STATIC / "vendor", VENDORED) for p in sorted(top.iterdir()) if p.is_dir()]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.name)
def test_vendored_code_has_its_version_in_the_path_and_a_licence(package: Path) -> None:
    assert re.search(r"-\d+\.\d+\.\d+$", package.name)
    assert (package / "LICENSE").stat().st_size > 200


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.name)
def test_vendored_code_is_what_its_list_says(package: Path) -> None:
    listed = (package.parent / "README.md").read_text()
    for path in (p for p in package.iterdir() if p.suffix in {".js", ".css"}):
        row = next(line for line in listed.splitlines() if f"| {package.name} |" in line)
        assert path.name in row
        assert hashlib.sha256(path.read_bytes()).hexdigest() in row


def test_nothing_vendored_lies_outside_a_package() -> None:
    loose = [p.name for p in (STATIC / "vendor").iterdir() if p.is_file()]
    assert loose == ["README.md"]
    assert [p.name for p in ours(STATIC, ".js")] == ["linshu.js"]


@pytest.mark.parametrize("name", ["css/linshu.css", "js/linshu.js", "img/linshu.svg"])
def test_our_server_serves_its_own_assets(app: Flask, name: str) -> None:
    answer = app.test_client().get(f"/static/{name}")
    assert answer.status_code == 200
    assert "charset" in answer.content_type or answer.content_type.startswith("image/")
