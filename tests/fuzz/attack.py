"""Who sends what where, and was the answer right? One request after another, judged each."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import quote, unquote_plus, urlencode, urlsplit

from flask import Flask
from hypothesis import strategies as st
from sqlalchemy import select, update
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder, TestResponse

from linshu.services import desk, people
from linshu.store.cases import Case
from linshu.store.db import db, transaction
from linshu.store.people import Person, Team
from tests.court import Court
from tests.fuzz import books, forms, values
from tests.fuzz.forms import Field, Form
from tests.web.visits import TOKEN, Visitor, entered, stranger

NUMBER = re.compile(r"（20\d\d）[\u4e00-\u9fff]\d{1,6}执(?:恢)?\d+号")
EXAMPLE = re.compile(r'placeholder="[^"]*"')  # how a number is written
MOST_LINKS = 3  # of one kind, that somebody follows before it begins
Seen = tuple[str, Form]  # by whom, which
MOODS = ("fitting",) * 5 + ("borderline", "hostile", "mixed", "mixed")
FILES = (b"", b"hello", b"PK\x03\x04" + bytes(200), b"\xd0\xcf\x11\xe0" + bytes(600))
FILES += (b"name,date\n=1+1,2026-01-01\n", "节日,2026年1月1日".encode("gb18030"))
#: What the court of the fuzz needs so that the next request finds somebody: put back after it.
KEPT = {Person: ("role", "team_id", "active"), Team: ("active",)}


@dataclass(frozen=True)
class Whim:
    """What hypothesis thought of: a lot, and some values to put where they hurt."""

    seed: int
    hostile: list[str]
    borderline: list[str]


WHIMS = st.builds(
    Whim,
    st.integers(0, 2**63),
    st.lists(values.hostile, min_size=2, max_size=3),
    st.lists(values.borderline, min_size=2, max_size=3),
)


@dataclass(frozen=True)
class Sent:
    """One request as it went out."""

    login: str
    method: str
    url: str
    body: str

    def __str__(self) -> str:
        return f"{self.login}: {self.method} {self.url[:300]} {self.body[:600]!r}"


def _filled(lot: random.Random, one: Field, mood: str, whim: Whim) -> list[tuple[str, str]]:
    """What is sent for a field, if anything is."""
    if one.name == "csrf_token" or (one.kind == "submit" and not one.values):
        return []
    if (one.kind == "checkbox" or mood != "fitting") and lot.random() < 0.25:
        return []
    mood = lot.choice(MOODS[:7]) if mood == "mixed" else mood
    if one.kind == "hidden" and mood == "hostile":
        mood = lot.choice(("fitting", "hostile"))
    match mood:
        case "hostile":
            return [(one.name, lot.choice(whim.hostile))]
        case "borderline":
            return [(one.name, lot.choice(whim.borderline))]
    return [(one.name, lot.choice(values.fitting(one)))]


@dataclass
class Attack:
    """The requests against one application, and what was wrong with the answers."""

    app: Flask
    court: Court
    logins: tuple[str, ...]
    marks: tuple[str, ...] = ()  # what nobody but the other court's people may ever be shown
    ids: dict[str, list[object]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    taken: dict[str, bytes] = field(default_factory=dict)  # the files that answers brought
    told: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.books = books.Books(self.app)
        self.visitors: dict[str, Visitor] = {}
        self.tokens: dict[str, str] = {}
        self.known: dict[str, deque[Seen]] = defaultdict(lambda: deque(maxlen=80))
        self.links: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.seen: dict[str, frozenset[str]] = {}
        self.numbers: frozenset[str] = frozenset()
        self.seats = {model: self._seats(model) for model in KEPT}
        self.before = self.books.print()
        self.doors = [
            (method, rule)
            for rule in self.app.url_map.iter_rules()
            for method in sorted({"GET", "POST"} & (rule.methods or set()))
            if rule.endpoint != "static"
        ]

    # Before the requests -----------------------------------------------------------------------

    def look_round(self) -> None:
        """Everybody opens every page, and some that it leads to, so that the forms are known."""
        for login in self.logins:
            for method, rule in self.doors:
                if method == "GET":
                    self.send(Sent(login, "GET", self._address(rule, 0), ""))
            met: set[str] = set()
            for _step in range(2):
                near = [link for links in self.links[login].values() for link in links[:MOST_LINKS]]
                for link in (one for one in near if one not in met):
                    self.send(Sent(login, "GET", link, ""))
                met |= set(near)

    def look_at(self, login: str, url: str) -> None:
        """Somebody opens a page, and everything that it leads to."""
        page = self.send(Sent(login, "GET", url, "")).get_data(as_text=True)
        for link in dict.fromkeys(forms.read(page, url)[1]):
            self.send(Sent(login, "GET", link, ""))

    def unmet(self) -> list[str]:
        """The POST routes for which no page showed a form."""
        posts = {rule.endpoint for method, rule in self.doors if method == "POST"}
        return sorted(posts - set(self.known))

    # A request ---------------------------------------------------------------------------------

    def made(self, whim: Whim) -> Sent:
        """Somebody, somewhere, with something in his form: what a whim comes to, here and now."""
        lot = random.Random(f"{whim.seed} {self.told.total()}")  # hypothesis likes to repeat itself
        login, (method, rule), mood = (
            lot.choice(self.logins),
            lot.choice(self.doors),
            lot.choice(MOODS),
        )
        found = self.known[rule.endpoint] if method == "POST" else self.known["GET " + rule.rule]
        owner, form = lot.choice(found) if found else (login, None)
        login = owner if lot.random() < 0.7 else login
        elsewhere = form is None or (mood == "mixed" and lot.random() < 0.5)
        url = self._address(rule, lot.randrange(60)) if elsewhere else form.action
        fields = form.fields.values() if form else ()
        pairs = [pair for one in fields for pair in _filled(lot, one, mood, whim)]
        said = urlencode(pairs, errors="surrogatepass")
        if method == "GET":
            return Sent(login, method, f"{urlsplit(url).path}?{said}" if said else url, "")
        token = "" if lot.random() < 0.03 else self.token(login)
        return Sent(login, method, url, f"{said}&csrf_token={quote(token)}")

    def _address(self, rule: Rule, nth: int) -> str:
        with self.app.test_request_context():
            behind = {name: self._id(name, nth) for name in rule.arguments}
            return self.app.url_for(rule.endpoint, **behind)

    def _id(self, name: str, nth: int) -> object:
        found = self.ids.get(name, [1, 2, 3])
        return found[nth % len(found)]

    def token(self, login: str) -> str:
        if login not in self.tokens:
            self._visitor(login)
            page = self._raw(
                Sent(login, "GET", "/login" if login == "stranger" else "/password", "")
            )
            token = TOKEN.search(page.get_data(as_text=True))
            self.tokens[login] = token[1] if token else ""
        return self.tokens[login]

    def _visitor(self, login: str) -> Visitor:
        if login not in self.visitors:
            outside = login == "stranger"
            found = stranger(self.app) if outside else entered(self.app, self.court, login)
            self.visitors[login] = found
            self.tokens.pop(login, None)
            self.before = self.books.print()  # entering leaves its own marks
        return self.visitors[login]

    def _raw(self, sent: Sent) -> TestResponse:
        client = self._visitor(sent.login).client
        with self.app.app_context():
            if sent.method == "GET":
                return client.get(sent.url)
            content_type = "application/x-www-form-urlencoded"
            return client.post(sent.url, data=sent.body, content_type=content_type)

    def send_file(self, login: str, url: str, name: str, content: bytes, filename: str) -> None:
        """A form that brings a file."""
        sent, data = Sent(login, "POST", url, f"file {filename} {content[:20]!r}"), {}
        data = {"csrf_token": self.token(login), name: (BytesIO(content), filename)}
        with self.app.app_context():
            self._judge(sent, self._visitor(login).client.post(url, data=data))

    def send(self, sent: Sent) -> TestResponse:
        """Sends it and judges the answer."""
        answer = self._raw(sent)
        self._judge(sent, answer)
        return answer

    # Judging -----------------------------------------------------------------------------------

    def _judge(self, sent: Sent, answer: TestResponse) -> None:
        endpoint, status = self._endpoint(sent), answer.status_code
        self.told[endpoint, sent.method, status] += 1
        page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        if file := _name_of_file(answer):
            self.taken[f"{endpoint} {file}"] = answer.get_data()
        after = self.books.print()
        if status >= 500:
            self._fault("5xx", sent, status)
        differ = books.changed(self.before, after, endpoint)
        if differ and (status >= 400 or sent.method == "GET"):
            self._fault(f"changed {sorted(differ)}", sent, status)
        if self.before != after:
            self._after_a_change(sent, differ)
        self._within_scope(sent, answer, page)
        if page and any(alive in page for alive in values.ALIVE):
            self._fault("a text came alive", sent, status)
        where = answer.headers.get("Location", "")
        if where and not (where.startswith("/") and not where.startswith(("//", "/\\"))):
            self._fault(f"leads out of the house: {where[:60]}", sent, status)
        if page and status in (200, 422):
            self._learn(sent.login, page, urlsplit(sent.url).path)
        if endpoint == "session.logout" or where.startswith("/login"):
            self.visitors.pop(sent.login, None)  # comes back in

    def _fault(self, what: str, sent: Sent, status: int) -> None:
        if len(self.faults) < 30:
            self.faults.append(f"{what} [{status}] {sent}")

    def _after_a_change(self, sent: Sent, differ: set[str]) -> None:
        if differ & {"people", "teams"}:
            self._seat_again()
        self.seen.clear()
        self.before = self.books.print()

    def _seats(self, model: type[Person | Team]) -> list[dict[str, object]]:
        names = ("id", *KEPT[model])
        query = select(*(getattr(model, name) for name in names))
        found = [dict(zip(names, row, strict=True)) for row in db.session.execute(query)]
        db.session.rollback()
        return found

    def _seat_again(self) -> None:
        if all(self._seats(model)[: len(kept)] == kept for model, kept in self.seats.items()):
            return
        with transaction() as session:
            for model, kept in self.seats.items():
                session.execute(update(model), kept)
        db.session.remove()

    def _within_scope(self, sent: Sent, answer: TestResponse, page: str) -> None:
        text = page or answer.get_data().decode("utf-8", "replace")
        said = set(NUMBER.findall(EXAMPLE.sub("", text)))
        if said:
            extra = said - self._may_see(sent.login)
            own = set(NUMBER.findall(_plain(sent.url) + _plain(sent.body)))
            if leaked := (extra & self.numbers) - own:
                self._fault(f"outside the scope: {sorted(leaked)[:3]}", sent, answer.status_code)
        for mark in () if sent.login.startswith("b-") else self.marks:
            if mark in text and mark not in _plain(sent.url) + _plain(sent.body):
                self._fault(f"shows {mark}", sent, answer.status_code)

    def _may_see(self, login: str) -> frozenset[str]:
        """The oracle: the numbers of the cases that the services let this person see."""
        if login not in self.seen:
            db.session.rollback()
            who = None if login == "stranger" else people.actor_by_login(login)
            cases = db.session.execute(select(Case.id, Case.number)).all()
            self.numbers = frozenset(number for _id, number in cases)
            self.seen[login] = frozenset(
                number for id_, number in cases if who and desk.in_scope(db.session(), who, id_)
            )
            db.session.rollback()
        return self.seen[login]

    # Learning ----------------------------------------------------------------------------------

    def _learn(self, login: str, page: str, here: str) -> None:
        found, links = forms.read(page, here)
        for link in links:
            rule = self._rule(link, "GET")
            if rule is not None and link not in self.links[login][rule.rule]:
                self.links[login][rule.rule].append(link)
        for form in found:
            rule = self._rule(form.action, form.method)
            if rule is not None:
                pool = self.known[rule.endpoint if form.method == "POST" else "GET " + rule.rule]
                pool.append((login, form))

    def _rule(self, address: str, method: str) -> Rule | None:
        builder = EnvironBuilder(path=urlsplit(address).path, method=method)
        try:
            rule, _arguments = self.app.url_map.bind_to_environ(builder.get_environ()).match(
                return_rule=True
            )
        except HTTPException:
            return None
        return rule

    def _endpoint(self, sent: Sent) -> str:
        rule = self._rule(sent.url, sent.method)
        return rule.endpoint if rule else "none"

    def report(self) -> str:
        """How many answers of which kind each address gave."""
        lines = defaultdict(Counter[int])
        for (endpoint, method, status), count in self.told.items():
            lines[f"{method:4} {endpoint}"][status] += count
        total = sum(self.told.values())
        rows = [
            f"  {door:34} " + "  ".join(f"{status}×{n}" for status, n in sorted(found.items()))
            for door, found in sorted(lines.items())
        ]
        return "\n".join([f"{total} requests, {len(self.faults)} faults", *rows, *self.faults])


def _name_of_file(answer: TestResponse) -> str:
    _value, options = parse_options_header(answer.headers.get("Content-Disposition", ""))
    return options.get("filename", "")


def _plain(text: str) -> str:
    return unquote_plus(text, errors="replace")
