"""Who sits before the real browser, and what went wrong that nobody saw?

A visitor keeps every complaint of the console, every request that leaves the house, every
violation of the content security policy and every refusal; the fixture ``enter`` asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, Response, WebError

#: Chromium repeats every refusal in its console; ``refused`` looks at the answers themselves.
REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
VIOLATION = (
    "document.addEventListener('securitypolicyviolation', event => "
    "console.error('CSP:', event.violatedDirective, event.blockedURI, event.sourceFile))"
)
AXE = (Path(__file__).parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text()
BARRIERS = """() => axe.run(document, {
    resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
}).then(found => found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`)))"""


class Visitor:
    """Somebody with a browser of his own. ``page`` is what is in front of him."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.faults: list[str] = []
        self.allowed = 0
        context.on("console", self._said)
        context.on("weberror", self._broke)
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.add_init_script(VIOLATION)
        context.set_default_timeout(10_000)
        self.page = context.new_page()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSAL.match(message.text):
            self.faults.append(f"console: {message.text}")

    def _broke(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:")):
            self.faults.append(f"asked outside: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status != self.allowed:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")

    @contextmanager
    def refused(self, status: int) -> Iterator[None]:
        """What happens inside is refused with that status, and may be."""
        self.allowed = status
        with self.page.expect_response(lambda response: response.status == status):
            yield
        self.page.wait_for_load_state()
        self.allowed = 0

    def goto(self, path: str) -> Visitor:
        self.page.goto(self.url + path)
        return self

    def press(self, name: str, within: Locator | None = None) -> None:
        """Presses the button that is called so."""
        (within or self.page).get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def follow(self, name: str, within: Locator | None = None) -> None:
        """Follows the link that is called so."""
        (within or self.page).get_by_role("link", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def fill(self, **values: str) -> None:
        """Fills the fields of the page by their names."""
        for name, value in values.items():
            self.page.locator(f"main [name={name}]").fill(value)

    def choose(self, name: str) -> None:
        """A choice shown as a button: a click on its label, as people do."""
        self.page.locator(".choices label", has_text=re.compile(f"^{re.escape(name)}$")).click()

    def row(self, what: str) -> Locator:
        """The row of a list that mentions it."""
        return self.page.get_by_role("row").filter(has_text=what)

    @property
    def says(self) -> str:
        """The text of the page's main part."""
        self.page.wait_for_load_state()
        return self.page.locator("main").inner_text()

    def barriers(self) -> list[str]:
        """What axe-core finds on the page as it stands: what keeps whom from using it."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        found: list[str] = self.page.evaluate(BARRIERS)
        return found
