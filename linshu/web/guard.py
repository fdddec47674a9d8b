"""Who gets through the door? Every route names its duty; a route without one is closed to all.

A route that shows a case, searches or takes something away names its kind of look beside it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, request
from flask_login import current_user

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.services.actor import Actor
from linshu.services.errors import NotAllowed, NotFound
from linshu.web import looking

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]


def allow(*duties: Duty, reads: Kind | None = None) -> Callable[[View[P, R]], View[P, R]]:
    """The view is for people who have any of the duties; none named: for all who entered.
    ``reads``: looking at it is kept in the reading log, and so is that somebody was refused."""

    def mark(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            who = actor()
            try:
                if duties and not any(who.may(duty) for duty in duties):
                    raise NotAllowed("duty", duty=str(duties[0]))
                answer = view(*args, **kwargs)
            except (NotAllowed, NotFound):
                if reads:
                    looking.note_refused(who)
                raise
            return cast(R, looking.note(who, reads, cast(Any, answer))) if reads else answer

        cast(Any, guarded).duties, cast(Any, guarded).reads = duties, reads
        return guarded

    return mark


def public(view: View[P, R]) -> View[P, R]:
    """The view is for anybody, entered or not: the door itself."""
    cast(Any, view).duties = None
    return view


def is_public() -> bool:
    """Whether what is asked for is the door itself."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "duties", ()) is None


def actor() -> Actor:
    """Who is asking. Sends somebody who has not entered to the login page."""
    if not current_user.is_authenticated:
        abort(cast(Any, current_app).login_manager.unauthorized())
    return cast(Actor, current_user.actor)


def init_app(app: Flask) -> None:
    """Default deny: a view that names no duty answers 403 to everybody."""

    @app.before_request
    def _closed_unless_opened() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if view is not None and request.endpoint != "static" and not hasattr(view, "duties"):
            raise NotAllowed("duty", duty=request.endpoint)
