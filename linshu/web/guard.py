"""Who gets through the door? Every route names its duty; a route without one is closed to all."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, request
from flask_login import current_user

from linshu.rules.duties import Duty
from linshu.services.actor import Actor
from linshu.services.errors import NotAllowed

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]


def allow(*duties: Duty) -> Callable[[View[P, R]], View[P, R]]:
    """The view is for people who have any of the duties; none named: for all who entered."""

    def mark(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            who = actor()
            if duties and not any(who.may(duty) for duty in duties):
                raise NotAllowed("duty", duty=str(duties[0]))
            return view(*args, **kwargs)

        cast(Any, guarded).duties = duties
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
