"""Where does a request come from? Its address, whether TLS, its certificate; a proxy's word for it.

Only a peer whose address stands in LINSHU_PROXY is believed. Anybody else's headers are text that
a browser may have written: nothing looks at them.
"""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

from flask import Flask, current_app, request

from linshu.services.factors import plain_fingerprint
from linshu.services.visits import Door

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]
CERTIFICATE = "linshu.certificate"  # no header can be called so


def init_app(app: Flask) -> None:
    """Puts the proxy's word in the place of its own address, before anybody looks."""
    served: Application = app.wsgi_app

    def told(environ: Environ, start: Any) -> Iterable[bytes]:
        if environ.get("REMOTE_ADDR") in _believed(app):
            _believe(environ)
        return served(environ, start)

    app.wsgi_app = told


def _believed(app: Flask) -> set[str]:
    return {one.strip() for one in app.config["LINSHU_PROXY"].split(",")} - {""}


def _believe(environ: Environ) -> None:
    """The last hop is the one that the proxy itself has seen."""
    hop = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    if _is_address(hop):
        environ["REMOTE_ADDR"] = hop
    if environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip() == "https":
        environ["wsgi.url_scheme"] = "https"
    environ[CERTIFICATE] = plain_fingerprint(environ.get("HTTP_X_CLIENT_CERTIFICATE", ""))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def door() -> Door:
    """Where this request comes from."""
    agent = request.headers.get("User-Agent", "")
    return Door(address(), agent, request.environ.get(CERTIFICATE, ""))


def address() -> str:
    """The client's address."""
    return request.remote_addr or ""


def in_demo() -> bool:
    """Only in demo mode, and only on this very machine."""
    listens = current_app.config.get("LINSHU_HOST", "127.0.0.1")
    return bool(
        current_app.config.get("LINSHU_DEMO") and _is_loopback(listens) and _is_loopback(address())
    )


def _is_loopback(text: str) -> bool:
    return ip_address(text).is_loopback if _is_address(text) else text == "localhost"
