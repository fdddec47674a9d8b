"""How many pages does a machine serve? gunicorn with two sync workers, asked by two threads."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

from tests import servers
from tests.bench.measure import line, seconds

REPETITIONS = 3
REQUESTS = {"hello": 300, "page": 40}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def measure(database_url: str, instance: Path, case_id: int) -> None:
    """Each page in turns with the hello of the same server."""
    with gunicorn(database_url, instance) as port:
        executor, supervisor = entered(port, "executor"), entered(port, "supervisor")
        looks = {
            "case page": (f"/cases/{case_id}", supervisor),
            "desk": ("/desk", executor),
            "team list": ("/team", executor),
            "overview": ("/overview", supervisor),
            "trail search": ("/trail", supervisor),
            "node watch": ("/nodes", supervisor),
            "search by name": (f"/cases?q={quote('王伟')}", supervisor),
        }
        for name, (path, cookie) in looks.items():
            asked(port, path, cookie, 4)
            ours, base = list[float](), list[float]()
            for _ in range(REPETITIONS):
                base.append(asked(port, "/hello/", "", REQUESTS["hello"]))
                ours.append(asked(port, path, cookie, REQUESTS["page"]))
            line(name, "requests/s", ours, base, "a bare hello")
        measure_log(port, f"/cases/{case_id}", supervisor)


def measure_log(port: int, page: str, cookie: str) -> None:
    """The case page as it is, and without the row that says who looked."""
    ours, base = list[float](), list[float]()
    for _ in range(REPETITIONS):
        base.append(asked(port, f"/unseen{page}", cookie, REQUESTS["page"]))
        ours.append(asked(port, page, cookie, REQUESTS["page"]))
    line("case page, look kept", "requests/s", ours, base, "the same, not kept")


@contextmanager
def gunicorn(database_url: str, instance: Path) -> Iterator[int]:
    """The server on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ.update(
        LINSHU_INSTANCE=str(instance), LINSHU_DATABASE_URL=database_url, LINSHU_DEMO="1"
    )
    command = [sys.executable, "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{port}"]
    with servers.running(
        [*command, "tests.bench.site:application"], signal.SIGTERM, instance / "gunicorn.log"
    ):
        servers.wait_for(lambda: urlopen(f"http://127.0.0.1:{port}/hello/").read(), OSError, 30)
        yield port


def entered(port: int, role: str) -> str:
    """The cookie of the first person of a role, by the demo's door."""
    jar = CookieJar()
    browser, site = build_opener(HTTPCookieProcessor(jar)), f"http://127.0.0.1:{port}"
    token = TOKEN.search(browser.open(f"{site}/login").read().decode())
    assert token is not None
    form = urlencode({"csrf_token": token[1], "role": role}).encode()
    browser.open(f"{site}/demo", form).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def asked(port: int, path: str, cookie: str, times: int) -> float:
    """Requests a second, two at a time; each must answer 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()

    def ask(_number: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200"), (path, answer[:200])

    with ThreadPoolExecutor(2) as pair:
        return times / seconds(lambda: list(pair.map(ask, range(times))))
