"""Does the application stand on a network that is not kind? Headers, cookies, addresses, sizes."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from config import ROOT, Settings
from linshu import logs
from linshu.store.db import transaction
from tests.conftest import NOW
from tests.court import Court
from tests.web.test_doors import everything, is_of_the_house, rules
from tests.web.visits import TOKEN, Visitor, entered, said, stranger

# What a browser is told ---------------------------------------------------------------------------


def settings(app: Flask, **others: object) -> Settings:
    usual = Settings(
        instance=Path(app.config["LINSHU_INSTANCE"]),
        secret_key="only for tests",
        database_url=app.config["SQLALCHEMY_DATABASE_URI"],
        redis_url=app.config["LINSHU_REDIS_URL"],
        testing=True,
        clock=lambda: NOW,
    )
    return replace(usual, **others)


def test_what_the_policy_allows_is_only_what_is_ours(app: Flask) -> None:
    policy = stranger(app).ask("/login").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "*" not in policy
    for needed in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert needed in policy


INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\ssrc=)", re.I)


def test_no_template_has_a_script_or_a_style_in_it() -> None:
    assert INLINE.search('<b style="x">') and INLINE.search("<a onclick = 'x'>")
    assert INLINE.search("<script>") and not INLINE.search('<script defer src="x"></script>')
    for path in (ROOT / "templates").rglob("*.html"):
        if path.parent.name == "pack":
            continue  # never served: a file of an evidence pack stands alone, with its own policy
        markup = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
        assert not INLINE.search(markup), path


def test_behind_tls_the_browser_is_told_to_stay_there(app: Flask) -> None:
    plain = stranger(app).ask("/login")
    assert "Strict-Transport-Security" not in plain.headers
    secure = stranger(app).ask("/login", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_cookies_are_kept_from_scripts_other_sites_and_plain_lines(app: Flask) -> None:
    from app import create_app

    cookie = stranger(app).ask("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    behind = create_app(settings(app, https=True))
    answer = behind.test_client().get("/login")
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-") and "Secure" in cookie and "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


# Addresses ----------------------------------------------------------------------------------------

TRICKS = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%09/evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "//evil.example\\@localhost",
    "//localhost@evil.example",
    "http://[",
    "/\x00/evil.example",
    "／／evil.example",
)


def stays_here(where: str) -> bool:
    """Whether a browser that is sent there stays in the house: it drops tabs and line ends, and
    takes a backslash for a slash."""
    seen = re.sub(r"[\t\r\n]", "", where).strip().replace("\\", "/")
    return seen.startswith("/") and not seen.startswith("//")


@pytest.mark.parametrize("target", TRICKS)
def test_nobody_is_led_out_of_the_house(app: Flask, court: Court, target: str) -> None:
    assert not stays_here("/\t/evil.example") and stays_here("/cases?q=//x")
    visitor = entered(app, court, "one")
    for url in ("/language", f"/language?next={target!r}"):
        answer = visitor.post(url, {"language": "zh", "next": target})
        assert answer.status_code == 400 or stays_here(answer.location), answer.location
    outside = stranger(app)
    page = outside.ask("/login", query_string={"next": target})
    token = TOKEN.search(said(page))
    wrong = {"csrf_token": token[1] if token else "", "login": "nobody", "password": "x"}
    answer = outside.client.post("/login", query_string={"next": target}, data=wrong)
    assert answer.status_code in (400, 422) and "Location" not in answer.headers


def test_every_field_that_names_a_way_back_is_known(app: Flask) -> None:
    """Whoever adds another ``next`` meets the tricks above first."""
    used = set()
    for path in (ROOT / "linshu").rglob("*.py"):
        code = path.read_text("utf-8")
        if re.search(r"(args|form)(\.get\(|\[)\"(next|back|url|return\w*|to_url)\"", code):
            used.add(path.relative_to(ROOT).as_posix())
    # confirm.py sends every way back through the same ``inside_the_house``.
    assert used <= {"linshu/web/session.py", "linshu/web/confirm.py"}


ODD_PATHS = (
    "/%00",
    "/%ff%fe",
    "/cases/%ED%A0%80",
    "/cases/١",
    "/" + "a" * 20_000,
    "/cases?" + "q=" + "字" * 20_000,
    "/cases?" + "&".join(f"a{n}=1" for n in range(3000)),
    "/cases/../../etc/passwd",
    "/static/../config.py",
    "/static/%2e%2e/config.py",
    "/cases/999999999999999999999999",
    "/cases?page=" + "9" * 4000,
    "/cases?page=1e309&team=NaN",
    "//evil.example/%2f..",
    "/%0d%0aSet-Cookie:%20x=1",
    "/cases;jsessionid=1",
)


@pytest.mark.parametrize("path", ODD_PATHS)
def test_an_odd_address_is_answered(app: Flask, court: Court, path: str) -> None:
    for visitor in (stranger(app), entered(app, court, "chief")):
        answer = visitor.ask(path)
        assert answer.status_code < 500 and "x=1" not in answer.headers.get("Set-Cookie", "")
        assert b"SECRET" not in answer.data and answer.headers["X-Request-ID"]


@pytest.mark.parametrize("method", ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO", "HEAD"))
def test_other_methods_change_nothing(app: Flask, court: Court, method: str) -> None:
    visitor, before = entered(app, court, "chief"), everything()
    for rule in rules(app, "POST"):
        if not rule.arguments:
            with app.app_context():
                answer = visitor.client.open(rule.rule, method=method)
            assert answer.status_code in (200, 303, 403, 405), (rule, answer.status_code)
    assert everything() == before


HOSTS = (
    "evil.example",
    "a b",
    "",
    "[::1",
    "x" * 3000,
    "localhost:99999",
    "evil.example:80@x",
)


@pytest.mark.parametrize("host", HOSTS)
def test_a_strange_host_leads_nowhere(app: Flask, court: Court, host: str) -> None:
    for url in ("/login", "/cases/1", "/"):
        with app.app_context():
            answer = app.test_client().get(url, headers={"Host": host})
        assert answer.status_code < 500
        assert "evil.example" not in answer.headers.get("Location", "")
        assert b"evil.example" not in answer.data


def test_a_site_with_a_name_answers_to_no_other(app: Flask) -> None:
    from app import create_app

    named = create_app(settings(app, hosts=("linshu.court.internal",)))
    assert named.test_client().get("/login", base_url="http://evil.example").status_code == 400
    answer = named.test_client().get("/login", base_url="http://linshu.court.internal")
    assert answer.status_code == 200


# Sizes --------------------------------------------------------------------------------------------


#: The results of a search are a file, with a limit of its own (tests/web/test_batches.py).
ELSEWHERE = ("session.logout", "session.demo", "findings.upload")


def test_a_form_is_small(app: Flask, court: Court) -> None:
    visitor = entered(app, court, "chief")
    for rule in rules(app, "POST"):
        if not rule.arguments and rule.endpoint not in ELSEWHERE:
            answer = visitor.post(rule.rule, {"reason": "x" * (2 * 2**20)})
            assert answer.status_code in (403, 413), (rule, answer.status_code)


def test_a_workbook_that_swells_is_not_read(app: Flask, court: Court) -> None:
    from linshu.services.opening import LedgerFault, checked

    swelling = io.BytesIO()
    with zipfile.ZipFile(swelling, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300 * 2**20))
    assert len(swelling.getvalue()) < 2**20
    with pytest.raises(LedgerFault) as refused:
        checked(swelling.getvalue())
    assert refused.value.fault == "too large"


# Faults and the log -------------------------------------------------------------------------------


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the log says, as it is written."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    level, own = root.level, logging.getLogger("linshu").level
    root.addHandler(handler)
    logging.getLogger("linshu").setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    logging.getLogger("linshu").setLevel(own)


def told(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def asked(visitor: Visitor, url: str, status: int) -> tuple[str, str]:
    """The page, and the number that its answer carries."""
    answer = visitor.ask(url, headers={"X-Request-ID": "mine"})
    assert answer.status_code == status, (url, answer.status_code)
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])
    return said(answer), answer.headers["X-Request-ID"]


def test_every_refusal_carries_a_number_that_the_log_knows(
    app: Flask, court: Court, lines: io.StringIO
) -> None:
    quick = entered(app, court, "quick")
    for url, status in (("/nowhere", 404), ("/trail", 403), ("/team/claim-next", 405)):
        page, number = asked(quick, url, status)
        assert number in page
        last = [line for line in told(lines) if line["event"] == "request"][-1]
        assert (last["request"], last["status"], last["login"]) == (number, status, "quick")
        assert last["court"] == court.id and isinstance(last["ms"], int)
    fragment = quick.post("/cases/1/record", headers={"HX-Request": "true"})
    assert fragment.headers["X-Request-ID"] in said(fragment)


def test_the_log_names_the_screen_and_never_what_was_asked_there(
    app: Flask, court: Court, lines: io.StringIO
) -> None:
    visitor = entered(app, court, "chief")
    visitor.ask("/cases?q=张三丰&x=371329199003071231")
    visitor.post("/login", {"login": "chief", "password": "Geheim-12345"})
    written = lines.getvalue()
    assert '"endpoint": "search.page"' in written
    for secret in ("张三丰", "371329199003071231", "Geheim", "csrf", "q="):
        assert secret not in written


def test_what_says_a_personal_number_has_it_masked(lines: io.StringIO) -> None:
    log = logging.getLogger("linshu.somewhere")
    log.warning("tried %s", "371329199003071231", extra={"phone": ["13812345678"]})
    try:
        raise ValueError("身份证 371329199003071231")
    except ValueError:
        secret = "371329199003071231"  # a local; the traceback does not show it
        log.exception("failed", extra={"size": len(secret)})
    written = lines.getvalue()
    assert "199003071231" not in written and "12345678" not in written
    assert "371329********1231" in written and len(told(lines)) == 2
    assert "ValueError" in written and "locals" not in written


PROGRAM = """
import logging
from linshu import logs
logs.configure()
logging.getLogger("rq.worker").info("job 371329199003071231")
logging.getLogger("sqlalchemy.engine").info("SELECT 1")
logging.getLogger("linshu.jobs.doorbell").warning("nobody hears %s", "the bell")
"""


def test_workers_log_as_pages_do() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    job, bell = (json.loads(line) for line in done.stderr.splitlines())
    assert (job["event"], job["logger"]) == ("job 371329********1231", "rq.worker")
    assert bell["event"] == "nobody hears the bell" and bell["level"] == "warning" and bell["at"]


def test_a_fault_is_in_the_log_with_its_number_and_not_on_the_page(
    app: Flask, court: Court, lines: io.StringIO
) -> None:
    visitor = entered(app, court, "chief")
    visitor.ask("/overview")
    with transaction() as session:
        session.execute(text("UPDATE teams SET kind = 'nothing'"))
    page, number = asked(visitor, "/overview", 500)
    assert number in page and is_of_the_house(page) and "ValueError" not in page
    (fault,) = [line for line in told(lines) if line["event"] == "fault"]
    assert fault["request"] == number and "ValueError" in json.dumps(fault)
    assert "locals" not in json.dumps(fault)


def test_without_its_database_every_page_says_so_and_asks_it_nothing(
    app: Flask, court: Court, lines: io.StringIO
) -> None:
    visitor = entered(app, court, "chief")
    with transaction() as session:
        for table in ("courts", "people"):
            session.execute(text(f"ALTER TABLE {table} RENAME TO away_{table}"))
    for url in ("/overview", "/nowhere", "/login", "/cases/1"):
        for one in (visitor, stranger(app)):
            answer = one.ask(url)
            page = said(answer)
            if url == "/overview" and one is not visitor:
                continue
            assert answer.status_code in (500, 503, 303), (url, answer.status_code)
            assert answer.status_code == 303 or is_of_the_house(page), url
            assert answer.headers["X-Request-ID"] in page or answer.status_code == 303
            assert "away_" not in page and "sqlite" not in page.lower()
    assert "[parameters: " not in lines.getvalue()  # what a statement was given
