"""Which forms and links does a page hold? Read as a browser reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Field:
    """One name of a form; ``values``: what it stands at, or may be chosen."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)


@dataclass
class Form:
    """Where a form goes, and what it holds. A link with a query is one too."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    def add(self, name: str | None, kind: str, value: str | None) -> None:
        if not name:
            return
        found = self.fields.setdefault(name, Field(name, kind))
        if value is not None and value not in found.values:
            found.values.append(value)


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.here, self.found, self.links = here, list[Form](), list[str]()
        self.form: Form | None = None
        self.named: dict[str, Form] = {}
        self.select: str | None = None
        self.text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            action = said.get("action") or self.here
            self.form = Form(action, (said.get("method") or "get").upper())
            self.named[said.get("id") or ""] = self.form
            self.found.append(self.form)
        elif tag == "a" and (said.get("href") or "").startswith("/"):
            self.links.append(said["href"] or "")
        if said.get("formaction") and self.form:  # one form that leads to several places
            other = Form(said["formaction"] or "", self.form.method, self.form.fields)
            self.found.append(other)
        form = self.named.get(said.get("form") or "-") or self.form
        if form is None:
            return
        name = said.get("name")
        if tag == "input" or (tag == "button" and name):
            form.add(name, said.get("type") or ("choice" if tag == "button" else "text"),
                     said.get("value"))  # fmt: skip
        elif tag == "select":
            self.select = name
            form.add(name, "choice", None)
        elif tag == "option" and self.select:
            form.add(self.select, "choice", said.get("value") or "")
        elif tag == "textarea" and name:
            self.text = (name, [])

    def handle_data(self, data: str) -> None:
        if self.text:
            self.text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.text:
            name, parts = self.text
            if self.form:
                self.form.add(name, "textarea", "".join(parts).strip())
            self.text = None


def read(page: str, here: str) -> tuple[list[Form], list[str]]:
    """The forms of a page, its links with a query among them, and where all its links go."""
    reader = _Reader(here)
    reader.feed(page)
    reader.close()
    plain = []
    for link in reader.links:
        parts = urlsplit(link)
        plain.append(link.partition("#")[0])
        if not parts.query:
            continue
        form = Form(parts.path, "GET")
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            form.add(name, "hidden", value)
        reader.found.append(form)
    return reader.found, plain
