"""What does gunicorn serve? The application, and beside it a bare hello to hold it against."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import create_app

hello = Flask("hello", static_folder=None)


@hello.get("/")
def greeting() -> str:
    return "hello"


application = DispatcherMiddleware(create_app(), {"/hello": hello})
