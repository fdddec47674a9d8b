"""Which row does an address or a form name, and is the text one that a court can have written?

A number beyond a database's integer names no row, a NUL stands in no text: neither gets as far as
a query, where each database would fail in its own way.
"""

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter
from wtforms.validators import NumberRange

MOST_ID = 2**31 - 1
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


def init_app(app: Flask) -> None:
    """Before any rule is added: ``int`` in a rule means a row."""
    app.url_map.converters["int"] = RowConverter
    app.before_request(_no_nul)


def _no_nul() -> None:
    said = (*request.args.items(multi=True), *request.form.items(multi=True))
    if "\0" in request.path or any("\0" in text for _name, text in said):
        abort(400)
