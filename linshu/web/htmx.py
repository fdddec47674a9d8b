"""Did htmx ask? The one file that sees its headers; the package is wrapped because it errs.

htmx-flask 0.1.0: ``reswap`` raises for two of its values, and a Chinese string in ``trigger=``
breaks the response. Nothing here uses either.
"""

from flask import Response, make_response, redirect, request, url_for
from htmx_flask import request as htmx_request


def wanted() -> bool:
    """Whether htmx asked, and wants a fragment."""
    return bool(htmx_request.htmx)


def to_login() -> Response:
    """To the login page and back again; htmx gets 401 and is sent there whole."""
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    if wanted():
        answer = make_response("", 401)
        answer.headers["HX-Redirect"] = url_for("session.login")
        return answer
    return make_response(redirect(url_for("session.login", next=here), 303))


def whole(fragment: str, status: int) -> Response:
    """A fragment that takes the place of everything on the page, whatever htmx meant to swap."""
    answer = make_response(fragment, status)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#main", "innerHTML"
    return answer
