"""What does somebody see when it does not work? One sentence, no stack trace, a number to quote."""

import logging

from flask import Flask, Response, current_app, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from linshu.rules.policy import PolicyFault
from linshu.rules.transitions import Undecidable, undecided
from linshu.services.errors import Conflict, Refused
from linshu.web import guard, htmx
from linshu.web.asked import STRANGE_HOST
from linshu.web.logging import number
from linshu.web.looking import Unrecorded
from linshu.web.words import spoken

log = logging.getLogger("linshu.web")
Answer = tuple[str, int]


def init_app(app: Flask) -> None:
    """Every refusal and fault becomes a page, or a fragment where htmx asked."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Undecidable, _undecidable)
    app.register_error_handler(PolicyFault, _unreadable)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Unrecorded, _unrecorded)
    app.register_error_handler(Exception, _fault)


def _notice(status: int, message: str) -> Answer:
    # A GET answers one way, whoever asks: an address must not mean two things to a cache.
    fragment = htmx.wanted() and request.method == "POST"
    template = "errors/_notice.html" if fragment else "errors/page.html"
    facts = {"status": status, "message": message, "request_id": number()}
    try:
        return render_template(template, **facts), status
    except SQLAlchemyError as error:  # what every page is given comes from the database
        return _busy(error)


def _refused(refusal: Refused) -> Answer:
    return _notice(refusal.status, spoken(refusal))


def _undecidable(why: Undecidable) -> Answer:
    if why.code == "policy_broken":
        return _refused(Conflict("policy_unreadable"))
    return _refused(Conflict("cannot_decide", why=undecided(why.code)))


def _unreadable(_why: PolicyFault) -> Answer:
    """A version that was adopted no longer parses: somebody changed it where it is stored."""
    return _refused(Conflict("policy_unreadable"))


def _forged(_error: CSRFError) -> Answer | Response:
    """A forgery, or a login that ran out and took its token along: to the door, then."""
    if guard.is_public() or current_user.is_authenticated:
        return _notice(400, "")
    return htmx.to_login()


def _http(error: HTTPException) -> Answer | Response | HTTPException:
    if isinstance(error, STRANGE_HOST):  # a host that is no host: no address can be built on it
        return Response(f"400 · {number()}\n", 400, mimetype="text/plain")
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if request.routing_exception is error or error.code < 500:
        return _notice(error.code, "")
    return _fault(getattr(error, "original_exception", None) or error, error.code)


def _busy(error: SQLAlchemyError) -> Answer:
    cause = error.orig if isinstance(error, DBAPIError) else error
    log.error("the database did not answer", extra={"cause": str(cause)[:300]})
    return _bare(503)


def _unrecorded(error: Unrecorded) -> Answer:
    log.error("a look could not be recorded", extra={"cause": str(error.__cause__)[:300]})
    return _bare(503, _("未能记录这次查阅,所以没有显示。请稍后再试。"))


def _fault(error: Exception, status: int = 500) -> Answer:
    log.error("fault", extra={"request": number()}, exc_info=error)
    return _bare(status)


def _bare(status: int, message: str = "") -> Answer:
    """The page of a fault, without what every other page is given: that may be what failed."""
    page = current_app.jinja_env.get_template("errors/500.html")
    return page.render(status=status, request_id=number(), message=message), status
