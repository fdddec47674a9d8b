"""Who gets through the door? Every route names its duty; a route without one is closed to all.

A route that shows a case, searches or takes something away names its kind of look beside it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, g, request
from flask_login import current_user

from linshu.rules.duties import Duty
from linshu.rules.looks import Kind
from linshu.services.actor import Actor
from linshu.services.errors import NotAllowed, NotFound, Refused
from linshu.services.visits import Inside
from linshu.web import looking

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]


class Unconfirmed(Exception):
    """A dangerous act, and it is too long ago that this person proved who he is. ``refusal``: why
    what he has just given does not do."""

    def __init__(self, refusal: Refused | None = None) -> None:
        self.refusal = refusal


def allow(
    *duties: Duty, reads: Kind | None = None, confirmed: bool = False
) -> Callable[[View[P, R]], View[P, R]]:
    """The view is for people who have any of the duties; none named: for all who entered.
    ``reads``: looking at it is kept in the reading log, and so is that somebody was refused;
    ``confirmed``: a dangerous act, before which the password is asked for again."""

    def mark(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            who = actor()
            try:
                if duties and not any(who.may(duty) for duty in duties):
                    raise NotAllowed("duty", duty=str(duties[0]))
                if confirmed and not (inside().confirmed or g.get("confirmed")):
                    raise Unconfirmed()
                answer = view(*args, **kwargs)
            except (NotAllowed, NotFound):
                if reads:
                    looking.note_refused(who)
                raise
            return cast(R, looking.note(who, reads, cast(Any, answer))) if reads else answer

        door = cast(Any, guarded)
        door.duties, door.reads, door.confirmed = duties, reads, confirmed
        return guarded

    return mark


def public(view: View[P, R]) -> View[P, R]:
    """The view is for anybody, entered or not: the door itself."""
    cast(Any, view).duties = None
    cast(Any, view).confirmed = False
    return view


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")


def is_public() -> bool:
    """Whether what is asked for is the door itself."""
    return getattr(_view(), "duties", ()) is None


def is_dangerous() -> bool:
    """Whether what is asked for wants a confirmation."""
    return bool(getattr(_view(), "confirmed", False))


def actor() -> Actor:
    """Who is asking. Sends somebody who has not entered to the login page."""
    return inside().actor


def inside() -> Inside:
    """Who is asking, and how his visit stands."""
    if not current_user.is_authenticated:
        abort(cast(Any, current_app).login_manager.unauthorized())
    return cast(Inside, current_user.inside)


def init_app(app: Flask) -> None:
    """Default deny: a view that names no duty answers 403 to everybody."""

    @app.before_request
    def _closed_unless_opened() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if view is not None and request.endpoint != "static" and not hasattr(view, "duties"):
            raise NotAllowed("duty", duty=request.endpoint)
