"""What did this run leave out, and was it allowed to?

Without Chromium the browser tests stay out, and without LibreOffice those that open documents in
it, each with a line that says so; LINSHU_TEST_DATABASES=sqlite leaves PostgreSQL out. Under
LINSHU_NO_SKIPS=1 (.ci/run) none of it is allowed, nor any skip.
"""

from __future__ import annotations

import os
import shutil

import pytest

from tests.servers import DATABASES

NO_SKIPS = os.environ.get("LINSHU_NO_SKIPS") == "1"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SOFFICE = shutil.which("soffice")
#: What a mark needs: the program, if it is there, and what is said where it is not.
NEEDS = {
    "browser": (CHROMIUM, "the browser tests (no Chromium; apt install chromium fonts-noto-cjk)"),
    "office": (SOFFICE, "documents in LibreOffice (apt install libreoffice-writer-nogui)"),
}

skipped: list[str] = []


def pytest_configure() -> None:
    missing = [said for program, said in NEEDS.values() if not program]
    if NO_SKIPS and missing:
        raise pytest.UsageError(f"nothing may be left out here: {'; '.join(missing)}")
    if NO_SKIPS and set(DATABASES) != {"sqlite", "postgresql"}:
        raise pytest.UsageError("nothing may be left out here, and a database is")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs a program that this machine has not stays out."""
    for mark, (program, _said) in NEEDS.items():
        out = [item for item in items if item.get_closest_marker(mark)]
        if program or not out:
            continue
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if NO_SKIPS and skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if NO_SKIPS and skipped:
        terminalreporter.line(f"skips are forbidden here (LINSHU_NO_SKIPS=1): {skipped}", red=True)
    for program, said in NEEDS.values():
        if not program:
            terminalreporter.line(f"left out: {said}", yellow=True)
