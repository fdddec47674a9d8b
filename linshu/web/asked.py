"""Which row does an address or a form name, and is the text one that a court can have written?

A number beyond a database's integer names no row, a NUL stands in no text: neither gets as far as
a query, where each database would fail in its own way.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, request
from flask_login import current_user
from werkzeug.exceptions import BadHost, SecurityError
from werkzeug.routing import IntegerConverter
from wtforms import IntegerField, SelectMultipleField
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

MOST_ID = 2**31 - 1
ROUND_A_FILE = 2**20  # what a form that brings a file holds besides
View = TypeVar("View", bound=Callable[..., Any])
STRANGE_HOST = (SecurityError, BadHost)
IN_RANGE = NumberRange(0, MOST_ID)


class RowConverter(IntegerConverter):
    """``<int:...>`` in a rule: the number of a row, or no address of ours."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: object) -> None:
        super().__init__(map, max=MOST_ID)


def row_id(text: str) -> int:
    """The number of a row that a text names. ValueError for what names none."""
    found = int(text)
    if not 0 <= found <= MOST_ID:
        raise ValueError(text)
    return found


class NumberField(IntegerField):
    """A number of everyday size; one that no database holds is none, before it is reckoned with."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and abs(self.data) > MOST_ID:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))


class TicksField(SelectMultipleField):
    """Several of a few choices, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def init_app(app: Flask) -> None:
    """Before any rule is added: ``int`` in a rule means a row."""
    app.url_map.converters["int"] = RowConverter
    app.before_request(_host)
    app.before_request(_sizes)
    app.before_request(_no_nul)


def takes_file(most_bytes: int) -> Callable[[View], View]:
    """The view takes a file of so many bytes, from those who have entered."""

    def mark(view: View) -> View:
        cast(Any, view).most_bytes = most_bytes
        return view

    return mark


def _host() -> None:
    """No host, no addresses: nothing else is asked then, least of all a page."""
    if isinstance(request.routing_exception, STRANGE_HOST):
        raise request.routing_exception


def _sizes() -> None:
    """A request without a file is small. Asked before anything reads the body."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "most_bytes", 0)
    if most and current_user.is_authenticated:
        request.max_content_length = most + ROUND_A_FILE


def _no_nul() -> None:
    said = (*request.args.items(multi=True), *request.form.items(multi=True))
    if "\0" in request.path or any("\0" in text for _name, text in said):
        abort(400)
