"""What does gunicorn serve? The application, and beside it what it is held against: a bare hello,
and the same application without its reading log."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import create_app
from linshu.web.guard import allow

hello = Flask("hello", static_folder=None)


@hello.get("/")
def greeting() -> str:
    return "hello"


def unseen() -> Flask:
    """The application; who looks at what is not kept."""
    app = create_app()
    for endpoint, view in app.view_functions.items():
        if getattr(view, "reads", None):
            app.view_functions[endpoint] = allow(*view.duties)(view.__wrapped__)
    return app


application = DispatcherMiddleware(create_app(), {"/hello": hello, "/unseen": unseen()})
