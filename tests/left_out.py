"""What did this run leave out, and was it allowed to?

Without Chromium the browser tests stay out, with a line that says so; LINSHU_TEST_DATABASES=sqlite
leaves PostgreSQL out. Under LINSHU_NO_SKIPS=1 (.ci/run) neither is allowed, nor any skip.
"""

from __future__ import annotations

import os
import shutil

import pytest

from tests.servers import DATABASES

NO_SKIPS = os.environ.get("LINSHU_NO_SKIPS") == "1"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

skipped: list[str] = []


def pytest_configure() -> None:
    if NO_SKIPS and not CHROMIUM:
        raise pytest.UsageError("nothing may be left out here, and there is no Chromium")
    if NO_SKIPS and set(DATABASES) != {"sqlite", "postgresql"}:
        raise pytest.UsageError("nothing may be left out here, and a database is")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests stay out."""
    browser = [item for item in items if item.get_closest_marker("browser")]
    if CHROMIUM or not browser:
        return
    config.hook.pytest_deselected(items=browser)
    items[:] = [item for item in items if item not in browser]


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
    if not CHROMIUM:
        left_out = "left out: the browser tests (no Chromium; apt install chromium fonts-noto-cjk)"
        terminalreporter.line(left_out, yellow=True)
